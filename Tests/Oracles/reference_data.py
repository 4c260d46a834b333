"""Stores reference data: an index in JSON beside little-endian arrays in one binary file.

The index holds the facts of the run and, under `arrays`, for each array its name, element type
(`u16`, `i32`, `f64`), shape (row-major) and offset in bytes.
"""

import json
import pathlib

import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parent / "data"
ELEMENTS = {"u16": "<u2", "i32": "<i4", "f64": "<f8"}


def write(name, facts, arrays):
    """Writes data/NAME.json and data/NAME.bin; `arrays` maps names to (element, values)."""
    FOLDER.mkdir(exist_ok=True)
    entries, offset = [], 0
    with open(FOLDER / f"{name}.bin", "wb") as file:
        for key, (element, values) in arrays.items():
            given = np.asarray(values)
            stored = np.ascontiguousarray(given.astype(ELEMENTS[element]))
            if not np.array_equal(stored, given):
                raise ValueError(f"{key} does not fit into {element}")
            file.write(stored.tobytes())
            entries.append({
                "name": key, "element": element, "shape": list(stored.shape), "offset": offset})
            offset += stored.nbytes
    index = dict(facts, arrays=entries)
    (FOLDER / f"{name}.json").write_text(json.dumps(index, indent=1) + "\n")
    print(f"{name}: {offset} bytes", facts)
