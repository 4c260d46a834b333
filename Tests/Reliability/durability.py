"""R4: the order in which a run brings things to disk, as strace sees it.

The rules are those of the commit protocol (docs/reliability.md). What is not fsynced when power is
lost may be there, or not, or in pieces, so each thing must be on disk before another one relies on it.
"""

import os
import re
from dataclasses import dataclass

import coppice
from campaign import Outcome, Part
from coppice import Layout
from tracing import names

_CALLS = ("openat,open,creat,close,write,pwrite64,writev,ftruncate,fsync,fdatasync,rename,renameat,"
          "renameat2,mkdir,unlink,rmdir,fchmod")


@dataclass
class Event:
    """A call as far as files are concerned."""

    call: str
    path: str  # absolute
    begin: int  # line of the log at which it began
    end: int  # line at which it returned
    target: str = ""  # of a rename
    creates: bool = False
    failed: bool = False


class Trace:
    """The calls of all processes of a run, in the order in which strace has seen them."""

    _START = re.compile(r"^(\d+) +(\w+)\((.*)$")
    _RESUMED = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>(.*)$")

    def __init__(self, lines, folder):
        """`folder`: in which the processes were started."""
        self.events = []
        self._folder = str(folder)
        pending = {}
        for number, line in enumerate(lines):
            if match := self._RESUMED.match(line):
                if begun := pending.pop(match[1], None):
                    self._add(begun[0], begun[1] + match[3], begun[2], number)
            elif match := self._START.match(line):
                if line.endswith("<unfinished ...>"):
                    text = match[3].removesuffix("<unfinished ...>")
                    pending[match[1]] = (match[2], text, number)
                else:
                    self._add(match[2], match[3], number, number)

    def _path(self, text):
        return os.path.normpath(os.path.join(self._folder, text))

    def _add(self, call, text, begin, end):
        quoted = re.findall(r'"((?:[^"\\]|\\.)*)"', text)
        on = re.match(r"\s*\d+<([^>]*)>", text)
        failed = re.search(r"= -1 E", text) is not None
        if call in ("open", "openat", "creat", "mkdir", "unlink", "rmdir") and quoted:
            self.events.append(Event(call, self._path(quoted[0]), begin, end,
                                     creates="O_CREAT" in text, failed=failed))
        elif call.startswith("rename") and len(quoted) > 1:
            self.events.append(Event("rename", self._path(quoted[0]), begin, end,
                                     self._path(quoted[1]), failed=failed))
        elif on:
            path = on[1].removesuffix(" (deleted)")
            self.events.append(Event(call, path, begin, end, failed=failed))


class Order:
    """Finds out what a run relied on before it was on disk."""

    _CHANGES = ("write", "pwrite64", "writev", "ftruncate")

    def __init__(self, trace, output):
        self.output = str(output)
        self.events = [e for e in trace.events if not e.failed
                       and (e.path.startswith(self.output) or e.target.startswith(self.output))]
        self.failed_closes = [e for e in trace.events if e.failed and e.call in ("close", "fsync")]
        self.commits = 0
        self.faults = []
        # Path: the last change of a file's bytes or of the names in a directory, as a line.
        self._changed, self._synced, self._born = {}, {}, {}
        for event in self.events:
            self._follow(event)

    def _is_on_disk(self, path, before):
        """Whether what a path holds was fsynced after its last change, and before a line."""
        changed = self._changed.get(path, -1)
        return any(begin > changed and end < before for begin, end in self._synced.get(path, []))

    def _require(self, path, event, what):
        if not self._is_on_disk(path, event.begin):
            self.faults.append(f"{what} before {os.path.relpath(path, self.output)} is on disk")

    def _follow(self, event):
        if event.call in self._CHANGES:
            self._changed[event.path] = event.end
        elif event.call in ("fsync", "fdatasync"):
            self._synced.setdefault(event.path, []).append((event.begin, event.end))
        elif event.creates:
            # An existing file is opened likewise; that it was synced since is no less true then.
            self._changed[os.path.dirname(event.path)] = event.end
            self._changed[event.path] = event.end
        elif event.call == "mkdir":
            self._changed[os.path.dirname(event.path)] = event.end
            self._born[event.path] = event.end
        elif event.call == "rename":
            self._rename(event)

    def _rename(self, event):
        checkpoints, segments = self.output + "/checkpoints", self.output + "/segments"
        old, new = event.path, event.target
        if os.path.dirname(new) == checkpoints and os.path.basename(new).startswith("gen-"):
            self.commits += 1
            if self.commits > 1:
                # The directories that the first one has made have names, too.
                for path in (checkpoints, segments):
                    born = self._born.get(path, -1)
                    if not any(begin > born and end < event.begin
                               for begin, end in self._synced.get(self.output, [])):
                        self.faults.append(f"a second generation before the name of {path}")
            held = {e.path for e in self.events if e.creates and os.path.dirname(e.path) == old}
            for path in sorted(held):
                self._require(path, event, "a generation gets its name")
            self._require(old, event, "a generation gets its name")
            if not any(path.endswith("/manifest.json") for path in held):
                self.faults.append("a generation without a manifest gets its name")
            # The segments that its manifest names.
            if any(e.call == "rename" and e.target.startswith(segments + "/")
                   and e.end < event.begin for e in self.events):
                self._require(segments, event, "a generation gets its name")
        elif os.path.dirname(new) == segments and new.endswith(".h5"):
            self._require(old, event, "a segment gets its name")
        elif os.path.dirname(new) == self.output and os.path.basename(new) in (
                "outputs.json", "run.json"):
            self._require(old, event, f"{os.path.basename(new)} gets its name")
            if new.endswith("outputs.json"):
                for path in self._merged_before(event):
                    self._require(path, event, "outputs.json gets its name")
        elif os.path.dirname(new) == self.output and new.endswith(".h5"):
            self._require(old, event, "a merged file gets its name")
            # From here on the segments do not count: outputs.json must be there.
            self._require(self.output, event, "a merged file gets its name")
        elif os.path.dirname(old) == checkpoints and os.path.basename(old).startswith("gen-"):
            # A generation goes: a newer one, or its absence, must be on disk.
            if self.commits > 0:
                self._require(checkpoints, event, "a generation is taken away")
        # A file takes its state with it.
        self._changed[new] = self._changed.get(old, -1)
        self._synced[new] = list(self._synced.get(old, []))
        if not new.endswith(".h5") or os.path.dirname(new) != self.output:
            for path in {os.path.dirname(old), os.path.dirname(new)}:
                self._changed[path] = event.end

    def _merged_before(self, event):
        return sorted({e.path for e in self.events if e.creates and e.end < event.begin
                       and re.fullmatch(re.escape(self.output) + r"/\..*\.h5\.partial", e.path)})


class Durability(Part):
    """Traces whole runs, every call of every process, and checks each commit."""

    name = "R4"
    what = "the order in which a commit brings things to disk, from traces of system calls"
    unit = "checkpoints"
    goal = 100

    def trial(self, number, random):
        laboratory = self.laboratory
        folder = laboratory.folder()
        ranks = [1, 1, 2][number % 3]
        log = folder / "strace.log"
        before = []
        words = ["--block", str(random.choice([1, 2, 4])), "--set",
                 f"checkpoint.keep={random.randint(1, 3)}"]
        run = coppice.Run(folder, "out", Layout(ranks), words, before=before)
        run.command = ["strace", "-f", "-y", "-qq", "-s", "256", "-e", f"trace={_CALLS}", "-o",
                       str(log), *run.command]
        ended = run.start().wait(120)
        lines = log.read_text(errors="replace").splitlines()
        failures = [] if ended.code == 0 else [f"a run under strace fails: {ended}"]
        order = Order(Trace(lines, folder), folder / "out")
        failures += order.faults
        failures += [f"{e.call} of {e.path} fails, nobody cares" for e in order.failed_closes
                     if e.path.startswith(str(folder / "out"))]
        if order.commits < 2:
            failures.append(f"only {order.commits} commits in {names(lines)}")
        if failures:
            failures.append(f"see {laboratory.keep(folder, f'{self.name}-{number}')}")
        self.last = (lines, folder)
        coppice.remove(folder)
        return Outcome(order.commits, failures)

    def bites(self):
        """Traces from which a call has been taken, or in which two have changed places."""
        if not hasattr(self, "last"):
            return {}
        lines, folder = self.last
        output = str(folder / "out")
        found = {}
        targets = {
            "the fsync of a shard is left out": r"fsync\(.*\.gen-.*/shard-",
            "the fsync of a manifest is left out": r"fsync\(.*\.gen-.*/manifest.json",
            "the fsync of a draft is left out": r"fsync\(\d+<[^>]*/\.gen-[^/>]*>",
            "the fsync of checkpoints is left out": r"fsync\(\d+<[^>]*/checkpoints>",
            "the fsync of a segment is left out": r"fsync\(.*/segments/\.step-",
            "the fsync of segments is left out": r"fsync\(\d+<[^>]*/segments>",
            "the fsync of a merged file is left out": r"fsync\(.*/\.spikes\.h5\.partial",
            "the fsync of the record of a merge is left out": r"fsync\(.*/\.outputs\.json\.partial",
            "the fsync of the output directory is left out": rf"fsync\(\d+<{re.escape(output)}>",
        }
        for what, pattern in targets.items():
            kept = [line for line in lines if not re.search(pattern, line)]
            found[what] = len(kept) < len(lines) and bool(Order(Trace(kept, folder), output).faults)
        return found
