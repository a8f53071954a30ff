#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Stacked bars of ACCT COST by function, from `pcpubench profile --format csv`.

Over kernels there is a row of panels for each topology, over topologies one for
each kernel, and a panel for each size; its bars add up to on - off.
"""
import argparse
import collections
import csv
import re

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

SHOWN = 8  # functions with a colour of their own
COLOURS = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377",
           "#ee8866", "#44aa99"]


def cpus(topology):
    """Sort key: topologies by their CPUs, then by name."""
    found = re.match(r"(\d+)c", topology)
    return (int(found.group(1)) if found else 0, topology)


def read(path):
    """cost[kernel, topology, size][function], and the kernels' order."""
    cost = collections.defaultdict(dict)
    kernels = []
    with open(path, newline="", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            cell = row["kernel"], row["topology"], int(row["param"])
            cost[cell][row["function"]] = float(row["cost"])
            if row["kernel"] not in kernels:
                kernels.append(row["kernel"])
    return cost, kernels


def dearest(cost):
    """The functions with the largest share of any cell, over all cells."""
    weight = collections.Counter()
    for functions in cost.values():
        whole = sum(abs(c) for c in functions.values()) or 1
        for name, c in functions.items():
            weight[name] += abs(c) / whole
    return [name for name, _ in weight.most_common(SHOWN)]


def stack(axes, bars, shown):
    """One panel: bars is [(label, {function: cost})]."""
    low = [0.0] * len(bars)
    high = [0.0] * len(bars)
    for name, colour in [*zip(shown, COLOURS), (None, "#bbbbbb")]:
        for i, (_, functions) in enumerate(bars):
            value = (functions.get(name, 0) if name else
                     sum(c for f, c in functions.items() if f not in shown))
            base = high if value >= 0 else low
            axes.bar(i, value, bottom=base[i], color=colour, width=0.7)
            base[i] += value
    axes.axhline(0, color="black", linewidth=0.6)
    axes.set_xticks(range(len(bars)), [label for label, _ in bars],
                    fontsize=8)
    for i, (_, functions) in enumerate(bars):
        axes.annotate(f"{sum(functions.values()):.0f}", (i, high[i]),
                      ha="center", va="bottom", fontsize=7)
    axes.margins(y=0.12)
    axes.tick_params(axis="y", labelsize=8)
    for side in "top", "right":
        axes.spines[side].set_visible(False)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--over", choices=["kernel", "topology"],
                        default="kernel", help="what the bars are")
    parser.add_argument("csv")
    parser.add_argument("png")
    args = parser.parse_args()

    cost, kernels = read(args.csv)
    topologies = sorted({t for _, t, _ in cost}, key=cpus)
    sizes = sorted({s for _, _, s in cost})
    shown = dearest(cost)
    rows, bars = ((topologies, kernels) if args.over == "kernel" else
                  (kernels, topologies))
    figure, panels = plt.subplots(len(rows), len(sizes), squeeze=False,
                                  figsize=(max(7, 2.2 + 2.6 * len(sizes)),
                                           1.1 + 2.3 * len(rows)))
    for i, row in enumerate(rows):
        for j, size in enumerate(sizes):
            cells = [(bar, cost[(bar, row, size) if args.over == "kernel"
                                else (row, bar, size)]) for bar in bars]
            stack(panels[i][j], [(b, c) for b, c in cells if c], shown)
            panels[i][j].set_title(f"{row}, {size} B", fontsize=9)
        panels[i][0].set_ylabel("on - off, instructions\nper operation", fontsize=8)
    handles = [plt.Rectangle((0, 0), 1, 1, color=c)
               for c in [*COLOURS[:len(shown)], "#bbbbbb"]]
    names = [*shown, "all others"]
    legend = figure.legend(handles, ["-"] * len(names), loc="lower center",
                           ncol=3, fontsize=8, frameon=False)
    # matplotlib leaves out labels that begin with an underscore.
    for text, name in zip(legend.get_texts(), names):
        text.set_text(name)
    room = 0.25 * (2 + len(shown) // 3) / figure.get_figheight()
    figure.tight_layout(rect=(0, room, 1, 1))
    figure.savefig(args.png, dpi=110)


if __name__ == "__main__":
    main()
