"""Figure 3 of the paper: dendritic spikes. Thresholds depend on the place, dendrites add up more
than they get, action potentials travel back.

    coppice run jobs/paper/fig3-dspikes.yaml --output out/paper/fig3-dspikes
    coppice run jobs/paper/fig3-io.yaml --output out/paper/fig3-io
    coppice run jobs/paper/fig3-io.yaml --output out/paper/fig3-io-off \\
      --set models.cell.initial.allow_rise_Na_trunk=false \\
      --set models.cell.initial.allow_rise_Na_prox=false \\
      --set models.cell.initial.allow_rise_Na_dist=false
    coppice run jobs/paper/fig3-backpropagation.yaml --output out/paper/fig3-backpropagation
    python3 jobs/paper/fig3.py out/paper
"""

import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from analysis import drawing, measures  # noqa: E402
from analysis.runs import Run  # noqa: E402

REST = -70.0
SITES = ["soma", "trunk", "prox", "dist"]
INJECTED = [("dist", 123), ("prox", 309), ("trunk", 560)]  # pA, by cell
EVERY = 0.1  # ms


def dendritic_spikes(run, axes):
    """Panels b to e, and tables: a dendritic spike at each site."""
    rows = {site: run.rows(f"V_{site}") for site in SITES}
    times = run.times("V_soma")
    for cell, (letter, (injected, current)) in enumerate(zip("bcd", INJECTED)):
        for site in SITES:
            axes[letter].plot(times, rows[site][:, cell], color=drawing.COLORS[site], label=site)
        axes[letter].set(xlim=(0, 40), ylim=(-72, -10), xlabel="time (ms)")
        drawing.title(axes[letter], letter, f"{current} pA into {injected}")
        slope = measures.slope(rows[injected][:, cell], EVERY)
        axes["e"].plot(times[1:], slope, color=drawing.COLORS[injected], label=injected)
    axes["b"].set_ylabel("voltage (mV)")
    axes["b"].legend(loc="upper right")
    axes["e"].set(xlim=(8.5, 12.5), xlabel="time (ms)", ylabel="dV/dt (mV/ms)")
    axes["e"].legend(loc="upper right")
    drawing.title(axes["e"], "e", "slopes")
    drawing.table(
        "b to d: largest voltages (mV) at their rows, step of the dendritic spike",
        ["into", *SITES, "dSpike"],
        [[f"{current} pA {injected}",
          *(extreme(rows[site][:, cell], np.argmax) for site in SITES),
          steps(run.events("cells", f"spike_Na_{injected}"), cell)]
         for cell, (injected, current) in enumerate(INJECTED)])
    drawing.table(
        "e: slopes (mV/ms) at their rows",
        ["site", "steepest rise", "steepest fall", "rise of soma", "site at threshold (mV)"],
        [[site,
          *(extreme(measures.slope(rows[site][:, cell], EVERY), pick)
            for pick in (np.argmax, np.argmin)),
          extreme(measures.slope(rows["soma"][:, cell], EVERY), np.argmax), rows[site][100, cell]]
         for cell, (site, _) in enumerate(INJECTED)])


def extreme(values, pick):
    """`-15.238@103`: an extreme value and its row."""
    row = pick(values)
    return f"{values[row]:.12g}@{row}"


def steps(events, cell, every=EVERY):
    """The steps of one cell's events, as a text."""
    times, neurons = events
    return " ".join(str(step) for step in np.rint(times[neurons == cell] / every).astype(int))


def input_output(with_spikes, without, axes):
    """Panel f, and a table: k inputs onto dist or prox."""
    for letter, population, site in [("f", "distal", "dist"), ("F", "proximal", "prox")]:
        actual = measures.peaks(with_spikes.rows(f"V_{site}", population), REST)
        passive = measures.peaks(without.rows(f"V_{site}", population), REST)
        awaited = measures.expected(actual, actual[0])
        axes[letter].plot(awaited, actual, ".-", color=drawing.COLORS[site],
                          label="with dSpikes", markersize=4)
        axes[letter].plot(awaited, passive, ".-", color=drawing.GREY, label="without",
                          markersize=4)
        axes[letter].plot([0, 75], [0, 75], "--", color=drawing.GREY, linewidth=0.8)
        axes[letter].set(xlim=(0, awaited[-1]), ylim=(0, 75), xlabel="expected EPSP (mV)")
        drawing.title(axes[letter], letter if letter == "f" else "", f"inputs onto {site}")
        events = with_spikes.events(population, f"spike_Na_{site}")
        drawing.table(
            f"f: EPSPs of {site} (mV), with dendritic spikes and without",
            ["inputs", "expected", "with", "without", "dSpikes at steps"],
            [[str(k + 1), awaited[k], actual[k], passive[k], steps(events, k, 0.05)]
             for k in range(len(actual))])
    axes["f"].set_ylabel("actual EPSP (mV)")
    axes["f"].legend(loc="upper left")


def backpropagation(run, axes):
    """Panel g, and a table: what each action potential does in the dendrites."""
    times = run.times("V_soma")
    rows = {site: run.rows(f"V_{site}")[:, 0] for site in SITES}
    for site in SITES:
        axes["g"].plot(times, rows[site], color=drawing.COLORS[site], linewidth=0.9)
    axes["g"].set(xlim=(80, 340), xlabel="time (ms)", ylabel="voltage (mV)")
    drawing.title(axes["g"], "g", "back-propagation, 125 pA into soma")
    for site in SITES[1:]:
        for direction, dashes in [("rise", "-"), ("fall", "--")]:
            current = run.rows(f"I_{direction}_Na_{site}", "currents")[:, 0]
            axes["G"].plot(times, current, dashes, color=drawing.COLORS[site],
                           label=f"{site}, {'Na' if direction == 'rise' else 'K'}")
    axes["G"].set(xlim=(97, 102), xlabel="time (ms)", ylabel="current (nA)")
    axes["G"].legend(loc="upper right")
    drawing.title(axes["G"], "", "its currents")
    spikes = np.rint(run.spikes("cells")[0] / EVERY).astype(int)
    ends = [*spikes[1:], len(times)]
    events = {site: np.rint(run.events("cells", f"spike_Na_{site}")[0] / EVERY) for site in SITES[1:]}
    table = []
    for begin, end in zip(spikes, ends):
        cells = [str(begin)]
        for site in SITES[1:]:
            row = begin + np.argmax(rows[site][begin:end])
            cells.append(f"{rows[site][row]:.12g}@{row}")
        for site in SITES[1:]:
            own = [int(step) for step in events[site] if begin <= step < end]
            cells.append(" ".join(map(str, own)) or "none")
        table.append(cells)
    drawing.table(
        "g: action potentials, largest voltages (mV) at their rows, dendritic spikes",
        ["step", *SITES[1:], *(f"dSpike {site}" for site in SITES[1:])], table)


def main():
    runs, picture = drawing.arguments(__doc__, "out/paper", "fig3.png")
    figure, axes = drawing.panels("bcd/efF/ggG", (9, 8))
    dendritic_spikes(Run(runs / "fig3-dspikes"), axes)
    input_output(Run(runs / "fig3-io"), Run(runs / "fig3-io-off"), axes)
    backpropagation(Run(runs / "fig3-backpropagation"), axes)
    drawing.save(figure, picture)


main()
