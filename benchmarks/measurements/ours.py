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


def expecting(setting, name, job, facts, settings, threads=1, turns=5):
    """A run with what `check` expects of it beside its figures; left out where `check` refuses it."""
    run = variant(setting, name, job, facts, settings, threads=threads, turns=turns)

    def measure():
        refused = coppice.refusal(job, settings)
        if refused:
            raise parts.Skip(refused)
        expected = coppice.check(job, settings, threads=threads)
        figures, load = run.measure()
        return {**figures, "expected": expected}, load

    return parts.Variant(name, run.facts, measure, turns)


def scaled(neurons, seconds, more=None):
    """Settings of a scalability job: its size and duration."""
    return {"constants.neurons": neurons, "simulation.duration": f"{seconds * 1000:g}ms",
            **(more or {})}
