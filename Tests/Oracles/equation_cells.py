"""Runs single cells by every method of integration, and stores rows, extremes and spikes.

Hodgkin-Huxley cells, conductance-based cells with synapses, equations that read `t`, refractoriness of
several kinds, and compartments of Dendrify's; Brian 2.9. Each cell carries the same run as a job of
Coppice; `squid` is also the model of jobs/hodgkin-huxley.yaml. Environment: current.
"""

import json
import pathlib

import brian2 as b
import numpy as np
from brian2.units import ms, mV, nS, pF
from dendrify import Dendrite, NeuronModel, Soma

TARGET = pathlib.Path(__file__).resolve().parent / "data" / "equation-cells.json"

SQUID = """
dV/dt = (I - g_Na*m**3*h*(V - E_Na) - g_K*n**4*(V - E_K) - g_L*(V - E_L))/C : volt
dm/dt = alpha_m*(1 - m) - beta_m*m : 1
dh/dt = alpha_h*(1 - h) - beta_h*h : 1
dn/dt = alpha_n*(1 - n) - beta_n*n : 1
alpha_m = 1/exprel(-(V + 40*mV)/(10*mV))/ms : Hz
beta_m = 4*exp(-(V + 65*mV)/(18*mV))/ms : Hz
alpha_h = 0.07*exp(-(V + 65*mV)/(20*mV))/ms : Hz
beta_h = 1/(1 + exp(-(V + 35*mV)/(10*mV)))/ms : Hz
alpha_n = 0.1/exprel(-(V + 55*mV)/(10*mV))/ms : Hz
beta_n = 0.125*exp(-(V + 65*mV)/(80*mV))/ms : Hz
I : amp/meter**2
"""
SQUID_CONSTANTS = {
    "C": "1 uF/cm^2", "g_Na": "120 mS/cm^2", "g_K": "36 mS/cm^2", "g_L": "0.3 mS/cm^2",
    "E_Na": "50 mV", "E_K": "-77 mV", "E_L": "-54.387 mV"}

# A pyramidal cell after Traub and Miles, with exponential synapses.
TRAUB = """
dV/dt = (g_L*(E_L - V) + g_e*(E_e - V) + g_i*(E_i - V) + I
         - g_Na*m**3*h*(V - E_Na) - g_K*n**4*(V - E_K))/C : volt
dm/dt = alpha_m*(1 - m) - beta_m*m : 1
dh/dt = alpha_h*(1 - h) - beta_h*h : 1
dn/dt = alpha_n*(1 - n) - beta_n*n : 1
dg_e/dt = -g_e/tau_e : siemens
dg_i/dt = -g_i/tau_i : siemens
alpha_m = 1.28/exprel((13*mV - V + VT)/(4*mV))/ms : Hz
beta_m = 1.4/exprel((V - VT - 40*mV)/(5*mV))/ms : Hz
alpha_h = 0.128*exp((17*mV - V + VT)/(18*mV))/ms : Hz
beta_h = 4/(1 + exp((40*mV - V + VT)/(5*mV)))/ms : Hz
alpha_n = 0.16/exprel((15*mV - V + VT)/(5*mV))/ms : Hz
beta_n = 0.5*exp((10*mV - V + VT)/(40*mV))/ms : Hz
I : amp
"""
TRAUB_CONSTANTS = {
    "C": "200 pF", "g_L": "10 nS", "g_Na": "20 uS", "g_K": "6 uS", "E_L": "-60 mV",
    "E_Na": "50 mV", "E_K": "-90 mV", "E_e": "0 mV", "E_i": "-80 mV", "VT": "-63 mV",
    "tau_e": "5 ms", "tau_i": "10 ms"}

# Nothing in it is linear; the drive reads t, and a subexpression keeps its value over the step.
ADAPTIVE = """
dV/dt = (g_L*(E_L - V) + g_L*D*exp((V - VT)/D) + drive - w)/C : volt (unless refractory)
dw/dt = (a*(V - E_L) - w)/tau_w : amp
drive = I*(1 + 0.5*sin(2*pi*f*t)) + held : amp
held = 20*pA*int(t_in_timesteps % 400 < 100) : amp (constant over dt)
I : amp
"""
ADAPTIVE_CONSTANTS = {
    "C": "281 pF", "g_L": "30 nS", "E_L": "-70.6 mV", "VT": "-50.4 mV", "D": "2 mV",
    "a": "4 nS", "tau_w": "144 ms", "f": "40 Hz", "b": "0.0805 nA"}

# Linear in itself variable by variable, driven by a function of t; refractory by a condition.
FORCED = """
dx/dt = (r*(1 - x) - 20*y*x)/second : 1
dy/dt = (x - y)/(5*ms) + z/second : 1 (unless refractory)
dz/dt = 3*cos(2*pi*t*20*Hz)*Hz : 1
r = 50 + 30*sin(t/(7*ms)) : 1
"""


def value(text):
    """A quantity of a job as Brian's: one multiplication with the scale of the unit."""
    number, unit = text.split()
    units = {name: getattr(b, name) for name in ("uA", "uF", "mS", "uS", "nS", "pF", "pA", "nA",
                                                 "mV", "ms", "Hz", "cm")}
    return float(number) * eval(unit.replace("^", "**"), units)


def free(name, equations, constants, *, method, dt, drive=None, initial=None, inputs=(), **more):
    """Runs cells of plain equations; `drive` is a parameter and one value of it per cell."""
    spike = {key: more.pop(key) for key in ("threshold", "reset", "refractory") if key in more}
    b.start_scope()
    b.defaultclock.dt = dt * ms
    values = drive[1] if drive else []
    arguments = dict(spike, reset=spike.get("reset", ""))
    if spike["refractory"].endswith(" ms"):
        arguments["refractory"] = value(spike["refractory"])
    group = b.NeuronGroup(
        len(values) or 1, equations, method=method,
        namespace={key: value(text) for key, text in constants.items()}, **arguments)
    for cell, text in enumerate(values):
        getattr(group, drive[0])[cell] = value(text)
    for variable, start in (initial or {}).items():
        setattr(group, variable, start)
    model = {"equations": equations, "parameters": constants, "initial": initial, "spike": spike}
    return described_run(
        f"{name} {method}", group, model, inputs, method=method, dt=dt,
        parameters={drive[0]: values} if drive else {}, **more)


def described_run(name, group, model, inputs, *, method, dt, duration, variables, every,
                  parameters=None, events=()):
    """Runs a group with `inputs`, each times in ms and `on_pre`; gives the run and its job."""
    objects = [group]
    cells = {"model": "cell", "size": len(group)}
    if parameters:
        cells["parameters"] = parameters
    job = {
        "name": name,
        "simulation": {"duration": f"{duration} ms", "dt": f"{dt} ms", "method": method},
        "models": {"cell": {key: part for key, part in model.items() if part}},
        "populations": {"cells": cells}, "projections": {},
        "record": {
            "spikes": ["cells"], "events": "all",
            "states": {"rows": {
                "population": "cells", "variables": list(variables), "every": f"{dt} ms",
                "precision": "double"}}}}
    for place, (times, on_pre) in enumerate(inputs):
        times = [round(time / dt) * dt for time in times]
        source = b.SpikeGeneratorGroup(1, [0] * len(times), np.array(times) * ms)
        synapses = b.Synapses(source, group, on_pre=on_pre)
        synapses.connect()
        objects += [source, synapses]
        job["populations"][f"source_{place}"] = {
            "spikes": {"indices": [0] * len(times), "times": [f"{t:.6g} ms" for t in times]},
            "size": 1}
        job["projections"][f"input_{place}"] = {
            "source": f"source_{place}", "target": "cells", "connect": "all_to_all",
            "on_pre": on_pre}
    return dict(simulate(group, objects, duration, dt, variables, every, events), job=job)


def simulate(group, objects, duration, dt, variables, every, events):
    """Runs and gives rows at every `every`-th step, extremes over all steps, spikes and events."""
    states = b.StateMonitor(group, list(variables), record=True)
    spikes = b.SpikeMonitor(group)
    named = {name: b.EventMonitor(group, name) for name in events}
    b.Network(objects, states, spikes, *named.values()).run(duration * ms)
    traces = {name: np.asarray(getattr(states, name)) for name in variables}
    assert all(np.isfinite(trace).all() for trace in traces.values())

    def extremes(which):
        return {
            name: [[float(row[step]), int(step)] for row in trace for step in [which(row)]]
            for name, trace in traces.items()}

    def found(monitor):
        return [[int(round(float(t / (dt * ms)))), int(i)] for t, i in zip(monitor.t, monitor.i)]

    return {
        "steps": int(round(duration / dt)), "neurons": len(group), "every": every,
        "rows": {name: trace[:, ::every].tolist() for name, trace in traces.items()},
        "maxima": extremes(np.argmax), "minima": extremes(np.argmin), "spikes": found(spikes),
        "events": {name: found(monitor) for name, monitor in named.items()}}


# Three compartments of Dendrify's with a dendritic spike and two kinds of synapses.
def dendrify(method):
    b.start_scope()
    b.defaultclock.dt = 0.1 * ms  # before dspikes(), which counts its steps
    spike = {"threshold": "V_soma > -50*mV", "reset": "V_soma = -65*mV", "refractory": "4 ms"}
    soma = Soma("soma", cm_abs=200 * pF, gl_abs=10 * nS, v_rest=-65 * mV)
    trunk = Dendrite("trunk", cm_abs=60 * pF, gl_abs=3 * nS, v_rest=-65 * mV)
    dist = Dendrite("dist", cm_abs=40 * pF, gl_abs=2 * nS, v_rest=-65 * mV)
    dist.synapse("AMPA", tag="x", g=5 * nS, t_rise=1 * ms, t_decay=5 * ms)
    dist.synapse("GABA", tag="y", g=1 * nS, t_decay=8 * ms)
    trunk.dspikes(
        "Na", threshold=-45 * mV, g_rise=20 * nS, g_fall=12 * nS, duration_rise=1.2 * ms,
        duration_fall=2.4 * ms, reversal_rise="E_Na", reversal_fall="E_K", offset_fall=0.2 * ms,
        refractory=5 * ms)
    model = NeuronModel([(soma, trunk, 15 * nS), (trunk, dist, 10 * nS)])
    group = model.make_neurongroup(1, method=method, threshold=spike["threshold"],
                                   reset=spike["reset"], refractory=4 * ms)
    described = {
        "v_rest": "-65 mV", "spike": spike,
        "compartments": {
            "soma": {"kind": "soma", "cm_abs": "200 pF", "gl_abs": "10 nS"},
            "trunk": {
                "cm_abs": "60 pF", "gl_abs": "3 nS", "dspikes": [{
                    "name": "Na", "threshold": "-45 mV", "g_rise": "20 nS", "g_fall": "12 nS",
                    "duration_rise": "1.2 ms", "duration_fall": "2.4 ms", "offset_fall": "0.2 ms",
                    "refractory": "5 ms", "reversal_rise": "E_Na", "reversal_fall": "E_K"}]},
            "dist": {
                "cm_abs": "40 pF", "gl_abs": "2 nS", "synapses": [
                    {"channel": "AMPA", "tag": "x", "g": "5 nS", "t_rise": "1 ms",
                     "t_decay": "5 ms"},
                    {"channel": "GABA", "tag": "y", "g": "1 nS", "t_decay": "8 ms"}]}},
        "couplings": [["soma", "trunk", "15 nS"], ["trunk", "dist", "10 nS"]]}
    inputs = [([5 + 1.7 * k for k in range(60)], "s_AMPA_x_dist += 1"),
              ([30, 31, 60, 90], "s_GABA_y_dist += 2")]
    return described_run(
        f"dendrify {method}", group, described, inputs, method=method, dt=0.1, duration=150,
        variables=("V_soma", "V_trunk", "V_dist"), every=20, events=["spike_Na_trunk"])


def cells():
    currents = ("I", ["0 uA/cm^2", "3 uA/cm^2", "12 uA/cm^2"])
    for method in ("euler", "exponential_euler", "rk2", "rk4"):
        yield free(
            "squid", SQUID, SQUID_CONSTANTS, method=method, dt=0.01, duration=60, drive=currents,
            initial={"V": "-65*mV", "m": "0.05", "h": "0.6", "n": "0.32"}, variables=("V", "n"),
            every=100, threshold="V > -20*mV", refractory="V > -20*mV")
    for method in ("exponential_euler", "rk4"):
        yield free(
            "traub", TRAUB, TRAUB_CONSTANTS, method=method, dt=0.05, duration=200,
            drive=("I", ["0 pA", "150 pA"]), initial={"V": "-60*mV", "h": "1"},
            inputs=[([10 + 3 * k for k in range(50)], "g_e += 6*nS"),
                    ([50, 51, 52, 120, 121], "g_i += 67*nS")],
            variables=("V", "g_e", "g_i"), every=100, threshold="V > -20*mV", refractory="3 ms")
    for method in ("euler", "rk2", "rk4"):
        yield free(
            "adaptive", ADAPTIVE, ADAPTIVE_CONSTANTS, method=method, dt=0.1, duration=300,
            drive=("I", ["0.5 nA", "1 nA"]), initial={"V": "E_L"}, variables=("V", "w", "drive"),
            every=50, threshold="V > -40*mV", reset="V = E_L; w += b", refractory="2.5 ms")
    for method in ("euler", "exponential_euler", "rk2", "rk4"):
        yield free(
            "forced", FORCED, {}, method=method, dt=0.2, duration=400, initial={"z": "0.3"},
            variables=("x", "y", "z"), every=50, threshold="x > 0.74",
            reset="x = 0.3", refractory="z > 0.307")
    for method in ("exponential_euler", "rk2", "rk4"):
        yield dendrify(method)


def main():
    b.prefs.codegen.target = "numpy"
    found = {}
    for cell in cells():
        name = cell["job"]["name"]
        found[name] = cell
        print(name, cell["steps"], "steps", len(cell["spikes"]), "spikes",
              {key: len(value) for key, value in cell["events"].items()},
              {key: [f"{row[0]:.6g}" for row in value] for key, value in cell["maxima"].items()})
        assert cell["spikes"] and all(cell["events"].values())
    TARGET.write_text(json.dumps({"brian2": b.__version__, "cells": found}) + "\n")
    print(TARGET, TARGET.stat().st_size, "bytes")


main()
