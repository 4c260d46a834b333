"""Runs a program and tells what it has cost."""

import contextlib
import os
import subprocess
import tempfile
import time

from benchmarks.suite import machine


class ProgramFailed(Exception):
    """A program of a measurement ended with an error; the text says how."""


class Cost:
    """What one program has cost: seconds from its start to its exit, processor seconds of it and
    its children, the largest resident set among them, and how busy others were meanwhile."""

    def __init__(self, wall_seconds, cpu_seconds, peak_rss_bytes, load):
        self.wall_seconds = wall_seconds
        self.cpu_seconds = cpu_seconds
        self.peak_rss_bytes = peak_rss_bytes
        self.load = load


def run(command, environment=None):
    """Runs a command to its end: its standard output and its cost."""
    texts, cost = run_together([command], environment)
    return texts[0], cost


def run_together(commands, environment=None):
    """Runs commands at the same time, each to its end: their standard outputs and their joint cost,
    of which the resident set is the largest of all."""
    with contextlib.ExitStack() as stack:
        clock = machine.Clock()
        start = time.perf_counter()
        programs = []
        try:
            for command in commands:
                programs.append(_Program(command, environment, stack))
            used = [program.wait() for program in programs]
        except BaseException:
            for program in programs:
                program.end()
            raise
        wall = time.perf_counter() - start
        own = sum(usage.ru_utime + usage.ru_stime for usage in used)
        load = machine.others(clock, machine.Clock(), own, wall)
        texts = [program.output() for program in programs]
    return texts, Cost(wall, own, max(usage.ru_maxrss for usage in used) * 1024, load)


class _Program:
    """A running program and the files that its output goes to."""

    def __init__(self, command, environment, stack):
        self._command = [str(word) for word in command]
        self._output = stack.enter_context(tempfile.TemporaryFile())
        self._errors = stack.enter_context(tempfile.TemporaryFile())
        self._child = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=self._output, stderr=self._errors,
            cwd=machine.TOP, env={**os.environ, **(environment or {})})

    def wait(self):
        """What it has used."""
        _, status, usage = os.wait4(self._child.pid, 0)
        self._child.returncode = os.waitstatus_to_exitcode(status)
        return usage

    def end(self):
        """Ends it when it is no longer wanted; a launcher needs a moment to end its ranks."""
        if self._child.returncode is not None:
            return
        self._child.terminate()
        try:
            self._child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def output(self):
        """Its standard output. Raises ProgramFailed if it ended with an error."""
        status = self._child.returncode
        if status != 0:
            raise ProgramFailed(
                f"{' '.join(self._command)}\nended with {status}:\n{_tail(self._errors)}")
        self._output.seek(0)
        return self._output.read().decode(errors="replace")


def _tail(file, lines=12):
    file.seek(0)
    return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
