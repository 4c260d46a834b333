"""Runs Coppice: one job on some ranks and threads, and what `check` expects of it."""

import json
import os
import pathlib
import re
import shutil
import tempfile

from benchmarks.suite import machine, process

# Open MPI refuses root, as which containers run, unless told so twice.
ENVIRONMENT = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
BOUND = "mpirun -np {ranks} --map-by slot:PE={threads} --bind-to core"
CROWDED = "mpirun -np {ranks} --oversubscribe --bind-to none"
_BYTES = {"B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "PB": 1e15}


def binary():
    """The command line that is measured: $COPPICE_BINARY, else the one built here, else the one
    that is installed."""
    given = os.environ.get("COPPICE_BINARY")
    built = machine.TOP / (given or ".build/release/coppice")
    if given or built.exists():
        return built
    return pathlib.Path(shutil.which("coppice") or built)


def launched(launcher, ranks, threads):
    """The words that start a number of ranks: none for one rank, unless a launcher is given."""
    if launcher is None:
        if ranks == 1:
            return []
        launcher = BOUND if ranks * threads <= machine.cores() else CROWDED
    return launcher.format(ranks=ranks, threads=threads, cores=ranks * threads).split()


def run(job, settings=None, ranks=1, threads=1, options=(), launcher=None, scratch=None):
    """Runs a job in a directory of its own, which is removed. Returns what run.json says of it, in
    figures of one level, and the load meanwhile."""
    # Where runs go by default: /tmp may be memory, and writing is a part of a run.
    scratch = pathlib.Path(scratch) if scratch else machine.TOP / "out"
    scratch.mkdir(parents=True, exist_ok=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=scratch))
    output = folder / "run"
    command = [
        *launched(launcher, ranks, threads), binary(), "run", job, "--output", output,
        "--threads", threads, "--log-level", "error", *_assignments(settings), *options]
    try:
        _, cost = process.run(command, ENVIRONMENT)
        told = json.loads((output / "run.json").read_text())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return figures(told, cost), cost.load


def figures(told, cost):
    """Figures of a run, from its run.json and its cost."""
    kept = ["backend", "neurons", "compartments", "synapses", "steps", "dt_s", "epoch_steps",
            "ranks", "threads", "precision", "peak_rss_bytes"]
    return {
        **{name: told[name] for name in kept}, **told["seconds"],
        "spikes": told["spikes"], "wall": cost.wall_seconds, "cpu": cost.cpu_seconds,
    }


def check(job, settings=None, ranks=1, threads=1):
    """What `check` expects: synapses, bytes per rank in all and by part."""
    text, _ = process.run([
        binary(), "check", job, "--ranks", ranks, "--threads", threads, *_assignments(settings)])
    return expectation(text)


def refusal(job, settings=None):
    """Why `check` refuses a job, in one line; `None` if it does not."""
    try:
        check(job, settings)
    except process.ProgramFailed as failed:
        found = re.search(r"error: (.*)", str(failed))
        return found[1] if found else str(failed)
    return None


def expectation(text):
    """Reads what `check` prints."""
    parts = {}
    for name, size in re.findall(r"^    (\w[\w ]*?)\s+([\d.]+ [KMGTP]?B)$", text, re.MULTILINE):
        parts[name] = _bytes(size)
    total = re.search(r"memory per rank\s+([\d.]+ [KMGTP]?B)", text)
    synapses = re.search(r"synapses\s+(\d+)", text)
    return {"bytes": _bytes(total[1]), "synapses": int(synapses[1]), "parts": parts}


def _bytes(text):
    number, unit = text.split()
    return float(number) * _BYTES[unit]


def _assignments(settings):
    return [word for key, value in (settings or {}).items() for word in ("--set", f"{key}={value}")]
