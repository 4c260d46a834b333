#!/usr/bin/env python3
"""Interrupts, starves and hangs the real command line, again and again, and looks at what is left.

    reliability.py kills|faults|determinism|all|PART... [--seconds N] [--seed S] [--report]
    reliability.py sample [--seconds N]         a few trials of every part
    reliability.py PART --trial K [--seed S]    one trial again
    reliability.py --list

Ends with 1 if anything has failed. What was made is kept in `.reliability`, with the folders of
trials that failed, and the next call goes on from there; `--report` writes the counts into
docs/reliability.md.
"""

import argparse
import datetime
import shutil
import sys
import time
from pathlib import Path

import coppice
import scorecard
from campaign import Campaign, commit
from company import Company
from durability import Durability
from every_call import EveryCall
from faults import DiskFaults, FullDisks
from hangs import Delays, Hangs, Suspensions
from kills import EarlyKills, Kills
from laboratory import Laboratory
from layouts import Chains, Matrix
from stopping import Signals, TimeLimits

GROUPS = {
    "kills": [Kills, EarlyKills, EveryCall, Signals, TimeLimits],
    "faults": [Durability, DiskFaults, FullDisks, Hangs, Delays, Suspensions, Company],
    "determinism": [Matrix, Chains],
}
# What a sample makes of each part, where time allows: parts are given the same time each.
SAMPLE = {"R1": 60, "R1 early": 4, "R2": 60, "R10": 30, "R10 maxh": 4, "R4": 4, "R5": 60,
          "R5 full": 10, "R11": 6, "R11 late": 2, "R11 suspended": 2, "lock": 5, "R8": 30, "R9": 2}


def main():
    arguments = parse()
    parts = chosen(arguments.parts)
    if arguments.list:
        for part in parts:
            print(f"{part.name}: {part.what}; goal {part.goal:,} {part.unit}")
        return 0
    for program in ["mpirun", "strace"]:
        if shutil.which(program) is None:
            sys.exit(f"{program} is missing; .ci/setup.sh installs it")
    print(f"seed {arguments.seed}, commit {commit()}, binary {coppice.binary()}", flush=True)
    laboratory = Laboratory(arguments.state)
    try:
        return run(parts, arguments, laboratory)
    finally:
        laboratory.close()


def parse():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=["all"])
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--seconds", type=float, help="begin no trial after so long")
    parser.add_argument("--seed", type=int, default=20261126)
    parser.add_argument("--share", default=(0, 1), metavar="I/N",
                        type=lambda text: tuple(int(part) for part in text.split("/")),
                        help="trials I, I + N, ... alone; other processes make the others")
    parser.add_argument("--trial", type=int, help="makes this trial alone, again")
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--state", type=Path, default=coppice.PACKAGE / ".reliability",
                        help="where it is kept what has been made")
    return parser.parse_args()


def chosen(words):
    """The parts that the words name."""
    every = [part for group in GROUPS.values() for part in group]
    parts = []
    for word in words:
        found = every if word in ("all", "sample") else GROUPS.get(word) or [
            part for part in every if part.name.replace(" ", "-") == word or part.name == word]
        if not found:
            sys.exit(f"there is no part {word}: {', '.join([*GROUPS, *(p.name for p in every)])}")
        parts += found
    return parts


def run(parts, arguments, laboratory):
    is_sample = "sample" in arguments.parts
    deadline = None if arguments.seconds is None else time.monotonic() + arguments.seconds
    is_sound = True
    for place, kind in enumerate(parts):
        begin = time.monotonic()
        campaign = Campaign(kind(laboratory, is_sample), arguments.seed, arguments.state)
        if arguments.trial is not None:
            campaign.prepare()
            campaign.attempt(arguments.trial)
        else:
            left = None if deadline is None else max(0, deadline - time.monotonic())
            # In a sample every part gets its share of the time that is left.
            share = left / (len(parts) - place) if is_sample and left is not None else left
            campaign.run(share, SAMPLE[kind.name] if is_sample else None,
                         arguments.share)
        print(f"{campaign.summary()}, {time.monotonic() - begin:.0f} s", flush=True)
        is_sound &= not campaign.journal.failed
        if is_sample or campaign.is_done:
            for what, noticed in campaign.part.bites().items():
                print(f"{kind.name} notices that {what}: {'yes' if noticed else 'NO'}", flush=True)
                is_sound &= noticed
        if arguments.report:
            scorecard.write(campaign, datetime.date.today(), commit())
    return 0 if is_sound else 1


if __name__ == "__main__":
    sys.exit(main())
