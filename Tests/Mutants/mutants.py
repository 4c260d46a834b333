#!/usr/bin/env python3
"""Shows that the tests notice bugs: builds a copy of the sources with all bugs of bugs.py in it, each
behind a switch, and runs for each the tests that must fail while it is on.

    Tests/Mutants/mutants.py [--scratch DIR] [--wrap CMD] [NAME...]
    Tests/Mutants/mutants.py --check     looks only whether bugs and tests have their places still

First these tests must pass with no bug on. Results are kept in the scratch folder and not made
again as long as sources and tests are the same. Ends with 0 if every bug was noticed.
"""

import argparse
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
from bugs import BUGS  # noqa: E402

PROJECT = pathlib.Path(__file__).resolve().parents[2]
SWITCH = """

private func isSeeded(_ name: String) -> Bool {
  getenv("COPPICE_SEEDED_BUG").map { String(cString: $0) == name } ?? false
}
"""
COPIED = ["Package.swift", "Sources", "Tests", "jobs"]
# What no test of the seeded bugs needs.
LEFT = {"Mutants", "Fuzz", "Reliability", "Sanitizers", "FromDendrify", "Oracles"}
SECONDS = 240


def seeded(text, bugs, file):
    """The text of a file with bugs in it."""
    for bug in bugs:
        if text.count(bug.piece) != 1:
            sys.exit(f"mutants: {bug.name}: {file} holds its piece {text.count(bug.piece)} times")
        switch = f'isSeeded("{bug.name}")'
        text = text.replace(bug.piece, bug.instead.replace("SEEDED", switch))
    if not re.search(r"^(internal |package |public )?import Glibc$", text, re.M):
        text = "import Glibc\n" + text
    return text + SWITCH


def seed(contents):
    """Puts all bugs into the contents of files, by name."""
    for file in {bug.file for bug in BUGS}:
        bugs = [bug for bug in BUGS if bug.file == file]
        contents[file] = seeded(contents[file].decode(), bugs, file).encode()


def check():
    """Whether each bug has its place, and each test is there."""
    seed({bug.file: (PROJECT / bug.file).read_bytes() for bug in BUGS})
    tests = "".join(path.read_text() for path in sorted((PROJECT / "Tests").rglob("*.swift")))
    for bug in BUGS:
        for word in re.split(r"[|/]", bug.test):
            if not re.search(rf"(struct|func) {word}", tests):
                sys.exit(f"mutants: {bug.name}: there is no test {word}")


def prepare(scratch):
    """Copies what is to be built; only what has changed, so that a build goes on. The copy's hash."""
    contents = {}
    for name in COPIED:
        root = PROJECT / name
        for path in [root] if root.is_file() else sorted(root.rglob("*")):
            relative = path.relative_to(PROJECT)
            if path.is_file() and not LEFT.intersection(relative.parts):
                contents[str(relative)] = path.read_bytes()
    seed(contents)
    for path in scratch.rglob("*"):
        relative = str(path.relative_to(scratch))
        if path.is_file() and not relative.startswith(".") and relative not in contents:
            path.unlink()
    digest = hashlib.sha256()
    for relative, data in sorted(contents.items()):
        digest.update(relative.encode() + b"\0" + data + b"\0")
        path = scratch / relative
        if not path.exists() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            shutil.copymode(PROJECT / relative, path)
    return digest.hexdigest()[:16]


def run(command, scratch, bug=""):
    environment = dict(os.environ, COPPICE_SEEDED_BUG=bug)
    environment.pop("COPPICE_BINARY", None)
    try:
        done = subprocess.run(
            command, cwd=scratch, env=environment, capture_output=True, text=True, timeout=SECONDS * 3)
    except subprocess.TimeoutExpired as expired:
        return 124, (expired.stdout or b"").decode(errors="replace")
    return done.returncode, done.stdout + done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scratch", default=str(PROJECT / ".build" / "mutants"))
    parser.add_argument("--wrap", default="", help="a command that each build and test is run by")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    if arguments.check:
        return check()
    wrap = shlex.split(arguments.wrap)
    scratch = pathlib.Path(arguments.scratch).resolve()
    scratch.mkdir(parents=True, exist_ok=True)
    sources = prepare(scratch)
    build = subprocess.run(wrap + ["swift", "build", "--build-tests"], cwd=scratch)
    if build.returncode != 0:
        sys.exit("mutants: the copy does not build")

    ledger = scratch / ".results.json"
    results = json.loads(ledger.read_text()) if ledger.exists() else {}
    if results.get("sources") != sources:
        results = {"sources": sources, "caught": {}, "sound": []}

    def test(filter, bug=""):
        command = ["timeout", str(SECONDS), "swift", "test", "--skip-build", "--filter", filter]
        return run(wrap + command, scratch, bug)

    chosen = [bug for bug in BUGS if not arguments.names or bug.name in arguments.names]
    missed = []
    for filter in sorted({bug.test for bug in chosen}):
        if filter in results["sound"]:
            continue
        code, output = test(filter)
        if code != 0 or not re.search(r"Test run with [1-9]\d* tests?.* passed", output):
            print(output[-4000:])
            print(f"mutants: without a bug {filter} does not pass", flush=True)
            missed += [bug.name for bug in chosen if bug.test == filter]
            continue
        results["sound"].append(filter)
        ledger.write_text(json.dumps(results))

    for bug in chosen:
        if bug.name in missed:
            continue
        if bug.name not in results["caught"]:
            code, output = test(bug.test, bug.name)
            failed = re.findall(r"✘ Test (\"[^\"]+\"|\w+\([^)]*\)).*? (?:failed|recorded)", output)
            if code == 0:
                missed.append(bug.name)
                print(f"missed   {bug.name}: {bug.test} passes", flush=True)
                continue
            results["caught"][bug.name] = failed[0] if failed else f"{bug.test} (ended with {code})"
            ledger.write_text(json.dumps(results))
        print(f"caught   {bug.name}: {results['caught'][bug.name]}", flush=True)
    print(f"mutants: {len(results['caught'])} of {len(BUGS)} bugs caught")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
