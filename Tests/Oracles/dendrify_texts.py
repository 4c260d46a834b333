"""Writes what Dendrify makes of some models: equations, parameters and events.

Run with the environment `current` (see setup.sh) for the models of Dendrify 2.2.0, and with
`paper` for those of 1.0.9; each writes its own file under data/. ModelsTests compares the texts
and the numbers of `NeuronModel` and `PointNeuronModel` with them.
"""

import json
import pathlib

import brian2 as b
import dendrify
from brian2.units import cm, mV, ms, nS, ohm, pA, pF, uF, um, uS

HERE = pathlib.Path(__file__).resolve().parent
CM, GL, RA = 1 * (uF / cm**2), 40 * (uS / cm**2), 150 * (ohm * cm)


def dump(model, events):
    parameters = {k: float(v) for k, v in model.parameters.items()}
    return {"equations": model.equations, "parameters": parameters, "events": events}


def dimensions(length, diameter):
    return {"length": length * um, "diameter": diameter * um}


def paper_active():
    """The active neuron of the paper's benchmarks; Dendrify 1."""
    soma = dendrify.Soma("soma", model="leakyIF", **dimensions(25, 25))
    trunk = dendrify.Dendrite("trunk", **dimensions(100, 2.5))
    prox = dendrify.Dendrite("prox", **dimensions(100, 1))
    dist = dendrify.Dendrite("dist", **dimensions(100, 0.5))
    dist.synapse("AMPA", pre="X", g=1 * nS, t_decay=5 * ms)
    prox.synapse("AMPA", pre="Y", g=2 * nS, t_decay=5 * ms)
    trunk.dspikes("Na", threshold=-40 * mV, g_rise=34 * nS, g_fall=27.2 * nS)
    prox.dspikes("Na", threshold=-40 * mV, g_rise=15.3 * nS, g_fall=12.24 * nS)
    dist.dspikes("Na", threshold=-40 * mV, g_rise=7 * nS, g_fall=5.6 * nS)
    model = dendrify.NeuronModel(
        [(soma, trunk, 15 * nS), (trunk, prox, 10 * nS), (prox, dist, 4 * nS)],
        cm=CM, gl=GL, r_axial=RA, scale_factor=2.8, spine_factor=1.5, v_rest=-60 * mV)
    model.dspike_properties(
        "Na", tau_rise=0.6 * ms, tau_fall=1.2 * ms, refractory=5 * ms, offset_fall=0.2 * ms)
    return dump(model, model.events)


def backprop(model_of_soma="leakyIF"):
    """Four compartments with pulse dSpikes, half cylinders and one whole cylinder."""
    soma = dendrify.Soma("soma", model=model_of_soma, **dimensions(25, 25))
    trunk = dendrify.Dendrite("trunk", **dimensions(100, 2.5))
    prox = dendrify.Dendrite("prox", **dimensions(100, 1))
    dist = dendrify.Dendrite("dist", **dimensions(100, 0.5))
    for dendrite, rise, fall in [(trunk, 22, 14), (prox, 9, 5.7), (dist, 3.7, 2.4)]:
        dendrite.dspikes(
            "Na", threshold=-35 * mV, g_rise=rise * nS, g_fall=fall * nS, duration_rise=1.2 * ms,
            duration_fall=2.4 * ms, reversal_rise="E_Na", reversal_fall="E_K",
            offset_fall=0.2 * ms, refractory=5 * ms)
    model = dendrify.NeuronModel(
        [(soma, trunk, 15 * nS), (trunk, prox, "half_cylinders"), (prox, dist, "cylinder_dist")],
        cm=CM, gl=GL, r_axial=RA, v_rest=-65 * mV, scale_factor=2.8, spine_factor=1.5)
    return dump(model, model.events)


def synapses():
    """Every channel with and without a rise, scaled and not, and noise; given absolutely."""
    soma = dendrify.Soma("soma", cm_abs=200 * pF, gl_abs=10 * nS, v_rest=-70 * mV)
    dend = dendrify.Dendrite("dend", cm_abs=50 * pF, gl_abs=2.5 * nS, v_rest=-70 * mV)
    for channel, rise, decay in [("AMPA", 2, 5), ("NMDA", 10, 60), ("GABA", 1, 7.5)]:
        dend.synapse(channel, tag="fast", g=1 * nS, t_decay=decay * ms)
        dend.synapse(channel, tag="slow", g=2 * nS, t_rise=rise * ms, t_decay=decay * ms)
        dend.synapse(
            channel, tag="scaled", g=2 * nS, t_rise=rise * ms, t_decay=decay * ms, scale_g=True)
    dend.noise(tau=20 * ms, sigma=3 * pA, mean=0 * pA)
    soma.noise(tau=10 * ms, sigma=1 * pA, mean=5 * pA)
    return dump(dendrify.NeuronModel([(soma, dend, 15 * nS)]), {})


def membrane(kind):
    """A soma of each membrane model on a passive dendrite."""
    soma = dendrify.Soma("soma", model=kind, **dimensions(30, 20))
    dend = dendrify.Dendrite("dend", **dimensions(150, 0.8))
    return dump(
        dendrify.NeuronModel([(soma, dend)], cm=CM, gl=GL, r_axial=RA, v_rest=-65 * mV), {})


def point(kind):
    """A point neuron of each membrane model, with a synapse of each form and noise."""
    model = dendrify.PointNeuronModel(kind, cm_abs=281 * pF, gl_abs=30 * nS, v_rest=-70.6 * mV)
    model.synapse("AMPA", tag="x", g=0.5 * nS, t_decay=2 * ms)
    model.synapse("NMDA", tag="x", g=0.5 * nS, t_rise=5 * ms, t_decay=50 * ms)
    model.noise(mean=50 * pA, sigma=300 * pA, tau=2 * ms)
    return dump(model, {})


def main():
    b.defaultclock.dt = 0.1 * ms
    if hasattr(dendrify, "PointNeuronModel"):
        name, models = "dendrify-2.2.0", {"backprop": backprop(), "synapses": synapses()}
        for kind in ["passive", "leakyIF", "adaptiveIF", "cadIF", "adex"]:
            models["membrane-" + kind] = membrane(kind)
            models["point-" + kind] = point(kind)
    else:
        name, models = "dendrify-1.0.9", {"paper-active": paper_active()}
    target = HERE / "data" / f"{name}-texts.json"
    target.write_text(json.dumps(models, indent=1, sort_keys=True) + "\n")
    print(f"wrote {target}")


main()
