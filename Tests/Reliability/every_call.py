"""R2: a process is killed at every system call of two commits and the merge that follows."""

import coppice
import outputs
from campaign import Outcome, Part
from coppice import HASTY, Layout
from kills import Story
from laboratory import finish
from tracing import FILE_CALLS, MAIN, STORAGE, TracedRun, names

# Two generations and the merge: the first commit makes directories, the second one prunes.
TWO_COMMITS = ["--set", "checkpoint.every_simulated=20 ms", "--set", "checkpoint.keep=1"]


class EveryCall(Part):
    """The process dies on its way into the k-th call of a kind, for every kind and every k."""

    name = "R2"
    what = "a kill at every system call on files of two commits and a merge"
    unit = "calls"
    # Which thread of which rank of how many.
    threads = [(STORAGE, 0, 1), (MAIN, 0, 1), (STORAGE, 0, 2), (STORAGE, 1, 2)]

    def find_cases(self):
        cases = []
        for thread, rank, ranks in self.threads[:2] if self.is_sample else self.threads:
            folder = self.laboratory.folder()
            run = TracedRun(folder, "out", ["-e", f"trace={FILE_CALLS}"], thread, rank,
                            Layout(ranks), TWO_COMMITS).start()
            ended = run.wait()
            if ended.code != 0:
                raise SystemExit(f"a run under strace fails: {ended}")
            counts = names(run.calls)
            if ranks == 1 and thread == STORAGE and counts.get("fsync", 0) < 10:
                raise SystemExit(f"the trace misses the commits: {counts}")
            # One more of each: the run must come to its end then. Of two ranks every fourth: each
            # does what the one of one rank does, but for what lies between ranks.
            step = 1 if ranks == 1 else 4
            cases += [(thread, rank, ranks, call, k) for call, count in sorted(counts.items())
                           for k in range(1, count + 2, step)]
            coppice.remove(folder)
        return cases

    def trial(self, number, random):
        thread, rank, ranks, call, k = self.cases[number]
        folder = self.laboratory.folder()
        layout = Layout(ranks)
        run = TracedRun(
            folder, "out", ["-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={k}"],
            thread, rank, layout, TWO_COMMITS, launcher=HASTY).start()
        ended = run.wait()
        killed = bool(run.tampered) or "+++ killed by SIGKILL +++" in "\n".join(run.calls)
        where = f"{call} {k} of {thread} of rank {rank} of {ranks}"
        failures = []
        if ended.code is None or (not killed and ended.code != 0):
            failures.append(f"{where}: without a kill: {ended}")
        if killed:
            story = Story(folder, layout, "process")
            story.note("", is_killed=False)
            last, problems = finish(folder, "out", layout, TWO_COMMITS)
            failures += [f"{where}: {problem}" for problem in problems]
            if not problems:
                failures += story.check_lineage(last)
        if not failures:
            failures += [f"{where}: {found}" for found in self.laboratory.differences(
                folder / "out", ranks, compares=number % 10 == 0)]
        if failures:
            failures.append(f"see {self.laboratory.keep(folder, f'{self.name}-{number}')}")
        coppice.remove(folder)
        return Outcome(int(killed), failures)

    def bites(self):
        """A generation that looks whole and is not."""
        folder = self.laboratory.folder()
        coppice.run(folder, "out", Layout(), TWO_COMMITS, environment={"COPPICE_STOP_AT": "250"})
        newest = outputs.generations(folder / "out")[-1]
        shard = folder / "out" / "checkpoints" / f"gen-{newest:012d}" / "shard-00000.h5"
        shard.write_bytes(shard.read_bytes()[:-8])
        _, problems = finish(folder, "out", Layout(), TWO_COMMITS)
        coppice.remove(folder)
        return {"a shard of the only generation is cut": bool(problems)}
