"""Several runs of one network, with everything that may change between them."""

from brian2 import *

seed(5)
threshold, pull = 15 * mV, 1.0
cells = NeuronGroup(
    8, """
    dv/dt = (pull*(rest - v) + current)/(10*ms) : volt (unless refractory)
    rest : volt (constant)
    current : volt
    kicks : integer
    allowed : boolean
    """,
    threshold="v > threshold and allowed", reset="v = 0*mV; kicks += 1", refractory=2 * ms,
    method="euler")
cells.allowed = True
cells.current = 18 * mV
cells.v = "i*mV"
clock = SpikeGeneratorGroup(2, [0, 1, 0, 1, 0, 1, 0], [2, 5, 11, 14, 23, 31, 42] * ms)
plain = Synapses(clock, cells, "w : volt", on_pre="v += w")
plain.connect(i=0, j=[0, 1, 2])
plain.w = 3 * mV
late = Synapses(cells, cells, on_pre="v += 0.5*mV", delay=1.5 * ms)
late.connect(p=0.5)
spikes = SpikeMonitor(cells)
trace = StateMonitor(cells, ["v", "current"], record=True)
middle = StateMonitor(cells[2:6], "v", record=[1, 3], dt=0.3 * ms)
middle.active = False
net = Network(cells, clock, plain, late, spikes, trace, middle)
net.run(10 * ms)

# New values: one, a slice, an array, an expression of the state, a condition.
cells.current = 22 * mV
cells.current[3:5] = 30 * mV
cells.v = "v/2 + 1*mV"
cells[6:].v = [2, 3] * mV
cells.v["i == 1"] = 4 * mV
threshold = 14 * mV
middle.active = True
net.run(10 * ms)

# Synapses: more of them, other weights, others switched off.
plain.connect(i=1, j=[5, 6])
plain.w = "(4 + j)*mV"
late.active = False
cells.rest = linspace(0, 3, 8) * mV
cells.allowed[0] = False
cells.v += 1.5 * mV
more = Synapses(clock, cells, on_pre="v += 2*mV")
more.connect()
net.add(more)
ticking = cells.run_regularly("current += 0.01*mV", dt=1 * ms)
net.add(ticking)
net.run(12 * ms)

late.active = True
middle.active = False
cells.allowed = [True, False] * 4
cells.kicks = 0
pull = 0.8
clock.set_spikes([0, 1, 1], [33, 36, 43] * ms)
net.run(13 * ms)
