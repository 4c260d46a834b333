"""The CA1 neurons of the paper's Figure 5 with their input, on Dendrify 1.0.9 and Brian 2.6.0.

Put together as in the authors' notebook (Pagkalos, Chavlis & Poirazi 2023, Nat. Commun. 14:131): nine
compartments, dendritic spikes in all dendrites, a soma that adapts by a conductance.
"""

import brian2 as b
from brian2.units import Hz, cm, mV, ms, msiemens, nS, ohm, uF, um, uS
from dendrify import Dendrite, NeuronModel, Soma

import paper_network

SOMA = """
dV{0}/dt = (gL{0}*(EL{0}-V{0}) + gA*(EA-V{0}) + I{0})/C{0} : volt
dgA/dt = (gAmax*abs(V{0}-VA)/mV - gA)/tauA : siemens
I{0} = I_ext{0} : amp
I_ext{0} : amp
"""
# Length and diameter in um.
DENDRITES = {
    "prox": (100, 2), "ob1": (100, 1), "ob2": (100, 1), "med": (150, 1.25), "dist1": (150, 0.8),
    "dist2": (150, 0.8), "bas1": (150, 0.8), "bas2": (150, 0.8)}
# Pathway, AMPA and NMDA in nS, rate in Hz.
INPUTS = {
    "dist1": ("ec", 0.81, 0.81, 82), "dist2": ("ec", 0.81, 0.81, 82), "ob1": ("ca3", 0.6, 0.4, 120),
    "ob2": ("ca3", 0.6, 0.4, 120), "med": ("ca3", 0.81, 0.4, 120)}


def neuron_model():
    """The neuron as a Dendrify model."""
    soma = Soma("soma", model=SOMA, length=30 * um, diameter=20 * um)
    dendrites = {
        name: Dendrite(name, length=length * um, diameter=diameter * um)
        for name, (length, diameter) in DENDRITES.items()}
    density = 10 * msiemens * cm**-2
    for dendrite in dendrites.values():
        # The area before scale and spine factors are known, as in the notebook.
        dendrite.dspikes("Na", threshold=-42.5 * mV, g_rise=density * dendrite.area,
                         g_fall=density / 2.5 * dendrite.area)
    for name, (pathway, ampa, nmda, _) in INPUTS.items():
        dendrites[name].synapse("AMPA", pre=pathway, g=ampa * nS, t_decay=2.5 * ms)
        dendrites[name].synapse("NMDA", pre=pathway, g=nmda * nS, t_decay=50 * ms)
    d = dendrites
    edges = [
        (soma, d["bas1"], 3.8 * nS), (soma, d["bas2"], 3.8 * nS), (soma, d["prox"], 22 * nS),
        (d["prox"], d["ob1"]), (d["prox"], d["ob2"]), (d["prox"], d["med"]),
        (d["med"], d["dist1"]), (d["med"], d["dist2"])]
    model = NeuronModel(
        edges, cm=1 * (uF / cm**2), gl=40 * (uS / cm**2), r_axial=120 * (ohm * cm),
        v_rest=-65 * mV, scale_factor=2.9, spine_factor=1.5)
    model.dspike_properties(
        "Na", tau_rise=0.5 * ms, tau_fall=1.2 * ms, offset_fall=0.6 * ms, refractory=4.2 * ms)
    model.add_params({
        "EA": -65 * mV, "VA": -65 * mV, "tauA": 45 * ms, "gAmax": 0.15 * nS, "delta_gA": 21 * nS,
        "alpha": 0.087, "beta": 3.57, "gamma": 10, "Mg": 1, "E_NMDA": 0.35 * mV, "E_Na": 50 * mV,
        "E_K": -90 * mV})
    return model


def network(size):
    """Group, further objects and the monitor of its spikes."""
    model = neuron_model()
    group = b.NeuronGroup(
        size, model=model.equations, method="euler", threshold="V_soma > -47.5*mV",
        reset="V_soma = 37.5*mV; gA += delta_gA", refractory=4 * ms, events=model.events,
        namespace=model.parameters)
    for name in ["soma", *DENDRITES]:
        setattr(group, f"V_{name}", -65 * mV)
    paper_network.handle_dspikes(group, DENDRITES)
    again = b.Synapses(group, group, on_pre="V_soma = -53*mV", delay=0.8 * ms)
    again.connect(j="i")
    objects = [group, again]
    for name, (pathway, _, _, rate) in INPUTS.items():
        source = b.PoissonGroup(size, rate * Hz)
        synapses = b.Synapses(
            source, group,
            on_pre=f"s_AMPA_{pathway}_{name} += 1.0; s_NMDA_{pathway}_{name} += 1.0")
        synapses.connect(j="i")
        objects += [source, synapses]
    spikes = b.SpikeMonitor(group, record=False)
    return b.Network(objects, spikes), spikes
