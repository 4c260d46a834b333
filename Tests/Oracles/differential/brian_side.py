"""Runs cases in Dendrify on Brian 2: brian_side.py CASES.json FOLDER [--nudged-up|--nudged-down]

Each case leaves FOLDER/INDEX.npz: spikes and events as (step, neuron), and rows of all recorded
variables as [row, neuron]. A case that fails leaves FOLDER/INDEX.error. Nudged, every
variable with a differential equation is moved up or down by its last bit at every tenth step: what
other roundings do to a case.
"""

import collections.abc
import gc
import json
import logging
import pathlib
import re
import sys
import traceback
import warnings

import brian2 as b
import numpy as np
from brian2.utils import caching
from brian2 import *  # noqa: F403 - `link` of Dendrify 1 writes units by their names

import library_cells
from library_cells import value

logging.disable(logging.WARNING)
warnings.simplefilter("ignore")
b.prefs.codegen.target = "numpy"
b.prefs.codegen.loop_invariant_optimisations = False


def values_of(entry, count):
    """A stimulus' value as one number in SI, or one for each of `count` neurons."""
    if isinstance(entry, list):
        return np.array([float(value(text)) for text in entry])
    if isinstance(entry, dict):
        first, last = (float(value(text)) for text in entry["linspace"])
        return np.linspace(first, last, count)
    return float(value(entry))


def forget_keys():
    """Keeps Brian from looking up in its cache what depends on many variables.

    Making the keys takes half of the time of a short run, and no case asks twice.
    """
    key_of = caching._hashable

    def small_key(argument):
        if isinstance(argument, collections.abc.Mapping) and len(argument) > 8:
            raise TypeError("not cached")
        return key_of(argument)

    caching._hashable = small_key


def many(texts):
    """Quantities of one dimension as an array."""
    quantities = [value(text) for text in texts]
    return b.Quantity([float(q) for q in quantities], dim=b.get_dimensions(quantities[0]))


def slice_of(text, groups):
    """The group that an end of a projection is in, and its place there."""
    name, _, bounds = text.rstrip("]").partition("[")
    first, last = bounds.split(":") if bounds else (0, len(groups[name]))
    return groups[name], range(int(first), int(last))


class Run:
    """One case."""

    def __init__(self, case, nudged):
        self.case, self.job = case, case["job"]
        b.start_scope()
        self.dt = value(case["dt"])
        b.defaultclock.dt = self.dt
        self.groups, self.objects, self.names, self.own = {}, [], {}, {}
        for name, entry in self.job["populations"].items():
            if "model" in entry:
                self.add_neurons(name, entry, nudged)
            else:
                self.add_generator(name, entry)
        for place, entry in enumerate(self.job["projections"].values()):
            self.add_projection(place, entry)
        self.monitors()

    def add_neurons(self, name, entry, nudged):
        model = self.job["models"][entry["model"]]
        group, more, names = library_cells.build(
            entry["model"], model, entry["size"], self.case["generation"], self.case["hints"])
        self.groups[name], self.names[name] = group, names
        self.objects += [group, *more]
        for parameter, values in entry.get("parameters", {}).items():
            setattr(group, parameter,
                    many(values) if isinstance(values, list) else value(values))
        for variable, start in entry.get("initial", {}).items():
            if isinstance(start, list):
                setattr(group, variable, many(start))
            elif "i" in start:
                setattr(group, variable, start)
            else:
                setattr(group, variable, value(start))
        if nudged:
            group.namespace["nudge"] = nudged
            self.objects.append(group.run_regularly(
                "\n".join(f"{variable} *= nudge" for variable in group.equations.diff_eq_names),
                dt=10 * self.dt, name=f"nudge_{name}"))

    def add_generator(self, name, entry):
        spikes = entry["spikes"]
        self.groups[name] = b.SpikeGeneratorGroup(
            entry["size"], spikes["indices"], many(spikes["times"]), name=f"g_{name}")
        self.objects.append(self.groups[name])

    def add_projection(self, place, entry):
        (source, sources), (target, targets) = (
            slice_of(entry[end], self.groups) for end in ["source", "target"])
        weight = entry.get("weight")
        first = weight[0] if isinstance(weight, list) else weight
        siemens = first is not None and first.endswith("nS")
        # Names put the projections in the order of the job, before second resets. A neuron may
        # have a variable w, which a weight of that name would clash with.
        synapses = b.Synapses(
            source, target,
            model=None if weight is None else f"w_syn : {'siemens' if siemens else 1}",
            on_pre=re.sub(r"\bw\b", "w_syn", entry["on_pre"]), name=f"a_c{place:02}")
        rule = entry["connect"]
        # By index: generators have no slices, and Brian takes long over rules.
        i, j = np.repeat(sources, len(targets)), np.tile(targets, len(sources))
        if rule == "one_to_one":
            synapses.connect(i=np.array(sources), j=np.array(targets))
        elif rule == "all_to_all":
            synapses.connect(i=i, j=j)
        elif "condition" in rule:
            chosen = eval(rule["condition"], {"i": i, "j": j, "abs": abs})
            if not chosen.any():
                return
            synapses.connect(i=i[chosen], j=j[chosen])
        else:
            pairs = np.array(rule["pairs"])
            synapses.connect(i=pairs[:, 0], j=pairs[:, 1])
        if weight is not None:
            synapses.w_syn = many(weight) if isinstance(weight, list) else value(weight)
        delay = entry.get("delay")
        if delay is not None:
            synapses.delay = many(delay) if isinstance(delay, list) else value(delay)
        self.objects.append(synapses)

    def monitors(self):
        self.recorders, self.states = {}, {}
        for entry in self.job["record"]["states"].values():
            name = entry["population"]
            group, names = self.groups[name], self.names[name]
            variables = [names.get(v, v) for v in entry["variables"]]
            # Last in its slot: rows hold what stimuli of the step have set.
            self.states[name] = b.StateMonitor(group, variables, record=True, name=f"zz_{name}")
            self.recorders[f"spikes/{name}"] = b.SpikeMonitor(group)
            translated = {own: name for name, own in names.items()}
            for event in group.events:
                if event == "spike" or event.startswith("activate_I_Kn"):
                    continue
                self.recorders[f"events/{name}.{translated.get(event, event)}"] = b.EventMonitor(
                    group, event)
        self.objects += [*self.recorders.values(), *self.states.values()]

    def stimuli(self):
        """(step, group, variable, neurons, values), in the order of steps."""
        found = []
        for entry in self.job["stimuli"].values():
            group = self.groups[entry["population"]]
            first = 0 if entry["neurons"] == "all" else int(entry["neurons"].split(":")[0])
            for time, values in entry["steps"]:
                step = int(round(float(value(time) / self.dt)))
                names = self.names[entry["population"]]
                found.append((step, group, names.get(entry["variable"], entry["variable"]), first,
                              values_of(values, len(group) - first)))
        return sorted(found, key=lambda change: change[0])

    def run(self):
        steps = self.case["steps"]
        changes = self.stimuli()
        if self.case["hints"]["stimuli"] == "array":
            self.add_arrays(changes)
            changes = []
        network = b.Network(self.objects)
        done = 0
        for step, group, variable, first, values in changes:
            if step > done:
                network.run((step - done) * self.dt)
                done = step
            getattr(group, variable + "_")[first:] = values
        network.run((steps - done) * self.dt)

    def add_arrays(self, changes):
        """Stimuli as arrays over time that are read at every step."""
        courses = {}
        for step, group, variable, first, values in changes:
            course = courses.setdefault(
                (group, variable), np.zeros((self.case["steps"], len(group))))
            course[step:, first:] = values
        for place, ((group, variable), course) in enumerate(courses.items()):
            unit = group.variables[variable].dim
            array = b.TimedArray(b.Quantity(course, dim=unit), dt=self.dt, name=f"course_{place}")
            group.namespace[f"course_{place}"] = array
            self.objects.append(group.run_regularly(
                f"{variable} = course_{place}(t, i)", dt=self.dt, name=f"drive_{place}"))

    def results(self):
        found = {}
        for name, monitor in self.recorders.items():
            steps = np.round(np.asarray(monitor.t / self.dt)).astype(np.int64)
            pairs = np.stack([steps, np.asarray(monitor.i, np.int64)], axis=1)
            found[name] = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        for name, monitor in self.states.items():
            for entry in self.job["record"]["states"].values():
                if entry["population"] != name:
                    continue
                for variable in entry["variables"]:
                    own = self.names[name].get(variable, variable)
                    found[f"rows/{name}/{variable}"] = np.asarray(
                        getattr(monitor, own + "_"), float).T
        return found


def main():
    cases = json.loads(pathlib.Path(sys.argv[1]).read_text())
    folder = pathlib.Path(sys.argv[2])
    forget_keys()
    # Brian collects garbage before each run; what the imports hold is none.
    gc.freeze()
    # Derivatives of long random terms.
    sys.setrecursionlimit(20000)
    nudges = {"--nudged-up": 1 + 2**-52, "--nudged-down": 1 - 2**-53}
    nudged = nudges[sys.argv[3]] if len(sys.argv) > 3 else None
    for case in cases:
        try:
            run = Run(case, nudged)
            with np.errstate(all="ignore"):
                run.run()
            np.savez(folder / f"{case['index']}.npz", **run.results())
        except Exception:
            (folder / f"{case['index']}.error").write_text(traceback.format_exc())


main()
