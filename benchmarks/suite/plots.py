"""Draws the plots from run sets; needs matplotlib, so it is run by an environment of its own.

    .env/docs/bin/python -m benchmarks.suite.plots FILE... --output DIRECTORY
"""

import argparse
import pathlib

import matplotlib

from benchmarks import measurements
from benchmarks.measurements import cases, delivery, layouts, rehearsal
from benchmarks.suite import exchange, figures, medians, runs, tables

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402  pylint: disable=wrong-import-position

BLUE, GREEN, ORANGE, CRIMSON, GREY = "#005c94", "#338000", "#ff6600", "#aa0044", "#808080"
PHASES = dict(zip(figures.PHASES, [BLUE, ORANGE, CRIMSON, GREEN, "#c0c0c0"]))
NETWORKS = {"passive": GREEN, "active": BLUE, "recurrent": CRIMSON, "dense": ORANGE}
MARKERS = {1: "o", 2: "s"}
plt.rcParams.update({
    "font.size": 10, "axes.labelsize": 10, "axes.titlesize": 10, "legend.fontsize": 9,
    "xtick.labelsize": 10, "ytick.labelsize": 10, "axes.spines.top": False,
    "axes.spines.right": False, "legend.frameon": False, "lines.linewidth": 1.25,
    "lines.markersize": 4, "figure.constrained_layout.use": True,
})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    options = parser.parse_args()
    sets = runs.combined([runs.RunSet.read(path) for path in options.files])
    options.output.mkdir(parents=True, exist_ok=True)
    for name, draw in _DRAWN.items():
        for one, stem in tables.plots(name, sets, measurements.ALL):
            path = options.output / f"{stem}.png"
            draw(one).savefig(path, dpi=150)
            plt.close("all")
            print(f"drawn: {path}")


def engines(one):
    """Total time of the paper's networks by engine: a panel a network, the largest size."""
    there = [part for part in cases.PARTS if one.of(part.name)]
    figure, panels = plt.subplots(
        1, len(there), figsize=(2 + 3 * len(there), 3), squeeze=False, sharey=True)
    for axes, part in zip(panels[0], there):
        measured = one.of(part.name)
        largest = max(each.facts["neurons"] for each in measured)
        measured = [each for each in measured if each.facts["neurons"] == largest]
        for row, each in enumerate(reversed(measured)):
            total = medians.median(each.values(figures.total_seconds))
            mine = each.facts["engine"] == "Coppice"
            axes.barh(row, total, color=BLUE if mine else GREY)
            axes.text(total, row, f" {total:.1f} s", va="center", fontsize=9)
        axes.set_yticks(range(len(measured)),
                        [cases.label(each).replace(" standalone", "") for each in reversed(measured)])
        axes.set_xscale("log")
        axes.margins(x=0.25)
        axes.set_xlabel("start to end (s)")
        axes.set_title(f"{part.name.split('-')[1]}, {figures.count_text(largest)} neurons",
                       loc="left")
    return figure


def size(one):
    """Time of one second against neurons, with linear growth beside it; and what it is made of."""
    measured = one.of("size")
    figure, (times, *stacks) = plt.subplots(1, 3, figsize=(10, 3.2))
    for case in dict.fromkeys(each.facts["case"] for each in measured):
        for threads in (1, 2):
            here = [each for each in measured
                    if (each.facts["case"], each.facts["threads"]) == (case, threads)]
            xs = [each.facts["neurons"] for each in here]
            ys = [medians.median(each.values(second_of_time)) for each in here]
            times.loglog(xs, ys, color=NETWORKS[case], marker=MARKERS[threads],
                         label=f"{case}, {threads} thread{'s' if threads > 1 else ''}")
    ideal(times, measured, "neurons", second_of_time, lambda x: x)
    times.set_xlabel("neurons")
    times.set_ylabel("loop for 1 s of time (s)")
    for axes, case in zip(stacks, dict.fromkeys(each.facts["case"] for each in measured)):
        here = [each for each in measured if each.facts["case"] == case]
        stacked(axes, here, [f"{each.facts['neurons']:.0e}".replace("e+0", "e")
                             + f"\n×{each.facts['threads']}" for each in here], True)
        axes.set_xlabel("neurons × threads")
        axes.set_title(case, loc="left")
    return explained(figure, times, stacks[0])


def second_of_time(figure):
    """Seconds of the loop for one simulated second."""
    return figures.loop_seconds(figure) / (figure["steps"] * figure["dt_s"])


def synapses(one):
    """What the loop is made of against the synapses of a neuron, and events a second."""
    measured = one.of("indegree")
    figure, (parts, rates) = plt.subplots(1, 2, figsize=(8, 3))
    stacked(parts, measured, [str(each.facts["synapses"]) for each in measured], True)
    parts.set_xlabel("synapses of a neuron")
    rates.loglog([each.facts["synapses"] for each in measured],
                 [medians.median(each.values(delivery.events_per_second)) for each in measured],
                 color=ORANGE, marker="o")
    rates.set_xlabel("synapses of a neuron")
    rates.set_ylabel("events per second and thread")
    return explained(figure, parts)


def scaling(one, part):
    """Loop against cores, with the ideal beside it; and what it is made of by layout."""
    measured = one.of(part)
    networks = list(dict.fromkeys(each.facts["case"] for each in measured))
    figure, panels = plt.subplots(1, 1 + len(networks), figsize=(3.2 * (1 + len(networks)), 3.2))
    times = panels[0]
    for case in networks:
        here = [each for each in measured if each.facts["case"] == case]
        for kind, marker, chosen in [
                ("threads", "o", [each for each in here if each.facts["ranks"] == 1]),
                ("ranks", "s", [each for each in here if each.facts["threads"] == 1])]:
            chosen = sorted(chosen, key=lambda each: each.facts["cores"])
            times.loglog([each.facts["cores"] for each in chosen],
                         [medians.median(each.values(figures.loop_seconds)) for each in chosen],
                         color=NETWORKS[case], marker=marker, label=f"{case}, {kind}",
                         linestyle="-" if kind == "threads" else "--")
        law = (lambda x: 1 / x) if part == "strong" else (lambda x: 1)
        ideal(times, here, "cores", figures.loop_seconds, law)
    cores = sorted({each.facts["cores"] for each in measured})
    times.set_xticks(cores, [str(count) for count in cores])
    times.minorticks_off()
    times.set_xlabel("cores")
    times.set_ylabel("loop (s)")
    for axes, case in zip(panels[1:], networks):
        here = [each for each in measured if each.facts["case"] == case]
        stacked(axes, here,
                [layouts.text(each.facts["ranks"], each.facts["threads"]) for each in here],
                part == "weak")
        axes.set_xlabel("ranks × threads")
        axes.set_title(case, loc="left")
    return explained(figure, times, panels[1])


def rehearsed(one):
    """What a step takes on how many ranks, by phase, and the efficiency: a pair of panels for each
    number of neurons of a rank."""
    told = rehearsal.predictions(one, exchange.CLUSTER)
    figure, rows = plt.subplots(len(told), 2, figsize=(8, 3 * len(told)), squeeze=False)
    phases = [("advance", BLUE), ("deliver", ORANGE), ("pack", GREEN), ("shown", CRIMSON),
              ("wait", GREY)]
    words = {"pack": "pack and unpack", "shown": "messages", "wait": "wait for the slowest"}
    for (stack, line), (neurons, counts) in zip(rows, told.items()):
        ranks = [str(count) for count, _, _ in counts]
        steps = [each.samples[0]["figures"]["epochs"]["steps"] for _, _, each in counts]
        heights = [0.0] * len(counts)
        for phase, color in phases:
            values = [1e6 * getattr(epoch, phase) / count
                      for (_, epoch, _), count in zip(counts, steps)]
            stack.bar(range(len(counts)), values, bottom=heights, color=color, width=0.7,
                      label=words.get(phase, phase))
            heights = [below + value for below, value in zip(heights, values)]
        stack.axhline(heights[0], color="0.3", linestyle=":", label="ideal")
        line.plot(range(len(counts)), [100 * heights[0] / height for height in heights],
                  color=BLUE, marker="o")
        line.axhline(100, color="0.3", linestyle=":")
        line.set_ylim(0, 110)
        for axes, label in ((stack, "µs per step"), (line, "efficiency (%)")):
            axes.set_xticks(range(len(counts)), ranks, rotation=60)
            axes.set_xlabel("ranks")
            axes.set_ylabel(label)
            axes.set_title(f"{neurons:,} neurons a rank", loc="left")
    return explained(figure, rows[0][0])


def explained(figure, *panels):
    """The figure with one legend below all, of what is in some of its panels."""
    handles, labels = [], []
    for axes in panels:
        for found, into in zip(axes.get_legend_handles_labels(), (handles, labels)):
            into.extend(found)
    figure.legend(handles, labels, loc="outside lower center", ncols=6)
    return figure


def stacked(axes, measured, labels, per_neuron_step):
    """Bars of the phases, one a variant: for a neuron and a step, or in seconds."""
    heights = [0.0] * len(measured)
    for phase, color in PHASES.items():
        figure = (figures.phase_ns if per_neuron_step else figures.phase_seconds)(phase)
        values = [medians.median(each.values(figure)) for each in measured]
        axes.bar(range(len(measured)), values, bottom=heights, color=color, label=phase, width=0.7)
        heights = [below + value for below, value in zip(heights, values)]
    axes.set_xticks(range(len(measured)), labels)
    axes.set_ylabel("ns per neuron-step" if per_neuron_step else "s")


def ideal(axes, measured, fact, figure, law):
    """A grey line through the first point, as things ought to go on from there."""
    first = min(measured, key=lambda each: each.facts[fact])
    xs = sorted({each.facts[fact] for each in measured})
    begin = medians.median(first.values(figure))
    axes.loglog(xs, [begin * law(x) / law(xs[0]) for x in xs], color=GREY, linestyle=":",
                linewidth=1, zorder=0)


_DRAWN = {
    "performance-engines": engines, "performance-size": size, "performance-synapses": synapses,
    "performance-strong": lambda one: scaling(one, "strong"),
    "performance-weak": lambda one: scaling(one, "weak"),
    "scaling-rehearsal": rehearsed,
}

if __name__ == "__main__":
    main()
