"""The least current that makes each dendrite spike, and what comes of it, of a run of
jobs/guide/thresholds.yaml.

    python3 jobs/guide/thresholds.py RUN
"""

import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from analysis import drawing  # noqa: E402
from analysis.runs import Run  # noqa: E402

SITES = ["prox", "ob1", "med", "dist1", "bas1"]
STEP = 5  # pA from one cell to the next


def least(neurons):
    """The smallest current of the cells that fired."""
    return str(STEP * (neurons.min() + 1)) if len(neurons) else "none"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    run = Run(sys.argv[1])
    table = []
    for site in SITES:
        others = [other for other in SITES if other != site
                  and len(run.events(site, f"spike_Na_{other}")[1])]
        times, cells = run.events(site, f"spike_Na_{site}")
        first = times[cells == cells.min()][0] - 20 if len(cells) else np.nan
        table.append([site, least(cells), first, least(run.spikes(site)[1]),
                      " ".join(others) or "none"])
    drawing.table("5 ms of current into one compartment",
                  ["site", "dSpike from (pA)", "after (ms)", "action potential from (pA)",
                   "spreads to"], table, "{:.3g}")


main()
