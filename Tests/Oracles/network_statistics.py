"""Runs the networks of jobs/cuba.yaml and jobs/coba.yaml, small, with many seeds, and stores rates.

Brian 2.9. A network is 320 excitatory and 80 inhibitory neurons with 16 and 8 inputs each, as many to
every neuron, weak synapses and a strong drive, so that networks differ little from seed to seed;
0.5 s. All seeds of a network run at once, as copies without connections between them. For each copy the
mean rate in Hz and the mean over neurons of the coefficient of variation of intervals are kept, from
0.1 s on; once as said, and once with inhibition 5 % stronger, which a test must tell apart.
Environment: current.
"""

import json
import pathlib

import brian2 as b
import numpy as np
from brian2.units import mV, ms, second

TARGET = pathlib.Path(__file__).resolve().parent / "data" / "network-statistics.json"
EXCITATORY, INHIBITORY, COPIES = 320, 80, 40
INPUTS = {"excitatory": 16, "inhibitory": 8}
WEIGHTS = {"cuba": (0.5, 4), "coba": (0.03, 0.2)}  # mV; units of the leak
SIZE = EXCITATORY + INHIBITORY
BEGIN, END = 0.1, 0.5
SPIKE = dict(threshold="v > -50*mV", reset="v = -60*mV", refractory=5 * ms,
             method="exponential_euler")
CUBA = """
dv/dt = (g_e + g_i - (v - E_L))/(20*ms) : volt (unless refractory)
dg_e/dt = -g_e/(5*ms) : volt
dg_i/dt = -g_i/(10*ms) : volt
"""
COBA = """
dv/dt = (g_e*(E_e - v) + g_i*(E_i - v) - (v - E_L))/(20*ms) : volt (unless refractory)
dg_e/dt = -g_e/(5*ms) : 1
dg_i/dt = -g_i/(10*ms) : 1
"""
COBA_INITIAL = {"v": "-60*mV + 5*mV*randn()", "g_e": "4 + 1.5*randn()", "g_i": "20 + 12*randn()"}


def neurons(equations, initial, **constants):
    group = b.NeuronGroup(
        COPIES * SIZE, equations, namespace=dict(constants, E_L=-38 * mV), **SPIKE)
    for variable, start in initial.items():
        setattr(group, variable, start)
    return group


def connected(group, kind, on_pre, random):
    """Draws the inputs of each neuron among the neurons of a kind of its copy, none twice."""
    first, count = {"excitatory": (0, EXCITATORY), "inhibitory": (EXCITATORY, INHIBITORY)}[kind]
    targets = np.repeat(np.arange(COPIES * SIZE), INPUTS[kind])
    sources = np.concatenate([
        first + target // SIZE * SIZE + random.choice(count, INPUTS[kind], replace=False)
        for target in range(COPIES * SIZE)])
    synapses = b.Synapses(group, group, on_pre=on_pre)
    synapses.connect(i=sources, j=targets)
    return synapses


def variation(times):
    """The coefficient of variation of the intervals of a neuron with 5 spikes or more."""
    intervals = np.diff(times)
    return intervals.std(ddof=1) / intervals.mean() if len(times) >= 5 else None


def network(name, factor):
    b.start_scope()
    b.seed(2026)
    random = np.random.default_rng(2026)
    excitation, inhibition = WEIGHTS[name]
    unit = "*mV" if name == "cuba" else ""
    sign = "-" if name == "cuba" else "+"
    weights = (f"g_e += {excitation}{unit}", f"g_i {sign}= {inhibition * factor!r}{unit}")
    if name == "cuba":
        group = neurons(CUBA, {"v": "-60*mV + 10*mV*rand()"})
    else:
        group = neurons(COBA, COBA_INITIAL, E_e=0 * mV, E_i=-80 * mV)
    synapses = [connected(group, kind, code, random)
                for kind, code in zip(("excitatory", "inhibitory"), weights)]
    spikes = b.SpikeMonitor(group)
    b.Network(group, *synapses, spikes).run(END * second)
    trains = [np.sort(train / second) for _, train in sorted(spikes.spike_trains().items())]
    trains = [train[train >= BEGIN] for train in trains]
    rates, variations = [], []
    for copy in range(COPIES):
        own = trains[copy * SIZE:(copy + 1) * SIZE]
        rates.append(sum(map(len, own)) / SIZE / (END - BEGIN))
        found = [cv for cv in map(variation, own) if cv is not None]
        assert len(found) > SIZE / 2
        variations.append(float(np.mean(found)))
    print(name, factor, f"rate {np.mean(rates):.4g} +- {np.std(rates):.3g} Hz,",
          f"CV {np.mean(variations):.4g} +- {np.std(variations):.3g}")
    return {"rates": rates, "variations": variations}


def main():
    b.prefs.codegen.target = "numpy"
    b.defaultclock.dt = 0.1 * ms
    facts = {
        "brian2": b.__version__, "excitatory": EXCITATORY, "inhibitory": INHIBITORY,
        "inputs": INPUTS, "weights": WEIGHTS, "drive_mV": -38, "begin_s": BEGIN, "end_s": END}
    for name in ("cuba", "coba"):
        facts[name] = network(name, 1)
        facts[name + " with stronger inhibition"] = network(name, 1.05)
    TARGET.write_text(json.dumps(facts, indent=1) + "\n")


main()
