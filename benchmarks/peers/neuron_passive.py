"""Passive cells of four compartments in NEURON, timed.

    .env/cable/bin/python benchmarks/peers/neuron_passive.py --neurons 10000
"""

import cable
from neuron import h
from neuron import __version__ as version


class Cell:
    """One cell with its sources."""

    def __init__(self, gid):
        self.sections = {}
        before = None
        for name, length, diameter in cable.SECTIONS:
            section = h.Section(name=name, cell=self)
            section.L, section.diam, section.nseg = length, diameter, 1
            section.Ra, section.cm = cable.AXIAL, cable.CM * cable.factor(name)
            section.insert("pas")
            section.g_pas, section.e_pas = cable.GL * cable.factor(name), cable.REST
            if before is not None:
                section.connect(before(1))
            self.sections[name] = before = section
        self.parts = [self._driven(gid, place, *one) for place, one in enumerate(cable.SYNAPSES)]
        self.crossing = h.NetCon(self.sections["soma"](0.5)._ref_v, None, sec=self.sections["soma"])
        self.crossing.threshold = cable.THRESHOLD

    def _driven(self, gid, place, name, weight):
        synapse = h.ExpSyn(self.sections[name](0.5))
        synapse.tau, synapse.e = cable.TAU, 0
        source = h.NetStim()
        source.interval, source.number, source.start, source.noise = 1000 / cable.RATE, 1e9, 0, 1
        source.noiseFromRandom123(gid, place, 1)
        connection = h.NetCon(source, synapse)
        connection.weight[0], connection.delay = weight * 1e-3, cable.DT
        return synapse, source, connection


def build(neurons, threads):
    h.load_file("stdrun.hoc")
    cells = [Cell(gid) for gid in range(neurons)]
    context = h.ParallelContext()
    context.nthread(threads)
    times, places = h.Vector(), h.Vector()
    for gid, cell in enumerate(cells):
        cell.crossing.record(times, places, gid)
    h.CVode().cache_efficient(1)
    h.dt = cable.DT
    h.steps_per_ms = 1 / cable.DT
    h.finitialize(cable.REST)

    def run(milliseconds):
        assert cells
        h.continuerun(milliseconds)

    return f"NEURON {version}", run, times.size


cable.measured(__doc__, build)
