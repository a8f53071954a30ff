#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What accounting adds to a page that goes to zswap and comes back: zswap.png, .svg.

zswap.py VERSION=REPORT.csv ... OUT-DIR

A REPORT.csv is from `pcpubench report --format=csv`. The lines are on - off: by CPUs on
one node on the left, by nodes of 16 CPUs on the right.
"""

from style import DARK, WORSE
from versions import draw_by_machine

LOOKS = {"out": (WORSE, "o"), "in": (DARK, "s")}  # colour, marker by operation


def main():
    draw_by_machine("zswap-life/([a-z]+)", LOOKS, "a page")


if __name__ == "__main__":
    main()
