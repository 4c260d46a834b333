"""A script for each row of the converter's table of refusals."""

# Two neurons that a script goes on with.
CELLS = """
from brian2 import *
cells = NeuronGroup(4, "dv/dt = (1.5 - v)/(5*ms) : 1\\ng : 1", threshold="v > 1", reset="v = 0",
                    method="euler")
ticks = SpikeGeneratorGroup(2, [0, 1], [1, 2]*ms)
"""
RUN = "\nrun(5*ms)\n"

SCRIPTS = {
    "object": CELLS + """
import brian2
class Odd(brian2.core.base.BrianObject):
    add_to_magic_network = True
odd = Odd(name="odd")
""" + RUN,
    "network-operation": CELLS + """
@network_operation(dt=1*ms)
def stir():
    cells.g = 1
""" + RUN,
    "spatial-neuron": """
from brian2 import *
shape = Cylinder(length=100*um, diameter=1*um, n=3)
neuron = SpatialNeuron(shape, "Im = (-70*mV - v)*gL : amp/meter**2\\ngL : siemens/meter**2")
""" + RUN,
    "own-clock": CELLS + """
slow = NeuronGroup(1, "dx/dt = -x/ms : 1", dt=0.2*ms, method="euler")
""" + RUN,
    "changed-dt": CELLS + RUN + "defaultclock.dt = 0.05*ms" + RUN,
    "schedule": CELLS + """
cells.thresholder["spike"].when = "end"
""" + RUN,
    "network-schedule": CELLS + """
net = Network(cells, ticks)
net.schedule = ["start", "thresholds", "groups", "synapses", "resets", "end"]
net.run(5*ms)
""",
    "late-neurons": CELLS + """
net = Network(cells)
net.run(5*ms)
late = NeuronGroup(1, "dx/dt = -x/ms : 1", method="euler")
net.add(late)
net.run(5*ms)
""",
    "paused-neurons": CELLS + RUN + "cells.active = False" + RUN,
    "linked-variable": CELLS + """
other = NeuronGroup(4, "x : 1 (linked)\\ndy/dt = (x - y)/ms : 1", method="euler")
other.x = linked_var(cells, "v")
""" + RUN,
    "method": """
from brian2 import *
cells = NeuronGroup(1, "dv/dt = -v/ms + 0.1*v*xi/ms**0.5 : 1", method="milstein")
""" + RUN,
    "function": """
from brian2 import *
@check_units(x=1, result=1)
def twice(x):
    return 2*x
cells = NeuronGroup(1, "dv/dt = (1 - twice(v))/ms : 1", method="euler")
""" + RUN,
    "timed-array": """
from brian2 import *
course = TimedArray([0, 1, 2], dt=1*ms)
cells = NeuronGroup(1, "dv/dt = course(t + v*ms)/ms : 1", method="euler")
""" + RUN,
    "timed-array-stage": """
from brian2 import *
course = TimedArray([0, 1, 2], dt=1*ms)
cells = NeuronGroup(1, "dv/dt = course(t)/ms : 1", method="rk4")
""" + RUN,
    "value": """
from brian2 import *
most = float("inf")
cells = NeuronGroup(1, "dv/dt = -v/ms : 1", threshold="v > most", reset="", method="euler")
""" + RUN,
    "on-post": CELLS + """
learning = Synapses(ticks, cells, "w : 1", on_pre="g += w", on_post="w += 0.1")
learning.connect(i=0, j=0)
""" + RUN,
    "synapse-equations": CELLS + """
alpha = Synapses(ticks, cells, "dx/dt = -x/ms : 1 (clock-driven)", on_pre="x += 1")
alpha.connect(i=0, j=0)
""" + RUN,
    "synapse-state": CELLS + """
tiring = Synapses(ticks, cells, "u : 1", on_pre="g += u; u *= 0.5")
tiring.connect(i=0, j=0)
""" + RUN,
    "source-variable": CELLS + """
telling = Synapses(cells, cells, on_pre="g_post += v_pre")
telling.connect(j="i")
""" + RUN,
    "two-weights": CELLS + """
double = Synapses(ticks, cells, "a : 1\\nb : 1", on_pre="g += a*b")
double.connect()
double.a, double.b = "i", "j"
""" + RUN,
    "target-w": """
from brian2 import *
cells = NeuronGroup(2, "dw/dt = -w/ms : 1", method="euler")
ticks = SpikeGeneratorGroup(1, [0], [1]*ms)
push = Synapses(ticks, cells, on_pre="w_post += 1")
push.connect()
""" + RUN,
    "custom-event": """
from brian2 import *
cells = NeuronGroup(2, "dv/dt = 1/ms : 1\\ng : 1", events={"high": "v > 1"}, method="euler")
push = Synapses(cells, cells, on_pre="g += 1", on_event="high")
push.connect(j="i")
""" + RUN,
    "changed-weights": CELLS + """
push = Synapses(ticks, cells, "w : 1", on_pre="g += w", delay=1*ms)
push.connect()
push.w = 1
run(5*ms)
push.w = 2
""" + RUN,
    "changed-delays": CELLS + """
push = Synapses(ticks, cells, on_pre="g += 1")
push.connect()
push.delay = 1*ms
run(5*ms)
push.delay = 2*ms
""" + RUN,
    "target-generator": CELLS + """
poisson = PoissonGroup(2, 10*Hz)
push = Synapses(ticks, poisson, on_pre="rates_post += 1*Hz")
push.connect()
""" + RUN,
    "rates": CELLS + """
poisson = PoissonGroup(2, [10, 20]*Hz)
run(5*ms)
poisson.rates = [30, 20]*Hz
""" + RUN,
    "input-rate": CELLS + """
pushes = PoissonInput(cells, "g", 10, 10*Hz, weight=1)
run(5*ms)
pushes.active = False
""" + RUN,
    "generator-code": CELLS + """
poisson = PoissonGroup(2, 10*Hz)
poisson.run_regularly("rates += 1*Hz", dt=1*ms)
""" + RUN,
    "restore": CELLS + """
net = Network(cells)
net.run(5*ms)
net.store()
net.run(5*ms)
net.restore()
net.run(5*ms)
""",
    "code-order": CELLS + """
cells.run_regularly("g = v", when="end")
""" + RUN,
    "monitor-order": CELLS + """
cells.run_regularly("v = 0.5", dt=1*ms, name="z_last")
trace = StateMonitor(cells, "v", record=True, name="a_first")
""" + RUN,
    "reordered-code": CELLS + """
setting = cells.run_regularly("g = v")
for on in [True, False, True]:
    setting.active = on
    run(2*ms)
""",
    "every": CELLS + """
cells.run_regularly("g = v", dt=0.25*ms)
""" + RUN,
    "monitor-slot": CELLS + """
trace = StateMonitor(cells, "v", record=True, when="end")
""" + RUN,
    "monitor-target": CELLS + """
push = Synapses(ticks, cells, "w : 1", on_pre="g += w")
push.connect()
trace = StateMonitor(push, "w", record=True)
""" + RUN,
    "spike-variables": CELLS + """
spikes = SpikeMonitor(cells, variables="g")
""" + RUN,
    "failed": CELLS + """
print(undefined)
""" + RUN,
    "no-run": CELLS,
    "empty": """
from brian2 import *
poisson = PoissonGroup(2, 10*Hz)
spikes = SpikeMonitor(poisson)
""" + RUN,
    "check": CELLS + """
cells.run_regularly("new_name = v*2; g = new_name")
""" + RUN,
}
