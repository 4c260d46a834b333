"""Tables in Markdown, made of run sets; and pages whose marked tables are made anew."""

import dataclasses
import pathlib
import re

BEGIN = "<!-- table: {name} -->"
END = "<!-- end of table -->"
_MARKED = re.compile(
    r"<!-- table: (?P<name>[\w.-]+) -->\n(?P<text>.*?)<!-- end of table -->", re.DOTALL)


@dataclasses.dataclass
class Table:
    """Heads and rows of texts. `name` is that of its place in the page."""

    name: str
    heads: list
    rows: list
    notes: list = dataclasses.field(default_factory=list)

    def markdown(self):
        lines = [_row(self.heads), _row(["---"] * len(self.heads))]
        lines += [_row(row) for row in self.rows]
        for note in self.notes:
            lines += ["", note]
        return "\n".join(lines)


def _row(cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


PLOTS = "figures"  # from the page


def provenance(runs, part):
    """Where and when the samples of a part were taken, how busy others were, and the command."""
    samples = [one for one in runs.samples if part.derived or one["part"] == part.name]
    first, last = min(one["when"] for one in samples)[:10], max(one["when"] for one in samples)[:10]
    days = first if first == last else f"{first} to {last}"
    machine, versions = runs.machine, runs.content["versions"]
    memory = machine["memory_bytes"] / 2**30
    turns = max(one["turn"] for one in samples)
    text = (
        f"Measured on {days} on {machine['cores']} cores of an {machine['processor']} "
        f"({', '.join(machine['instructions']) or 'baseline'}; {memory:.0f} GiB), commit "
        f"`{versions['commit'][:10]}`, {versions['c_compiler']}; {turns} turns at most.")
    busiest = max(one["load"]["others"] + one["load"]["stolen"] for one in samples)
    text += f" Others had at most {100 * busiest:.0f} % of the machine during a run."
    words = [] if part.derived else [part.name]
    words += ["--quick"] if runs.content["size"] == "quick" else []
    return f"{text} Command: `{' '.join(['python3 -m benchmarks run', *words])}`."


def plots(name, sets, all_parts):
    """The run sets that a plot can be drawn of, each with the name of its file: the first's is plain."""
    parts = [part.name for part in all_parts if part.plot == name]
    measured = [one for one in sets if any(one.of(part) for part in parts)]
    return [(one, name if place == 1 else f"{name}-{place}")
            for place, one in enumerate(measured, start=1)]


def rendered(sets, all_parts, plots_of=None):
    """Markdown by table name: of each part that was measured, one table a run set. A folder of plots
    puts each run set's plot before the first table of its parts."""
    found, placed = {}, set()
    for part in all_parts:
        for runs in sets:
            if not (part.derived or runs.of(part.name)):
                continue
            for table in part.tables(runs):
                if not table.rows:
                    continue
                texts = found.setdefault(table.name, [])
                for one, stem in plots(part.plot, sets, all_parts) if plots_of and part.plot else []:
                    if one is runs and stem not in placed:
                        placed.add(stem)
                        texts.append(f"![{part.title}]({plots_of}/{stem}.png)\n")
                texts.append(f"{table.markdown()}\n\n{provenance(runs, part)}\n")
    return {name: "\n".join(texts) for name, texts in found.items()}


def updated(page, texts):
    """A page with its marked tables replaced; those without a text stay as they are. Returns also
    the names of texts that have no place in the page."""
    placed = set()

    def replacement(match):
        name = match["name"]
        placed.add(name)
        text = texts.get(name)
        return match[0] if text is None else f"{BEGIN.format(name=name)}\n{text}{END}"

    return _MARKED.sub(replacement, page), sorted(set(texts) - placed)


def update_file(path, texts):
    """Rewrites a page if it changes. Returns the names of texts without a place in it."""
    path = pathlib.Path(path)
    before = path.read_text(encoding="utf-8")
    after, homeless = updated(before, texts)
    if after != before:
        path.write_text(after, encoding="utf-8")
    return homeless
