"""Memory for a neuron and for a synapse, and what `check` expects."""

from benchmarks.measurements import ours
from benchmarks.suite import figures, medians, parts, tables


def _planned(setting):
    """Name of the case, job, neurons, synapses of a neuron."""
    small, large = setting.size.pick((5_000, 20_000), (100_000, 1_000_000))
    found = [("active", "active", neurons, 0) for neurons in (small, large)]
    found += [("ca1", "ca1", neurons // 10, 0) for neurons in (small, large)]
    found += [("dense", "dense", small, synapses) for synapses in (100, 300, 1000)]
    return found


def _variants(setting):
    planned = []
    for case, name, neurons, synapses in _planned(setting):
        job = "jobs/paper/fig5.yaml" if name == "ca1" else f"jobs/scalability/{name}.yaml"
        more = {"constants.synapses": synapses} if synapses else {}
        planned.append(ours.expecting(
            setting, f"{case} {neurons} neurons, {synapses} synapses", job,
            {"case": case, "neurons": neurons, "synapses": synapses},
            ours.scaled(neurons, 0.05, more), threads=2, turns=setting.size.pick(1, 3)))
    return planned


def _tables(runs):
    measured = runs.of("memory")
    rows = []
    for one in measured:
        peak = medians.median(one.values("peak_rss_bytes"))
        expected = one.first["expected"]["bytes"]
        rows.append([
            one.facts["case"], figures.count_text(one.facts["neurons"]), one.facts["synapses"],
            f"{peak / 1e6:.0f}", f"{expected / 1e6:.0f}", f"{peak / expected:.2f}"])
    return [
        tables.Table("memory", ["network", "neurons", "synapses of a neuron", "peak MB",
                                "expected MB", "peak / expected"], rows),
        tables.Table("memory-slopes", ["network", "grown", "bytes each"], _slopes(measured))]


def _slopes(measured):
    """Bytes for one neuron more, and for one synapse more."""
    rows = []
    for case, grown, count_of in [
            ("active", "a neuron", lambda one: one["neurons"]),
            ("ca1", "a neuron", lambda one: one["neurons"]),
            ("dense", "a synapse", lambda one: one["synapses"])]:
        here = [one for one in measured if one.facts["case"] == case]
        if len(here) > 1:
            slope, _ = medians.fitted_line(
                [count_of(one.first) for one in here],
                [medians.median(one.values("peak_rss_bytes")) for one in here])
            rows.append([case, grown, f"{slope:.1f}"])
    return rows


PART = parts.Part("memory", "memory of neurons and synapses", _variants, _tables)
