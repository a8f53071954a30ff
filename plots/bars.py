#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What each kernel measured on one topology: bars-TOPOLOGY.png and .svg.

bars.py CELLS.json OUT-DIR    CELLS.json as of cmd_plot.c
bars.py CELLS.json --text     the same with letters, 72 columns

A panel for each size, or what else is measured; in it a bar for each kernel that
begins at 0: off, and behind it what accounting adds, in figures too. Of two kernels
the last line says how far they are apart, and whether that is real.
"""

import collections
import json
import math
import sys

from style import BETTER, LIGHT, UNITS, WORSE, legend_below, plt, save
from plot import rank

WIDTH = 72


def figure(value, sign=""):
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    text = f"{value:{sign}.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def adds(row):
    if not row["valid"]:
        return "invalid: " + (row["reason"] or "")
    return f"{figure(row['cost'], '+')} ({row['cost_pct']:+.1f} %)"


def what_of(row):
    """The heading of a panel."""
    return row["bench"] if row["param"] is None else f"{row['param']} B"


def place_of(row):
    return tuple(row[k] for k in ("topology", "instrument", "bench", "param"))


def compared(data):
    """What `compare` says of the cost of each place, where there are two kernels."""
    places = {}
    for cell in data["compare"] or []:
        if cell["quantity"] == "cost" and cell["diff"] is not None:
            places.setdefault(place_of(cell), cell)
    return places


def apart(data, row):
    """How far two kernels are apart at this place, and the verdict."""
    cell = data["places"].get(place_of(row))
    if not cell:
        return None
    return (f"{cell['kernel_new']} - {cell['kernel_old']}: "
            f"{figure(cell['diff'], '+')} "
            f"({cell['diff_pct']:+.2f} % of off), {cell['verdict']}",
            cell["verdict"])


def groups_of(data):
    """Rows of each topology, instrument and bench, with a number or without."""
    groups = collections.OrderedDict()
    for row in data["rows"]:
        if row["bench"]:
            key = row["topology"], row["instrument"], row["bench"]
            groups.setdefault(key, []).append(row)
    return {key: rows for key, rows in groups.items()
            if any(r["valid"] for r in rows)}


def kernels_of(data, rows):
    """Without those that have no number anywhere: controls."""
    names = {r["kernel"] for r in rows if r["valid"]}
    return [k for k in sorted(data["kernels"], key=lambda k: rank(k["name"]))
            if k["name"] in names]


def heading(data, key, kernels):
    """What was measured, on what, and what the patches are."""
    topology, instrument, bench = key
    unit = data["unit"][instrument]
    lines = [f"{bench} on {topology}, {instrument}: "
             f"{UNITS.get(unit, unit)} per {data['per'][bench]}",
             "Linux " + ", ".join(sorted({k["release"] for k in kernels})) +
             "".join(f", config {c[:8]}" for c in
                     sorted({k["config"] for k in kernels}) if c)]
    subjects = [f"{k['name']}: {k['subject']}" for k in kernels if k["subject"]]
    # Of many there is no room for any.
    return lines + [s if len(s) <= 100 else s[:97] + "..."
                    for s in subjects if len(subjects) <= 2]


# ------------------------------------------------------------------ a picture

def panel(axes, data, rows, kernels):
    by_kernel = {r["kernel"]: r for r in rows}
    most = max(r["on"] for r in rows if r["valid"])
    for y, kernel in enumerate(kernels):
        row = by_kernel.get(kernel["name"])
        if row and row["valid"]:
            axes.barh(y, row["off"], .62, color=LIGHT)
            # A cost below 0 is none that is behind off.
            axes.barh(y, row["cost"], .62, left=row["off"], color=WORSE
                      if row["cost"] >= 0 else BETTER)
        text = adds(row) if row else "not measured"
        end = row["on"] if row and row["valid"] else 0
        axes.annotate(text, (max(end, 0), y), (3, 0), va="center",
                      textcoords="offset points", fontsize=7)
    axes.set_yticks(range(len(kernels)), [k["name"][:20] for k in kernels])
    # One bar does not fill a panel.
    axes.set_ylim(max(len(kernels), 3) - .4, -.6)
    axes.set_xlim(0, most * 1.75)
    ticks = [t for t in plt.MaxNLocator(3).tick_values(0, most) if t <= most]
    axes.set_xticks(ticks, [f"{t:,.0f}".replace(",", " ") if most >= 10 else
                            f"{t:g}" for t in ticks])
    title = what_of(rows[0])
    difference = apart(data, rows[0])
    if difference:
        axes.set_xlabel(difference[0], fontsize=7, loc="left", color={
            "more": WORSE, "slower": WORSE, "less": BETTER,
            "faster": BETTER}.get(difference[1], "black"))
    axes.set_title(title, fontsize=9, loc="left")
    axes.tick_params(axis="y", length=0)


def picture(data, key, rows):
    kernels = kernels_of(data, rows)
    panels = collections.OrderedDict()
    for row in rows:
        panels.setdefault(row["param"], []).append(row)
    panels = [p for p in panels.values() if any(r["valid"] for r in p)]
    columns = 1 if len(panels) == 1 else 2
    lines = math.ceil(len(panels) / columns)
    fig, axes = plt.subplots(lines, columns, squeeze=False,
                             layout="constrained", sharey=True)
    for ax in axes.flat[len(panels):]:
        ax.set_visible(False)
    for ax, part in zip(axes.flat, panels):
        panel(ax, data, part, kernels)
    fig.suptitle("\n".join(heading(data, key, kernels)), fontsize=9)
    legend_below(fig, [plt.Rectangle((0, 0), 1, 1, color=c)
                       for c in (LIGHT, WORSE)],
                 ["off", "on - off: what accounting adds"])
    return fig


def name_of(key):
    topology, instrument, bench = key
    name = ["bars", topology]
    if bench != "percpu-alloc":
        name.append(bench.replace("/", "-"))
    if instrument != "insn":
        name.append(instrument)
    return "-".join(name)


# ------------------------------------------------------------------ in letters

def write(data, key, rows):
    kernels = kernels_of(data, rows)
    width = min(24, max(len(k["name"]) for k in kernels))
    for line in heading(data, key, kernels):
        print(line if len(line) <= WIDTH else line[:WIDTH - 3] + "...")
    print("= off, # on - off: what accounting adds")
    params = collections.OrderedDict()
    for row in rows:
        if row["valid"]:
            params.setdefault(row["param"], []).append(row)
    for part in params.values():
        room = WIDTH - width - 2 - 1 - max(len(adds(r)) for r in part)
        most = max(r["on"] for r in part)
        print(f"\n{what_of(part[0])}")
        by_kernel = collections.defaultdict(list)
        for r in part:
            by_kernel[r["kernel"]].append(r)
        for kernel in kernels:
            for r in by_kernel[kernel["name"]]:
                off = round(room * r["off"] / most)
                on = max(off, round(room * r["on"] / most))
                bar = "=" * off + "#" * (on - off)
                print(f"{kernel['name'][:width]:{width}}  {bar} {adds(r)}")
        difference = apart(data, part[0])
        if difference:
            print(difference[0])


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: bars.py CELLS.json OUT-DIR|--text")
    with open(sys.argv[1], encoding="utf-8") as f:
        data = json.load(f)
    data["places"] = compared(data)
    for at, (key, rows) in enumerate(groups_of(data).items()):
        if sys.argv[2] != "--text":
            save(picture(data, key, rows), sys.argv[2], name_of(key))
            continue
        if at:
            print()
        write(data, key, rows)


if __name__ == "__main__":
    main()
