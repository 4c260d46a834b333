"""Runs of Brian 2 in several phases, with stimuli: what `schedule` and `stimuli` of a job must do.

Every case is a protocol in Brian's own means (run_regularly, assignments between runs, TimedArray,
expressions of t, pathways that are inactive for a while) beside the same protocol as a job. Row n
is the state before update n. Environment: current.
"""

import json
import pathlib

import brian2 as b
import numpy as np
from brian2.units import Hz, ms, mV, nS, pA, pF, second, siemens, volt

TARGET = pathlib.Path(__file__).resolve().parent / "data" / "schedule.json"
DT = 0.1 * ms
EVERY = 1.0

EQUATIONS = """
dV/dt = (gL*(EL - V) + gC*(Vd - V) + I_soma)/C : volt
dVd/dt = (gL*(EL - Vd) + gC*(V - Vd) + g*(E - Vd) + I_dend)/Cd : volt
dg/dt = -g/tau : siemens
gL : siemens (constant)
drive : amp
x : 1
I_soma = {soma} : amp
I_dend = {dend} : amp
"""
NAMES = {
    "EL": (-70 * mV, "-70 mV"), "gC": (8 * nS, "8 nS"), "C": (120 * pF, "120 pF"),
    "Cd": (60 * pF, "60 pF"), "tau": (4 * ms, "4 ms"), "E": (0 * mV, "0 mV")}


class Protocol:
    """A group in Brian, and the job that must do the same."""

    def __init__(self, name, neurons=3, soma="drive", dend="0*amp", namespace=None):
        b.start_scope()
        b.defaultclock.dt = DT
        self.name, self.neurons = name, neurons
        names = {key: value for key, (value, _) in NAMES.items()}
        self.group = b.NeuronGroup(
            neurons, EQUATIONS.format(soma=soma, dend=dend), method="euler",
            threshold="V > -50*mV", reset="V = -62*mV; x += 1", refractory=3 * ms,
            namespace=dict(names, **(namespace or {})), name="cells")
        self.group.V = self.group.Vd = -70 * mV
        self.group.gL = 6 * nS
        self.objects, self.schedule, self.stimuli, self.projections = [], [], {}, {}
        self.waveforms = {}
        self.phases = []
        self.spikes = None

    def phase(self, duration, change=None):
        """Runs on for some ms, after a change of the group."""
        self.phases.append((duration, change))

    def input(self, times, delays, weights):
        """A spike source, and a pathway with a delay and a weight for each neuron."""
        source = b.SpikeGeneratorGroup(
            1, np.zeros(len(times), int), np.array(times) * ms, name="source")
        synapses = b.Synapses(source, self.group, "weight : siemens", on_pre="g += weight",
                              name="a_input")
        synapses.connect()
        synapses.delay = np.array(delays) * ms
        synapses.weight = np.array(weights) * nS
        self.objects += [source, synapses]
        self.spikes = times
        self.projections["input"] = {
            "source": "source", "target": "cells", "connect": "all_to_all",
            "weight": [f"{w} nS" for w in weights], "delay": [f"{d} ms" for d in delays],
            "on_pre": "g += w"}
        return synapses

    def case(self):
        states = b.StateMonitor(self.group, ["V", "Vd", "g", "x"], record=True, dt=EVERY * ms)
        spikes = b.SpikeMonitor(self.group)
        network = b.Network(self.group, states, spikes, *self.objects)
        total = 0.0
        for duration, change in self.phases:
            if change is not None:
                change(self.group)
            network.run(duration * ms)
            total += duration
        rows = {name: np.asarray(getattr(states, name)).astype(float).tolist()
                for name in ["V", "Vd", "g", "x"]}
        found = [[int(round(float(t / DT))), int(i)] for t, i in zip(spikes.t, spikes.i)]
        return {
            "name": self.name, "neurons": self.neurons, "spikes": found, "rows": rows,
            "waveforms": self.waveforms, "job": self.job(total)}

    def job(self, duration):
        populations = {"cells": {
            "model": "cell", "size": self.neurons, "parameters": {"gL": "6 nS"}}}
        if self.spikes is not None:
            populations["source"] = {
                "spikes": {"indices": [0] * len(self.spikes),
                           "times": [f"{time} ms" for time in self.spikes]}, "size": 1}
        job = {
            "name": self.name, "simulation": {"duration": f"{duration} ms", "dt": "0.1 ms"},
            "models": {"cell": {
                "equations": EQUATIONS.format(soma="drive", dend="0*amp"),
                "parameters": {key: text for key, (_, text) in NAMES.items()},
                "initial": {"V": "-70 mV", "Vd": "-70 mV"},
                "spike": {"threshold": "V > -50*mV", "reset": "V = -62*mV; x += 1",
                          "refractory": "3 ms"}}},
            "populations": populations, "projections": self.projections,
            "stimuli": self.stimuli, "schedule": self.schedule,
            "record": {"spikes": ["cells"], "states": {"rows": {
                "population": "cells", "variables": ["V", "Vd", "g", "x"],
                "every": f"{EVERY} ms", "precision": "double"}}},
        }
        return {key: value for key, value in job.items() if value != {} and value != []}


def regularly():
    protocol = Protocol("run_regularly, from the start and in the middle")
    group = protocol.group
    group.drive = 150 * pA
    often = group.run_regularly("Vd += 4*mV*(1 + i); x += 0.25", dt=2.5 * ms, name="a_often")
    late = group.run_regularly(
        "V = V - 3*mV*int(V > -60*mV); drive = 150*pA + 20*pA*x", dt=4 * ms, name="b_late")
    protocol.objects += [often, late]

    def start(_):
        late.active = False

    def go(_):
        late.active = True

    def stop(_):
        often.active = False

    protocol.phase(20, start)
    protocol.phase(30, go)
    protocol.phase(25, stop)
    protocol.schedule = [
        {"at": "0 ms", "population": "cells", "do": "drive = 150*pA"},
        {"every": "2.5 ms", "to": "50 ms", "population": "cells",
         "do": "Vd += 4*mV*(1 + i); x += 0.25"},
        {"every": "4 ms", "from": "20 ms", "population": "cells",
         "do": "V = V - 3*mV*int(V > -60*mV); drive = 150*pA + 20*pA*x"}]
    return protocol.case()


def between_runs():
    protocol = Protocol("changes of variables, parameters and constants between runs", neurons=4)

    def first(group):
        group.drive[1:3] = 260 * pA

    def second(group):
        group.V[0:4:2] = -55 * mV
        group.gL = "6*nS + i*nS"
        group.drive = "260*pA - 20*pA*i"

    def third(group):
        group.gL[1] = 3 * nS
        group.namespace["E"] = -80 * mV
        group.g = 5 * nS

    def fourth(group):
        group.namespace["tau"] = 9 * ms
        group.Vd = "Vd + 2*mV*cos(V/(10*mV))"

    protocol.phase(30, first)
    protocol.phase(20, second)
    protocol.phase(15.3, third)
    protocol.phase(14.7, fourth)
    protocol.schedule = [
        {"at": "0 ms", "population": "cells", "neurons": "1:3", "do": "drive = 260*pA"},
        {"at": "30 ms", "population": "cells", "neurons": "0:4:2", "do": "V = -55*mV"},
        {"at": "30 ms", "population": "cells",
         "do": "gL = 6*nS + i*nS\ndrive = 260*pA - 20*pA*i"},
        {"at": "50 ms", "population": "cells", "neurons": [1], "do": "gL = 3*nS"},
        {"at": "50 ms", "population": "cells", "do": "E = -80*mV; g = 5*nS"},
        {"at": "65.3 ms", "population": "cells",
         "do": "tau = 9*ms; Vd = Vd + 2*mV*cos(V/(10*mV))"}]
    return protocol.case()


def waveform(name, samples, interval, columns):
    array = b.TimedArray(samples * pA, dt=interval * ms)
    protocol = Protocol(
        name, soma="wave(t, i)" if columns else "wave(t)", namespace={"wave": array})
    protocol.phase(60)
    protocol.waveforms["wave"] = {
        "columns": 3 if columns else None,
        "values": np.asarray(array.values).ravel().tolist()}
    protocol.stimuli["wave"] = {
        "population": "cells", "variable": "drive",
        "waveform": {"file": "waveforms.h5", "dataset": "wave", "dt": f"{interval} ms"}}
    return protocol.case()


def waveforms():
    random = np.random.default_rng(5)
    steps = np.round(random.uniform(-100, 700, 50), 3)
    yield waveform("a waveform sampled at every step", np.round(
        300 + 250 * np.sin(np.arange(450) / 40), 3), 0.1, columns=False)
    yield waveform("a waveform of long samples", steps, 1.0, columns=False)
    yield waveform("a waveform whose samples are no multiple of dt", steps, 0.25, columns=False)
    yield waveform("a waveform of samples shorter than dt", np.tile(steps, 30), 0.03,
                   columns=False)
    yield waveform("a waveform for each neuron", np.round(
        random.uniform(0, 500, (40, 3)), 3), 0.7, columns=True)
    yield waveform("a waveform for each neuron, samples of a third of a step", np.round(
        random.uniform(0, 500, (900, 3)), 3), 0.1 / 3, columns=True)


def expression():
    course = "(200*pA + 40*pA*i)*(1 + sin(2*pi*40*Hz*t)) + 1*nS*(V - EL)"
    protocol = Protocol("a current as an expression of t, i and the state", soma=course)
    protocol.phase(80)
    protocol.stimuli["course"] = {
        "population": "cells", "variable": "drive", "expression": course}
    return protocol.case()


def pathway(name, delays):
    protocol = Protocol(name)
    times = [round(1.3 + 0.9 * k, 1) for k in range(80)]
    synapses = protocol.input(times, delays, [14, 9, 6])

    def off(_):
        synapses.active = False

    def on(_):
        synapses.active = True

    entries = []
    time = 0.0
    for duration, change in [(14, None), (6.2, off), (15, on), (0.5, off), (2, on), (0.3, off),
                             (20, on), (9, off)]:
        if change is not None:
            entries.append({"at": f"{time:g} ms", "projection": "input", "active": change is on})
        protocol.phase(duration, change)
        time = round(time + duration, 1)
    protocol.schedule = entries
    return protocol.case()


def phases():
    """All of it, one after the other."""
    array = b.TimedArray(np.array([[0, 50, 100], [300, 250, 350], [40, 0, 60]]) * pA, dt=20 * ms)
    protocol = Protocol(
        "phases with input, a waveform and statements", soma="wave(t, i)",
        namespace={"wave": array})
    synapses = protocol.input(
        [round(0.5 + 1.7 * k, 1) for k in range(60)], [0.3, 2.5, 4], [10, 12, 14])
    group = protocol.group
    often = group.run_regularly("Vd = Vd - 1*mV", dt=5 * ms)
    protocol.objects.append(often)

    def calm(group):
        synapses.active = False
        group.Vd[0] = -75 * mV

    def wake(group):
        synapses.active = True
        group.gL = 9 * nS
        often.active = False

    protocol.phase(33.4)
    protocol.phase(21.6, calm)
    protocol.phase(45, wake)
    protocol.waveforms["wave"] = {
        "columns": 3, "values": np.asarray(array.values).ravel().tolist()}
    protocol.stimuli["wave"] = {
        "population": "cells", "variable": "drive",
        "waveform": {"file": "waveforms.h5", "dataset": "wave", "dt": "20 ms"}}
    protocol.schedule = [
        {"at": "33.4 ms", "population": "cells", "neurons": [0], "do": "Vd = -75*mV"},
        {"at": "33.4 ms", "projection": "input", "active": False},
        {"at": "55 ms", "population": "cells", "do": "gL = 9*nS"},
        {"at": "55 ms", "projection": "input", "active": True},
        {"every": "5 ms", "to": "55 ms", "population": "cells", "do": "Vd = Vd - 1*mV"}]
    return protocol.case()


def cases():
    yield regularly()
    yield between_runs()
    yield from waveforms()
    yield expression()
    yield pathway("a projection off and on, without delays", [0, 0, 0])
    yield pathway("a projection off and on: what is on its way waits", [0.1, 1.5, 5])
    yield phases()


def main():
    b.prefs.codegen.target = "numpy"
    found = list(cases())
    facts = {"brian2": b.__version__, "dt_s": float(DT), "cases": found}
    TARGET.write_text(json.dumps(facts) + "\n")
    for case in found:
        print(case["name"], len(case["spikes"]), [s for s, _ in case["spikes"]][:12])
    print(TARGET.stat().st_size, "bytes")


main()
