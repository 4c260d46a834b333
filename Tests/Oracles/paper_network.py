"""The three networks of the paper's benchmarks, on Dendrify 1.0.9 and Brian 2.6.0.

Four compartments (soma, trunk, prox, dist); `active` adds dendritic sodium spikes, `recurrent`
adds connections among the neurons on prox. The equations are the library's; this file only puts
them together (Pagkalos, Chavlis & Poirazi 2023, Nat. Commun. 14:131, benchmarks).
"""

import brian2 as b
from brian2.units import cm, mV, ms, nS, ohm, uF, um, uS
from dendrify import Dendrite, NeuronModel, Soma

CASES = ["passive", "active", "recurrent"]
COMPARTMENTS = ["soma", "trunk", "prox", "dist"]
ACTIVE = {"trunk": (34, 27.2), "prox": (15.3, 12.24), "dist": (7, 5.6)}
RECURRENT_WEIGHT = 0.01


def neuron_model(case):
    """The neuron of a case as a Dendrify model."""
    soma = Soma("soma", model="leakyIF", length=25 * um, diameter=25 * um)
    dendrites = {
        name: Dendrite(name, length=100 * um, diameter=diameter * um)
        for name, diameter in [("trunk", 2.5), ("prox", 1), ("dist", 0.5)]}
    dendrites["dist"].synapse("AMPA", pre="X", g=1 * nS, t_decay=5 * ms)
    dendrites["prox"].synapse("AMPA", pre="Y", g=2 * nS, t_decay=5 * ms)
    if case != "passive":
        for name, (rise, fall) in ACTIVE.items():
            dendrites[name].dspikes(
                "Na", threshold=-40 * mV, g_rise=rise * nS, g_fall=fall * nS)
    edges = [
        (soma, dendrites["trunk"], 15 * nS), (dendrites["trunk"], dendrites["prox"], 10 * nS),
        (dendrites["prox"], dendrites["dist"], 4 * nS)]
    model = NeuronModel(
        edges, cm=1 * (uF / cm**2), gl=40 * (uS / cm**2), r_axial=150 * (ohm * cm),
        scale_factor=2.8, spine_factor=1.5, v_rest=-60 * mV)
    if case != "passive":
        model.dspike_properties(
            "Na", tau_rise=0.6 * ms, tau_fall=1.2 * ms, refractory=5 * ms, offset_fall=0.2 * ms)
    return model


def neuron_group(case, size):
    """A Brian group of such neurons, at rest."""
    model = neuron_model(case)
    events = {} if case == "passive" else {"events": model.events}
    group = b.NeuronGroup(
        size, model=model.equations, method="euler", threshold="V_soma > -50*mV",
        reset="V_soma = -60*mV", refractory=4 * ms, namespace=model.parameters, **events)
    for name in COMPARTMENTS:
        setattr(group, f"V_{name}", -60 * mV)
    if case != "passive":
        handle_dspikes(group, ACTIVE)
    return group


def handle_dspikes(group, dendrites):
    """What Dendrify's `link` does about the sodium spikes of dendrites, for a group of any scope."""
    for name in dendrites:
        setattr(group, f"allow_I_Na_{name}", True)
        setattr(group, f"allow_I_Kn_{name}", False)
        group.run_on_event(
            f"activate_I_Na_{name}",
            f"g_Na_{name} += g_Na_{name}_max; allow_I_Na_{name} = False; "
            f"allow_I_Kn_{name} = True; timer_Na_{name} = t")
        group.run_on_event(
            f"activate_I_Kn_{name}",
            f"g_Kn_{name} += g_Kn_{name}_max; allow_I_Kn_{name} = False; "
            f"allow_I_Na_{name} = True")


def recurrent_synapses(group):
    """Connections among the neurons, not yet connected."""
    return b.Synapses(group, group, on_pre=f"s_AMPA_Y_prox += {RECURRENT_WEIGHT}")
