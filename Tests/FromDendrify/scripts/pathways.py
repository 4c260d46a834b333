"""Several pathways, weights and names in on_pre."""

from brian2 import *

w = 0.4 * mV
gain = 2
source = NeuronGroup(
    4, "dv/dt = (1.3 + 0.2*i - v)/(6*ms) : 1\nplace : 1 (constant)", threshold="v > 1",
    reset="v = 0", method="euler")
source.place = "0.1*i"
target = NeuronGroup(
    4, "da/dt = -a/(5*ms) : volt\ndc/dt = -c/(7*ms) : 1\nm : 1", method="euler")
both = Synapses(
    source, target, "first : volt\nother : 1\nsame : 1 (constant)",
    on_pre={"now": "a += first*same; c += other", "later": "c += 0.25*other"})
both.connect(p=1)
both.first = "(1 + i)*mV"
both.other = "0.1*j"
both.same = 3
both.now.delay = 0.3 * ms
both.later.delay = "0.5*ms + 0.1*ms*i"
named = Synapses(source, target, on_pre="a_post += w*gain\nm += 1  # counts")
named.connect(j="i")
placed = Synapses(source, target, on_pre="c += place_pre")
placed.connect(condition="i > j")
indexed = Synapses(source, target, on_pre="c += 0.01*j")
indexed.connect(i=[3, 0, 0], j=[0, 3, 3])
saturating = Synapses(source, target, on_pre="c = clip(c + 0.2, 0, 1.5)")
saturating.connect(condition="j == (i + 1) % 4")
trace = StateMonitor(target, ["a", "c", "m"], record=True)
spikes = SpikeMonitor(source)
run(40 * ms)
