"""Neurons without equations of their own, composed units, parts of groups, times off the grid."""

from brian2 import *

seed(4)
src = NeuronGroup(6, "gap : second (constant)\nx : 1", threshold="timestep(t, dt) % timestep(gap, dt) == 0 and t > 0*ms", reset="x += 1")
src.gap = [1, 1.5, 2, 2.5, 3, 3.5]*ms
G = NeuronGroup(6, """
dv/dt = (J*area - gd*area*v)/(Cd*area) : volt
J = 0.3*amp/meter**2*(1 + k) : amp/meter**2
gd : siemens*meter**-2
area : meter**2
Cd : farad/meter**2 (shared, constant)
k : 1 (shared)
q : Hz
""", threshold="v > 20*mV", reset="v = 0*mV", method="euler")
G.gd = 20*siemens/meter**2
G.area = "(1 + i)*100*um**2"
G.Cd = 1*uF/cm**2
G.k = 0.25
S = Synapses(src[1:4], G[2:6], on_pre="v += 0.5*mV")
S.connect(i=[2, 0, 1, 2], j=[3, 1, 0, 0])
S.delay = [0.1, 0.4, 0.25, 1]*ms
M = StateMonitor(G[1:], ["v", "J"], record=[3, 0, 2])
one = StateMonitor(G, "v", record=2)
sp = SpikeMonitor(src[1:4]); sg = SpikeMonitor(G)
frate = PopulationRateMonitor(src)
run(5*ms)
G.area[1:3] = 150*um**2
S.connect(i=0, j=3)
run(0.25*ms)
G.k = 0.5
G.q = 3*Hz
run(10*ms)
G.v[:] = "rand()*5*mV"
run(1*ms)
