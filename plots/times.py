#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The distribution of the samples of timed cells: times-TOPOLOGY.png and .svg.

times.py TIMES.json OUT-DIR      TIMES.json as of times_json(), times.h

A panel for each size; in it for each kernel the samples of all boots, off to the
left and on to the right, what each boot says, and the median over boots. All are
drawn as parts of that median: kernels may be far apart, which figures say.
"""

import collections
import json
import math
import sys

from style import BETTER, LIGHT, UNITS, legend_below, plt, save
from plot import rank

BINS = 48
SHOWN = 0.99  # of the samples; the number beyond is printed


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]


def histogram(values, low, step):
    count = [0] * BINS
    inside = 0
    for v in values:
        at = math.floor((v - low) / step)
        if 0 <= at < BINS:
            count[at] += 1
            inside += 1
    return count, len(values) - inside


def signed(value):
    """A number with three digits, or all digits before the point."""
    digits = max(0, 2 - math.floor(math.log10(abs(value)))) if value else 0
    return f"{value:+.{digits}f}"


def boots(n):
    return f"{n} boot" + "s" * (n != 1)


def says(cell):
    """Both arms and the cost with its interval, as text."""
    cost = cell["cost"]
    text = "\n".join(f"{arm} {signed(cell[arm]['median'])[1:]}"
                     for arm in ("off", "on")) + "\n" + signed(cost["median"])
    if cost["low"] is None:
        return f"{text}\n{boots(len(cell['boots']))}:\nno interval"
    return f"{text}\n{signed(cost['low'])} to\n{signed(cost['high'])}"


def part(value, quantity):
    """In percent of the median over boots, which is 0."""
    return 100 * (value / quantity["median"] - 1)


def half(axes, at, side, samples, quantity, low, step, colour):
    """One arm of one kernel: side -1 is the left half, 1 the right one."""
    samples = [part(v, quantity) for v in samples]
    count, beyond = histogram(samples, low, step)
    edges = [low + i * step for i in range(BINS + 1)]
    most = max(count) or 1
    axes.fill_betweenx(edges, at, [at + side * .42 * c / most
                                   for c in count + count[-1:]],
                       step="post", color=colour, linewidth=0)
    values = [part(v, quantity) for v in quantity["values"]]
    # Boots side by side, in their order.
    axes.plot([at + side * (.06 + .3 * (i + .5) / len(values))
               for i in range(len(values))], values, "o", ms=2.6,
              mfc="white", mec="black", mew=.6, zorder=3)
    if quantity["low"] is not None:
        axes.plot([at + side * .03] * 2, [part(quantity["low"], quantity),
                                    part(quantity["high"], quantity)],
                  color="black", lw=2.2, zorder=4, solid_capstyle="butt")
    axes.plot([at, at + side * .4], [0, 0], color="black", lw=1, zorder=4)
    return beyond


def panel(axes, cells):
    everything = [part(v, c[q]) for c in cells for q in ("off", "on")
                  for b in c["boots"] for v in b[q]]
    kept = [part(v, c[q]) for c in cells for q in ("off", "on")
            for v in c[q]["values"]]
    low = min(quantile(everything, (1 - SHOWN) / 2), min(kept))
    high = max(quantile(everything, (1 + SHOWN) / 2), max(kept))
    room = (high - low or abs(high) or 1) * .04
    low, high = low - room, high + room
    step = (high - low) / BINS
    beyond = disturbed = 0
    for at, cell in enumerate(cells):
        for arm, side, colour in (("off", -1, LIGHT), ("on", 1, BETTER)):
            samples = [v for b in cell["boots"] for v in b[arm]]
            beyond += half(axes, at, side, samples, cell[arm], low, step,
                           colour)
        disturbed += sum(b["disturbed"] for b in cell["boots"])
        axes.annotate(says(cell), (at, 1), ha="center", va="top",
                      xycoords=("data", "axes fraction"), fontsize=7)
    axes.set_title(f"{cells[0]['param']} B", fontsize=9)
    axes.set_xlim(-.6, len(cells) - .4)
    # Leave room at the top for the text.
    axes.set_ylim(low, high + (high - low) * .55)
    names = [c["kernel"].rstrip("/").rsplit("/", 1)[-1] for c in cells]
    slanted = max(map(len, names)) * len(names) > 30
    axes.set_xticks(range(len(cells)),
                    [f"{n[:23]}\n{boots(len(c['boots']))}"
                     for n, c in zip(names, cells)],
                    rotation=30 * slanted, ha="right" if slanted else "center")
    axes.set_xlabel(f"{len(everything)} samples, {beyond} of them outside; "
                    f"{disturbed} more were disturbed", fontsize=6.5)


def figure(cells):
    sizes = sorted({c["param"] for c in cells})
    first = cells[0]
    unit = UNITS.get(first["unit"], first["unit"])
    columns = min(3, len(sizes))
    rows = math.ceil(len(sizes) / columns)
    most = max(collections.Counter(c["param"] for c in cells).values())
    fig, axes = plt.subplots(rows, columns, squeeze=False, layout="constrained",
                             figsize=(max(9, columns * max(2.4, .4 + .75 * most)),
                                      max(6, 1.4 + 3.2 * rows)))
    for ax in axes.flat[len(sizes):]:
        ax.set_visible(False)
    for ax, size in zip(axes.flat, sizes):
        panel(ax, sorted((c for c in cells if c["param"] == size),
                         key=lambda c: rank(c["kernel"])[0]))
    for row in axes:
        row[0].set_ylabel("% off the median of boots")
    releases = ", ".join(sorted({c["release"] for c in cells}))
    hosts = ", ".join(sorted({c["host"] for c in cells}))
    fig.suptitle(f"{first['bench']}, {first['topology']}: {first['instrument']}"
                 f" ({unit}), Linux {releases}\n{hosts}\nfigures: median of boots, "
                 f"{unit} per {first['per']}: off, on, on - off and its 95 % interval")
    legend = [plt.Rectangle((0, 0), 1, 1, color=LIGHT),
              plt.Rectangle((0, 0), 1, 1, color=BETTER),
              plt.Line2D([], [], ls="", marker="o", ms=3, mfc="white",
                         mec="black", mew=.6),
              plt.Line2D([], [], color="black", lw=1),
              plt.Line2D([], [], color="black", lw=2.2)]
    legend_below(fig, legend, ["samples, off", "samples, on", "a boot",
                               "median of boots", "its 95 % interval"])
    return fig


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: times.py TIMES.json OUT-DIR")
    with open(sys.argv[1], encoding="utf-8") as f:
        cells = json.load(f)
    groups = collections.OrderedDict()
    for cell in cells:
        key = cell["bench"], cell["instrument"], cell["topology"]
        groups.setdefault(key, []).append(cell)
    for (bench, instrument, topology), group in groups.items():
        name = [instrument if instrument != "time" else "times", topology]
        if bench != "percpu-alloc":
            name.append(bench.replace("/", "-"))
        save(figure(group), sys.argv[2], "-".join(name))


if __name__ == "__main__":
    main()
