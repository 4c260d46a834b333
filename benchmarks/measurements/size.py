"""Time against the number of neurons."""

from benchmarks.measurements import ours
from benchmarks.suite import figures, medians, parts, tables

# Neurons, simulated seconds: as many neuron-steps in the large as fit into some seconds.
_WHOLE = [(1_000, 1), (10_000, 1), (100_000, 1), (1_000_000, 0.1)]
_QUICK = [(1_000, 0.2), (10_000, 0.2)]


def _variants(setting):
    return [
        ours.variant(setting, f"{case} {neurons}, {threads} threads",
                     f"jobs/scalability/{case}.yaml", {"case": case, "neurons": neurons},
                     ours.scaled(neurons, seconds), threads=threads,
                     turns=setting.size.pick(2, 5))
        for neurons, seconds in setting.size.pick(_QUICK, _WHOLE)
        for case in ("active", "recurrent") for threads in (1, 2)]


def _tables(runs):
    measured = runs.of("size")
    rows = []
    for one in measured:
        facts = one.facts
        single = runs.named("size", f"{facts['case']} {facts['neurons']}, 1 threads")
        spread = medians.spread(one.values(figures.loop_ns))
        rows.append([
            facts["case"], figures.count_text(facts["neurons"]), facts["threads"],
            len(one.samples),
            figures.median_text(one, figures.loop_ns)
            + ("" if spread is None else f" ± {100 * spread:.0f} %"),
            *[figures.median_text(one, figures.phase_ns(phase)) for phase in figures.PHASES],
            "1" if one == single or single is None else
            medians.Ratio(single.values(figures.loop_seconds), one.values(figures.loop_seconds)).text()])
    return [tables.Table(
        "size", ["network", "neurons", "threads", "runs", "loop ns per neuron-step",
                 *figures.PHASES, "times faster than 1 thread"], rows)]


PART = parts.Part("size", "time against neurons", _variants, _tables, plot="performance-size")
