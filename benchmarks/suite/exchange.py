"""How long an epoch takes on many ranks: what one rank has to do, as a rehearsal measures it, and
what it waits for, by a model of virtual time."""

import dataclasses
import functools
import math
import random


@dataclasses.dataclass(frozen=True)
class Network:
    """What joins the ranks: seconds of a message of no length, and bytes that come to a rank in a
    second."""

    name: str
    latency: float
    bandwidth: float


# Figures that vendors and measurements elsewhere give of current networks; nothing is measured here.
CLUSTER = Network("cluster, assumed", 2e-6, 12e9)


@dataclasses.dataclass(frozen=True)
class Epoch:
    """Seconds of one epoch on one rank, by phase."""

    advance: float
    deliver: float
    # Packing and unpacking, measured, ...
    pack: float
    # ... the messages, by the model, and the part of it that no work hides ...
    messages: float
    shown: float
    # ... and waiting for the slowest rank.
    wait: float
    record: float
    # The same where every rank is held up as often as the machine of the rehearsal was; `None`: not
    # told apart.
    wait_with_noise: float | None = None

    @property
    def total(self):
        return self.advance + self.deliver + self.pack + self.shown + self.wait + self.record


def epoch(rehearsed, network):
    """What an epoch of a rehearsed run takes. `rehearsed` is what `coppice run --rehearse` prints.

    - An allgather takes log2 R messages one after the other, and so does an exchange that is
      directed, as libraries do it for short messages; and what comes from the other ranks comes at the
      bandwidth of the network.
    - Overlapped messages are hidden behind the work of the next epoch.
    - All wait for the slowest, as `slowdown` plays it. Ranks' epochs are taken to spread by the
      deviation of epochs of one rank from their neighbours, each by itself: what goes up and down
      slowly, or with the spikes that come, does so on all ranks at the same time.
    """
    ranks, count = rehearsed["ranks"], rehearsed["epochs"]["count"]
    seconds = rehearsed["seconds"]
    advance, deliver, pack, record = (
        seconds[name] / count for name in ("advance", "deliver", "exchange", "record"))
    if ranks == 1:
        return Epoch(advance, deliver, pack, 0, 0, 0, record)
    exchange = rehearsed["exchange"]
    come = exchange["bytes_received"] / exchange["rounds"] * (ranks - 1) / ranks
    messages = network.latency * math.ceil(math.log2(ranks)) + come / network.bandwidth
    work = advance + deliver
    shown = max(0.0, messages - work) if exchange["overlapped"] else messages

    def wait(jitter):
        if not jitter:
            return 0.0
        return jitter * slowdown(ranks, exchange["overlapped"], _rounded(work / jitter))

    told = rehearsed["epochs"]
    noisy = told.get("jitter_with_noise")
    return Epoch(advance, deliver, pack, messages, shown, wait(told["jitter"]), record,
                 None if noisy is None else wait(noisy))


@functools.cache
def slowdown(ranks, overlapped, work, epochs=120):
    """By how many deviations an epoch takes longer on `ranks` ranks than on one, in virtual time.

    An epoch of a rank takes `work` deviations in the mean. It begins when the rank is through the one
    before and has what all ranks sent behind that one; overlapped, behind the one before that: who is
    late by less than an epoch makes nobody wait, as long as the library carries messages on by itself.
    """
    draw = random.Random(ranks).gauss
    done, sent, before = [0.0] * ranks, 0.0, 0.0
    for _ in range(epochs):
        needed = before if overlapped else sent
        done = [max(own, needed) + draw(work, 1) for own in done]
        before, sent = sent, max(done)
    return sent / epochs - work


def _rounded(ratio):
    """To two digits, so that samples share what was played."""
    return float(f"{ratio:.2g}")


def loop(rehearsed, network):
    """Seconds of the whole loop."""
    return epoch(rehearsed, network).total * rehearsed["epochs"]["count"]
