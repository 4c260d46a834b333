"""Strong and weak scaling over ranks and threads."""

from benchmarks.measurements import ours
from benchmarks.suite import figures, machine, medians, parts, tables

_CASES = ["active", "recurrent", "dense"]


def layouts(setting):
    """Pairs of ranks and threads: as given, or all powers of two that this machine has cores for,
    as threads, as ranks, and as both."""
    if setting.layouts:
        return setting.layouts
    cores, found = machine.cores(), [(1, 1)]
    count = 2
    while count <= cores:
        found += [(1, count), (count, 1)]
        if count > 2:
            found.append((2, count // 2))
        count *= 2
    return found


def text(ranks, threads):
    return f"{ranks} × {threads}"


def _planned(setting, neurons_of):
    planned = []
    for case in _CASES:
        for ranks, threads in layouts(setting):
            neurons = neurons_of(ranks * threads)
            more = {"constants.synapses": 100} if case == "dense" else {}
            planned.append(ours.variant(
                setting, f"{case} {text(ranks, threads)}", f"jobs/scalability/{case}.yaml",
                {"case": case, "neurons": neurons, "cores": ranks * threads, "launched": True},
                ours.scaled(neurons, setting.size.pick(0.1, 0.5), more), ranks, threads,
                turns=setting.size.pick(2, 7)))
    return planned


def _strong(setting):
    neurons = setting.neurons or setting.size.pick(10_000, 100_000)
    return _planned(setting, lambda cores: neurons)


def _weak(setting):
    neurons = setting.neurons or setting.size.pick(5_000, 50_000)
    return _planned(setting, lambda cores: neurons * cores)


def _first(runs, part, one):
    """The layout that others of the same network are compared with: the one of fewest cores."""
    same = [other for other in runs.of(part) if other.facts["case"] == one.facts["case"]]
    return min(same, key=lambda other: other.facts["cores"])


def _table(runs, part, efficiency_of):
    rows = []
    for one in runs.of(part):
        facts, first = one.facts, _first(runs, part, one)
        speed = medians.Ratio(first.values(figures.loop_seconds), one.values(figures.loop_seconds))
        efficiency = efficiency_of(speed.value, facts["cores"] / first.facts["cores"])
        rows.append([
            facts["case"], text(facts["ranks"], facts["threads"]),
            figures.count_text(facts["neurons"]), len(one.samples),
            figures.median_text(one, figures.loop_seconds, 3), f"{min(one.values(figures.loop_seconds)):.3f}",
            *[figures.median_text(one, figures.phase_seconds(phase), 3)
              for phase in figures.PHASES],
            "1" if one == first else speed.text(), f"{100 * efficiency:.0f} %"])
    return tables.Table(
        part, ["network", "ranks × threads", "neurons", "runs", "loop s", "best s",
               *figures.PHASES, "times faster", "efficiency"], rows)


STRONG = parts.Part(
    "strong", "strong scaling over ranks and threads", _strong,
    lambda runs: [_table(runs, "strong", lambda speed, cores: speed / cores)],
    plot="performance-strong")
WEAK = parts.Part(
    "weak", "weak scaling over ranks and threads", _weak,
    lambda runs: [_table(runs, "weak", lambda speed, cores: speed)], plot="performance-weak")
