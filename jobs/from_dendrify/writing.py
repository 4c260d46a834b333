"""A job's two files: YAML, and HDF5 for arrays."""

import os
import pathlib
import re
import shutil
import tempfile

import h5py

# Longest line of a map or list that is written on one line.
WIDTH = 96
PLAIN = re.compile(r"[A-Za-z_0-9+(.-][^#:{}\[\],&*!|>'\"%@`\n]*(\*[^#:{}\[\],&!|'\"%@`\n]*)*$")
# What YAML would not read as the text that it is; a job takes every scalar as text.
SPECIAL = re.compile(r"[-?]( |$)|~|null$", re.IGNORECASE)


def scalar(value):
    """A scalar as YAML."""
    text = str(value)
    if PLAIN.match(text) and not SPECIAL.match(text) and text == text.strip():
        return text
    return "'" + text.replace("'", "''") + "'"


def flow(value):
    """A value on one line."""
    if isinstance(value, dict):
        inside = ", ".join(f"{scalar(key)}: {flow(one)}" for key, one in value.items())
        return "{" + inside + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    return scalar(value)


def _has_block(value):
    """Whether a value holds text of several lines, which needs lines of its own."""
    if isinstance(value, dict):
        return any(_has_block(one) for one in value.values())
    return isinstance(value, str) and "\n" in value


def block(value, indent=0, depth=0):
    """Lines of a map."""
    space = "  " * indent
    for key, one in value.items():
        start = f"{space}{scalar(key)}:"
        if isinstance(one, str) and "\n" in one:
            yield f"{start} |"
            for line in one.splitlines():
                yield f"{space}  {line}"
        elif isinstance(one, dict) and (
                _has_block(one) or depth == 0 or len(start) + len(flow(one)) > WIDTH):
            yield start
            yield from block(one, indent + 1, depth + 1)
        elif isinstance(one, list) and one and isinstance(one[0], (dict, list)) and (
                depth == 0 or len(start) + len(flow(one)) > WIDTH):
            yield start
            for entry in one:
                yield f"{space}  - {flow(entry)}"
        else:
            yield f"{start} {flow(one)}"


def yaml_text(job, comments):
    lines = [f"# {line}".rstrip() for line in comments]
    for key, value in job.items():
        if isinstance(value, (dict, list)):
            lines.append("")
        lines += block({key: value})
    return "\n".join(lines) + "\n"


def write_arrays(arrays, path):
    with h5py.File(path, "w", track_order=True) as file:
        for place, (array, units) in arrays.items():
            dataset = file.create_dataset(place, data=array)
            if units is not None and units != "1":
                dataset.attrs["units"] = units


class Files:
    """A job's files in a folder of their own, until they are known to be right."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.arrays_path = self.path.with_suffix(".h5")
        self._folder = None

    def write(self, job, arrays, comments):
        """Writes the files; gives the job's path for as long as they are not kept."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._folder = pathlib.Path(tempfile.mkdtemp(
            prefix=f".{self.path.name}.", dir=self.path.parent))
        if arrays:
            write_arrays(arrays, self._folder / self.arrays_path.name)
        (self._folder / self.path.name).write_text(yaml_text(job, comments))
        return self._folder / self.path.name

    def keep(self):
        """Moves the arrays, then the job that names them."""
        for name in (self.arrays_path.name, self.path.name):
            if (self._folder / name).exists():
                os.replace(self._folder / name, self.path.parent / name)
        self.drop()

    def drop(self):
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._folder = None
