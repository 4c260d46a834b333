"""Time against the number of synapses of a neuron."""

from benchmarks.measurements import delivery, ours
from benchmarks.suite import figures, medians, parts, tables


def _variants(setting):
    neurons, seconds = setting.size.pick((10_000, 0.1), (100_000, 0.5))
    return [
        ours.variant(setting, f"{synapses} synapses", "jobs/scalability/dense.yaml",
                     {"synapses": synapses, "neurons": neurons},
                     ours.scaled(neurons, seconds, {"constants.synapses": synapses}), threads=2,
                     turns=setting.size.pick(2, 5))
        for synapses in (10, 30, 100, 300, 1000)]


def _tables(runs):
    rows = []
    for one in runs.of("indegree"):
        rows.append([
            one.facts["synapses"], len(one.samples), figures.median_text(one, figures.rate),
            figures.median_text(one, figures.loop_ns),
            *[figures.median_text(one, figures.phase_ns(phase)) for phase in figures.PHASES],
            f"{medians.median(one.values(delivery.events_per_second)) / 1e6:.0f}"])
    return [tables.Table(
        "indegree", ["synapses of a neuron", "runs", "rate Hz", "loop ns per neuron-step",
                     *figures.PHASES, "10^6 events/s and thread, deliver"], rows)]


PART = parts.Part(
    "indegree", "time against synapses", _variants, _tables, plot="performance-synapses")
