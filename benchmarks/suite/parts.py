"""Parts of the suite: what takes turns, and in which order."""

import dataclasses
import sys
import typing

from benchmarks.suite import process


@dataclasses.dataclass(frozen=True)
class Size:
    """How much is measured: `quick` in minutes, else all."""

    quick: bool

    @property
    def name(self):
        return "quick" if self.quick else "whole"

    def pick(self, quick, whole):
        return quick if self.quick else whole


@dataclasses.dataclass(frozen=True)
class Setting:
    """What the command line says for all parts."""

    size: Size
    launcher: str | None = None
    layouts: list | None = None
    neurons: int | None = None
    scratch: str | None = None


@dataclasses.dataclass(frozen=True)
class Variant:
    """One of the things that take turns. `measure` runs it once and returns figures and load."""

    name: str
    facts: dict
    measure: typing.Callable
    turns: int = 5


@dataclasses.dataclass(frozen=True)
class Part:
    """One question to the machine. `variants` plans the answer; `tables` tells it."""

    name: str
    title: str
    variants: typing.Callable
    tables: typing.Callable
    # Makes what must be there before; raises Skip where it cannot.
    prepare: typing.Callable = lambda setting: None
    # The plot that stands before the tables in the documentation; parts may share one.
    plot: str | None = None
    # Measures nothing itself: its tables are made of other parts' samples.
    derived: bool = False


class Skip(Exception):
    """Raised by a plan or a measurement that cannot be done here; the text says why."""


# The share of the machine that others and the host may have had; a measurement with more is made again.
_MOST_DISTURBED = 0.1
_REPEATS = 2


def _measured(one, say):
    """Figures and load of a variant: of up to three measurements the least disturbed one, whatever it
    found. One that fails where there is another already counts for nothing."""
    best = None
    for _ in range(1 + _REPEATS):
        try:
            figures, load = one.measure()
        except process.ProgramFailed as error:
            if best is None:
                raise
            say(f"  made again, it failed: {error}")
            break
        disturbed = load["others"] + load["stolen"]
        if disturbed > 0.05:
            say(f"  others had {100 * load['others']:.0f} % of the machine meanwhile, "
                f"the host took {100 * load['stolen']:.0f} %")
        if best is None or disturbed < best[0]:
            best = disturbed, figures, load
        if disturbed <= _MOST_DISTURBED:
            break
    return best[1:]


def measure(part, setting, runs, say=lambda text: print(text, file=sys.stderr, flush=True)):
    """Runs what is missing of a part: each turn goes through all variants before the next begins,
    so that what drifts on the machine drifts for all of them. Returns whether nothing failed; what
    cannot be measured here is left out with the reason, which is no failure."""
    try:
        part.prepare(setting)
        variants = part.variants(setting)
    except Skip as reason:
        say(f"{part.name}: left out: {reason}")
        runs.skip(part.name, str(reason))
        return True
    left_out, failed = set(), set()
    for turn in range(1, max((one.turns for one in variants), default=0) + 1):
        for one in variants:
            if one.name in left_out or turn > one.turns or runs.has(part.name, one.name, turn):
                continue
            say(f"{part.name}: {one.name}, {turn} of {one.turns}")
            try:
                figures, load = _measured(one, say)
            except Skip as reason:
                say(f"{part.name}: {one.name}: left out: {reason}")
                runs.skip(f"{part.name}: {one.name}", str(reason))
                left_out.add(one.name)
                continue
            except process.ProgramFailed as error:
                say(f"{part.name}: {one.name} failed: {error}")
                runs.skip(f"{part.name}: {one.name}", f"failed: {error}")
                left_out.add(one.name)
                failed.add(one.name)
                continue
            runs.add(part.name, one.name, turn, one.facts, figures, load)
    return not failed
