"""Monitors: what the job records."""

import dataclasses

import brian2
import numpy as np
from brian2 import Subgroup
from brian2.groups.neurongroup import NeuronGroup
from brian2.utils.stringtools import get_identifiers

from .connections import same_object, whole
from .quantities import time_text
from .texts import assigned
from .timeline import neurons_text


@dataclasses.dataclass
class Recorded:
    """Where a monitor's recordings are in the results of the job."""

    monitor: object
    # spikes, events, rates or states
    kind: str
    population: str
    # Of an event, or of the recording of states.
    name: str = ""
    # Recorded steps: from, to, every.
    window: tuple = (0, 0, 1)
    # Neurons in the order of the monitor; of spikes the part that it watches.
    neurons: object = None
    # Of the whole population.
    size: int = 0


class Recordings:
    def __init__(self, translation):
        self.translation = translation
        self.simulation, self.draft = translation.simulation, translation.draft
        self.record = translation.draft.job["record"]
        self.found = []
        self.spikes, self.events, self.states = [], [], {}
        self._spike_windows = set()

    def refuse(self, monitor, key, **details):
        translation = self.translation
        translation.findings.refuse(
            key, translation.names.of(monitor), translation.line_of(monitor), **details)

    def translate(self, monitors):
        for monitor in monitors:
            if isinstance(monitor, brian2.StateMonitor):
                self._states(monitor)
            elif isinstance(monitor, brian2.EventMonitor):
                self._events(monitor)
            else:
                self._rates(monitor)
        self.record["spikes"] = self.spikes or "none"
        if len(self._spike_windows) == 1:
            start, stop = self._spike_windows.pop()
            window = {}
            if start:
                window["from"] = self._time(start)
            if stop < self.simulation.steps:
                window["to"] = self._time(stop)
            if window:
                self.record["spikes"] = {"populations": self.spikes, **window}
        if self.events:
            self.record["events"] = self.events
        if self.states:
            self.record["states"] = self.states

    def _time(self, steps):
        return time_text(steps, self.simulation.dt)

    def _windows(self, monitor):
        """Steps (from, to) in which a monitor records."""
        found = []
        for segment in self.simulation.segments:
            if segment.active.get(monitor, False) and segment.steps:
                if found and found[-1][1] == segment.start:
                    found[-1][1] = segment.stop
                else:
                    found.append([segment.start, segment.stop])
        return [tuple(window) for window in found]

    def _population(self, monitor, source, kinds):
        """The population that is recorded, and the part of it."""
        group, part = whole(source)
        group = same_object(self.translation.names_of_populations, group)
        if group is None or not isinstance(group, kinds):
            self.refuse(monitor, "monitor-target", what=f"a {type(source).__name__}")
            return None, part
        return group, part

    # Kinds

    def _states(self, monitor):
        if monitor.when != "start" or monitor.order != 0:
            self.refuse(monitor, "monitor-slot", when=monitor.when)
            return
        group, part = self._population(monitor, monitor.source, (NeuronGroup,))
        if group is None or not monitor.n_indices:
            return
        neurons = self.translation.neurons[group]
        self._check_order(monitor, group)
        dt = self.simulation.dt
        every = int(round(float(monitor.clock.dt_) / dt))
        if every < 1 or abs(float(monitor.clock.dt_) / dt - every) > 1e-6:
            self.refuse(monitor, "every", dt=str(monitor.clock.dt))
            return
        places = np.asarray(monitor.record, np.int64) + part[0]
        for start, stop in self._windows(monitor):
            self._window(monitor, neurons, places, start, stop, every)

    def _window(self, monitor, neurons, places, start, stop, every):
        names = self.translation.names
        name = names.of(monitor)
        if name in self.states:
            name = names.new(name)
        first = -(-start // every) * every
        if first >= stop:
            return
        entry = {"population": neurons.name, "variables": list(monitor.record_variables)}
        chosen = neurons_text(places, len(neurons.group))
        if chosen is not None:
            entry["neurons"] = chosen
        if every > 1:
            entry["every"] = self._time(every)
        if first:
            entry["from"] = self._time(first)
        if stop < self.simulation.steps:
            entry["to"] = self._time(stop)
        entry["precision"] = "double"
        self.states[name] = entry
        self.found.append(Recorded(
            monitor, "states", neurons.name, name, (first, stop, every), places))

    def _check_order(self, monitor, group):
        """Whether a row holds what run_regularly of the same step has set, as in a job."""
        order = list(self.simulation.segments[0].active)
        for runner in self.translation.runners.get(group, []):
            if runner not in order or monitor not in order:
                continue
            seen = self._behind(group, monitor.record_variables) & assigned(runner.abstract_code)
            if seen and order.index(monitor) < order.index(runner):
                self.refuse(monitor, "monitor-order", name=sorted(seen)[0], runner=runner.name)

    @staticmethod
    def _behind(group, names):
        """Variables and what their subexpressions read."""
        found, open_names = set(), list(names)
        while open_names:
            name = open_names.pop()
            if name in found:
                continue
            found.add(name)
            if name in group.equations.subexpr_names:
                open_names += get_identifiers(group.equations[name].expr.code)
        return found

    def _events(self, monitor):
        kinds = (NeuronGroup, brian2.PoissonGroup, brian2.SpikeGeneratorGroup)
        group, part = self._population(monitor, monitor.source, kinds)
        if group is None:
            return
        extra = set(getattr(monitor, "record_variables", ())) - {"i", "t"}
        if extra:
            self.refuse(monitor, "spike-variables", names=", ".join(sorted(extra)))
        population = self.translation.names_of_populations[group]
        windows = self._windows(monitor)
        if not windows:
            return
        if monitor.event == "spike":
            if population not in self.spikes:
                self.spikes.append(population)
            self._spike_windows.add((windows[0][0], windows[-1][1]))
            kind, name = "spikes", population
        else:
            kind, name = "events", f"{population}.{monitor.event}"
            if name not in self.events:
                self.events.append(name)
        self.found += [Recorded(monitor, kind, population, name, (*window, 1), part, len(group))
                       for window in windows]

    def _rates(self, monitor):
        kinds = (NeuronGroup,)
        group, part = self._population(monitor, monitor.source, kinds)
        if group is None:
            return
        if isinstance(monitor.source, Subgroup) and part != (0, len(group)):
            self.refuse(monitor, "monitor-target", what="rates of a part of a group")
            return
        population = self.translation.names_of_populations[group]
        if population not in self.spikes:
            self.spikes.append(population)
        self._spike_windows.add((0, self.simulation.steps))
        self.record["rates"] = {"every": self._time(1)}
        self.found += [Recorded(monitor, "rates", population, population, (*window, 1))
                       for window in self._windows(monitor)]
