#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the memory controller keeps for one cgroup: footprint.png, .svg.

footprint.py VERSION=RESULTS.jsonl ... OUT-DIR

The lines are bytes of all CPUs: by CPUs on one node on the left, by nodes of 16 CPUs
on the right.
"""

import collections
import json
import re

from style import DARK, LIGHT, WORSE
from versions import CPUS, draw

LOOKS = {  # colour, marker
    "all": (DARK, "s"), "percpu statistics": (WORSE, "o"),
    "what nobody is charged": (LIGHT, "^"),
}


def read(path):
    """Points of both panels, from the cells of a results file."""
    left, right = (collections.defaultdict(list) for _ in range(2))
    with open(path, encoding="utf-8") as file:
        for cell in map(json.loads, file):
            machine = re.fullmatch(r"(\d+)c(\d+)n", cell.get("topology", ""))
            if cell["type"] != "cell" or not cell["valid"] or not machine:
                continue
            cpus, nodes = map(int, machine.groups())
            took = cell["footprint"]
            every = sum(size for part, size in took.items()
                        if not part.startswith("nr_"))
            for name, size in (("all", every),
                               ("percpu statistics", took["percpu"]),
                               ("what nobody is charged",
                                every - took["percpu"] - took["slab"])):
                if nodes == 1:
                    left[name].append((cpus, size / 1024))
                if cpus == CPUS:
                    right[name].append((nodes, size / 1024))
    return left, right


def main():
    draw(read, LOOKS, (("one node", "possible CPUs"), (f"{CPUS} CPUs", "nodes")),
         "KiB a cgroup", lambda ax: ax.set_xlim(0))


if __name__ == "__main__":
    main()
