#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a parallel bench measured, over the number of tasks, from rows of
`pcpubench plot`: throughput-TOPOLOGY-BENCH.png and .svg.

throughput.py ROWS.json OUT-DIR

A row for each size: on the left operations a second of all tasks, on the right
the share of their time that they wait for one of the two locks.
"""

import json
import sys

from contention import look, threads_axis
from plot import rank
from style import DARK, legend_below, plt, save

ARMS = {"on": {"ls": "-", "mfc": None}, "off": {"ls": ":", "mfc": "white"}}


def curves_of(rows):
    """[kernel, arm, rows over threads], as in a report."""
    found = {}
    for row in rows:
        found.setdefault((row["kernel"], row["arm"]), []).append(row)
    for (kernel, arm), points in sorted(
            found.items(), key=lambda f: (rank(f[0][0]), f[0][0])):
        yield kernel, arm, sorted(points, key=lambda r: r["threads"])


def waits(row):
    parts = row["pcpu_lock"], row["pcpu_alloc_mutex"]
    return None if None in parts else sum(parts)


def line(axes, points, value, colour, arm, label):
    seen = [p for p in points if value(p) is not None]
    axes.plot([p["threads"] for p in seen], [value(p) for p in seen],
              marker="o", ms=4, lw=1.5, color=colour, label=label, **ARMS[arm])


def draw(rows, out):
    topology, bench = rows[0]["topology"], rows[0]["bench"]
    sizes = sorted({r["param"] for r in rows})
    kernels = sorted({r["kernel"] for r in rows}, key=lambda k: (rank(k), k))
    colours = {k: look(i)["color"] for i, k in enumerate(kernels)}
    figure, panels = plt.subplots(len(sizes), 2, squeeze=False, sharex=True,
                                  figsize=(9, min(6.5, 1.2 + 2.4 * len(sizes))),
                                  layout="constrained")
    for size, (left, right) in zip(sizes, panels):
        for kernel, arm, points in curves_of(
                [r for r in rows if r["param"] == size]):
            line(left, points, lambda p: p["rate"], colours[kernel], arm,
                 kernel if arm == "on" else None)
            line(right, points, waits, colours[kernel], arm, None)
        left.set_ylim(bottom=0)
        left.yaxis.set_major_formatter("{x:,.0f}")
        left.set_ylabel("a second, all tasks")
        right.set_ylim(0, 100)
        right.set_ylabel("% of time waiting")
        if size:
            left.set_title(f"{size} B", loc="left")
    for axes in panels[-1]:
        threads_axis(axes, [{"points": rows}])
        axes.set_xlabel("tasks, each on a CPU of its own")
    figure.suptitle(f"measured: {bench}, {topology}", fontsize=9)
    handles, labels = panels[0][0].get_legend_handles_labels()
    for arm in ARMS:
        handles.append(plt.Line2D([], [], marker="o", ms=4, color=DARK,
                                  **ARMS[arm]))
        labels.append(f"accounting {arm}")
    legend_below(figure, handles, labels)
    name = bench.replace("/", "-").replace(" ", "-")
    save(figure, out, f"throughput-{topology}-{name}")


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: throughput.py ROWS.json OUT-DIR")
    with open(sys.argv[1], encoding="utf-8") as f:
        rows = json.load(f)
    groups = {}
    for row in rows:
        groups.setdefault((row["topology"], row["bench"]), []).append(row)
    for group in groups.values():
        draw(group, sys.argv[2])


if __name__ == "__main__":
    main()
