"""Runs a case in Coppice and reads what it wrote, in the form of `brian_side`."""

import json
import pathlib
import subprocess

import h5py
import numpy as np

from values import SCALES, split

# Units of files -> SI. They are Brian's for these dimensions.
FILE_UNITS = {"mV": 1e-3, "nA": 1e-9, "uS": 1e-6, "ms": 1e-3, "Hz": 1.0}


class Refused(Exception):
    """Coppice did not run a job."""


def run(job, folder, binary, backend):
    """Results of a job by name; raises `Refused` with Coppice's own words."""
    folder.mkdir(parents=True)
    path = folder / "job.yaml"
    path.write_text(json.dumps(job, indent=1))
    done = subprocess.run(
        [binary, "run", path, "--output", folder / "out", "--threads", "1", "--backend", backend,
         "--log-level", "error"],
        capture_output=True, text=True)
    if done.returncode:
        raise Refused(done.stderr)
    return read(job, folder / "out")


def spikes_of(file, group, dt):
    """(step, neuron), sorted."""
    if group not in file:
        return np.zeros((0, 2), np.int64)
    steps = np.round(file[group]["timestamps"][:] / dt).astype(np.int64)
    pairs = np.stack([steps, file[group]["node_ids"][:].astype(np.int64)], axis=1)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def read(job, folder):
    dt = split(job["simulation"]["dt"])[0]
    found = {}
    with h5py.File(folder / "spikes.h5") as file:
        for name in job["record"]["spikes"]:
            found[f"spikes/{name}"] = spikes_of(file["spikes"], name, dt)
    if (folder / "events.h5").exists():
        with h5py.File(folder / "events.h5") as file:
            group, = file.values()
            for name in group:
                found[f"events/{name}"] = spikes_of(group, name, dt)
    for recording, entry in job["record"]["states"].items():
        population, variables = entry["population"], entry["variables"]
        for variable in variables:
            name = f"{recording}.{variable}" if len(variables) > 1 else recording
            with h5py.File(folder / f"{name}.h5") as file:
                data = file["report"][population]["data"]
                unit = data.attrs["units"]
                unit = unit.decode() if isinstance(unit, bytes) else unit
                found[f"rows/{population}/{variable}"] = data[:] * FILE_UNITS.get(unit, 1.0)
    return found
