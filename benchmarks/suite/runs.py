"""Run sets: all samples of one run of the suite, in one JSON file that grows as it goes on."""

import csv
import datetime
import json
import os
import pathlib

from benchmarks.suite import machine

FORMAT = 1
RESULTS = machine.TOP / "benchmarks" / "results"


class RunSetError(Exception):
    """A file of results cannot be used; the text says why and what to do."""


class RunSet:
    """One machine, one binary, one size of the suite; its samples in the order of measuring."""

    def __init__(self, path, content):
        self.path = path
        self.content = content

    @classmethod
    def opened(cls, path, size, versions, fresh=False):
        """Goes on with a file of that name, or begins it."""
        path = pathlib.Path(path)
        if path.exists() and not fresh:
            found = cls.read(path)
            found._must_continue(size, versions)
            return found
        return cls(path, {
            "format": FORMAT, "size": size, "started": _now(), "finished": None,
            "machine": machine.described(), "versions": versions, "skipped": {}, "samples": []})

    @classmethod
    def read(cls, path):
        path = pathlib.Path(path)
        try:
            content = json.loads(path.read_text())
        except (OSError, ValueError) as error:
            raise RunSetError(f"{path} is no run set: {error}") from error
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise RunSetError(f"{path} is no run set of format {FORMAT}")
        return cls(path, content)

    def _must_continue(self, size, versions):
        differing = [
            what for what, mine, now in [
                ("size", self.content["size"], size),
                ("machine", self.content["machine"]["host"], machine.described()["host"]),
                ("binary", self.content["versions"]["binary_sha256"], versions["binary_sha256"])]
            if mine != now]
        if differing:
            raise RunSetError(
                f"{self.path} was begun with another {' and '.join(differing)}; give another "
                "--name, or --fresh to measure all anew")

    @property
    def samples(self):
        return self.content["samples"]

    @property
    def machine(self):
        return self.content["machine"]

    def has(self, part, variant, turn):
        return any((one["part"], one["variant"], one["turn"]) == (part, variant, turn)
                   for one in self.samples)

    def add(self, part, variant, turn, facts, figures, load):
        self.samples.append({
            "part": part, "variant": variant, "turn": turn, "facts": facts, "figures": figures,
            "load": load, "when": _now()})
        self.content["skipped"].pop(f"{part}: {variant}", None)
        self.save()

    def skip(self, what, reason):
        """Notes why something was not measured."""
        self.content["skipped"][what] = reason
        self.save()

    def finish(self):
        self.content["finished"] = _now()
        self.save()

    def save(self):
        """Replaces the file as a whole, so that a kill leaves the one before."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".draft")
        draft.write_text(json.dumps(self.content, indent=1) + "\n")
        os.replace(draft, self.path)

    def of(self, part):
        """The measured variants of a part, in the order of measuring."""
        found = {}
        for one in self.samples:
            if one["part"] == part:
                found.setdefault(one["variant"], Measured(one["variant"], one["facts"])).add(one)
        return list(found.values())

    def named(self, part, variant):
        """One variant of a part; `None` if it was not measured."""
        return next((one for one in self.of(part) if one.name == variant), None)


class Measured:
    """All samples of one variant; equal by its name, which is its own in a part."""

    def __init__(self, name, facts):
        self.name = name
        self.facts = facts
        self.samples = []

    def __eq__(self, other):
        return isinstance(other, Measured) and self.name == other.name

    def __hash__(self):
        return hash(self.name)

    def add(self, sample):
        self.samples.append(sample)

    def values(self, figure):
        """A figure's values in the order of turns; a function makes them of all figures."""
        made = figure if callable(figure) else lambda figures: figures[figure]
        ordered = sorted(self.samples, key=lambda one: one["turn"])
        return [made(one["figures"]) for one in ordered]

    @property
    def first(self):
        return self.samples[0]["figures"]


def combined(sets):
    """Run sets as one per machine: samples of one machine and binary belong together, turns count
    on. The order is that of the sets."""
    merged = {}
    for one in sets:
        key = (one.machine["host"], one.machine["processor"],
               one.content["versions"]["binary_sha256"])
        if key not in merged:
            merged[key] = RunSet(one.path, json.loads(json.dumps(one.content)))
            continue
        first = merged[key]
        last = {}
        for sample in first.samples:
            place = (sample["part"], sample["variant"])
            last[place] = max(last.get(place, 0), sample["turn"])
        for sample in one.samples:
            offset = last.get((sample["part"], sample["variant"]), 0)
            first.samples.append({**sample, "turn": sample["turn"] + offset})
    return list(merged.values())


def write_csv(sets, path):
    """All samples of all sets in one table: a row a sample, a column a figure."""
    rows = []
    for one in sets:
        for sample in one.samples:
            rows.append({
                "host": one.machine["host"], "commit": one.content["versions"]["commit"],
                **{name: sample[name] for name in ("part", "variant", "turn", "when")},
                **flat(sample["facts"]), **flat(sample["load"], "load."),
                **flat(sample["figures"])})
    names = list(dict.fromkeys(name for row in rows for name in row))
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)


def flat(tree, prefix=""):
    """A tree of dictionaries as one, names joined by dots."""
    found = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            found.update(flat(value, f"{prefix}{name}."))
        else:
            found[prefix + name] = value
    return found


def _now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
