"""Replays recorded inputs into 200 neurons of the paper and stores what they do.

Poisson inputs are drawn once with a seed; then a SpikeGeneratorGroup gives the very same spikes to
Brian, as Coppice's tests give them to Coppice. `active` has no connections among the neurons;
`recurrent` has 50 per neuron on average, without delay.

    python network_replay.py [--neurons 200] [--steps 10000] [--seed 1]      (environment: paper)
"""

import argparse

import brian2 as b
import numpy as np
from brian2.units import Hz, ms

import paper_network
import reference_data

DT = 0.1 * ms
RATE = 50 * Hz


def draw_inputs(neurons, steps, seed):
    """Step and unit of every input spike, for x and y, sorted by step."""
    generator = np.random.RandomState(seed)
    probability = float(RATE * DT)
    return {
        name: np.argwhere(generator.random_sample((steps, neurons)) < probability)
        for name in ["x", "y"]}


def draw_pairs(neurons, seed):
    """Source and target of every connection, sorted by source."""
    generator = np.random.RandomState(seed + 1)
    return np.argwhere(generator.random_sample((neurons, neurons)) < min(1, 50 / neurons))


def model_entry():
    """The neuron as a model of a job."""
    def spike(name):
        rise, fall = paper_network.ACTIVE[name]
        return {
            "name": "Na", "kinetics": "exponential", "threshold": "-40 mV", "g_rise": f"{rise} nS",
            "g_fall": f"{fall} nS", "tau_rise": "0.6 ms", "tau_fall": "1.2 ms",
            "offset_fall": "0.2 ms", "refractory": "5 ms"}

    def dendrite(name, diameter, **more):
        return {
            "length": "100 um", "diameter": f"{diameter} um", "dspikes": [spike(name)], **more}

    def ampa(tag, g):
        return {"synapses": [{"channel": "AMPA", "tag": tag, "g": g, "t_decay": "5 ms"}]}

    return {
        "cm": "1 uF/cm^2", "gl": "40 uS/cm^2", "r_axial": "150 ohm*cm", "v_rest": "-60 mV",
        "scale_factor": 2.8, "spine_factor": 1.5,
        "compartments": {
            "soma": {
                "kind": "soma", "model": "leakyIF", "length": "25 um", "diameter": "25 um"},
            "trunk": dendrite("trunk", 2.5),
            "prox": dendrite("prox", 1, **ampa("Y", "2 nS")),
            "dist": dendrite("dist", 0.5, **ampa("X", "1 nS"))},
        "couplings": [
            ["soma", "trunk", "15 nS"], ["trunk", "prox", "10 nS"], ["prox", "dist", "4 nS"]],
        "spike": {
            "threshold": "V_soma > -50*mV", "reset": "V_soma = -60*mV", "refractory": "4 ms"}}


def sources(inputs, neurons):
    return {
        name: b.SpikeGeneratorGroup(neurons, spikes[:, 1], spikes[:, 0] * DT, name=name)
        for name, spikes in inputs.items()}


def by_step(monitor):
    """Step and neuron of every event, sorted."""
    steps = np.rint(np.asarray(monitor.t / DT)).astype(int)
    neurons = np.asarray(monitor.i)
    order = np.lexsort((neurons, steps))
    return np.stack([steps[order], neurons[order]], axis=1)


def replay(case, inputs, pairs, neurons, steps, watched):
    """Runs one case; `watched` are the neurons whose voltages are kept."""
    b.start_scope()
    b.defaultclock.dt = DT
    group = paper_network.neuron_group("active", neurons)
    generators = sources(inputs, neurons)
    x = b.Synapses(generators["x"], group, on_pre="s_AMPA_X_dist += 1", name="a_x")
    x.connect(j="i")
    y = b.Synapses(generators["y"], group, on_pre="s_AMPA_Y_prox += 1", name="b_y")
    y.connect(j="i")
    objects = [group, *generators.values(), x, y]
    if case == "recurrent":
        recurrent = b.Synapses(
            group, group, "w : 1", on_pre="s_AMPA_Y_prox += w", name="c_recurrent")
        recurrent.connect(i=pairs[:, 0], j=pairs[:, 1])
        recurrent.w = paper_network.RECURRENT_WEIGHT
        objects.append(recurrent)
    spikes = b.SpikeMonitor(group)
    events = {
        f"spike_Na_{name}": b.EventMonitor(group, f"activate_I_Na_{name}")
        for name in paper_network.ACTIVE}
    falls = {
        f"fall_Na_{name}": b.EventMonitor(group, f"activate_I_Kn_{name}")
        for name in paper_network.ACTIVE}
    voltages = [f"V_{name}" for name in paper_network.COMPARTMENTS]
    states = b.StateMonitor(group, voltages, record=watched)
    network = b.Network(objects, spikes, *events.values(), *falls.values(), states)
    network.run(steps * DT)
    rows = np.stack([np.asarray(getattr(states, v)) for v in voltages], axis=-1)
    final = np.stack([np.asarray(getattr(group, v)) for v in voltages], axis=-1)
    return {
        "spikes": by_step(spikes),
        **{name: by_step(monitor) for name, monitor in events.items()},
        **{name: by_step(monitor) for name, monitor in falls.items()},
        "rows": rows.swapaxes(0, 1),  # step, neuron, compartment
        "final": final,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--neurons", type=int, default=200)
    parser.add_argument("--steps", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    b.prefs.codegen.target = "numpy"
    neurons, steps = options.neurons, options.steps
    inputs = draw_inputs(neurons, steps, options.seed)
    pairs = draw_pairs(neurons, options.seed)
    watched = sorted({0, neurons // 4, neurons // 2, 3 * neurons // 4, neurons - 1})
    facts = {
        "neurons": neurons, "steps": steps, "dt_s": float(DT), "seed": options.seed,
        "brian2": b.__version__, "dendrify": "1.0.9", "target": "numpy"}
    reference_data.write("replay-inputs", facts, {
        **{name: ("u16", spikes) for name, spikes in inputs.items()},
        "pairs": ("u16", pairs)})
    for case in ["active", "recurrent"]:
        result = replay(case, inputs, pairs, neurons, steps, watched)
        every = 100
        # All rows of one neuron around its own spikes, sparse rows of all watched ones.
        detailed = len(watched) // 2
        own = result["spikes"][result["spikes"][:, 1] == watched[detailed], 0]
        begin = int(max(0, min(own[0] - 500, steps - 2000))) if len(own) else 0
        arrays = {
            name: ("u16", result[name]) for name in result
            if name.startswith(("spike", "fall"))}
        arrays["rows"] = ("f64", result["rows"][::every])
        arrays["detailed_rows"] = ("f64", result["rows"][begin:begin + 2000, detailed])
        arrays["final"] = ("f64", result["final"])
        reference_data.write(f"replay-{case}", dict(
            facts, case=case, model=model_entry(), on_x="s_AMPA_X_dist += 1",
            on_y="s_AMPA_Y_prox += 1", on_recurrent="s_AMPA_Y_prox += w",
            weight=paper_network.RECURRENT_WEIGHT if case == "recurrent" else 0,
            compartments=paper_network.COMPARTMENTS, watched=watched, every=every,
            detailed=watched[detailed], detailed_from=begin,
            counts={k: len(v) for k, v in result.items() if k not in ("rows", "final")}), arrays)


main()
