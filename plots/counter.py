#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What operations on percpu_counters cost over CPUs: counter.png, .svg.

counter.py REPORT.csv OUT-DIR

REPORT.csv is from `pcpubench report --format=csv`. The lines are of one kernel,
baseline, on machines of one node: off on the left, and on - off on the right.
"""

import collections
import csv
import sys

from style import BETTER, DARK, WORSE, legend_below, plt, save

LOOKS = {  # colour, dashes, marker by kind
    "init": (WORSE, "--", "o"), "init-many": (WORSE, "-", "o"),
    "destroy": (BETTER, "--", "s"), "destroy-many": (BETTER, "-", "s"),
    "sum": (DARK, "-", "^"), "flush": ("#777777", "--", "v"),
    "add": ("#777777", "-", "v"),
}


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: counter.py REPORT.csv OUT-DIR")
    lines = collections.defaultdict(list)
    with open(sys.argv[1], encoding="utf-8") as f:
        for row in csv.DictReader(f):
            cpus, nodes = row["topology"].split("c")
            if row["bench"].startswith("percpu-counter/") and \
                    row["kernel"] == "baseline" and nodes == "1n":
                lines[row["bench"].split("/")[1]].append(
                    (int(cpus), float(row["off"]), float(row["cost"])))
    fig, axes = plt.subplots(1, 2, layout="constrained", figsize=(9, 4.2))
    handles = {}
    for name, (colour, dash, marker) in LOOKS.items():
        cpus, off, cost = zip(*sorted(lines[name]))
        for ax, values in zip(axes, (off, cost)):
            if any(values):
                handles[name], = ax.plot(cpus, values, color=colour, ls=dash,
                                         marker=marker, ms=3.5, lw=1.3)
    for ax, title in zip(axes, ("off", "on - off (0 where there is no line)")):
        ax.set_title(title, fontsize=9)
        ax.set_xscale("log", base=2)
        ax.set_xlabel("possible CPUs")
        ax.set_ylabel("instructions an operation")
        ax.xaxis.set_major_formatter("{x:.0f}")
        ax.grid(alpha=.25)
    axes[0].set_yscale("log")
    axes[1].set_ylim(0)
    legend_below(fig, handles.values(), handles.keys())
    save(fig, sys.argv[2], "counter")


if __name__ == "__main__":
    main()
