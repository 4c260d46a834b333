"""Arrays over time, and parameters of every kind."""

import numpy as np
from brian2 import *

steps = TimedArray(np.sin(np.arange(40) / 3) * 2 * mV, dt=1 * ms)
table = TimedArray(np.arange(60).reshape(12, 5) * 0.1 * mV, dt=3 * ms)
gate = TimedArray([0, 1, 0, 1], dt=4 * ms)
scale = 1.5
e_rev = -70 * mV
cells = NeuronGroup(
    5,
    """
    dv/dt = (e_rev - v + scale*(table(t, i) + table(t, row)) + steps(t) + common + extra)/tau : volt
    extra = int(open_now)*gate(t)*3*mV*count : volt
    half = v/2 : volt (constant over dt)
    tau : second (constant)
    row : integer (constant)
    count : integer
    open_now : boolean
    common : volt (shared)
    """,
    threshold="v > -65*mV + 0.5*steps(t)", reset="v = e_rev - 2*mV; count += 1", method="euler")
cells.v = e_rev
cells.tau = [4, 5, 6, 7, 8] * ms
cells.row = "4 - i"
cells.count = [1, 2, 3, 2, 1]
cells.open_now = [True, False, True, True, False]
cells.common = 0.5 * mV

spikes = SpikeMonitor(cells)
trace = StateMonitor(cells, ["v", "half", "extra", "count"], record=True)
run(40 * ms)
