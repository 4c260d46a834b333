"""What a script does between two runs, and run_regularly: stimuli, and a schedule."""

import numpy as np
from brian2.equations.equations import PARAMETER
from brian2.units.fundamentalunits import DIMENSIONLESS

from .quantities import term, time_text
from .texts import assigned, number_of, one_line


def neurons_text(places, size):
    """Places of neurons as a job names them; None for all."""
    places = np.unique(places)
    if len(places) == size:
        return None
    if len(places) == 1:
        return f"{places[0]}:{places[0] + 1}"
    gaps = np.diff(places)
    if (gaps == gaps[0]).all():
        step = "" if gaps[0] == 1 else f":{gaps[0]}"
        return f"{places[0]}:{places[-1] + 1}{step}"
    return [int(place) for place in places]


class Timeline:
    """Of one group of neurons."""

    def __init__(self, neurons, translation):
        self.neurons, self.translation = neurons, translation
        self.group, self.simulation = neurons.group, translation.simulation
        self.draft = translation.draft
        # (step, entry) of the schedule, and its entries that come again and again.
        self.at, self.every = [], []

    def refuse(self, key, line=None, **details):
        self.translation.findings.refuse(
            key, self.neurons.name, self.neurons.line if line is None else line, **details)

    def time(self, steps):
        return time_text(steps, self.simulation.dt)

    def regular_code(self):
        """run_regularly, in the order in which Brian runs it."""
        for runner in self.translation.runners.get(self.group, []):
            self._runner(runner)

    def changes(self):
        """What is set between two runs. After all code of the group is known."""
        found = [(segment.start, change) for segment in self.simulation.segments
                 for change in segment.changes if change.group is self.group]
        names = dict.fromkeys(change.variable for _, change in found)
        driven = {name for name in names if self._can_be_driven(
            name, [change for _, change in found if change.variable == name])}
        for name in driven:
            self._drive(name, [one for one in found if one[1].variable == name])
        for start, change in found:
            if change.variable not in driven:
                self._set(start, change)
        self._constants()

    # run_regularly

    def _runner(self, runner):
        dt = self.simulation.dt
        if runner.when not in ("start", "before_start"):
            self.refuse("code-order", when=runner.when)
        ratio = float(runner.clock.dt_) / dt
        every = int(round(ratio))
        if abs(ratio - every) > 1e-6 or every < 1:
            self.refuse("every", dt=str(runner.clock.dt))
            return
        segments = self.simulation.segments
        on = [segment.active.get(runner, False) for segment in segments]
        if not any(on):
            return
        first, last = on.index(True), len(on) - 1 - on[::-1].index(True)
        if not all(on[first:last + 1]):
            self.refuse("reordered-code")
            return
        entry = {"every": self.time(every)}
        if first:
            entry["from"] = self.time(-(-segments[first].start // every) * every)
        if last + 1 < len(segments):
            entry["to"] = self.time(segments[last].stop)
        entry["population"] = self.neurons.name
        group = runner.group
        if len(group) != len(self.group):
            entry["neurons"] = f"{group.start}:{group.stop}"
        entry["do"] = self.neurons.meaning.text(one_line(runner.abstract_code))
        self.neurons.written |= assigned(entry["do"])
        self.every.append(entry)

    # Between runs

    def _equation(self, name):
        equations = self.group.user_equations
        return equations[name] if name in equations else None

    def _can_be_driven(self, name, changes):
        equation = self._equation(name)
        return (equation is not None and equation.type == PARAMETER
                and equation.var_type == "float" and not equation.flags
                and name not in self.neurons.written
                and not any(change.depends for change in changes))

    def _drive(self, name, changes):
        values = np.array(np.broadcast_to(
            self.simulation.segments[0].states[self.group][name], (len(self.group),)), float)
        touched = np.unique(np.concatenate([change.indices for _, change in changes]))
        dimension = self._equation(name).dim
        courses = {}
        for start, change in changes:
            values[change.indices] = change.values
            courses[start] = values[touched].copy()
        place = f"stimuli/{self.neurons.name}_{name}"
        steps = [[self.time(start), self.draft.values(one, dimension, f"{place}/{start}")]
                 for start, one in courses.items()]
        entry = {"population": self.neurons.name}
        chosen = neurons_text(touched, len(self.group))
        if chosen is not None:
            entry["neurons"] = chosen
        self.draft.job["stimuli"][f"{self.neurons.name}_{name}"] = entry | {
            "variable": name, "steps": steps}

    def _set(self, start, change):
        entry = {"at": self.time(start), "population": self.neurons.name}
        shared = self.group.variables[change.variable].scalar
        chosen = None if shared else neurons_text(change.indices, len(self.group))
        if chosen is not None:
            entry["neurons"] = chosen
        entry["do"] = f"{change.variable} = {self._value(change)}"
        self.at.append((start, entry))

    def _value(self, change):
        if change.depends:
            return self.neurons.meaning.text(one_line(change.values), change.namespace)
        variable = self.group.variables[change.variable]
        values = np.atleast_1d(change.values)
        if not np.isfinite(values.astype(float)).all():
            self.refuse("value", change.line, name=change.variable, value="not finite")
        if (values == values[0]).all():
            if values.dtype == bool:
                return str(bool(values[0]))
            return term(values[0], variable.dim)
        whole = np.zeros(len(self.group))
        whole[change.indices] = values
        name = self.neurons.free_name(f"{change.variable}_from_script")
        self.neurons.add_parameter(
            name, DIMENSIONLESS if values.dtype == bool else variable.dim, " (constant)")
        self.neurons.population.setdefault("parameters", {})[name] = self.draft.values(
            whole, variable.dim, f"parameters/{self.neurons.name}/{name}")
        return f"{name} > 0.5" if values.dtype == bool else name

    def _constants(self):
        """Names of the script that mean another number in a later run."""
        meaning = self.neurons.meaning
        known = dict(meaning.constants)
        for segment in self.simulation.segments[1:]:
            for name, (value, dimension) in known.items():
                found = meaning.lookup(meaning.sources[name], segment.namespace)
                if found is None:
                    continue
                new, now = number_of(found)
                if new is None or now is not dimension or new == value:
                    continue
                known[name] = new, dimension
                self.at.append((segment.start, {
                    "at": self.time(segment.start), "population": self.neurons.name,
                    "do": f"{name} = {term(new, dimension)}"}))
