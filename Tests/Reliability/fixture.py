"""Fixture F: a network small enough to be run thousands of times, with something of everything that
is under way at any time: noise, delays, drawn weights, spikes of neurons and of dendrites, and a
recording of every voltage at every step."""

STEPS = 400
INTERVAL = 20  # steps between two checkpoints
NEURONS = 200
DENDRITES = 9

_HEAD = """\
name: F
simulation: {duration: 40 ms, dt: 0.1 ms, seed: 20261126}
models:
  cell:
    cm: 1 uF/cm^2
    gl: 40 uS/cm^2
    r_axial: 150 ohm*cm
    v_rest: -60 mV
    scale_factor: 2.8
    spine_factor: 1.5
    compartments:
      soma: {kind: soma, model: leakyIF, length: 25 um, diameter: 25 um,
             noise: {tau: 20 ms, sigma: 40 pA}}
"""

_TAIL = """\
    spike: {threshold: V_soma > -50*mV, reset: V_soma = 30*mV, refractory: 4 ms,
            second_reset: V_soma = -55*mV, spike_width: 0.8 ms}
populations:
  pyr: {model: cell, size: 200, initial: {V_soma: {normal: [-60 mV, 3 mV], min: -70 mV, max: -52 mV}}}
  x: {poisson: {rate: 150 Hz}, size: 200}
  pool: {poisson: {rate: 80 Hz}, size: 20}
projections:
  x_d: {source: x, target: pyr, connect: one_to_one, weight: {lognormal: [0.3, 0.3]}, on_pre: s_AMPA_x_d0 += w}
  pool_d: {source: pool, target: pyr, connect: {probability: 0.3}, delay: 7 ms, on_pre: s_AMPA_x_d2 += 1}
  recurrent: {source: pyr, target: pyr, connect: {probability: 0.1}, autapses: false,
              weight: {normal: [0.2, 0.05], min: 0}, delay: {uniform: [1 ms, 5 ms]}, on_pre: s_AMPA_x_d4 += w}
record:
  spikes: all
  events: all
  states:
    v: {population: pyr, variables: [%s], neurons: all, every: 0.1 ms}
    i: {population: pyr, variables: [I_soma, I_d0], neurons: '0:200:10', every: 0.5 ms, precision: double}
  rates: {every: 1 ms}
checkpoint: {every_simulated: 2 ms}
"""

_SYNAPSE = ", synapses: [{channel: AMPA, tag: x, g: 4 nS, t_decay: 5 ms}]"
_SPIKE = (
    ", dspikes: [{name: Na, threshold: -40 mV, g_rise: 30 nS, g_fall: 15 nS, duration_rise: 1 ms,"
    "\n           duration_fall: 1 ms, offset_fall: 0.2 ms, refractory: 5 ms, reversal_rise: E_Na,"
    "\n           reversal_fall: E_K}]"
)


def text():
    """The job's text."""
    compartments = ""
    for place in range(DENDRITES):
        mechanisms = (_SYNAPSE if place % 2 == 0 else "") + (_SPIKE if place == 3 else "")
        compartments += f"      d{place}: {{length: 100 um, diameter: 1.5 um{mechanisms}}}\n"
    parents = ["soma", "soma"] + [f"d{place}" for place in range(DENDRITES - 2)]
    couplings = ", ".join(f"[{a}, d{place}, 12 nS]" for place, a in enumerate(parents))
    voltages = ", ".join(["V_soma"] + [f"V_d{place}" for place in range(DENDRITES)])
    return _HEAD + compartments + f"    couplings: [{couplings}]\n" + _TAIL % voltages
