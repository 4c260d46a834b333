"""Custom events, conditions of refractoriness, and code that runs regularly."""

from brian2 import *

cells = NeuronGroup(
    6, """
    dv/dt = (drive - v)/(8*ms) : 1
    dslow/dt = -slow/(30*ms) : 1
    drive : 1
    crossed : second
    resting : second (constant)
    """,
    threshold="v > 1 + slow", reset="v = 0; slow += 0.1",
    refractory="resting*(1 + int(i > 2))",
    events={"half_way": "v > 0.5 and t - crossed > 6*ms", "late": "t > 12*ms and slow > 0.15"},
    method="euler")
cells.run_on_event("half_way", "crossed = t; slow += 0.01")
cells.run_on_event("late", "slow = 0")
cells.crossed = -1 * second
cells.drive = [1.2, 1.4, 1.6, 1.8, 2, 2.2]
cells.resting = 1.5 * ms

held = NeuronGroup(
    3, "dv/dt = (1.6 + 0.3*i - v)/(5*ms) : 1 (unless refractory)", threshold="v > 1",
    reset="", refractory="v > 0.8 and t - lastspike < 3*ms", method="euler")
toggle = NeuronGroup(3, "dx/dt = 1/ms : 1\ny : 1", method="euler")
toggle[1:].run_regularly("x = 0", dt=2.5 * ms)
toggle.run_regularly("y = x + t/ms  # as it is by now", dt=1 * ms)

spikes, holds = SpikeMonitor(cells), SpikeMonitor(held)
half = EventMonitor(cells, "half_way")
late = EventMonitor(cells, "late")
trace = StateMonitor(cells, ["v", "slow"], record=True)
steps = StateMonitor(toggle, ["x", "y"], record=True)
locked = StateMonitor(held, ["v", "not_refractory"], record=True)
run(30 * ms)
