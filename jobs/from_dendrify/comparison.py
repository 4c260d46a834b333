"""What differs between Brian's recordings of a script and those of its job."""

import dataclasses

import numpy as np

# Of a variable's range over the run.
TOLERANCE = 1e-9


@dataclasses.dataclass
class Line:
    """One recorded variable, or the spikes of one population."""

    name: str
    text: str
    agrees: bool
    # Largest distance in ranges, of a variable.
    distance: float = 0.0
    # Spikes or events in Brian and here; None of a variable.
    counts: tuple = None


def scale_of(values):
    """The range of a variable, or its size where it hardly moves."""
    size = float(np.max(np.abs(values)))
    return max(float(np.max(values) - np.min(values)), 1e-6 * size) or 1.0


class Comparison:
    def __init__(self, simulation, recordings, results, sizes):
        self.simulation, self.results, self.sizes = simulation, results, sizes
        self.lines = []
        for recorded in recordings:
            expected = simulation.results[recorded.monitor]
            {"states": self._states, "spikes": self._spikes, "events": self._spikes,
             "rates": self._rates}[recorded.kind](recorded, expected)

    @property
    def agrees(self):
        return all(line.agrees for line in self.lines)

    def _inside(self, recorded, expected):
        """Which of Brian's entries are of the window."""
        steps = np.round(expected["t"] / self.simulation.dt).astype(np.int64)
        start, stop, _ = recorded.window
        return steps, (steps >= start) & (steps < stop)

    def _states(self, recorded, expected):
        variables = recorded.monitor.record_variables
        _, inside = self._inside(recorded, expected)
        for variable in variables:
            found, nodes = self.results.rows(recorded.name, variable, len(variables) > 1)
            columns = [int(np.flatnonzero(nodes == neuron)[0]) for neuron in recorded.neurons]
            self._rows(f"{recorded.name}.{variable}", expected[variable][inside],
                       found[:, columns])

    def _rows(self, name, expected, found):
        if expected.shape != found.shape:
            self.lines.append(Line(
                name, f"{expected.shape} values in Brian, {found.shape} here", False))
            return
        if not expected.size:
            self.lines.append(Line(name, "no values", True))
            return
        distances = np.abs(found - expected) / scale_of(expected)
        largest = float(np.max(distances))
        if largest <= TOLERANCE:
            self.lines.append(Line(
                name, f"{expected.size} values, largest distance {largest:.1e} of the range",
                True, largest))
            return
        row, column = np.argwhere(~(distances <= TOLERANCE))[0]
        self.lines.append(Line(
            name, f"{int((~(distances <= TOLERANCE)).sum())} of {expected.size} values differ, the"
            f" first in row {row} of neuron {column}: {expected[row, column]:.10g} in Brian,"
            f" {found[row, column]:.10g} here", False, largest))

    def _spikes(self, recorded, expected):
        steps, inside = self._inside(recorded, expected)
        if "i" not in expected:
            return
        low, high = recorded.neurons
        one = sorted(zip(steps[inside].tolist(), (expected["i"][inside] + low).tolist()))
        read = self.results.spikes if recorded.kind == "spikes" else self.results.events
        found_steps, places = read(recorded.name)
        start, stop, _ = recorded.window
        kept = (found_steps >= start) & (found_steps < stop) & (places >= low) & (places < high)
        other = list(zip(found_steps[kept].tolist(), places[kept].tolist()))
        counts = len(one), len(other)
        size = self.sizes[recorded.population]
        name = f"{recorded.kind} of {recorded.name}"
        if (low, high) != (0, size):
            name += f"[{low}:{high}]"
        if one == other:
            self.lines.append(Line(name, f"the same {len(one)}", True, counts=counts))
            return
        differing = sorted(set(one) ^ set(other))
        step, neuron = differing[0] if differing else (0, 0)
        where = "Brian" if (step, neuron) in set(one) else "Coppice"
        self.lines.append(Line(
            name, f"{len(one)} in Brian, {len(other)} here; the first that only {where} has is"
            f" neuron {neuron} at step {step}", False, counts=counts))

    def _rates(self, recorded, expected):
        _, inside = self._inside(recorded, expected)
        found = self.results.rate(recorded.population)
        start, stop, _ = recorded.window
        self._rows(f"rate of {recorded.population}", expected["rate"][inside][:, None],
                   found[start:stop, None])
