"""Single against double precision."""

from benchmarks.measurements import ours
from benchmarks.suite import figures, medians, parts, tables

_CASES = {"active": "jobs/scalability/active.yaml", "recurrent": "jobs/scalability/recurrent.yaml"}


def _variants(setting):
    neurons, seconds = setting.size.pick((10_000, 0.2), (100_000, 1))
    return [
        ours.variant(setting, f"{case} {precision}", job, {"case": case, "precision": precision},
                     ours.scaled(neurons, seconds, {"simulation.precision": precision}),
                     turns=setting.size.pick(3, 7))
        for case, job in _CASES.items() for precision in ("double", "single")]


def _tables(runs):
    rows = []
    for one in runs.of("precision"):
        double = runs.named("precision", f"{one.facts['case']} double")
        rows.append([
            one.facts["case"], one.facts["precision"], len(one.samples),
            figures.median_text(one, figures.loop_ns), figures.median_text(one, figures.rate),
            "1" if one == double or double is None else
            medians.Ratio(double.values(figures.loop_ns), one.values(figures.loop_ns)).text()])
    return [tables.Table(
        "precision", ["network", "precision", "runs", "loop ns per neuron-step", "rate Hz",
                      "times faster than double"], rows)]


PART = parts.Part("precision", "single against double precision", _variants, _tables)
