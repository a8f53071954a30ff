#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write the results files that the tests of reader and report read.

The numbers are made up so that they look like what is measured. To be run in
this directory, when the format changes; the tests only read what it wrote.
"""
import hashlib
import json
import random

SIZES = (64, 256, 1024, 4096, 8192)
TOPOLOGIES = {"176c1n": (176, 1), "80c2n": (80, 2)}
# on - off at 64 B as a part of off, for each kernel
COST = {"baseline": .0636, "v1": 3.98, "a": 3.38, "b": 1.31, "c": .14, "d": .02}


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def run(name, **more):
    return {"type": "run", "version": 1, "id": name,
            "started": "2026-07-01T12:00:00Z",
            "command": ["pcpubench", "boot"], "tool": "pcpubench 0.1",
            "host": {"cpu": "AMD EPYC 9654 96-Core Processor", "cpus": 2,
                     "kernel": "6.1.0-39-amd64",
                     "os": "Debian GNU/Linux 12 (bookworm)"}, **more}


def kernel(name, **more):
    image = "baseline" if name == "nokmem" else name
    return {"type": "kernel", "kernel": name, "release": "6.12.117",
            "source": "linux-source-6.12 6.12.117-1", "source_id": sha("src"),
            "patches": [] if image == "baseline" else
            [{"name": "0001-" + name + ".patch", "sha256": sha("p" + name)}],
            "harness": [], "config_sha256": sha("config"),
            "compiler": "gcc (Debian 12.2.0-14+deb12u1) 12.2.0",
            "image_sha256": sha(image), "module_sha256": sha("m" + image),
            "cmdline": "cgroup.memory=nokmem" if name == "nokmem" else "",
            **more}


def boot(number, name, topology, **more):
    cpus, nodes = TOPOLOGIES.get(topology, (16, 1))
    return {"type": "boot", "boot": number, "kernel": name,
            "topology": topology, "instrument": "insn", "status": "ok",
            "qemu": "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7)",
            "cpu_model": "max", "memory_mib": 1024,
            "cmdline": "nokaslr maxcpus=1", "wall_s": 1.31,
            "guest": {"release": "6.12.117", "possible_cpus": cpus,
                      "online_cpus": 1, "nodes": nodes, "nodes_shift": 10,
                      "unit_size": 262144, "clock": "tsc", "init_s": 0.81},
            **more}


def failed(number, name, topology, reason):
    return boot(number, name, topology, status="failed", reason=reason,
                console=["Kernel panic - not syncing: Fatal exception"],
                guest={})


def off_of(topology, size):
    cpus = TOPOLOGIES.get(topology, (16, 1))[0]
    return 2000 + cpus * 65 + cpus * size * 10 // 58


def cell(number, name, topology, size, **more):
    pairs = 10
    off = off_of(topology, size)
    cost = 0 if name == "nokmem" else int(off_of(topology, 64) *
                                          COST.get(name, .0636))
    cpus = TOPOLOGIES.get(topology, (16, 1))[0]
    expected = size * (cpus + 2)
    held = 0 if name == "nokmem" else expected
    record = {
        "type": "cell", "boot": number, "kernel": name, "topology": topology,
        "instrument": "insn", "bench": "percpu-alloc", "param": size,
        "unit": "insn", "pairs": pairs, "warmup": 2,
        "arms": {
            "empty": {"ticks": [70, 70, 70], "disturbed": [0, 0, 0]},
            "off": {"ticks": [off * pairs + 70] * 2 + [off * pairs + 9070],
                    "disturbed": [0, 0, 1]},
            "on": {"ticks": [(off + cost) * pairs + 70] * 3,
                   "disturbed": [0, 0, 0]}},
        "chunk": {"free": 131072, "offset": 16384, "moved": 0, "pin_bytes": 32768, "outside": 0},
        "proof": {"expected": expected, "before": 0, "off_held": 0,
                  "held": held, "after": 0, "first_chunk": 0},
        "valid": True}
    if name == "nokmem":
        record["valid"] = False
        record["reason"] = "nothing was charged: 0 of %d B" % expected
    record.update(more)
    return record


def end(records):
    def count(kind, **fields):
        return sum(1 for r in records if r["type"] == kind and
                   all(r[f] == v for f, v in fields.items()))
    return records + [{"type": "end", "boots": count("boot"),
                       "failed": count("boot", status="failed"),
                       "cells": count("cell"),
                       "invalid": count("cell", valid=False)}]


def write(name, records):
    with open(name + ".jsonl", "w") as out:
        for record in records:
            out.write(json.dumps(record, separators=(",", ":")) + "\n")


def booted(number, name, topology, sizes=SIZES):
    return [boot(number, name, topology)] + [
        cell(number, name, topology, size) for size in sizes]


def typical():
    names = ["baseline", "nokmem", "v1", "a", "b", "c", "d"]
    records = [run("typical")] + [kernel(n) for n in names]
    number = 0
    for topology in TOPOLOGIES:
        for name in names:
            number += 1
            records += booted(number, name, topology)
    return end(records)


def troubles():
    """All that may go wrong, in one file."""
    hung = "no word from the guest for 20 s"
    clean = [1, 1, 1]
    records = [run("troubles")]
    records += [kernel("baseline",
                       harness=[{"name": "0001-many-cpus.patch",
                                 "sha256": sha("h")}]),
                kernel("v1"), kernel("a"), kernel("b"), kernel("never")]
    records += [{"type": "note", "text": "of a kind not known"}]
    records += booted(1, "baseline", "176c1n", (1024, 64, 256))
    records += booted(2, "baseline", "176c1n", (1024, 64, 256))
    for r in records:
        if r["type"] != "cell" or r["boot"] != 2:
            continue
        if r["param"] == 64:
            r["arms"]["on"]["ticks"] = [
                t + 10 for t in r["arms"]["on"]["ticks"]]
        if r["param"] == 256:
            r["arms"]["off"]["disturbed"] = clean
            r["future"] = {"kept": [1, None]}
    records += [failed(3, "v1", "176c1n", hung)]
    # valid, says the file, and the proof does not
    records += [boot(4, "v1", "176c1n"),
                cell(4, "v1", "176c1n", 64, proof={
                    "expected": 11392, "before": 0, "off_held": 0,
                    "held": 11392, "after": 0, "first_chunk": 1}),
                cell(4, "v1", "176c1n", 256, chunk={
                    "free": -1, "pin_bytes": 0, "outside": 2}),
                cell(4, "v1", "176c1n", 1024)]
    records += [failed(5, "a", "176c1n", hung), failed(6, "a", "176c1n", hung),
                failed(7, "a", "176c1n", "Kernel panic - not syncing: "
                       "Fatal exception in interrupt")]
    # not measured, and no arms
    unmeasured = cell(8, "b", "176c1n", 64, valid=False,
                      reason="ENOMEM at the limit of the memory cgroup")
    for field in ("arms", "chunk", "proof"):
        del unmeasured[field]
    records += [boot(8, "b", "176c1n"), unmeasured]
    records += [failed(9, "b", "80c2n", hung)]
    # the boot of these cells never came to its end
    records += [cell(10, "never", "176c1n", 64)]
    return records


def long_names():
    sizes = [64 << i for i in range(10)]
    names = ["baseline", "per-memcg-per-node-kmem-accounting-v2-rebased-"
             "on-mm-unstable-2026-06-26-with-fixes-of-the-list", "\u540d\u524d",
             "v2, \"fixed\"|_x_"]
    records = [run("long-names")] + [kernel(n) for n in names]
    number = 0
    for name in names:
        number += 1
        records += booted(number, name, "16c2n+6m", sizes)
    return end(records)


def times(name, first, shift, **host):
    """Five boots under `time`, the off arm's medians 1000 + 10 * boot."""
    records = [run(name), kernel("baseline")]
    records[0]["host"].update(host)
    for i in range(first, first + 5):
        records.append(boot(i, "baseline", "16c1n", instrument="time",
                            cpu_model="host"))
        off = (1000 + 10 * (i - first) + shift) * 10
        records.append(cell(
            i, "baseline", "16c1n", 64, instrument="time", unit="ns",
            arms={"empty": {"ticks": [20, 30, 10], "disturbed": [0, 0, 0]},
                  "off": {"ticks": [off + 20, off + 9000, off],
                          "disturbed": [0, 0, 0]},
                  "on": {"ticks": [off + 520, off, off + 540],
                         "disturbed": [0, 1, 0]}}))
    # one of them proves nothing
    records[-1]["proof"]["held"] = 0
    return end(records)


def map_cell(number, name, size, percpu, **more):
    """A map of one value. Other work is in one clean sample: the median."""
    uses = 176 * size
    cost = 900 if percpu else 100
    return cell(number, name, "176c1n", size, pairs=1, entries=1,
                bench="bpf-percpu-map/array",
                arms={"empty": {"ticks": [600, 600, 600],
                                "disturbed": [0, 0, 0]},
                      "off": {"ticks": [20600, 20600, 90000],
                              "disturbed": [0, 0, 0]},
                      "on": {"ticks": [20600 + cost, 50000, 20600 + cost],
                             "disturbed": [0, 0, 0]}},
                charge={"uses": uses, "percpu": percpu,
                        "values": 1 if percpu else 0, "filled": percpu,
                        "slab": -720, "memlock": uses + 264}, **more)


def maps():
    """Two kernels that charge nothing, one that does, and a size refused."""
    names = ["baseline", "a", "fix"]
    records = [run("maps")] + [kernel(n) for n in names]
    for i, name in enumerate(names, 1):
        records += booted(i, name, "176c1n", (64, 1024))
        for size in (64, 1024):
            records.append(map_cell(i, name, size,
                                    178 * size if name == "fix" else 0))
        refused = map_cell(i, name, 65536, 0, valid=False,
                           reason="refused: a value of 65536 B is above the "
                           "kernel's limit of 32768 B")
        for field in ("arms", "chunk", "proof", "charge"):
            del refused[field]
        records.append(refused)
    # Again, a hundredth off in one kernel.
    for i, off in enumerate((0, 300, 0), len(names) + 1):
        name = names[i - len(names) - 1]
        records += booted(i, name, "176c1n", (64, 1024))
        for size in (64, 1024):
            again = map_cell(i, name, size, 178 * size if name == "fix" else 0)
            again["arms"]["off"]["ticks"] = [20600 + off // 3] * 3
            records.append(again)
    return end(records)


def metal_cell(number, size, off, cost, counters, name="ours"):
    """What `run` measured: three samples an arm, the last one disturbed."""
    pairs = 4
    arms = {"empty": 40, "off": off * pairs + 40,
            "on": (off + cost) * pairs + 40}
    record = cell(
        number, name, "8c1n", size, instrument="time", unit="ns",
        pairs=pairs, seed=77 + number, stable=number != 3, speed=1.25,
        arms={a: {"ticks": [t - 2, t + 2, 9 * t + 99],
                  "disturbed": [0, 0, 9 if a == "on" else 1]}
              for a, t in arms.items()})
    expected = size * 10
    record["proof"].update(expected=expected, held=expected)
    why = "unsupported: no PMU that this kernel can use"
    if counters:
        # 3 cycles a ns, and the loop's own are 10
        record["counters"] = {
            "cycles": {a: [3 * t + 10, 3 * t + 10, 10 ** 6]
                       for a, t in arms.items()}}
        record["unsupported"] = {"instructions": why, "cache_misses": why}
    else:
        record["counters"] = {}
        record["unsupported"] = {"cycles": why, "instructions": why,
                                 "cache_misses": why, "speed":
                                 "unsupported: no APERF and MPERF"}
    return record


def metal(name, boots, counters=True, **state):
    """A machine as it runs: (boot, layout, off, cost) for each measurement."""
    records = [run(name), kernel("ours", build_id="12" * 20)]
    for number, (which, layout, off, cost) in enumerate(boots, 1):
        for size in (64, 1024):
            records.append(metal_cell(number, size, off + size // 4, cost,
                                      counters))
        b = boot(number, "ours", "8c1n", instrument="time", cpu=7,
                 boot_id="boot-%d" % which,
                 layout={"seed": layout, "module_sha256": sha("m"),
                         "kaslr": True},
                 state={"governor": "performance", "clock": "tsc", **state})
        for field in ("qemu", "cpu_model", "memory_mib"):
            del b[field]
        b["guest"]["possible_cpus"] = 8
        records.append(b)
    return end(records)


def campaign(name, *kernels):
    """Boots in turn: (kernel, costs at 64 B of its boots); 1024 B is steady."""
    records = [run(name)] + [kernel(k, build_id="12" * 20) for k, _ in kernels]
    number = 0
    for turn in range(max(len(costs) for _, costs in kernels)):
        for which, costs in kernels:
            if turn >= len(costs):
                continue
            number += 1
            for size, cost in (64, costs[turn]), (1024, 50):
                records.append(metal_cell(number, size, 1000, cost, False,
                                          which))
            b = boot(number, which, "8c1n", instrument="time", cpu=7,
                     boot_id="boot-%d" % number,
                     layout={"seed": 0, "module_sha256": sha("m"),
                             "kaslr": True},
                     state={"governor": "performance", "clock": "tsc"})
            for field in ("qemu", "cpu_model", "memory_mib"):
                del b[field]
            b["guest"]["possible_cpus"] = 8
            records.append(b)
    return end(records)


def contended(name, boots):
    """Two tasks on a machine, alone and together: halves differ by boot."""
    records = [run(name), kernel("ours", build_id="12" * 20)]
    for number in range(1, boots + 1):
        for threads in 1, 2:
            off = 1000 * threads
            c = metal_cell(number, 64, off, off * (10 + number % 2) // 100,
                           False)
            arm = {"window_ns": 10 ** 9, "ops": [10 ** 6] * threads,
                   "failed": 0, "watched_ns": 10 ** 9,
                   "lock": {"waits": 5, "ns": 10 ** 7, "lost": 0},
                   "mutex": {"waits": 0, "ns": 0, "lost": 0}}
            c.update(bench="percpu-contend", stable=True,
                     options={"shape": "pair", "gfp": "nowait",
                              "threads": threads, "memcgs": "own"},
                     contention={"threads": threads, "present": threads,
                                 "off": arm, "on": arm})
            records.append(c)
        b = boot(number, "ours", "8c1n", instrument="time", cpu=7,
                 boot_id="boot-%d" % number)
        for field in ("qemu", "cpu_model", "memory_mib"):
            del b[field]
        b["guest"]["possible_cpus"] = 8
        records.append(b)
    return end(records)


def noisy(at):
    """An arm's ticks about @at, skewed, and a few disturbed ones."""
    ticks = [round(at * random.lognormvariate(0, .006)) for _ in range(40)]
    disturbed = [int(random.random() < .04) for _ in ticks]
    return {"ticks": [t * 3 if d else t for t, d in zip(ticks, disturbed)],
            "disturbed": disturbed}


def simulated():
    """Times with noise, for pictures: `after` is dearer at 64 B only."""
    random.seed(20260701)
    names = {"before": {64: 60, 1024: 75}, "after": {64: 84, 1024: 75}}
    records = [run("simulated")] + [kernel(n) for n in names]
    records[0]["host"]["cpu"] = "simulated, not measured"
    number = 0
    for _ in range(8):
        for name, costs in names.items():
            number += 1
            records.append(boot(number, name, "16c1n", instrument="time",
                                cpu_model="host"))
            for size, cost in costs.items():
                off = (900 + size / 4) * random.lognormvariate(0, .004)
                on = off + cost * random.lognormvariate(0, .04)
                records.append(cell(
                    number, name, "16c1n", size, instrument="time", unit="ns",
                    arms={"empty": noisy(40),
                          "off": noisy(off * 10 + 40),
                          "on": noisy(on * 10 + 40)}))
    return end(records)


if __name__ == "__main__":
    write("maps", maps())
    write("metal", metal("metal", [(1, 0, 1000, 50), (1, 0, 1010, 54),
                                   (1, 0, 1004, 58), (2, 0, 1030, 60),
                                   (3, 5, 990, 124)]))
    alike = [50, 56, 52, 54, 58, 50, 54, 56]
    write("campaign", campaign("campaign", ("baseline", alike),
                               ("near", [c + 2 for c in alike]),
                               ("far", [c + 50 for c in alike]),
                               ("lost", [150] * 3)))
    write("campaign-apart", campaign("campaign-apart",
                                     ("baseline", [50, 150] * 6),
                                     ("far", [c + 50 for c in alike])))
    write("campaign-few", campaign("campaign-few", ("baseline", [50, 52, 54]),
                                   ("far", [100, 102, 104])))
    write("contended", contended("contended", 6))
    write("metal-once", metal("metal-once", [(1, 0, 1000, 50)] * 3, False))
    write("metal-turbo", metal("metal-turbo", [(9, 0, 1000, 50)],
                               turbo="on"))
    write("simulated", simulated())
    write("typical", typical())
    write("troubles", troubles())
    write("long-names", long_names())
    write("times", times("times", 1, 0))
    write("times-more", times("times-more", 1, 100))
    write("times-elsewhere", times("times-elsewhere", 1, 0,
                                   cpu="Intel Xeon Gold 6138"))
    other = typical()[:8]
    other[0]["id"] = "other-image"
    other[3]["image_sha256"] = sha("other")
    write("other-image", other)
