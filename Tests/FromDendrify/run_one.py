"""Converts one script and compares: run_one.py SCRIPT FOLDER [--store] [--own-draws SHIFT]

In the Python environment of the script. Leaves FOLDER/run.json: refusals, or for each simulation
what agrees and what differs between Brian and the job with Brian's draws. With `--store`, the
jobs and what Brian recorded stay in FOLDER, for tests without Python. With `--own-draws`, seeds of
the script are shifted, and the jobs draw for themselves: FOLDER/run.json then holds observables of
both.
"""

import argparse
import json
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "jobs"))

from from_dendrify import coppice  # noqa: E402
from from_dendrify.command import Conversion  # noqa: E402
from from_dendrify.comparison import Comparison, expected_of, scale_of  # noqa: E402
from from_dendrify.refusals import CannotCarryOver  # noqa: E402
from from_dendrify.writing import Files  # noqa: E402

# So many rows of a variable are kept.
ROWS = 40


def conversion_of(options, folder):
    given = argparse.Namespace(
        script=options.script, output=str(folder / pathlib.Path(options.script).stem) + ".yaml",
        compare=False, replay=True, execute=True, rules=False, seed=options.own_draws,
        coppice=None)
    return Conversion(given)


def shift_seeds(shift):
    """Other seeds than the script's, and one where it gives none."""
    import brian2

    original = brian2.seed

    def shifted(seed=None):
        original(shift if seed is None else seed + 1000 * shift)

    brian2.seed = brian2.devices.device.seed = shifted
    original(shift)


def run_job(conversion, translation, folder):
    """Writes a job and runs it; gives its results."""
    files = Files(folder / f"{translation.draft.name}.yaml")
    written = files.write(translation.draft.finished(), translation.draft.arrays, [])
    failed = coppice.run(conversion.binary, written, folder / "out")
    files.drop()
    if failed:
        sys.exit(f"{translation.draft.name}: {failed}")
    return coppice.Results(folder / "out", translation.simulation.dt)


def facts(translation):
    """What a simulation is, in numbers."""
    draft, draws = translation.draft, translation.draws
    return {
        "name": draft.name, "notes": draft.notes,
        "neurons": sum(one["size"] for one in draft.job["populations"].values()
                       if "model" in one),
        "projections": len(draft.job["projections"]),
        "duration": draft.job["simulation"]["duration"],
        "runs": len(translation.simulation.segments),
        "replayed": sorted(
            ["Poisson spikes"] * bool(draws.spikes or draws.counts)
            + ["noise"] * bool(draws.noise)),
        "not_replayed": translation.noise()}


def compared(conversion, translation):
    found = facts(translation)
    with tempfile.TemporaryDirectory() as folder:
        results = run_job(conversion, translation, pathlib.Path(folder))
        comparison = Comparison(
            translation.simulation, translation.recordings.found, results)
    found["lines"] = [vars(line) for line in comparison.lines]
    return found


def observables(translation, results):
    """Numbers of spikes, and means of what is recorded, in Brian and here."""
    found = {}
    for recorded in translation.recordings.found:
        in_brian, here = expected_of(translation.simulation, recorded, results)
        for name, one in in_brian.items():
            found[name] = (
                [len(one), len(here[name])] if isinstance(one, list)
                else [float(one.mean()), float(here[name].mean())])
    return found


def expectation(translation):
    """What Brian recorded, as far as tests keep it."""
    spikes, rows, watched, whole = {}, {}, {}, set()
    for recorded in translation.recordings.found:
        for name, one in expected_of(translation.simulation, recorded, None)[0].items():
            if isinstance(one, list):
                spikes[recorded.name] = sorted(set(map(tuple, one)) | set(
                    map(tuple, spikes.get(recorded.name, []))))
                watched.setdefault(recorded.name, set()).update(range(*recorded.neurons))
                if len(watched[recorded.name]) == recorded.size:
                    whole.add(recorded.name)
            elif recorded.kind == "states" and one.size:
                every = max(1, len(one) // ROWS)
                rows[name] = {
                    "neurons": [int(neuron) for neuron in recorded.neurons], "every": every,
                    "count": len(one), "scale": scale_of(one), "rows": one[::every].T.tolist()}
    # A job records whole populations; a monitor may watch a part.
    watched = {name: sorted(neurons) for name, neurons in watched.items() if name not in whole}
    return {"spikes": spikes, "watched": watched, "rows": rows}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("script")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--store", action="store_true")
    parser.add_argument("--own-draws", type=int, metavar="SHIFT")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.own_draws is not None:
        shift_seeds(options.own_draws)
    conversion = conversion_of(options, options.folder)
    if conversion.binary is None:
        sys.exit("run_one.py: there is no coppice; build it, or set COPPICE_BINARY")
    found = {"script": pathlib.Path(options.script).name, "refused": [], "simulations": []}
    try:
        capture = conversion.capture()
        translations = conversion.translations(capture, replay=options.own_draws is None)
        if options.store:
            conversion.write(translations)
            for one in translations:
                path = options.folder / f"{one.draft.name}.json"
                path.write_text(json.dumps(expectation(one)) + "\n")
        for one in translations:
            if options.own_draws is None:
                found["simulations"].append(compared(conversion, one))
            else:
                with tempfile.TemporaryDirectory() as folder:
                    results = run_job(conversion, one, pathlib.Path(folder))
                    found["simulations"].append(
                        facts(one) | {"observables": observables(one, results)})
    except CannotCarryOver as refused:
        found["refused"] = refused.found
    if not options.store:
        (options.folder / "run.json").write_text(json.dumps(found, indent=1) + "\n")
    agrees = all(line["agrees"] for one in found["simulations"] for line in one.get("lines", []))
    sys.exit(0 if agrees and not found["refused"] else 1)


main()
