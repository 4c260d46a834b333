"""Opens a run's output with libsonata and h5py and compares it with what was recorded.

usage: sonata_readers.py DIRECTORY EXPECTED.json

Exits 0 if every value is equal, and 1 with the first difference.
"""

import json
import sys

import h5py
import libsonata
import numpy


def same(what, found, expected):
    """Ends the program unless two arrays are equal, shape and values."""
    found, expected = numpy.asarray(found), numpy.asarray(expected)
    if found.size == 0 and expected.size == 0:
        return
    if found.shape != expected.shape or not (found == expected).all():
        sys.exit(f"{what}: found {found!r}, expected {expected!r}")


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def check_root(file):
    same("magic", file.attrs["magic"], 0x0A7A)
    same("version", file.attrs["version"], [0, 1])


def check_spikes(path, expected):
    name = expected["population"]
    with h5py.File(path) as file:
        check_root(file)
        group = file["spikes"][name]
        same("timestamps", group["timestamps"][:], expected["times"])
        same("node_ids", group["node_ids"][:], expected["neurons"])
        same("types", [str(group[k].dtype) for k in ("timestamps", "node_ids")],
             ["float64", "uint64"])
        choices = h5py.check_enum_dtype(group.attrs.get_id("sorting").dtype)
        same("sorting", choices == {"none": 0, "by_id": 1, "by_time": 2}, True)
        same("sorting", group.attrs["sorting"], 2)
        same("compression", group["timestamps"].compression is None, True)
    population = libsonata.SpikeReader(str(path))[name]
    same("libsonata sorting", population.sorting == "by_time", True)
    found = population.get_dict()
    same("libsonata timestamps", found["timestamps"], expected["times"])
    same("libsonata node_ids", found["node_ids"], expected["neurons"])
    if expected["times"]:
        node = expected["neurons"][0]
        times = [t for n, t in zip(expected["neurons"], expected["times"]) if n == node]
        same("libsonata selection", [t for _, t in population.get(node_ids=[node])], times)


def check_report(path, expected):
    name, neurons = expected["population"], expected["neurons"]
    rows = numpy.array(expected["rows"])
    with h5py.File(path) as file:
        check_root(file)
        group = file["report"][name]
        same("data", group["data"][:], rows)
        same("type", str(group["data"].dtype), "float32" if expected["single"] else "float64")
        same("units", text(group["data"].attrs["units"]), expected["units"])
        same("variable", text(group["data"].attrs["variable"]), expected["variable"])
        mapping = group["mapping"]
        same("node_ids", mapping["node_ids"][:], neurons)
        same("time", mapping["time"][:], expected["time"])
        same("units of time", text(mapping["time"].attrs["units"]), "ms")
        for pointers in ("index_pointers", "index_pointer"):
            same(pointers, mapping[pointers][:], range(len(neurons) + 1))
        same("element_ids", mapping["element_ids"][:], [expected["element"]] * len(neurons))
        same("element_pos", mapping["element_pos"][:], [0.5] * len(neurons))
    if not expected["single"]:
        return
    population = libsonata.ElementReportReader(str(path))[name]
    same("libsonata times", population.times, expected["time"])
    same("libsonata units", [population.data_units, population.time_units],
         [expected["units"], "ms"])
    same("libsonata nodes", population.get_node_ids(), neurons)
    frame = population.get()
    same("libsonata data", frame.data, rows)
    same("libsonata ids", frame.ids, [[n, expected["element"]] for n in neurons])
    same("libsonata first time", frame.times[0], expected["time"][0])
    one = population.get(node_ids=[neurons[-1]])
    same("libsonata one neuron", one.data[:, 0], rows[:, -1])


def main():
    directory, expectation = sys.argv[1:]
    with open(expectation) as file:
        expected = json.load(file)
    for spikes in expected["spikes"]:
        check_spikes(f"{directory}/{spikes['file']}", spikes)
    for report in expected["reports"]:
        check_report(f"{directory}/{report['file']}", report)
    print(f"{len(expected['spikes'])} spike populations and {len(expected['reports'])} reports "
          "are as expected")


main()
