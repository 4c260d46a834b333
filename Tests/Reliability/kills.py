"""R1: a process is killed at any instant; then the same command line goes on until it is done."""

import re
import signal
import time

import coppice
import fixture
import outputs
from campaign import Outcome, Part
from coppice import HASTY, Layout, Run, send
from laboratory import finish


class Kills(Part):
    """Kills after the first generation.

    A trial is a run that is killed up to six times. Of ten trials seven kill the one process that
    there is, two one rank of two, one mpirun itself; a tenth uses compiled kernels.
    """

    name = "R1"
    what = "a process is killed (SIGKILL) at a random instant after the first generation"
    unit = "kills"
    goal = 1000
    least = {"of rank": 200, "of mpirun": 100}
    waits_for_generation = True
    most_kills = 6

    def trial(self, number, random):
        laboratory = self.laboratory
        victim = ["process"] * 7 + ["rank"] * 2 + ["mpirun"]
        victim = victim[number % 10]
        # Small blocks make a run last longer, so that kills meet all of it.
        layout = Layout(1 if victim == "process" else 2, block=random.choice([None, 4, 1]),
                        backend="compiled" if number % 10 == number // 10 % 10 else "portable")
        folder = laboratory.folder(on_disk=number % 5 == 4)
        story = Story(folder, layout, victim)
        for _ in range(random.randint((self.most_kills + 1) // 2, self.most_kills)):
            if not story.kill(random, self.waits_for_generation):
                break
        failures = story.failures
        ended, problems = finish(folder, "out", layout)
        failures += problems
        if not problems:
            failures += story.check_lineage(ended)
            failures += laboratory.differences(folder / "out", layout.ranks,
                                               compares=number % 10 == 0)
        if failures:
            place = laboratory.keep(folder, f"{self.name.replace(' ', '-')}-{number}")
            failures.append(f"see {place}")
        coppice.remove(folder)
        return Outcome(story.kills, failures, {f"of {victim}": story.kills,
                                               "during a merge": story.merges,
                                               "steps repeated": story.repeated})

    def bites(self):
        """A lost generation, and a changed byte of output."""
        found = {}
        for what in ["a generation is lost", "a byte of a recording differs"]:
            folder = self.laboratory.folder()
            layout = Layout()
            ended = coppice.run(folder, "out", layout, environment={"COPPICE_STOP_AT": "250"})
            story = Story(folder, layout, "process")
            story.note(ended.errors, is_killed=False)
            if what == "a generation is lost":
                for path in (folder / "out" / "checkpoints").iterdir():
                    coppice.remove(path)
            ended, problems = finish(folder, "out", layout)
            if what == "a byte of a recording differs":
                path = folder / "out" / "v.V_soma.h5"
                content = bytearray(path.read_bytes())
                content[len(content) // 2] ^= 1
                path.write_bytes(content)
                found[what] = len(self.laboratory.differences(folder / "out")) >= 2
            else:
                found[what] = bool(problems + story.check_lineage(ended))
            coppice.remove(folder)
        return found


class EarlyKills(Kills):
    """Kills before the first generation."""

    name = "R1 early"
    what = "a process is killed before there is a generation"
    goal = 50
    least = {}
    waits_for_generation = False
    most_kills = 1

    def bites(self):
        return {}  # as of R1


class Story:
    """What befalls one output directory."""

    def __init__(self, folder, layout, victim):
        self.folder, self.layout, self.victim = folder, layout, victim
        self.output = folder / "out"
        self.kills = self.merges = self.repeated = 0
        self.failures = []
        # As the newest generation tells it, and that generation.
        self.lineage, self.newest = [], None
        # As the record of the whole run tells it.
        self.complete = None

    def kill(self, random, waits_for_generation):
        """Starts the run and kills it; whether it was killed before its end."""
        hasty = HASTY if random.random() < 0.8 else []
        run = Run(self.folder, "out", self.layout, launcher=hasty).start()
        deadline = time.monotonic() + 60
        if waits_for_generation:
            while run.is_running and not outputs.generations(self.output):
                if time.monotonic() > deadline:
                    run.destroy()
                    self.failures.append("no generation within a minute")
                    return False
                time.sleep(0.001)
        # A run lasts for some 0.2 s; mpirun takes about half a second to start it.
        is_new = self.newest is None and waits_for_generation
        longest = 0.15 if is_new else 0.25 if self.layout.ranks == 1 else 1.0
        instant = time.monotonic() + random.uniform(0, longest)
        while not waits_for_generation and time.monotonic() < instant:
            # Whatever instant was drawn, it must be an early one.
            if any(self.output.glob("checkpoints/.gen-*/manifest.json")):
                instant = 0
            time.sleep(0.001)
        time.sleep(max(0, instant - time.monotonic()))
        target = {"process": lambda: run.rank(0), "mpirun": lambda: run.process.pid,
                  "rank": lambda: run.rank(random.randrange(2))}[self.victim]()
        if target is None or not run.is_running:
            ended = run.wait()
            if ended.code == 0:
                self.failures += self.check_lineage(ended)
            else:
                self.failures.append(f"a run that was left alone ends with {ended}")
            return False
        send(target, signal.SIGKILL)
        ended = run.wait()
        if ended.code == 0:
            self.failures += self.check_lineage(ended)
            return False
        if not waits_for_generation and outputs.generations(self.output):
            self.note(ended.errors, is_killed=False)
            return False  # it was not as early as that
        self.kills += 1
        if any(self.output.glob(".*.h5.partial")) or (self.output / "outputs.json").exists():
            self.merges += 1
        if self.victim == "mpirun":
            # Ranks live on for a moment. Who does not wait for them must wait for their lock.
            if random.random() < 0.5:
                run.orphans()
        self.note(ended.errors, is_killed=True)
        return True

    def note(self, errors, is_killed):
        """Checks what a stretch of the run says and leaves."""
        self.failures += steps_repeated(errors)
        steps = outputs.generations(self.output)
        if self.newest is not None and (not steps or steps[-1] < self.newest):
            self.failures.append(f"generation {self.newest} is gone: there are {steps}")
        if steps:
            self.newest = steps[-1]
            self.lineage = outputs.lineage(outputs.manifest(self.output, self.newest))
            reached = [int(s) for s in re.findall(r"the run has come to step (\d+)", errors)]
            if is_killed and reached:
                self.repeated += max(0, max(reached) - self.newest)

    def check_lineage(self, ended):
        """A stretch that came to the end must have gone on from the newest generation that the
        kills had left."""
        record = outputs.record(self.output)
        if record is None or record["exit"]["status"] != "complete":
            return [f"the record does not say complete: {record and record['exit']}"]
        found = outputs.lineage(record)
        if self.newest is None:
            expected = [[0]]
        elif self.complete is not None:
            expected = [self.complete]
        else:
            expected = [self.lineage + [self.newest]]
            if "complete: out holds this job" in ended.output:
                # Killed when there was nothing left to do: by who saved the end, or only merged.
                expected.append(self.lineage)
        self.complete = found
        if self.victim == "mpirun" and found[-1] > (self.newest or 0):
            return []  # ranks that outlived mpirun have saved once more
        return [] if found in expected else [f"lineage {found}, not {expected}"]


def steps_repeated(errors, interval=fixture.INTERVAL):
    """Whether a run saved itself as often as it had to, by its own word.

    A checkpoint that is due is begun at the first boundary at which none is being written: at the
    next multiple of the interval after the one before, or, if that is past, at the boundary where
    the one before is known to be done. So a kill costs one interval and what was run meanwhile.
    """
    failures = []
    origin = re.search(r"going on from gen-\d+, step (\d+)", errors)
    begun = committed = known = int(origin[1]) if origin else None
    pattern = r"checkpoint of step (\d+): (begun|committed, the run has come to step (\d+))"
    for match in re.finditer(pattern, errors):
        step = int(match[1])
        if match[2] == "begun":
            if committed is not None and step != fixture.STEPS:
                due = (committed // interval + 1) * interval
                if step > max(due, known):
                    failures.append(f"the checkpoint after that of step {committed} was due at "
                                    f"step {max(due, known)} and was begun at {step}")
            begun = step
        else:
            committed, known = step, int(match[3])
            if committed != begun:
                failures.append(f"checkpoint {committed} is told of, not {begun}")
    return failures
