"""PoissonGroup, PoissonInput and SpikeGeneratorGroup: populations that fire by themselves."""

import numpy as np
from brian2 import TimedArray
from brian2.core.functions import DEFAULT_CONSTANTS, DEFAULT_FUNCTIONS, Function
from brian2.core.namespace import DEFAULT_UNITS
from brian2.core.variables import Subexpression
from brian2.input.timedarray import _find_K
from brian2.units.allunits import hertz
from brian2.utils.stringtools import get_identifiers

from .quantities import quantity, term
from .texts import FUNCTIONS, WORDS, Meaning, calls, number_of, one_line, renamed

# A rate over time is written as one expression of so many pieces.
MOST_PIECES = 100
# So many spikes stand in the job itself.
MOST_SPIKES = 16


def spike_list(draft, name, indices, steps, dt, size):
    """A population that fires in given steps."""
    order = np.lexsort((indices, steps))
    indices, steps = np.asarray(indices)[order], np.asarray(steps)[order]
    times = steps * dt
    if len(steps) <= MOST_SPIKES:
        milliseconds = [f"{time * 1e3:.12g} ms" for time in times]
        spikes = {"indices": [int(i) for i in indices], "times": milliseconds}
    else:
        draft.store(f"spikes/{name}/node_ids", indices.astype(np.uint64))
        draft.store(f"spikes/{name}/timestamps", times * 1e3, "ms")
        spikes = {"file": draft.file, "population": name}
    draft.job["populations"][name] = {"spikes": spikes, "size": size}


class Spikes:
    """A SpikeGeneratorGroup."""

    def __init__(self, group, name, translation):
        self.group, self.name, self.translation = group, name, translation
        self.line = translation.line_of(group)

    def translate(self):
        simulation = self.translation.simulation
        if self.group.when != "thresholds":
            self.translation.findings.refuse(
                "schedule", self.name, self.line, when=self.group.when, order=self.group.order)
        found = set()
        for segment in simulation.segments:
            if self.group not in segment.spikes or not segment.active[self.group]:
                continue
            places, steps, period = segment.spikes[self.group]
            if period:
                count = -(-segment.stop // period)
                steps = np.concatenate([steps % period + k * period for k in range(count)])
                places = np.tile(places, count)
            inside = (steps >= segment.start) & (steps < segment.stop)
            found |= set(zip(steps[inside].tolist(), places[inside].tolist()))
        ordered = np.array(sorted(found), np.int64).reshape(-1, 2)
        spike_list(self.translation.draft, self.name, ordered[:, 1], ordered[:, 0],
                   simulation.dt, len(self.group))


class Poisson:
    """A PoissonGroup: its rates, or the spikes that Brian drew."""

    def __init__(self, group, name, translation):
        self.group, self.name, self.translation = group, name, translation
        self.simulation, self.draft = translation.simulation, translation.draft
        self.line = translation.line_of(group)

    def refuse(self, key, **details):
        self.translation.findings.refuse(key, self.name, self.line, **details)

    def translate(self):
        size = len(self.group)
        drawn = self.translation.draws.spikes.get(self.group)
        if drawn is not None:
            places, steps = drawn
            spike_list(self.draft, self.name, places, steps, self.simulation.dt, size)
            return
        rate = self._rate()
        self.draft.job["populations"][self.name] = {"poisson": {"rate": rate}, "size": size}

    def _rate(self):
        if isinstance(self.group.variables["rates"], Subexpression):
            return self._expression(self.group.variables["rates"].expr)
        courses = []
        for segment in self.simulation.segments:
            active = segment.active.get(self.group, False) and segment.active.get(
                self.group.thresholder["spike"], False)
            rates = segment.states.get(self.group, {}).get("rates")
            rates = np.zeros(len(self.group)) if rates is None or not active else rates
            courses.append((segment.start, np.atleast_1d(rates)))
        if all(np.array_equal(rates, courses[0][1]) for _, rates in courses):
            return self.draft.values(courses[0][1], hertz.dim, f"rates/{self.name}")
        if any((rates != rates[0]).any() for _, rates in courses):
            self.refuse("rates", what="set anew, unit by unit, between two run()")
            return "0 Hz"
        starts = [start for start, _ in courses]
        return self._pieces(starts, [float(rates[0]) for _, rates in courses])

    def _pieces(self, starts, values):
        """A course of rates as a sum, of which one term is not 0."""
        kept = [k for k in range(len(starts)) if k == 0 or values[k] != values[k - 1]]
        starts, values = [starts[k] for k in kept], [values[k] for k in kept]
        if len(starts) > MOST_PIECES:
            self.refuse("rates", what=f"an array over time of {len(starts)} different pieces")
            return "0 Hz"
        terms = []
        for place, (start, value) in enumerate(zip(starts, values)):
            conditions = [f"t_in_timesteps >= {start}"] if start else []
            if place + 1 < len(starts):
                conditions.append(f"t_in_timesteps < {starts[place + 1]}")
            if value:
                terms.append(term(value, hertz.dim) + (
                    f"*int({' and '.join(conditions)})" if conditions else ""))
        return " + ".join(terms) or "0 Hz"

    def _expression(self, expression):
        simulation = self.simulation
        if not all(segment.active.get(self.group, False) for segment in simulation.segments):
            self.refuse("rates", what="an expression, and the group is switched off")
        meaning = Meaning(self.group, simulation.segments[0].namespace,
                          self.translation.findings, self.name, self.line)
        text, names = one_line(expression), {}
        for name in sorted(get_identifiers(text) - WORDS):
            if self.group.variables.get(name) is not None or name in DEFAULT_CONSTANTS:
                continue
            found = meaning.lookup(name)
            if isinstance(found, TimedArray):
                text = self._timed(text, name, found)
            elif isinstance(found, Function):
                if name not in FUNCTIONS or found is not DEFAULT_FUNCTIONS.get(name):
                    self.refuse("function", name=name)
            elif found is not None and name not in DEFAULT_UNITS:
                self._check_constant(name, found, meaning)
                names[name] = f"({term(*number_of(found))})"
        return renamed(text, names)

    def _check_constant(self, name, found, meaning):
        for segment in self.simulation.segments[1:]:
            later = meaning.lookup(name, segment.namespace)
            if later is None or number_of(later) != number_of(found):
                self.refuse("rates", what=f"an expression of '{name}', which is set anew")

    def _timed(self, text, name, array):
        for start, end, arguments in reversed(list(calls(text, name))):
            if arguments != ["t"] or array.values.ndim != 1 or array.dim is not hertz.dim and (
                    text.strip() == text[start:end]):
                self.refuse("rates", what=f"'{text[start:end]}', an array over time and units")
                return text
            dt = self.simulation.dt
            ratio = _find_K(dt, array.dt)
            # Brian's own way to the sample of a step.
            steps = np.arange(self.simulation.steps)
            samples = np.clip(
                np.int_(np.round(steps * dt / (array.dt / ratio)) / ratio), 0,
                len(array.values) - 1)
            starts = np.flatnonzero(np.diff(samples, prepend=-1))
            values = [float(array.values[samples[k]]) for k in starts]
            course = self._pieces(starts.tolist(), values)
            if array.dim is not hertz.dim:
                course = course.replace("*Hz", "").replace(" Hz", "")
            text = text[:start] + f"({course})" + text[end:] if text[start:end] != text.strip() \
                else course
        return text


class Inputs:
    """A PoissonInput: a population of many sources, and a projection."""

    def __init__(self, thing, name, translation):
        self.thing, self.name, self.translation = thing, name, translation
        self.line = translation.line_of(thing)

    def translate(self, neurons, part):
        thing, draft = self.thing, self.translation.draft
        rate, count = np.asarray(thing.rate), np.asarray(thing.N)
        if rate.size != 1 or count.size != 1 or isinstance(thing.rate, str):
            self.translation.findings.refuse(
                "input-rate", self.name, self.line, what="rate")
            return
        if thing.when != "synapses":
            self.translation.findings.refuse(
                "schedule", self.name, self.line, when=thing.when, order=thing.order)
        size = part[1] - part[0]
        counts = self.translation.draws.counts.get(thing)
        if counts is not None:
            self._replayed(neurons, part, counts)
            return
        draft.job["populations"][self.name] = {
            "poisson": {"rate": self._rate(float(rate)), "sources": int(count)}, "size": size}
        self._project(neurons, part, "one_to_one")

    def _replayed(self, neurons, part, counts):
        """The spikes that Brian drew: as many units to a neuron as ever fire at once."""
        most = max(int(counts.max(initial=0)), 1)
        steps, places = np.nonzero(counts)
        repeats = counts[steps, places]
        which = np.concatenate([np.arange(one) for one in repeats]) if len(repeats) else repeats
        units = np.repeat(places, repeats) * most + which
        size = counts.shape[1]
        draft = self.translation.draft
        spike_list(draft, self.name, units, np.repeat(steps, repeats),
                   self.translation.simulation.dt, size * most)
        if most == 1:
            self._project(neurons, part, "one_to_one")
            return
        draft.store(f"edges/{self.name}/source_node_id",
                    np.arange(size * most, dtype=np.uint64))
        draft.store(f"edges/{self.name}/target_node_id",
                    np.repeat(np.arange(size, dtype=np.uint64), most))
        self._project(neurons, part, {"file": draft.file, "population": self.name})

    def _project(self, neurons, part, rule):
        thing, draft = self.thing, self.translation.draft
        target = neurons.name if part == (0, len(neurons.group)) else (
            f"{neurons.name}[{part[0]}:{part[1]}]")
        variable = thing.target_var
        neurons.written.add(variable)
        projection = {"source": self.name, "target": target, "connect": rule}
        if isinstance(thing.weight, str):
            projection["on_pre"] = f"{variable} += {neurons.meaning.text(thing.weight)}"
        else:
            projection["on_pre"] = f"{variable} += w"
            projection["weight"] = quantity(
                float(thing.weight), neurons.group.variables[variable].dim)
        name = self.translation.names.new(f"{self.name}_{neurons.name}")
        draft.job["projections"][name] = projection

    def _rate(self, rate):
        """The rate, 0 in runs for which the input is switched off."""
        segments = self.translation.simulation.segments
        if all(segment.active.get(self.thing, False) for segment in segments):
            return quantity(rate, hertz.dim)
        self.translation.findings.refuse(
            "input-rate", self.name, self.line, what="activity in all runs")
        return "0 Hz"
