#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bars of ACCT COST, OLD and NEW, from `pcpubench compare --format csv`.

compare_bars.py FILE.csv OUT-DIR    writes compare.png and compare.svg

A panel for each topology, instrument and pair of kernels; above a pair of bars
stands how far NEW is from OLD in percent of OLD's off. Cells without numbers on
both sides have no bar and say why in a word.
"""
import collections
import csv
import os
import sys

from style import BETTER, LIGHT, UNITS, plt, save

COLOURS = {"old": LIGHT, "new": BETTER}


def read(path):
    panels = collections.OrderedDict()
    with open(path, encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if row["quantity"] == "cost":
                key = (row["topology"], row["instrument"], row["bench"],
                       row["kernel_old"], row["kernel_new"])
                panels.setdefault(key, []).append(row)
    return panels


def number(row, key):
    return float(row[key]) if row[key] else 0.0


def short(name):
    return os.path.basename(name.rstrip("/")) or name


def draw(axes, key, rows):
    topology, instrument, bench, old, new = key
    for place, row in enumerate(rows):
        for side, at in (("old", place - .2), ("new", place + .2)):
            axes.bar(at, number(row, side), .38, color=COLOURS[side],
                     label={"old": "OLD " + short(old),
                            "new": "NEW " + short(new)}[side]
                     if place == 0 else None)
        text = row["verdict"]
        if row["old"] and row["new"] and text not in ("same", "~"):
            text = "%+.3g %%" % number(row, "diff_pct")
        axes.annotate(text, (place, max(number(row, "old"),
                                        number(row, "new"), 0)),
                      ha="center", va="bottom", fontsize=8,
                      xytext=(0, 2), textcoords="offset points")
    axes.set_title("%s, %s, %s" % (topology, bench, instrument), fontsize=10)
    axes.set_xticks(range(len(rows)))
    axes.set_xticklabels([row["param"] for row in rows])
    axes.set_xlabel("size, B; above: NEW - OLD in % of OLD's off")
    axes.set_ylabel("on - off, %s per operation" %
                    UNITS.get(rows[0]["unit"], rows[0]["unit"]))
    axes.margins(y=.25)
    axes.axhline(0, color="black", linewidth=.8)
    axes.legend(frameon=False, fontsize=8, loc="upper left", ncol=2)


def main():
    if len(sys.argv) != 3:
        sys.exit("compare_bars: give FILE.csv OUT-DIR")
    panels = read(sys.argv[1])
    if not panels:
        sys.exit("compare_bars: nothing to draw in %s" % sys.argv[1])
    os.makedirs(sys.argv[2], exist_ok=True)
    figure, axes = plt.subplots(len(panels), 1, squeeze=False,
                                figsize=(8, 3.2 * len(panels)))
    for ax, (key, rows) in zip(axes[:, 0], panels.items()):
        draw(ax, key, rows)
    figure.tight_layout()
    save(figure, sys.argv[2], "compare")


if __name__ == "__main__":
    main()
