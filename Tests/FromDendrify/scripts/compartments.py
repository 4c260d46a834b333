"""Neurons of Dendrify 2 with dendritic spikes, driven by a current of their own each."""

import brian2 as b
import matplotlib.pyplot as plt
from brian2.units import cm, ms, mV, nS, ohm, pA, uF, um, uS
from dendrify import Dendrite, NeuronModel, Soma

soma = Soma("soma", length=25 * um, diameter=25 * um)
dend = Dendrite("dend", length=120 * um, diameter=1.5 * um)
dend.synapse("AMPA", tag="x", g=2 * nS, t_decay=3 * ms, t_rise=1 * ms)
dend.synapse("NMDA", tag="x", g=2 * nS, t_decay=50 * ms)
dend.dspikes("Na", g_rise=22 * nS, g_fall=14 * nS)
model = NeuronModel(
    [(soma, dend, 12 * nS)], cm=1 * uF / cm**2, gl=40 * uS / cm**2, v_rest=-65 * mV,
    r_axial=150 * ohm * cm, scale_factor=2.8, spine_factor=1.5)
model.config_dspikes(
    "Na", threshold=-40 * mV, duration_rise=1.2 * ms, duration_fall=2.4 * ms,
    offset_fall=0.2 * ms, refractory=5 * ms, reversal_rise="E_Na", reversal_fall="E_K")
cells, reset = model.make_neurongroup(
    4, method="euler", threshold="V_soma > -45*mV", reset="V_soma = 30*mV",
    second_reset="V_soma = -55*mV", spike_width=0.8 * ms, refractory=4 * ms)

pulses = b.SpikeGeneratorGroup(4, [0, 1, 1, 3], [5, 6, 6.5, 7] * ms)
onto = b.Synapses(pulses, cells, on_pre="s_AMPA_x_dend += 1; s_NMDA_x_dend += 0.5")
onto.connect(j="i")

voltages = b.StateMonitor(cells, ["V_soma", "V_dend", "I_rise_Na_dend"], record=[0, 2, 3])
slow = b.StateMonitor(cells, "V_dend", record=True, dt=0.5 * ms)
spikes = b.SpikeMonitor(cells)
dspikes = b.EventMonitor(cells, "spike_Na_dend")
net = b.Network(cells, reset, pulses, onto, voltages, slow, spikes, dspikes)

net.run(10 * ms)
cells.I_ext_soma = b.linspace(0, 250, 4) * pA
net.run(40 * ms)
cells.I_ext_soma = 0 * pA
cells[2:].I_ext_dend = 150 * pA
net.run(10 * ms)

plt.plot(voltages.t / ms, voltages.V_soma[0] / mV)
plt.savefig("voltages.png")
plt.show()
