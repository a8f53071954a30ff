#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ACCT COST of each kernel over CPUs and nodes, as fitted: heatmap.png, .svg.

heatmap.py FITS.json OUT-DIR
"""

import json
import math
import sys

from matplotlib.colors import LogNorm

from plot import SIZE, rank
from style import UNITS, plt, save


def is_power(n):
    return n & (n - 1) == 0


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        fits = [f for f in json.load(f)
                if f["bench"] == "percpu-alloc" and f["param"] == SIZE
                and f["verdict"] != "fails"]
    fits = [f for f in fits if f["instrument"] == fits[0]["instrument"]]
    fits.sort(key=lambda f: rank(f["kernel"]))
    cells = [{(n, k): y for n, k, y in f["by_nodes"]
              if is_power(n) and is_power(k) and y > 0} for f in fits]
    # A map wants both ways.
    if len({n for c in cells for n, _ in c}) < 2 or \
            len({k for c in cells for _, k in c}) < 2:
        return
    values = [y for c in cells for y in c.values()]
    cpus = sorted({n for c in cells for n, k in c})
    nodes = sorted({k for c in cells for n, k in c})
    columns = min(3, len(fits))
    rows = math.ceil(len(fits) / columns)
    fig, axes = plt.subplots(rows, columns, squeeze=False,
                             layout="constrained")
    norm = LogNorm(min(values), max(values))
    for ax in axes.flat[len(fits):]:
        ax.set_visible(False)
    for ax, fit, cell in zip(axes.flat, fits, cells):
        grid = [[cell.get((n, k), math.nan) for n in cpus] for k in nodes]
        # viridis goes evenly from dark to light, so it also works in grey.
        image = ax.imshow(grid, norm=norm, cmap="viridis", origin="lower",
                          aspect="auto")
        ax.set_title(fit["kernel"])
        ax.set_xticks(range(0, len(cpus), 2), [str(n) for n in cpus[::2]])
        ax.set_yticks(range(len(nodes)), [str(k) for k in nodes])
        ax.set_xlabel("possible CPUs")
        ax.set_ylabel("nodes")
        ax.set_facecolor("#eeeeee")
    unit = UNITS.get(fits[0]["unit"], fits[0]["unit"])
    fig.colorbar(image, ax=axes, label=f"on - off, {unit} per pair, fitted")
    fig.suptitle(f"What accounting adds to a {SIZE} B percpu alloc/free pair\n"
                 f"{fits[0]['instrument']}, Linux {fits[0]['release']}, "
                 f"config {fits[0]['config'][:8]}")
    save(fig, sys.argv[2], "heatmap")


if __name__ == "__main__":
    main()
