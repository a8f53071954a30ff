#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints a large results file, computed and not measured.

Every boot of a kernel on a topology has the same counts, as instructions do. A
choice of what there is many of shows what takes longer than its number.
"""
import argparse
import json
import sys

p = argparse.ArgumentParser(description=__doc__)
p.add_argument("--kernels", type=int, default=4)
p.add_argument("--topologies", type=int, default=10)
p.add_argument("--benches", type=int, default=1)
p.add_argument("--sizes", type=int, default=5)
p.add_argument("--boots", type=int, default=1, help="of each kernel and topology")
p.add_argument("--samples", type=int, default=4, help="in each arm of a cell")
p.add_argument("--chain", action="store_true",
               help="each kernel is the one before with a patch more")
p.add_argument("--layouts", action="store_true", help="each boot has its own")
p.add_argument("--reasons", action="store_true",
               help="no cell is valid, each for a reason of its own")
p.add_argument("--shard", default="1/1", help="K/N: every Nth boot, from K on")
p.add_argument("--lost", default="", help="A-B: without these boots of the shard")
p.add_argument("--sweep", action="store_true", help="the run says what it wanted")
a = p.parse_args()
shard, shards = map(int, a.shard.split("/"))
lost = range(*[int(x) + i for i, x in enumerate(a.lost.split("-"))]) \
    if a.lost else range(0)
kernels = [("k@%d" if a.chain else "k%d") % k for k in range(a.kernels)]
topologies = ["%dc%dn" % (8 + t, 1 + t % 8) for t in range(a.topologies)]
nr = {"cell": 0, "boot": 0, "invalid": 0}


def put(kind, **fields):
    sys.stdout.write(json.dumps({"type": kind, **fields},
                                separators=(",", ":")) + "\n")


def arm(value):
    return {"ticks": [value] * a.samples, "disturbed": [0] * a.samples,
            "locked": [value // 8] * a.samples}


def cell(kernel, topology, bench, size, where):
    count = 10000 + 100 * kernel + 10 * topology + size
    uses = 10 * (size + 1)
    fields = {"bench": "percpu-alloc", "param": 8 * (size + 1), "unit": "insn",
              "pairs": 1, "valid": not a.reasons}
    if bench:
        fields["options"] = {"depth": bench + 1}
    if a.reasons:
        fields["reason"] = "cell %d" % nr["cell"]
    else:
        fields.update(
            arms={"empty": arm(41), "off": arm(count), "on": arm(2 * count)},
            proof={"expected": uses, "beyond": 2, "before": 0, "off_held": 0,
                   "held": uses, "after": 0, "first_chunk": 0},
            chunk={"offset": 64, "moved": 0, "outside": 0})
    put("cell", **fields, **where)
    nr["cell"] += 1
    nr["invalid"] += a.reasons


more = {}
if a.sweep:
    more["sweep"] = {
        "bench": "percpu-alloc", "instrument": "insn",
        "sizes": [8 * (s + 1) for s in range(a.sizes)], "rounds": 24, "pairs": 1,
        "kernels": kernels, "topologies": topologies, "boots": a.boots,
        "append": "", "memory": 0, "options": {"shape": "pair"}}
    if shards > 1:
        more["sweep"]["shard"] = a.shard
put("run", version=1, id="computed-%d" % shard, started="2026-01-01T00:00:00Z",
    command=["pcpubench sweep"], tool="pcpubench computed",
    host={"cpu": "computed", "cpus": 1, "kernel": "none", "os": "none"}, **more)
for name in kernels:
    put("kernel", kernel=name, patches=[], harness=[], cmdline="",
        release="6.12.117", compiler="computed")
at = 0
for boot in range(a.boots):
    for t, topology in enumerate(topologies):
        for k, kernel in enumerate(kernels):
            at += 1
            if (at - shard) % shards or (at - shard) // shards in lost:
                continue
            nr["boot"] += 1
            where = {"boot": nr["boot"], "kernel": kernel, "topology": topology,
                     "instrument": "insn"}
            for bench in range(a.benches):
                for size in range(a.sizes):
                    cell(k, t, bench, size, where)
            # Its time makes a boot one that no other file has.
            put("boot", **where, status="ok", qemu="7.2.22", cpu_model="computed",
                memory_mib=512, wall_s=1 + at / 1e6,
                guest={"possible_cpus": 8 + t, "online_cpus": 1,
                       "nodes": 1 + t % 8, "nodes_shift": 10,
                       "unit_size": 32768},
                **({"layout": {"seed": at}} if a.layouts else {}))
put("end", boots=nr["boot"], failed=0, cells=nr["cell"], invalid=nr["invalid"])
