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


def expected_of(simulation, recorded, results):
    """What a monitor recorded in Brian, and what the job did, by name.

    Spikes and events are lists of (step, neuron), rows and rates arrays [row, neuron] in SI.
    Without results, only Brian's.
    """
    expected = simulation.results[recorded.monitor]
    steps = np.round(expected["t"] / simulation.dt).astype(np.int64)
    start, stop, _ = recorded.window
    inside = (steps >= start) & (steps < stop)
    if recorded.kind == "states":
        return _rows_of(recorded, expected, inside, results)
    if recorded.kind == "rates":
        name = f"rate of {recorded.population}"
        here = None if results is None else results.rate(recorded.population)[start:stop, None]
        return {name: expected["rate"][inside][:, None]}, {name: here}
    return _spikes_of(recorded, expected, steps, inside, results)


def _rows_of(recorded, expected, inside, results):
    variables = recorded.monitor.record_variables
    one, other = {}, {}
    for variable in variables:
        name = f"{recorded.name}.{variable}"
        one[name] = expected[variable][inside]
        if results is not None:
            found, nodes = results.rows(recorded.name, variable, len(variables) > 1)
            columns = [int(np.flatnonzero(nodes == neuron)[0]) for neuron in recorded.neurons]
            other[name] = found[:, columns]
    return one, other


def _spikes_of(recorded, expected, steps, inside, results):
    low, high = recorded.neurons
    name = f"{recorded.kind} of {recorded.name}"
    if (low, high) != (0, recorded.size):
        name += f"[{low}:{high}]"
    if "i" not in expected:
        return {}, {}
    one = sorted(zip(steps[inside].tolist(), (expected["i"][inside] + low).tolist()))
    if results is None:
        return {name: one}, {}
    read = results.spikes if recorded.kind == "spikes" else results.events
    found, places = read(recorded.name)
    start, stop, _ = recorded.window
    kept = (found >= start) & (found < stop) & (places >= low) & (places < high)
    return {name: one}, {name: list(zip(found[kept].tolist(), places[kept].tolist()))}


class Comparison:
    """Of all recordings of a simulation."""

    def __init__(self, simulation, recordings, results):
        self.lines = []
        for recorded in recordings:
            one, other = expected_of(simulation, recorded, results)
            for name, expected in one.items():
                compare = self._spikes if isinstance(expected, list) else self._rows
                compare(name, expected, other[name])

    @property
    def agrees(self):
        return all(line.agrees for line in self.lines)

    def _rows(self, name, expected, found):
        if expected.shape != found.shape:
            self.lines.append(Line(
                name, f"{expected.shape} values in Brian, {found.shape} here", False))
            return
        if not expected.size:
            self.lines.append(Line(name, "no values", True))
            return
        distances = np.abs(found - expected) / scale_of(expected)
        # Written so that a NaN is far away.
        far = ~(distances <= TOLERANCE)
        largest = float(np.max(distances))
        if not far.any():
            self.lines.append(Line(
                name, f"{expected.size} values, largest distance {largest:.1e} of the range",
                True, largest))
            return
        row, column = np.argwhere(far)[0]
        self.lines.append(Line(
            name, f"{int(far.sum())} of {expected.size} values differ, the first in row {row} of"
            f" column {column}: {expected[row, column]:.10g} in Brian, {found[row, column]:.10g}"
            " here", False, largest))

    def _spikes(self, name, one, other):
        counts = len(one), len(other)
        if one == other:
            self.lines.append(Line(name, f"the same {len(one)}", True, counts=counts))
            return
        brian = set(one)
        differing = sorted(brian ^ set(other))
        if not differing:
            self.lines.append(Line(name, "some are there twice", False, counts=counts))
            return
        step, neuron = differing[0]
        where = "Brian" if (step, neuron) in brian else "Coppice"
        self.lines.append(Line(
            name, f"{len(one)} in Brian, {len(other)} here; the first that only {where} has is"
            f" neuron {neuron} at step {step}", False, counts=counts))
