"""Passive properties: input resistances, time constants, attenuation along a dendrite.

    coppice run jobs/validation/input-resistance.yaml --output out/validation/input-resistance
    coppice run jobs/validation/time-constant.yaml --output out/validation/time-constant
    coppice run jobs/validation/dendritic-attenuation.yaml \\
      --output out/validation/dendritic-attenuation
    python3 jobs/validation/passive.py out/validation
"""

import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from analysis import drawing, measures  # noqa: E402
from analysis.runs import Run  # noqa: E402


def resistance(run, axes):
    """-20 pA for 500 ms into three neurons."""
    table = []
    for name, color in [("reference", drawing.BLUE), ("large", drawing.GREEN),
                        ("small", drawing.CRIMSON)]:
        voltage = run.rows("V", name)[:, 0]
        axes.plot(run.times("V", name), voltage, color=color, label=name)
        table.append([name, measures.input_resistance(voltage, voltage[500], -20)])
    axes.set(xlabel="time (ms)", ylabel="voltage (mV)", ylim=(-71.5, -69.7))
    axes.legend(loc="upper right", ncols=3, columnspacing=1)
    drawing.title(axes, "", "input resistance, -20 pA")
    drawing.table("input resistances (MOhm)", ["neuron", "Rin"], table)


def time_constant(run, axes):
    """-10 pA, and the exponential that fits the fall best."""
    table = []
    for name, color in [("leaky", drawing.BLUE), ("adaptive", drawing.CRIMSON)]:
        voltage, times = run.rows("V", name)[:, 0], run.times("V", name)
        fall = slice(200, voltage.argmin())
        tau = measures.time_constant(times[fall], voltage[fall])
        scaled = (voltage - voltage[fall].min()) / np.ptp(voltage[fall])
        axes.plot(times, scaled, color=color, label=f"{name}: {tau:.2f} ms")
        axes.plot(times[fall], np.exp(-(times[fall] - 20) / tau), ":", color="black")
        table.append([name, voltage.min(), str(voltage.argmin()), tau])
    axes.set(xlim=(0, 120), xlabel="time (ms)", ylabel="voltage, scaled")
    axes.legend(loc="upper right")
    drawing.title(axes, "", "time constant, fit dotted")
    drawing.table("least voltages (mV), fitted time constants (ms)",
                  ["neuron", "least", "row", "tau"], table)


def attenuation(run, axes):
    """-10 pA into the soma, seen along the dendrite."""
    depths = {}
    for site in ["soma", "trunk", "prox", "dist"]:
        voltage = run.rows(f"V_{site}")[:, 0]
        depths[site] = voltage.min() - voltage[0]
        axes.plot(run.times(f"V_{site}"), voltage, color=drawing.COLORS[site],
                  label=f"{site}: {depths[site] / depths['soma']:.3f}")
    axes.set(xlabel="time (ms)", ylabel="voltage (mV)", ylim=(-77, -67.5))
    axes.legend(loc="upper right", ncols=2)
    drawing.title(axes, "", "attenuation, -10 pA into soma")
    drawing.table("deflections (mV), relative to the soma", ["site", "deflection", "ratio"],
                  [[site, depth, depth / depths["soma"]] for site, depth in depths.items()])


def main():
    runs, picture = drawing.arguments(__doc__, "out/validation", "passive.png")
    figure, axes = drawing.panels("rta", (10, 3.2))
    resistance(Run(runs / "input-resistance"), axes["r"])
    time_constant(Run(runs / "time-constant"), axes["t"])
    attenuation(Run(runs / "dendritic-attenuation"), axes["a"])
    drawing.save(figure, picture)


main()
