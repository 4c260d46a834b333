"""A network of plain equations: drawn connections, weights, delays and initial values."""

from brian2 import *

seed(11)
defaultclock.dt = 0.2 * ms
taum, taue, taui = 20 * ms, 5 * ms, 10 * ms
El, Vt, Vr = -60 * mV, -50 * mV, -60 * mV
Ee, Ei = 0 * mV, -80 * mV
drive = 14 * mV

equations = Equations("""
dv/dt = (El - v + ge*(Ee - v) + gi*(Ei - v) + drive*(1 + 0.2*position))/taum : volt (unless refractory)
dge/dt = -ge/taue : 1
dgi/dt = -gi/taui : 1
position : 1 (constant)
""")
cells = NeuronGroup(
    60, equations, threshold="v > Vt", reset="v = Vr", refractory=5 * ms, method="euler")
cells.v = "El + rand()*(Vt - El)"
cells.ge = "randn()*0.05 + 0.2"
cells.position = "i/N"
excitatory, inhibitory = cells[:48], cells[48:]

excite = Synapses(excitatory, cells, "strength : 1", on_pre="ge_post += strength")
excite.connect(p=0.15)
excite.strength = "0.02 + 0.02*rand()"
excite.delay = "1*ms + 2*ms*rand()"
inhibit = Synapses(inhibitory, cells, on_pre="gi += 0.3", delay=0.6 * ms)
inhibit.connect(condition="i != j", p=0.3)
neighbours = Synapses(cells, cells, "w : 1", on_pre="ge += w")
neighbours.connect(condition="abs(i - j) == 1")
neighbours.w = "0.01*(1 + i % 3)"
chain = Synapses(excitatory, excitatory, on_pre="ge += 0.01")
chain.connect(j="k for k in range(i + 2, i + 4) if k < N_post")
everyone = Synapses(inhibitory, inhibitory, on_pre="gi += 0.001")
everyone.connect()

spikes = SpikeMonitor(cells)
some = SpikeMonitor(excitatory)
rate = PopulationRateMonitor(cells)
trace = StateMonitor(excitatory, ["v", "ge"], record=[0, 5, 10])
run(100 * ms, report="text")
print(f"{spikes.num_spikes} spikes")
