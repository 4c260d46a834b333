"""Runs a program and tells what it has cost."""

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
    command = [str(word) for word in command]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        clock = machine.Clock()
        start = time.perf_counter()
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, cwd=machine.TOP,
            env={**os.environ, **(environment or {})})
        status, usage = _waited(child)
        wall = time.perf_counter() - start
        own = usage.ru_utime + usage.ru_stime
        load = machine.others(clock, machine.Clock(), own, wall)
        if status != 0:
            raise ProgramFailed(f"{' '.join(command)}\nended with {status}:\n{_tail(errors)}")
        output.seek(0)
        text = output.read().decode(errors="replace")
    return text, Cost(wall, own, usage.ru_maxrss * 1024, load)


def _waited(child):
    try:
        _, status, usage = os.wait4(child.pid, 0)
    except BaseException:
        _end(child)
        raise
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, usage


def _end(child):
    """Ends a program that is no longer wanted; a launcher needs a moment to end its ranks."""
    child.terminate()
    try:
        child.wait(timeout=10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _tail(file, lines=12):
    file.seek(0)
    return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
