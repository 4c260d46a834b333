"""Builds and runs the hand-written programs of benchmarks/limits."""

import json

from benchmarks.suite import machine, parts, process

SOURCES = machine.TOP / "benchmarks" / "limits"
BUILT = machine.TOP / ".build" / "limits"


def build(setting=None):
    """Makes the programs anew where their sources are newer."""
    try:
        process.run(["make", "--silent", "-C", SOURCES, f"OUT={BUILT}"])
    except (process.ProgramFailed, OSError) as failed:
        raise parts.Skip(f"the limits cannot be built: {failed}") from failed


def run(program, *arguments):
    """Runs one of them: the figures that it prints, and the load."""
    text, cost = process.run([BUILT / program, *arguments])
    return json.loads(text), cost.load
