"""What a script simulates: calls of `run`, and all that each of them finds."""

import dataclasses

import brian2
import numpy as np
from brian2.core.variables import ArrayVariable

from .replay import Draws, Recorder


@dataclasses.dataclass
class Change:
    """A variable of a group that the script set between two runs."""

    group: object
    variable: str
    # Places in the whole group.
    indices: np.ndarray
    # Values in SI, or the text of an expression with its names.
    values: object
    namespace: dict
    line: int
    # Whether the expression reads what the simulation changes.
    depends: bool = False


@dataclasses.dataclass
class SynapseState:
    """What synapses are like when a run begins."""

    sources: np.ndarray
    targets: np.ndarray
    variables: dict
    # Pathway -> delays in s.
    delays: dict


@dataclasses.dataclass
class Read:
    """Where the script read what a simulation makes."""

    # How many runs there were before.
    runs: int
    line: int
    # Of a state; None for a recording.
    group: object


@dataclasses.dataclass
class Segment:
    """One call of `run`."""

    start: int
    steps: int
    namespace: dict
    # Names of the script at that time, also those of functions around the call.
    names: dict
    # All objects, contained ones as well, in the order in which they run -> whether active.
    active: dict
    changes: list = dataclasses.field(default_factory=list)
    states: dict = dataclasses.field(default_factory=dict)
    synapses: dict = dataclasses.field(default_factory=dict)
    spikes: dict = dataclasses.field(default_factory=dict)
    clocks: dict = dataclasses.field(default_factory=dict)

    @property
    def stop(self):
        return self.start + self.steps


@dataclasses.dataclass
class Simulation:
    """Calls of `run` that go on from each other."""

    network: object
    number: int
    dt: float
    segments: list = dataclasses.field(default_factory=list)
    # The seed that the script gave before it began; None if it gave none.
    seed: int = None
    # Where Brian has run the script, and its draws are to be replayed.
    recorder: Recorder = None
    draws: Draws = dataclasses.field(default_factory=Draws)
    # The recordings of the script's monitors, taken when the simulation ended.
    results: dict = dataclasses.field(default_factory=dict)

    @property
    def steps(self):
        return self.segments[-1].stop


def spikes_of(generator):
    """Spikes that a generator is to give: places, steps, and the period in steps."""
    variables = generator.variables
    times = np.asarray(variables["spike_time"].get_value(), float)
    dt = float(generator.clock.dt_)
    # The rounding of Brian's generator.
    steps = np.asarray((times + 1e-3 * dt) / dt, dtype=np.int64)
    period = int(round(float(variables["period"].get_value().item()) / dt))
    return np.array(variables["neuron_index"].get_value(), np.int64), steps, period


def steps_until(time, dt):
    """The step of a time, as Brian's clocks have it: what is no multiple is rounded up."""
    step = int(np.round(time / dt))
    return step if abs(step * dt - time) / dt <= brian2.Clock.epsilon_dt else int(
        np.ceil(time / dt))


def own_arrays(group):
    """Arrays that a group owns and a script may set, as copies."""
    return {
        name: np.array(variable.get_value())
        for name, variable in group.variables.items()
        if isinstance(variable, ArrayVariable) and not name.startswith("_")
        and not variable.read_only and getattr(variable.owner, "name", None) == group.name}


def is_monitor(thing):
    return isinstance(thing, (brian2.StateMonitor, brian2.EventMonitor,
                              brian2.PopulationRateMonitor))


def recorded(monitor):
    """What a monitor holds, as plain arrays by name."""
    variables = monitor.variables
    found = {"t": np.array(variables["t"].get_value(), float)}
    if isinstance(monitor, brian2.StateMonitor):
        for name in monitor.record_variables:
            found[name] = np.array(variables[name].get_value(), float)
    elif isinstance(monitor, brian2.PopulationRateMonitor):
        found["rate"] = np.array(variables["rate"].get_value(), float)
    elif "i" in variables:
        found["i"] = np.array(variables["i"].get_value(), np.int64)
    return found


def synapse_state(synapses):
    variables = {
        name: np.array(variable.get_value())
        for name, variable in synapses.variables.items()
        if isinstance(variable, ArrayVariable) and name in synapses.equations.names}
    delays = {pathway.name: np.array(pathway.variables["delay"].get_value(), float)
              for pathway in synapses._pathways}
    return SynapseState(
        np.array(synapses.variables["_synaptic_pre"].get_value(), np.int64),
        np.array(synapses.variables["_synaptic_post"].get_value(), np.int64),
        variables, delays)
