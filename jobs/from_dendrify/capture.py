"""Keeps what each call of `run` is to simulate, in place of or beside Brian's own run."""

import contextlib
import functools
import sys
import weakref

import brian2
import numpy as np
from brian2.core.base import BrianObject
from brian2.core.namespace import get_local_namespace
from brian2.core.network import Network, _get_all_objects
from brian2.core.variables import VariableView
from brian2.devices.device import runtime_device
from brian2.groups.neurongroup import NeuronGroup
from brian2.input.poissongroup import PoissonGroup
from brian2.input.spikegeneratorgroup import SpikeGeneratorGroup
from brian2.monitors.statemonitor import StateMonitorView
from brian2.synapses.synapses import Synapses

from .replay import Recorder
from .simulations import (
    Change, Read, Segment, Simulation, is_monitor, own_arrays, recorded, spikes_of, steps_until,
    synapse_state)

# Brian's in-place operations, which read what they set.
IN_PLACE = {"__iadd__": "+", "__isub__": "-", "__imul__": "*", "__itruediv__": "/"}
# What the other side of such an operation is called in the statement that stands for it.
AMOUNT = "amount_of_change"


class Capture:
    """Stands between a script and Brian."""

    def __init__(self, script, execute, replay):
        self.script, self.execute, self.replay = script, execute, replay
        self.simulations = []
        # Network -> simulation that its next run goes on with.
        self._current = {}
        self._changes, self._after = [], {}
        self._quiet = 0
        self._lines = weakref.WeakKeyDictionary()
        self.reads = []
        # Synapses -> (condition, probability) of each call of connect()
        self.connected = {}
        # The seed that the script gave last.
        self.seed = None
        # Line and time of a restore() that goes back into a simulation.
        self.restored = None
        self._stack = contextlib.ExitStack()

    # Lines

    def line(self):
        """The line of the script that is being run."""
        frame = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename == self.script:
                return frame.f_lineno
            frame = frame.f_back
        return None

    def _names(self):
        """Names in all frames of the script, the innermost first."""
        found, frame = {}, sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename == self.script:
                found = {**frame.f_globals, **frame.f_locals, **found}
            frame = frame.f_back
        return found

    def line_of(self, thing):
        """The line at which an object was made."""
        try:
            return self._lines.get(thing)
        except TypeError:
            return None

    # Taking Brian's place

    def __enter__(self):
        self._stack.enter_context(self._attribute(runtime_device, "network_run", self._run))
        self._stack.enter_context(
            self._attribute(runtime_device, "network_before_run", self._before_run))
        self._stack.enter_context(
            self._attribute(runtime_device, "network_restore", self._restore))
        self._stack.enter_context(self._attribute(runtime_device, "build", lambda *a, **k: None))
        self._replace_device_choice()
        self._watch_seeds()
        self._wrap(BrianObject, "__init__", self._made)
        self._wrap(VariableView, "set_item", self._set)
        self._wrap(VariableView, "get_item", self._got)
        self._wrap(Synapses, "connect", self._connected)
        for monitor in (brian2.StateMonitor, StateMonitorView):
            self._wrap(monitor, "__getattr__", self._recording_got)
        for name, sign in IN_PLACE.items():
            if name in VariableView.__dict__:
                self._wrap(VariableView, name, functools.partial(self._moved, sign))
        return self

    def __exit__(self, *error):
        self._stack.close()

    @contextlib.contextmanager
    def _attribute(self, thing, name, value):
        missing = object()
        old = vars(thing).get(name, missing)
        setattr(thing, name, value)
        try:
            yield
        finally:
            if old is missing:
                delattr(thing, name)
            else:
                setattr(thing, name, old)

    def _wrap(self, owner, name, replacement):
        original = owner.__dict__[name]

        def wrapper(this, *arguments, **options):
            return replacement(original, this, *arguments, **options)

        self._stack.enter_context(self._attribute(owner, name, wrapper))

    def _replace_device_choice(self):
        """Standalone devices would build and run elsewhere."""
        def stay(device, *arguments, **options):
            if device not in ("runtime", "cpp_standalone"):
                brian2.devices.device.all_devices[device]

        for module in (brian2, brian2.devices, brian2.devices.device):
            self._stack.enter_context(self._attribute(module, "set_device", stay))

    def _watch_seeds(self):
        """The last seed that the script gave is the job's as well."""
        original = brian2.seed

        def seeded(seed=None):
            self.seed = seed
            original(seed)

        for module in (brian2, brian2.devices.device):
            self._stack.enter_context(self._attribute(module, "seed", seeded))

    def _made(self, original, this, *arguments, **options):
        original(this, *arguments, **options)
        line = self.line()
        if line is not None:
            self._lines.setdefault(this, line)

    def _connected(self, original, this, condition=None, i=None, j=None, p=1.0, n=1,
                   skip_if_invalid=False, namespace=None, level=0):
        if namespace is None:
            namespace = get_local_namespace(level=level + 2)
        simple = i is None and n == 1 and np.size(p) == 1 and not isinstance(p, str)
        if j is not None or not (condition is None or isinstance(condition, str)):
            simple = False
        # A call that is no rule of a job counts as one all the same.
        self.connected.setdefault(this, []).append(
            (condition, float(p)) if simple else (".", 0.0))
        with self.quiet():
            original(this, condition=condition, i=i, j=j, p=p, n=n,
                     skip_if_invalid=skip_if_invalid, namespace=namespace, level=level)

    # Variables

    @contextlib.contextmanager
    def quiet(self):
        """While Brian itself, or the conversion, reads and sets."""
        self._quiet += 1
        try:
            yield
        finally:
            self._quiet -= 1

    def _whole(self, view):
        """The group that a variable belongs to, if it has been run."""
        group = view.group
        group = getattr(group, "source", group) if isinstance(
            group, brian2.Subgroup) else group
        owner = getattr(view.variable, "owner", None)
        if not isinstance(group, (NeuronGroup, PoissonGroup)) or owner is None:
            return None
        if group._network is None:
            return None
        # Views hold proxies of groups.
        for simulation in reversed(self.simulations):
            for thing in simulation.segments[-1].active:
                if thing.name == group.name and isinstance(thing, (NeuronGroup, PoissonGroup)):
                    return thing
        return None

    def _set(self, original, this, item, value, level=0, namespace=None):
        if namespace is None:
            # One frame more than Brian's own: this function's wrapper.
            namespace = get_local_namespace(level=level + 2)
        group = None if self._quiet else self._whole(this)
        again = isinstance(value, VariableView) and value.variable is this.variable
        if group is None or again:
            if not again:
                with self.quiet():
                    original(this, item, value, level=level, namespace=namespace)
            return
        with self.quiet():
            indices = self._places(this, item, namespace)
            change = Change(group, this.name, indices, value, namespace, self.line())
            depends = isinstance(value, str) and self._reads_state(group, value)
            if depends:
                change.values, change.depends = value, True
                if self.execute:
                    original(this, item, value, level=level, namespace=namespace)
            else:
                original(this, item, value, level=level, namespace=namespace)
                whole = np.atleast_1d(np.array(this.variable.get_value()))
                change.values = whole[indices]
        self._changes.append(change)

    def _moved(self, sign, original, this, other):
        """`group.v += amount` reads a state that only the simulation knows: kept as a statement."""
        group = None if self._quiet else self._whole(this)
        names = {AMOUNT: other}
        if group is None or np.size(other) != 1 or this.name not in self._states(group):
            return original(this, other)
        with self.quiet():
            indices = self._places(this, slice(None), {})
            if self.execute:
                original(this, other)
        self._changes.append(Change(
            group, this.name, indices, f"{this.name} {sign} {AMOUNT}", names, self.line(),
            depends=True))
        return this

    def _got(self, original, this, item, level=0, namespace=None):
        if namespace is None:
            namespace = get_local_namespace(level=level + 2)
        if not self._quiet and self.simulations:
            group = self._whole(this)
            if group is not None and this.name in self._states(group):
                self._note_read(group)
            elif this.group.__class__.__name__.endswith("Monitor"):
                self._note_read(None)
        with self.quiet():
            return original(this, item, level=level, namespace=namespace)

    def _recording_got(self, original, this, name):
        # Before `original` gives a thing its attributes, only its own dictionary can be asked.
        monitor = vars(this).get("monitor", this)
        names = vars(monitor).get("record_variables", ())
        if not self._quiet and self.simulations and name.rstrip("_") in names:
            self._note_read(None)
        return original(this, name)

    def _note_read(self, group):
        line = self.line()
        if line is not None:
            runs = sum(len(simulation.segments) for simulation in self.simulations)
            self.reads.append(Read(runs, line, group))

    @staticmethod
    def _states(group):
        """Variables that a simulation may change."""
        if not isinstance(group, NeuronGroup):
            return set()
        code = "\n".join(
            list(group.event_codes.values())
            + [thing.abstract_code or "" for thing in group.contained_objects
               if type(thing).__name__ == "CodeRunner"])
        names = brian2.utils.stringtools.get_identifiers(code)
        return (set(group.equations.diff_eq_names) | set(group.equations.subexpr_names)
                | {"lastspike", "not_refractory", "t"}
                | {name for name in group.equations.parameter_names if name in names})

    def _reads_state(self, group, text):
        names = brian2.utils.stringtools.get_identifiers(text)
        return bool(names & self._states(group))

    def _places(self, view, item, namespace):
        """Places in the whole group that an index of a script means."""
        variable = view.variable
        if variable.scalar:
            return np.array([0])
        if isinstance(item, str):
            item = slice(None) if item == "True" else self._chosen(view, item, namespace)
        found = view.indexing(item, view.index_var)
        if isinstance(found, slice):
            return np.arange(variable.size)[found]
        return np.atleast_1d(np.asarray(found, np.int64))

    @staticmethod
    def _chosen(view, condition, namespace):
        places = VariableView("i", view.group.variables["i"], view.group, None)
        return np.asarray(places.get_item(condition, namespace=namespace), np.int64)

    # Runs

    def _run(self, network, duration, report=None, report_period=None, namespace=None,
             profile=None, level=0):
        if namespace is None:
            namespace = get_local_namespace(level=level + 2)
        brian2.prefs.codegen.target = "numpy"
        simulation = self._simulation(network)
        with self.quiet():
            segment = self._segment(network, duration, namespace)
            segment.changes = self._take_changes(simulation, segment)
            simulation.segments.append(segment)
            if self.execute and self.replay:
                if simulation.recorder is None:
                    simulation.recorder = Recorder(simulation.dt)
                simulation.recorder.add_monitors(network, segment.active)
            try:
                self._run_in_brian(network, duration, namespace)
            except Exception:
                simulation.segments.pop()
                raise
            if not self.execute:
                end = float(network.t_) + float(duration)
                network.t_ = end
                for clock in network._clocks:
                    clock._set_t_update_dt(target_t=end * brian2.second)
            self._keep(simulation, segment)

    def _run_in_brian(self, network, duration, namespace):
        """Brian's own preparation checks names and units, whether or not it then runs."""
        Network.run.original_function(
            network, duration if self.execute else 0 * brian2.second, report=None,
            namespace=namespace, profile=False)

    def _before_run(self, network, namespace):
        Network.before_run.original_function(network, namespace)
        current = self._current.get(network)
        if current and current[1].recorder is not None:
            segment = current[1].segments[-1]
            current[1].recorder.watch(segment.active, segment.start)

    def _simulation(self, network):
        """The simulation that a run belongs to: a new one at the time 0."""
        current = self._current.get(network)
        # The magic network gets another id when it begins anew.
        if current and current[0] == network.id and network.t_ > 0:
            return current[1]
        simulation = Simulation(network, len(self.simulations), 0.0, seed=self.seed)
        self.simulations.append(simulation)
        self._current[network] = network.id, simulation
        return simulation

    def _segment(self, network, duration, namespace):
        objects = network.sorted_objects
        clocks = {thing: float(thing.clock.dt_) for thing in objects}
        simulation = self._current[network][1]
        step = self._step_of(objects)
        if not simulation.segments:
            simulation.dt = step
        start = steps_until(float(network.t_), step)
        stop = steps_until(float(network.t_) + float(duration), step)
        segment = Segment(
            start, stop - start, dict(namespace), self._names(),
            {thing: bool(thing.active) for thing in objects}, clocks=clocks)
        for thing in objects:
            if isinstance(thing, (NeuronGroup, PoissonGroup)):
                segment.states[thing] = own_arrays(thing)
            elif isinstance(thing, Synapses):
                segment.synapses[thing] = synapse_state(thing)
            elif isinstance(thing, SpikeGeneratorGroup):
                segment.spikes[thing] = spikes_of(thing)
        return segment

    @staticmethod
    def _step_of(objects):
        for thing in objects:
            if isinstance(thing, NeuronGroup):
                return float(thing.clock.dt_)
        return float(brian2.defaultclock.dt_)

    def _take_changes(self, simulation, segment):
        """Changes since the last run of this simulation."""
        groups = set(segment.active)
        mine = [change for change in self._changes if change.group in groups]
        self._changes = [change for change in self._changes if change.group not in groups]
        if not simulation.segments:
            return []
        known = {(change.group, change.variable) for change in mine}
        # What was set past Brian's own way of setting.
        for group, arrays in segment.states.items():
            for name, values in arrays.items():
                before = self._after.get((group, name))
                if before is None or (group, name) in known:
                    continue
                places = np.flatnonzero(np.atleast_1d(before != values))
                if places.size:
                    mine.append(Change(
                        group, name, places, np.atleast_1d(values)[places], {}, None))
        return mine

    def _keep(self, simulation, segment):
        for group in segment.states:
            for name, values in own_arrays(group).items():
                self._after[group, name] = values
        if self.execute:
            simulation.results = {
                thing: recorded(thing) for thing in segment.active if is_monitor(thing)}
            if simulation.recorder is not None:
                simulation.draws = simulation.recorder.draws(segment.stop)

    def _restore(self, network, name="default", filename=None, restore_random_state=False):
        with self.quiet():
            Network.restore.original_function(
                network, name, filename, restore_random_state)
        self._changes = [change for change in self._changes
                         if change.group not in set(_get_all_objects(network.objects))]
        if network.t_ == 0:
            self._current.pop(network, None)
        else:
            self.restored = (self.line(), float(network.t_))
