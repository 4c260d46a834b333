#!/usr/bin/env bash
# What to tell after `make run`.
cat <<'END'

The results are in out/quickstart: spikes.h5, events.h5 (dendritic spikes), rates.h5,
voltage.V_*.h5 (ten neurons) and run.json (figures of the run).

To try next, after  export PATH="$PWD/.build/release:$PATH"

  coppice run jobs/quickstart.yaml --output out/weak --set constants.input_rate=40Hz
      the same network with weaker input
  coppice show jobs/first-model.yaml --equations
      what a neuron model becomes; docs/first-model.md builds one step by step
  mpirun -np 2 coppice run jobs/quickstart.yaml --output out/ranks --threads 1 &&
    coppice compare out/quickstart out/ranks
      on two ranks: the same bits
END
