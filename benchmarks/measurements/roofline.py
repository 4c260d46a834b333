"""What this machine can do at best: bytes from caches and memory, multiply-adds."""

from benchmarks.suite import limits, machine, medians, parts, tables

_LEVELS = ["L1", "L2", "L3", "memory"]


def _variants(setting):
    seconds, turns = setting.size.pick((0.1, 1), (0.5, 5))

    def of(threads):
        return parts.Variant(
            f"{threads} threads", {"threads": threads},
            lambda: limits.run("roofline", threads, seconds), turns)

    return [of(threads) for threads in dict.fromkeys((1, machine.cores()))]


def _giga(measured, figure):
    values = measured.values(figure)
    spread = medians.spread(values)
    text = f"{medians.median(values) / 1e9:.1f}"
    return text if spread is None else f"{text} ± {100 * spread:.0f} %"


def _tables(runs):
    measured = runs.of("roofline")
    rows = [
        [f"{what} {level}, GB/s", *[_giga(one, f"{what}_{level}") for one in measured]]
        for level in _LEVELS for what in ("read", "update")]
    rows.append(["rows of 4 KB in random order, memory, GB/s",
                 *[_giga(one, "rows_memory") for one in measured]])
    rows += [[f"multiply-adds, {precision}, 10^9/s",
              *[_giga(one, f"fma_{precision}") for one in measured]]
             for precision in ("double", "single")]
    heads = ["", *[one.name.replace("1 threads", "1 thread") for one in measured]]
    return [tables.Table("roofline", heads, rows)]


PART = parts.Part(
    "roofline", "bytes and multiply-adds a second of this machine", _variants, _tables,
    limits.build)
