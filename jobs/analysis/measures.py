"""What is measured on a neuron: input resistance, time constant, sag, inputs and outputs."""

import numpy as np


def input_resistance(voltage, rest, current):
    """Deflection over current at the voltage that is farthest from rest: mV and pA to MOhm."""
    deflection = voltage - rest
    return deflection[np.argmax(np.abs(deflection))] / current * 1e3


def sag_ratio(voltage, rest, last):
    """Deflection at row `last`, the end of a pulse, over the largest one."""
    return (voltage[last] - rest) / np.min(voltage[: last + 1] - rest)


def time_constant(times, voltage):
    """The tau of a exp(-t/tau), fitted by least squares to a fall, scaled to 1 at its beginning
    and 0 at its end, in units of `times`."""
    t = times - times[0]
    decay = (voltage - voltage.min()) / (voltage.max() - voltage.min())
    a, tau = 1.0, 0.2 * t[-1]
    for _ in range(100):
        e = np.exp(-t / tau)
        slopes = np.stack([e, a * e * t / tau**2], axis=1)
        step, *_ = np.linalg.lstsq(slopes, decay - a * e, rcond=None)
        a, tau = a + step[0], tau + step[1]
        if abs(step[1]) < 1e-12 * tau:
            break
    return tau


def peaks(rows, rest):
    """The largest deflection of each neuron."""
    return rows.max(axis=0) - rest


def expected(peaks, unitary):
    """What 1, 2, ... inputs would do if they added up."""
    return unitary * np.arange(1, len(peaks) + 1)


def slope(rows, every):
    """Differences of successive rows, per ms."""
    return np.diff(rows, axis=0) / every


def t_statistic(first, second):
    """Student's t of two samples, with one variance for both."""
    n, m = len(first), len(second)
    pooled = ((n - 1) * np.var(first, ddof=1) + (m - 1) * np.var(second, ddof=1)) / (n + m - 2)
    return (np.mean(first) - np.mean(second)) / np.sqrt(pooled * (1 / n + 1 / m))
