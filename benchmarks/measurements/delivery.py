"""Delivery of spikes: 1,000 synapses a neuron, 1.5 ms of delay, about 5 Hz."""

from benchmarks.measurements import ours
from benchmarks.suite import figures, medians, parts, tables

_JOB = "jobs/scalability/dense.yaml"
# What is stored: settings on top of the job.
_STORES = {
    "one weight": {},
    "drawn weights": {"projections.recurrent.weight": "{normal: [0.0005, 0.0001], min: 0}"},
    "procedural": {"projections.recurrent.store": "procedural"},
}


def _variants(setting):
    neurons, seconds = setting.size.pick((10_000, 0.2), (100_000, 1))
    planned = []
    for store, settings in _STORES.items():
        settings = ours.scaled(neurons, seconds, settings)
        for threads in (1, 2):
            planned.append(ours.expecting(
                setting, f"{store}, {threads} threads", _JOB, {"store": store, "neurons": neurons},
                settings, threads, turns=setting.size.pick(2, 5)))
    return planned


def recurrent_synapses(one):
    """Synapses among the neurons: without the two of each with its own input."""
    return one["synapses"] - 2 * one["neurons"]


def events_per_second(one):
    """Arrivals at synapses among neurons, for a second and a thread of the deliver phase. What
    fired within the last delay has not arrived; it is one in 700."""
    events = figures.neuron_spikes(one) * recurrent_synapses(one) / one["neurons"]
    return events / one["deliver"] / one["threads"] / one["ranks"]


def built_per_second(one):
    """Synapses drawn in a second, by all threads together."""
    return one["synapses"] / one["build"]


def stored_bytes(one):
    """Bytes for a synapse, the index counted in, by the plan of memory."""
    return one["expected"]["parts"].get("synapses", 0) / one["synapses"]


def over_expected(one):
    """The largest resident set over what `check` expects."""
    return one["peak_rss_bytes"] / one["expected"]["bytes"]


def _tables(runs):
    rows = []
    for one in runs.of("delivery"):
        spread = medians.spread(one.values(events_per_second))
        rows.append([
            one.facts["store"], one.facts["threads"], len(one.samples),
            figures.median_text(one, figures.rate),
            f"{medians.median(one.values(events_per_second)) / 1e6:.0f}"
            + ("" if spread is None else f" ± {100 * spread:.0f} %"),
            figures.median_text(one, "deliver"), figures.median_text(one, figures.loop_seconds),
            f"{medians.median(one.values(built_per_second)) / 1e6:.0f}",
            figures.median_text(one, stored_bytes, 1),
            figures.median_text(one, lambda of: of["peak_rss_bytes"] / 1e6, 0),
            figures.median_text(one, over_expected)])
    return [tables.Table(
        "delivery",
        ["stored", "threads", "runs", "rate Hz", "10^6 events/s and thread, deliver",
         "deliver s", "loop s", "10^6 synapses/s, build", "bytes per synapse", "peak MB",
         "peak / expected"], rows)]


PART = parts.Part("delivery", "delivery at 1,000 synapses a neuron", _variants, _tables)
