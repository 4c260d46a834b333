"""Numbers of Brian as quantities of a job, to the last bit."""

import math

from brian2.units.fundamentalunits import DIMENSIONLESS

# Base units in the order of Brian's dimensions.
BASE = ["meter", "kilogram", "second", "amp", "kelvin", "mole", "candle"]

# (exponents of BASE) -> the unit without a prefix, and those that people write, with their scales.
NAMED = {
    (2, 1, -3, -1, 0, 0, 0): ("volt", [("mV", 1e-3), ("uV", 1e-6), ("V", 1.0)]),
    (0, 0, 0, 1, 0, 0, 0): ("amp", [("pA", 1e-12), ("nA", 1e-9), ("uA", 1e-6), ("mA", 1e-3)]),
    (-2, -1, 3, 2, 0, 0, 0): (
        "siemens", [("nS", 1e-9), ("pS", 1e-12), ("uS", 1e-6), ("mS", 1e-3)]),
    (-2, -1, 4, 2, 0, 0, 0): ("farad", [("pF", 1e-12), ("nF", 1e-9), ("uF", 1e-6)]),
    (2, 1, -3, -2, 0, 0, 0): ("ohm", [("Mohm", 1e6), ("Gohm", 1e9), ("kohm", 1e3)]),
    (0, 0, 1, 0, 0, 0, 0): ("second", [("ms", 1e-3), ("s", 1.0), ("us", 1e-6)]),
    (0, 0, -1, 0, 0, 0, 0): ("hertz", [("Hz", 1.0), ("kHz", 1e3)]),
    (1, 0, 0, 0, 0, 0, 0): ("meter", [("um", 1e-6), ("mm", 1e-3), ("m", 1.0)]),
}


def exponents(dimension):
    """Whole exponents of the base units; None if there are others."""
    found = tuple(dimension._dims)
    whole = tuple(int(round(power)) for power in found)
    return whole if all(abs(a - b) < 1e-9 for a, b in zip(found, whole)) else None


def unit_text(dimension):
    """The unit of a dimension as an equation names it: `volt`, `1`, `kilogram*meter**2`."""
    if dimension is DIMENSIONLESS:
        return "1"
    powers = exponents(dimension)
    if powers in NAMED:
        return NAMED[powers][0]
    named = [(name, power) for name, power in zip(BASE, dimension._dims) if power]
    return "*".join(
        name if power == 1 else f"{name}**{power:g}" if power > 0 else f"{name}**({power:g})"
        for name, power in named)


def number_text(value):
    """A number that reads back as the same bits."""
    value = float(value)
    if not math.isfinite(value):
        raise ValueError(f"{value}")
    short = f"{value:.12g}"
    return short if float(short) == value else repr(value)


def _parts(value, dimension):
    """The number and the unit in which a value is shortest, among those with all its bits."""
    value = float(value)
    if not math.isfinite(value):
        raise ValueError(f"{value}")
    if dimension is DIMENSIONLESS:
        return number_text(value), ""
    powers = exponents(dimension)
    base, units = NAMED.get(powers, (unit_text(dimension), []))
    if value == 0:
        return "0", units[0][0] if units else base
    best = None
    for unit, scale in units:
        for digits in (6, 12, 15, 17):
            text = f"{value / scale:.{digits}g}"
            if float(text) * scale == value:
                break
        else:
            continue
        # A power of ten in the number is another unit's work.
        cost = (len(text) + 4 * ("e" in text), units.index((unit, scale)))
        if best is None or cost < best[0]:
            best = cost, text, unit
    if best and best[0][0] <= 17:
        return best[1], best[2]
    return number_text(value), base


def quantity(value, dimension):
    """A value in SI as a job's quantity: `-60 mV`."""
    number, unit = _parts(value, dimension)
    return f"{number} {unit}" if unit else number


def term(value, dimension):
    """The same as a term of an expression: `-60*mV`."""
    number, unit = _parts(value, dimension)
    return f"{number}*{unit}" if unit else number


def time_text(steps, dt):
    """The time of a step."""
    seconds = steps * dt
    for digits in range(1, 18):
        number = f"{seconds * 1e3:.{digits}g}"
        if "e" not in number and math.floor((float(number) * 1e-3 + 1e-3 * dt) / dt) == steps:
            return f"{number} ms"
    return f"{seconds!r} s"
