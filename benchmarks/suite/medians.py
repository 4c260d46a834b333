"""Medians, and how far two like runs lie apart."""

import statistics


def median(values):
    return statistics.median(values)


def spread(values):
    """How much two like runs differ: the median of the differences between each run and the next
    like it, relative to the median of all. `None` where there is one run only."""
    if len(values) < 2:
        return None
    steps = [abs(after - before) for before, after in zip(values, values[1:])]
    middle = statistics.median(values)
    return statistics.median(steps) / middle if middle else 0.0


class Ratio:
    """The median of `above` over that of `below`, and the spread of the less steady of the two."""

    def __init__(self, above, below):
        self.value = median(above) / median(below)
        spreads = [one for one in (spread(above), spread(below)) if one is not None]
        self.spread = max(spreads) if spreads else None
        self.runs = (len(above), len(below))

    @property
    def low(self):
        return self.value * (1 - (self.spread or 0))

    @property
    def high(self):
        return self.value * (1 + (self.spread or 0))

    def text(self, digits=2):
        value = f"{self.value:.{digits}f}"
        return value if self.spread is None else f"{value} ± {100 * self.spread:.0f} %"


def fitted_line(xs, ys):
    """Slope and intercept of the least-squares line."""
    result = statistics.linear_regression(xs, ys)
    return result.slope, result.intercept
