"""Runs the converter on all scripts of this folder: check.py [--store] [NAME]...

Each script is run in Brian, and its job in Coppice with Brian's draws: all must agree, and all that
cannot be carried over must be refused by its row of the table. `--store` writes the jobs and what
Brian recorded to `data`, for tests without Python.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(TOP / "jobs"))

from from_dendrify.refusals import REFUSALS  # noqa: E402
from refused import SCRIPTS  # noqa: E402


def python_of(script):
    """The interpreter of a script: that of Dendrify 1 if it says so."""
    environment = pathlib.Path(os.environ.get("COPPICE_ENV", TOP / ".env"))
    name = "paper" if "environment: paper" in script.read_text().splitlines()[0] else "current"
    return environment / name / "bin/python"


def convert(script, folder, *options):
    """Runs one script in a process of its own; gives its facts and the process."""
    done = subprocess.run(
        [python_of(script), HERE / "run_one.py", script, folder, *options],
        capture_output=True, text=True, env=dict(os.environ, OMP_NUM_THREADS="1"))
    path = folder / "run.json"
    return (json.loads(path.read_text()) if path.exists() else None), done


def compare(script):
    """What is wrong with a script's conversion."""
    with tempfile.TemporaryDirectory() as folder:
        found, done = convert(script, pathlib.Path(folder))
    if found is None:
        return [done.stderr[-2000:]]
    wrong = [f"refused: {one['reason']}" for one in found["refused"]]
    lines = [line for one in found["simulations"] for line in one["lines"]]
    wrong += [f"{line['name']}: {line['text']}" for line in lines if not line["agrees"]]
    wrong += [f"not replayed: {name}" for one in found["simulations"]
              for name in one["not_replayed"]]
    # A comparison of nothing would agree.
    happened = any(line["counts"] and line["counts"][0] for line in lines) or any(
        line["counts"] is None and "no values" not in line["text"] for line in lines)
    return wrong + ([] if happened else ["nothing was recorded"])


def refuse(key):
    """What is wrong with a refusal."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        script, output = folder / f"{key}.py", folder / "job.yaml"
        script.write_text(SCRIPTS[key])
        environment = pathlib.Path(os.environ.get("COPPICE_ENV", TOP / ".env"))
        done = subprocess.run(
            [environment / "current/bin/python", TOP / "jobs/from_dendrify.py", script,
             "-o", output], capture_output=True, text=True)
        wrong = []
        if done.returncode != 65:
            wrong.append(f"exit code {done.returncode}")
        if f"[{key}]" not in done.stderr:
            wrong.append(f"not named: {done.stderr[-1000:]}")
        left = sorted(path.name for path in folder.iterdir() if path != script)
        return wrong + ([f"wrote {', '.join(left)}"] if left else [])


def command(*arguments):
    """The converter's own command line, in a folder that is gone afterwards; gives its output too."""
    environment = pathlib.Path(os.environ.get("COPPICE_ENV", TOP / ".env"))
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [environment / "current/bin/python", TOP / "jobs/from_dendrify.py", *arguments],
            capture_output=True, text=True, cwd=folder)
        jobs = {path.name: path.read_text() for path in pathlib.Path(folder).glob("*.yaml")}
    return done, jobs


def check_options():
    """What is wrong with the options of the command line."""
    scripts = HERE / "scripts"
    wrong = []

    def expect(holds, what):
        if not holds:
            wrong.append(what)

    done, jobs = command(scripts / "network.py", "--rules", "--seed", "9")
    text = jobs.get("network.yaml", done.stderr)
    expect("seed: 9" in text, "--seed is not taken")
    expect("{condition: i != j, probability: 0.3}" in text
           or "condition: 'i != j', probability: 0.3" in text, "--rules writes no rule")
    expect("excite:" in text and "dataset: edges/excite" in text, "drawn weights keep no pairs")
    done, jobs = command(scripts / "inputs.py", "-o", "plain.yaml")
    expect("sources: 200" in jobs.get("plain.yaml", ""), "a PoissonInput is no poisson")
    done, jobs = command(scripts / "inputs.py", "-o", "plain.yaml", "--replay")
    expect("poisson" not in jobs.get("plain.yaml", "poisson"), "--replay leaves draws")
    done, jobs = command(scripts / "trials.py")
    expect(sorted(jobs) == [f"trials-{k}.yaml" for k in range(1, 6)], "five jobs of trials.py")
    expect("is simulated, and a run follows" in done.stderr, "reading between runs is not told")
    expect(all("is Brian's, whatever is changed in the job" in text for text in jobs.values()),
           "reading between runs is not told in the job")
    done, jobs = command("missing.py")
    expect(done.returncode == 66, f"exit code {done.returncode} without a script")
    done, jobs = command(scripts / "network.py", "--unknown")
    expect(done.returncode == 64 and not jobs, f"exit code {done.returncode} of a wrong option")
    return wrong


def store(scripts):
    data = HERE / "data"
    shutil.rmtree(data, ignore_errors=True)
    for script in scripts:
        with tempfile.TemporaryDirectory() as folder:
            found, done = convert(script, pathlib.Path(folder), "--store")
            if done.returncode:
                sys.exit(f"{script.name}: {done.stderr[-2000:]}")
            data.mkdir(exist_ok=True)
            for path in sorted(pathlib.Path(folder).iterdir()):
                shutil.copyfile(path, data / path.name)
        print(script.name, flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--store", action="store_true")
    options = parser.parse_args()
    scripts = [path for path in sorted((HERE / "scripts").glob("*.py"))
               if not options.names or path.stem in options.names]
    if options.store:
        store(scripts)
        return 0
    refusals = [key for key in SCRIPTS if not options.names or key in options.names]
    failed = 0
    for key in sorted(set(REFUSALS) ^ set(SCRIPTS)):
        print(f"FAILED  {key}: in the table or among the scripts, but not in both")
        failed += 1
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        work = [(path.stem, pool.submit(compare, path)) for path in scripts]
        if not options.names or "options" in options.names:
            work.append(("options", pool.submit(check_options)))
        work += [(f"refusal '{key}'", pool.submit(refuse, key)) for key in refusals]
        for name, future in work:
            wrong = future.result()
            print(f"{'FAILED' if wrong else 'ok':6}  {name}", *wrong, sep="\n        ", flush=True)
            failed += bool(wrong)
    print(f"{len(work) - failed} of {len(work)} as they should be")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
