"""Passive cells of four compartments in NEST (`cm_default`), timed.

    .env/cable/bin/python benchmarks/peers/nest_passive.py --neurons 10000 --threads 1
"""

import math

import cable
import nest

def _compartments():
    """Compartments of `cm_default`: capacitances in nF, conductances in uS."""
    found = []
    halves = []
    for place, (name, length, diameter) in enumerate(cable.SECTIONS):
        area = math.pi * length * diameter * cable.factor(name) * 1e-8  # cm2
        half = 2 * cable.AXIAL * (length * 1e-4) / (math.pi * (diameter * 1e-4) ** 2)  # ohm
        halves.append(half)
        coupling = 0.0 if place == 0 else 1e6 / (halves[place - 1] + half)
        found.append({
            "parent_idx": place - 1,
            "params": {"C_m": cable.CM * area * 1e3, "g_L": cable.GL * area * 1e6,
                       "g_C": coupling, "e_L": cable.REST, "v_comp": cable.REST}})
    return found


def build(neurons, threads):
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.ResetKernel()
    nest.resolution = cable.DT
    nest.local_num_threads = threads
    names = [name for name, _, _ in cable.SECTIONS]
    cells = nest.Create("cm_default", neurons)
    cells.V_th = cable.THRESHOLD
    cells.compartments = _compartments()
    # As near to a single exponential as the receptor allows.
    cells.receptors = [
        {"comp_idx": names.index(name), "receptor_type": "AMPA",
         "params": {"e_AMPA": 0.0, "tau_r_AMPA": 0.1, "tau_d_AMPA": cable.TAU}}
        for name, _ in cable.SYNAPSES]
    source = nest.Create("poisson_generator", params={"rate": cable.RATE})
    for receptor, (_, weight) in enumerate(cable.SYNAPSES):
        nest.Connect(source, cells, syn_spec={
            "synapse_model": "static_synapse", "weight": weight * 1e-3, "delay": cable.DT,
            "receptor_type": receptor})
    recorder = nest.Create("spike_recorder")
    nest.Connect(cells, recorder)
    nest.Prepare()
    return f"NEST {nest.__version__}", nest.Run, lambda: recorder.n_events


cable.measured(__doc__, build)
