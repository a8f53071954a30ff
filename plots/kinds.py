#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the counters of a process's memory cost, and how wrong they are, for each
series: a table, and with OUT-DIR the pictures kinds.png and .svg.

kinds.py COSTS.csv COSTS.jsonl ERRORS.ktap [OUT-DIR]

COSTS.jsonl is a sweep of mm-life, COSTS.csv its `pcpubench report --format=csv`.
ERRORS.ktap is what `pcpubench selftest --rss` prints, for one series after the
other, below a line '# SERIES: at most BOUND'; each topology below '# TOPOLOGY'.
"""

import collections
import csv
import json
import re
import sys

KINDS = {"fork": "fork", "exec": "exec", "thread": "thread",
         "first-thread": "first", "threads": "threads", "fault": "fault",
         "statm": "statm"}
KERNEL = "percpu", "slab", "stack", "tables"
FRONTIER = 256  # CPUs, at most
BOUND = re.compile(r"^# (\S+): at most (\S+)$")
WHERE = re.compile(r"^# (\d+)c(\d+)n$")
STEP = re.compile(r"stat off by (\d+), statm by (\d+) of at most (\d+) pages")


def pages(bound, cpus, nodes):
    """As rss_bound(), plan/rss_bound.c, of Linux 6.2 and later."""
    number, _, unit = bound.partition("*")
    if bound == "kernel":
        return cpus * (max(32, 2 * cpus) - 1)
    return int(number) * {"": 1, "cpus": cpus, "tasks": cpus, "nodes": nodes}[unit]


class Series:
    def __init__(self):
        self.on = {}  # (kind, CPUs): instructions an operation, in a cgroup
        self.bytes = {}  # (kind, CPUs): of the cell's "mm"
        self.bound = None
        self.errors = {}  # (CPUs, nodes): the largest one that was seen


def read(report, cells, ktap):
    series = collections.defaultdict(Series)
    with open(report, encoding="utf-8") as f:
        for row in csv.DictReader(f):
            cpus, nodes = row["topology"].split("c")
            if row["valid"] == "1" and nodes == "1n":
                at = row["bench"].split("/")[1], int(cpus)
                series[row["kernel"]].on[at] = float(row["on"])
    with open(cells, encoding="utf-8") as f:
        for cell in map(json.loads, f):
            if cell["type"] == "cell" and cell["topology"].endswith("c1n"):
                at = cell["bench"].split("/")[1], int(cell["topology"][:-3])
                series[cell["kernel"]].bytes[at] = cell["mm"]
    with open(ktap, encoding="utf-8") as f:
        for line in f:
            if found := BOUND.search(line):
                now = series[found[1]]
                now.bound = found[2]
            elif found := WHERE.search(line):
                where = int(found[1]), int(found[2])
            elif found := STEP.search(line):
                now.errors[where] = max(now.errors.get(where, 0), int(found[1]))
    return series


def cell(value):
    return "-" if value is None else "%.0f" % value


def lines(series, head, columns, row):
    """A table: @head and @columns, then each series with its row(s)."""
    table = {head: columns} | {name: row(s) for name, s in series.items()}
    first = max(10, *(len(name) + 1 for name in series))
    width = max(7, *(len(str(v)) for values in table.values() for v in values))
    for name, values in table.items():
        print("%-*s" % (first, name) + " ".join("%*s" % (width, v) for v in values))
    print()


def costs(series, cpus):
    for n in cpus:
        lines(series, "%d CPUs" % n, KINDS.values(),
              lambda s, n=n: [cell(s.on.get((k, n))) for k in KINDS])
    print("Instructions an operation in a cgroup. first: of a process's first\n"
          "thread, threads: of its first 16.\n")


def memory(series, cpus):
    """What a fork is charged, and the same of many processes."""
    def times(count, unit, keys):
        return lambda s: [cell(
            count * sum(at[k] for k in keys) / unit
            if (at := s.bytes.get(("fork", n))) else None) for n in cpus]

    for head, count, unit, keys in (
            ("percpu, B", 1, 1, ("percpu",)), ("slab, B", 1, 1, ("slab",)),
            ("10^4, MiB", 1e4, 2 ** 20, KERNEL), ("10^5, MiB", 1e5, 2 ** 20, KERNEL)):
        lines(series, head, cpus, times(count, unit, keys))
    print("By possible CPUs: bytes that a fork is charged, and, computed, what 10^4\n"
          "and 10^5 processes are, all but their pages.\n")


def errors(series, cpus):
    where = sorted({at for s in series.values() for at in s.errors})
    lines(series, "states", ["bound", *cpus], lambda s: [
        s.bound] + [cell(pages(s.bound, n, 1)) for n in cpus])
    lines(series, "seen", ["%dc%dn" % at for at in where],
          lambda s: [cell(s.errors.get(at)) for at in where])
    print("Pages: the largest error of RSS that a series states, by CPUs on one\n"
          "node, and that was seen. The test fails unless that is the bound.\n")


def draw(series, out):
    from style import BETTER, DARK, WORSE, legend_below, plt, save

    looks = [(c, d, m) for d, marks in (("-", "os^"), ("--", "vDP"), (":", "X*h"))
             for c, m in zip((DARK, WORSE, BETTER), marks)]
    fig, (cost, error, both) = plt.subplots(1, 3, layout="constrained",
                                            figsize=(9, 4))
    most = max(n for s in series.values() for _, n in s.on)
    powers = [1 << i for i in range(most.bit_length())]
    at = max((n for s in series.values() for _, n in s.on if n <= FRONTIER),
             default=most)
    handles = []
    for (name, s), (colour, dash, marker) in zip(series.items(), looks):
        look = {"color": colour, "ls": dash, "marker": marker, "ms": 4, "lw": 1.3}
        forks = sorted((n, v) for (kind, n), v in s.on.items() if kind == "fork")
        handles += cost.plot(*zip(*forks), **look)
        error.plot(powers, [max(pages(s.bound, n, 1), .5) for n in powers],
                   color=colour, ls=dash, lw=1.3)
        seen = sorted((n, max(e, .5)) for (n, nodes), e in s.errors.items()
                      if nodes == 1)
        error.plot(*zip(*seen), color=colour, ls="", marker=marker, ms=4)
        if ("fork", at) in s.on:
            both.plot(max(pages(s.bound, at, 1), .5), s.on["fork", at],
                      color=colour, marker=marker, ms=7)
    cost.set(title="fork and exit, in a cgroup", xlabel="possible CPUs",
             ylabel="instructions", ylim=(0, None))
    error.set(title="error of RSS: stated (lines), seen (marks)",
              xlabel="CPUs", ylabel="pages")
    both.set(title="%d CPUs" % at, xlabel="largest error of RSS, pages",
             ylabel="a fork, instructions", xscale="log", ylim=(0, None))
    for ax in cost, error:
        ax.set_xscale("log", base=2)
        ax.xaxis.set_major_formatter("{x:.0f}")
    error.set_yscale("log")
    for ax in cost, error, both:
        ax.title.set_fontsize(9)
        ax.grid(alpha=.25)
    legend_below(fig, handles, series.keys())
    save(fig, out, "kinds")


def main():
    if len(sys.argv) not in (4, 5):
        sys.exit("usage: kinds.py COSTS.csv COSTS.jsonl ERRORS.ktap [OUT-DIR]")
    try:
        series = read(*sys.argv[1:4])
    except OSError as e:
        sys.exit("kinds.py: %s: %s" % (e.filename, e.strerror))
    cpus = sorted({at[1] for s in series.values() for at in s.on})
    costs(series, cpus)
    memory(series, cpus)
    errors(series, cpus)
    if len(sys.argv) == 5:
        draw(series, sys.argv[4])


if __name__ == "__main__":
    main()
