"""Figures that follow from those of a run."""

from benchmarks.suite import medians

# What a loop is made of; `rest` is waiting for each other and whatever is not measured by itself.
PHASES = ["advance", "deliver", "exchange", "record", "rest"]


def neuron_steps(one):
    """Neurons times steps, of a run of ours or of a peer."""
    steps = one["steps"] if "steps" in one else round(one["seconds"] / 1e-4)
    return one["neurons"] * steps


def loop_seconds(one):
    """The time loop alone: without waiting for checkpoints, of which a run of ours has one at its end
    that peers do not have, nor loops by hand. Totals hold it."""
    return one["simulate"] - one["checkpoint"] if "simulate" in one else one["loop_seconds"]


def total_seconds(one):
    """Of ours from the start of the process to its exit; of peers without importing modules."""
    return one["wall"] if "simulate" in one else one["total_seconds"]


def loop_ns(one):
    """Nanoseconds of the time loop for a neuron and a step."""
    return loop_seconds(one) * 1e9 / neuron_steps(one)


def phase_seconds(phase):
    """Seconds of one phase of the loop. Each is that of the slowest thread, so they may add up to
    more than the loop."""
    if phase != "rest":
        return lambda one: one[phase]
    return lambda one: max(0.0, loop_seconds(one) - sum(one[name] for name in PHASES[:-1]))


def phase_ns(phase):
    """Nanoseconds of one phase for a neuron and a step."""
    seconds = phase_seconds(phase)
    return lambda one: seconds(one) * 1e9 / neuron_steps(one)


def rate(one):
    """Mean rate of the neurons in Hz."""
    if "mean_rate_hz" in one:
        return one["mean_rate_hz"]
    return neuron_spikes(one) / one["neurons"] / (one["steps"] * one["dt_s"])


def neuron_spikes(one):
    """Spikes of the neurons, those of generators left out."""
    spikes = one["spikes"]
    return spikes.get("pyr", spikes.get("cells", 0))


def median_text(measured, figure, digits=2):
    """The median of a figure of a variant, as text."""
    return f"{medians.median(measured.values(figure)):.{digits}f}"


def count_text(number):
    """1000000 as 1,000,000."""
    return f"{number:,}"
