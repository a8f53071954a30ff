#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the memory controller adds to a cgroup's life: life.png, .svg.

life.py VERSION=REPORT.csv ... OUT-DIR

A REPORT.csv is from `pcpubench report --format=csv`. The lines are on - off of a cgroup
without objects: by CPUs on one node on the left, by nodes of 16 CPUs on the right.
"""

from style import BETTER, DARK, WORSE
from versions import draw_by_machine

LOOKS = {  # colour, marker by operation
    "mkdir": (WORSE, "o"), "settle": (DARK, "s"), "rmdir": (BETTER, "^"),
}


def main():
    draw_by_machine("memcg-life/none/([a-z]+)", LOOKS, "a cgroup")


if __name__ == "__main__":
    main()
