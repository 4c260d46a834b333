"""R8 and R9: nothing depends on ranks, threads and blocks, wherever a run goes on."""

import coppice
import fixture
import outputs
from campaign import COMPUTED, Outcome, Part
from coppice import Layout

# An exit code other than 0 is no failure of a rank here, and mpirun, which takes a second to end
# ranks that have ended, need not know of it: the last line has the code.
_PATIENT = {"OMPI_MCA_orte_abort_on_non_zero_status": "0"}


def stretch(folder, layout, stop=None):
    """Runs until the end, or until just before a step."""
    environment = _PATIENT | ({"COPPICE_STOP_AT": str(stop)} if stop else {})
    ended = coppice.run(folder, "out", layout, environment=environment, level="warn",
                        seconds=120)
    if ended.code not in (0, 75) or ended.end.get("exit") != ("75" if stop else "0"):
        return [f"{layout}, until {stop or 'the end'}: {ended}"]
    if stop and ended.end.get("generation") != str(stop):
        return [f"{layout}: asked to stop at {stop}: {ended.end}"]
    return []


class Matrix(Part):
    """Every layout, from the beginning to the end or with a stop at a random step."""

    name = "R8"
    what = "ranks {1,2,3,4} x threads {1,2,4} x block {1,7,64,auto} x {never stopped, 5 random steps}"
    unit = "cells"
    size = goal = 288
    sources = COMPUTED

    def trial(self, number, random):
        place, point = divmod(number, 6)
        place, block = divmod(place, 4)
        ranks, threads = divmod(place, 3)
        backend = "compiled" if number % 10 == number // 10 % 10 else "portable"
        layout = Layout(ranks + 1, [1, 2, 4][threads], [1, 7, 64, None][block], backend)
        stop = random.randint(1, fixture.STEPS - 1) if point else None
        folder = self.laboratory.folder()
        failures = stretch(folder, layout, stop) if stop else []
        failures += stretch(folder, layout)
        where = f"{layout}, stopped at {stop}"
        if not failures:
            found = outputs.lineage(outputs.record(folder / "out"))
            if found != ([0, stop] if stop else [0]):
                failures.append(f"{where}: lineage {found}")
            failures += [f"{where}: {found}" for found in self.laboratory.differences(
                folder / "out", layout.ranks, state=layout.threads == 1)]
        if failures:
            failures.append(f"see {self.laboratory.keep(folder, f'R8-{number}')}")
        coppice.remove(folder)
        return Outcome(1, failures)

    def bites(self):
        """Another seed."""
        folder = self.laboratory.folder()
        coppice.run(folder, "out", Layout(), ["--set", "simulation.seed=2"])
        found = self.laboratory.differences(folder / "out")
        coppice.remove(folder)
        return {"the seed is another": any("spikes.h5" in line for line in found)
                and any("compare" in line for line in found)}


class Chains(Part):
    """Twenty resumes, each with other ranks, threads, blocks and kernels."""

    name = "R9"
    what = "chains of 20 resumes at random steps, each with other ranks, threads, blocks and kernels"
    unit = "chains"
    size = goal = 50
    sources = COMPUTED
    resumes = 20

    def trial(self, number, random):
        folder = self.laboratory.folder()
        stops = sorted(random.sample(range(1, fixture.STEPS),
                                     6 if self.is_sample else self.resumes))
        failures = []
        ranks = []
        for stop in [*stops, None]:
            # One rank as often as any other number: launching takes longest.
            ranks.append(random.choice([1, 1, 2, 3, 4]))
            layout = Layout(ranks[-1], random.choice([1, 2, 3, 4]),
                            random.choice([None, 1, 5, 7, 64]),
                            "compiled" if random.random() < 0.1 else "portable")
            failures = stretch(folder, layout, stop)
            if failures:
                break
        if not failures:
            found = outputs.record(folder / "out")["lineage"]
            if [entry["step"] for entry in found] != [0, *stops]:
                failures.append(f"lineage {found}, not {stops}")
            if [entry["ranks"] for entry in found] != ranks:
                failures.append(f"lineage {found}, not by {ranks} ranks")
            failures += self.laboratory.differences(folder / "out", layout.ranks,
                                                    state=layout.threads == 1)
        if failures:
            failures.append(f"see {self.laboratory.keep(folder, f'R9-{number}')}")
        coppice.remove(folder)
        return Outcome(1, failures, {"resumes": len(ranks) - 1})

    def bites(self):
        """A resume that takes another job's step for its own."""
        folder = self.laboratory.folder()
        stretch(folder, Layout(), 100)
        ended = coppice.run(folder, "out", Layout(), ["--set", "simulation.seed=2"])
        coppice.remove(folder)
        return {"the seed changes on the way": ended.code == 76}
