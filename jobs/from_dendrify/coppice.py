"""The command line of Coppice: checks and runs jobs."""

import os
import pathlib
import shutil
import subprocess

import h5py
import numpy as np

# Units of files -> SI.
FILE_UNITS = {"mV": 1e-3, "nA": 1e-9, "uS": 1e-6, "ms": 1e-3, "Hz": 1.0}
TOP = pathlib.Path(__file__).resolve().parents[2]


def find(given=None):
    """The binary: the one given, of the environment, of this project, or on the path."""
    if given:
        return pathlib.Path(given).resolve() if shutil.which(given) else None
    for place in (os.environ.get("COPPICE_BINARY"), TOP / ".build/release/coppice",
                  shutil.which("coppice")):
        if place and os.access(place, os.X_OK):
            return pathlib.Path(place).resolve()
    return None


def check(binary, job):
    """What is wrong with a job, in Coppice's words; empty if nothing is."""
    done = subprocess.run([binary, "check", job], capture_output=True, text=True)
    return "" if done.returncode == 0 else (done.stderr or done.stdout).strip()


def run(binary, job, folder):
    """Runs a job; what went wrong in Coppice's words, or nothing."""
    done = subprocess.run(
        [binary, "run", job, "--output", folder, "--threads", "1", "--fresh",
         "--log-level", "error"], capture_output=True, text=True)
    return "" if done.returncode == 0 else (done.stderr or done.stdout).strip()


class Results:
    """What a run of Coppice wrote."""

    def __init__(self, folder, dt):
        self.folder, self.dt = pathlib.Path(folder), dt

    def spikes(self, population):
        """(steps, neurons), sorted."""
        return self._list("spikes.h5", population)

    def events(self, name):
        return self._list("events.h5", name)

    def _list(self, file, name):
        path = self.folder / file
        steps = places = np.zeros(0, np.int64)
        if path.exists():
            with h5py.File(path) as opened:
                group = opened["spikes"]
                if name in group:
                    steps = np.round(group[name]["timestamps"][:] * 1e-3 / self.dt).astype(np.int64)
                    places = group[name]["node_ids"][:].astype(np.int64)
        order = np.lexsort((places, steps))
        return steps[order], places[order]

    def rows(self, recording, variable, several):
        """[row, neuron] of a variable in SI, and the neurons of the columns."""
        name = f"{recording}.{variable}" if several else recording
        with h5py.File(self.folder / f"{name}.h5") as file:
            group, = file["report"].values()
            data = group["data"]
            unit = data.attrs["units"]
            unit = unit.decode() if isinstance(unit, bytes) else unit
            return (data[:] * FILE_UNITS.get(unit, 1.0),
                    group["mapping"]["node_ids"][:].astype(np.int64))

    def rate(self, population):
        with h5py.File(self.folder / "rates.h5") as file:
            return file["rates"][population]["rate"][:]
