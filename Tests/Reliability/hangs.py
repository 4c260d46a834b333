"""R11: ranks that stand still, and messages that are late or never come."""

import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import coppice
from campaign import Outcome, Part
from coppice import Layout, Run, send
from laboratory import finish

WATCHDOG = 2.0
PHASES = ("preparing the output directory|building the network|advancing the neurons|"
          "handing over what was recorded|waiting for the other ranks|"
          "waiting for a checkpoint to be written|merging the output|ending")
LASTING = ["--set", "simulation.duration=600 s", "--set", "checkpoint.every_simulated=100 ms",
           "--set", "record.states.v.every=10 ms", "--set", "record.states.i.every=10 ms"]


def shim(laboratory):
    """The library that stands between a run and MPI, built once."""
    library = laboratory.memory / "mpi_shim.so"
    if not library.exists():
        source = Path(__file__).with_name("mpi_shim.c")
        subprocess.run(["mpicc", "-shared", "-fPIC", "-O1", "-o", str(library), str(source)],
                       check=True)
    return library


class Hangs(Part):
    """A rank is stopped (SIGSTOP), or a message of it never leaves."""

    name = "R11"
    what = "a rank is stopped, or one of its messages is lost, at a random instant of a run"
    unit = "hangs"
    goal = 50

    def trial(self, number, random):
        ranks = random.choice([2, 2, 3])
        victim = random.randrange(ranks)
        is_lost = number % 3 == 2
        # A short run is stopped at its beginning or end as well.
        words = [] if number % 2 else LASTING
        folder = self.laboratory.folder()
        environment = {"COPPICE_WATCHDOG": str(WATCHDOG)}
        if is_lost:
            call = random.randint(5, 60)
            environment |= {"LD_PRELOAD": str(shim(self.laboratory)),
                            "COPPICE_SHIM": f"lose {victim} {call}"}
            where = f"message {call} of rank {victim} of {ranks} is lost"
        else:
            where = f"rank {victim} of {ranks} is stopped"
        run = Run(folder, "out", Layout(ranks, block=1), words, environment=environment).start()
        while run.is_running and "neurons, " not in run.output:
            time.sleep(0.002)
        if is_lost:
            while run.is_running and "shim: lost" not in run.errors:
                time.sleep(0.005)
        else:
            time.sleep(random.uniform(0, 0.6))
            pid = run.rank(victim)
            if pid is None or not send(pid, signal.SIGSTOP):
                run.wait()
                coppice.remove(folder)
                return Outcome(0)
        began = time.monotonic()
        told = None
        while run.is_running and time.monotonic() - began < 30:
            if told is None and "no progress" in run.errors:
                told = time.monotonic() - began
            time.sleep(0.01)
        if told is None and "no progress" in run.errors:
            told = time.monotonic() - began
        left = [rank for rank in run.processes().values() if rank is not None]
        if told is None and not is_lost and left == [victim]:
            # It was stopped behind the end of MPI: the others have left, and nobody waits for it.
            send(pid, signal.SIGCONT)
        ended = run.wait(time.monotonic() - run.began + 5)
        if told is None and ended.code == 0 and not is_lost:
            coppice.remove(folder)
            return Outcome(0)  # it had nothing left to do when it was stopped
        failures = self._check(where, ended, told, victim, ranks)
        if left := run.orphans():
            failures.append(f"{where}: processes outlive the job: {left}")
            run.destroy()
        if not words:
            last, problems = finish(folder, "out", Layout(ranks))
            failures += [f"{where}: {p}" for p in problems or self.laboratory.differences(
                folder / "out", ranks)]
        if failures:
            failures.append(f"see {self.laboratory.keep(folder, f'R11-{number}')}")
        coppice.remove(folder)
        return Outcome(1, failures, {"stopped" if not is_lost else "lost": 1})

    @staticmethod
    def _check(where, ended, told, victim, ranks):
        failures = []
        if told is None:
            return [f"{where}: nobody notices: {ended}"]
        if told > WATCHDOG + 2:
            failures.append(f"{where}: told after {told:.1f} s")
        if ended.code != 70:
            failures.append(f"{where}: code {ended.code}")
        pattern = (r"coppice: rank (\d+) of (\d+) on \S+: no progress for [\d.]+ s at step \d+, "
                   rf"(?:{PHASES});")
        if not (found := re.search(pattern, ended.errors)):
            failures.append(f"{where}: rank, step or phase are missing: {ended}")
        elif int(found[2]) != ranks:
            failures.append(f"{where}: {found[0]}")
        return failures

    def bites(self):
        """Nobody watches."""
        folder = self.laboratory.folder()
        run = Run(folder, "out", Layout(2), LASTING, environment={
            "COPPICE_WATCHDOG": "0", "LD_PRELOAD": str(shim(self.laboratory)),
            "COPPICE_SHIM": "lose 1 30"}).start()
        deadline = time.monotonic() + 15
        while "shim: lost" not in run.errors and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(WATCHDOG + 1)
        hangs = run.is_running and "no progress" not in run.errors
        run.destroy()
        run.wait()
        coppice.remove(folder)
        return {"nobody watches a lost message": hangs}


class Delays(Part):
    """Every message is late by up to 50 ms."""

    name = "R11 late"
    what = "every MPI call of every rank waits for 0 to 50 ms first"
    unit = "runs"
    size = goal = 20

    def trial(self, number, random):
        folder = self.laboratory.folder()
        layout = Layout(random.choice([2, 3]))
        ended = coppice.run(
            folder, "out", layout, seconds=120,
            environment={"LD_PRELOAD": str(shim(self.laboratory)),
                         "COPPICE_SHIM": f"delay {random.randrange(1 << 30)} 50"})
        failures = [] if ended.code == 0 else [str(ended)]
        if "shim: delays" not in ended.errors:
            failures.append(f"nothing was delayed: {ended}")
        if not failures:
            failures += self.laboratory.differences(folder / "out", layout.ranks)
        if failures:
            failures.append(f"see {self.laboratory.keep(folder, f'R11-late-{number}')}")
        coppice.remove(folder)
        return Outcome(1, failures)


class Suspensions(Part):
    """A whole job is suspended for longer than the watchdog's patience, and goes on."""

    name = "R11 suspended"
    what = "all processes of a run are stopped for longer than the watchdog waits, and go on"
    unit = "runs"
    size = goal = 10

    def trial(self, number, random):
        folder = self.laboratory.folder()
        layout = Layout(random.choice([1, 2]), block=1)
        run = Run(folder, "out", layout, environment={"COPPICE_WATCHDOG": "1"}).start()
        while run.is_running and "neurons, " not in run.output:
            time.sleep(0.002)
        time.sleep(random.uniform(0, 0.3))
        everybody = list(run.processes())
        for pid in everybody:
            send(pid, signal.SIGSTOP)
        time.sleep(2.5)
        for pid in everybody:
            send(pid, signal.SIGCONT)
        ended = run.wait()
        failures = [] if ended.code == 0 else [str(ended)]
        if not failures:
            failures += self.laboratory.differences(folder / "out", layout.ranks)
        if failures:
            failures.append(f"see {self.laboratory.keep(folder, f'R11-suspended-{number}')}")
        coppice.remove(folder)
        return Outcome(1, failures)


def is_available():
    return shutil.which("mpicc") is not None
