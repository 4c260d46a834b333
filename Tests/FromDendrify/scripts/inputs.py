"""Everything that fires by itself: Poisson groups, Poisson inputs, and given spikes."""

from brian2 import *

seed(3)
tau = 10 * ms
size = 5
base = 40 * Hz
cells = NeuronGroup(
    size, "dv/dt = -v/tau : 1\ndu/dt = -u/tau : volt", threshold="v > 2.5", reset="v = 0",
    method="euler")

constant = PoissonGroup(size, 100 * Hz)
several = PoissonGroup(size, linspace(20, 200, size) * Hz)
waving = PoissonGroup(size, rates="base*(1 + sin(2*pi*20*Hz*t))*(i + 1)")
blocks = TimedArray([50, 0, 200, 80] * Hz, dt=7.5 * ms)
blocked = PoissonGroup(size, rates="blocks(t)")
given = SpikeGeneratorGroup(3, [0, 2, 1, 0], [0, 3, 4.25, 6] * ms, period=8 * ms)

kinds = {"constant": constant, "several": several, "waving": waving, "blocked": blocked}
synapses = []
for kind, group in kinds.items():
    one = Synapses(group, cells, on_pre="v += 1")
    one.connect(j="i")
    synapses.append(one)
pairs = Synapses(given, cells, on_pre="v_post += 0.7")
pairs.connect(i=[0, 1, 2, 2], j=[4, 3, 2, 2])
many = PoissonInput(cells, "u", N=200, rate=30 * Hz, weight=0.2 * mV)
few = PoissonInput(cells[1:4], "v", 10, 20 * Hz, weight="0.1*u/mV")

fired = [SpikeMonitor(group) for group in kinds.values()]
spikes = SpikeMonitor(cells)
trace = StateMonitor(cells, ["v", "u"], record=True)
net = Network(cells, kinds, given, synapses, pairs, many, few, fired, spikes, trace)
net.run(20 * ms)
constant.rates = 300 * Hz
net.run(25 * ms)
