"""Passive cells of four compartments in Arbor, timed.

    .env/cable/bin/python benchmarks/peers/arbor_passive.py --neurons 10000 --threads 1
"""

import arbor
import cable
from arbor import units as U


def cell():
    """The cell as a description of Arbor."""
    tree = arbor.segment_tree()
    parent, x, regions = arbor.mnpos, 0.0, {}
    for tag, (name, length, diameter) in enumerate(cable.SECTIONS, start=1):
        ends = [arbor.mpoint(x + shift, 0, 0, diameter / 2) for shift in (0, length)]
        parent = tree.append(parent, *ends, tag=tag)
        x += length
        regions[name] = f"(tag {tag})"
    labels = arbor.label_dict({
        **regions, **{f"middle-{name}": f'(on-components 0.5 (region "{name}"))'
                      for name in regions}})
    decor = arbor.decor().set_property(
        Vm=cable.REST * U.mV, cm=cable.CM * U.uF / U.cm2, rL=cable.AXIAL * U.Ohm * U.cm)
    for name, _, _ in cable.SECTIONS:
        more = cable.factor(name)
        decor.paint(f'"{name}"', cm=cable.CM * more * U.uF / U.cm2)
        decor.paint(f'"{name}"', arbor.density(
            f"pas/e={cable.REST}", {"g": cable.GL * more}))
    for name, _ in cable.SYNAPSES:
        decor.place(f'"middle-{name}"', arbor.synapse(
            "expsyn", {"tau": cable.TAU, "e": 0.0}), f"synapse-{name}")
    decor.place('"middle-soma"', arbor.threshold_detector(cable.THRESHOLD * U.mV), "detector")
    policy = arbor.cv_policy_every_segment()
    return arbor.cable_cell(tree, decor, labels, policy)


class Cells(arbor.recipe):
    """Independent cells, each with its own sources."""

    def __init__(self, count):
        super().__init__()
        self.count = count
        self.cell = cell()
        self.properties = arbor.neuron_cable_properties()

    def num_cells(self):
        return self.count

    def cell_kind(self, gid):
        return arbor.cell_kind.cable

    def cell_description(self, gid):
        return self.cell

    def global_properties(self, kind):
        return self.properties

    def event_generators(self, gid):
        return [
            arbor.event_generator(
                f"synapse-{name}", weight * 1e-3,  # uS
                arbor.poisson_schedule(freq=cable.RATE * U.Hz, seed=2 * gid + place))
            for place, (name, weight) in enumerate(cable.SYNAPSES)]


def build(neurons, threads):
    context = arbor.context(threads=threads)
    recipe = Cells(neurons)
    simulation = arbor.simulation(recipe, context)
    simulation.record(arbor.spike_recording.local)
    return (
        f"Arbor {arbor.__version__}",
        lambda milliseconds: simulation.run(milliseconds * U.ms, cable.DT * U.ms),
        lambda: len(simulation.spikes()))


cable.measured(__doc__, build)
