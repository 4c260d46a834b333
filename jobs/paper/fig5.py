"""Figure 5 of the paper: what dendritic spikes are worth, in 10,000 CA1 neurons with input from
entorhinal cortex and CA3, and over a grid of input rates.

    coppice run jobs/paper/fig5.yaml --output out/paper/fig5
    coppice run jobs/paper/fig5.yaml --output out/paper/fig5-off --set constants.dspikes=0
    coppice run jobs/paper/fig5-sweep.yaml --output out/paper/fig5-sweep
    python3 jobs/paper/fig5.py out/paper

Without the sweep, the panels that need it are left out.
"""

import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from analysis import drawing, measures  # noqa: E402
from analysis.runs import Run, Sweep, intervals  # noqa: E402

NEURONS, SECONDS = 10_000, 0.5
ON, OFF = "with dSpikes", "without"
COLORS = {ON: drawing.CRIMSON, OFF: drawing.GREY}
# Neurons with 0, 1, ... spikes in Dendrify 1.0.9 on Brian 2.6 with seed 2021.
BRIAN = {ON: [2365, 5116, 2321, 197, 1], OFF: [8976, 1007, 17, 0, 0]}
EC_RATE, CA3_RATE = 82.0, 120.0  # Hz
SILENT = 0.1  # Hz; where the neurons are as silent with dendritic spikes, no drop is told


def counts(runs, axes):
    """Panels b and c, and a table: how many spikes the neurons have."""
    table = []
    for place, (name, run) in enumerate(runs.items()):
        spikes = np.bincount(run.spike_counts("cells", NEURONS), minlength=5)
        times, neurons = run.spikes("cells")
        first = np.sort(times)[np.unique(neurons[np.argsort(times)], return_index=True)[1]]
        axes["b"].bar(np.arange(5) + 0.4 * place - 0.2, spikes[:5] / NEURONS * 100, 0.4,
                      color=COLORS[name], label=name)
        axes["c"].bar([place], [100 - spikes[0] / NEURONS * 100], 0.6, color=COLORS[name])
        for label, numbers in [(name, spikes), ("  in Brian 2", np.array(BRIAN[name]))]:
            rate = np.arange(len(numbers)) @ numbers / NEURONS / SECONDS
            table.append([label, *map(str, numbers[:5]), 100 - numbers[0] / NEURONS * 100, rate,
                          first.mean() if label == name else ""])
    axes["b"].set(xlabel="spikes in 500 ms", ylabel="neurons (%)")
    axes["b"].legend(loc="upper right")
    drawing.title(axes["b"], "b", "spikes per neuron")
    axes["c"].set(xticks=range(2), xticklabels=runs, ylabel="active neurons (%)", ylim=(0, 100))
    drawing.title(axes["c"], "c", "who fires")
    drawing.table("b, c: neurons with 0, 1, ... spikes; active ones; rate; first spike",
                  ["", *"01234", "active (%)", "rate (Hz)", "first (ms)"], table, "{:.4f}")


def rate_maps(sweep, figure, axes):
    """Panels d and e, and a table: mean rates over the grid, and how far they drop."""
    ec, ca3 = (sweep.values(f"constants.{path}_rate") / base
               for path, base in [("ec", EC_RATE), ("ca3", CA3_RATE)])
    rates = sweep.rates("cells")
    columns, rows = np.unique(ca3.round(6)), np.unique(ec.round(6))
    maps = {}
    for name, flag in [(ON, 1), (OFF, 0)]:
        own = sweep.values("constants.dspikes") == flag
        maps[name] = np.zeros((len(rows), len(columns)))
        maps[name][np.searchsorted(rows, ec[own].round(6)),
                   np.searchsorted(columns, ca3[own].round(6))] = rates[own]
    drop = np.where(maps[ON] > SILENT, 1 - maps[OFF] / np.maximum(maps[ON], SILENT), np.nan) * 100
    for letter, name in [("d", ON), ("D", OFF)]:
        image = heat_map(axes[letter], maps[name], rows, columns, 0, 11)
        drawing.title(axes[letter], letter if letter == "d" else "", f"rate {name}")
    figure.colorbar(image, ax=[axes["d"], axes["D"]], label="Hz", shrink=0.8)
    image = heat_map(axes["e"], drop, rows, columns, 0, 100)
    figure.colorbar(image, ax=axes["e"], label="%", shrink=0.8)
    drawing.title(axes["e"], "e", "drop without dSpikes")
    active = drop[~np.isnan(drop)]
    axes["E"].hist(active, bins=np.arange(0, 101, 10), color=drawing.CRIMSON, rwidth=0.9)
    axes["E"].set(xlabel="drop (%)", ylabel="points of the grid")
    drawing.title(axes["E"], "", "points by their drop")
    for name, rates in maps.items():
        drawing.table(f"d: mean rates {name} (Hz); rows EC, columns CA3, in units of the base",
                      ["", *(f"{column:g}" for column in columns)],
                      [[f"{row:g}", *line] for row, line in zip(rows, rates)], "{:.4f}")
    all_drops = np.nan_to_num(drop)
    drawing.table(
        "e: drop of the mean rate (%); the bins are the paper's, silent points as 0",
        ["points", "least", "greatest", "mean", "median", "in ten bins"],
        [[str(len(active)), active.min(), active.max(), active.mean(), np.median(active),
          " ".join(map(str, np.histogram(all_drops, 10)[0]))]], "{:.4f}")


def heat_map(axes, values, rows, columns, least, greatest):
    step = columns[1] - columns[0]
    image = axes.imshow(
        values, origin="lower", vmin=least, vmax=greatest, cmap="inferno", aspect="equal",
        extent=(columns[0] - step / 2, columns[-1] + step / 2,
                rows[0] - step / 2, rows[-1] + step / 2))
    axes.set(xlabel="CA3 input", ylabel="EC input", xticks=columns[::5], yticks=rows[::5])
    return image


def interval_violins(sweep, axes):
    """Panel f, and a table: intervals between spikes where both inputs grow together."""
    table = []
    for place, factor in enumerate([1.0, 1.1, 1.2, 1.3, 1.4]):
        found = {}
        for side, (name, flag) in zip(["low", "high"], [(ON, 1), (OFF, 0)]):
            run = sweep.run({"constants.ec_rate": factor * EC_RATE,
                             "constants.ca3_rate": factor * CA3_RATE, "constants.dspikes": flag})
            found[name] = intervals(*run.spikes("cells"))
            if len(found[name]) < 2:  # in a small population, none may spike twice
                continue
            parts = axes.violinplot(found[name], [place], showextrema=False, side=side, widths=0.9)
            parts["bodies"][0].set(facecolor=COLORS[name], alpha=0.8,
                                   label=name if place == 4 else None)
        cells = [f"{factor:g}"]
        for name in found:
            own = found[name]
            cells += [str(len(own)), *(
                [*np.percentile(own, [25, 50, 75]), own.mean()] if len(own) else ["-"] * 4)]
        enough = min(map(len, found.values())) >= 2
        table.append([*cells, measures.t_statistic(found[ON], found[OFF]) if enough else "-"])
    axes.set(xticks=range(5), xticklabels=[row[0] for row in table],
             xlabel="both inputs", ylabel="interval (ms)")
    axes.legend(loc="upper right")
    drawing.title(axes, "f", "intervals between spikes")
    heads = ["q1", "median", "q3", "mean"]
    drawing.table("f: intervals (ms) with and without dendritic spikes",
                  ["input", "with", *heads, "without", *heads, "t"], table, "{:.3f}")


def main():
    runs, picture = drawing.arguments(__doc__, "out/paper", "fig5.png")
    swept = (runs / "fig5-sweep").exists()
    figure, axes = drawing.panels(
        "bbbccc/ddDDee/EEffff" if swept else "bc", (9, 8.2 if swept else 3))
    counts({ON: Run(runs / "fig5"), OFF: Run(runs / "fig5-off")}, axes)
    if swept:
        sweep = Sweep(runs / "fig5-sweep")
        rate_maps(sweep, figure, axes)
        interval_violins(sweep, axes["f"])
    drawing.save(figure, picture)


main()
