"""Starts the command line as users start it, and knows which processes came of it."""

import os
import re
import shutil
import signal
import subprocess
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent.parent


def binary():
    """`COPPICE_BINARY`, or the release build."""
    return str((PACKAGE / os.environ.get("COPPICE_BINARY", ".build/release/coppice")).resolve())


# Words for mpirun, which otherwise takes two seconds to end ranks that have ended.
HASTY = ["--mca", "odls_base_sigkill_timeout", "0"]


@dataclass
class Layout:
    """With what a run is started; no result depends on it."""

    ranks: int = 1
    threads: int = 1
    block: int | None = None
    backend: str = "portable"
    launched: bool | None = None  # under mpirun; None: if there are several ranks

    @property
    def is_launched(self):
        return self.ranks > 1 if self.launched is None else self.launched

    @property
    def words(self):
        words = ["--threads", str(self.threads), "--backend", self.backend]
        return words + (["--block", str(self.block)] if self.block else [])

    def __str__(self):
        return f"{self.ranks} x {self.threads}, block {self.block or 'auto'}, {self.backend}"


@dataclass
class Ended:
    """What a run left: its exit code (negative: the signal that ended it) and what it said."""

    code: int
    output: str
    errors: str
    seconds: float
    orphans: list = field(default_factory=list)

    @property
    def end(self):
        """The fields of the last line: exit, reason, step, generation."""
        lines = re.findall(r"^end: (.*)$", self.output, re.MULTILINE)
        return dict(part.split("=", 1) for part in lines[-1].split()) if lines else {}

    @property
    def is_broken(self):
        """Ended by a trap or a crash rather than by itself."""
        return "Fatal error" in self.errors or "crashed" in self.errors or self.code in (
            -signal.SIGSEGV, -signal.SIGILL, -signal.SIGTRAP, -signal.SIGABRT, -signal.SIGBUS,
            128 + signal.SIGSEGV, 128 + signal.SIGILL, 128 + signal.SIGTRAP,
            128 + signal.SIGABRT, 128 + signal.SIGBUS)

    def __str__(self):
        said = (self.errors.strip() + "\n" + self.output.strip()).strip()
        return f"exit {self.code} after {self.seconds:.2f} s: {said[-1500:]}"


class Run:
    """One start of `coppice run`."""

    _MARK = "COPPICE_RELIABILITY_RUN"

    def __init__(self, folder, output, layout=Layout(), words=(), *, environment=None, before=(),
                 launcher=(), job="F.yaml", level="debug"):
        """`before` stands before the command on every rank, `launcher` are words for mpirun."""
        self.folder, self.layout = Path(folder), layout
        self.mark = uuid.uuid4().hex
        command = list(before) + [binary(), "run", job, "--output", str(output), "--log-level",
                                  level] + layout.words + list(words)
        if layout.is_launched:
            command = ["mpirun", "--oversubscribe", "--bind-to", "none", "--allow-run-as-root",
                       *launcher, "-np", str(layout.ranks)] + command
        self.command = command
        scratch = self.folder / "t"
        scratch.mkdir(exist_ok=True)
        self.environment = os.environ | {
            self._MARK: self.mark,
            # What a killed launcher leaves behind goes with the folder.
            "TMPDIR": str(scratch), "OMPI_MCA_btl_vader_backing_directory": str(scratch),
        } | (environment or {})
        self._output = self.folder / f"{self.mark[:8]}.out"
        self._errors = self.folder / f"{self.mark[:8]}.err"
        self.process = None

    def start(self):
        with open(self._output, "wb") as output, open(self._errors, "wb") as errors:
            self.began = time.monotonic()
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=output, stderr=errors, start_new_session=True)
        return self

    @property
    def is_running(self):
        return self.process.poll() is None

    @property
    def errors(self):
        return self._errors.read_text(errors="replace")

    @property
    def output(self):
        return self._output.read_text(errors="replace")

    def processes(self):
        """All living processes of this start: {pid: rank}; the launcher's rank is None."""
        found = {}
        needle = f"{self._MARK}={self.mark}".encode()
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open(f"/proc/{entry}/environ", "rb") as file:
                    variables = file.read().split(b"\0")
                with open(f"/proc/{entry}/stat", "rb") as file:
                    state = file.read().rsplit(b")", 1)[1].split()[0]
            except OSError:
                continue
            if needle not in variables or state == b"Z":
                continue
            ranks = [v[21:] for v in variables if v.startswith(b"OMPI_COMM_WORLD_RANK=")]
            found[int(entry)] = int(ranks[0]) if ranks else None
        return found

    def rank(self, wanted):
        """The process of a rank of `coppice`; None if it is not there (yet)."""
        if not self.layout.is_launched:
            return self.process.pid if self.is_running else None
        for pid, rank in self.processes().items():
            try:
                if rank == wanted and os.readlink(f"/proc/{pid}/exe") == binary():
                    return pid
            except OSError:
                pass
        return None

    def wait(self, seconds=60):
        """Waits for the end of the command, not of processes that outlive it. A run that does not
        end is killed with all that belongs to it, and its code is None."""
        code = None
        try:
            code = self.process.wait(max(0, self.began + seconds - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.destroy()
        return Ended(code, self.output, self.errors, time.monotonic() - self.began)

    def destroy(self):
        """Kills everything that came of this start."""
        for _ in range(100):
            for pid in self.processes():
                send(pid, signal.SIGKILL)
            self.process.poll()
            if not self.processes():
                return
            time.sleep(0.02)

    def orphans(self, patience=5):
        """Processes that outlive the command for longer than so many seconds."""
        deadline = time.monotonic() + patience
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.02)
        return left


def send(pid, number):
    """Sends a signal to a process that may be gone; whether it was there."""
    try:
        os.kill(pid, number)
        return True
    except ProcessLookupError:
        return False


def run(*arguments, **named):
    """Runs to the end."""
    seconds = named.pop("seconds", 60)
    return Run(*arguments, **named).start().wait(seconds)


def call(words, seconds=60):
    """Any other command of coppice."""
    done = subprocess.run([binary(), *words], capture_output=True, text=True, timeout=seconds)
    return Ended(done.returncode, done.stdout, done.stderr, 0)


def remove(path):
    shutil.rmtree(path, ignore_errors=True)
