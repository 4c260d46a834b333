"""A script for Brian's standalone device, with numbers that are not round."""

from brian2 import *

set_device("cpp_standalone", directory=None)
defaultclock.dt = 0.05 * ms
tau = 7.3 * ms
cells = NeuronGroup(
    12, "dv/dt = (i0*k - v)/tau : amp\ni0 : amp\nk : 1", threshold="v > 1*nA", reset="v = 0*nA",
    method="euler", name="named_by_hand")
cells.i0 = "(1 + i/7)*nA/3"
cells.k = 4
to_itself = Synapses(cells, cells, on_pre="v -= 0.1*nA", name="to_itself")
to_itself.connect(j="(i + 5) % N_post")
to_itself.delay = 0.25 * ms
spikes = SpikeMonitor(cells)
trace = StateMonitor(cells, "v", record=range(0, 12, 4))
run(15 * ms, report="stdout")
device.build(run=True)
