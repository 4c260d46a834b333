"""Synapses: projections, and second resets."""

import ast
import re

import numpy as np
from brian2 import Subgroup
from brian2.equations.equations import PARAMETER
from brian2.groups.neurongroup import NeuronGroup
from brian2.units.allunits import second

from .pathways import Pathway
from .quantities import quantity, time_text
from .texts import assigned

# A second reset is at most so many steps behind its spike.
WIDEST_SPIKE = 64
# So many pairs of neurons stand in the job itself.
MOST_PAIRS = 16
# A condition is tried on so many pairs.
MOST_TESTED = 10_000_000


def whole(group):
    """The group that a group is, or is a part of, and the places of the part."""
    if isinstance(group, Subgroup):
        return group.source, (group.start, group.stop)
    return group, (0, len(group))


def same_object(known, thing):
    """The object itself of what may be Brian's proxy of it."""
    for one in known:
        if one.name == thing.name:
            return one
    return None


class Connections:
    """One Synapses object, on its way into the job."""

    def __init__(self, synapses, name, translation):
        self.synapses, self.name = synapses, name
        self.translation = translation
        self.simulation = translation.simulation
        self.draft, self.findings = translation.draft, translation.findings
        self.line = translation.line_of(synapses)
        self.target = None
        segments = [segment for segment in self.simulation.segments
                    if synapses in segment.synapses]
        self.namespace = segments[0].namespace
        self.pathways = []

    def refuse(self, key, **details):
        self.findings.refuse(key, self.name, self.line, **details)

    def prepare(self):
        """Reads the pathways; whether there is anything to connect."""
        source, self.source_range = whole(self.synapses.source)
        target, self.target_range = whole(self.synapses.target)
        self.source = same_object(self.translation.names_of_populations, source)
        target = same_object(self.translation.neurons, target)
        if target is None or not isinstance(target, NeuronGroup):
            self.refuse("target-generator")
            return False
        if self.source is None:
            return False
        self.target = self.translation.neurons[target]
        self._check_equations()
        for pathway in self.synapses._pathways:
            one = Pathway(self, pathway)
            one.check()
            if pathway.prepost == "pre":
                one.read()
                self.pathways.append(one)
        return True

    def _check_equations(self):
        synapses = self.synapses
        event_driven = synapses.event_driven
        own = list(synapses.equations.values()) + list(
            event_driven.values() if event_driven is not None else [])
        for equation in own:
            if equation.type != PARAMETER:
                self.refuse("synapse-equations", name=equation.varname)
        for name in getattr(synapses, "summed_updaters", {}):
            self.refuse("synapse-equations", name=name)

    # Second resets

    def second_reset(self, others):
        """Whether this is Dendrify's second reset; it then belongs to the model."""
        if len(self.pathways) != 1 or self.target.group is not self.source:
            return False
        pathway = self.pathways[0]
        state = self.simulation.segments[0].synapses.get(self.synapses)
        if state is None or "second_reset" in self.target.model.get("spike", {}):
            return False
        size = len(self.source)
        every = np.arange(size)
        delays = state.delays[pathway.pathway.name]
        plain = all(re.match(r"\w+\s*=(?!=)", one) for one in pathway.texts) and pathway.texts
        if not plain or pathway.weights or len(state.sources) != size:
            return False
        if (state.sources != every).any() or (state.targets != every).any():
            return False
        if not len(delays) or (delays != delays[0]).any():
            return False
        steps = int(np.floor(delays[0] / self.simulation.dt + 0.5))
        if not 1 <= steps <= WIDEST_SPIKE or not self._is_constant(pathway):
            return False
        sets = assigned(pathway.code) | {
            name.removesuffix("_post") for name in assigned(pathway.code)}
        # A second reset acts behind all other synapses.
        for other in others:
            if other.pathway.target.name == self.target.group.name and (
                    other.order > pathway.order) and sets & set().union(
                        *(assigned(one) for one in other.texts)):
                return False
        spike = self.target.model["spike"]
        spike["second_reset"] = "; ".join(pathway.texts)
        spike["spike_width"] = quantity(delays[0], second.dim)
        return True

    def _is_constant(self, pathway):
        first = self.simulation.segments[0].synapses[self.synapses]
        for segment in self.simulation.segments:
            state = segment.synapses.get(self.synapses)
            if state is None or len(state.sources) != len(first.sources):
                return False
            if not segment.active.get(pathway.pathway, False):
                return False
            if not np.array_equal(
                    state.delays[pathway.pathway.name], first.delays[pathway.pathway.name]):
                return False
        return True

    # Projections

    def project(self, pathway):
        for low, high, first, last in self._pieces(pathway):
            state = self.simulation.segments[first].synapses[self.synapses]
            if high > low:
                self._projections(pathway, state, slice(low, high), first, last)

    def _pieces(self, pathway):
        """(from, to, first segment, segment behind the last) of synapses that stay as they are."""
        segments = self.simulation.segments
        present = [place for place, segment in enumerate(segments)
                   if self.synapses in segment.synapses]
        found, begun = [], 0
        for place in present:
            state = segments[place].synapses[self.synapses]
            for piece in found:
                if piece[3] is None:
                    self._continue(pathway, piece, place, found)
            if len(state.sources) > begun:
                found.append([begun, len(state.sources), place, None])
                begun = len(state.sources)
        for piece in found:
            if piece[3] is None:
                piece[3] = len(segments)
        return found

    def _continue(self, pathway, piece, place, found):
        """Ends a piece of which something was set anew, and begins another."""
        segments = self.simulation.segments
        before, now = (
            segments[k].synapses[self.synapses] for k in (piece[2], place))
        part = slice(piece[0], piece[1])

        def of(values):
            return values if len(values) <= 1 else values[part]

        name = pathway.pathway.name
        if not np.array_equal(of(before.delays[name]), of(now.delays[name])):
            self.refuse("changed-delays")
        for weight in pathway.weights:
            one, other = (pathway.values_of(weight, state)[part] for state in (before, now))
            if not np.array_equal(one, other):
                if np.any(of(now.delays[name]) >= self.simulation.dt / 2):
                    self.refuse("changed-weights", name=weight)
                piece[3] = place
                found.append([piece[0], piece[1], place, None])
                return

    def _projections(self, pathway, state, part, first, last):
        sources = state.sources[part] - self.source_range[0]
        targets = state.targets[part] - self.target_range[0]
        values = {name: pathway.values_of(name, state)[part] for name in pathway.weights}
        for text, weight in pathway.parts(values):
            name = self.translation.names.new(pathway.name) \
                if pathway.name in self.draft.job["projections"] else pathway.name
            projection = {
                "source": self._end(self.source, self.source_range),
                "target": self._end(self.target.group, self.target_range),
                "connect": self._rule(name, sources, targets, bool(weight)), "on_pre": text}
            if weight:
                projection["weight"] = self.draft.values(
                    values[weight], pathway.weights[weight], f"edges/{name}/0/syn_weight")
            self._delay(projection, name, state.delays[pathway.pathway.name], part)
            self.draft.job["projections"][name] = projection
            self._switches(pathway, name, first, last)

    def _end(self, group, part):
        name = self.translation.names_of_populations[group]
        return name if part == (0, len(group)) else f"{name}[{part[0]}:{part[1]}]"

    def _delay(self, projection, name, delays, part):
        delays = delays if len(delays) <= 1 else delays[part]
        if len(delays) and np.any(delays):
            projection["delay"] = self.draft.values(
                delays, second.dim, f"edges/{name}/0/delay")

    def _rule(self, name, sources, targets, weighted):
        """The rule that makes these pairs, if one is known; else the pairs."""
        many = self.source_range[1] - self.source_range[0]
        some = self.target_range[1] - self.target_range[0]
        if many == some and np.array_equal(sources, np.arange(many)) and np.array_equal(
                targets, np.arange(many)):
            return "one_to_one"
        if len(sources) == many * some and np.array_equal(
                sources, np.repeat(np.arange(many), some)) and np.array_equal(
                    targets, np.tile(np.arange(some), many)):
            return "all_to_all"
        called = self.translation.capture.connected.get(self.synapses, [])
        if len(called) == 1:
            rule = self._called_rule(called[0], sources, targets, many, some, weighted)
            if rule is not None:
                return rule
        if len(sources) <= MOST_PAIRS:
            return {"pairs": [[int(i), int(j)] for i, j in zip(sources, targets)]}
        self.draft.store(f"edges/{name}/source_node_id", sources.astype(np.uint64))
        self.draft.store(f"edges/{name}/target_node_id", targets.astype(np.uint64))
        return {"file": self.draft.file, "population": name}

    def _called_rule(self, called, sources, targets, many, some, weighted):
        """A condition in i and j alone; or a probability, if rules are asked for."""
        condition, probability = called
        if weighted and len(sources):
            return None
        if condition is not None and not _is_plain(condition):
            return None
        if probability != 1 and self.translation.options.rules:
            rule = {"probability": float(probability)}
            return rule if condition is None else {"condition": condition, **rule}
        if condition is None or probability != 1 or many * some > MOST_TESTED:
            return None
        i, j = np.repeat(np.arange(many), some), np.tile(np.arange(some), many)
        chosen = eval(compile(_vectorised(condition), "condition", "eval"),
                      {"__builtins__": {}}, {"i": i, "j": j, "abs": np.abs, "_and":
                                             np.logical_and, "_or": np.logical_or,
                                             "_not": np.logical_not})
        if np.array_equal(i[chosen], sources) and np.array_equal(j[chosen], targets):
            return {"condition": condition}
        return None

    def _switches(self, pathway, name, first, last):
        on = True
        for place, segment in enumerate(self.simulation.segments):
            wanted = first <= place < last and segment.active.get(pathway.pathway, False)
            if wanted != on:
                self.translation.switches.append((segment.start, {
                    "at": time_text(segment.start, self.simulation.dt), "projection": name,
                    "active": "true" if wanted else "false"}))
                on = wanted


def _is_plain(condition):
    """Whether a condition holds nothing but i, j, numbers, and operators."""
    try:
        tree = ast.parse(condition, mode="eval")
    except SyntaxError:
        return False
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in ("i", "j", "abs"):
            return False
        if isinstance(node, (ast.Attribute, ast.Subscript, ast.IfExp, ast.Lambda)):
            return False
    return True


def _vectorised(condition):
    """The condition with words for arrays in place of Python's."""

    class Words(ast.NodeTransformer):
        def visit_BoolOp(self, node):
            self.generic_visit(node)
            name = "_and" if isinstance(node.op, ast.And) else "_or"
            result = node.values[0]
            for value in node.values[1:]:
                result = ast.Call(ast.Name(name, ast.Load()), [result, value], [])
            return result

        def visit_UnaryOp(self, node):
            self.generic_visit(node)
            if isinstance(node.op, ast.Not):
                return ast.Call(ast.Name("_not", ast.Load()), [node.operand], [])
            return node

    return ast.fix_missing_locations(Words().visit(ast.parse(condition, mode="eval")))
