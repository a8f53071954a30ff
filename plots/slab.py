#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What accounting adds to slab objects: slab.png, .svg.

slab.py VERSION=REPORT.csv ... OUT-DIR

A REPORT.csv is from `pcpubench report --format=csv`. The lines are on - off of one
kernel, baseline: on one node by size on the left, of 64 B by nodes on the right.
"""

import collections
import csv
import sys

from style import BETTER, DARK, WORSE, legend_below, plt, save

LOOKS = {  # colour, marker by kind
    "alloc": (BETTER, "o"), "bulk": (DARK, "s"), "kmalloc": ("#777777", "v"),
    "first": (WORSE, "^"), "node": ("#9467bd", "D"),
}
DASHES = ("-", "--", ":")
SIZE = 64


def read(path):
    """Points (x, on - off) of the left and right picture, by kind."""
    left, right = (collections.defaultdict(list) for _ in range(2))
    with open(path, encoding="utf-8") as f:
        for row in csv.DictReader(f):
            name = row["bench"].split("/")[-1]
            if row["kernel"] != "baseline" or name not in LOOKS:
                continue
            nodes, size = int(row["topology"].split("c")[1][:-1]), int(row["param"])
            if nodes == 1 and name != "node":
                left[name].append((size, float(row["cost"])))
            if size == SIZE and name in ("alloc", "node"):
                right[name].append((nodes, float(row["cost"])))
    return left, right


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: slab.py VERSION=REPORT.csv ... OUT-DIR")
    fig, axes = plt.subplots(1, 2, layout="constrained", figsize=(9, 4.2))
    handles = {}
    for dash, arg in zip(DASHES, sys.argv[1:-1]):
        version, path = arg.split("=", 1)
        for ax, lines in zip(axes, read(path)):
            for name, points in lines.items():
                colour, marker = LOOKS[name]
                line, = ax.plot(*zip(*sorted(points)), color=colour, ls=dash,
                                marker=marker, ms=3.5, lw=1.3)
                handles.setdefault(name, line)
        handles[version] = plt.Line2D([], [], color="black", ls=dash)
    for ax, title, label in zip(
            axes, ("on - off, one node", f"on - off, {SIZE} B"),
            ("bytes an object", "nodes in turn")):
        ax.set_title(title, fontsize=9)
        ax.set_xscale("log", base=2)
        ax.set_xlabel(label)
        ax.set_ylabel("instructions an object")
        ax.set_ylim(0)
        ax.xaxis.set_major_formatter("{x:.0f}")
        ax.grid(alpha=.25)
    legend_below(fig, handles.values(), handles.keys())
    save(fig, sys.argv[-1], "slab")


if __name__ == "__main__":
    main()
