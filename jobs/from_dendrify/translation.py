"""A captured simulation as the draft of a job."""

import re

import brian2
import numpy as np
from brian2 import NetworkOperation, PoissonInput, SpatialNeuron, Subgroup
from brian2.core.network import Network
from brian2.groups.group import CodeRunner
from brian2.groups.neurongroup import NeuronGroup
from brian2.input.poissongroup import PoissonGroup
from brian2.input.spikegeneratorgroup import SpikeGeneratorGroup
from brian2.synapses.synapses import Synapses

from .capture import is_monitor
from .connections import Connections, same_object, whole
from .draft import Draft
from .generators import Inputs, Poisson, Spikes
from .names import Names
from .neurons import Neurons
from .quantities import quantity, time_text
from .recordings import Recordings
from .replay import Draws
from .timeline import Timeline

GENERATORS = (PoissonGroup, SpikeGeneratorGroup)


class Translation:
    def __init__(self, simulation, capture, findings, options, name, file):
        self.simulation, self.capture = simulation, capture
        self.findings, self.options = findings, options
        self.draws = simulation.draws if options.replay else Draws()
        self.draft = Draft(name, f"made from {options.script_name}", file)
        self.names = Names(self._script_names())
        # Group -> what it becomes
        self.neurons = {}
        self.names_of_populations = {}
        # Group -> its run_regularly
        self.runners = {}
        # (step, entry of the schedule) of projections that are switched
        self.switches = []

    def line_of(self, thing):
        return self.capture.line_of(thing)

    def _script_names(self):
        """Names of the script over all runs; the first run's count most."""
        found = {}
        for segment in self.simulation.segments:
            found = {**segment.names, **found}
        return found

    def refuse(self, key, thing, **details):
        self.findings.refuse(key, self.names.of(thing), self.line_of(thing), **details)

    def run(self):
        """Makes the draft; what has no place in it is among the findings."""
        self._sort_objects()
        if not self.groups:
            self.findings.refuse("empty")
            return self.draft
        self._check_network()
        for group in self.groups:
            self._add_neurons(group)
        for group in self.generators:
            self._add_generator(group)
        timelines = {group: Timeline(one, self) for group, one in self.neurons.items()}
        for timeline in timelines.values():
            timeline.regular_code()
        connections = self._connections()
        self._inputs()
        for neurons in self.neurons.values():
            neurons.values()
        for timeline in timelines.values():
            timeline.changes()
        if not self.findings.found:
            for connection, pathway in connections:
                connection.project(pathway)
        self._schedule(timelines.values())
        self.recordings = Recordings(self)
        self.recordings.translate(self.monitors)
        self._populations_in_order()
        self.draft.job["simulation"] = {
            "duration": time_text(self.simulation.steps, self.simulation.dt),
            "dt": quantity(self.simulation.dt, brian2.second.dim), "seed": self._seed()}
        if brian2.prefs.core.default_float_dtype != np.float64:
            self.draft.note("the script runs in single precision, the job in double")
        return self.draft

    def noise(self):
        """Names of what draws random numbers while it runs."""
        found = []
        for neurons in self.neurons.values():
            text = neurons.model_text()
            if re.search(r"\bxi(_\w+)?\b|\b(rand|randn|poisson)\s*\(", text):
                found.append(neurons.name)
        return found + [self.names.of(thing) for thing in self.inputs
                        if thing not in self.draws.counts]

    def _seed(self):
        given = self.simulation.seed if self.options.seed is None else self.options.seed
        return given if isinstance(given, (int, np.integer)) and given >= 0 else 0

    # Objects

    def _sort_objects(self):
        self.groups, self.generators, self.synapses = [], [], []
        self.inputs, self.monitors = [], []
        seen, parts = {}, set()
        for segment in self.simulation.segments:
            for thing in segment.active:
                seen.setdefault(thing)
                if not isinstance(thing, Subgroup):
                    parts.update(getattr(thing, "contained_objects", ()))
        for thing in seen:
            self._sort(thing, parts)
        # As they were made, which is the order of the script.
        for things in (self.groups, self.generators, self.monitors):
            things.sort(key=lambda thing: (self.line_of(thing) or 0, thing.name))

    def _sort(self, thing, parts):
        kinds = [
            (SpatialNeuron, None), (NeuronGroup, self.groups), (GENERATORS, self.generators),
            (Synapses, self.synapses), (PoissonInput, self.inputs)]
        if isinstance(thing, SpatialNeuron):
            self.refuse("spatial-neuron", thing)
            return
        if isinstance(thing, NetworkOperation):
            self.refuse("network-operation", thing)
            return
        for kind, things in kinds:
            if isinstance(thing, kind):
                things.append(thing)
                return
        if is_monitor(thing):
            if not thing.name.startswith("replay_"):
                self.monitors.append(thing)
        elif type(thing) is CodeRunner:
            self._sort_runner(thing)
        elif thing not in parts and not isinstance(thing, Subgroup):
            self.refuse("object", thing, kind=type(thing).__name__)

    def _sort_runner(self, runner):
        group = whole(runner.group)[0]
        known = [thing for segment in self.simulation.segments for thing in segment.active
                 if isinstance(thing, (NeuronGroup, *GENERATORS, Synapses))]
        group = same_object(known, group)
        if isinstance(group, NeuronGroup):
            self.runners.setdefault(group, []).append(runner)
        elif group not in self.draws.spikes:
            self.refuse("generator-code", runner)

    def _check_network(self):
        simulation = self.simulation
        if simulation.network.schedule != Network(name="schedule_of_jobs*").schedule:
            self.findings.refuse("network-schedule")
        stepping = self.groups + self.generators + self.synapses
        for segment in simulation.segments:
            for thing in stepping:
                dt = segment.clocks.get(thing, simulation.dt)
                if abs(dt - simulation.dt) > 1e-9 * simulation.dt:
                    key = "own-clock" if segment is simulation.segments[0] else "changed-dt"
                    self.refuse(
                        key, thing, dt=quantity(dt, brian2.second.dim),
                        job=quantity(simulation.dt, brian2.second.dim))
        for group in self.groups:
            if group not in simulation.segments[0].active:
                self.refuse("late-neurons", group)
            elif not all(segment.active.get(group, False) for segment in simulation.segments):
                self.refuse("paused-neurons", group)

    # Parts

    def _add_neurons(self, group):
        if group not in self.simulation.segments[0].active:
            return
        name = self.names.of(group)
        self.names_of_populations[group] = name
        neurons = Neurons(
            group, name, self.simulation, self.draft, self.findings, self.line_of(group),
            self.draws.noise.get(group, {}))
        neurons.translate()
        self.neurons[group] = neurons

    def _add_generator(self, group):
        name = self.names.of(group)
        self.names_of_populations[group] = name
        kind = Poisson if isinstance(group, PoissonGroup) else Spikes
        kind(group, name, self).translate()

    def _connections(self):
        """Pathways in the order in which they act, but for second resets."""
        found = []
        for synapses in self.synapses:
            one = Connections(synapses, self.names.of(synapses), self)
            if one.prepare():
                found += [(one, pathway) for pathway in one.pathways]
        found.sort(key=lambda pair: pair[1].order)
        others = [pathway for _, pathway in found]
        if self.findings.found:
            return []
        return [(one, pathway) for one, pathway in found
                if not one.second_reset([other for other in others if other is not pathway])]

    def _inputs(self):
        for thing in sorted(self.inputs, key=lambda thing: (thing.order, thing.name)):
            group, part = whole(thing._group)
            group = same_object(self.neurons, group)
            if group is None:
                self.refuse("target-generator", thing)
                continue
            Inputs(thing, self.names.of(thing), self).translate(self.neurons[group], part)

    def _schedule(self, timelines):
        """By time; what is due at one step in the order of the script, repeated code last."""
        due = [pair for timeline in timelines for pair in timeline.at] + self.switches
        due.sort(key=lambda pair: pair[0])
        schedule = self.draft.job["schedule"]
        schedule += [entry for _, entry in due]
        for timeline in timelines:
            schedule += timeline.every

    def _populations_in_order(self):
        """Neurons first, then what drives them."""
        generators = dict(self.draft.job["populations"])
        self.draft.job["populations"].clear()
        for neurons in self.neurons.values():
            neurons.finish()
        self.draft.job["populations"].update(generators)
