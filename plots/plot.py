#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of how ACCT COST grows, from `pcpubench fit --json`.

plot.py FITS.json OUT-DIR    PNG and SVG files
plot.py FITS.json --text     one curve for the body of a mail, 72 columns

gnuplot draws curves (cost.gp), matplotlib maps (heatmap.py).
"""

import csv
import json
import math
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PUBLISHED = os.path.join(HERE, "..", "results", "published", "acct-cost.tsv")
ORDER = ["baseline", "v1", "a", "b", "c", "d"]
SIZE = 64
SIZE_TOPOLOGY = "176c1n"


def die(text):
    sys.exit("plot: " + text)


def rank(name):
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)


class Curves:
    """The data of one picture: for each kernel points, held-out points, a line."""

    def __init__(self, heading, axis, unit, xlog=True, ylog=False, tics=""):
        self.heading, self.axis, self.unit = heading, axis, unit
        self.xlog, self.ylog, self.tics = xlog, ylog, tics
        self.data = {}

    def add(self, kernel, part, rows):
        rows = [r for r in rows if all(math.isfinite(v) for v in r)]
        if self.ylog:
            rows = [r for r in rows if r[1] > 0]
        self.data.setdefault(kernel, {}).setdefault(part, []).extend(rows)

    def draw(self, kind, out):
        kernels = sorted(self.data, key=rank)
        with tempfile.TemporaryDirectory() as tmp:
            for kernel in kernels:
                for part in ("points", "held", "curve", "published"):
                    rows = sorted(self.data[kernel].get(part, []))
                    path = os.path.join(tmp, f"{kernel}.{part}.tsv")
                    with open(path, "w", encoding="ascii") as f:
                        for row in rows or [(float("nan"),) * 2]:
                            f.write("\t".join(f"{v:.10g}" for v in row) + "\n")
            has = lambda part: any(d.get(part) for d in self.data.values())
            values = {
                "plots": HERE, "dir": tmp, "out": out, "kind": kind,
                "heading": self.heading, "axis": self.axis, "unit": self.unit,
                "kernels": " ".join(kernels), "tics": self.tics,
                "low": "" if self.ylog else "0",
            }
            script = "".join(f"{k} = {json.dumps(v, ensure_ascii=False)}\n"
                             for k, v in values.items())
            script += (f"xlog = {int(self.xlog)}\nylog = {int(self.ylog)}\n"
                       f"lines = {int(has('curve'))}\n"
                       f"held = {int(has('held'))}\n"
                       f"published = {int(has('published'))}\n"
                       'load plots."/cost.gp"\n')
            run = subprocess.run(["gnuplot", "-"], input=script, text=True,
                                 capture_output=True)
            complaints = [l for l in run.stderr.splitlines()
                          if "warning" not in l.lower() and l.strip()]
            if run.returncode:
                die("gnuplot: " + (complaints or ["failed"])[-1])
            return run.stdout


def powers(most):
    return ", ".join(str(2 ** i) for i in range(int(math.log2(most)) + 1))


def points(curves, fit, x, where, y, curve):
    """Sort a fit's points into measured and held out; @where chooses them."""
    for held, part in ((False, "points"), (True, "held")):
        curves.add(fit["kernel"], part,
                   [(x(p), y(p)) for p in fit["points"]
                    if where(p) and p["held_out"] == held])
    if curve:
        curves.add(fit["kernel"], "curve", curve)


def percent(p):
    return 100 * p["cost"] / p["off"]


def pictures(fits):
    """Name and Curves of each picture for which there are enough data."""
    fits = [f for f in fits if f["bench"] == "percpu-alloc"]
    if not fits:
        die("no percpu-alloc cells to draw")
    # Instructions and ns do not go into one picture.
    fits = [f for f in fits if f["instrument"] == fits[0]["instrument"]]
    unit = "ns" if fits[0]["unit"] == "ns" else "instructions"
    what = f"{fits[0]['instrument']}, Linux {fits[0]['release']}"
    small = [f for f in fits if f["param"] == SIZE]
    most = max(p["cpus"] for f in fits for p in f["points"])

    plain = lambda p: p["empty_nodes"] == 0 and p["mem_nodes"] == 0
    one = lambda p: p["nodes"] == 1 and plain(p)
    for name, ylog, y, label in (
            ("cpus", True, lambda p: p["cost"], f"on - off, {unit} per pair"),
            ("cpus-percent", False, percent, "ACCT COST, % of off")):
        c = Curves(f"What accounting adds to a {SIZE} B percpu alloc/free pair: "
                   f"CPUs on 1 node\n{what}", "possible CPUs", label, True,
                   ylog, powers(most))
        for f in small:
            points(c, f, lambda p: p["cpus"], one, y,
                   [] if name.endswith("percent") else f["by_cpus"])
        if name.endswith("percent"):
            # No model of the percentage: all points are measurements.
            for d in c.data.values():
                d["points"] = d.get("points", []) + d.pop("held", [])
        yield name, c

    for cpus in (80, 256):
        mine = lambda p: p["cpus"] == cpus and plain(p)
        if max(sum(map(mine, f["points"])) for f in small) < 3:
            continue
        c = Curves(f"What accounting adds to a {SIZE} B percpu alloc/free pair: "
                   f"nodes, {cpus} CPUs\n{what}", "nodes",
                   f"on - off, {unit} per pair", False, True,
                   "1, " + ", ".join(map(str, range(2, 17, 2))))
        for f in small:
            points(c, f, lambda p: p["nodes"], mine, lambda p: p["cost"],
                   sorted({(k, y) for n, k, y in f["by_nodes"]
                           if n == cpus and k <= 16}))
        yield f"nodes-{cpus}", c

    published = read_published()
    for name, y, label in (
            ("size", lambda p: p["cost"], f"on - off, {unit} per pair"),
            ("size-percent", percent, "ACCT COST, % of off")):
        c = Curves(f"What accounting adds to a percpu alloc/free pair: size, "
                   f"{SIZE_TOPOLOGY}\n{what}", "object size, bytes", label, True,
                   True, ", ".join(str(f) for f in
                                   sorted({f["param"] for f in fits})))
        for f in fits:
            c.add(f["kernel"], "points",
                  [(f["param"], y(p)) for p in f["points"]
                   if p["topology"] == SIZE_TOPOLOGY])
        if name == "size-percent":
            for kernel, size, pct in published:
                if kernel in c.data:
                    c.add(kernel, "published", [(size, pct)])
        if any(d["points"] for d in c.data.values()):
            yield name, c


def read_published():
    with open(PUBLISHED, encoding="ascii") as f:
        rows = csv.DictReader((l for l in f if l[0] != "#"), delimiter="\t")
        return [(r["kernel"], int(r["size"]), float(r["acct_cost_pct"]))
                for r in rows if r["topology"] == SIZE_TOPOLOGY]


def main():
    if len(sys.argv) != 3:
        die("usage: plot.py FITS.json OUT-DIR|--text")
    with open(sys.argv[1], encoding="utf-8") as f:
        fits = json.load(f)
    out = sys.argv[2]
    if out == "--text":
        c = dict(pictures(fits))["cpus"]
        c.heading = c.heading.replace("\n", ", ").replace(
            "What accounting adds to a", "on - off of a").replace(
            " percpu alloc/free pair: CPUs on 1 node",
            " percpu pair, 1 node")
        # Print every other number, as there is no room for all.
        c.tics = ", ".join(c.tics.split(", ")[::2])
        lines = [l.rstrip() for l in c.draw("text", "").split("\n")]
        lines = [l.strip("\f") for l in lines]
        while lines and not lines[0]:
            lines.pop(0)
        while lines and not lines[-1]:
            lines.pop()
        print("\n".join(lines))
        return
    for name, c in pictures(fits):
        for kind in ("png", "svg"):
            path = os.path.join(out, f"{name}.{kind}")
            c.draw(kind, path)
            print(path)
    subprocess.run([sys.executable, os.path.join(HERE, "heatmap.py"),
                    sys.argv[1], out], check=True)


if __name__ == "__main__":
    main()
