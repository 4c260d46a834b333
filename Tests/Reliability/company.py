"""Other runs in the same directory, and launchers that start copies that do not know each other."""

import os
import signal
import socket
import time

import coppice
from campaign import Outcome, Part
from coppice import Layout, Run

LASTING = ["--set", "simulation.duration=600 s", "--set", "checkpoint.every_simulated=100 ms",
           "--set", "record.states.v.every=10 ms", "--set", "record.states.i.every=10 ms"]


class Company(Part):
    """A directory that somebody else is in."""

    name = "lock"
    what = "a second run in the directory waits, or is refused; so are copies that a launcher starts"
    unit = "cases"
    kinds = ["waits", "refused", "copies", "unknowing", "parallel"]
    goal = 50

    def trial(self, number, random):
        kind = self.kinds[number % len(self.kinds)]
        if kind == "refused" and (number // len(self.kinds) % 3 or self.is_sample):
            kind = "waits"  # a refusal takes half a minute
        folder = self.laboratory.folder()
        failures = [f"{kind}: {f}" for f in getattr(self, kind)(folder, random)]
        if failures:
            failures.append(f"see {self.laboratory.keep(folder, f'lock-{number}')}")
        coppice.remove(folder)
        return Outcome(1, failures, {kind: 1})

    def waits(self, folder, random):
        """The first one ends, or is killed, while the second one waits: it goes on."""
        ranks = random.choice([1, 1, 2])
        first = Run(folder, "out", Layout(ranks, block=1)).start()
        while first.is_running and "%  step" not in first.output:
            time.sleep(0.002)
        second = Run(folder, "out", Layout(1), level="warn").start()
        if random.random() < 0.5:
            time.sleep(random.uniform(0, 0.3))
            for pid in first.processes():
                coppice.send(pid, signal.SIGKILL)
        first.wait()
        ended = second.wait()
        if ended.code != 0:
            return [f"the second one ends with {ended}"]
        return self.laboratory.differences(folder / "out", state=False)

    def refused(self, folder, random):
        """The first one lasts."""
        first = Run(folder, "out", Layout(1), LASTING).start()
        while first.is_running and "%  step" not in first.output and not (
                folder / "out" / ".lock").exists():
            time.sleep(0.01)
        time.sleep(0.5)
        ended = coppice.run(folder, "out", Layout(1), LASTING, seconds=60)
        lives = first.is_running
        first.destroy()
        first.wait()
        failures = [] if ended.code == 73 else [f"code {ended.code}: {ended}"]
        named = f"process {first.process.pid} on {socket.gethostname()}"
        if named not in ended.errors:
            failures.append(f"'{named}' is not named: {ended}")
        if not 25 < ended.seconds < 45:
            failures.append(f"it waited for {ended.seconds:.0f} s")
        if not lives:
            failures.append("the first one was disturbed")
        return failures

    def copies(self, folder, random):
        """A launcher says that there are several, and each is alone: MPI of another make."""
        count = random.randint(2, 4)
        hints = random.choice([
            lambda rank: {"OMPI_COMM_WORLD_SIZE": str(count), "OMPI_COMM_WORLD_RANK": str(rank)},
            lambda rank: {"PMI_SIZE": str(count), "PMI_RANK": str(rank)},
            lambda rank: {"SLURM_STEP_NUM_TASKS": str(count), "SLURM_PROCID": str(rank),
                          "SLURM_STEP_ID": "0"}])
        runs = [Run(folder, "out", Layout(1), environment=hints(rank)).start()
                for rank in range(count)]
        failures = []
        for run in runs:
            ended = run.wait()
            if ended.code in (0, None) or ended.is_broken:
                failures.append(f"a copy of {count} ends with {ended}")
            elif f"{count} processes" not in ended.errors:
                failures.append(f"it does not say why: {ended}")
        if (folder / "out").exists():
            failures.append("the directory was touched")
        return failures

    def unknowing(self, folder, random):
        """Nothing says that there are several: one runs, the others find it done."""
        count = random.randint(2, 4)
        runs = [Run(folder, "out", Layout(1), level="warn").start() for _ in range(count)]
        failures = [f"{ended}" for ended in (run.wait() for run in runs) if ended.code != 0]
        return failures + self.laboratory.differences(folder / "out")

    def parallel(self, folder, random):
        """mpirun itself, twice at once."""
        runs = [Run(folder, "out", Layout(2), level="warn").start() for _ in range(2)]
        failures = [f"{ended}" for ended in (run.wait() for run in runs) if ended.code != 0]
        return failures + self.laboratory.differences(folder / "out", 2)

    def bites(self):
        """Two runs that each take the directory for theirs: the lock is taken away."""
        folder = self.laboratory.folder()
        first = Run(folder, "out", Layout(1), LASTING).start()
        while first.is_running and "%  step" not in first.output:
            time.sleep(0.005)
        os.unlink(folder / "out" / ".lock")
        os.unlink(folder / "out" / ".lock.ranks")
        ended = coppice.run(folder, "out", Layout(1), [*LASTING, "--fresh", "--maxh", "0.0007"])
        first.destroy()
        first.wait()
        coppice.remove(folder)
        return {"the lock is gone": ended.code != 73}
