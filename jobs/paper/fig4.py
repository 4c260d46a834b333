"""Figure 4 of the paper: the CA1 pyramidal neuron, beside what was measured.

    coppice run jobs/paper/fig4-somatic.yaml --output out/paper/fig4-somatic
    coppice run jobs/paper/fig4-synapses.yaml --output out/paper/fig4-synapses
    coppice run jobs/paper/fig4-integration.yaml --output out/paper/fig4-integration
    python3 jobs/paper/fig4.py out/paper

Measurements are in jobs/paper/data, each with its source.
"""

import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from analysis import drawing, measures  # noqa: E402
from analysis.runs import Run  # noqa: E402

REST = -65.0
EVERY = 0.1  # ms
PULSE, LAST = 500, 10500  # rows
CURRENTS = [-350, -10, 100, 150, 200, 250, 300, 350]  # pA, by cell
PATH = {"prox": 100, "med": 250, "dist1": 400}  # um from the soma
DENDRITES = ["prox", "ob1", "ob2", "med", "dist1", "dist2", "bas1", "bas2"]


def data(name):
    """Columns of a file of measurements, by name."""
    path = pathlib.Path(__file__).with_name("data") / f"{name}.csv"
    rows = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    return np.genfromtxt(rows, delimiter=",", names=True, dtype=None, encoding="utf-8")


def somatic(run, axes):
    """Panel b, and a table: voltages under current, input resistance, time constant, sag."""
    soma, times = run.rows("V_soma"), run.times("V_soma")
    for current, color in [(350, drawing.BLUE), (150, drawing.GREEN), (-10, drawing.ORANGE),
                           (-350, drawing.CRIMSON)]:
        axes.plot(times, soma[:, CURRENTS.index(current)], color=color, linewidth=0.9,
                  label=f"{current} pA")
    axes.set(xlabel="time (ms)", ylabel="voltage (mV)", ylim=(-105, 75))
    axes.legend(loc="upper right", ncols=2)
    drawing.title(axes, "b", "current into the soma")
    hyper, small = soma[:, 0], soma[:, 1]
    fall = slice(PULSE, np.argmin(small) + 1)
    drawing.table(
        "b: passive properties",
        ["", "value"],
        [["input resistance at the sag (MOhm)",
          measures.input_resistance(small[:LAST], REST, CURRENTS[1])],
         ["input resistance at the end (MOhm)", (small[LAST] - REST) / CURRENTS[1] * 1e3],
         ["time constant, fitted (ms)", measures.time_constant(times[fall], small[fall])],
         ["sag ratio, -350 pA", measures.sag_ratio(hyper, REST, LAST)]])
    conductance = run.rows("gA") * 1e3
    drawing.table(
        "b: voltages (mV) 10 ms into the pulse, farthest from rest, at its end; gA then",
        ["pA", "10 ms", "extreme", "end", "gA (nS)"],
        [[str(CURRENTS[cell]), soma[PULSE + 100, cell],
          extreme(soma[:, cell], np.argmin if CURRENTS[cell] < 0 else np.argmax),
          soma[LAST, cell], conductance[LAST, cell]] for cell in range(3)])


def extreme(values, pick):
    """`-15.238@103`: an extreme value and its row."""
    row = pick(values)
    return f"{values[row]:.12g}@{row}"


def rates(run, axes):
    """Panel c, and a table: firing rates against current."""
    counts = run.spike_counts("cells", len(CURRENTS))
    measured = data("fi")
    for depth, color in [("superficial", drawing.GREY), ("deep", "black")]:
        axes.errorbar(measured["pA"], measured[f"{depth}_Hz"], measured[f"{depth}_error_Hz"],
                      color=color, fmt=".--", linewidth=0.8, label=f"measured, {depth}")
    axes.plot(CURRENTS[2:], counts[2:], ".-", color=drawing.CRIMSON, label="model")
    axes.set(xlabel="current (pA)", ylabel="rate (Hz)", ylim=(-1, 26))
    axes.legend(loc="upper left")
    drawing.title(axes, "c", "firing rates")
    spikes, neurons = run.spikes("cells")
    drawing.table(
        "c: spikes in 1 s, dendritic spikes, and the first steps",
        ["pA", "spikes", *DENDRITES, "steps"],
        [[str(CURRENTS[cell]), str(counts[cell]),
          *(str(np.count_nonzero(run.events("cells", f"spike_Na_{site}")[1] == cell))
            for site in DENDRITES),
          " ".join(str(step) for step in np.rint(spikes[neurons == cell][:4] / EVERY).astype(int))]
         for cell in range(2, len(CURRENTS))])


def attenuation(run, axes):
    """Panel d, and a table: -10 pA into the soma, seen along the apical dendrite."""
    measured = data("attenuation")
    for cell, shade in [(1, "0.75"), (2, "0.6"), (3, "0.45")]:
        own = measured[measured["cell"] == cell]
        axes.plot(own["um"], own["ratio"], color=shade, label=f"measured, neuron {cell}")
    small = {site: run.rows(f"V_{site}")[:, 1] - REST for site in ["soma", *DENDRITES]}
    ratios = {site: voltage.min() / small["soma"].min() for site, voltage in small.items()}
    axes.plot([0, *PATH.values()], [1, *(ratios[site] for site in PATH)], "o-",
              color=drawing.CRIMSON, markersize=4, label="model")
    axes.set(xlabel="distance (um)", ylabel="dendrite / soma", ylim=(0.45, 1.05))
    axes.legend(loc="lower left")
    drawing.title(axes, "d", "steady attenuation")
    drawing.table(
        "d: deflections under -10 pA (mV), relative to the soma, at the sag and at the end",
        ["site", "deflection", "row", "ratio", "ratio at the end"],
        [[site, voltage.min(), str(voltage.argmin()), ratios[site],
          voltage[LAST] / small["soma"][LAST]] for site, voltage in small.items()])


def synapses(run, axes):
    """Panel e, and a table: how one EPSP attenuates to the soma."""
    measured = data("epsp-attenuation")
    magee, detailed = (measured[measured["source"] == source] for source in ["Magee", "M18"])
    axes.errorbar(magee["um"], magee["ratio"], 2 * magee["deviation"], color="black", fmt="o",
                  markersize=4, linewidth=0.8, label="measured, ±2 SD")
    axes.plot(detailed["um"], detailed["ratio"], color=drawing.GREY, label="detailed model")
    soma = measures.peaks(run.rows("V_soma"), REST)
    dendrite = [measures.peaks(run.rows(f"V_{site}"), REST)[cell]
                for cell, site in enumerate(PATH)]
    axes.plot([*PATH.values()], soma / dendrite, "o-", color=drawing.CRIMSON, markersize=4,
              label="model")
    axes.set(xlabel="distance (um)", ylabel="soma / dendrite", ylim=(0, 1.15))
    axes.legend(loc="upper right")
    drawing.title(axes, "e", "EPSP attenuation")
    drawing.table(
        "e: EPSPs (mV)", ["site", "um", "dendrite", "soma", "ratio"],
        [[site, str(PATH[site]), dendrite[cell], soma[cell], soma[cell] / dendrite[cell]]
         for cell, site in enumerate(PATH)])


def backpropagation(run, axes):
    """Panel f, and a table: action potentials at 200 pA on their way into the dendrites."""
    cell = CURRENTS.index(200)
    times = run.times("V_soma")
    for place, site in enumerate(["soma", *PATH]):
        axes.plot(times + 25 * place, run.rows(f"V_{site}")[:, cell] - 15 * place,
                  color=drawing.COLORS[site], linewidth=0.9, label=site)
    axes.set(xlim=(50, 480), xlabel="time (ms), 25 ms further each",
             ylabel="voltage (mV), 15 mV lower each", ylim=(-120, 60))
    axes.legend(loc="upper right", ncols=4, columnspacing=1)
    drawing.title(axes, "f", "back-propagation, 200 pA")
    spikes, neurons = run.spikes("cells")
    steps = np.rint(spikes[neurons == cell] / EVERY).astype(int)
    table = []
    for begin, end in zip(steps, [*steps[1:], len(times)]):
        maxima = [run.rows(f"V_{site}")[begin:end, cell] for site in DENDRITES]
        table.append([str(begin), *(f"{rows.max():.10g} (+{rows.argmax()})" for rows in maxima)])
    drawing.table("f: largest voltages (mV), rows after the action potential",
                  ["step", *DENDRITES], table)


def integration(run, axes):
    """Panels g and h, and a table: k inputs on an oblique dendrite."""
    oblique, soma, times = run.rows("V_ob1"), run.rows("V_soma"), run.times("V_soma")
    actual = measures.peaks(oblique, REST)
    awaited = measures.expected(actual, actual[0])
    detailed = data("oblique-io")
    axes["g"].plot(detailed["expected_mV"], detailed["actual_mV"], color=drawing.GREY,
                   label="detailed model")
    axes["g"].plot(awaited, actual, ".-", color=drawing.CRIMSON, label="model")
    axes["g"].plot([0, 50], [0, 50], "--", color=drawing.GREY, linewidth=0.8)
    axes["g"].set(xlabel="expected EPSP (mV)", ylabel="actual EPSP (mV)", ylim=(0, 85))
    axes["g"].legend(loc="upper left")
    drawing.title(axes["g"], "g", "oblique dendrite")
    for count, color in [(24, drawing.BLUE), (14, drawing.CRIMSON), (13, drawing.ORANGE)]:
        axes["G"].plot(times, oblique[:, count - 1], color=color, label=f"{count} inputs")
    axes["G"].set(xlim=(0, 60), xlabel="time (ms)", ylabel="voltage (mV)")
    axes["G"].legend(loc="upper right")
    drawing.title(axes["G"], "", "its voltage")
    steepest = measures.slope(soma, EVERY).max(axis=0)
    measured = data("slopes")
    axes["h"].errorbar(measured["inputs"], measured["measured_V_s"],
                       np.nan_to_num(measured["error_V_s"]), color="black", fmt="o--",
                       markersize=4, linewidth=0.8, label="measured")
    axes["h"].plot(measured["inputs"], measured["m18_V_s"], color=drawing.GREY,
                   label="detailed model")
    axes["h"].plot(range(-2, 3), steepest[11:16], "o-", color=drawing.CRIMSON, markersize=4,
                   label="model")
    axes["h"].set(xlabel="inputs above threshold", ylabel="somatic dV/dt (V/s)", ylim=(0, 5),
                  xticks=range(-2, 3))
    axes["h"].legend(loc="upper left")
    drawing.title(axes["h"], "h", "slope at the soma")
    events, cells = run.events("cells", "spike_Na_ob1")
    drawing.table(
        "g, h: EPSPs of the oblique dendrite and the soma (mV) at their rows, slopes (V/s)",
        ["inputs", "expected", "ob1", "soma", "soma dV/dt", "dSpike at step"],
        [[str(k + 1), awaited[k], f"{actual[k]:.12g}@{oblique[:, k].argmax()}",
          f"{soma[:, k].max() - REST:.12g}@{soma[:, k].argmax()}", steepest[k],
          " ".join(str(round(time / EVERY)) for time in events[cells == k])]
         for k in range(len(actual))])


def main():
    runs, picture = drawing.arguments(__doc__, "out/paper", "fig4.png")
    figure, axes = drawing.panels("bbcc/ddee/ffff/gGhh", (9, 11.5))
    run = Run(runs / "fig4-somatic")
    somatic(run, axes["b"])
    rates(run, axes["c"])
    attenuation(run, axes["d"])
    synapses(Run(runs / "fig4-synapses"), axes["e"])
    backpropagation(run, axes["f"])
    integration(Run(runs / "fig4-integration"), axes)
    drawing.save(figure, picture)


main()
