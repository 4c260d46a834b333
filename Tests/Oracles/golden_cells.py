"""Runs single cells of Dendrify's examples and stores voltages, spikes and events.

Deterministic runs of Dendrify 2.2 on Brian 2.9: pulse dendritic spikes, backpropagation with a
second reset, adaptation, synaptic kinetics, input-output curves. Numbers are written so that they
read back to the same f64. The protocols are those of Dendrify's examples; each cell carries
the same run as a job of Coppice. Environment: current.
"""

import json
import pathlib

import brian2 as b
import numpy as np
from brian2.units import cm, mV, ms, nA, nS, pA, pF, uF, um, uS
from dendrify import Dendrite, NeuronModel, PointNeuronModel, Soma

TARGET = pathlib.Path(__file__).resolve().parent / "data" / "golden-cells.json"
DT = 0.1 * ms
# Values as Coppice reads them: one multiplication with the scale of the unit.
CHAIN = [("trunk", 2.5, 22, 14), ("prox", 1, 9, 5.7), ("dist", 0.5, 3.7, 2.4)]
CM, GL = 1 * (uF / cm**2), 40 * (uS / cm**2)


def step_of(times):
    return [int(round(float(t / DT))) for t in times]


def run(group, *, phases, voltages, record=(), every=10, extra=(), events=()):
    """Runs `phases` of (duration in ms, {variable: values}) and returns what is kept.

    Rows are kept at every tenth step; `record` names further variables, kept likewise.
    """
    monitor = b.StateMonitor(group, [*voltages, *record], record=True)
    spikes = b.SpikeMonitor(group) if "spike" in group.events else None
    named = {name: b.EventMonitor(group, name) for name in events}
    objects = [x for x in (group, monitor, spikes, *named.values(), *extra) if x is not None]
    network = b.Network(objects)
    stimuli = []
    step = 0
    for duration, values in phases:
        for name, value in values.items():
            setattr(group, name, value)
            stimuli.append({
                "step": step, "variable": name,
                "values": np.broadcast_to(np.asarray(value, float), len(group)).tolist()})
        network.run(duration * ms)
        step += int(round(duration / 0.1))
    traces = {
        name: np.asarray(getattr(monitor, name)) for name in [*voltages, *record]}
    return {
        "steps": step, "neurons": len(group), "stimuli": stimuli, "every": every,
        # variable -> neuron -> row
        "rows": {name: trace[:, ::every].tolist() for name, trace in traces.items()},
        "maxima": {
            name: [[float(row.max()), int(row.argmax())] for row in trace]
            for name, trace in traces.items()},
        "minima": {
            name: [[float(row.min()), int(row.argmin())] for row in trace]
            for name, trace in traces.items()},
        "spikes": [] if spikes is None else [
            [s, int(i)] for s, i in zip(step_of(spikes.t), spikes.i)],
        "events": {
            name: [[s, int(i)] for s, i in zip(step_of(m.t), m.i)] for name, m in named.items()},
    }


def job(result, model, sources=None, projections=None):
    """A run as a job: the neurons are `cells`, and their rows the states `rows`."""
    stimuli = {}
    for stimulus in result["stimuli"]:
        # All values are whole numbers of pA.
        values = [f"{round(value * 1e12)} pA" for value in stimulus["values"]]
        value = values[0] if len(set(values)) == 1 else values
        stimuli.setdefault(stimulus["variable"], {
            "population": "cells", "neurons": "all", "variable": stimulus["variable"], "steps": [],
        })["steps"].append([f"{stimulus['step'] / 10} ms", value])
    return {
        "simulation": {"duration": f"{result['steps'] / 10} ms", "dt": "0.1 ms"},
        "models": {"cell": model},
        "populations": {
            "cells": {"model": "cell", "size": result["neurons"]}, **(sources or {})},
        "projections": projections or {},
        "stimuli": stimuli,
        "record": {
            "spikes": ["cells"], "events": "all",
            "states": {"rows": {
                "population": "cells", "variables": list(result["rows"]),
                "every": f"{result['every'] / 10} ms", "precision": "double"}}},
    }


def absolute(cm, gl, **more):
    return {"cm_abs": f"{cm} pF", "gl_abs": f"{gl} nS", **more}


def pulse_entry(offset_fall=0.2, rise=30, fall=15):
    return {
        "name": "Na", "threshold": "-35 mV", "g_rise": f"{rise} nS", "g_fall": f"{fall} nS",
        "duration_rise": "1.2 ms", "duration_fall": "2.4 ms", "reversal_rise": "E_Na",
        "reversal_fall": "E_K", "offset_fall": f"{offset_fall} ms", "refractory": "5 ms"}


def two_compartments_entry(v_rest, spike=None, **dend):
    model = {
        "v_rest": f"{v_rest} mV",
        "compartments": {
            "soma": absolute(200, 10, kind="soma"), "dend": absolute(50, 2.5, **dend)},
        "couplings": [["soma", "dend", "15 nS"]]}
    return model if spike is None else dict(model, spike=spike)


def spikes_entry(threshold, reset, **more):
    return {"threshold": threshold, "reset": reset, **more}


def source_entry(times):
    return {"spikes": {"indices": list(range(len(times))), "times": times}, "size": len(times)}


def pulse(offset_fall=0.2, rise=30, fall=15):
    return {
        "name": "Na", "threshold": -35 * mV, "g_rise": rise * nS, "g_fall": fall * nS,
        "duration_rise": 1.2 * ms, "duration_fall": 2.4 * ms, "reversal_rise": "E_Na",
        "reversal_fall": "E_K", "offset_fall": offset_fall * ms, "refractory": 5 * ms}


def two_compartments(v_rest, dend=None):
    soma = Soma("soma", cm_abs=200 * pF, gl_abs=10 * nS, v_rest=v_rest * mV)
    dend = dend or Dendrite("dend", cm_abs=50 * pF, gl_abs=2.5 * nS, v_rest=v_rest * mV)
    return NeuronModel([(soma, dend, 15 * nS)])


def understanding():
    dend = Dendrite("dend", cm_abs=50 * pF, gl_abs=2.5 * nS, v_rest=-60 * mV)
    dend.dspikes(**pulse(offset_fall=0.5))
    group = two_compartments(-60, dend).make_neurongroup(1)
    model = two_compartments_entry(-60, dspikes=[pulse_entry(offset_fall=0.5)])
    return model, run(
        group, phases=[(10, {}), (150, {"I_ext_dend": 213 * pA}), (80, {"I_ext_dend": 0 * pA})],
        voltages=["V_soma", "V_dend"],
        record=["g_rise_Na_dend", "g_fall_Na_dend", "I_rise_Na_dend", "I_fall_Na_dend"],
        events=["spike_Na_dend"])


def backpropagation():
    soma = Soma("soma", length=25 * um, diameter=25 * um)
    dendrites = []
    for name, diameter, rise, fall in CHAIN:
        dendrite = Dendrite(name, length=100 * um, diameter=diameter * um)
        dendrite.dspikes(**pulse(rise=rise, fall=fall))
        dendrites.append(dendrite)
    trunk, prox, dist = dendrites
    model = NeuronModel(
        [(soma, trunk, 15 * nS), (trunk, prox, 6 * nS), (prox, dist, 2 * nS)], cm=CM, gl=GL,
        v_rest=-65 * mV, scale_factor=2.8, spine_factor=1.5)
    group, second_reset = model.make_neurongroup(
        1, threshold="V_soma > -40*mV", reset="V_soma = 40*mV", second_reset="V_soma = -55*mV",
        spike_width=0.8 * ms, refractory=4 * ms)
    entry = {
        "cm": "1 uF/cm^2", "gl": "40 uS/cm^2", "v_rest": "-65 mV", "scale_factor": 2.8,
        "spine_factor": 1.5,
        "compartments": {"soma": {"kind": "soma", "length": "25 um", "diameter": "25 um"}},
        "couplings": [["soma", "trunk", "15 nS"], ["trunk", "prox", "6 nS"],
                      ["prox", "dist", "2 nS"]],
        "spike": spikes_entry(
            "V_soma > -40*mV", "V_soma = 40*mV", refractory="4 ms",
            second_reset="V_soma = -55*mV", spike_width="0.8 ms")}
    for name, diameter, rise, fall in CHAIN:
        entry["compartments"][name] = {
            "length": "100 um", "diameter": f"{diameter} um",
            "dspikes": [pulse_entry(rise=rise, fall=fall)]}
    return entry, run(
        group, phases=[(10, {}), (100, {"I_ext_soma": 115 * pA}), (60, {"I_ext_soma": 0 * pA})],
        voltages=["V_soma", "V_trunk", "V_prox", "V_dist"], extra=[second_reset],
        events=["spike_Na_trunk", "spike_Na_prox", "spike_Na_dist"])


def adex():
    model = PointNeuronModel("adex", cm_abs=281 * pF, gl_abs=30 * nS, v_rest=-70.6 * mV)
    model.add_params({
        "Vth": -50.4 * mV, "DeltaT": 2 * mV, "tauw": 144 * ms, "a": 4 * nS, "b": 80.5 * pA,
        "Vr": -70.6 * mV})
    group = model.make_neurongroup(
        1, method="euler", threshold="V > Vth + 5*DeltaT", reset="V = Vr; w += b")
    entry = {
        "point": absolute(281, 30, model="adex", v_rest="-70.6 mV"),
        "parameters": {
            "Vth": "-50.4 mV", "DeltaT": "2 mV", "tauw": "144 ms", "a": "4 nS", "b": "80.5 pA",
            "Vr": "-70.6 mV"},
        "spike": spikes_entry("V > Vth + 5*DeltaT", "V = Vr; w += b")}
    return entry, run(
        group, phases=[(20, {}), (100, {"I_ext": 1 * nA}), (20, {"I_ext": 0 * pA})],
        voltages=["V"], record=["w"])


def adaptation(kind):
    model = PointNeuronModel(kind, cm_abs=150 * pF, gl_abs=15 * nS, v_rest=-65 * mV)
    model.add_params({
        "Vth": -50 * mV, "Vr": -60 * mV, "tauw": 210 * ms, "a": 0 * nS, "b": 60 * pA,
        "gAmax": 0 * nS, "delta_gA": 3 * nS, "EA": -65 * mV, "tauA": 210 * ms})
    reset = "V = Vr; w += b" if kind == "adaptiveIF" else "V = Vr; gA += delta_gA"
    group = model.make_neurongroup(1, method="euler", threshold="V > Vth", reset=reset)
    own = {"tauw": "210 ms", "a": "0 nS", "b": "60 pA"} if kind == "adaptiveIF" else {
        "gAmax": "0 nS", "delta_gA": "3 nS", "EA": "-65 mV", "tauA": "210 ms"}
    entry = {
        "point": absolute(150, 15, model=kind, v_rest="-65 mV"),
        "parameters": {"Vth": "-50 mV", "Vr": "-60 mV", **own},
        "spike": spikes_entry("V > Vth", reset)}
    return entry, run(
        group, phases=[(150, {"I_ext": 500 * pA}), (150, {"I_ext": 0 * pA})], voltages=["V"],
        record=["w"])


def kinetics(channel):
    """Rise and decay beside decay only."""
    soma = Soma("soma", cm_abs=100 * pF, gl_abs=10 * nS, v_rest=-60 * mV)
    dend1 = Dendrite("dend1", cm_abs=50 * pF, gl_abs=5 * nS, v_rest=-60 * mV)
    dend2 = Dendrite("dend2", cm_abs=50 * pF, gl_abs=5 * nS, v_rest=-60 * mV)
    dend1.synapse(channel, "slow", g=1 * nS, t_rise=2 * ms, t_decay=5 * ms)
    dend2.synapse(channel, "fast", g=1 * nS, t_decay=5 * ms)
    group = NeuronModel([(soma, dend1, 10 * nS), (dend1, dend2, 10 * nS)]).make_neurongroup(2)
    source = b.SpikeGeneratorGroup(1, [0], [10] * ms)
    slow = b.Synapses(source, group, on_pre=f"s_{channel}_slow_dend1 += 1")
    slow.connect(i=0, j=0)
    fast = b.Synapses(source, group, on_pre=f"s_{channel}_fast_dend2 += 1")
    fast.connect(i=0, j=1)
    entry = {
        "v_rest": "-60 mV",
        "compartments": {
            "soma": absolute(100, 10, kind="soma"),
            "dend1": absolute(50, 5, synapses=[{
                "channel": channel, "tag": "slow", "g": "1 nS", "t_rise": "2 ms",
                "t_decay": "5 ms"}]),
            "dend2": absolute(50, 5, synapses=[{
                "channel": channel, "tag": "fast", "g": "1 nS", "t_decay": "5 ms"}])},
        "couplings": [["soma", "dend1", "10 nS"], ["dend1", "dend2", "10 nS"]]}
    sources = {"source": source_entry(["10 ms"])}
    projections = {
        name: {
            "source": "source", "target": f"cells[{i}:{i + 1}]", "connect": "all_to_all",
            "on_pre": f"s_{channel}_{name}_dend{i + 1} += 1"}
        for i, name in enumerate(["slow", "fast"])}
    return (entry, sources, projections), run(
        group, phases=[(80, {})], voltages=["V_dend1", "V_dend2"],
        record=[f"I_{channel}_slow_dend1", f"I_{channel}_fast_dend2"], extra=[source, slow, fast])


def block():
    """NMDA at rest and depolarised."""
    soma = Soma("soma", cm_abs=100 * pF, gl_abs=10 * nS, v_rest=-70 * mV)
    dend = Dendrite("dend", cm_abs=50 * pF, gl_abs=5 * nS, v_rest=-70 * mV)
    dend.synapse("NMDA", "x", g=2 * nS, t_rise=10 * ms, t_decay=60 * ms)
    group = NeuronModel([(soma, dend, 10 * nS)]).make_neurongroup(2)
    source = b.SpikeGeneratorGroup(1, [0], [100] * ms)
    synapses = b.Synapses(source, group, on_pre="s_NMDA_x_dend += 1")
    synapses.connect()
    entry = {
        "v_rest": "-70 mV",
        "compartments": {
            "soma": absolute(100, 10, kind="soma"),
            "dend": absolute(50, 5, synapses=[{
                "channel": "NMDA", "tag": "x", "g": "2 nS", "t_rise": "10 ms",
                "t_decay": "60 ms"}])},
        "couplings": [["soma", "dend", "10 nS"]]}
    projections = {"input": {
        "source": "source", "target": "cells", "connect": "all_to_all",
        "on_pre": "s_NMDA_x_dend += 1"}}
    return (entry, {"source": source_entry(["100 ms"])}, projections), run(
        group, phases=[(20, {}), (240, {"I_ext_dend": [0, 200] * pA})], voltages=["V_dend"],
        record=["I_NMDA_x_dend"], extra=[source, synapses])


def input_output():
    """Cell k gets k + 1 inputs; from the ninth on a dendritic spike."""
    dend = Dendrite("dend", cm_abs=50 * pF, gl_abs=2.5 * nS, v_rest=-65 * mV)
    dend.synapse("AMPA", "x", g=3 * nS, t_decay=2 * ms)
    dend.synapse("NMDA", "x", g=3 * nS, t_decay=50 * ms)
    dend.dspikes(**pulse())
    cells = 15
    group = two_compartments(-65, dend).make_neurongroup(
        cells, threshold="V_soma > -40*mV", reset="V_soma = -55*mV", refractory=4 * ms)
    source = b.SpikeGeneratorGroup(
        cells, np.arange(cells), (10 + 0.1 * np.arange(cells)) * ms)
    synapses = b.Synapses(source, group, on_pre="s_AMPA_x_dend += 1; s_NMDA_x_dend += 1")
    synapses.connect("j >= i")
    entry = two_compartments_entry(
        -65, spikes_entry("V_soma > -40*mV", "V_soma = -55*mV", refractory="4 ms"),
        synapses=[
            {"channel": "AMPA", "tag": "x", "g": "3 nS", "t_decay": "2 ms"},
            {"channel": "NMDA", "tag": "x", "g": "3 nS", "t_decay": "50 ms"}],
        dspikes=[pulse_entry()])
    sources = {"source": source_entry([f"{10 + i / 10} ms" for i in range(cells)])}
    projections = {"input": {
        "source": "source", "target": "cells", "connect": {"condition": "j >= i"},
        "on_pre": "s_AMPA_x_dend += 1; s_NMDA_x_dend += 1"}}
    return (entry, sources, projections), run(
        group, phases=[(200, {})], voltages=["V_soma", "V_dend"], every=50,
        extra=[source, synapses], events=["spike_Na_dend"])


def firing_rates():
    group = two_compartments(-65).make_neurongroup(
        21, threshold="V_soma > -40*mV", reset="V_soma = -55*mV", refractory=4 * ms)
    entry = two_compartments_entry(
        -65, spikes_entry("V_soma > -40*mV", "V_soma = -55*mV", refractory="4 ms"))
    return entry, run(
        group, phases=[(1000, {"I_ext_soma": np.linspace(200, 600, 21) * pA})],
        voltages=["V_soma"], every=500)


def main():
    b.prefs.codegen.target = "numpy"
    b.defaultclock.dt = DT
    cells = {
        "comp_understanding": understanding, "comp_backprop": backpropagation,
        "point_adex": adex, "point_adaptiveIF": lambda: adaptation("adaptiveIF"),
        "point_cadIF": lambda: adaptation("cadIF"), "syn_ampa": lambda: kinetics("AMPA"),
        "syn_gaba": lambda: kinetics("GABA"), "syn_nmda": block,
        "val_dendritic_io": input_output, "val_fi_curve": firing_rates}
    found = {}
    for name, make in cells.items():
        b.start_scope()
        described, result = make()
        parts = described if isinstance(described, tuple) else (described,)
        found[name] = dict(result, job=dict(job(result, *parts), name=name))
        print(name, len(found[name]["spikes"]), "spikes",
              {k: [s for s, _ in v][:8] for k, v in found[name]["events"].items()},
              {k: (f"{v[0][0]:.12g}", v[0][1]) for k, v in found[name]["maxima"].items()})
    facts = {"brian2": b.__version__, "dendrify": "2.2.0", "dt_s": float(DT), "cells": found}
    TARGET.write_text(json.dumps(facts) + "\n")
    print(TARGET, TARGET.stat().st_size, "bytes")


main()
