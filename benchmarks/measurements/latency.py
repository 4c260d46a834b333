"""A small network: how long from the start of the process to its exit."""

from benchmarks.measurements import cases, ours
from benchmarks.suite import figures, medians, parts, tables


def _variants(setting):
    job, neurons = "jobs/scalability/active.yaml", 100
    planned = [
        ours.variant(setting, backend, job, {"case": "active", "neurons": neurons},
                     ours.scaled(neurons, 1), turns=setting.size.pick(5, 11),
                     options=("--backend", backend))
        for backend in ("compiled", "portable")]
    if not setting.size.quick:
        planned += [cases.brian("active", neurons, 1, backend, 3)
                    for backend in ("cpp_standalone", "numpy")]
    return planned


def _tables(runs):
    measured = runs.of("latency")
    compiled = runs.named("latency", "compiled")
    rows = []
    for one in measured:
        mine = one.facts["engine"] == "Coppice"
        spread = medians.spread(one.values(figures.total_seconds))
        rows.append([
            f"Coppice, {one.name}" if mine else one.facts["engine"], len(one.samples),
            figures.median_text(one, figures.total_seconds, 3),
            "-" if spread is None else f"{100 * spread:.0f} %",
            figures.median_text(one, "compile", 3) if mine else "-",
            figures.median_text(one, figures.loop_seconds, 4),
            "1" if one == compiled or compiled is None else medians.Ratio(
                one.values(figures.total_seconds), compiled.values(figures.total_seconds)).text(1)])
    return [tables.Table(
        "latency", ["engine", "runs", "start to exit s", "spread", "compile s", "loop s",
                    "total / ours"], rows,
        ["100 neurons, 1 s. Brian's totals are without importing Python's modules."])]


PART = parts.Part("latency", "100 neurons from start to exit", _variants, _tables)
