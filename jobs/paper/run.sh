#!/usr/bin/env bash
# The paper: every job, every table, every figure, into out/paper (or the directory that is named).
# What is there already is not run again.
#
#   jobs/paper/run.sh [DIRECTORY]
set -euo pipefail
cd "$(dirname "$0")/../.."
out=${1:-out/paper}
coppice=${COPPICE_BINARY:-.build/release/coppice}
python=$(jobs/analysis/setup.sh)
mkdir -p "$out"

run() {  # run JOB DIRECTORY [OPTION]...
  echo "running $2"
  "$coppice" run "jobs/$1.yaml" --output "$out/$2" --log-level warn "${@:3}"
}
figure() {  # figure SCRIPT: its table to the terminal and into a file
  "$python" "jobs/$1.py" "$out" | tee "$out/$(basename "$1").txt"
}

run paper/fig2-attenuation fig2-attenuation
run paper/fig2-integration fig2-integration
run paper/fig2-integration fig2-integration-ampa \
  --set projections.input.on_pre=s_AMPA_x_apical+=1
figure paper/fig2

run paper/fig3-dspikes fig3-dspikes
run paper/fig3-io fig3-io
run paper/fig3-io fig3-io-off \
  --set models.cell.initial.allow_rise_Na_trunk=false \
  --set models.cell.initial.allow_rise_Na_prox=false \
  --set models.cell.initial.allow_rise_Na_dist=false
run paper/fig3-backpropagation fig3-backpropagation
figure paper/fig3

for part in somatic synapses integration; do run "paper/fig4-$part" "fig4-$part"; done
figure paper/fig4

run paper/fig5 fig5
run paper/fig5 fig5-off --set constants.dspikes=0
run paper/fig5-sweep fig5-sweep
figure paper/fig5

for neurons in 10 100 1000 10000 100000; do
  for network in passive active recurrent; do
    run "scalability/$network" "scalability-$network-$neurons" --set "constants.neurons=$neurons"
  done
done
figure paper/scalability

for job in jobs/validation/*.yaml; do
  name=$(basename "$job" .yaml)
  run "validation/$name" "validation/$name"
done
out=$out/validation
for part in passive active mechanisms; do figure "validation/$part"; done
