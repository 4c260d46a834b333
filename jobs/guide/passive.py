"""Passive properties of runs of jobs/guide/passive.yaml, one column each.

    python3 jobs/guide/passive.py RUN...
"""

import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from analysis import drawing, measures  # noqa: E402
from analysis.runs import Run  # noqa: E402

SITES = ["prox", "ob1", "med", "dist1", "bas1"]
SMALL = -10.0  # pA
BEGIN, END = 1000, 6000  # rows of the pulse


def column(run):
    """Input resistance, time constant and sag, then attenuation to each dendrite."""
    soma, times = run.rows("V_soma"), run.times("V_soma")
    rest = soma[BEGIN, 0]
    small = soma[:, 0]
    fall = slice(BEGIN, BEGIN + np.argmin(small[BEGIN:END]))
    depths = [run.rows(f"V_{site}")[BEGIN:END, 0].min() - rest for site in SITES]
    return [
        measures.input_resistance(small[:END], rest, SMALL),
        measures.time_constant(times[fall], small[fall]),
        measures.sag_ratio(soma[:, 1], rest, END),
        *(depth / (small[:END].min() - rest) for depth in depths)]


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    runs = [pathlib.Path(argument) for argument in sys.argv[1:]]
    columns = [column(Run(run)) for run in runs]
    names = ["input resistance (MOhm)", "time constant (ms)", "sag ratio at -100 pA",
             *(f"{site}/soma" for site in SITES)]
    drawing.table("passive properties", ["", *(run.name for run in runs)],
                  [[name, *row] for name, row in zip(names, zip(*columns))], "{:.4g}")


main()
