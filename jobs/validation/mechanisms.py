"""Synapses with and without a rise, the magnesium block, and adapting point neurons.

    for job in ampa-kinetics gaba-kinetics nmda-block adex adaptation; do
      coppice run jobs/validation/$job.yaml --output out/validation/$job
    done
    python3 jobs/validation/mechanisms.py out/validation
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from analysis import drawing  # noqa: E402
from analysis.runs import Run  # noqa: E402


def course(axes, run, variable, recording, neuron, color, label):
    """Draws a variable; gives its largest and least values with their rows."""
    rows = run.rows(variable, recording)[:, neuron]
    axes.plot(run.times(variable, recording), rows, color=color, label=label)
    return [label, f"{rows.max():.12g}@{rows.argmax()}", f"{rows.min():.12g}@{rows.argmin()}"]


def main():
    runs, picture = drawing.arguments(__doc__, "out/validation", "mechanisms.png")
    figure, axes = drawing.panels("agn/xtt", (10, 6))
    heads = ["", "largest", "least"]
    for letter, channel in [("a", "AMPA"), ("g", "GABA")]:
        run = Run(runs / f"{channel.lower()}-kinetics")
        table = [
            course(axes[letter], run, f"I_{channel}_{tag}_{site}", "rows", neuron, color, label)
            for tag, site, neuron, color, label in [
                ("slow", "dend1", 0, drawing.BLUE, "rise and decay"),
                ("fast", "dend2", 1, drawing.CRIMSON, "decay alone")]]
        axes[letter].set(ylabel="current (nA)")
        drawing.title(axes[letter], "", channel)
        drawing.table(f"{channel} currents (nA) at their rows", heads, table)
    run = Run(runs / "nmda-block")
    table = [course(axes["n"], run, "I_NMDA_x_dend", "rows", neuron, color, label)
             for neuron, color, label in [
                 (0, drawing.BLUE, "at rest"), (1, drawing.CRIMSON, "depolarised")]]
    axes["n"].set(ylabel="current (nA)")
    drawing.title(axes["n"], "", "NMDA")
    drawing.table("NMDA currents (nA) at their rows", heads, table)
    table = [course(axes["x"], Run(runs / "adex"), "V", "rows", 0, drawing.BLUE, "adex")]
    run = Run(runs / "adaptation")
    table += [course(axes["t"], run, "V", kind, 0, color, f"by a {kind}")
              for kind, color in [("current", drawing.BLUE), ("conductance", drawing.CRIMSON)]]
    drawing.title(axes["x"], "", "adaptive exponential")
    drawing.title(axes["t"], "", "adaptation")
    drawing.table("voltages (mV) of point neurons at their rows", heads, table)
    for letter in "agnxt":
        axes[letter].set(xlabel="time (ms)")
    for letter in "xt":
        axes[letter].set(ylabel="voltage (mV)")
    for letter, place in [("a", "upper"), ("g", "lower"), ("n", "upper"), ("t", "upper")]:
        axes[letter].legend(loc=f"{place} right")
    drawing.save(figure, picture)


main()
