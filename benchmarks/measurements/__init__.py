"""The parts of the suite in the order in which they are run; each module is one measurement."""

from benchmarks.measurements import (
    backends, blocking, bounds, ca1, cases, delivery, indegree, kernel, latency, layouts, memory, passive,
    precision, recording, rehearsal, roofline, size, targets)

ALL = [
    roofline.PART, kernel.PART, latency.PART, precision.PART, backends.PART, recording.PART,
    size.PART, blocking.PART, indegree.PART, layouts.STRONG, layouts.WEAK, rehearsal.PART, delivery.PART,
    memory.PART, ca1.PART, passive.PART, *cases.PARTS, bounds.PART, targets.PART,
]


def named(names):
    """The parts of these names in the order of the suite; all, if none is named."""
    return [part for part in ALL if not names or part.name in names]
