"""What the machine at its best would need for each phase, beside what was measured."""

from benchmarks.measurements import delivery
from benchmarks.suite import figures, medians, parts, tables

# Of one neuron of the active network in one step: 24 operations of the pipes for multiply-adds (16
# multiply-adds, 8 products), which is what the right sides come to with folded constants; 12 numbers
# are read and written.
_MULTIPLY_ADDS = 24
_STATE_BYTES = 12 * 8 * 2
# A synapse as it is read on delivery.
# That a spike reads for each of them.
_SYNAPSE_BYTES = {"one weight": 2, "drawn weights": 8}


def _tables(runs):
    """Bounds by phase, as far as their parts were measured."""
    one = runs.named("roofline", "1 threads")
    if one is None:
        return []
    both = max(runs.of("roofline"), key=lambda each: each.facts["threads"])
    rows = []

    def add(what, bound_by, bound, measured):
        rows.append([what, bound_by, f"{bound:.2f}", f"{measured:.2f}", f"{measured / bound:.1f}"])

    for who in ("Coppice", "by hand"):
        kernel = runs.named("kernel", f"{who}, double, long visits")
        if kernel:
            add(f"active, long visits, {who}, ns per neuron-step", "multiply-adds",
                _MULTIPLY_ADDS * 1e9 / _rate(one, "fma_double"), _advance(kernel))
    for who in ("Coppice", "by hand"):
        kernel = runs.named("kernel", f"{who}, double, one-step visits")
        if kernel:
            add(f"active, one-step visits, 100,000 neurons, {who}, ns per neuron-step",
                "state from and to L3", _STATE_BYTES * 1e9 / _rate(one, "update_L3"),
                _advance(kernel))
    blocking = runs.named("blocking", "1000000, one-step epochs")
    if blocking:
        add("active, one-step visits, 1,000,000 neurons, 2 threads, ns per neuron-step",
            "state from and to memory", _STATE_BYTES * 1e9 / _rate(both, "update_memory"),
            _advance(blocking))
    for store, size in _SYNAPSE_BYTES.items():
        dense = runs.named("delivery", f"{store}, 1 threads")
        if dense:
            add(f"delivery, {store}, 1 thread, ns per event", "rows from memory",
                size * 1e9 / _rate(one, "rows_memory"),
                1e9 / medians.median(dense.values(delivery.events_per_second)))
    return [tables.Table(
        "bounds", ["phase", "bound by", "at best", "measured", "measured / best"], rows)]


def _rate(measured, figure):
    return medians.median(measured.values(figure))


def _advance(measured):
    """Nanoseconds of the kernels; by hand there is nothing else."""
    mine = measured.facts["engine"] == "Coppice"
    figure = figures.phase_ns("advance") if mine else figures.loop_ns
    return medians.median(measured.values(figure))


PART = parts.Part(
    "bounds", "the machine at its best beside what was measured, from other parts",
    lambda setting: [], _tables, derived=True)
