"""One rank of many, played by one process, beside real runs where there are cores for them."""

import json
import os

from benchmarks.measurements import ours
from benchmarks.suite import coppice, exchange, figures, limits, machine, medians, parts, tables
from benchmarks.suite import process

_JOB = "jobs/scalability/dense.yaml"
_MOST = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096]


def _settings(neurons, ranks, setting):
    """Sources are drawn by target, so that a rank's synapses are no more work on many ranks than on
    few."""
    fan = setting.size.pick(100, 1_000)
    return ours.scaled(neurons * ranks, setting.size.pick(0.02, 0.1), {
        "constants.synapses": fan,
        "projections.recurrent.connect": f"{{indegree: {fan}}}"})


def _weak(setting):
    """Neurons of a rank, and numbers of ranks."""
    if setting.size.quick:
        return [(2_000, [1, 2, 16, 256])]
    return [(setting.neurons or 100_000, [count for count in _MOST if count <= 64]),
            (10_000, _MOST)]


def _command(setting, neurons, ranks, rank):
    words = [coppice.binary(), "run", _JOB, "--rehearse", f"{ranks}:{rank}", "--threads", 1]
    for key, value in _settings(neurons, ranks, setting).items():
        words += ["--set", f"{key}={value}"]
    return words


def _rehearsed(setting, neurons, ranks):
    def measure():
        text, cost = process.run(_command(setting, neurons, ranks, 0))
        return json.loads(text), cost.load

    facts = {"engine": "Coppice", "kind": "rehearsed", "neurons": neurons, "ranks": ranks}
    turns = setting.size.pick(2 if ranks <= 2 else 1, 5 if ranks <= 64 else 3)
    return parts.Variant(f"rehearsed {neurons} × {ranks}", facts, measure, turns)


def _rehearsed_together(setting, neurons, ranks):
    """All ranks at the same time, as they would share this machine's caches and memory in a real
    run, each on a core of its own: none knows of the others. Figures are those of the rank that took
    longest."""
    cores = sorted(os.sched_getaffinity(0))

    def measure():
        texts, cost = process.run_together([
            ["taskset", "--cpu-list", cores[rank], *_command(setting, neurons, ranks, rank)]
            for rank in range(ranks)])
        samples = [json.loads(text) for text in texts]
        return max(samples, key=lambda sample: sample["seconds"]["simulate"]), cost.load

    facts = {"engine": "Coppice", "kind": "together", "neurons": neurons, "ranks": ranks}
    return parts.Variant(
        f"rehearsed together {neurons} × {ranks}", facts, measure, setting.size.pick(2, 5))


def _calibrated(setting):
    def measure():
        text, cost = process.run(
            [*coppice.launched(setting.launcher, 2, 1), limits.BUILT / "exchange"],
            coppice.ENVIRONMENT)
        return json.loads(text), cost.load

    return parts.Variant(
        "exchange, 2 ranks", {"kind": "calibration", "ranks": 2}, measure,
        setting.size.pick(1, 5))


def _variants(setting):
    planned = [_calibrated(setting)]
    for neurons, counts in _weak(setting):
        for ranks in counts:
            planned.append(_rehearsed(setting, neurons, ranks))
            if 1 < ranks <= machine.cores():
                planned.append(_rehearsed_together(setting, neurons, ranks))
            if ranks <= machine.cores():
                planned.append(ours.variant(
                    setting, f"measured {neurons} × {ranks}", _JOB,
                    {"kind": "measured", "neurons": neurons, "launched": True},
                    _settings(neurons, ranks, setting), ranks, 1,
                    turns=setting.size.pick(2, 5)))
    return planned


def here(runs):
    """The network inside of this machine, as calibrated; `None` if it was not."""
    found = runs.named("rehearsal", "exchange, 2 ranks")
    if found is None:
        return None
    return exchange.Network(
        "this machine", medians.median(found.values("latency_s")),
        medians.median(found.values("bytes_per_s")))


def predictions(runs, network):
    """By neurons of a rank: number of ranks and median epoch."""
    found = {}
    for one in runs.of("rehearsal"):
        if one.facts["kind"] != "rehearsed":
            continue
        epochs = [exchange.epoch(sample, network) for sample in one.values(lambda all: all)]
        middle = sorted(epochs, key=lambda epoch: epoch.total)[len(epochs) // 2]
        found.setdefault(one.facts["neurons"], []).append((one.facts["ranks"], middle, one))
    return {neurons: sorted(list_, key=lambda entry: entry[0]) for neurons, list_ in found.items()}


def _noisy_efficiency(epoch, ranks, alone):
    if epoch.wait_with_noise is None or ranks == 1:
        return "-"
    return f"{100 * alone / (epoch.total - epoch.wait + epoch.wait_with_noise):.0f} %"


def _phases(runs):
    rows = []
    for neurons, counts in predictions(runs, exchange.CLUSTER).items():
        alone = counts[0][1].total / counts[0][2].samples[0]["figures"]["epochs"]["steps"]
        for ranks, epoch, one in counts:
            sample = one.samples[0]["figures"]
            steps = sample["epochs"]["steps"]
            way = sample["exchange"]["kind"]
            if sample["exchange"]["overlapped"]:
                way += ", overlapped"
            rows.append([
                figures.count_text(neurons), figures.count_text(ranks), way,
                *[f"{1e6 * value / steps:.2f}" for value in (
                    epoch.advance, epoch.deliver, epoch.pack, epoch.messages, epoch.shown,
                    epoch.wait, epoch.total)],
                f"{100 * alone / (epoch.total / steps):.0f} %",
                _noisy_efficiency(epoch, ranks, alone * steps),
                f"{sample['exchange']['bytes_received'] / max(1, sample['exchange']['rounds']) / 1e3:.1f}",
                f"{sample['peak_rss_bytes'] / 1e6:.0f}"])
    return tables.Table(
        "rehearsal", [
            "neurons of a rank", "ranks", "exchange", "advance", "deliver", "pack and unpack",
            "messages (model)", "of it not hidden", "wait (model)", "step, µs", "efficiency",
            "with noise", "KB that come in an epoch", "MB of a rank"], rows,
        [f"Columns in between are µs of one simulated step. With noise: the efficiency if every rank "
         f"were held up as often as this machine was. Model: messages of "
         f"{1e6 * exchange.CLUSTER.latency:g} µs and {exchange.CLUSTER.bandwidth / 1e9:g} GB/s, "
         "assumed."])


def _beside(runs):
    network = here(runs)
    if network is None:
        return []
    rows = []
    for neurons, counts in predictions(runs, network).items():
        for ranks, _, one in counts:
            measured = runs.named("rehearsal", f"measured {neurons} × {ranks}")
            if measured is None:
                continue
            # Older run sets have played ranks one by one.
            one = runs.named("rehearsal", f"rehearsed together {neurons} × {ranks}") or one
            # Of the loop: the checkpoint at the end of a run is no part of a rehearsal.
            seen = medians.median(
                measured.values(lambda sample: sample["simulate"] - sample["checkpoint"]))
            told = medians.median(one.values(lambda sample: exchange.loop(sample, network)))
            rows.append([
                figures.count_text(neurons), ranks, len(measured.samples), f"{seen:.3f}",
                f"{told:.3f}", f"{100 * (told / seen - 1):+.0f} %"])
    return [tables.Table(
        "rehearsal-measured",
        ["neurons of a rank", "ranks", "runs", "measured loop without checkpoint, s",
         "rehearsed and modelled, s",
         "difference"], rows,
        [f"Messages as calibrated on this machine: {1e6 * network.latency:.2f} µs and "
         f"{network.bandwidth / 1e9:.1f} GB/s."])]


PART = parts.Part(
    "rehearsal", "one rank of many, and what many would take", _variants,
    lambda runs: [_phases(runs), *_beside(runs)], limits.build, plot="scaling-rehearsal")
