"""Reads a run's directory: SONATA spikes and reports, and run.json. Times in ms, voltages in mV."""

import json
import pathlib
import sys

import h5py
import numpy as np


class Run:
    """The directory of one run."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        if not (self.directory / "run.json").exists():
            sys.exit(f"{self.directory} holds no run: there is no run.json")

    @property
    def figures(self):
        """What run.json says."""
        return json.loads((self.directory / "run.json").read_text())

    def _recording(self, name, variable):
        """The file of a variable: a recording of one variable has a file named after itself."""
        several = self.directory / f"{name}.{variable}.h5"
        return several if several.exists() else self.directory / f"{name}.h5"

    def rows(self, variable, recording="voltages"):
        """Values of a variable as [row, neuron]. Row n is the state before the update of step n."""
        with h5py.File(self._recording(recording, variable)) as file:
            (report,) = file["report"].values()
            return report["data"][:]

    def times(self, variable, recording="voltages"):
        """Times of the rows of a variable."""
        with h5py.File(self._recording(recording, variable)) as file:
            (report,) = file["report"].values()
            begin, _, every = report["mapping/time"][:]
            return begin + every * np.arange(len(report["data"]))

    def spikes(self, population):
        """Times and neurons of all spikes of a population."""
        return self._stream("spikes.h5", population)

    def events(self, population, event):
        """Times and neurons of the dendritic spikes, or other events, of a name."""
        return self._stream("events.h5", f"{population}.{event}")

    def _stream(self, name, key):
        with h5py.File(self.directory / name) as file:
            group = file["spikes"][key]
            return group["timestamps"][:], group["node_ids"][:].astype(int)

    def spike_counts(self, population, size):
        """Spikes of each neuron."""
        return np.bincount(self.spikes(population)[1], minlength=size)


def intervals(times, neurons):
    """Intervals between successive spikes of one neuron, of all neurons together."""
    order = np.lexsort((times, neurons))
    times, neurons = times[order], neurons[order]
    return np.diff(times)[np.diff(neurons) == 0]


class Sweep:
    """The directory of a sweep: its table, and the runs of its points."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        if not (self.directory / "sweep.h5").exists():
            sys.exit(f"{self.directory} holds no sweep: there is no sweep.h5")
        with h5py.File(self.directory / "sweep.h5") as file:
            self._values = {name: column[:] for name, column in file["parameters"].items()}
            self._rates = {name: column[:] for name, column in file["rates"].items()}
            self._directories = file["directory"].asstr()[:]
            unfinished = np.count_nonzero(file["state"].asstr()[:] != "complete")
        if unfinished:
            sys.exit(f"{self.directory}: {unfinished} points are not complete; run the sweep again")

    def values(self, parameter):
        """What a parameter is at each point, in SI."""
        return self._values[parameter]

    def rates(self, population):
        """The mean rate of a population at each point, in Hz."""
        return self._rates[population]

    def run(self, settings):
        """The run of the point with these values, in SI."""
        chosen = np.all([np.isclose(self._values[name], value)
                         for name, value in settings.items()], axis=0)
        (place,) = np.flatnonzero(chosen)
        return Run(self.directory / self._directories[place])
