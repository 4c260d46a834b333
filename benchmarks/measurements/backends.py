"""Compiled kernels against the portable interpreter of the same programs."""

from benchmarks.measurements import ours
from benchmarks.suite import figures, medians, parts, tables

_JOBS = {"active": "jobs/scalability/active.yaml", "ca1": "jobs/paper/fig5.yaml"}


def _variants(setting):
    neurons, seconds = setting.size.pick((2_000, 0.1), (10_000, 0.2))
    return [
        ours.variant(setting, f"{case} {backend}", job, {"case": case, "backend": backend},
                     ours.scaled(neurons, seconds), turns=setting.size.pick(2, 5),
                     options=("--backend", backend))
        for case, job in _JOBS.items() for backend in ("compiled", "portable")]


def _tables(runs):
    rows = []
    for one in runs.of("backends"):
        compiled = runs.named("backends", f"{one.facts['case']} compiled")
        rows.append([
            one.facts["case"], one.first["backend"], len(one.samples),
            figures.median_text(one, figures.loop_ns),
            "1" if one == compiled or compiled is None else
            medians.Ratio(one.values(figures.loop_ns), compiled.values(figures.loop_ns)).text(1)])
    return [tables.Table(
        "backends", ["network", "back end", "runs", "loop ns per neuron-step",
                     "slower than compiled"], rows)]


PART = parts.Part("backends", "portable against compiled", _variants, _tables)
