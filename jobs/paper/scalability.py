"""The paper's three scalability cases: time and memory against the number of neurons.

    for neurons in 10 100 1000 10000 100000; do
      for network in passive active recurrent; do
        coppice run jobs/scalability/$network.yaml --set constants.neurons=$neurons \\
          --output out/paper/scalability-$network-$neurons
      done
    done
    python3 jobs/paper/scalability.py out/paper

Sizes that were not run are left out. All numbers are from the runs' run.json; the lines beside
them are what the paper's authors measured with Brian 2 on their machine, building included
(numpy target, no recording). `make bench-recurrent` compares on one machine.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from analysis import drawing  # noqa: E402
from analysis.runs import Run  # noqa: E402

SIZES = [10, 100, 1_000, 10_000, 100_000]
# Seconds for one simulated second, by size; from the benchmarks' notebooks.
AUTHORS = {
    "passive": [1.17, 1.23, 1.78, 5.69, 56], "active": [2.57, 2.77, 3.65, 9.87, 93],
    "recurrent": [2.71, 3.03, 4.02, 11.4, 101],
}
COLORS = {"passive": drawing.GREEN, "active": drawing.BLUE, "recurrent": drawing.CRIMSON}
PHASES = ["build", "compile", "deliver", "advance", "exchange", "record", "checkpoint"]


def main():
    runs, picture = drawing.arguments(__doc__, "out/paper", "scalability.png")
    figure, axes = drawing.panels("ab", (9, 3.6))
    table = []
    for network, authors in AUTHORS.items():
        found = [(size, Run(directory).figures) for size in SIZES
                 if (directory := runs / f"scalability-{network}-{size}").exists()]
        if not found:
            sys.exit(f"{runs} holds no run scalability-{network}-SIZE")
        sizes = [size for size, _ in found]
        color = COLORS[network]
        axes["a"].loglog(sizes, [run["seconds"]["total"] for _, run in found], "o-", color=color,
                         markersize=4, label=network)
        axes["a"].loglog(SIZES, authors, ":", color=color)
        axes["b"].semilogx(sizes, [run["peak_rss_bytes"] / 1e6 for _, run in found], "o-",
                           color=color, markersize=4, label=network)
        for size, run in found:
            seconds = run["seconds"]
            # deliver and advance are sums over threads.
            threads = run["ranks"] * run["threads"]
            shares = [seconds[phase] / (threads if phase in ["deliver", "advance"] else 1)
                      for phase in PHASES]
            table.append([
                network, str(size), str(run["synapses"]), str(threads), seconds["total"], *shares,
                run["peak_rss_bytes"] / 1e6, authors[SIZES.index(size)]])
    axes["a"].set(xlabel="neurons", ylabel="seconds for one second")
    axes["a"].plot([], [], ":", color="black", label="authors, Brian 2")
    axes["a"].legend(loc="upper left")
    drawing.title(axes["a"], "a", "time, from start to exit")
    axes["b"].set(xlabel="neurons", ylabel="MB", ylim=(0, None))
    drawing.title(axes["b"], "b", "memory")
    drawing.table("seconds by phase, of one thread; memory of a rank",
                  ["network", "neurons", "synapses", "threads", "total", *PHASES, "MB",
                   "authors (s)"], table, "{:.3f}")
    drawing.save(figure, picture)


main()
