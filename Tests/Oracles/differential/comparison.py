"""Where two runs of a case differ."""

import numpy as np

# Of a variable's range over the run.
TOLERANCE = 1e-9


def scale_of(values):
    """The range of a variable, or its size where it hardly moves."""
    size = float(np.max(np.abs(values)))
    return max(float(np.max(values) - np.min(values)), 1e-6 * size) or 1.0


def is_finite(results):
    return all(np.isfinite(values).all() for name, values in results.items()
               if name.startswith("rows/"))


class Comparison:
    """Of `found` with `expected`: what differs, how far, and from which step on."""

    def __init__(self, expected, found, voltages, tolerance=TOLERANCE):
        self.differences, self.first = [], None
        # Largest distances, in ranges.
        self.voltage = self.other = 0.0
        self.values = 0
        if expected.keys() != found.keys():
            missing = sorted(expected.keys() ^ found.keys())
            self.note(f"recorded on one side only: {', '.join(missing)}", 0)
            return
        for name in sorted(expected):
            if name.startswith("rows/"):
                self.rows(name, expected[name], found[name], voltages, tolerance)
            else:
                self.events(name, expected[name], found[name])

    @property
    def agrees(self):
        return not self.differences

    def note(self, text, step):
        self.differences.append(text)
        self.first = step if self.first is None else min(self.first, step)

    def events(self, name, expected, found):
        if np.array_equal(expected, found):
            return
        one, other = ({tuple(pair) for pair in pairs.tolist()} for pairs in (expected, found))
        if one == other:
            self.note(f"{name}: repeated", 0)
            return
        step, neuron = min(one ^ other)
        where = "Brian" if (step, neuron) in one else "Coppice"
        self.note(f"{name}: only {where} has neuron {neuron} at step {step}"
                  f" ({len(one)} in Brian, {len(other)} in Coppice)", step)

    def rows(self, name, expected, found, voltages, tolerance):
        if expected.shape != found.shape:
            self.note(f"{name}: {found.shape} values instead of {expected.shape}", 0)
            return
        _, population, variable = name.split("/")
        with np.errstate(all="ignore"):
            distances = np.abs(found - expected) / scale_of(expected)
        distances[~np.isfinite(distances)] = np.inf
        self.values += distances.size
        largest = float(np.max(distances))
        if variable in voltages[population]:
            self.voltage = max(self.voltage, largest)
        else:
            self.other = max(self.other, largest)
        if largest > tolerance:
            step = int(np.argmax((distances > tolerance).any(axis=1)))
            neuron = int(np.argmax(distances[step] > tolerance))
            self.note(f"{name}: neuron {neuron} is {distances[step, neuron]:.2g} of the range off"
                      f" at step {step}, at most {largest:.2g}", step)
