"""One style for all figures, and tables for the terminal."""

import argparse
import pathlib

import matplotlib
from PIL import Image

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

BLUE, GREEN, ORANGE, CRIMSON, GREY = "#005c94", "#338000", "#ff6600", "#aa0044", "#808080"
COLORS = {
    "soma": BLUE, "trunk": GREEN, "prox": ORANGE, "dist": CRIMSON,
    "apical": GREEN, "basal": ORANGE, "med": GREEN, "dist1": CRIMSON, "ob1": "#7a5195",
    "dend": CRIMSON, "dend1": GREEN, "dend2": CRIMSON,
}
plt.rcParams.update({
    "font.size": 9, "axes.labelsize": 9, "axes.titlesize": 10, "legend.fontsize": 8,
    "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False,
    "lines.linewidth": 1.2, "figure.constrained_layout.use": True,
})


def arguments(description, runs, picture):
    """The command line of a script: the directory of the runs, and the picture to write, which is
    in that directory unless said otherwise."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="?", default=runs, help=f"where the runs are ({runs})")
    parser.add_argument("picture", nargs="?", help=f"what to write (RUNS/{picture})")
    given = parser.parse_args()
    runs = pathlib.Path(given.runs)
    return runs, pathlib.Path(given.picture) if given.picture else runs / picture


def panels(mosaic, size, **options):
    """A figure of axes that have the letters of a mosaic, `"aab/cde"`: rows between slashes."""
    return plt.subplot_mosaic("\n".join(mosaic.split("/")), figsize=size, **options)


def title(axes, letter, text):
    axes.set_title(f"$\\bf{{{letter}}}$  {text}" if letter else text, loc="left")


def save(figure, picture):
    """Writes the picture; a PNG with a palette, which flat colours do with, at a third of the size."""
    figure.savefig(picture, dpi=110)
    if picture.suffix == ".png":
        with Image.open(picture) as image:
            small = image.convert("RGB").quantize(96, dither=Image.Dither.NONE)
        small.save(picture, optimize=True)
    print(f"drawn: {picture}")


def table(title, heads, rows, form="{:.12g}"):
    """Prints a table: numbers by `form`, texts as they are."""
    texts = [[cell if isinstance(cell, str) else form.format(cell) for cell in row]
             for row in rows]
    widths = [max(map(len, column)) for column in zip(heads, *texts)]
    print(f"\n{title}")
    for row in [heads, *texts]:
        print("  " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths)))
