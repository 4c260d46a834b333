"""Long visits of blocks against one-step epochs."""

from benchmarks.measurements import ours
from benchmarks.suite import figures, medians, parts, tables

_JOBS = {
    "long visits": "jobs/scalability/active.yaml",
    "one-step epochs": "benchmarks/jobs/one-step.yaml",
}


def _variants(setting):
    sizes = setting.size.pick([(10_000, 0.1)], [(10_000, 1), (1_000_000, 0.05)])
    return [
        ours.variant(setting, f"{neurons}, {visit}", job, {"neurons": neurons, "visit": visit},
                     ours.scaled(neurons, seconds), threads=2, turns=setting.size.pick(2, 5))
        for neurons, seconds in sizes for visit, job in _JOBS.items()]


def _tables(runs):
    rows = []
    for one in runs.of("blocking"):
        long = runs.named("blocking", f"{one.facts['neurons']}, long visits")
        same = one.first["spikes"] == long.first["spikes"] if long else False
        rows.append([
            figures.count_text(one.facts["neurons"]), one.facts["visit"],
            one.first["epoch_steps"], len(one.samples), figures.median_text(one, figures.loop_ns),
            "yes" if same else "no",
            "1" if one == long or long is None else
            medians.Ratio(one.values(figures.loop_ns), long.values(figures.loop_ns)).text()])
    return [tables.Table(
        "blocking", ["neurons", "visits", "steps of an epoch", "runs", "loop ns per neuron-step",
                     "as many spikes", "slower than long visits"], rows)]


PART = parts.Part("blocking", "long visits against one-step epochs", _variants, _tables)
