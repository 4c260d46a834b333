"""The counts in docs/reliability.md, between two markers.

A row belongs to a part and to the sources that were tested. The counts of several seeds add up; a
row of other sources is replaced.
"""

import re

import coppice

PAGE = coppice.PACKAGE / "docs" / "reliability.md"
BEGIN, END = "<!-- counts: begin -->", "<!-- counts: end -->"
HEAD = ("| part | what | counted | failed | date | commit | sources | seeds |\n"
        "|---|---|---|---|---|---|---|---|\n")


def write(campaign, date, commit):
    """Puts what a campaign has counted so far into its row."""
    if campaign.journal.counted == 0 and not campaign.journal.failed:
        return
    figures = {name: value for name, value in campaign.journal.figures.items() if value}
    detail = ", ".join(f"{value:,} {name}" for name, value in figures.items())
    record(campaign.part.name, campaign.part.what, campaign.part.unit, campaign.journal.counted,
           len(campaign.journal.failed), campaign.seed, date, commit, campaign.journal.sources, detail)


def record(part, what, unit, counted, failed, seed, date, commit, sources, detail=""):
    """Puts a count into the row of a part; seeds counted before with the same sources stay."""
    text = PAGE.read_text()
    before, rest = text.split(BEGIN)
    table, after = rest.split(END)
    rows = dict(re.findall(r"^\| ([^|]+?) (\|.*)$", table.replace(HEAD.rstrip(), ""), re.MULTILINE))
    seeds = {}
    if (old := rows.get(part)) and f"| {sources} |" in old:
        for number, count, bad in re.findall(r"(\d+): ([\d,]+)(?: \((\d+) failed\))?",
                                             old.rsplit("|", 2)[1]):
            seeds[int(number)] = (int(count.replace(",", "")), int(bad or 0))
    seeds[seed] = (counted, failed)
    told = ", ".join(f"{number}: {count:,}" + (f" ({bad} failed)" if bad else "")
                     for number, (count, bad) in sorted(seeds.items()))
    total = sum(count for count, _ in seeds.values())
    wrong = sum(bad for _, bad in seeds.values())
    rows[part] = (f"| {what}{f' ({detail})' if detail else ''} | {total:,} {unit} | {wrong} | "
                  f"{date} | {commit} | {sources} | {told} |")
    lines = "".join(f"| {name} {row}\n" for name, row in sorted(rows.items(), key=order))
    PAGE.write_text(before + BEGIN + "\n" + HEAD + lines + END + after)


def order(row):
    """R2 before R10."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", row[0])]
