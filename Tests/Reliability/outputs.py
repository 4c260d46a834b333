"""What lies in an output directory, read without the program that is under test."""

import hashlib
import json
import re
from pathlib import Path


def digests(output):
    """SHA-256 of each merged file."""
    return {path.name: _digest(path) for path in sorted(Path(output).glob("*.h5"))
            if not path.name.startswith(".")}


def final_state(output):
    """SHA-256 of each shard of the newest generation: the same state on as many ranks and threads
    makes the same bytes."""
    steps = generations(output)
    if not steps:
        return {}
    return {path.name: _digest(path)
            for path in sorted(_generation(output, steps[-1]).glob("shard-*.h5"))}


def _digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _generation(output, step):
    return Path(output) / "checkpoints" / f"gen-{step:012d}"


def generations(output):
    """Steps of the generations that have their names, ascending."""
    try:
        names = [path.name for path in (Path(output) / "checkpoints").iterdir()]
    except FileNotFoundError:
        return []
    return sorted(int(name[4:]) for name in names if re.fullmatch(r"gen-\d{12}", name))


def manifest(output, step):
    """What a generation says of itself."""
    return json.loads((_generation(output, step) / "manifest.json").read_text())["content"]


def lineage(record):
    """The steps at which the stretches of a run began."""
    return [entry["step"] for entry in record["lineage"]]


def record(output):
    """run.json; None if there is none."""
    try:
        return json.loads((Path(output) / "run.json").read_text())
    except FileNotFoundError:
        return None
