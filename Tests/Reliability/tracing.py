"""A run whose system calls are watched, or tampered with, by strace.

strace counts the calls of each thread for itself. So that a count means what it says, one thread of
one process is traced at a time: the one that writes (`coppice.storage`) or the main one. The harness
holds the directory's lock until strace is there, so the run has been loaded and waits at a known
place.
"""

import fcntl
import re
import shutil
import subprocess
import time
from pathlib import Path

from coppice import Layout, Run

STORAGE, MAIN = "coppice.storage", "main"

# What reaches files and directories, and no waiting for other threads.
FILE_CALLS = ("open,openat,creat,close,read,pread64,write,pwrite64,writev,pwritev,lseek,fsync,"
              "fdatasync,ftruncate,fallocate,flock,fcntl,stat,lstat,fstat,newfstatat,statx,statfs,"
              "fstatfs,access,faccessat,faccessat2,getdents64,mkdir,mkdirat,rmdir,unlink,unlinkat,"
              "rename,renameat,renameat2,link,linkat,symlink,symlinkat,chmod,fchmod,fchmodat,mmap,"
              "munmap,readlink,readlinkat")


class TracedRun:
    """A run with one of its threads under strace."""

    def __init__(self, folder, output, options, thread, rank=0, layout=Layout(), words=(),
                 **named):
        self.folder, self.output = Path(folder), Path(folder) / output
        self.log = self.folder / "strace.log"
        self.log.unlink(missing_ok=True)
        self._options, self._thread, self._rank = list(options), thread, rank
        self.run = Run(folder, output, layout, words, **named)

    def start(self):
        """Starts the run, attaches strace and lets go of the lock."""
        self.output.mkdir(exist_ok=True)
        with open(self.output / ".lock", "ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.run.start()
            target = self._find()
            self._strace = subprocess.Popen(
                ["strace", "-y", "-o", str(self.log), *self._options, "-p", str(target)],
                stderr=subprocess.PIPE, text=True)
            line = self._strace.stderr.readline()
            if "attached" not in line:
                self.run.destroy()
                raise RuntimeError(f"strace does not attach: {line}")
        return self

    def _find(self):
        """The thread, once the run waits for the lock."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.run.is_running:
            pid = self.run.rank(self._rank)
            if pid is not None and (thread := self._thread_of(pid)) and (
                    "waiting for another run" in self.run.errors):
                return thread
            time.sleep(0.002)
        self.run.destroy()
        raise RuntimeError(f"the run does not wait for the lock: {self.run.errors}")

    def _thread_of(self, pid):
        if self._thread == MAIN:
            return pid
        try:
            for task in Path(f"/proc/{pid}/task").iterdir():
                if (task / "comm").read_text().strip() == self._thread:
                    return int(task.name)
        except OSError:
            pass
        return None

    def wait(self, seconds=60):
        ended = self.run.wait(seconds)
        try:
            self._strace.wait(10)
        except subprocess.TimeoutExpired:
            self._strace.kill()
        self._strace.stderr.close()
        return ended

    @property
    def calls(self):
        """What was traced, a line for each call."""
        try:
            return self.log.read_text(errors="replace").splitlines()
        except FileNotFoundError:
            return []

    @property
    def tampered(self):
        """The calls that strace has tampered with."""
        return [line for line in self.calls if "(INJECTED)" in line]


def names(lines):
    """How often each system call stands in a log."""
    counts = {}
    for line in lines:
        if match := re.match(r"(?:\d+ +)?(?:[\d.]+ +)?(\w+)\(", line):
            counts[match[1]] = counts.get(match[1], 0) + 1
    return counts


def is_available():
    return shutil.which("strace") is not None
