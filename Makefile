# What a user or a machine of ours runs; `make help` lists it.

SHELL := /bin/bash
COPPICE := .build/release/coppice
SWIFT_FLAGS := --explicit-target-dependency-import-check error

.PHONY: help run build test lint format setup determinism differential bad-jobs docs-check paper bench \
  bench-quick bench-recurrent clean

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 26

setup: ## installs the C libraries that are missing
	@.ci/setup.sh

build: setup ## the command line, in release
	@swift build -c release --product coppice $(SWIFT_FLAGS)

run: build ## the quickstart, anew, into out/quickstart
	@$(COPPICE) run jobs/quickstart.yaml --output out/quickstart --fresh
	@.ci/after-quickstart.sh

test: build ## every test, those under mpirun included
	@.ci/test.sh

determinism: build ## the whole matrix of ranks, threads, blocks, back ends and widths
	@COPPICE_MATRIX=all .ci/test.sh --filter DeterminismTests

.PHONY: from-dendrify from-dendrify-table

from-dendrify: build ## scripts of every kind in Brian 2, and the jobs that are made from them
	@Tests/Oracles/setup.sh
	@"$${COPPICE_ENV:-.env}/current/bin/python" Tests/FromDendrify/check.py

from-dendrify-table: build ## the same of the scripts in DENDRIFY_SCRIPTS, as docs/from-dendrify.md shows them
	@Tests/Oracles/setup.sh
	@"$${COPPICE_ENV:-.env}/current/bin/python" Tests/FromDendrify/table.py

differential: build ## random models in Dendrify on Brian 2 and in Coppice (COPPICE_DIFFERENTIAL=N, 300)
	@Tests/Oracles/setup.sh
	@"$${COPPICE_ENV:-.env}/current/bin/python" Tests/Oracles/differential/differential.py

.PHONY: reliability reliability-kills reliability-faults reliability-determinism

RELIABILITY := python3 Tests/Reliability/reliability.py

reliability: build ## ten minutes of kills, faults, hangs, signals and resumes on the command line
	@$(RELIABILITY) sample --seconds 500 --seed $$(date +%s)

# The whole of a group; who is interrupted goes on where he was. COPPICE_SEED=N makes other trials.
reliability-kills: build ## every kill and signal (an hour; may be interrupted)
	@$(RELIABILITY) kills --report --seed $(or $(COPPICE_SEED),20261126)

reliability-faults: build ## every disk fault, hang and trace (an hour; may be interrupted)
	@$(RELIABILITY) faults --report --seed $(or $(COPPICE_SEED),20261126)

reliability-determinism: build ## every layout and chain of resumes (half an hour; may be interrupted)
	@$(RELIABILITY) determinism --report --seed $(or $(COPPICE_SEED),20261126)

.PHONY: reliability-fuzz reliability-sanitize reliability-overhead reliability-mutants reliability-checks

reliability-fuzz: setup ## libFuzzer on the readers of jobs, equations, records (SECONDS_EACH, 60)
	@Tests/Fuzz/build.sh
	@Tests/Fuzz/fuzz.sh "$${SECONDS_EACH:-60}"

reliability-sanitize: setup ## unit tests and a network under the address and thread sanitizers
	@Tests/Sanitizers/sanitize.sh

reliability-overhead: build ## what a checkpoint of 100,000 neurons costs
	@benchmarks/checkpoint.sh

reliability-mutants: setup ## shows which test notices each of the seeded bugs
	@Tests/Mutants/mutants.py

reliability-checks: build ## attacks, non-finite states, power loss, damage: all of each
	@COPPICE_RELIABILITY=all .ci/test.sh \
	  --filter 'AttackTests|NonFiniteTests|PowerLossTests|DamageTests|CommitFaultTests|ForeignCheckpointTests'

docs-check: build ## runs every command of README.md and docs
	@.ci/docs-check.sh

paper: build ## the paper's jobs, tables and figures, and the validation protocols', into out/paper
	@jobs/paper/run.sh

bench: build ## the scalability suite (two hours; BENCH=--quick: minutes); goes on where it was stopped
	@python3 -m benchmarks run $(BENCH)

bench-quick: build ## the scalability suite in small
	@python3 -m benchmarks run --quick

bench-recurrent: build ## Coppice against Brian 2 on the paper's recurrent network (20 minutes)
	@python3 -m benchmarks run cases-recurrent

lint: setup ## format and layering; what makes tables of measurements; places of seeded bugs
	@swift format lint --strict --recursive --parallel Package.swift Sources Tests
	@python3 -m unittest discover --quiet --start-directory benchmarks/tests --top-level-directory .
	@Tests/Mutants/mutants.py --check

format:
	@swift format --in-place --recursive --parallel Package.swift Sources Tests

clean:
	@rm -rf .build out
