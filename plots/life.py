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

from style import BETTER, DARK, WORSE
from versions import draw

LOOKS = {  # colour, marker by operation
    "mkdir": (WORSE, "o"), "settle": (DARK, "s"), "rmdir": (BETTER, "^"),
}
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
    draw(read, LOOKS, (("on - off, one node", "possible CPUs"),
                       (f"on - off, {CPUS} CPUs", "nodes")),
         "a cgroup", lambda ax: ax.set_xlim(0))


if __name__ == "__main__":
    main()
