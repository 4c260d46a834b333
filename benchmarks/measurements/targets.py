"""What Coppice sets out to reach, beside what was measured."""

import dataclasses

from benchmarks.measurements import delivery
from benchmarks.suite import figures, medians, parts, tables


@dataclasses.dataclass(frozen=True)
class Measure:
    """A value, and how far off it may be by the spread of like runs, relative to itself."""

    value: float
    spread: float | None
    runs: str

    @classmethod
    def of_ratio(cls, ratio):
        return cls(ratio.value, ratio.spread, f"{ratio.runs[0]}, {ratio.runs[1]}")

    @classmethod
    def of_values(cls, values):
        return cls(medians.median(values), medians.spread(values), str(len(values)))

    def holds(self, least, most):
        """`yes` or `no` outside the spread; `within the spread` where it could be either."""
        reach = self.value * (self.spread or 0)
        low, high = self.value - reach, self.value + reach
        if (least is None or low >= least) and (most is None or high <= most):
            return "yes"
        if (least is not None and high < least) or (most is not None and low > most):
            return "no"
        return "within the spread"


def _fastest(measured, figure):
    return min(measured, key=lambda one: medians.median(one.values(figure)), default=None)


def _against_brian(part, figure):
    """The fastest back end of Brian over the fastest of ours, on the largest network."""
    def measure(runs):
        measured = runs.of(part)
        largest = max((one.facts["neurons"] for one in measured), default=0)
        here = [one for one in measured if one.facts["neurons"] == largest]
        peer = _fastest([one for one in here if one.facts["engine"] != "Coppice"], figure)
        mine = _fastest([one for one in here if one.facts["engine"] == "Coppice"], figure)
        return _ratio(peer, mine, figure)

    return measure


def _ratio(above, below, figure=figures.loop_ns):
    if above is None or below is None:
        return None
    return Measure.of_ratio(medians.Ratio(above.values(figure), below.values(figure)))


def _between(part, above, below, figure=figures.loop_ns):
    return lambda runs: _ratio(runs.named(part, above), runs.named(part, below), figure)


def _value(part, variant, figure):
    def measure(runs):
        one = runs.named(part, variant)
        return Measure.of_values(one.values(figure)) if one else None

    return measure


def _least(measures):
    """The worst of several that all must be large."""
    return min((one for one in measures if one), key=lambda one: one.value, default=None)


def _passive(runs):
    """The fastest peer over ours, thread by thread, at every size."""
    found = []
    for neurons in {one.facts["neurons"] for one in runs.of("passive")}:
        here = [one for one in runs.of("passive") if one.facts["neurons"] == neurons]
        for threads in (1, 2):
            same = [one for one in here if one.facts.get("threads", 1) == threads]
            peers = [one for one in same if one.facts["engine"] != "Coppice"]
            mine = [one for one in same if one.facts["engine"] == "Coppice"]
            found.append(_ratio(_fastest(peers, figures.loop_ns), _fastest(mine, figures.loop_ns)))
    return _least(found)


def _two_threads(runs):
    found = []
    for one in runs.of("size"):
        facts = one.facts
        if facts["threads"] == 2 and facts["neurons"] >= 10_000:
            single = runs.named("size", f"{facts['case']} {facts['neurons']}, 1 threads")
            found.append(_ratio(single, one, figures.loop_seconds))
    return _least(found)


def _ranks_over_threads(runs):
    """Two ranks of a thread over one rank of two threads, the best runs of each, at the worst."""
    found = []
    for one in runs.of("strong"):
        facts = one.facts
        threads = runs.named("strong", f"{facts['case']} 1 × 2")
        if (facts["ranks"], facts["threads"]) == (2, 1) and threads:
            best = [min(each.values(figures.loop_seconds)) for each in (one, threads)]
            found.append(Measure(best[0] / best[1], None, f"best of {len(one.samples)}"))
    return max(found, key=lambda one: one.value, default=None)


def _million(runs):
    return _least([
        _ratio(runs.named("size", f"active 10000, {threads} threads"),
               runs.named("size", f"active 1000000, {threads} threads")) for threads in (1, 2)])


def _worst_delivery(figure, worst):
    def measure(runs):
        found = [Measure.of_values(one.values(figure)) for one in runs.of("delivery")
                 if one.facts["store"] == "one weight"]
        return worst(found, key=lambda one: one.value, default=None)

    return measure


_LONG, _HAND = "Coppice, double, long visits", "by hand, double, long visits"
# What, at least, at most, measure.
_TARGETS = [
    ("active: Brian's best total / ours", 30, None,
     _against_brian("cases-active", figures.total_seconds)),
    ("recurrent: Brian's best total / ours", 22, None,
     _against_brian("cases-recurrent", figures.total_seconds)),
    ("CA1: Brian's best loop / ours", 25, None, _against_brian("ca1", figures.loop_seconds)),
    ("passive: best peer's loop / ours, on as many threads", 15, None, _passive),
    ("active loop / by hand, 1 thread", None, 1.25, _between("kernel", _LONG, _HAND)),
    ("recurrent loop / active loop", None, 2.0,
     _between("kernel", "Coppice, double, recurrent", _LONG)),
    ("active, double / single", 1.2, None,
     _between("precision", "active double", "active single")),
    ("100 neurons, start to exit, s", None, 0.35,
     _value("latency", "compiled", figures.total_seconds)),
    ("100 neurons, loop, s", None, 0.02, _value("latency", "compiled", figures.loop_seconds)),
    ("delivery, 10^6 events/s and thread", 100, None,
     _worst_delivery(lambda one: delivery.events_per_second(one) / 1e6, min)),
    ("delivery, build, 10^6 synapses/s on all threads", 50, None,
     _value("delivery", "one weight, 2 threads",
            lambda one: delivery.built_per_second(one) / 1e6)),
    ("delivery, peak memory / expected", None, 1.2,
     _worst_delivery(delivery.over_expected, max)),
    ("1 thread / 2 threads, 10,000 neurons and more", 1.85, None, _two_threads),
    ("2 ranks / 2 threads", None, 1.1, _ranks_over_threads),
    ("neuron-steps/s of 1,000,000 neurons / of 10,000", 0.85, None, _million),
    ("1,000,000 neurons: one-step epochs / long visits", 2, None,
     _between("blocking", "1000000, one-step epochs", "1000000, long visits")),
    ("recording: loop with / without", None, 1.03,
     _between("recording", "spikes and 1 % of voltages", "nothing", figures.loop_seconds)),
]


def _tables(runs):
    rows = []
    for what, least, most, measure in _TARGETS:
        found = measure(runs)
        if found is None:
            continue
        bar = f"at least {least}" if most is None else f"at most {most}"
        spread = "-" if found.spread is None else f"{100 * found.spread:.0f} %"
        rows.append([what, bar, f"{found.value:.3g}", spread, found.runs,
                     found.holds(least, most)])
    return [tables.Table(
        "targets", ["what", "target", "measured", "spread", "runs", "reached"], rows)]


PART = parts.Part(
    "targets", "what was set out for, from all other parts", lambda setting: [], _tables,
    derived=True)
