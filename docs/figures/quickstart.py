"""Draws the quickstart: spikes, dendritic spikes and the voltages of one neuron.

    python3 docs/figures/quickstart.py [RUN] [PICTURE]

RUN is the directory of a run of jobs/quickstart.yaml (out/quickstart); PICTURE is written
(docs/figures/quickstart.png). Needs what jobs/analysis/requirements.txt names.
"""

import pathlib
import sys

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "jobs"))
from analysis import drawing  # noqa: E402
from analysis.runs import Run  # noqa: E402

COLORS = {"soma": "#005c94", "trunk": "#338000", "prox": "#ff8800", "dist": "#8030a0"}
BEGIN, END = 1000, 1400  # ms, what the rasters show


def raster(axes, times, neurons, color, label, size):
    shown = (times >= BEGIN) & (times < END)
    axes.scatter(times[shown], neurons[shown], s=size, marker=".", linewidths=0, color=color,
                 rasterized=True)
    axes.set(xlim=(BEGIN, END), ylim=(0, 1000), ylabel="neuron")
    axes.set_title(label, loc="left", fontsize=10)


def busiest(times, neurons, soma):
    """A recorded neuron and a begin of 100 ms in which it spikes two or three times."""
    best = (0, BEGIN)
    for neuron in range(soma.shape[1]):
        own = np.sort(times[neurons == neuron])
        for begin in own[(own > BEGIN) & (own < END - 100)] - 30:
            if 2 <= np.count_nonzero((own >= begin) & (own < begin + 100)) <= 3:
                return neuron, begin
    return best


def main():
    run = Run(sys.argv[1] if len(sys.argv) > 1 else "out/quickstart")
    picture = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "docs/figures/quickstart.png")
    times, neurons = run.spikes("pyr")
    with h5py.File(run.directory / "rates.h5") as file:
        rate_times, rate = file["rates/pyr/time"][:], file["rates/pyr/rate"][:]

    figure, axes = drawing.panels("s/d/r/v", (8, 8.4), height_ratios=[3, 3, 1, 2.2])
    axes = [axes[letter] for letter in "sdrv"]
    raster(axes[0], times, neurons, "black",
           f"spikes of 1000 neurons ({len(times) / 2000:.1f} Hz on average)", 5)
    raster(axes[1], *run.events("pyr", "spike_Na_dist"), COLORS["dist"], "", 4)
    raster(axes[1], *run.events("pyr", "spike_Na_prox"), COLORS["prox"],
           "their dendritic spikes: distal (purple) and proximal (orange)", 14)
    axes[2].plot(rate_times, rate, color="black", linewidth=0.8)
    axes[2].set(xlim=(BEGIN, END), ylim=(0, None), ylabel="rate (Hz)", xlabel="time (ms)")

    soma = run.rows("V_soma", "voltage")
    neuron, begin = busiest(times, neurons, soma)
    for name, color in COLORS.items():
        rows, data = run.times(f"V_{name}", "voltage"), run.rows(f"V_{name}", "voltage")
        shown = (rows >= begin) & (rows < begin + 100)
        axes[3].plot(rows[shown], data[shown, neuron], color=color, linewidth=1, label=name)
    for spike in times[(neurons == neuron) & (times >= begin) & (times < begin + 100)]:
        # The model resets at once; the line is what a spike looks like.
        axes[3].plot([spike, spike], [-50, 20], color=COLORS["soma"], linewidth=1)
    axes[3].set(xlim=(begin, begin + 100), ylabel="voltage (mV)", xlabel="time (ms)")
    axes[3].set_title(f"voltages of neuron {neuron}",
                      loc="left", fontsize=10)
    axes[3].legend(frameon=False, ncols=4, loc="lower right", bbox_to_anchor=(1, 0.98))
    drawing.save(figure, picture)


main()
