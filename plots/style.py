# SPDX-License-Identifier: GPL-2.0-or-later
"""The style of all pictures by matplotlib, and settings that make the same data
give the same picture, byte by byte."""

import os
import re
import sys

import matplotlib
from PIL import Image
from matplotlib.ticker import LogFormatter

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

# By Okabe and Ito: different to colour-blind eyes, and sorted to differ in
# grey.
DARK, WORSE, BETTER, LIGHT = "#000000", "#d55e00", "#0072b2", "#bbbbbb"
UNITS = {"insn": "instructions"}

# Limit of a mail's attachment, in bytes.
LARGEST = 100000

# No random ids in an SVG, its text as text. Powers of ten at ticks are formulas, and
# no name is.
plt.rcParams.update({"svg.hashsalt": "pcpubench", "svg.fonttype": "none",
                     "text.parse_math": False,
                     "figure.figsize": (9, 6), "figure.dpi": 100,
                     "font.size": 8, "axes.spines.top": False,
                     "axes.spines.right": False})


def file_name(text):
    """A name that stays in its folder, of words that may be a stranger's."""
    return re.sub(r"[^A-Za-z0-9._+=-]", "-", text)[:200]


def settle_layout(figure):
    """Lay out, and round: the solver's last digits are not always the same."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        axes.set_position([round(place, 6) for place in axes.get_position().bounds])


def save(figure, directory, name, dpi=100):
    """NAME.png and NAME.svg, without a date and what drew them; say so."""
    path = where = os.path.join(directory, file_name(name))
    try:
        save_both(figure, path, dpi)
        where = "to the standard output"
        print(f"{path}.png", f"{path}.svg", sep="\n", flush=True)
    except OSError as e:
        print(f"pcpubench: cannot write {where}: {e.strerror}", file=sys.stderr)
        # Python itself would write once more what it could not.
        os._exit(os.EX_IOERR)
    plt.close(figure)


def save_both(figure, path, dpi):
    for axis in (a for axes in figure.axes for a in (axes.xaxis, axes.yaxis)):
        if isinstance(axis.get_major_formatter(), LogFormatter):
            for tick in axis.get_major_ticks() + axis.get_minor_ticks():
                tick.label1.set_parse_math(True)
                tick.label2.set_parse_math(True)
    # Ticks that are made now have numbers and no names.
    with plt.rc_context({"text.parse_math": True}):
        settle_layout(figure)
        figure.savefig(path + ".svg", dpi=dpi, metadata={"Date": None})
        figure.savefig(path + ".png", dpi=dpi, metadata={"Software": None})
    # A palette makes it a third as large, without smooth shades.
    if os.path.getsize(path + ".png") > LARGEST:
        with Image.open(path + ".png") as image:
            # By coverage, so that a line's colour does not become its
            # neighbour's.
            few = image.convert("RGB").quantize(
                256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        few.save(path + ".png", optimize=True)


def legend_below(figure, handles, labels, inches=.28):
    """A legend in a line of its own at the bottom, below all panels."""
    bottom = inches / figure.get_figheight()
    figure.get_layout_engine().set(rect=(0, bottom, 1, 1 - bottom))
    figure.legend(handles, labels, loc="lower center", ncol=len(labels),
                  frameon=False)


def apart(wanted, gap, low, high):
    """Places as near to @wanted as possible, in order, @gap apart, and between
    @low and @high if there is room for all."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    groups = []  # [sum of what each would shift the group's first to, count]
    for i in order:
        groups.append([wanted[i], 1])
        while len(groups) > 1:
            (under, n), (over, m) = groups[-2:]
            if under / n + n * gap <= over / m:
                break
            groups[-2:] = [[under + over - m * n * gap, n + m]]
    places = [0.0] * len(wanted)
    at = iter(order)
    for total, n in groups:
        for k in range(n):
            places[next(at)] = total / n + k * gap
    # Down from the top, then up from the bottom.
    for limit, step, turn in ((high, -gap, order[::-1]), (low, gap, order)):
        for i in turn:
            places[i] = (min if step < 0 else max)(places[i], limit)
            limit = places[i] + step
    return places
