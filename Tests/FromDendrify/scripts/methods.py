"""Methods of integration, those among them that Coppice has not, as their own formulas."""

from brian2 import *

tau, taus = 9 * ms, 4 * ms
linear = """
dv/dt = (g - v + 2*mV*k)/tau : volt (unless refractory)
dg/dt = -g/taus : volt
k : 1
"""
options = dict(threshold="v > 1.2*mV", reset="v = 0*mV; g += 0.3*mV", refractory=1 * ms)
chosen = NeuronGroup(3, linear, **options)
exactly = NeuronGroup(3, linear, method="exact", **options)
half = NeuronGroup(3, linear, method="rk2", **options)
fourth = NeuronGroup(3, linear, method="rk4", **options)
relaxed = NeuronGroup(3, linear, method="exponential_euler", **options)
alone = NeuronGroup(2, "dx/dt = -x/(3*ms) + 1/ms : 1", method="linear")
groups = [chosen, exactly, half, fourth, relaxed]
for group in groups:
    group.k = [0.5, 1, 1.5]
    group.g = 1 * mV
traces = [StateMonitor(group, ["v", "g"], record=True) for group in groups]
spikes = [SpikeMonitor(group) for group in groups]
course = StateMonitor(alone, "x", record=True)
net = Network(groups, traces, spikes, alone, course)
net.run(30 * ms)
