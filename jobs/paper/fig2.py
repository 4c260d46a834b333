"""Figure 2 of the paper: a passive neuron. Currents attenuate; AMPA and NMDA add up differently.

    coppice run jobs/paper/fig2-attenuation.yaml --output out/paper/fig2-attenuation
    coppice run jobs/paper/fig2-integration.yaml --output out/paper/fig2-integration
    coppice run jobs/paper/fig2-integration.yaml --output out/paper/fig2-integration-ampa \\
      --set projections.input.on_pre=s_AMPA_x_apical+=1
    python3 jobs/paper/fig2.py out/paper
"""

import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from analysis import drawing, measures  # noqa: E402
from analysis.runs import Run  # noqa: E402

REST = -70.0
SITES = ["soma", "apical", "basal"]
PULSE, LAST = 1000, 5000  # rows
CURRENT = 100.0  # pA


def attenuation(run, axes):
    """Panel b, and a table: 100 pA into each compartment, seen in all."""
    rows = {site: run.rows(f"V_{site}") for site in SITES}
    times = run.times("V_soma")
    for cell, injected in enumerate(SITES):
        for site in SITES:
            axes[cell].plot(times, rows[site][:, cell], color=drawing.COLORS[site], label=site)
        axes[cell].set(xlim=(50, 650), ylim=(-71, -48), xlabel="time (ms)")
        axes[cell].text(300, -69.6, f"100 pA into {injected}", ha="center")
    drawing.title(axes[0], "b", "attenuation")
    axes[0].set_ylabel("voltage (mV)")
    axes[0].legend(loc="upper left")
    deflections = np.array([[rows[site][LAST, cell] - REST for site in SITES]
                            for cell in range(3)])
    drawing.table(
        "b: steady deflections (mV), what arrives of that at the injected site, resistance (MOhm)",
        ["into", *SITES, *(f"{site}/site" for site in SITES), "Rin", "site after 10 ms"],
        [[injected, *deflections[cell], *deflections[cell] / deflections[cell, cell],
          deflections[cell, cell] / CURRENT * 1e3, rows[injected][PULSE + 100, cell]]
         for cell, injected in enumerate(SITES)])


def integration(runs, axes):
    """Panels c and d, and tables: k synapses at once, with NMDA and without."""
    found = {}
    for run, color, label, place in zip(
            runs, [drawing.BLUE, drawing.CRIMSON], ["AMPA and NMDA", "AMPA alone"], "cC"):
        soma, times = run.rows("V_soma"), run.times("V_soma")
        for count in range(5, 36, 5):
            axes[place].plot(times, soma[:, count - 1], color=color, alpha=0.3 + 0.02 * count)
        axes[place].set(xlim=(40, 350), ylim=(-71, -43), xlabel="time (ms)")
        drawing.title(axes[place], "c" if place == "c" else "", label)
        measured = measures.peaks(soma, REST)
        # The paper infers the response to one input from five, which noise disturbs less.
        awaited = measures.expected(measured, measured[4] / 5)
        axes["d"].plot(awaited, measured, ".-", color=color, label=label, markersize=4)
        found[label] = (measured, measures.peaks(run.rows("V_apical"), REST),
                        soma.argmax(axis=0), awaited)
    axes["c"].set_ylabel("somatic voltage (mV)")
    axes["d"].plot([0, 20], [0, 20], "--", color=drawing.GREY, linewidth=0.8)
    axes["d"].set(xlabel="expected EPSP (mV)", ylabel="measured EPSP (mV)", xlim=(0, 20.5),
                  ylim=(0, 27))
    axes["d"].legend(loc="upper left")
    drawing.title(axes["d"], "d", "integration")
    (both, apical, row, awaited), (ampa, apical_ampa, row_ampa, awaited_ampa) = found.values()
    drawing.table(
        "c: peak EPSPs (mV) and the row of the somatic one",
        ["synapses", "soma", "@row", "apical", "soma AMPA", "@row", "apical AMPA"],
        [[str(k + 1), both[k], str(row[k]), apical[k], ampa[k], str(row_ampa[k]), apical_ampa[k]]
         for k in range(len(both))])
    drawing.table(
        "d: the EPSP of one synapse (mV), and 35 measured over 35 expected",
        ["", "one", "measured/expected"],
        [["AMPA and NMDA", both[4] / 5, both[34] / awaited[34]],
         ["AMPA alone", ampa[4] / 5, ampa[34] / awaited_ampa[34]]])


def main():
    runs, picture = drawing.arguments(__doc__, "out/paper", "fig2.png")
    figure, axes = drawing.panels("sab/cCd", (9, 5.4))
    attenuation(Run(runs / "fig2-attenuation"), [axes[letter] for letter in "sab"])
    integration(
        [Run(runs / "fig2-integration"), Run(runs / "fig2-integration-ampa")], axes)
    drawing.save(figure, picture)


main()
