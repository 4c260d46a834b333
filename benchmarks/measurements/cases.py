"""The paper's three networks against every Brian 2 back end."""

from benchmarks.measurements import ours
from benchmarks.suite import figures, medians, parts, peers, tables

CASES = ["passive", "active", "recurrent"]
BACKENDS = {
    "cpp_standalone": "Brian 2 C++ standalone, 1 thread",
    "cpp_standalone_openmp2": "Brian 2 C++ standalone, OpenMP 2",
    "numpy": "Brian 2 numpy", "cython": "Brian 2 cython",
}


def brian(case, neurons, seconds, backend, turns):
    """A run of a network of the paper on a back end of Brian 2."""
    def measure():
        return peers.run(
            "paper", "brian2_scalability.py", "--case", case, "--neurons", neurons, "--seconds",
            seconds, "--backend", backend,
            overlay="paper-cython" if backend == "cython" else None)

    facts = {"case": case, "neurons": neurons, "engine": BACKENDS[backend]}
    return parts.Variant(f"{case} {neurons} {BACKENDS[backend]}", facts, measure, turns)


def backends(setting, turns):
    """Back ends to compare with, and how often each runs: in small the two that build fastest. With an
    empty cache cython compiles for a minute or more, so it runs once."""
    chosen = ["cpp_standalone", "numpy"] if setting.size.quick else BACKENDS
    return [(backend, 1 if backend == "cython" else turns) for backend in chosen]


def _case(case):
    def variants(setting):
        quick = setting.size.quick
        seconds = 0.1 if quick else 1
        planned = []
        # Neurons, and how often peers run; ours always run five times.
        for neurons, turns in [(2_000, 1)] if quick else [(10_000, 3), (100_000, 1)]:
            for threads in (1, 2):
                planned.append(ours.variant(
                    setting, f"{case} {neurons} Coppice, {threads} threads",
                    f"jobs/scalability/{case}.yaml", {"case": case, "neurons": neurons},
                    ours.scaled(neurons, seconds), threads=threads))
            planned += [brian(case, neurons, seconds, *one) for one in backends(setting, turns)]
        return planned

    def told(runs):
        return [compared(runs, f"cases-{case}", f"cases-{case}")]

    return parts.Part(
        f"cases-{case}", f"the paper's {case} network against Brian 2", variants, told,
        plot="performance-engines")


def label(measured):
    """How a table calls an engine."""
    facts = measured.facts
    if facts["engine"] != "Coppice":
        return facts["engine"]
    count = facts["threads"]
    return f"Coppice, {count} thread{'s' if count > 1 else ''}"


def compared(runs, part, name):
    """A table of engines by size of the network, with ratios to the fastest of ours."""
    rows = []
    measured = runs.of(part)
    for neurons in dict.fromkeys(one.facts["neurons"] for one in measured):
        here = [one for one in measured if one.facts["neurons"] == neurons]
        mine = [one for one in here if one.facts["engine"] == "Coppice"]
        best = min(mine, key=lambda one: medians.median(one.values(figures.loop_seconds)))
        for one in here:
            ratios = [
                "1" if one == best else
                medians.Ratio(one.values(figure), best.values(figure)).text(1)
                for figure in (figures.total_seconds, figures.loop_seconds)]
            rows.append([
                figures.count_text(neurons), label(one), len(one.samples),
                figures.median_text(one, figures.total_seconds),
                figures.median_text(one, figures.loop_seconds),
                figures.median_text(one, figures.loop_ns, 1),
                figures.median_text(one, figures.rate), *ratios])
    heads = ["neurons", "engine", "runs", "total s", "loop s", "loop ns per neuron-step",
             "rate Hz", "total / ours", "loop / ours"]
    return tables.Table(name, heads, rows)


PARTS = [_case(case) for case in CASES]
