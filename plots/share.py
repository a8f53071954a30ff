#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How full slabs are, in one cache and in one for each owner: share.png, .svg.

share.py VERSION=RESULTS.jsonl ... OUT-DIR

The lines are objects, of all bytes of their slabs: of most owners by size on the left,
of one size by owners on the right. Light lines are what was published.
"""

import collections
import json

from style import BETTER, LIGHT, WORSE
from versions import draw

LOOKS = {  # colour, marker
    "one cache": (BETTER, "o"), "a cache for each cgroup": (WORSE, "s"),
}
NAMES = dict(zip(("shared", "own"), LOOKS))
OWNERS, SIZE = 256, 64
PUBLISHED = ((50, "published: about 50 % before"), (90, "above 90 % after"))


def read(path):
    """Points of both panels, from the cells of a results file."""
    left, right = (collections.defaultdict(list) for _ in range(2))
    with open(path, encoding="utf-8") as file:
        for cell in map(json.loads, file):
            if cell["type"] != "cell" or not cell["valid"]:
                continue
            _, name, owners = cell["bench"].split("/")
            used = 100 * cell["share"]["live"] / cell["share"]["slabs"]
            if int(owners) == OWNERS:
                left[NAMES[name]].append((cell["param"], used))
            if cell["param"] == SIZE:
                right[NAMES[name]].append((int(owners), used))
    return left, right


def scale(axes):
    axes.set_xscale("log", base=2)
    axes.set_xticks(sorted({x for line in axes.lines for x in line.get_xdata()}))
    axes.set_ylim(0, 100)
    for level, text in PUBLISHED:
        axes.axhline(level, color=LIGHT, lw=3, zorder=0)
        axes.text(.55, level - 2, text, transform=axes.get_yaxis_transform(),
                  ha="center", va="top", fontsize=7)


def main():
    draw(read, LOOKS, ((f"{OWNERS} cgroups", "bytes an object"),
                       (f"{SIZE} B", "cgroups that have objects")),
         "objects, % of the bytes of their slabs", scale)


if __name__ == "__main__":
    main()
