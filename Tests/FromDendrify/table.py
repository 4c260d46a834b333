"""The table of docs/from-dendrify.md: table.py [--seeds N] [NAME]...

Runs the scripts and notebooks in the folder that DENDRIFY_SCRIPTS names, in Brian and as jobs. What
draws random numbers is compared twice: exactly, with Brian's draws, and over seeds, each side with
draws of its own. Exits with 1 if anything differs.
"""

import argparse
import concurrent.futures
import os
import pathlib
import sys
import tempfile

import numpy as np
from scipy.stats import ttest_ind

HERE = pathlib.Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs/from-dendrify.md"
BEGIN, END = "<!-- made by make from-dendrify-table -->", "<!-- end -->"
HEAD = [
    "script", "is", "Brian's draws replayed", "spikes", "variables", "own draws, Brian; Coppice"]
# A test of so many is expected to fall below this by chance.
LEAST_P = 1e-3

sys.path.insert(0, str(HERE))
from check import convert  # noqa: E402


def own_draws(script, shift):
    with tempfile.TemporaryDirectory() as folder:
        found, done = convert(script, pathlib.Path(folder), "--own-draws", str(shift))
    if found is None:
        sys.exit(f"{script.name}: {done.stderr[-2000:]}")
    return found


def compared(script):
    with tempfile.TemporaryDirectory() as folder:
        found, done = convert(script, pathlib.Path(folder))
    if found is None:
        sys.exit(f"{script.name}: {done.stderr[-2000:]}")
    return found


def observable(simulation):
    """Spikes of all that is recorded, or the mean of the first variable in its unit."""
    values = simulation["observables"]
    spikes = [pair for name, pair in values.items() if name.startswith("spikes")]
    if spikes:
        return np.sum(spikes, axis=0), "spikes"
    name, pair = next(iter(values.items()))
    return np.array(pair) * 1e3, f"mean {name.split('.')[-1]}, mV"


def distribution(draws, place):
    """Means and deviations of both sides over seeds, and how likely such a difference is."""
    pairs = [observable(found["simulations"][place]) for found in draws]
    both, name = np.array([pair for pair, _ in pairs], float), pairs[0][1]
    p = float(ttest_ind(both[:, 0], both[:, 1], equal_var=False).pvalue)
    text = "; ".join(
        f"{side.mean():.4g} ± {float(f'{side.std(ddof=1):.2g}'):g}" for side in both.T)
    return f"{text} {name} (p {p:.2g})", p


def rows_of(script, found, draws):
    """Rows of the table, and whether all is well."""
    name = script.name
    if found["refused"]:
        reasons = "; ".join(f"{one['key']}: {one['reason']}" for one in found["refused"])
        return [[name, f"refused ({reasons})", "", "", "", ""]], True
    rows, good = [], True
    for place, one in enumerate(found["simulations"]):
        lines = one["lines"]
        good = good and all(line["agrees"] for line in lines) and not one["not_replayed"]
        spikes = [line for line in lines if line["counts"]]
        others = [line for line in lines if not line["counts"]]
        text = ", ".join(
            f"{line['counts'][0]} " + ("the same" if line["agrees"] else "**differ**")
            for line in spikes)
        values = max((line["distance"] for line in others), default=None)
        stochastic = bool(one["replayed"])
        own = ""
        if stochastic and draws:
            own, p = distribution(draws, place)
            good = good and p >= LEAST_P
        title = name if len(found["simulations"]) == 1 else f"{name}, {place + 1}"
        rows.append([
            title, f"{one['neurons']} neurons, {one['duration']}"
            + (f" in {one['runs']} runs" if one["runs"] > 1 else ""),
            ", ".join(one["replayed"]) if stochastic else "deterministic", text,
            "" if values is None else f"{values:.0e} of range", own])
    return rows, good


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seeds", type=int, default=10)
    options = parser.parse_args()
    folder = os.environ.get("DENDRIFY_SCRIPTS")
    if not folder:
        sys.exit("table.py: set DENDRIFY_SCRIPTS to a folder of scripts and notebooks")
    scripts = [path for path in sorted(pathlib.Path(folder).iterdir())
               if path.suffix in (".py", ".ipynb") and (
                   not options.names or path.stem in options.names)]
    rows, good = [], True
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for script, found in zip(scripts, pool.map(compared, scripts)):
            stochastic = any(one["replayed"] for one in found["simulations"])
            seeds = range(1, options.seeds + 1) if stochastic else ()
            draws = list(pool.map(lambda shift, one=script: own_draws(one, shift), seeds))
            more, well = rows_of(script, found, draws)
            rows += more
            good = good and well
            print(*(" | ".join(row) for row in more), sep="\n", flush=True)
    if not options.names:
        write(rows)
    return 0 if good else 1


def write(rows):
    """Puts the table into the page."""
    lines = ["| " + " | ".join(row) + " |" for row in [HEAD, ["---"] * len(HEAD), *rows]]
    text = PAGE.read_text()
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    PAGE.write_text(before + "\n".join([BEGIN, "", *lines, "", END]) + after)


if __name__ == "__main__":
    sys.exit(main())
