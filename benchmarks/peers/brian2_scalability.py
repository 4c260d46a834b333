"""The paper's networks on Dendrify 1.0.9 and Brian 2.6.0, timed: those of its scalability figure, and
the CA1 neurons of Figure 5 (`--case ca1`).

    .env/paper/bin/python benchmarks/peers/brian2_scalability.py \\
        --case active --neurons 10000 --backend cpp_standalone --seconds 1

Prints one JSON object: `build_seconds` (describing the network, generating and compiling code; with
numpy and cython, making the synapses too), `loop_seconds` (the time loop; for standalone by Brian's own
clock), `total_seconds` (from describing the network to the last result, so that standalone's making
of synapses is in it), `mean_rate_hz`.
Imports are not counted. The compiler's flags are Brian's defaults (-O3 -ffast-math
-march=native). Spikes are counted, not recorded; the paper's notebooks do not even count.
"""

import argparse
import json
import pathlib
import platform
import resource
import sys
import tempfile
import time

import brian2 as b
from brian2.units import Hz, ms, second

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Oracles"))
import paper_ca1  # noqa: E402
import paper_network  # noqa: E402

BACKENDS = ["numpy", "cython", "cpp_standalone", "cpp_standalone_openmp2"]


def build_network(case, neurons):
    """Neurons, inputs at 50 Hz on dist and prox, and for `recurrent` 50 connections per neuron."""
    if case == "ca1":
        return *paper_ca1.network(neurons), None
    group = paper_network.neuron_group(case, neurons)
    inputs = b.PoissonGroup(2 * neurons, 50 * Hz)
    x = b.Synapses(inputs[:neurons], group, on_pre="s_AMPA_X_dist += 1")
    x.connect(j="i")
    y = b.Synapses(inputs[neurons:], group, on_pre="s_AMPA_Y_prox += 1")
    y.connect(j="i")
    objects = [group, inputs, x, y]
    recurrent = None
    if case == "recurrent":
        recurrent = paper_network.recurrent_synapses(group)
        recurrent.connect(p=min(1, 50 / neurons))
        objects.append(recurrent)
    spikes = b.SpikeMonitor(group, record=False)
    return b.Network(objects, spikes), spikes, recurrent


def counts(spikes, recurrent):
    """Numbers of spikes and of connections among the neurons."""
    return int(spikes.num_spikes), 0 if recurrent is None else len(recurrent)


def run_in_process(options, folder):
    start = time.perf_counter()
    b.prefs.codegen.target = options.backend
    # An empty cache: code is generated and compiled as on a first run, as with the other back ends.
    b.prefs.codegen.runtime.cython.cache_dir = folder
    network, spikes, recurrent = build_network(options.case, options.neurons)
    network.run(0 * ms)  # generates the code
    built = time.perf_counter()
    network.run(options.seconds * second)
    end = time.perf_counter()
    return built - start, end - built, end - start, *counts(spikes, recurrent)


def run_standalone(options, threads, folder):
    start = time.perf_counter()
    b.set_device("cpp_standalone", build_on_run=False)
    b.prefs.devices.cpp_standalone.openmp_threads = threads
    b.prefs.devices.cpp_standalone.extra_make_args_unix = ["-j2"]
    network, spikes, recurrent = build_network(options.case, options.neurons)
    network.run(options.seconds * second)
    b.device.build(directory=folder, compile=True, run=False)
    built = time.perf_counter()
    b.device.run(folder, with_output=False, run_args=[])
    end = time.perf_counter()
    return built - start, b.device._last_run_time, end - start, *counts(spikes, recurrent)


def positive(kind):
    def parse(text):
        value = kind(text)
        if not value > 0:
            raise argparse.ArgumentTypeError("must be greater than zero")
        return value
    return parse


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--case", choices=[*paper_network.CASES, "ca1"], required=True)
    parser.add_argument("--neurons", type=positive(int), required=True)
    parser.add_argument("--backend", choices=BACKENDS, default="cpp_standalone")
    parser.add_argument("--seconds", type=positive(float), default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    b.defaultclock.dt = 0.1 * ms
    b.seed(options.seed)
    in_process = options.backend in ("numpy", "cython")
    with tempfile.TemporaryDirectory() as folder:
        if in_process:
            build, loop, total, count, synapses = run_in_process(options, folder)
        else:
            threads = 2 if options.backend.endswith("openmp2") else 0
            build, loop, total, count, synapses = run_standalone(options, threads, folder)
    who = resource.RUSAGE_SELF if in_process else resource.RUSAGE_CHILDREN
    print(json.dumps({
        "simulator": f"Brian {b.__version__} with Dendrify 1.0.9", "backend": options.backend,
        "case": options.case, "neurons": options.neurons, "seconds": options.seconds,
        "recurrent_synapses": synapses, "build_seconds": build, "loop_seconds": loop,
        "total_seconds": total, "spikes": count,
        "mean_rate_hz": count / options.neurons / options.seconds,
        "ns_per_neuron_step": loop * 1e9 / options.neurons / (options.seconds / 1e-4),
        # of the simulation itself, or of the largest child (often the compiler) with standalone
        "peak_rss_bytes": resource.getrusage(who).ru_maxrss * 1024,
        "machine": platform.processor() or platform.machine()}))


main()
