"""A job that is being made: its sections, and the arrays that go to a file beside it."""

import numpy as np

from .quantities import quantity, unit_text

# Longer lists stand in the file.
LONGEST_LIST = 8


class Draft:
    def __init__(self, name, description, file):
        self.name, self.file = name, file
        self.job = {
            "name": name, "description": description, "constants": {}, "simulation": {},
            "models": {}, "populations": {}, "projections": {}, "stimuli": {}, "schedule": [],
            "record": {}}
        # Place in the file -> (array, unit or None)
        self.arrays = {}
        self.notes = []

    def note(self, text):
        """Something that the user should know, though it is carried over."""
        if text not in self.notes:
            self.notes.append(text)

    def store(self, place, array, units=None):
        self.arrays[place] = np.asarray(array), units

    def values(self, values, dimension, place):
        """Values for many as a job takes them: one, a list, or a data set of the file."""
        values = np.atleast_1d(np.asarray(values))
        if values.dtype == bool:
            raise ValueError("values are true and false")
        if (values == values[0]).all():
            return quantity(values[0], dimension)
        if len(values) <= LONGEST_LIST:
            return [quantity(value, dimension) for value in values]
        self.store(place, np.asarray(values, float), unit_text(dimension))
        return {"file": self.file, "dataset": place}

    def finished(self):
        """The job without sections that hold nothing, and with like models only once."""
        self._share_models()
        return {key: value for key, value in self.job.items() if value not in ({}, [], "")}

    def _share_models(self):
        kept, same = {}, {}
        for name, model in self.job["models"].items():
            for other, known in kept.items():
                if known == model:
                    same[name] = other
                    break
            else:
                kept[name] = model
        self.job["models"] = kept
        for population in self.job["populations"].values():
            if population.get("model") in same:
                population["model"] = same[population["model"]]
