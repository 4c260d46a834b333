"""Generated kernels beside one that was fused by hand, on one thread."""

from benchmarks.measurements import ours
from benchmarks.suite import figures, limits, medians, parts, tables

_LONG = 32  # steps of a visit, as long as Coppice's epochs may be
_ACTIVE, _ONE_STEP = "jobs/scalability/active.yaml", "benchmarks/jobs/one-step.yaml"


def _by_hand(precision, visit_steps, neurons, seconds, turns):
    program = {"double": "active-f64", "single": "active-f32"}[precision]

    def measure():
        return limits.run(program, neurons, round(seconds / 1e-4), visit_steps)

    facts = {"engine": "by hand", "precision": precision, "visit": visit_steps}
    name = f"by hand, {precision}, {_visit(visit_steps)}"
    return parts.Variant(name, facts, measure, turns)


def _visit(steps):
    return "one-step visits" if steps == 1 else "long visits"


def _variants(setting):
    neurons, seconds = setting.size.pick((10_000, 0.1), (100_000, 1))
    turns = setting.size.pick(3, 7)
    planned = []
    for precision in ("double", "single"):
        more = {} if precision == "double" else {"simulation.precision": "single"}
        for visit_steps, job in ((_LONG, _ACTIVE), (1, _ONE_STEP)):
            planned.append(_by_hand(precision, visit_steps, neurons, seconds, turns))
            planned.append(ours.variant(
                setting, f"Coppice, {precision}, {_visit(visit_steps)}", job,
                {"precision": precision, "visit": visit_steps},
                ours.scaled(neurons, seconds, more), turns=turns))
    planned.append(ours.variant(
        setting, "Coppice, double, recurrent", "jobs/scalability/recurrent.yaml",
        {"precision": "double", "visit": "recurrent"}, ours.scaled(neurons, seconds), turns=turns))
    return planned


def _counterpart(runs, one):
    """By hand, what a run of ours is compared with."""
    visit = 1 if one.facts["visit"] == "recurrent" else one.facts["visit"]
    return runs.named("kernel", f"by hand, {one.facts['precision']}, {_visit(visit)}")


def _ratio(above, below):
    if above is None or below is None or above == below:
        return "-"
    return medians.Ratio(above.values(figures.loop_ns), below.values(figures.loop_ns)).text()


def _tables(runs):
    rows = []
    for one in runs.of("kernel"):
        mine = one.facts["engine"] == "Coppice"
        long = runs.named(
            "kernel",
            f"{one.facts['engine']}, {one.facts['precision']}, long visits")
        rows.append([
            one.name, len(one.samples), figures.median_text(one, figures.loop_ns),
            figures.median_text(one, figures.phase_ns("advance")) if mine else "-",
            figures.median_text(one, figures.rate),
            _ratio(one, _counterpart(runs, one)) if mine else "-", _ratio(one, long)])
    return [tables.Table(
        "kernel", ["kernel", "runs", "loop ns per neuron-step", "of it advance", "rate Hz",
                   "loop / by hand", "loop / long visits"], rows)]


PART = parts.Part(
    "kernel", "generated kernels beside one fused by hand", _variants, _tables, limits.build)
