"""R5: the disk fails at the k-th call of a kind, or is full."""

import re
import shlex
import shutil
import subprocess

import coppice
import outputs
from campaign import Outcome, Part
from coppice import Layout, Run
from kills import Story
from laboratory import finish
from tracing import MAIN, STORAGE, TracedRun, names

ERRORS = {"ENOSPC": "No space left on device", "EIO": "Input/output error",
          "EDQUOT": "Disk quota exceeded", "EINTR": "Interrupted system call"}
CALLS = ["write", "pwrite64", "fsync", "close", "rename", "openat"]
SOME_COMMITS = ["--set", "checkpoint.every_simulated=10 ms"]


def check(laboratory, folder, layout, words, ended, where, tells, compares=True):
    """What must be so after a fault: an end with a message and the right code, or none of it
    noticed; the newest generation good; and the same command line goes on.

    - tells: whether the message must name a path and what the system said.
    - compares: asks `coppice compare` as well.
    """
    failures = []
    if ended.code is None:
        failures.append(f"{where}: hangs: {ended}")
    elif ended.is_broken:
        failures.append(f"{where}: crashes: {ended}")
    elif ended.code not in (0, 74, 73):
        failures.append(f"{where}: a wrong code: {ended}")
    if ended.code in (73, 74) and tells:
        said = [text for name, text in ERRORS.items() if text in ended.errors or name in
                ended.errors] or re.findall("no space left", ended.errors)
        if not said or "out" not in ended.errors:
            failures.append(f"{where}: the message names no file or no reason: {ended}")
    if ended.code in (73, 74) and len(re.findall(r"^coppice: .*: ", ended.errors,
                                                 re.MULTILINE)) == 0:
        failures.append(f"{where}: no message: {ended}")
    if ended.code == 0:
        return failures + [f"{where}: {found}" for found in laboratory.differences(
            folder / "out", layout.ranks, compares=compares)]
    # Every generation that is there must be sound: the next run takes the newest.
    story = Story(folder, layout, "process")
    story.note("", is_killed=False)
    last, problems = finish(folder, "out", layout, words)
    failures += [f"{where}: {problem}" for problem in problems]
    if "cannot be used" in last.errors:
        failures.append(f"{where}: a generation does not verify: {last}")
    if not problems:
        failures += [f"{where}: {found}" for found in story.check_lineage(last)
                     + laboratory.differences(folder / "out", layout.ranks, compares=compares)]
    return failures


class DiskFaults(Part):
    """One call on a file of the output directory fails."""

    name = "R5"
    what = ("the k-th write, pwrite, fsync, close, rename or open of a thread fails with ENOSPC, EIO, "
            "EDQUOT or EINTR")
    unit = "faults"
    threads = [(STORAGE, 0, 1), (MAIN, 0, 1), (STORAGE, 1, 2), (STORAGE, 0, 2)]

    def find_cases(self):
        cases = []
        for thread, rank, ranks in self.threads[:2] if self.is_sample else self.threads:
            folder = self.laboratory.folder()
            run = TracedRun(folder, "out", ["-e", f"trace={','.join(CALLS)}"], thread, rank,
                            Layout(ranks), SOME_COMMITS).start()
            ended = run.wait()
            if ended.code != 0:
                raise SystemExit(f"a run under strace fails: {ended}")
            counts = names(run.calls)
            # Of two ranks every third call: each does what the one of one rank does.
            step = 1 if ranks == 1 else 3
            cases += [(thread, rank, ranks, call, error, k) for call in CALLS
                           for error in ERRORS
                           for k in range(1, counts.get(call, 0) + 2, step)]
            coppice.remove(folder)
        return cases

    def trial(self, number, random):
        thread, rank, ranks, call, error, k = self.cases[number]
        folder = self.laboratory.folder()
        layout = Layout(ranks)
        run = TracedRun(folder, "out", ["-e", f"trace={call}", "-e",
                                        f"inject={call}:error={error}:when={k}"],
                        thread, rank, layout, SOME_COMMITS).start()
        ended = run.wait()
        # A call of the message library or on /proc is no call on the disk.
        tampered = run.tampered
        hit = [line for line in tampered if str(folder / "out") in line
               or '"out/' in line or '"out"' in line]
        where = f"{error} at {call} {k} of {thread} of rank {rank} of {ranks}"
        if not tampered:
            failures = [] if ended.code == 0 else [f"{where}: without a fault: {ended}"]
        elif not hit:
            failures = [] if ended.code is not None and not ended.is_broken else [
                f"{where}: {tampered}: {ended}"]
        else:
            failures = check(self.laboratory, folder, layout, SOME_COMMITS, ended,
                             f"{where} ({hit[0][:160]})", tells=True, compares=number % 10 == 0)
        if failures:
            failures.append(f"see {self.laboratory.keep(folder, f'{self.name}-{number}')}")
        coppice.remove(folder)
        return Outcome(len(hit), failures, {"elsewhere": len(tampered) - len(hit),
                                            "survived": int(bool(hit) and ended.code == 0)})

    def bites(self):
        """A fault that is not told of, or that costs a generation."""
        folder = self.laboratory.folder()
        ended = coppice.run(folder, "out", Layout(), SOME_COMMITS,
                            environment={"COPPICE_STOP_AT": "250"})
        newest = outputs.generations(folder / "out")[-1]
        shard = folder / "out" / "checkpoints" / f"gen-{newest:012d}" / "shard-00000.h5"
        content = bytearray(shard.read_bytes())
        content[-1] ^= 1
        shard.write_bytes(content)
        silent = coppice.Ended(74, "", "", 0)
        found = check(self.laboratory, folder, Layout(), SOME_COMMITS, silent, "doctored", True)
        coppice.remove(folder)
        return {"nothing is said of a fault": any("names no file" in f for f in found),
                "a generation is damaged": any("does not verify" in f for f in found)}


class FullDisks(Part):
    """A file system of some size, which the run fills or not."""

    name = "R5 full"
    what = "a file system of 1 to 8 MiB, full at some time or not"
    unit = "disks"
    goal = 64
    # Some 10 MiB in all, so most disks are full at some time.
    words = ["--set", "record.states.v.precision=double", "--set", "checkpoint.keep=3"]

    def trial(self, number, random):
        laboratory = self.laboratory
        folder = laboratory.folder()
        layout = Layout(random.choice([1, 1, 1, 2]), block=random.choice([None, 4]))
        size = random.randint(1 << 10, 8 << 10)
        (folder / "disk").mkdir()
        # The file system is there in a namespace of its own, so the second run, with room, must be
        # in the same one: a shell makes both, and copies out what there is to see.
        run = Run(folder, "disk/out", layout, self.words)
        again = Run(folder, "disk/out", layout, self.words)
        script = (f"mount -t tmpfs -o size={size}k none disk && {{ {shlex.join(run.command)}; code=$?; "
                  "cp -a disk/out full; mount -o remount,size=1g disk; "
                  f"{shlex.join(again.command)} > again.out 2> again.err; echo $? > again.code; "
                  "cp -a disk/out out; exit $code; }")
        run.command = ["unshare", "-Urm", "bash", "-c", script]
        ended = run.start().wait(120)
        where = f"{size} KiB, {layout}"
        failures = []
        was_full = ended.code in (73, 74)
        if ended.code not in (0, 73, 74) or ended.is_broken:
            failures.append(f"{where}: {ended}")
        elif was_full and not ("disk" in ended.errors and re.search(
                "no space left", ended.errors, re.IGNORECASE)):
            failures.append(f"{where}: the message names no file or no reason: {ended}")
        try:
            code = int((folder / "again.code").read_text())
            said = (folder / "again.err").read_text()
        except FileNotFoundError:
            code, said = None, "it was not started"
        if code != 0:
            failures.append(f"{where}: with room the same command line ends with {code}: {said}")
        elif "cannot be used" in said:
            failures.append(f"{where}: a generation does not verify: {said}")
        else:
            failures += [f"{where}: {found}" for found in laboratory.differences(
                folder / "out", layout.ranks, self.words)]
            before = outputs.generations(folder / "full") if (folder / "full").exists() else []
            if was_full and before and outputs.lineage(
                    outputs.record(folder / "out"))[-1] != before[-1]:
                failures.append(f"{where}: generation {before[-1]} is not gone on from")
        if failures:
            failures.append(f"see {laboratory.keep(folder, f'R5-full-{number}')}")
        coppice.remove(folder)
        return Outcome(1, failures, {"full": int(was_full)})


def can_mount():
    """Whether this user may mount a file system in a namespace of its own."""
    return shutil.which("unshare") is not None and subprocess.run(
        ["unshare", "-Urm", "mount", "-t", "tmpfs", "none", "/mnt"],
        capture_output=True, check=False).returncode == 0
