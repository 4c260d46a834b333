"""Random numbers that Brian drew while it ran a script, so that a job can take the same."""

import dataclasses
import re

import brian2
import numpy as np
from brian2.equations.equations import DIFFERENTIAL_EQUATION
from brian2.groups.neurongroup import NeuronGroup
from brian2.input.poissongroup import PoissonGroup
from brian2.input.poissoninput import PoissonInput

CALL = re.compile(r"\brandn\(\)|\brand\(\)")
# So many numbers of noise are kept of a group at most.
MOST_NUMBERS = 100_000_000


@dataclasses.dataclass
class Noise:
    """Draws of one call of `randn()` or `rand()`: [step, neuron]."""

    # The variable in whose equation the call is, or the noise `xi`.
    name: str
    rows: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Draws:
    """What Brian drew in one simulation."""

    # PoissonGroup -> places and steps of its spikes
    spikes: dict = dataclasses.field(default_factory=dict)
    # NeuronGroup -> variable or xi -> [step, neuron]
    noise: dict = dataclasses.field(default_factory=dict)
    # PoissonInput -> spikes [step, neuron]
    counts: dict = dataclasses.field(default_factory=dict)


class Recorder:
    """Notes draws of one simulation; one for each."""

    def __init__(self, dt):
        self.dt = dt
        self._monitors, self._noise, self._counts = {}, {}, {}

    def add_monitors(self, network, objects):
        """Records the spikes of Poisson groups. Before a run."""
        for thing in objects:
            if isinstance(thing, PoissonGroup):
                if thing not in self._monitors:
                    self._monitors[thing] = brian2.SpikeMonitor(
                        thing, name=f"replay_{thing.name}")
                network.objects.add(self._monitors[thing])

    def watch(self, objects, start):
        """Records what Brian's code draws. When its code has been made, before it runs."""
        for thing in objects:
            if isinstance(thing, NeuronGroup):
                self._watch_noise(thing, start)
            elif isinstance(thing, PoissonInput):
                self._watch_input(thing, start)

    def _watch_noise(self, group, start):
        names = calls_of(group)
        if not names:
            return
        kept = self._noise.setdefault(group, {name: [] for name in names})
        if not kept or list(kept) != names:
            # Other calls than before: not to be told apart.
            self._noise[group] = {}
            return
        for code in group.state_updater.code_objects:
            turn = [0]
            for function in ("randn", "rand"):
                if function in code.namespace:
                    code.namespace[function] = self._noted(
                        code.namespace[function], names, turn, kept, start)

    @staticmethod
    def _noted(draw, names, turn, kept, start):
        def noted(places):
            values = draw(places)
            name = names[turn[0] % len(names)]
            kept[name].append((start + turn[0] // len(names), np.array(values, float)))
            turn[0] += 1
            return values

        return noted

    def _watch_input(self, thing, start):
        rows = self._counts.setdefault(thing, [])
        for code in thing.code_objects:
            for name, value in list(code.namespace.items()):
                if name.startswith("poissoninput_binomial") and callable(value):
                    code.namespace[name] = self._counted(value, rows, start)

    @staticmethod
    def _counted(draw, rows, start):
        turn = [0]

        def counted(places):
            values = draw(places)
            rows.append((start + turn[0], np.array(values, np.int64)))
            turn[0] += 1
            return values

        return counted

    def draws(self, steps):
        """All that was drawn up to a step."""
        found = Draws()
        for group, monitor in self._monitors.items():
            found.spikes[group] = (
                np.array(monitor.i, np.int64),
                np.round(np.asarray(monitor.t_) / self.dt).astype(np.int64))
        for group, names in self._noise.items():
            if names and steps * len(group) * len(names) <= MOST_NUMBERS:
                found.noise[group] = {
                    name: _table(rows, steps, len(group)) for name, rows in names.items()}
        for thing, rows in self._counts.items():
            found.counts[thing] = _table(rows, steps, len(thing._group)).astype(np.int64)
        return found


def _table(rows, steps, size):
    table = np.zeros((steps, size))
    for step, values in rows:
        table[step] = values
    return table


def calls_of(group):
    """Variables or noises, in the order in which the group's step draws for them.

    Empty if it draws nothing, or if its calls cannot be told apart.
    """
    found = []
    for line in (group.state_updater.abstract_code or "").splitlines():
        left, _, right = line.partition("=")
        found += [left.strip().removeprefix("_")] * len(CALL.findall(right))
    known = set(group.equations.diff_eq_names) | set(group.equations.stochastic_variables)
    if len(set(found)) != len(found) or not set(found) <= known:
        return []
    # A subexpression with a draw is written out wherever it is read.
    for equation in group.equations.values():
        draws = equation.expr is not None and CALL.search(equation.expr.code)
        if draws and equation.type != DIFFERENTIAL_EQUATION:
            return []
    return found
