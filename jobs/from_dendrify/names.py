"""Names of a job's parts: those of the script where it has some."""

import re

from brian2.core.base import BrianObject

# What Brian calls an object that the script did not name.
GIVEN_BY_BRIAN = re.compile(
    r"(neurongroup|synapses|poissongroup|spikegeneratorgroup|poissoninput|statemonitor"
    r"|spikemonitor|eventmonitor|ratemonitor|subgroup|neurongroup_subgroup)(_\d+)?$")
# Files of a run that recordings of states cannot be called like.
TAKEN = {"spikes", "events", "rates", "nodes", "edges"}


class Names:
    """Gives each object of a simulation a name of its own."""

    def __init__(self, namespace):
        self._known, self._used = {}, set(TAKEN)
        self._script = {}
        for name, value in namespace.items():
            if name.startswith("_"):
                continue
            self._note(name, value)
            if isinstance(value, (list, tuple)):
                for place, one in enumerate(value):
                    self._note(f"{name}_{place}", one)
            elif isinstance(value, dict):
                for key, one in value.items():
                    if isinstance(key, (str, int)):
                        self._note(f"{name}_{key}", one)

    def _note(self, name, value):
        if isinstance(value, BrianObject):
            self._script.setdefault(id(value), name)

    def of(self, thing):
        """The name of an object."""
        if thing not in self._known:
            name = thing.name
            if GIVEN_BY_BRIAN.fullmatch(name):
                name = self._script.get(id(thing), name)
            self._known[thing] = self.new(name)
        return self._known[thing]

    def new(self, wish):
        """A name that is free, as near to a wish as can be."""
        wish = re.sub(r"\W", "_", wish) or "unnamed"
        if wish[0].isdigit():
            wish = f"_{wish}"
        name, count = wish, 2
        while name in self._used:
            name, count = f"{wish}_{count}", count + 1
        self._used.add(name)
        return name
