"""Many simulations in one script, the later ones set by what the earlier ones showed."""

from brian2 import *

prefs.codegen.target = "numpy"


def trial(current, length=20 * ms):
    start_scope()
    cell = NeuronGroup(1, "dv/dt = (current - v)/(10*ms) : 1", threshold="v > 1", reset="v = 0",
                       method="euler")
    fired = SpikeMonitor(cell)
    run(length)
    return fired.num_spikes


current, counts = 1.5, []
while len(counts) < 3:
    counts.append(trial(current))
    current += 0.2 if counts[-1] < 4 else 0.1

start_scope()
cell = NeuronGroup(2, "dv/dt = (target - v)/(5*ms) : 1\ntarget : 1", method="euler")
trace = StateMonitor(cell, "v", record=True)
net = Network(cell, trace)
net.store()
for target in [0.5, 1.5]:
    net.restore()
    cell.target = target
    net.run(5 * ms)
    # A value that only the simulation knows.
    cell.v[1] = float(cell.v[0]) / 2
    net.run(5 * ms)
