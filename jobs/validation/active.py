"""Active properties: firing rates, dendritic input and output, action potentials that travel back,
the anatomy of dendritic spikes.

    coppice run jobs/validation/fi-curve.yaml --output out/validation/fi-curve
    coppice run jobs/validation/dendritic-io.yaml --output out/validation/dendritic-io
    coppice run jobs/validation/backpropagation.yaml --output out/validation/backpropagation
    coppice run jobs/validation/dspike-anatomy.yaml --output out/validation/dspike-anatomy
    python3 jobs/validation/active.py out/validation
"""

import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from analysis import drawing, measures  # noqa: E402
from analysis.runs import Run  # noqa: E402


def rates(run, axes):
    """21 neurons, 200 to 600 pA for one second."""
    currents = np.linspace(200, 600, 21)
    counts = run.spike_counts("cells", len(currents))
    axes.plot(currents, counts, ".-", color=drawing.BLUE)
    axes.set(xlabel="current (pA)", ylabel="rate (Hz)")
    drawing.title(axes, "", "firing rate")
    drawing.table("spikes in 1 s", ["pA", "spikes"],
                  [[f"{current:.0f}", str(count)] for current, count in zip(currents, counts)])


def input_output(run, axes):
    """k + 1 inputs on the dendrite of cell k."""
    actual = measures.peaks(run.rows("V_dend"), -65)
    awaited = measures.expected(actual, actual[0])
    axes.plot(awaited, actual, ".-", color=drawing.CRIMSON)
    axes.plot([0, 60], [0, 60], "--", color=drawing.GREY, linewidth=0.8)
    axes.set(xlabel="expected EPSP (mV)", ylabel="actual EPSP (mV)")
    drawing.title(axes, "", "dendritic input and output")
    spiking = set(run.events("cells", "spike_Na_dend")[1])
    drawing.table("EPSPs of the dendrite (mV)", ["inputs", "expected", "actual", "dSpike"],
                  [[str(k + 1), awaited[k], actual[k], "yes" if k in spiking else ""]
                   for k in range(len(actual))])


def backpropagation(run, axes):
    """115 pA into the soma for 100 ms."""
    for site in ["soma", "trunk", "prox", "dist"]:
        axes.plot(run.times(f"V_{site}"), run.rows(f"V_{site}")[:, 0], linewidth=0.9,
                  color=drawing.COLORS[site], label=site)
    axes.set(xlim=(40, 120), xlabel="time (ms)", ylabel="voltage (mV)", ylim=(-70, 75))
    axes.legend(loc="upper right", ncols=4, columnspacing=1)
    drawing.title(axes, "", "back-propagation")
    drawing.table(
        "dendritic spikes, steps", ["site", "steps"],
        [[site, " ".join(str(round(time / 0.1))
                         for time in run.events("cells", f"spike_Na_{site}")[0]) or "none"]
         for site in ["trunk", "prox", "dist"]])


def anatomy(run, voltage, current):
    """Voltages, and the two currents of the dendritic spikes that 213 pA cause."""
    times = run.times("V_dend", "rows")
    for site in ["soma", "dend"]:
        voltage.plot(times, run.rows(f"V_{site}", "rows")[:, 0], color=drawing.COLORS[site],
                     label=site)
    for phase, color in [("rise", drawing.GREEN), ("fall", drawing.ORANGE)]:
        current.plot(times, run.rows(f"I_{phase}_Na_dend", "rows")[:, 0], color=color, label=phase)
    for axes, label in [(voltage, "voltage (mV)"), (current, "current (nA)")]:
        axes.set(xlim=(115, 165), xlabel="time (ms)", ylabel=label)
        axes.legend(loc="upper left", ncols=2)
    voltage.set(ylim=(-50, 15))
    current.set(ylim=(-1.6, 4.4))
    drawing.title(voltage, "", "dendritic spikes")
    drawing.title(current, "", "their currents")
    drawing.table(
        "dendritic spikes", ["what", "value"],
        [["steps", " ".join(str(round(time / 0.1))
                            for time in run.events("cells", "spike_Na_dend")[0])],
         *[[name, f"{rows.max():.12g}@{rows.argmax()} {rows.min():.12g}@{rows.argmin()}"]
           for name in ["V_dend", "V_soma", "I_rise_Na_dend", "I_fall_Na_dend"]
           for rows in [run.rows(name, "rows")[:, 0]]]])


def main():
    runs, picture = drawing.arguments(__doc__, "out/validation", "active.png")
    figure, axes = drawing.panels("riv/bbc", (10, 6))
    rates(Run(runs / "fi-curve"), axes["r"])
    input_output(Run(runs / "dendritic-io"), axes["i"])
    anatomy(Run(runs / "dspike-anatomy"), axes["v"], axes["c"])
    backpropagation(Run(runs / "backpropagation"), axes["b"])
    drawing.save(figure, picture)


main()
