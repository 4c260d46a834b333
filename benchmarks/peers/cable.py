"""What the three simulators of cables have in common: the cell, the command line, the answer.

The cell is the paper's passive one as a cable: a soma and three dendrites in a row, one compartment
each, with passive membrane (1 uF/cm2, 40 uS/cm2, -60 mV; on dendrites times 4.2, the scale and spine
factors), 150 ohm cm along them, and two exponential synapses of 5 ms, on prox (2 nS) and dist (1 nS),
with a Poisson source of 50 Hz each. A spike is a crossing of -50 mV at the soma; unlike in the paper
nothing is reset, which cables cannot do.
"""

import argparse
import json
import resource
import time

REST, THRESHOLD = -60.0, -50.0
CM, GL, AXIAL = 1.0, 40e-6, 150.0  # uF/cm2, S/cm2, ohm cm
FACTOR = 2.8 * 1.5
# Name, length and diameter in um.
SECTIONS = [("soma", 25, 25), ("trunk", 100, 2.5), ("prox", 100, 1), ("dist", 100, 0.5)]
# Compartment, conductance in nS.
SYNAPSES = [("prox", 2.0), ("dist", 1.0)]
TAU, RATE = 5.0, 50.0  # ms, Hz
DT = 0.1  # ms


def factor(name):
    """How much more membrane a compartment has than its cylinder."""
    return 1.0 if name == "soma" else FACTOR


def measured(description, build):
    """Runs `build(neurons, threads)`, which returns the simulator's name and version, a function that
    runs for some milliseconds, and one that counts spikes; prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--neurons", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    start = time.perf_counter()
    name, run, spikes = build(options.neurons, options.threads)
    built = time.perf_counter()
    run(options.seconds * 1000)
    end = time.perf_counter()
    loop = end - built
    print(json.dumps({
        "simulator": name, "neurons": options.neurons, "seconds": options.seconds,
        "threads": options.threads, "build_seconds": built - start, "loop_seconds": loop,
        "total_seconds": end - start,
        "mean_rate_hz": spikes() / options.neurons / options.seconds,
        "ns_per_neuron_step": loop * 1e9 / options.neurons / (options.seconds * 1000 / DT),
        "peak_rss_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
