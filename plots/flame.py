#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A flame graph of one cell, as SVG on the standard output.

flame.py [--arm=off|on|cost] CELLS.json    of `pcpubench profile --json`; - is
                                           the standard input

A frame is as wide as what the arm spends in a function and what it calls (cost:
on - off, where it is above zero). Its colour is what has become of it: since arm
off, or where there are two cells, from the first to the second.
"""

import argparse
import json
import sys
from xml.sax.saxutils import escape

WIDTH, MARGIN, ROW, HEAD = 1200, 10, 18, 56
CHARACTER = 6.6  # px, of the 11 px monospace below
LEAST = .3  # px: narrower frames are invisible
WHAT = {"off": "off", "on": "on", "cost": "on - off"}
UNITS = {"insn": "instructions", "ns": "ns"}


class Frame:
    """A function, called by its parents."""

    def __init__(self):
        self.calls = {}
        self.own = self.whole = self.before = 0.0

    def add(self, cell, weigh, field):
        """Add the weights of the cell's stacks by @weigh to @field, own or
        before."""
        frames = []
        for stack in cell["stacks"]:
            parent = self if stack["parent"] < 0 else frames[stack["parent"]]
            frame = parent.calls.setdefault(stack["function"], Frame())
            setattr(frame, field, getattr(frame, field) + weigh(stack))
            frames.append(frame)

    def sum_up(self):
        """Add up each function and its callees, for before, too."""
        self.whole = self.own
        for frame in self.calls.values():
            frame.sum_up()
            self.whole += frame.whole
            self.before += frame.before


def colour(frame):
    """Red: more than before; blue: less; the paler, the smaller the change."""
    most = max(abs(frame.whole), abs(frame.before))
    change = (frame.whole - frame.before) / most if most else 0
    pale = int(235 - 165 * abs(change))
    return (f"rgb({240 if change > 0 else pale},{pale},"
            f"{240 if change < 0 else pale})" if change
            else "rgb(228,235,228)")


def boxes(frame, scale, depth=0, x=MARGIN):
    """(frame, its name, depth, x, width) of all frames that are wide enough."""
    for name, called in frame.calls.items():
        width = max(0, called.whole) * scale
        if width < LEAST:
            continue
        yield called, name, depth, x, width
        yield from boxes(called, scale, depth + 1, x)
        x += width


def label(name, width):
    room = int((width - 6) / CHARACTER) if width > 8 else 0
    if room < 3:
        return ""
    return name if len(name) <= room else name[:room - 1] + "\u2026"


def svg_frame(frame, name, x, y, width, unit):
    text = label(name, width)
    if text:
        text = f'<text x="{x + 3:.1f}" y="{y + 13:.1f}">{escape(text)}</text>'
    return (f"<g><title>{escape(name)}: {frame.whole:.1f} {unit} per pair "
            f"({frame.own:.1f} itself), before {frame.before:.1f}</title>"
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
            f'height="{ROW - 1}" rx="1" fill="{colour(frame)}" '
            f'stroke="white" stroke-width="0.5"/>{text}</g>')


def draw(cells, arm):
    cell = cells[-1]

    def weigh(stack):
        return stack["on"] - stack["off"] if arm == "cost" else stack[arm]

    root = Frame()
    root.add(cell, weigh, "own")
    if len(cells) == 2:
        root.add(cells[0], weigh, "before")
    elif arm != "cost":
        root.add(cell, lambda stack: stack["off"], "before")
    root.sum_up()
    total = sum(max(0, frame.whole) for frame in root.calls.values())
    found = list(boxes(root, (WIDTH - 2 * MARGIN) / total if total else 0))
    rows = 1 + max((depth for _, _, depth, _, _ in found), default=0)
    height = HEAD + rows * ROW + 2 * MARGIN
    unit = UNITS[cell["unit"]]
    than = cells[0]["kernel"] if len(cells) == 2 else "with accounting off"
    title = (f'{cell["kernel"]} {cell["topology"]} {cell["bench"]} '
             f'{cell["param"]} B, {WHAT[arm]}: {total:.1f} {unit} per pair')
    legend = f"red: more than {than}; blue: less; grey: the same."
    if unit == "instructions":
        legend += " Exact counts under TCG."
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
           f'height="{height}" viewBox="0 0 {WIDTH} {height}" '
           'font-family="monospace" font-size="11">')
    yield '<rect width="100%" height="100%" fill="white"/>'
    yield f'<text x="{MARGIN}" y="22" font-size="15">{escape(title)}</text>'
    yield f'<text x="{MARGIN}" y="40" fill="#555">{escape(legend)}</text>'
    for frame, name, depth, x, width in found:
        yield svg_frame(frame, name, x, height - MARGIN - (depth + 1) * ROW,
                        width, unit)
    yield "</svg>"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--arm", choices=WHAT, default="cost")
    parser.add_argument("cells", type=argparse.FileType(encoding="utf-8"))
    args = parser.parse_args()
    cells = json.load(args.cells)
    if len(cells) not in (1, 2):
        sys.exit(f"flame.py: of one cell, or of two to compare, not {len(cells)}")
    sys.stdout.reconfigure(encoding="utf-8")
    print("\n".join(draw(cells, args.arm)))


if __name__ == "__main__":
    main()
