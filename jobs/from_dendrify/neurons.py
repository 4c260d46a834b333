"""NeuronGroup: a model of equations, and a population."""

import re

import numpy as np
from brian2 import Quantity
from brian2.equations.equations import DIFFERENTIAL_EQUATION, PARAMETER, SUBEXPRESSION
from brian2.stateupdaters.base import StateUpdateMethod, UnsupportedEquationsException
from brian2.units.allunits import second
from brian2.units.fundamentalunits import DIMENSIONLESS

from .quantities import quantity, unit_text
from .replay import CALL
from .texts import Meaning, assigned, one_line, renamed

# Brian's names of methods that a job has as well.
METHODS = {
    "euler": "euler", "rk2": "rk2", "rk4": "rk4", "exponential_euler": "exponential_euler"}
# Methods whose step Brian writes as an update of each variable, which is carried over as such.
BY_UPDATE = {"exact", "linear", "independent"}
# Where the parts of a group run, if the script changes nothing.
SLOTS = {"spike": ("thresholds", "resets"), "event": ("after_thresholds", "after_resets")}


class Neurons:
    """One group, on its way into the job."""

    def __init__(self, group, name, simulation, draft, findings, line, noise):
        self.group, self.name, self.draft, self.findings = group, name, draft, findings
        self.simulation = simulation
        self.segment = simulation.segments[0]
        self.line = line
        # Variable or xi -> what Brian drew for it, if that is to be replayed.
        self.noise = noise
        self.drawn = {}
        self.meaning = Meaning(group, self.segment.namespace, findings, name, line)
        self.model = {}
        self.population = {"model": name, "size": len(group)}
        # Parameters that only the job has.
        self.added = []
        # Names that code of the job sets.
        self.written = set()

    def refuse(self, key, **details):
        self.findings.refuse(key, self.name, self.line, **details)

    # Model

    def translate(self):
        """Makes the model; afterwards other parts may still add parameters to it."""
        self._check_parts()
        self._equations_of()
        self._spike()
        self._events()

    def finish(self):
        """Writes what all parts together have asked for."""
        for name, (array, _) in self.meaning.arrays.items():
            self.add_parameter(name, array.dim)
        for noise, name in self.drawn.items():
            self._replay(noise, name)
        lines = self.lines + self.added
        self.model["equations"] = "\n".join(lines)
        ordered = {"equations": self.model.pop("equations")}
        if self.meaning.constants:
            ordered["parameters"] = {
                name: quantity(value, dimension)
                for name, (value, dimension) in sorted(self.meaning.constants.items())}
        ordered |= self.model
        self.draft.job["models"][self.name] = ordered
        self.draft.job["populations"][self.name] = self.population
        for name, (array, columns) in self.meaning.arrays.items():
            self._stimulus(name, array, columns)

    def model_text(self):
        """All that the model evaluates, and the schedule of its population."""
        entries = [entry for entry in self.draft.job["schedule"]
                   if entry.get("population") == self.name]
        return "\n".join(self.lines) + str(self.model) + str(entries)

    def add_parameter(self, name, dimension, flags=""):
        """Adds a parameter that stands for values that a script holds elsewhere."""
        line = f"{name} : {unit_text(dimension)}{flags}"
        if line not in self.added:
            self.added.append(line)

    def free_name(self, wish):
        name, count = wish, 2
        taken = set(self.group.variables) | set(self.meaning.constants) | {
            line.split(" ")[0] for line in self.added}
        while name in taken:
            name, count = f"{wish}_{count}", count + 1
        return name

    def _check_parts(self):
        group = self.group
        if group._linked_variables:
            for name in sorted(group._linked_variables):
                self.refuse("linked-variable", name=name)
        parts = [(group.state_updater, "groups")]
        for event, thresholder in group.thresholder.items():
            slots = SLOTS.get(event, SLOTS["event"])
            parts.append((thresholder, slots[0]))
            if event in group.resetter:
                parts.append((group.resetter[event], slots[1]))
        for part, slot in parts:
            # Dendrify 2 gives the name of a slot as the order, and means nothing by it.
            order = part.order if isinstance(part.order, (int, np.integer)) else group.order
            if part.when != slot or order != group.order:
                self.refuse("schedule", when=part.when, order=part.order)
        if any(not segment.active.get(part, False) for segment in self.simulation.segments
               for part, _ in parts if group in segment.active):
            self.refuse("paused-neurons")

    def _equations_of(self):
        group = self.group
        method, updates = self._method()
        self.lines = []
        for equation in group.user_equations.values():
            name = equation.varname
            if "linked" in equation.flags:
                continue
            flags = f" ({', '.join(equation.flags)})" if equation.flags else ""
            kind = {"float": unit_text(equation.dim)}.get(equation.var_type, equation.var_type)
            if equation.type == PARAMETER:
                self.lines.append(f"{name} : {kind}{flags}")
                continue
            text = one_line(equation.expr.code)
            if equation.type == DIFFERENTIAL_EQUATION and updates is not None:
                # Euler's step of this is Brian's own update.
                text = f"(({updates[name]}) - {name})/dt"
            text = self.meaning.text(self._with_draws(name, text))
            left = f"d{name}/dt" if equation.type == DIFFERENTIAL_EQUATION else name
            self.lines.append(f"{left} = {text} : {kind}{flags}")
        if method is not None:
            self.model["method"] = method
            for name, (array, _) in self.meaning.arrays.items():
                self._check_stages(name, array, method)

    def _with_draws(self, name, text):
        """An equation in which what Brian drew stands for its draws."""
        if name in self.noise:
            own = self._draw(name)
            text = CALL.sub(own, text)
        for noise in sorted(self.group.equations.stochastic_variables & set(self.noise)):
            text = renamed(text, {noise: f"({self._draw(noise)}/dt**0.5)"})
        return text

    def _draw(self, name):
        self.drawn[name] = self.drawn.get(name) or self.free_name(f"drawn_{name}")
        return self.drawn[name]

    def _check_stages(self, name, array, method):
        ratio = array.dt / self.simulation.dt
        if method == "rk4" or (method == "rk2" and abs(ratio - round(ratio)) > 1e-9):
            self.refuse("timed-array-stage", name=name, method=method)

    def _method(self):
        """The job's method, and updates by variable where Brian's is carried over as such."""
        group = self.group
        if not group.equations.diff_eq_names:
            return None, None
        choice = group.method_choice
        choices = [choice] if isinstance(choice, str) or callable(choice) else list(choice)
        names = group.equations.names | group.equations.identifiers | {"dt"}
        variables = group.resolve_all(names, self.segment.namespace, user_identifiers=set())
        for one in choices:
            name = one if isinstance(one, str) else getattr(one, "__name__", type(one).__name__)
            name = re.sub("StateUpdater$", "", name).lower()
            try:
                code = StateUpdateMethod.apply_stateupdater(group.equations, variables, one)
            except UnsupportedEquationsException:
                continue
            if name in METHODS:
                return METHODS[name], None
            if name in BY_UPDATE and isinstance(code, str):
                self.draft.note(
                    f"{self.name}: the method '{name}' is carried over as its own formula, the"
                    " update of each variable over a step")
                pairs = (line.split(" = ", 1) for line in code.splitlines())
                return "euler", {
                    left.removeprefix("_"): right for left, right in pairs
                    if left.removeprefix("_") != right.removeprefix("_")}
            self.refuse("method", method=name)
            return None, None
        self.refuse("method", method=", ".join(map(str, choices)))
        return None, None

    def _code(self, text):
        """Statements of an event of the group."""
        line = self.meaning.text(one_line(text))
        self.written |= assigned(line)
        return line

    def _spike(self):
        group = self.group
        if "spike" not in group.events:
            return
        spike = {"threshold": self.meaning.text(one_line(group.events["spike"]))}
        reset = self._code(group.event_codes.get("spike", ""))
        if reset:
            spike["reset"] = reset
        refractory = group._refractory
        if isinstance(refractory, Quantity):
            spike["refractory"] = quantity(float(refractory), second.dim)
        elif refractory is not False:
            spike["refractory"] = self.meaning.text(one_line(refractory))
        self.model["spike"] = spike

    def _events(self):
        group = self.group
        events = {}
        for name in sorted(set(group.events) - {"spike"}):
            events[name] = {"condition": self.meaning.text(one_line(group.events[name]))}
            action = self._code(group.event_codes.get(name, ""))
            if action:
                events[name]["action"] = action
        if events:
            self.model["events"] = events

    def _stimulus(self, name, array, columns):
        """A parameter that an array over time drives."""
        self.draft.job["stimuli"][f"{self.name}_{name}"] = {
            "population": self.name, "variable": name,
            "waveform": self._waveform(f"waveforms/{self.name}_{name}", array, columns)}

    def _replay(self, noise, name):
        place = f"noise/{self.name}/{noise}"
        self.draft.store(place, self.noise[noise])
        self.add_parameter(name, DIMENSIONLESS)
        self.draft.job["stimuli"][f"{self.name}_{name}"] = {
            "population": self.name, "variable": name,
            "waveform": {"file": self.draft.file, "dataset": place,
                         "dt": quantity(self.simulation.dt, second.dim)}}

    def _waveform(self, place, array, columns):
        samples = array.values if columns is None else array.values[:, columns]
        self.draft.store(place, samples, unit_text(array.dim))
        return {"file": self.draft.file, "dataset": place, "dt": quantity(array.dt, second.dim)}

    # Values

    def values(self):
        """Parameters and states as they are when the simulation begins."""
        states = self.segment.states[self.group]
        for equation in self.group.user_equations.values():
            if equation.type == SUBEXPRESSION or equation.varname not in states:
                continue
            self.start(equation, np.atleast_1d(states[equation.varname]))

    def start(self, equation, values):
        name = equation.varname
        if not np.any(values):
            return
        if not np.isfinite(np.asarray(values, float)).all():
            self.refuse("value", name=name, value="not finite")
            return
        section = "parameters" if equation.type == PARAMETER else "initial"
        place = f"{section}/{self.name}/{name}"
        if equation.var_type == "boolean":
            self._flags(name, values, place)
            return
        entry = self.draft.values(values, equation.dim, place)
        self.population.setdefault(section, {})[name] = entry

    def _flags(self, name, values, place):
        if values.all():
            self.population.setdefault("initial", {})[name] = "true"
            return
        # A job has no lists of flags: numbers stand for them.
        number = self.free_name(f"{name}_at_start")
        self.add_parameter(number, DIMENSIONLESS, " (constant)")
        self.population.setdefault("parameters", {})[number] = self.draft.values(
            values.astype(float), DIMENSIONLESS, place)
        self.population.setdefault("initial", {})[name] = f"{number} > 0.5"
