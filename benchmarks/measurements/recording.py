"""What recording costs: all spikes and 1 % of somatic voltages at 1 ms, against nothing."""

from benchmarks.measurements import ours
from benchmarks.suite import figures, medians, parts, tables


def _variants(setting):
    neurons, seconds = setting.size.pick((10_000, 0.2), (100_000, 1))
    recorded = (f"{{spikes: [pyr], states: {{soma: {{population: pyr, variables: [V_soma], "
                f"neurons: '0:{neurons}:100', every: 1 ms}}}}}}")
    return [
        ours.variant(setting, name, "jobs/scalability/active.yaml", {"neurons": neurons},
                     ours.scaled(neurons, seconds, {"record": record}), threads=2,
                     turns=setting.size.pick(3, 9))
        for name, record in [("nothing", "{spikes: none}"),
                             ("spikes and 1 % of voltages", recorded)]]


def _tables(runs):
    bare = runs.named("recording", "nothing")
    rows = []
    for one in runs.of("recording"):
        rows.append([
            one.name, len(one.samples),
            *[figures.median_text(one, figure, 3)
              for figure in (figures.loop_seconds, "record", figures.total_seconds)],
            *["1" if one == bare else
              medians.Ratio(one.values(figure), bare.values(figure)).text(3)
              for figure in (figures.loop_seconds, figures.total_seconds)]])
    return [tables.Table(
        "recording", ["recorded", "runs", "loop s", "record s", "total s", "loop / bare",
                      "total / bare"], rows)]


PART = parts.Part("recording", "recording against none", _variants, _tables)
