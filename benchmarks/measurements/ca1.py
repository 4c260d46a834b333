"""The CA1 neurons of the paper's Figure 5 against Brian 2."""

from benchmarks.measurements import cases, ours
from benchmarks.suite import parts


def _variants(setting):
    neurons, seconds, turns = setting.size.pick((1_000, 0.1, 1), (10_000, 0.5, 3))
    planned = [
        ours.variant(
            setting, f"Coppice, {threads} threads", "jobs/paper/fig5.yaml",
            {"case": "ca1", "neurons": neurons},
            {"constants.neurons": neurons, "simulation.duration": f"{seconds * 1000:g}ms"},
            threads=threads)
        for threads in (1, 2)]
    planned += [cases.brian("ca1", neurons, seconds, *one)
                for one in cases.backends(setting, turns)]
    return planned


PART = parts.Part(
    "ca1", "10,000 CA1 neurons of the paper's Figure 5 against Brian 2", _variants,
    lambda runs: [cases.compared(runs, "ca1", "ca1")])
