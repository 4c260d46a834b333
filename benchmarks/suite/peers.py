"""Runs the other simulators, each in a Python environment of its own with pinned versions."""

import json
import os
import pathlib
import re

from benchmarks.suite import machine, parts, process

ENVIRONMENTS = pathlib.Path(os.environ.get("COPPICE_ENV", machine.TOP / ".env"))
PEERS = machine.TOP / "benchmarks" / "peers"
# Environment and script that makes it.
_SETUPS = {"paper": "setup.sh", "cable": "cable-setup.sh", "docs": "plots-setup.sh"}
_made = set()


def python(environment):
    """The interpreter of an environment, which is made where it is not there."""
    if environment not in _made:
        try:
            process.run([PEERS / _SETUPS[environment]])
        except process.ProgramFailed as failed:
            raise parts.Skip(
                f"the environment '{environment}' cannot be made: {str(failed).splitlines()[-1]}"
            ) from failed
        _made.add(environment)
    return ENVIRONMENTS / environment / "bin" / "python"


def run(environment, script, *arguments, overlay=None):
    """Runs a peer's script, whose last line is one JSON object: these figures and the load. Packages
    of an overlay hide those of the environment."""
    command = [python(environment), PEERS / script, *arguments]
    hiding = {"PYTHONPATH": str(ENVIRONMENTS / overlay)} if overlay else None
    try:
        text, cost = process.run(command, hiding)
    except process.ProgramFailed as failed:
        found = re.search(r"^cannot run: (.*)$", str(failed), re.MULTILINE)
        if found:
            raise parts.Skip(found[1]) from failed
        raise
    figures = json.loads(text.strip().splitlines()[-1])
    return {**figures, "wall": cost.wall_seconds, "cpu": cost.cpu_seconds}, cost.load
