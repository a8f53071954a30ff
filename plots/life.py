#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the memory controller adds to a cgroup's life: life.png, .svg.

life.py VERSION=REPORT.csv ... OUT-DIR

A REPORT.csv is from `pcpubench report --format=csv`. The lines are on - off of a cgroup
without objects: by CPUs on one node on the left, by nodes of 16 CPUs on the right.
"""

import collections
import csv
import re
import sys

from style import BETTER, DARK, WORSE, legend_below, plt, save

LOOKS = {  # colour, marker by operation
    "mkdir": (WORSE, "o"), "settle": (DARK, "s"), "rmdir": (BETTER, "^"),
}
DASHES = ("-", "--", ":")
CPUS = 16


def read(path):
    """Points (x, on - off) of the left and right picture, by operation."""
    left, right = (collections.defaultdict(list) for _ in range(2))
    with open(path, encoding="utf-8") as f:
        for row in csv.DictReader(f):
            name = re.fullmatch("memcg-life/none/([a-z]+)", row["bench"])
            if not name or name[1] not in LOOKS:
                continue
            cpus, nodes = map(int, re.match(r"(\d+)c(\d+)n", row["topology"]).groups())
            if nodes == 1:
                left[name[1]].append((cpus, float(row["cost"])))
            if cpus == CPUS:
                right[name[1]].append((nodes, float(row["cost"])))
    return left, right


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: life.py VERSION=REPORT.csv ... OUT-DIR")
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
            axes, ("on - off, one node", f"on - off, {CPUS} CPUs"),
            ("possible CPUs", "nodes")):
        ax.set_title(title, fontsize=9)
        ax.set_xlabel(label)
        ax.set_ylabel("instructions a cgroup")
        ax.set_xlim(0)
        ax.set_ylim(0)
        ax.xaxis.set_major_formatter("{x:.0f}")
        ax.grid(alpha=.25)
    legend_below(fig, handles.values(), handles.keys())
    save(fig, sys.argv[-1], "life")


if __name__ == "__main__":
    main()
