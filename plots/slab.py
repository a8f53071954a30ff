#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What accounting adds to slab objects: slab.png, .svg.

slab.py VERSION=REPORT.csv ... OUT-DIR

A REPORT.csv is from `pcpubench report --format=csv`. The lines are on - off of one
kernel, baseline: on one node by size on the left, of 64 B by nodes on the right.
"""

import collections
import csv

from style import BETTER, DARK, WORSE
from versions import draw

LOOKS = {  # colour, marker by kind
    "alloc": (BETTER, "o"), "bulk": (DARK, "s"), "kmalloc": ("#777777", "v"),
    "first": (WORSE, "^"), "node": ("#9467bd", "D"),
}
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
    draw(read, LOOKS, (("on - off, one node", "bytes an object"),
                       (f"on - off, {SIZE} B", "nodes in turn")),
         "instructions an object", lambda ax: ax.set_xscale("log", base=2))


if __name__ == "__main__":
    main()
