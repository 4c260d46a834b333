"""Quantities as texts ("-60.5 mV"), which both sides read as they are."""

import re

# Scales to SI; Brian's side has the units of the same names.
SCALES = {
    "": 1.0, "mV": 1e-3, "ms": 1e-3, "pA": 1e-12, "nS": 1e-9, "pF": 1e-12, "um": 1e-6, "Hz": 1.0,
    "uF/cm^2": 1e-2, "uS/cm^2": 1e-2, "mS/cm^2": 10.0, "ohm*cm": 1e-2,
}


def split(text):
    """The number and the unit of a quantity."""
    match = re.fullmatch(r"(-?[0-9.e+-]+) ?(.*)", str(text))
    return float(match[1]), match[2]


def si(text):
    """A quantity in SI, to the accuracy that a draw needs."""
    number, unit = split(text)
    return number * SCALES[unit]


def quantity(number, unit, digits=4):
    """A quantity of so many digits."""
    return f"{float(f'{number:.{digits}g}'):.12g} {unit}".strip()


def in_unit(value, unit, digits=4):
    """A value in SI as a quantity of that unit."""
    return quantity(value / SCALES[unit], unit, digits)


def product(text):
    """A quantity as a term of an equation: `-60*mV`."""
    number, unit = split(text)
    return f"{number:.12g}*{unit}" if unit else f"{number:.12g}"
