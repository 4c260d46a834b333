"""Draws random models, runs them in Dendrify on Brian 2 and in Coppice, and compares.

    make differential                        300 models
    COPPICE_DIFFERENTIAL=20 make differential

Spikes and events must be the same, steps and neurons; all recorded variables within 1e-9 of their
range. Exits with 1 if anything differs, or if a wrong parameter goes unnoticed. See README.md.
"""

import argparse
import collections
import concurrent.futures
import copy
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

import numpy as np

import coppice_side
import sample
from comparison import Comparison, is_finite
from draw import draw

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent.parent
GENERATIONS = ["current", "paper"]
# Cases that one process of Brian runs.
CHUNK = 12
# One case in so many runs with compiled kernels.
COMPILED = 10
# How far a nudged run must have left for a difference to be that of roundings, in ranges.
NUDGED = 1e-11
# The largest share of models that may be set aside so.
UNSTABLE = 0.05


class Outcome:
    """What became of a case."""

    def __init__(self, case):
        self.case = case
        self.kind = None
        self.text = []
        self.facts = set()
        self.comparison = None
        self.seconds = {}

    @property
    def is_compared(self):
        return self.kind not in ("not finite", "unstable")

    @property
    def is_good(self):
        return self.kind in ("agrees", "not finite", "unstable")

    def entry(self):
        found = {"index": self.case["index"], "outcome": self.kind, "differences": self.text,
                 "features": self.case["features"], "facts": sorted(self.facts),
                 "seconds": self.seconds}
        if self.comparison:
            found |= {"voltage": self.comparison.voltage, "other": self.comparison.other,
                      "values": self.comparison.values}
        return found


class Differential:
    def __init__(self, options):
        self.options = options
        self.folder = pathlib.Path(options.output)
        self.binary = pathlib.Path(options.binary).resolve()
        self.environment = pathlib.Path(options.environment)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    # Brian

    def brian(self, cases, name, nudged=()):
        """Runs cases of one generation; gives where the results are, and the seconds."""
        folder = self.folder / "brian" / name
        folder.mkdir(parents=True)
        (folder / "cases.json").write_text(json.dumps(cases))
        python = self.environment / cases[0]["generation"] / "bin" / "python"
        environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
        started = time.monotonic()
        done = subprocess.run(
            [python, HERE / "brian_side.py", folder / "cases.json", folder, *nudged],
            capture_output=True, text=True, env=environment)
        if done.returncode:
            sys.exit(f"brian_side.py: {done.stderr}")
        return folder, time.monotonic() - started

    @staticmethod
    def loaded(folder, index):
        return read(folder / f"{index}.npz")

    def kept(self, case):
        """Where Brian's results of a case stay for further runs, if they do."""
        if self.options.results is None:
            return None
        sources = [HERE / name for name in ["brian_side.py", "library_cells.py", "values.py"]]
        text = json.dumps(case).encode() + b"".join(path.read_bytes() for path in sources)
        return pathlib.Path(self.options.results) / f"{hashlib.sha256(text).hexdigest()[:20]}.npz"

    def provided(self, cases, name):
        """Runs the cases of which no results are kept; gives a folder with those of all."""
        kept = {case["index"]: self.kept(case) for case in cases}
        missing = [case for case in cases
                   if kept[case["index"]] is None or not kept[case["index"]].exists()]
        folder, seconds = self.folder / "brian" / name, 0.0
        if missing:
            folder, seconds = self.brian(missing, name)
        folder.mkdir(parents=True, exist_ok=True)
        for index, path in kept.items():
            own = folder / f"{index}.npz"
            if path and own.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(own, path)
            elif path and path.exists():
                shutil.copyfile(path, own)
        return folder, seconds

    # A case

    def backend(self, case):
        return "compiled" if case["index"] % COMPILED == COMPILED - 1 else "portable"

    def coppice(self, job, name, backend):
        folder = self.folder / "coppice" / name
        shutil.rmtree(folder, ignore_errors=True)
        try:
            return coppice_side.run(job, folder, self.binary, backend)
        finally:
            shutil.rmtree(folder / "out", ignore_errors=True)

    def judge(self, case, folder):
        """Compares a case that Brian has run."""
        outcome = Outcome(case)
        index = case["index"]
        error = folder / f"{index}.error"
        if error.exists():
            outcome.kind, outcome.text = "failed", [error.read_text()]
            return outcome
        expected = self.loaded(folder, index)
        outcome.facts = facts(expected, case)
        if not is_finite(expected):
            outcome.kind = "not finite"
            return outcome
        backend = self.backend(case)
        outcome.facts.add(f"{backend} kernels")
        started = time.monotonic()
        try:
            found = self.coppice(case["job"], str(index), backend)
        except coppice_side.Refused as refused:
            outcome.kind, outcome.text = "refused", [str(refused)]
            return outcome
        outcome.seconds["coppice"] = time.monotonic() - started
        outcome.comparison = Comparison(expected, found, case["voltages"])
        outcome.kind = "agrees" if outcome.comparison.agrees else "differs"
        outcome.text = outcome.comparison.differences
        return outcome

    def chunk(self, cases, name):
        folder, seconds = self.provided(cases, name)
        outcomes = [self.judge(case, folder) for case in cases]
        for outcome in outcomes:
            outcome.seconds["brian"] = seconds / len(cases)
            if outcome.kind == "differs":
                self.excuse(outcome, folder)
        for outcome in outcomes:
            if outcome.kind == "agrees":
                (folder / f"{outcome.case['index']}.npz").unlink()
        return outcomes

    def excuse(self, outcome, folder):
        """Sets a difference aside if Brian alone has it, from last bits of its variables.

        The nudged run must leave no later than Coppice does, by `NUDGED` or an event.
        """
        case = outcome.case
        index = case["index"]
        expected = self.loaded(folder, index)
        for direction in ["--nudged-up", "--nudged-down"]:
            nudged, _ = self.brian([case], f"{index}{direction}", [direction])
            if (nudged / f"{index}.error").exists():
                continue
            own = Comparison(expected, self.loaded(nudged, index), case["voltages"], NUDGED)
            if own.first is not None and own.first <= outcome.comparison.first:
                outcome.kind = "unstable"
                outcome.text.append(
                    f"Brian leaves itself at step {own.first}: {own.differences[0]}")
                return

    # All

    def run(self):
        started = time.monotonic()
        if self.options.only:
            outcomes = self.round(self.options.only, started)
        else:
            outcomes, drawn = [], 0
            # As many as are asked for are to be compared, so those that cannot be are made up for.
            while (missing := self.options.models - sum(o.is_compared for o in outcomes)) > 0:
                if drawn > 2 * self.options.models + 10:
                    break
                outcomes += self.round(range(drawn, drawn + missing), started)
                drawn += missing
        outcomes.sort(key=lambda outcome: outcome.case["index"])
        wrong = self.wrong_parameter(outcomes)
        return self.report(outcomes, wrong, time.monotonic() - started)

    def round(self, indices, started):
        """Runs the cases at some places, with as many processes as there are processors."""
        cases = [draw(self.options.seed, index) for index in indices]
        chunks = []
        for generation in GENERATIONS:
            some = [case for case in cases if case["generation"] == generation]
            size = max(1, min(CHUNK, -(-len(some) // self.options.jobs)))
            chunks += [some[k:k + size] for k in range(0, len(some), size)]
        outcomes = []
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            running = [
                pool.submit(self.chunk, cases, f"from-{cases[0]['index']}") for cases in chunks]
            for future in concurrent.futures.as_completed(running):
                outcomes += future.result()
                kinds = collections.Counter(outcome.kind for outcome in outcomes)
                print(f"{len(outcomes)}/{len(cases)}  {dict(kinds)}"
                      f"  {time.monotonic() - started:.0f} s", flush=True)
                for outcome in future.result():
                    if not outcome.is_good:
                        print(f"case {outcome.case['index']} {outcome.kind}:"
                              f" {' | '.join(outcome.text)[-600:]}", flush=True)
        return outcomes

    def wrong_parameter(self, outcomes):
        """A case that agreed, with a current that is a millionth larger: is it noticed?"""
        for outcome in outcomes:
            if outcome.kind != "agrees" or not outcome.case["job"]["stimuli"]:
                continue
            if "fired" not in outcome.facts:
                continue
            job = copy.deepcopy(outcome.case["job"])
            stimulus = next(iter(job["stimuli"].values()))
            for step in stimulus["steps"]:
                if isinstance(step[1], str) and float(step[1].split()[0]) != 0:
                    number, *unit = step[1].split()
                    step[1] = " ".join([repr(float(number) * 1.000001), *unit])
                    break
            else:
                continue
            case = outcome.case
            folder, _ = self.provided([case], "wrong")
            found = self.coppice(job, "wrong", "portable")
            comparison = Comparison(
                self.loaded(folder, case["index"]), found, case["voltages"])
            return case["index"], comparison.differences
        return None, []

    def store(self, indices):
        """Writes some cases, with what Brian makes of them, for tests that have no Python."""
        entries = []
        for generation in GENERATIONS:
            cases = [case for case in (draw(self.options.seed, index) for index in indices)
                     if case["generation"] == generation]
            if cases:
                folder, _ = self.provided(cases, f"stored-{generation}")
                entries += [sample.entry(case, self.loaded(folder, case["index"]))
                            for case in cases]
        sample.write(entries, self.options.seed)
        return 0

    def report(self, outcomes, wrong, seconds):
        kinds = collections.Counter(outcome.kind for outcome in outcomes)
        compared = [outcome for outcome in outcomes if outcome.is_compared]
        coverage = collections.Counter()
        for outcome in compared:
            coverage.update(outcome.case["features"])
            coverage.update(outcome.facts)
        print()
        for name, count in sorted(coverage.items()):
            print(f"{count:5}  {name}")
        agreeing = [outcome.comparison for outcome in outcomes if outcome.kind == "agrees"]
        largest = max((c.voltage for c in agreeing), default=0)
        other = max((c.other for c in agreeing), default=0)
        values = sum(c.values for c in agreeing)
        print(f"\n{len(outcomes)} models: " + ", ".join(f"{n} {kind}" for kind, n in kinds.items()))
        print(f"{values} values compared; largest distances of those that agree, in ranges:"
              f" voltages {largest:.2g}, others {other:.2g}")
        fired = coverage["fired"]
        print(f"{fired} fired ({100 * fired / max(len(compared), 1):.0f} %)")
        case, noticed = wrong
        print(f"a current larger by a millionth in case {case}: "
              + (f"noticed ({noticed[0]})" if noticed else "NOT noticed"))
        print(f"{seconds:.0f} s")
        facts = {
            "seed": self.options.seed, "models": len(outcomes), "outcomes": kinds,
            "values": values, "largest_voltage": largest, "largest_other": other,
            "coverage": dict(sorted(coverage.items())), "wrong_parameter": noticed,
            "seconds": seconds, "cases": [outcome.entry() for outcome in outcomes]}
        (self.folder / "differential.json").write_text(json.dumps(facts, indent=1) + "\n")
        good = all(outcome.is_good for outcome in outcomes)
        few = kinds["unstable"] <= UNSTABLE * len(outcomes)
        return 0 if good and few and noticed and fired >= 0.6 * len(compared) else 1


def facts(results, case):
    """What happened in a run."""
    found = set()
    for name, pairs in results.items():
        if name.startswith("rows/") or not len(pairs):
            continue
        kind, what = name.split("/")
        if kind == "spikes":
            found.add("fired")
            model = case["job"]["models"][case["job"]["populations"][what]["model"]]
            if "second_reset" in model.get("spike", {}):
                found.add("fired with second reset")
        elif ".spike_" in what:
            found.add("had dSpikes, " + (
                "exponential" if case["generation"] == "paper" else "pulse"))
        else:
            found.add("had custom events")
    if "recurrent" in case["features"] and "fired" in found:
        found.add("fired with recurrent connections")
    return found


def read(path):
    with np.load(path) as file:
        return {name: file[name] for name in file.files}


def places(text):
    return [int(place) for place in text.split(",")]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", type=int,
                        default=int(os.environ.get("COPPICE_DIFFERENTIAL", "300")))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=places, help="cases, such as 17,40")
    parser.add_argument("--environment",
                        default=os.environ.get("COPPICE_ENV", TOP / ".env"))
    parser.add_argument("--binary", default=TOP / ".build/release/coppice")
    parser.add_argument("--output", default=TOP / "out/differential")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--store", type=places, help="write these cases to data/differential.json")
    parser.add_argument("--results", help="folder in which Brian's results stay for further runs")
    options = parser.parse_args()
    differential = Differential(options)
    sys.exit(differential.store(options.store) if options.store else differential.run())


main()
