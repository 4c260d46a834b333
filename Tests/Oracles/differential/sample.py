"""Stores cases small: spikes and events whole, voltages every so many steps."""

import copy
import json
import pathlib

from comparison import scale_of

TARGET = pathlib.Path(__file__).resolve().parent.parent / "data" / "differential.json"
ROWS = 40


def entry(case, results):
    """A case with what Brian makes of it; its job records what is stored."""
    every = case["steps"] // ROWS
    job = copy.deepcopy(case["job"])
    rows, scales = {}, {}
    for states in job["record"]["states"].values():
        population = states["population"]
        states["variables"] = case["voltages"][population]
        states["every"] = f"{every}*{case['dt'].replace(' ', '*')}"
        for variable in states["variables"]:
            values = results[f"rows/{population}/{variable}"]
            # population.variable -> neuron -> row
            rows[f"{population}.{variable}"] = values[::every].T.tolist()
            scales[f"{population}.{variable}"] = scale_of(values)
    events = {name.split("/")[1]: pairs.tolist() for name, pairs in results.items()
              if not name.startswith("rows/")}
    return {"name": job["name"], "steps": case["steps"], "events": events, "rows": rows,
            "scales": scales, "features": case["features"], "job": job}


def write(entries, seed):
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    TARGET.write_text(f'{{"seed": {seed}, "cases": [\n{lines}\n]}}\n')
    print(TARGET, TARGET.stat().st_size, "bytes")
