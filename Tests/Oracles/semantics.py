"""Small runs that show what one step of Brian 2 does, rule by rule.

Each case is written down whole, with the rows expected, so that a test can build the same run
without Brian; `job` is the case as a job of Coppice (its states are those of `record`). Row n is
the state before update n. Environment: current.
"""

import json
import pathlib

import brian2 as b
import numpy as np
from brian2.units import ms

TARGET = pathlib.Path(__file__).resolve().parent / "data" / "semantics.json"
DT = 0.1 * ms


def job(case, record):
    """A case as a job."""
    model = {"equations": case["equations"]}
    if case["threshold"] is not None:
        keys = ["threshold", "reset", "refractory", "second_reset"]
        model["spike"] = {key: case[key] for key in keys if case[key] is not None}
        if case["second_reset"] is not None:
            model["spike"]["spike_width"] = f"{case['spike_width_ms']} ms"
    if case["events"]:
        model["events"] = {
            name: {"condition": condition, "action": action}
            for name, (condition, action) in case["events"].items()}
    if case["initial"]:
        model["initial"] = {name: str(value) for name, value in case["initial"].items()}
    result = {
        "name": case["rule"],
        "simulation": {"duration": f"{case['steps']}*0.1*ms", "dt": "0.1 ms"},
        "models": {"cell": model},
        "populations": {"cells": {"model": "cell", "size": case["neurons"]}},
        "record": {
            "spikes": ["cells"], "events": "all",
            "states": {"rows": {
                "population": "cells", "variables": list(record), "every": "0.1 ms",
                "precision": "double"}}},
    }
    if case["inputs_ms"] is not None:
        times = [f"{time} ms" for time in case["inputs_ms"]]
        result["populations"]["source"] = {
            "spikes": {"indices": [0] * len(times), "times": times}, "size": 1}
        delays = case["delays_ms"] or [0] * case["neurons"]
        result["projections"] = {
            f"input_{i}": {
                "source": "source", "target": f"cells[{i}:{i + 1}]", "connect": "all_to_all",
                "on_pre": case["on_pre"], "delay": f"{delay} ms"}
            for i, delay in enumerate(delays)}
    return result


def run(rule, *, equations, steps, neurons=1, threshold=None, reset=None, refractory=None,
        initial=None, inputs=None, on_pre=None, delays_ms=None, events=None, second_reset=None,
        spike_width_ms=None, record=()):
    """Runs one case.

    inputs: times in ms of a source's spikes; the source reaches all neurons by `on_pre`, neuron i
    after delays_ms[i]. events: name -> (condition, action).
    """
    b.start_scope()
    b.defaultclock.dt = DT
    options = {} if refractory is None else {
        "refractory": refractory if isinstance(refractory, str) else refractory * ms}
    group = b.NeuronGroup(
        neurons, equations, method="euler", threshold=threshold, reset=reset,
        events={k: v[0] for k, v in (events or {}).items()}, namespace={}, **options)
    for name, (_, action) in (events or {}).items():
        group.run_on_event(name, action)
    for name, value in (initial or {}).items():
        setattr(group, name, value)
    objects = [group]
    if inputs is not None:
        source = b.SpikeGeneratorGroup(1, np.zeros(len(inputs), int), np.array(inputs) * ms)
        synapses = b.Synapses(source, group, on_pre=on_pre, name="a_input")
        synapses.connect()
        if delays_ms is not None:
            synapses.delay = np.array(delays_ms) * ms
        objects += [source, synapses]
    if second_reset is not None:
        after = b.Synapses(
            group, group, on_pre=second_reset, delay=spike_width_ms * ms, name="z_second_reset")
        after.connect(j="i")
        objects.append(after)
    states = b.StateMonitor(group, list(record), record=True)
    objects.append(states)
    monitors = {}
    if threshold is not None:
        monitors["spike"] = b.SpikeMonitor(group)
    for name in events or {}:
        monitors[name] = b.EventMonitor(group, name)
    network = b.Network(objects, *monitors.values())
    network.run(steps * DT)

    def found(monitor):
        return [[int(round(float(t / DT))), int(i)] for t, i in zip(monitor.t, monitor.i)]

    case = {
        "rule": rule, "equations": equations, "neurons": neurons, "steps": steps,
        "threshold": threshold, "reset": reset,
        "refractory": refractory if refractory is None or isinstance(refractory, str)
        else f"{refractory}*ms",
        "initial": initial or {}, "inputs_ms": inputs, "on_pre": on_pre, "delays_ms": delays_ms,
        "events": {k: list(v) for k, v in (events or {}).items()},
        "second_reset": second_reset, "spike_width_ms": spike_width_ms,
        "events_at": {name: found(monitor) for name, monitor in monitors.items()},
        # variable -> neuron -> row
        "rows": {v: np.asarray(getattr(states, v)).astype(float).tolist() for v in record},
    }
    case["job"] = job(case, record)
    return case


def cases():
    yield run(
        "reset wins over on_pre of the same step", equations="v : 1\nu : 1", steps=4,
        threshold="v > 1", reset="v = 0", initial={"v": 2}, inputs=[0.0],
        on_pre="v += 10; u += 1", record=["v", "u"])
    yield run(
        "a spike at n with a delay of k steps shows in row n + k + 1",
        equations="v : 1", neurons=4, steps=10, inputs=[0.3], on_pre="v += 1",
        delays_ms=[0.0, 0.1, 0.2, 0.5], record=["v"])
    yield run(
        "delays are rounded by floor(d/dt + 0.5)", equations="v : 1", neurons=8, steps=12,
        inputs=[0.2], on_pre="v += 1",
        delays_ms=[0.04, 0.05, 0.15, 0.149, 0.25, 0.349, 0.35, 0.45], record=["v"])
    yield run(
        "times of generators are rounded by floor((t + 0.001 dt)/dt)", equations="v : 1", steps=12,
        inputs=[0.05, 0.25, 0.3, 0.49, 0.7], on_pre="v += 1", record=["v"])
    yield run(
        "a refractory time of 0.5 ms lets spikes pass at 0, 5, 10, 15", equations="v : 1",
        steps=18, threshold="v > 0", reset="v = 1", refractory=0.5, initial={"v": 1}, record=["v"])
    yield run(
        "a refractory time of 0.25 ms is two steps", equations="v : 1", steps=9,
        threshold="v > 0", reset="v = 1", refractory=0.25, initial={"v": 1}, record=["v"])
    yield run(
        "refractoriness masks the threshold only: v runs on",
        equations="dv/dt = 1/ms : 1", steps=16, threshold="v > 0.15", reset="v = 0",
        refractory=0.7, record=["v"])
    yield run(
        "a refractory condition holds as long as it is true",
        equations="dv/dt = -v/(0.5*ms) : 1", steps=20, threshold="v > 0.1", reset="v = 2",
        refractory="v > 0.5", initial={"v": 1}, record=["v"])
    yield run(
        "unless refractory stops the derivative and skips synaptic writes; resets still write",
        equations="dv/dt = 1/ms : 1 (unless refractory)\ndu/dt = 1/ms : 1", steps=14,
        threshold="t_in_timesteps == 0", reset="v = 0; u = 0", refractory=0.5,
        inputs=[0.1 * k for k in range(14)], on_pre="v += 0.01; u += 0.01", record=["v", "u"])
    yield run(
        "each spike gets its own second reset, however close",
        equations="v : 1\nu : 1", steps=16, threshold="v > -50", reset="v = 40",
        refractory=0.2, second_reset="v = -49; u += 1", spike_width_ms=0.5, record=["v", "u"])
    yield run(
        "two second resets can be pending, and the first ends the spikes",
        equations="v : 1\nu : 1", steps=16, threshold="v > -50", reset="v = 40",
        refractory=0.3, second_reset="v = -60; u += 1", spike_width_ms=0.5, record=["v", "u"])
    yield run(
        "second resets come after on_pre and before the reset of the same step",
        equations="v : 1\nu : 1", steps=8, threshold="v > -50", reset="v = 40",
        refractory=0.2, second_reset="v = -10; u = 1", spike_width_ms=0.2,
        inputs=[0.1 * k for k in range(8)], on_pre="u += 5; v += 1", record=["v", "u"])
    yield run(
        "the width of a spike is rounded as delays are: 0.25 ms are three steps",
        equations="v : 1", steps=8, threshold="v > 0", reset="v = 40", refractory=0.9,
        initial={"v": 1}, second_reset="v = -60", spike_width_ms=0.25, record=["v"])
    yield run(
        "custom events see the new state, are not refractory, and act after resets",
        equations="dv/dt = 1/ms : 1\nu : 1\nw : 1", steps=12, threshold="v > 0.25",
        reset="v = 0; u = 1", refractory=0.5, events={"up": ("v > 0.15", "u += 10; w = v")},
        record=["v", "u", "w"])
    yield run(
        "conditions of all events are tested before any acts",
        equations="a : 1\nc : 1", steps=3, initial={"a": 1},
        events={"one": ("a > 0", "a = 0; c += 1"), "other": ("a > 0", "a = 0; c += 10")},
        record=["a", "c"])
    yield run(
        "an update takes all right sides from the old state",
        equations="dx/dt = y/ms : 1\ndy/dt = -x/ms : 1\nz = x + y : 1", steps=5,
        initial={"x": 1, "y": 0.5}, record=["x", "y", "z"])
    yield run(
        "t is n dt in update, reset and on_pre of step n",
        equations="dv/dt = t/(1*ms)/(0.1*ms) : 1\nu : second\nx : second", steps=8,
        threshold="v > 0.55", reset="u = t; v = 0", inputs=[0.3, 0.6], on_pre="x = t",
        record=["v", "u", "x"])
    yield run(
        "rows read t_in_timesteps of their own step", equations="n = t_in_timesteps + 0.5 : 1",
        steps=4, record=["n"])
    yield run(
        "lastspike is n dt and is known to the reset",
        equations="u : second", steps=6, threshold="t_in_timesteps == 2 or t_in_timesteps == 4",
        reset="u = lastspike", record=["u", "not_refractory", "lastspike"], refractory=0.1)


def main():
    b.prefs.codegen.target = "numpy"
    found = list(cases())
    facts = {"brian2": b.__version__, "dt_s": float(DT), "cases": found}
    TARGET.write_text(json.dumps(facts, indent=1) + "\n")
    for case in found:
        print(case["rule"])
        for name, events in case["events_at"].items():
            print("   ", name, [step for step, _ in events])
        for name, rows in case["rows"].items():
            for row in rows:
                print("   ", name, [float(f"{x:.6g}") for x in row])


main()
