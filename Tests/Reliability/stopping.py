"""R10: signals and time limits."""

import signal
import time

import coppice
import outputs
from campaign import Outcome, Part
from coppice import Layout, Run, send
from kills import Story
from laboratory import finish

_SIGNALS = [signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM, signal.SIGINT]


class Signals(Part):
    """A run gets up to three signals, one in each of its stretches, and is brought to its end.

    Who is told: the process, a rank of two, mpirun, or everybody at once, as batch systems do, with
    SIGKILL after a grace.
    """

    name = "R10"
    what = "USR1, USR2, TERM, INT to a process, a rank, mpirun or all of them at a random instant"
    unit = "signals"
    goal = 300
    targets = ["process", "process", "process", "rank", "mpirun", "all"]

    def trial(self, number, random):
        target = self.targets[number % len(self.targets)]
        ranks = 1 if target == "process" else 2
        layout = Layout(ranks, block=random.choice([None, 4, 1]),
                        backend="compiled" if number % 10 == 3 else "portable")
        folder = self.laboratory.folder(on_disk=number % 5 == 4)
        story = Story(folder, layout, "mpirun" if target in ("mpirun", "all") else target)
        failures, figures, counted = story.failures, {}, 0
        for _ in range(random.randint(1, 3)):
            number_sent = random.choice(_SIGNALS)
            told = self.tell(folder, layout, target, number_sent, random, figures, failures)
            if told is None:
                break
            counted += 1
            story.note("", is_killed=False)
        ended, problems = finish(folder, "out", layout)
        failures += problems
        if not problems:
            failures += story.check_lineage(ended)
            failures += self.laboratory.differences(folder / "out", ranks,
                                                    compares=number % 10 == 0)
        if failures:
            failures.append(f"see {self.laboratory.keep(folder, f'R10-{number}')}")
        coppice.remove(folder)
        return Outcome(counted, failures, figures)

    def tell(self, folder, layout, target, number, random, figures, failures):
        """Starts the run and sends a signal; None if it came to its end before."""
        launcher = ["--mca", "odls_base_sigkill_timeout", "4"] if random.random() < 0.5 else []
        run = Run(folder, "out", layout, launcher=launcher if layout.is_launched else []).start()
        # Before a run listens a signal ends it, and nothing is lost: half of a second of mpirun.
        while run.is_running and "neurons, " not in run.output:
            time.sleep(0.001)
        time.sleep(random.uniform(0, 0.35))
        if not run.is_running:
            return None
        ranks = [pid for pid in run.processes() if pid != run.process.pid]
        told = {"process": [run.process.pid], "mpirun": [run.process.pid],
                "rank": [run.rank(random.randrange(layout.ranks))],
                "all": [run.process.pid, *ranks]}[target]
        began = time.monotonic()
        if not any([pid is not None and send(pid, number) for pid in told]):
            run.wait()
            return None
        watched = run.process.pid if target == "process" else run.rank(0)
        if target == "all":
            # Of a batch system's grace of half a minute a second is enough here.
            deadline = time.monotonic() + 1.5
            while run.is_running and time.monotonic() < deadline:
                time.sleep(0.01)
            if run.is_running:
                run.destroy()
        ended = run.wait()
        while watched in run.processes():
            time.sleep(0.01)
        if ended.code == 0:
            return None
        name = signal.Signals(number).name
        where = f"{name} to {target}, {layout}{' patient' if launcher else ''}"
        figures[name] = figures.get(name, 0) + 1
        if end := ended.end:
            failures += self._check_end(end, number, where, ended, folder)
            figures["saved and stopped"] = figures.get("saved and stopped", 0) + 1
            if target == "process" and ended.seconds - (began - run.began) > 3:
                failures.append(f"{where}: it took {ended.seconds - (began - run.began):.1f} s")
        elif target in ("process", "rank") or (
                launcher and number in (signal.SIGTERM, signal.SIGINT) and target == "mpirun"):
            failures.append(f"{where}: no end is told: {ended}")
        elif number in (signal.SIGUSR1, signal.SIGUSR2) and target == "mpirun":
            failures.append(f"{where}: mpirun passes it on, but {ended}")
        if ended.code is None:
            failures.append(f"{where}: hangs: {ended}")
        return ended

    @staticmethod
    def _check_end(end, number, where, ended, folder):
        failures = []
        steps = outputs.generations(folder / "out")
        if end["exit"] not in ("75", "0"):
            failures.append(f"{where}: {ended}")
        elif end["exit"] == "75":
            # mpirun makes TERM of INT.
            if end["reason"] not in (f"signal-{int(number)}", "signal-15", "another-rank"):
                failures.append(f"{where}: a wrong reason: {end}")
            # All ranks have agreed on the step, and it is saved.
            if end["step"] != end["generation"] or not steps or str(steps[-1]) != end["step"]:
                failures.append(f"{where}: the step is not the newest generation's: {end}, {steps}")
        return failures

    def bites(self):
        """A signal that nobody handles."""
        folder = self.laboratory.folder()
        run = Run(folder, "out", Layout(block=1), before=["nohup", "env", "--ignore-signal=USR2"])
        # The run listens all the same, so the ignored one must be answered: what is not, is told.
        failures = self._check_end({"exit": "75", "reason": "signal-12", "step": "120",
                                    "generation": "100"}, signal.SIGUSR2, "doctored",
                                   run.start().wait(), folder)
        coppice.remove(folder)
        return {"the step of the stop is not saved": bool(failures)}


class TimeLimits(Part):
    """--maxh is kept: in the first stretch and in those that go on."""

    name = "R10 maxh"
    what = "--maxh is never exceeded, by the first run and by the two that go on"
    unit = "runs"
    goal = 60
    words = ["--set", "simulation.duration=600 s", "--set", "checkpoint.every_simulated=200 ms",
             "--set", "record.states.v.every=10 ms", "--set", "record.states.i.every=10 ms"]

    def trial(self, number, random):
        ranks = [1, 1, 1, 2][number % 4]
        folder = self.laboratory.folder(on_disk=number % 2 == 1)
        layout = Layout(ranks, backend="compiled" if number % 10 == 5 else "portable")
        failures, before = [], 0
        for stretch in range(3):
            # Longer than a machine that is busy with other work takes to begin.
            limit = random.uniform(4, 7)
            run = Run(folder, "out", layout, self.words + ["--maxh", f"{limit / 3600:.9f}"])
            began = time.monotonic()
            run.start()
            if layout.is_launched:
                # The launcher's time is not the run's.
                while (pid := run.rank(0)) is None and run.is_running:
                    time.sleep(0.001)
                began = time.monotonic()
                while pid in run.processes():
                    time.sleep(0.005)
                seconds = time.monotonic() - began
            ended = run.wait()
            if not layout.is_launched:
                seconds = ended.seconds
            where = f"stretch {stretch}, {layout}, limit {limit:.2f} s"
            end = ended.end
            if not end:
                failures.append(f"{where}: {ended}")
                break
            failures += self._check(end, seconds, limit, before, where)
            before = int(end["step"])
        if failures:
            failures.append(f"see {self.laboratory.keep(folder, f'R10-maxh-{number}')}")
        coppice.remove(folder)
        return Outcome(3, failures)

    @staticmethod
    def _check(end, seconds, limit, before, where):
        failures = []
        if seconds > limit:
            failures.append(f"{where}: it took {seconds:.2f} s")
        if end["exit"] != "75" or end["reason"] != "time-limit":
            failures.append(f"{where}: {end}")
        if end["step"] != end["generation"] or int(end["step"]) <= before:
            failures.append(f"{where}: {end} after step {before}")
        return failures

    def bites(self):
        """A run that takes longer than it may."""
        end = {"exit": "75", "reason": "time-limit", "step": "10", "generation": "10"}
        return {"the limit is exceeded": bool(self._check(end, 2.01, 2.0, 0, "doctored"))
                and not self._check(end, 1.99, 2.0, 0, "not doctored")}
