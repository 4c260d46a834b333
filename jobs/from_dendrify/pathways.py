"""One pathway of synapses: statements on the target, and a weight."""

import re

import numpy as np
from brian2 import TimedArray
from brian2.core.functions import DEFAULT_CONSTANTS, DEFAULT_FUNCTIONS, Function
from brian2.core.namespace import DEFAULT_UNITS
from brian2.core.variables import ArrayVariable
from brian2.units.fundamentalunits import DIMENSIONLESS
from brian2.utils.stringtools import get_identifiers

from .quantities import term
from .texts import FUNCTIONS, WORDS, Meaning, assigned, number_of, one_line, renamed, statements


class Pathway:
    """What one pathway of synapses does, in the words of a job."""

    def __init__(self, connections, pathway):
        self.connections, self.pathway = connections, pathway
        self.synapses = connections.synapses
        self.name = connections.name
        if len(self.synapses._pathways) > 1:
            self.name = connections.translation.names.new(f"{self.name}_{pathway.objname}")
        self.code = one_line(pathway.code)
        # Names of the text -> what differs from synapse to synapse
        self.weights = {}
        self.texts = []

    @property
    def order(self):
        return self.pathway.order, self.pathway.name

    def refuse(self, key, **details):
        self.connections.refuse(key, **details)

    def check(self):
        if self.pathway.prepost == "post":
            self.refuse("on-post")
        if self.pathway.event != "spike":
            self.refuse("custom-event", event=self.pathway.event)
        if self.pathway.when != "synapses":
            self.refuse("schedule", when=self.pathway.when, order=self.pathway.order)

    # Names

    def read(self):
        """Makes the statements on the target; what differs between synapses is in `weights`."""
        target = self.connections.target
        own = self.synapses.equations
        meaning = Meaning(
            self.synapses, self.connections.namespace, self.connections.findings, self.name,
            self.connections.line)
        text, names = self.code, {}
        for name in sorted(get_identifiers(text) - WORDS):
            if name in own.names:
                self.weights[name] = own[name].dim
            elif name in ("i", "j"):
                self.weights[name] = DIMENSIONLESS
            elif name in ("N_pre", "N_post", "N_incoming", "N_outgoing"):
                self._count(name, names)
            elif name.endswith("_pre") and name[:-4] in self.synapses.source.variables:
                self._of_source(name)
            elif name.removesuffix("_post") in target.group.variables:
                names[name] = name.removesuffix("_post")
                if names[name] == "w":
                    self.refuse("target-w")
            elif name not in DEFAULT_CONSTANTS:
                found = meaning.lookup(name)
                if isinstance(found, TimedArray):
                    text = target.meaning.timed(text, name, found)
                elif isinstance(found, Function):
                    if name not in FUNCTIONS or found is not DEFAULT_FUNCTIONS.get(name):
                        self.refuse("function", name=name)
                elif found is not None and name not in DEFAULT_UNITS:
                    self._constant(name, found, names)
        for name in sorted(assigned(text) & own.names):
            self.refuse("synapse-state", name=name)
        self.texts = [renamed(one, names) for one in statements(text)]
        target.written |= set().union(*(assigned(one) for one in self.texts))

    def _count(self, name, names):
        sizes = {"N_pre": len(self.synapses.source), "N_post": len(self.synapses.target)}
        if name in sizes:
            names[name] = str(sizes[name])
        else:
            self.refuse("source-variable", name=name)

    def _of_source(self, name):
        variable = self.synapses.source.variables[name[:-4]]
        if not isinstance(variable, ArrayVariable) or not variable.constant:
            self.refuse("source-variable", name=name)
        else:
            self.weights[name] = variable.dim

    def _constant(self, name, found, names):
        value, dimension = number_of(found)
        if value is None or not np.isfinite(value):
            self.refuse("value", name=name, value=value)
            return
        known = self.connections.target.meaning.constants
        free = name not in FUNCTIONS and name not in ("w", "min", "max") and (
            name not in self.connections.target.group.variables)
        if free and known.get(name, (value, dimension)) == (value, dimension):
            known[name] = value, dimension
            self.connections.target.meaning.sources[name] = name
        else:
            names[name] = f"({term(value, dimension)})"

    # Values

    def values_of(self, name, state):
        """What a name is for each synapse."""
        source, target = self.connections.source_range, self.connections.target_range
        if name == "i":
            return state.sources - source[0]
        if name == "j":
            return state.targets - target[0]
        if name.endswith("_pre") and name not in state.variables:
            values = np.atleast_1d(
                self.synapses.source.variables[name[:-4]].get_value())
            return np.broadcast_to(values, (max(len(values), state.sources.max() + 1),))[
                state.sources]
        values = np.atleast_1d(state.variables[name])
        return np.broadcast_to(values, state.sources.shape) if len(values) == 1 else values

    def parts(self, values):
        """(statements, name of the weight or None) of the projections that this needs."""
        varying = [name for name, one in values.items() if len(one) and (one != one[0]).any()]
        uniform = {name: one for name, one in values.items() if name not in varying}
        weight = varying[0] if varying else next(iter(uniform), None)
        literal = {
            name: f"({term(one[0], self.weights[name])})" for name, one in uniform.items()
            if name != weight and len(one)}
        texts = [renamed(one, literal) for one in self.texts]
        if len(varying) < 2:
            names = {} if weight is None else {weight: "w"}
            return [("; ".join(renamed(one, names) for one in texts), weight)]
        return self._split(texts, varying)

    def _split(self, texts, varying):
        found = {}
        for one in texts:
            used = [name for name in varying if name in get_identifiers(one)]
            adds = re.match(r"\w+\s*[-+]=\s*(.*)", one)
            free = adds and not (
                get_identifiers(adds[1]) & set(self.connections.target.group.variables))
            if len(used) > 1 or not free:
                self.refuse("two-weights", names=", ".join(varying))
                return []
            key = used[0] if used else None
            found.setdefault(key, []).append(renamed(one, {key: "w"} if key else {}))
        return [("; ".join(some), name) for name, some in found.items()]
