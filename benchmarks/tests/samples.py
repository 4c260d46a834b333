"""Run sets and figures for tests."""

from benchmarks.suite import runs


def run_set(path="set.json", host="here", binary="b1"):
    """A run set without samples, which is in no file."""
    return runs.RunSet(path, {
        "format": runs.FORMAT, "size": "whole", "started": "2026-01-01T00:00:00Z",
        "finished": None, "skipped": {}, "samples": [],
        "machine": {
            "host": host, "processor": "P1", "cores": 2, "instructions": ["avx2"],
            "memory_bytes": 8 * 2**30},
        "versions": {"commit": "c" * 40, "binary_sha256": binary, "c_compiler": "cc 12"}})


def add(runs_set, part, variant, turn, facts, **figures):
    """A sample in memory."""
    runs_set.samples.append({
        "part": part, "variant": variant, "turn": turn, "facts": facts, "figures": figures,
        "load": {"others": 0.01, "stolen": 0.0}, "when": f"2026-01-0{turn}T00:00:00Z"})


def ours(neurons=1000, loop=1.0, wall=2.0, spikes=5000, **more):
    """Figures of a run of ours of one second, with a quarter of a second for its checkpoint."""
    return {
        "neurons": neurons, "steps": 10_000, "dt_s": 1e-4, "simulate": loop + 0.25, "wall": wall,
        "checkpoint": 0.25,
        "advance": 0.5, "deliver": 0.2, "exchange": 0.0, "record": 0.1, "threads": 1, "ranks": 1,
        "synapses": 2 * neurons, "build": 0.5, "spikes": {"pyr": spikes, "x": 1}, **more}


def peers(neurons=1000, loop=30.0, total=40.0, rate=5.5):
    """Figures of a peer's run of one second."""
    return {"neurons": neurons, "seconds": 1, "loop_seconds": loop, "total_seconds": total,
            "mean_rate_hz": rate}
