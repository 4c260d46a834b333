"""Neurons of Dendrify 1, whose dendritic spikes are exponential. environment: paper"""

from brian2 import *
from dendrify import Dendrite, NeuronModel, Soma

soma = Soma("soma", model="leakyIF", length=25 * um, diameter=25 * um)
dist = Dendrite("dist", length=100 * um, diameter=1 * um)
dist.synapse("AMPA", pre="x", g=2 * nS, t_decay=4 * ms)
dist.dspikes("Na", threshold=-40 * mV, g_rise=9 * nS, g_fall=6 * nS)
model = NeuronModel(
    [(soma, dist, 8 * nS)], cm=1 * uF / cm**2, gl=40 * uS / cm**2, v_rest=-65 * mV,
    r_axial=150 * ohm * cm, scale_factor=2.8, spine_factor=1.5)
model.dspike_properties(
    "Na", tau_rise=0.6 * ms, tau_fall=1.2 * ms, offset_fall=0.2 * ms, refractory=5 * ms)
cells = NeuronGroup(
    3, model=model.equations, method="euler", threshold="V_soma > -40*mV",
    reset="V_soma = 40*mV", refractory=4 * ms, namespace=model.parameters, events=model.events)
model.link(cells)
again = Synapses(cells, cells, on_pre="V_soma = -50*mV", delay=0.8 * ms)
again.connect(j="i")

pulses = SpikeGeneratorGroup(3, [0, 1, 2, 2], [8, 9, 10, 10.4] * ms)
onto = Synapses(pulses, cells, on_pre="s_AMPA_x_dist += 4")
onto.connect(j="i")
trace = StateMonitor(cells, ["V_soma", "V_dist", "g_Na_dist"], record=True)
spikes = SpikeMonitor(cells)
net = Network(cells, again, pulses, onto, trace, spikes)
net.run(5 * ms)
cells.I_ext_soma = [0, 150, 300] * pA
net.run(45 * ms)
