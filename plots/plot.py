#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of how ACCT COST grows, from `pcpubench fit --json`.

plot.py FITS.json OUT-DIR    PNG and SVG files
plot.py FITS.json --text     one curve for the body of a mail, 72 columns

gnuplot draws curves (cost.gp), matplotlib maps (heatmap.py).
"""

import json
import math
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ORDER = ["baseline", "v1", "a", "b", "c", "d"]
SIZE = 64  # of a picture over CPUs or nodes, where it was measured
SIZE_TOPOLOGY = "176c1n"  # of one over sizes
NODES_PICTURES = 2
LEAST_POINTS = 3  # of a curve
ROUNDING = 1e-6  # of an instruction
CLOSE = 2  # a kernel within this factor of the first one needs a closer look


def die(text):
    sys.exit("plot: " + text)


def rank(name):
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)


def quoted(text):
    """A string of gnuplot, which runs what is in backquotes between double ones,
    and writes ">" into an SVG as it is."""
    text = text.replace("]]>", "]] >")
    return '."\\n".'.join("'" + line.replace("'", "''") + "'"
                         for line in text.split("\n"))


class Curves:
    """The data of one picture: for each kernel points, held-out points, a line."""

    def __init__(self, heading, axis, unit, xlog=True, ylog=False, tics=""):
        self.heading, self.axis, self.unit = heading, axis, unit
        self.xlog, self.ylog, self.tics = xlog, ylog, tics
        self.data = {}

    def values(self, column):
        return [r[column] for d in self.data.values() for rows in d.values()
                for r in rows if math.isfinite(r[column])]

    def close(self):
        """What each kernel that is near the first one differs from it by."""
        measured = {k: dict(d.get("points", []) + d.get("held", []))
                    for k, d in self.data.items()}
        kernels = sorted(self.data, key=rank)
        base = measured[kernels[0]]
        if not self.ylog:
            return {}
        near = {}
        for kernel in kernels[1:]:
            both = [(x, y, base[x]) for x, y in measured[kernel].items()
                    if x in base]
            if both and all(1 / CLOSE < y / b < CLOSE for _, y, b in both):
                near[kernel] = [(x, y - b) for x, y, b in both]
        # What is left of rounding is no picture.
        return near if any(abs(d) > ROUNDING for rows in near.values()
                           for _, d in rows) else {}

    def add(self, kernel, part, rows):
        if self.ylog:
            rows = [r for r in rows if not r[1] <= 0]
        self.data.setdefault(kernel, {}).setdefault(part, []).extend(rows)

    def draw(self, kind, out):
        kernels = sorted(self.data, key=rank)
        ytics = tics(self.values(1), self.ylog)
        near = self.close() if kind != "text" else {}
        data = {kernel: parts | {"near": near.get(kernel, [])}
                for kernel, parts in self.data.items()}
        with tempfile.TemporaryDirectory() as tmp:
            for i, kernel in enumerate(kernels, 1):
                for part in ("points", "held", "curve", "near"):
                    rows = sorted(data[kernel].get(part, []))
                    path = os.path.join(tmp, f"{i}.{part}.tsv")
                    with open(path, "w", encoding="ascii") as f:
                        for row in rows or [(float("nan"),) * 2]:
                            f.write("\t".join(f"{v:.10g}" for v in row) + "\n")
            has = lambda part: any(d.get(part) for d in data.values())
            values = {
                "plots": HERE, "dir": tmp, "out": out, "kind": kind,
                "heading": self.heading, "axis": self.axis, "unit": self.unit,
                "tics": self.tics,
                "low": "" if self.ylog else "0",
                "ytics": ytics, "first": kernels[0],
            }
            script = "".join(f"{k} = {quoted(v)}\n"
                             for k, v in values.items())
            script += "array kernels = " \
                f"[{', '.join(map(quoted, kernels))}]\n"
            # Signs of a markup that the terminals draw.
            if re.search(r"[{}^_@&~\\]", self.heading + "".join(kernels)):
                script += "set termoption noenhanced\n"
            script += (f"xlog = {int(self.xlog)}\nylog = {int(self.ylog)}\n"
                       f"lines = {int(has('curve'))}\n"
                       f"held = {int(has('held'))}\n"
                       f"near = {int(bool(near))}\n"
                       'load plots."/cost.gp"\n')
            run = subprocess.run(["gnuplot", "-"], input=script, text=True,
                                 capture_output=True)
            complaints = [l for l in run.stderr.splitlines()
                          if "warning" not in l.lower() and l.strip()]
            if run.returncode:
                die("gnuplot: " + (complaints or ["failed"])[-1])
            return run.stdout


def tics(values, log):
    """Numbers on an axis: three at least, on a log axis of any length."""
    if not log:
        return ""
    low, high = min(values), max(values)
    for parts in ((1,), (1, 2, 5), (1, 1.5, 2, 3, 5, 7)):
        marks = [p * 10 ** e for e in range(-3, 10) for p in parts
                 if low <= p * 10 ** e <= high]
        if len(marks) > 2:
            break
    else:
        marks = even_marks(low, high)
    while len(marks) > 10:
        marks = marks[::2]
    return ", ".join(f'"{m:.10g}" {m:.10g}' for m in marks)


def even_marks(low, high):
    """At least three in a short range, at multiples of 1, 2 or 5 in a decimal place."""
    if high <= low:
        return [low]
    for step in (p * 10 ** e for e in range(9, -7, -1) for p in (5, 2, 1)):
        first = math.ceil(low / step)
        marks = [i * step for i in range(first, math.floor(high / step) + 1)]
        if len(marks) > 2:
            return marks
    return [low, high]


def cpu_tics(values):
    if len(values) <= 8:
        return ", ".join(map(str, values))
    least, most = min(values), max(values)
    return ", ".join(str(2 ** i) for i in range(13)
                     if least <= 2 ** i <= most)


def points(curves, fit, x, where, y, curve):
    """Sort a fit's points into measured and held out; @where chooses them."""
    for held, part in ((False, "points"), (True, "held")):
        curves.add(fit["kernel"], part,
                   [(x(p), y(p)) for p in fit["points"]
                    if where(p) and p["held_out"] == held])
    # No line through what no model describes.
    if curve and fit["verdict"] != "fails":
        curves.add(fit["kernel"], "curve", curve)


def percent(p):
    return 100 * p["cost"] / p["off"]


def plain(p):
    return p["empty_nodes"] == 0 and p["mem_nodes"] == 0


def numbers(fits, where, key):
    return sorted({p[key] for f in fits for p in f["points"] if where(p)})


def sized(fit):
    """The bench, with its size if it has one."""
    return f"{fit['bench']}, {fit['param']} B" if fit["param"] else fit["bench"]


def over_cpus(fits, what, unit):
    one = lambda p: p["nodes"] == 1 and plain(p)
    cpus = numbers(fits, one, "cpus")
    if len(cpus) < LEAST_POINTS:
        return
    per = fits[0]["per"]
    for name, ylog, y, head, label in (
            ("cpus", True, lambda p: p["cost"], "What accounting adds to",
             f"on - off, {unit} per {per}"),
            ("cpus-percent", False, percent, "What accounting adds to",
             "ACCT COST, % of off"),
            ("cpus-off", False, lambda p: p["off"], "Without accounting:",
             f"off, {unit} per {per}")):
        c = Curves(f"{head} {sized(fits[0])}: CPUs on 1 node\n{what}",
                   "possible CPUs", label, True, ylog, cpu_tics(cpus))
        for f in fits:
            points(c, f, lambda p: p["cpus"], one, y,
                   f["by_cpus"] if name == "cpus" else [])
        if name != "cpus":
            # The model is of on - off alone: all points are measurements.
            for d in c.data.values():
                d["points"] = d.get("points", []) + d.pop("held", [])
        yield name, c


def apart_from_one(curve):
    """Several nodes are another machine than one: no line goes from the one to
    the other."""
    return [(x, y) for x, y in curve if x != 1] + \
        [(1 + d, y) for x, y in curve if x == 1 for d in (-.1, .1)] + \
        [(1.5, math.nan)] * any(x == 1 for x, _ in curve)


def over_nodes(fits, what, unit):
    counts = {}
    for cpus in numbers(fits, plain, "cpus"):
        mine = lambda p: p["cpus"] == cpus and plain(p)
        counts[cpus] = len(numbers(fits, mine, "nodes"))
    for cpus in sorted(sorted(counts, key=counts.get)[-NODES_PICTURES:]):
        if counts[cpus] < LEAST_POINTS:
            continue
        mine = lambda p: p["cpus"] == cpus and plain(p)
        c = Curves(f"What accounting adds to {fits[0]['bench']}, "
                   f"{fits[0]['param']} B: nodes, {cpus} CPUs\n{what}",
                   "nodes", f"on - off, {unit} per {fits[0]['per']}", False,
                   True, ", ".join(map(str, numbers(fits, mine, "nodes")[:20])))
        for f in fits:
            most = max((p["nodes"] for p in f["points"] if mine(p)), default=0)
            points(c, f, lambda p: p["nodes"], mine, lambda p: p["cost"],
                   apart_from_one({(k, y) for n, k, y in f["by_nodes"]
                                   if n == cpus and k <= most}))
        yield f"nodes-{cpus}", c


def over_sizes(fits, what, unit):
    sizes = sorted({f["param"] for f in fits})
    places = [p["topology"] for f in fits for p in f["points"]]
    topology = SIZE_TOPOLOGY if SIZE_TOPOLOGY in places else \
        max(places, key=places.count)
    if len(sizes) < LEAST_POINTS:
        return
    for name, y, label in (
            ("size", lambda p: p["cost"],
             f"on - off, {unit} per {fits[0]['per']}"),
            ("size-percent", percent, "ACCT COST, % of off")):
        c = Curves(f"What accounting adds to {fits[0]['bench']}: size, "
                   f"{topology}\n{what}", "object size, bytes", label, True,
                   True, ", ".join(map(str, sizes)))
        for f in fits:
            c.add(f["kernel"], "points",
                  [(f["param"], y(p)) for p in f["points"]
                   if p["topology"] == topology])
        if any(d["points"] for d in c.data.values()):
            yield name, c


def level(fit, where):
    """What a level of cgroups adds: from the least depth to the most."""
    mine = sorted((p["depth"], p["cost"]) for p in fit["points"] if where(p))
    (least, low), (most, high) = mine[0], mine[-1]
    return (high - low) / (most - least) if most > least else math.nan


def deep(fits):
    return len(numbers(fits, lambda p: True, "depth")) > 1


def deep_topologies(fits):
    """The largest with enough depths, of those with one node and of the others."""
    found = {}
    for p in fits[0]["points"]:
        mine = lambda q: q["topology"] == p["topology"]
        if len(numbers(fits, mine, "depth")) >= LEAST_POINTS:
            found[p["nodes"] == 1, p["cpus"], p["nodes"]] = p["topology"]
    for one in (True, False):
        mine = [key for key in found if key[0] == one]
        if mine:
            yield found[max(mine)]


def over_depths(fits, what, unit):
    """What levels add, against their number, the CPUs and the nodes."""
    per = f"{unit} per {fits[0]['per']}"
    head = f"What levels of cgroups add to {fits[0]['bench']}, " \
        f"{fits[0]['param']} B: "
    for name in deep_topologies(fits):
        mine = lambda p: p["topology"] == name
        depths = numbers(fits, mine, "depth")
        c = Curves(f"{head}{name}\n{what}", "levels below the root",
                   f"on - off, more than at {depths[0]}, {per}", True, True,
                   ", ".join(map(str, depths[1:])))
        for f in fits:
            cost = {p["depth"]: p["cost"] for p in f["points"] if mine(p)}
            c.add(f["kernel"], "points",
                  [(d, cost[d] - cost[depths[0]]) for d in depths[1:]
                   if d in cost and depths[0] in cost])
        yield f"depth-{name}", c
    for name, axis, key, xlog, where in (
            ("depth-cpus", "possible CPUs, 1 node", "cpus", True,
             lambda p: p["nodes"] == 1 and plain(p)),
            ("depth-nodes", "nodes, 80 CPUs", "nodes", False,
             lambda p: p["cpus"] == 80 and plain(p))):
        values = numbers(fits, where, key)
        if len(values) < LEAST_POINTS:
            continue
        c = Curves(f"{head}each level\n{what}", axis,
                   f"on - off, {unit} a level", xlog, True,
                   ", ".join(map(str, values)))
        for f in fits:
            c.add(f["kernel"], "points",
                  [(v, level(f, lambda p: where(p) and p[key] == v))
                   for v in numbers([f], where, key)])
        yield name, c


def each(texts):
    """All different ones, in their order."""
    return " and ".join(dict.fromkeys(texts))


def pictures(fits):
    """Name and Curves of each picture that the data are enough for."""
    # Neither benches nor instructions and ns go into one picture.
    benches = [f["bench"] for f in fits]
    bench = "percpu-alloc" if "percpu-alloc" in benches else benches[0]
    fits = [f for f in fits if f["bench"] == bench]
    fits = [f for f in fits if f["instrument"] == fits[0]["instrument"]]
    unit = "ns" if fits[0]["unit"] == "ns" else "instructions"
    configs = each(f["config"][:8] for f in fits if f["config"])
    what = f"{fits[0]['instrument']}, Linux {each(f['release'] for f in fits)}"
    if configs:
        what += f", config {configs}"
    patches = {f["kernel"]: f["subject"] for f in fits if f["subject"]}
    if len(patches) == 1:
        what += "\n" + ": ".join(list(patches.items())[0])[:100]
    params = {f["param"] for f in fits}
    size = SIZE if SIZE in params else min(params)
    small = [f for f in fits if f["param"] == size]
    if deep(fits):
        # The others have one point at each place.
        yield from over_depths(small, what, unit)
        return
    yield from over_cpus(small, what, unit)
    yield from over_nodes(small, what, unit)
    yield from over_sizes(fits, what, unit)


def main():
    if len(sys.argv) != 3:
        die("usage: plot.py FITS.json OUT-DIR|--text")
    with open(sys.argv[1], encoding="utf-8") as f:
        fits = json.load(f)
    out = sys.argv[2]
    if out == "--text":
        write(fits)
        return
    for name, c in pictures(fits):
        for kind in ("png", "svg"):
            path = os.path.join(out, f"{name}.{kind}")
            c.draw(kind, path)
            print(path)
    if deep(fits):
        return
    subprocess.run([sys.executable, "-B", os.path.join(HERE, "heatmap.py"),
                    sys.argv[1], out], check=True)


def write(fits):
    """The first curve, by letters; several at one place are a sign of their own."""
    curves = next((c for _, c in pictures(fits)), None)
    if curves is None:
        die("no curve in it: fewer than three numbers of CPUs, nodes or depths")
    # Its own title would be left out where it is too long.
    print("\n".join(line[:72] for line in curves.heading.split("\n")))
    curves.heading = ""
    # There is room for every other number.
    curves.tics = ", ".join(curves.tics.split(", ")[::2])
    lines = [l.rstrip().strip("\f") for l in curves.draw("text", "").split("\n")]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    print("\n".join(lines))


if __name__ == "__main__":
    main()
