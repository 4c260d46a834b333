"""White noise, common and private, and draws in equations."""

from brian2 import *

seed(21)
tau, sigma = 10 * ms, 0.4
cells = NeuronGroup(
    4, """
    dv/dt = (1.1 - v)/tau + sigma*xi_v*sqrt(2/tau) + 0.1*x/tau : 1
    dx/dt = -x/tau + sigma*xi_x*sqrt(2/tau) : 1
    dy/dt = (0.5*rand() - y)/tau : 1
    """, threshold="v > 1", reset="v = 0", method="euler")
single = NeuronGroup(2, "dz/dt = -z/tau + xi/sqrt(tau) : 1")
cells.v = "rand()"
spikes = SpikeMonitor(cells)
trace = StateMonitor(cells, ["v", "x", "y"], record=True)
other = StateMonitor(single, "z", record=True)
run(10 * ms)
cells.x = 1
run(20 * ms)
