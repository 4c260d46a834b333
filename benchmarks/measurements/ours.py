"""Variants that run Coppice."""

from benchmarks.suite import coppice, parts


def variant(setting, name, job, facts, settings=None, ranks=1, threads=1, turns=5, options=()):
    """A run of a job of ours; `facts` are what the tables sort it by."""
    # Without ranks of their own, runs need no launcher, on a cluster's node neither.
    launcher = setting.launcher if ranks > 1 or facts.get("launched") else None

    def measure():
        return coppice.run(
            job, settings, ranks, threads, options, launcher, setting.scratch)

    facts = {**facts, "engine": "Coppice", "ranks": ranks, "threads": threads}
    return parts.Variant(name, facts, measure, turns)


def scaled(neurons, seconds, more=None):
    """Settings of a scalability job: its size and duration."""
    return {"constants.neurons": neurons, "simulation.duration": f"{seconds * 1000:g}ms",
            **(more or {})}
