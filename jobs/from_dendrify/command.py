"""The command line of from_dendrify.py."""

import argparse
import os
import pathlib
import sys
import tempfile

from . import coppice, script
from .capture import Capture
from .comparison import Comparison
from .refusals import CannotCarryOver, Findings
from .translation import Translation
from .writing import Files

# Exit codes, as those of coppice.
DIFFERS, USAGE, REFUSED, NO_INPUT = 1, 64, 65, 66


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.print_usage(sys.stderr)
        print(f"{self.prog}: {message}", file=sys.stderr)
        sys.exit(USAGE)


def parser():
    one = Parser(
        prog="from_dendrify.py",
        description="Makes a job of Coppice from a Python script for Dendrify or Brian 2.")
    one.add_argument("script", help="a script, or a notebook")
    one.add_argument("-o", "--output", metavar="JOB.yaml",
                     help="the job; with several simulations JOB-1.yaml, JOB-2.yaml, ..."
                     " (default: the script's name)")
    one.add_argument("--compare", action="store_true",
                     help="run the script in Brian and the job in Coppice, with the same Poisson"
                     " spikes, and print what differs; exit code 1 if anything does")
    one.add_argument("--replay", action="store_true",
                     help="run the script in Brian, and put the spikes of its PoissonGroups into"
                     " the job in place of their rates")
    one.add_argument("--execute", action="store_true",
                     help="run the script in Brian, so that it may read what it simulates")
    one.add_argument("--rules", action="store_true",
                     help="write connect(p=...) as a rule, which Coppice draws anew, in place of"
                     " the pairs that Brian drew")
    one.add_argument("--seed", type=int, help="the job's seed (the script's, or 0)")
    one.add_argument("--coppice", metavar="BINARY", help="the binary that checks and runs jobs")
    return one


class Conversion:
    def __init__(self, options):
        self.options = options
        self.path = options.script
        self.script = script.Script(self.path)
        self.binary = coppice.find(options.coppice)
        self.findings = Findings(self.script.place)
        self.output = pathlib.Path(options.output or pathlib.Path(self.path).stem + ".yaml")
        if not self.output.suffix:
            self.output = self.output.with_suffix(".yaml")
        options.script_name = pathlib.Path(self.path).name
        self.executes = options.execute or options.replay or options.compare

    # Running the script

    def capture(self):
        """Runs the script, in Brian as well if it needs what it simulates."""
        capture = Capture(self.path, self.executes, self.options.replay or self.options.compare)
        with capture:
            outcome = script.run(self.script)
        capture.simulations = [one for one in capture.simulations
                               if one.segments and one.steps > 0]
        runs = sum(len(one.segments) for one in capture.simulations)
        self.read_between = next((read.line for read in capture.reads if read.runs < runs), None)
        if not self.executes:
            reason = self._needs_results(capture, outcome)
            if reason:
                print(f"{reason}: running it in Brian as well", file=sys.stderr)
                self.again()
        self._judge(capture, outcome)
        return capture

    def _needs_results(self, capture, outcome):
        """Why the script must be run in Brian, if so."""
        runs = sum(len(one.segments) for one in capture.simulations)
        if self.read_between:
            place = self.script.place(self.read_between)
            return f"{place} reads what is simulated, and a run follows"
        if outcome.error and runs and (
                outcome.line is None or script.may_run_after(self.script.text, outcome.line)):
            return f"{self.script.place(outcome.line)} fails on empty recordings ({outcome.error})"
        return ""

    def again(self):
        """Begins anew in a fresh process: Brian's objects stay as they are in this one."""
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, *sys.argv, "--execute"])

    def _judge(self, capture, outcome):
        """Refuses a script that did not come to its last run."""
        unfinished = outcome.error and (
            not capture.simulations or outcome.line is None
            or script.may_run_after(self.script.text, outcome.line))
        if unfinished:
            print(outcome.trace, file=sys.stderr)
            self.findings.refuse("failed", line=outcome.line, error=outcome.error)
        elif outcome.error:
            empty = "" if self.executes else ", as its recordings are empty"
            print(f"{self.script.place(outcome.line)}: the script ended here, behind its last run"
                  f"{empty} ({outcome.error})", file=sys.stderr)
        elif not capture.simulations:
            self.findings.refuse("no-run")
        if capture.restored:
            line, time = capture.restored
            self.findings.refuse("restore", line=line, time=f"{time:g} s")
        self.findings.check()

    # Jobs

    def paths(self, count):
        if count == 1:
            return [self.output]
        return [self.output.with_stem(f"{self.output.stem}-{place + 1}")
                for place in range(count)]

    def translations(self, capture, replay):
        """Drafts of all simulations; raises what none of them can hold."""
        found = []
        options = argparse.Namespace(**{**vars(self.options), "replay": replay})
        for simulation, path in zip(capture.simulations, self.paths(len(capture.simulations))):
            one = Translation(simulation, capture, self.findings, options, path.stem,
                              path.with_suffix(".h5").name)
            one.run()
            if self.read_between:
                one.draft.note(
                    f"the script reads what it simulates ({self.script.place(self.read_between)}),"
                    " so what it sets from that is Brian's, whatever is changed in the job")
            found.append(one)
        self.findings.check()
        return found

    def write(self, translations):
        """Writes all jobs, or none."""
        files = []
        try:
            for one, path in zip(translations, self.paths(len(translations))):
                files.append(Files(path))
                job = one.draft.finished()
                written = files[-1].write(job, one.draft.arrays, self.comments(one))
                if self.binary is not None:
                    self._check(written, path)
            self.findings.check()
            for one in files:
                one.keep()
        finally:
            for one in files:
                one.drop()

    def _check(self, written, path):
        text = coppice.check(self.binary, written)
        if text:
            self.findings.refuse("check", text=text.replace(str(written), str(path)))

    def comments(self, translation):
        lines = [f"Made from {self.options.script_name} by from_dendrify.py."]
        return lines + translation.draft.notes

    # Comparing

    def compare(self, capture):
        """Runs the jobs with Brian's own spikes; whether all agrees."""
        agrees = True
        for simulation, one in zip(capture.simulations, self.translations(capture, True)):
            with tempfile.TemporaryDirectory() as folder:
                files = Files(pathlib.Path(folder) / f"{one.draft.name}.yaml")
                written = files.write(one.draft.finished(), one.draft.arrays, [])
                output = pathlib.Path(folder) / "out"
                failed = coppice.run(self.binary, written, output)
                if failed:
                    self.findings.refuse("check", text=failed)
                    self.findings.check()
                comparison = Comparison(
                    simulation, one.recordings.found, coppice.Results(output, simulation.dt))
            self.report(one, comparison)
            agrees = agrees and comparison.agrees
        return agrees

    def report(self, translation, comparison):
        print(f"{translation.draft.name}:")
        for line in comparison.lines:
            print(f"  {'same   ' if line.agrees else 'DIFFERS'}  {line.name}: {line.text}")
        for name in translation.noise():
            print(f"  {name} draws random numbers at every step, other ones than in Brian")


def main(arguments=None):
    options = parser().parse_args(arguments)
    if not os.path.exists(options.script):
        print(f"from_dendrify.py: there is no file '{options.script}'", file=sys.stderr)
        return NO_INPUT
    conversion = Conversion(options)
    if conversion.binary is None and (options.compare or options.coppice):
        print("from_dendrify.py: there is no coppice to run; give --coppice BINARY",
              file=sys.stderr)
        return USAGE
    try:
        capture = conversion.capture()
        translations = conversion.translations(capture, options.replay)
        conversion.write(translations)
        for one, path in zip(translations, conversion.paths(len(translations))):
            print(f"{path}: {summary(one)}")
            for note in one.draft.notes:
                print(f"  note: {note}")
        if conversion.binary is None:
            print("not checked, as there is no coppice here: run 'coppice check' on it")
        if options.compare and not conversion.compare(capture):
            return DIFFERS
    except CannotCarryOver:
        for line in conversion.findings.lines():
            print(line, file=sys.stderr)
        print("nothing is written", file=sys.stderr)
        return REFUSED
    return 0


def summary(translation):
    job = translation.draft.job
    neurons = sum(one["size"] for one in job["populations"].values() if "model" in one)
    return (f"{neurons} neurons, {len(job['projections'])} projections,"
            f" {job['simulation']['duration']}")
