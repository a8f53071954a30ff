# SPDX-License-Identifier: GPL-2.0-or-later
"""Two panels, with a kind of line for each version of the kernel."""

import collections
import csv
import os
import re
import sys

from style import legend_below, plt, save

DASHES = ("-", "--", ":")
CPUS = 16  # of the right panel of draw_by_machine()


def draw(read, looks, panels, unit, scale):
    """The whole of a program with the arguments VERSION=FILE ... OUT-DIR.

    @read(path): points (x, y) of the left and right panel, by name; boots that are
        alike have the same ones
    @looks: colour and marker by name
    @panels: title and label of x of each panel
    @unit: of y
    @scale(axes): sets what is particular to a panel's x
    """
    name = os.path.basename(sys.argv[0])
    if len(sys.argv) < 3:
        sys.exit(f"usage: {name} VERSION=FILE ... OUT-DIR")
    fig, axes = plt.subplots(1, 2, layout="constrained", figsize=(9, 4.2))
    handles = {}
    for dash, arg in zip(DASHES, sys.argv[1:-1]):
        version, _, path = arg.partition("=")
        try:
            both = read(path)
        except OSError as err:
            sys.exit(f"{name}: {path}: {err.strerror}")
        for ax, lines in zip(axes, both):
            for kind, points in lines.items():
                colour, marker = looks[kind]
                line, = ax.plot(*zip(*sorted(set(points))), color=colour, ls=dash,
                                marker=marker, ms=3.5, lw=1.3)
                handles.setdefault(kind, line)
        handles[version] = plt.Line2D([], [], color="black", ls=dash)
    for ax, (title, label) in zip(axes, panels):
        ax.set_title(title, fontsize=9)
        scale(ax)
        ax.set_xlabel(label)
        ax.set_ylabel(unit)
        ax.set_ylim(0)
        ax.xaxis.set_major_formatter("{x:.0f}")
        ax.grid(alpha=.25)
    legend_below(fig, handles.values(), handles.keys())
    save(fig, sys.argv[-1], name.removesuffix(".py"))


def draw_by_machine(pattern, looks, per):
    """draw() by CPUs on one node, and by nodes of CPUS CPUs.

    @pattern: matches the names of benches, and its group is the name of a line
    @looks: has the names of the lines that are wanted
    """
    def read(path):
        left, right = (collections.defaultdict(list) for _ in range(2))
        with open(path, encoding="utf-8") as f:
            for row in csv.DictReader(f):
                name = re.fullmatch(pattern, row["bench"])
                machine = re.fullmatch(r"(\d+)c(\d+)n", row["topology"])
                if not name or name[1] not in looks or not machine:
                    continue
                cpus, nodes = map(int, machine.groups())
                if nodes == 1:
                    left[name[1]].append((cpus, float(row["cost"])))
                if cpus == CPUS:
                    right[name[1]].append((nodes, float(row["cost"])))
        return left, right

    draw(read, looks, (("on - off, one node", "possible CPUs"),
                       (f"on - off, {CPUS} CPUs", "nodes")),
         f"instructions {per}", lambda ax: ax.set_xlim(0))
