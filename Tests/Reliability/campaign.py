"""Trials in great number: which have been made, what came of them, and how to go on.

A part is a row of the scorecard. Its trials are numbered, and everything that a trial draws comes of
(seed, part, number); when exactly a signal meets a process is the machine's affair. What a trial has
shown is written down at once, so an interrupted harness goes on where it was. A part starts again
when sources have changed that it tests.
"""

import dataclasses
import datetime
import hashlib
import json
import os
import random
import subprocess
import time
import traceback

import coppice

# What is at work when a run is interrupted, saved and gone on with, whatever it computes.
INTERRUPTED = ["Storage", "Coppice/*.swift", "Coppice/Session", "Engine/*.swift", "Engine/Checkpoint",
               "Engine/Exchange", "Engine/Recording", "Messaging"]
# All that makes the bits of a run, and moves them.
COMPUTED = ["Storage", "Engine", "Kernels", "KernelABI", "Networks", "Messaging"]


@dataclasses.dataclass
class Outcome:
    """What one trial has shown."""

    counted: int  # how often its subject happened; 0: it did not
    failures: list = dataclasses.field(default_factory=list)
    figures: dict = dataclasses.field(default_factory=dict)


class Part:
    """A row of the scorecard."""

    name = ""
    what = ""  # what a trial does
    unit = "trials"
    goal = 0  # so many times the subject must have happened
    least = {}  # figures, and how much of each there must be besides
    size = None  # how many trials there are; None: as many as it takes
    sources = INTERRUPTED  # what it tests, below Sources

    def __init__(self, laboratory, is_sample=False):
        """`is_sample`: few trials will be made, and each should be short."""
        self.laboratory, self.is_sample = laboratory, is_sample

    # What the trials are, where that has to be found out first; `size` and `goal` follow.
    cases = None

    def find_cases(self):
        """Finds out what trials there are; None: they need not be listed."""
        return None

    def trial(self, number, random):
        """Makes trial `number`, in a folder of its own."""
        raise NotImplementedError

    def bites(self):
        """Cases that must fail: {what was done: whether the part has noticed}."""
        return {}


def sources_hash(part):
    """Of the sources that a part tests."""
    root = coppice.PACKAGE / "Sources"
    files = set()
    for pattern in part.sources:
        found = list(root.glob(pattern))
        if not found:
            raise SystemExit(f"{part.name} tests {pattern}, which is not there")
        for place in found:
            files |= {place} if place.is_file() else {p for p in place.rglob("*") if p.is_file()}
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path.relative_to(coppice.PACKAGE)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def commit():
    """The commit of the working tree."""
    try:
        return subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=coppice.PACKAGE, capture_output=True,
            text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


class Journal:
    """The trials of a part that were made with its sources as they are and this seed."""

    def __init__(self, part, seed, state):
        state.mkdir(exist_ok=True)
        self.sources = sources_hash(part)
        self.path = state / f"{part.name.replace(' ', '-')}-{self.sources}-{seed}.jsonl"
        self.entries = {}
        if self.path.exists():
            for line in self.path.read_text().splitlines():
                try:
                    entry = json.loads(line)
                except ValueError:
                    continue  # the harness itself was killed
                self.entries[entry["trial"]] = entry

    def add(self, entry):
        self.entries[entry["trial"]] = entry
        with open(self.path, "a") as file:
            file.write(json.dumps(entry) + "\n")

    @property
    def counted(self):
        return sum(entry["counted"] for entry in self.entries.values())

    @property
    def failed(self):
        return [entry for entry in self.entries.values() if entry["failures"]]

    @property
    def figures(self):
        """The sums of what trials have noted."""
        sums = {}
        for entry in self.entries.values():
            for name, value in entry["figures"].items():
                sums[name] = sums.get(name, 0) + value
        return dict(sorted(sums.items()))


class Campaign:
    """A part with a seed, as far as it has come."""

    def __init__(self, part, seed, state):
        self.part, self.seed = part, seed
        self.journal = Journal(part, seed, state)

    @property
    def is_done(self):
        if self.part.size is not None:
            return len(self.journal.entries) >= self.part.size
        figures = self.journal.figures
        return self.journal.counted >= self.part.goal and all(
            figures.get(name, 0) >= count for name, count in self.part.least.items())

    def prepare(self):
        """Lists the cases, once for all processes and calls: what is found out can depend on how
        fast the machine was."""
        part, path = self.part, self.journal.path.with_suffix(".cases.json")
        if not path.exists():
            cases = part.find_cases()
            if cases is None:
                return
            written = path.with_name(f"{path.name}.{os.getpid()}")
            written.write_text(json.dumps(cases))
            try:
                os.link(written, path)
            except FileExistsError:
                pass  # another process was faster
            written.unlink()
        part.cases = json.loads(path.read_text())
        part.size = part.goal = len(part.cases)

    def run(self, seconds=None, sample=None, share=(0, 1)):
        """Makes trials until all are made or time is over.

        - sample: so many trials, spread over all, are enough.
        - share: which of how many processes this is, that share the trials.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        self.prepare()
        for place, number in enumerate(self._numbers(sample, share)):
            # Of a sample no part is left out.
            if deadline is not None and time.monotonic() >= deadline and not (
                    sample and place == 0):
                break
            self.attempt(number)

    def _numbers(self, sample, share):
        if sample is not None:
            size = self.part.size or sample
            count = min(sample, size)
            order = [place * size // count for place in range(count)]
            random.Random(f"{self.seed}/{self.part.name}/order").shuffle(order)
            yield from (number for number in order if number not in self.journal.entries)
            return
        first, step = share
        if self.part.size is not None:
            # In no order, so that whoever stops early has made some of everything.
            order = list(range(self.part.size))
            random.Random(f"{self.seed}/{self.part.name}/order").shuffle(order)
            yield from (number for number in order[first::step]
                        if number not in self.journal.entries)
            return
        number = first
        while not self.is_done:
            if number not in self.journal.entries:
                yield number
            number += step

    def attempt(self, number):
        """Makes one trial and writes down what came of it."""
        part = self.part
        begin = time.monotonic()
        try:
            outcome = part.trial(number, random.Random(f"{self.seed}/{part.name}/{number}"))
        except Exception:
            outcome = Outcome(0, [f"the harness itself failed: {traceback.format_exc()}"])
        self.journal.add({
            "trial": number, "counted": outcome.counted, "failures": outcome.failures,
            "figures": outcome.figures, "seconds": round(time.monotonic() - begin, 2),
            "when": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        })
        for failure in outcome.failures:
            print(f"{part.name} trial {number} (seed {self.seed}): {failure}", flush=True)

    def summary(self):
        figures = ", ".join(f"{value:g} {name}" for name, value in self.journal.figures.items())
        return (f"{self.part.name}: {self.journal.counted:,} {self.part.unit} in "
                f"{len(self.journal.entries):,} trials, {len(self.journal.failed)} failed"
                + (f"; {figures}" if figures else "") + f"; seed {self.seed}"
                + (", complete" if self.is_done else ""))
