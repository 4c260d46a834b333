"""The command line of the suite."""

import argparse
import pathlib
import subprocess
import sys

from benchmarks import measurements
from benchmarks.suite import coppice, machine, parts, peers, runs, tables

PAGES = [machine.TOP / "docs" / name for name in ("performance.md", "scaling.md")]
PUBLISHED = machine.TOP / "benchmarks" / "published"


def main():
    parser = argparse.ArgumentParser(
        prog="python3 -m benchmarks", description="Measures Coppice and draws what was measured.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="parts:\n" + "\n".join(f"  {one.name:18} {one.title}" for one in measurements.ALL))
    commands = parser.add_subparsers(dest="command", required=True)

    run = commands.add_parser("run", help="measures, or goes on measuring")
    run.add_argument("parts", nargs="*", metavar="PART", help="only these (all)")
    run.add_argument("--quick", action="store_true", help="small sizes, minutes in all")
    run.add_argument("--name", help="of the file below benchmarks/results "
                                    "(size and commit; the same name goes on)")
    run.add_argument("--fresh", action="store_true", help="measures anew what is there already")
    run.add_argument("--launcher", help="starts the ranks: a command with {ranks}, {threads}, "
                                        "{cores} (mpirun)")
    run.add_argument("--layouts", type=_layouts, metavar="RxT,RxT...",
                     help="ranks and threads of the scaling parts (powers of two of this machine)")
    run.add_argument("--neurons", type=int, metavar="N",
                     help="of the scaling parts: in all for strong, of a core for weak")
    run.add_argument("--scratch", help="where runs write; all nodes must see it (out)")
    run.set_defaults(call=_run)

    for name, call, text in [
            ("show", _show, "prints the tables"),
            ("csv", _csv, "writes all samples as a table"),
            ("plot", _plot, "draws the plots"),
            ("publish", _publish, "puts tables and plots into the documentation")]:
        command = commands.add_parser(name, help=text)
        command.add_argument("files", nargs="*", type=pathlib.Path, metavar="FILE",
                             help="run sets; several are combined (the newest)")
        if name in ("csv", "plot"):
            command.add_argument("--output", type=pathlib.Path, help="where to (benchmarks/results)")
        command.set_defaults(call=call)

    options = parser.parse_args()
    try:
        return options.call(options)
    except (runs.RunSetError, KeyError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 65
    except KeyboardInterrupt:
        print("stopped; the same command line goes on", file=sys.stderr)
        return 75


def _layouts(text):
    try:
        found = [tuple(int(number) for number in one.split("x")) for one in text.split(",")]
        if all(len(one) == 2 and min(one) > 0 for one in found):
            return found
    except ValueError:
        pass
    raise argparse.ArgumentTypeError("write ranks and threads such as 1x2,2x1")


def _run(options):
    if not coppice.binary().exists():
        print(f"benchmarks: no {coppice.binary()}; run 'make build' first", file=sys.stderr)
        return 66
    known = {part.name for part in measurements.ALL}
    unknown = [name for name in options.parts if name not in known]
    if unknown:
        print(f"benchmarks: there is no part {', '.join(unknown)}; there are: "
              f"{', '.join(part.name for part in measurements.ALL)}", file=sys.stderr)
        return 64
    size = parts.Size(options.quick)
    versions = machine.versions(coppice.binary())
    name = options.name or f"{size.name}-{versions['commit'][:10]}"
    found = runs.RunSet.opened(
        runs.RESULTS / f"{name}.json", size.name, versions, options.fresh)
    setting = parts.Setting(size, options.launcher, options.layouts, options.neurons,
                            options.scratch)
    chosen = measurements.named(options.parts)
    whole = True
    for part in chosen:
        whole = parts.measure(part, setting, found) and whole
    found.finish()
    _tell(found, chosen)
    print(f"written to {found.path.relative_to(machine.TOP)}")
    return 0 if whole else 70


def _tell(found, chosen):
    texts = tables.rendered([found], chosen)
    for name, text in texts.items():
        print(f"\n{name}\n\n{text}")
    for what, reason in found.content["skipped"].items():
        print(f"left out: {what}: {reason.splitlines()[0]}")


def _sets(options):
    files = options.files
    if not files:
        found = sorted(runs.RESULTS.glob("*.json"), key=lambda path: path.stat().st_mtime)
        if not found:
            raise runs.RunSetError("there are no results yet: python3 -m benchmarks run --quick")
        files = [found[-1]]
    return runs.combined([runs.RunSet.read(path) for path in files])


def _show(options):
    for name, text in tables.rendered(_sets(options), measurements.ALL).items():
        print(f"\n{name}\n\n{text}")
    return 0


def _csv(options):
    path = options.output or runs.RESULTS / "samples.csv"
    runs.write_csv(_sets(options), path)
    print(f"written: {path}")
    return 0


def _plot(options):
    return _drawn(options.files or [_sets(options)[0].path], options.output or runs.RESULTS)


def _drawn(files, folder):
    """Plots are drawn by the interpreter of the environment that has matplotlib."""
    command = [peers.python("docs"), "-m", "benchmarks.suite.plots", *files, "--output", folder]
    return subprocess.run([str(word) for word in command], cwd=machine.TOP, check=False).returncode


def _publish(options):
    """Keeps the run sets with the project, and makes tables and plots of the documentation from
    them: what the page says can be made again."""
    found = _sets(options)
    for old in PUBLISHED.glob("*.json"):
        old.unlink()
    PUBLISHED.mkdir(exist_ok=True)
    for place, one in enumerate(found, start=1):
        one.path = PUBLISHED / f"{place}-{one.machine['host']}.json"
        one.save()
    texts = tables.rendered(found, measurements.ALL, tables.PLOTS)
    homeless = set(texts)
    for page in PAGES:
        homeless &= set(tables.update_file(page, texts))
    if homeless:
        print(f"without a place in the documentation: {', '.join(sorted(homeless))}",
              file=sys.stderr)
    return _drawn([one.path for one in found], machine.TOP / "docs" / "figures")


if __name__ == "__main__":
    sys.exit(main())
