#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the memory controller adds to a cgroup's life: life.png, .svg.

life.py VERSION=REPORT.csv ... OUT-DIR

A REPORT.csv is from `pcpubench report --format=csv`. The lines are on - off of a cgroup
without objects: by CPUs on one node on the left, by nodes of 16 CPUs on the right.
"""

from style import BETTER, DARK, WORSE
from versions import CPUS, by_machine, draw

LOOKS = {  # colour, marker by operation
    "mkdir": (WORSE, "o"), "settle": (DARK, "s"), "rmdir": (BETTER, "^"),
}


def main():
    draw(by_machine("memcg-life/none/([a-z]+)", LOOKS), LOOKS,
         (("on - off, one node", "possible CPUs"),
          (f"on - off, {CPUS} CPUs", "nodes")),
         "a cgroup", lambda ax: ax.set_xlim(0))


if __name__ == "__main__":
    main()
