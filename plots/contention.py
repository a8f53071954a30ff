#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Computed contention, from `pcpubench contention --json`:
contention-TOPOLOGY[-nowait].png and .svg.

contention.py CONTENTION.json OUT-DIR

A row for each size: on the left throughput over threads, on the right the part
of its time that a thread waits. Lines are the model's; points were measured by
percpu-contend.
"""

import json
import math
import sys

from plot import rank
from style import BETTER, DARK, WORSE, legend_below, plt, save

COLOURS = [DARK, WORSE, BETTER, "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]
DASHES = ["-", (0, (5, 2)), (0, (1, 1)), (0, (5, 1, 1, 1))]


def look(i):
    return {"color": COLOURS[i % len(COLOURS)],
            "ls": DASHES[i % len(DASHES)]}


def threads_axis(axes, curves):
    threads = sorted({p["threads"] for c in curves for p in c["points"]})
    axes.set_xscale("log", base=2)
    axes.set_xticks(threads, [str(t) for t in threads])
    axes.minorticks_off()


def throughput(axes, curves):
    for i, c in enumerate(curves):
        x = [p["threads"] for p in c["points"]]
        axes.plot(x, [p["relative"] for p in c["points"]], label=c["kernel"],
                  lw=1.5, **look(i))
        shown = [p for p in c["points"] if p["measured"] is not None]
        axes.plot([p["threads"] for p in shown],
                  [p["measured"] for p in shown], "o", ms=4, mfc="white",
                  color=look(i)["color"])
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set_ylabel("throughput")
    axes.set_title(f"{curves[0]['param']} B", loc="left")


def waiting(axes, curves):
    for i, c in enumerate(curves):
        axes.plot([p["threads"] for p in c["points"]],
                  [100 * sum(p["waits"].values()) for p in c["points"]],
                  lw=1.5, **look(i))
    axes.set_ylim(0, 100)
    axes.set_ylabel("% of time waiting")


def name_of(curve):
    return f"contention-{curve['topology']}" + (
        "-nowait" if "gfp=nowait" in curve["bench"] else "")


def draw(model, curves, out):
    curves = sorted(curves, key=lambda c: rank(c["kernel"]))
    sizes = sorted({c["param"] for c in curves})
    first = curves[0]
    figure, rows = plt.subplots(len(sizes), 2, squeeze=False, sharex=True,
                                figsize=(9, min(6.5, 1.2 + 2.4 * len(sizes))),
                                layout="constrained")
    for size, (left, right) in zip(sizes, rows):
        shown = [c for c in curves if c["param"] == size]
        throughput(left, shown)
        waiting(right, shown)
    for axes in rows[-1]:
        threads_axis(axes, curves)
        axes.set_xlabel("threads, each with a CPU of its own")
    figure.suptitle(
        f"MODEL of contention, not measured: {first['bench']}, "
        f"{first['topology']}, accounting {first['arm']}\n"
        "from counted instructions; a lock's cache line moves in the time of "
        f"{model['transfer']:g} of them; throughput 1: {model['base']} with "
        "one thread", fontsize=9)
    handles, labels = rows[0][0].get_legend_handles_labels()
    if any(p["measured"] is not None for c in curves for p in c["points"]):
        handles.append(plt.Line2D([], [], marker="o", ls="", ms=4, mfc="white",
                                  color=DARK))
        labels.append("measured: percpu-contend")
    legend_below(figure, handles, labels)
    save(figure, out, name_of(first))


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: contention.py CONTENTION.json OUT-DIR")
    with open(sys.argv[1], encoding="utf-8") as f:
        model = json.load(f)
    groups = {}
    for curve in model["curves"]:
        assert all(math.isfinite(p["relative"]) for p in curve["points"])
        groups.setdefault(name_of(curve), []).append(curve)
    for curves in groups.values():
        draw(model, curves, sys.argv[2])


if __name__ == "__main__":
    main()
