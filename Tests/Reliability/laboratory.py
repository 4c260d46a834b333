"""Where trials are made: a folder for each, and runs that were never interrupted to compare with."""

import shutil
import tempfile
from pathlib import Path

import coppice
import fixture
import outputs
from coppice import Layout, Run


class Laboratory:
    """Owns a scratch folder, which goes when the harness ends.

    Most trials are made on a file system in memory, where nothing waits for a disk; every fifth on
    the disk of `/tmp`, where a kill can meet a process that waits for one.
    """

    def __init__(self, state):
        self._state = state
        memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
        self.memory = Path(tempfile.mkdtemp(prefix="cr", dir=memory))
        self.disk = Path(tempfile.mkdtemp(prefix="cr"))
        self._references = {}
        self._count = 0

    def close(self):
        coppice.remove(self.memory)
        coppice.remove(self.disk)

    def folder(self, on_disk=False):
        """A new folder with the job in it."""
        self._count += 1
        folder = (self.disk if on_disk else self.memory) / f"t{self._count}"
        folder.mkdir()
        (folder / "F.yaml").write_text(fixture.text())
        return folder

    def reference(self, ranks=1, words=()):
        """The output of a run that nothing has interrupted."""
        key = (ranks, tuple(words))
        if key not in self._references:
            folder = self.folder()
            ended = coppice.run(folder, "out", Layout(ranks), words)
            if ended.code != 0:
                raise SystemExit(f"a run that nothing disturbs fails: {ended}")
            record = outputs.record(folder / "out")
            if min(record["spikes"]["pyr"], record["spikes"]["x"]) < 100:
                raise SystemExit(f"the fixture is silent: {record['spikes']}")
            self._references[key] = folder / "out"
        return self._references[key]

    def differences(self, output, ranks=1, words=(), state=True, compares=True):
        """What is not as in a run that nothing has interrupted: by SHA-256 of every merged file
        and of the final state, and by `coppice compare`, which is under test itself.

        - state: the last stretch had so many ranks of one thread, so its shards compare.
        - compares: asks `coppice compare` as well; equal hashes leave it nothing to find.
        """
        reference = self.reference(ranks, words)
        found = []
        expected, got = outputs.digests(reference), outputs.digests(output)
        found += [f"{name}: other bytes" for name in sorted(expected.keys() | got.keys())
                  if expected.get(name) != got.get(name)]
        if not expected:
            found.append("nothing to compare")
        if state and outputs.final_state(reference) != outputs.final_state(output):
            found.append("the final state: other bytes")
        if compares or found:
            compared = coppice.call(["compare", str(reference), str(output)])
            if compared.code != 0:
                found.append(f"coppice compare: {compared}")
        return found

    def keep(self, folder, name):
        """Keeps what a failed trial left, for people; returns where."""
        place = self._state / "failures" / name
        coppice.remove(place)
        shutil.copytree(folder, place, symlinks=True, ignore_dangling_symlinks=True,
                        ignore=shutil.ignore_patterns("t"))
        return place


def finish(folder, output, layout, words=(), attempts=1, **named):
    """The same command line until it is done, without anybody's help.

    Returns the last run and what was wrong with it.
    """
    for attempt in range(attempts):
        ended = Run(folder, output, layout, words, **named).start().wait(90)
        if ended.code == 0:
            break
    if ended.code is None:
        return ended, [f"the run that goes on hangs: {ended}"]
    if ended.code != 0:
        return ended, [f"the same command line does not go on: {ended}"]
    return ended, []
