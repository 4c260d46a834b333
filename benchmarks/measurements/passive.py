"""Passive cells against the simulators of cables: Arbor, NEST and NEURON, and Brian 2."""

from benchmarks.measurements import cases, ours
from benchmarks.suite import figures, medians, parts, peers, tables

# Name, script, threads. NEURON's threads are of no use to cells built in Python one by one.
_CABLES = [
    ("Arbor", "arbor_passive.py", 1), ("Arbor", "arbor_passive.py", 2),
    ("NEST", "nest_passive.py", 1), ("NEST", "nest_passive.py", 2),
    ("NEURON", "neuron_passive.py", 1),
]


def _cable(name, script, threads, neurons, seconds, turns):
    def measure():
        return peers.run("cable", script, "--neurons", neurons, "--seconds", seconds, "--threads",
                         threads)

    label = f"{name}, {threads} thread{'s' if threads > 1 else ''}"
    facts = {"neurons": neurons, "engine": label, "threads": threads}
    return parts.Variant(f"{neurons} {label}", facts, measure, turns)


def _variants(setting):
    quick = setting.size.quick
    planned = []
    for neurons, seconds, turns in (
            [(1_000, 0.1, 1)] if quick else [(10_000, 1, 3), (100_000, 0.5, 1)]):
        for threads in (1, 2):
            planned.append(ours.variant(
                setting, f"{neurons} Coppice, {threads} threads", "jobs/scalability/passive.yaml",
                {"neurons": neurons}, ours.scaled(neurons, seconds), threads=threads))
        planned.append(cases.brian("passive", neurons, seconds, "cpp_standalone", turns))
        planned += [_cable(*one, neurons, seconds, turns) for one in _CABLES]
    return planned


def _threads(measured):
    return measured.facts.get("threads", 1)


def _tables(runs):
    rows = []
    measured = runs.of("passive")
    for neurons in dict.fromkeys(one.facts["neurons"] for one in measured):
        here = [one for one in measured if one.facts["neurons"] == neurons]
        by_threads = {_threads(one): one for one in here if one.facts["engine"] == "Coppice"}
        for one in here:
            mine = by_threads[_threads(one)]
            ratio = "1" if one == mine else medians.Ratio(
                one.values(figures.loop_ns), mine.values(figures.loop_ns)).text(1)
            rows.append([
                figures.count_text(neurons), cases.label(one), len(one.samples),
                figures.median_text(one, figures.loop_seconds),
                figures.median_text(one, figures.loop_ns, 1),
                figures.median_text(one, figures.rate), ratio])
    return [tables.Table(
        "passive",
        ["neurons", "engine", "runs", "loop s", "loop ns per neuron-step", "rate Hz",
         "loop / ours on as many threads"], rows)]


PART = parts.Part("passive", "passive cells against Arbor, NEST, NEURON", _variants, _tables)
