"""Point neurons of Dendrify, one of them with noise, in Brian's magic network."""

from brian2 import *
from dendrify import PointNeuronModel

seed(7)
model = PointNeuronModel(model="adex", cm_abs=281 * pF, gl_abs=30 * nS, v_rest=-70.6 * mV)
model.add_params({"Vth": -50.4 * mV, "DeltaT": 2 * mV, "tauw": 144 * ms, "a": 4 * nS,
                  "b": 0.0805 * nA, "Vr": -70.6 * mV})
plain = model.make_neurongroup(
    2, threshold="V > Vth + 5*DeltaT", reset="V = Vr; w += b", method="euler")
model.noise(mean=50 * pA, sigma=300 * pA, tau=2 * ms)
noisy = model.make_neurongroup(
    3, threshold="V > Vth + 5*DeltaT", reset="V = Vr; w += b", method="euler")

trace = StateMonitor(plain, "V", record=0)
noisy_trace = StateMonitor(noisy, ["V", "w"], record=True)
fired = SpikeMonitor(noisy)

run(5 * ms)
plain.I_ext, noisy.I_ext = 1 * nA, 0.9 * nA
run(40 * ms)
figure()
plot(trace.t / ms, trace.V[0] / mV)
show()
