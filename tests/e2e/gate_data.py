#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write results files for gate.sh into the directory given.

Each is made from the same two, `insn` and `time`, with one thing changed, named
in its file name. The numbers are made up; the noise of `time` has a fixed seed.
"""
import copy
import json
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "unit", "data"))
import make_data  # noqa: E402

SIZES = (64, 1024)


def insn(name="insn", topology="176c1n", kernel="baseline"):
    return make_data.end([make_data.run(name), make_data.kernel(kernel)] +
                         make_data.booted(1, kernel, topology, SIZES))


def timed(name, boots, seed, slower=1.0, arm="on", noise=.004, **host):
    """Boots of 1000 ns off and 60 ns more on; an arm may be slower."""
    rng = random.Random(seed)
    records = [make_data.run(name), make_data.kernel("baseline")]
    records[0]["host"].update(host)
    for number in range(1, boots + 1):
        records.append(make_data.boot(number, "baseline", "16c1n",
                                      instrument="time", cpu_model="host"))
        for size in SIZES:
            off = 10000 * rng.lognormvariate(0, noise)
            on = off + 600 + 10000 * rng.gauss(0, noise)
            values = {"off": off, "on": on}
            values[arm] *= slower
            arms = {"empty": {"ticks": [20] * 3, "disturbed": [0] * 3}}
            for which, value in values.items():
                arms[which] = {"ticks": [round(value) + 20] * 3,
                               "disturbed": [0] * 3}
            records.append(make_data.cell(
                number, "baseline", "16c1n", size, instrument="time",
                unit="ns", arms=arms))
    return make_data.end(records)


def laid_out(records, worth):
    """Boots in five layouts in turn, of which one is slower by worth."""
    for record in records:
        if record["type"] == "boot":
            record["layout"] = {"seed": record["boot"] % 5}
    for record in cells(records):
        if record["boot"] % 5 == 4:
            ticks = record["arms"]["on"]["ticks"]
            record["arms"]["on"]["ticks"] = [round(t * worth) for t in ticks]
    return records


def counted(name, seeds, apart, again=0):
    """A boot in each layout, each with more instructions on than the last."""
    records = insn(name)[:2]
    for number, seed in enumerate(seeds, 1):
        boot = insn(name)[2:-1]
        more(boot, "on", again + (number - 1) * apart)
        for record in boot:
            record["boot"] = number
            if record["type"] == "boot":
                record["layout"] = {"seed": seed}
        records += boot
    return make_data.end(records)


def cells(records):
    return [r for r in records if r["type"] == "cell"]


def more(records, arm, ticks, size=64):
    for cell in cells(records):
        if cell["param"] == size:
            cell["arms"][arm]["ticks"] = [
                t + ticks for t in cell["arms"][arm]["ticks"]]
    return records


def recount(records):
    return make_data.end(records[:-1])


def all_invalid(records):
    for cell in cells(records):
        cell["proof"]["held"] = 0
        cell["valid"] = False
        cell["reason"] = "nothing was charged"
    return recount(records)


def bench(name, kernels=("baseline", "nokmem", "v1")):
    """As `make bench` has it: kernels on two topologies, one the control."""
    records = [make_data.run(name)] + [make_data.kernel(k) for k in kernels]
    number = 0
    for topology in make_data.TOPOLOGIES:
        for kernel in kernels:
            number += 1
            records += make_data.booted(number, kernel, topology, SIZES)
    return make_data.end(records)


def charged(records, kernel):
    """The control with one valid cell."""
    for cell in cells(records):
        if cell["kernel"] == kernel and not cell["valid"]:
            cell["valid"] = True
            del cell["reason"]
            cell["proof"]["held"] = cell["proof"]["expected"]
            arms = cell["arms"]
            arms["on"]["ticks"] = [t + 9 for t in arms["on"]["ticks"]]
            break
    return recount(records)


def many(name, worse):
    """Twelve sizes; the more, the larger; two have no number."""
    sizes = [64 << i for i in range(12)]
    records = [make_data.run(name), make_data.kernel("baseline")]
    records += make_data.booted(1, "baseline", "176c1n", sizes)
    for i, cell in enumerate(cells(records)):
        if worse and i < 2:
            cell["proof"]["held"] = 0
            cell["valid"] = False
            cell["reason"] = "nothing was charged"
        elif worse:
            more(records, "on", cell["pairs"] * i * cell["param"],
                 cell["param"])
    return make_data.end(records)


def life(name, boots=1, percpu=17760, **more):
    """A cgroup's mkdir, which tells what the controller keeps for one."""
    took = {"footprint": {"percpu": percpu, "slab": 4112, "structures": 1792,
                          "shrinkers": 1056, "objcgs": 128,
                          "references": 384, "nr_nodes": 1, "nr_objcgs": 1},
            **more}
    took = {key: value for key, value in took.items() if value}
    records = [make_data.run(name), make_data.kernel("baseline")]
    for number in range(1, boots + 1):
        records += [make_data.boot(number, "baseline", "176c1n"),
                    make_data.cell(number, "baseline", "176c1n", 64, param=0,
                                   bench="memcg-life/none/mkdir",
                                   **copy.deepcopy(took))]
    return make_data.end(records)


def shared(name, exts):
    """35 objects of 64 B in one slab, and the array of their owners."""
    share = {"owners": 1, "caches": 1, "looks": 1, "live": 35 * 64,
             "slabs": 4096, "last_live": 35 * 64, "last_slabs": 4096,
             "nr_slabs": 1, "nr_inside": 0, "exts": exts, "computed": exts,
             "slabinfo": False}
    return make_data.end([
        make_data.run(name), make_data.kernel("baseline"),
        make_data.boot(1, "baseline", "176c1n"),
        make_data.cell(1, "baseline", "176c1n", 64, share=share,
                       bench="slab-share/shared/1")])


def contended(name, change):
    """Four tasks at once; change(cell) of each."""
    with open(os.path.join(os.path.dirname(make_data.__file__),
                           "contended.jsonl"), encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    records[0]["id"] = name
    for cell in cells(records):
        change(cell)
    return records


def main():
    os.chdir(sys.argv[1])
    write = make_data.write
    pairs = cells(insn())[0]["pairs"]

    write("insn", insn())
    write("insn-again", insn("again"))
    write("insn-on-1", more(insn("on-1"), "on", pairs))
    write("insn-off-1", more(more(insn("off-1"), "off", pairs), "on", pairs))
    write("insn-on-minus-5", more(insn("on-minus-5"), "on", -5 * pairs))
    write("insn-topology", insn("topology", "80c2n"))
    write("insn-renamed", insn("renamed", kernel="v1"))
    write("insn-invalid", all_invalid(insn("invalid")))
    write("insn-empty-end", make_data.end([make_data.run("nothing")]))

    missing = insn("missing")
    del missing[-2]
    write("insn-missing", recount(missing))

    # Two boots, each without the other's cell.
    partly = insn("partly")[:-1]
    second = copy.deepcopy(partly[2:])
    for record in second:
        record["boot"] = 2
    write("insn-partly", make_data.end(partly[:-1] + second[:1] + second[2:]))
    few = insn("few-pairs")
    for cell in cells(few):
        cell["pairs"] *= 2
    write("insn-few-pairs", few)

    extra = insn("extra")
    extra.insert(-1, make_data.cell(1, "baseline", "176c1n", 4096))
    write("insn-extra", recount(extra))

    failed = insn("failed")
    failed.insert(-1, make_data.failed(2, "baseline", "176c1n", "it hung"))
    write("insn-failed", recount(failed))

    all_failed = [make_data.run("all-failed"), make_data.kernel("baseline"),
                  make_data.failed(1, "baseline", "176c1n", "it hung")]
    write("insn-all-failed", make_data.end(all_failed))

    one_invalid = insn("one-invalid")
    for record in copy.deepcopy(one_invalid[2:-1]):
        record["boot"] = 2
        if record["type"] == "cell":
            record["proof"]["held"] = 0
        one_invalid.insert(-1, record)
    write("insn-one-invalid", recount(one_invalid))

    compiler = insn("compiler")
    compiler[1]["compiler"] = "gcc 13"
    write("insn-compiler", compiler)
    config = insn("config")
    config[1]["config_sha256"] = make_data.sha("other")
    write("insn-config", config)
    for name, setting in ("lazy", "PREEMPT_LAZY"), ("voluntary", "PREEMPT_VOLUNTARY"):
        settings = insn(name)
        settings[1]["config"] = {"NODES_SHIFT": "10", setting: "y"}
        write("insn-" + name, settings)
    nodes = insn("nodes")
    nodes[2]["guest"]["nodes_shift"] = 6
    write("insn-nodes-shift", nodes)
    plan = insn("plan")
    plan[2]["cmdline"] += " -- --pairs=7"
    write("insn-plan", plan)
    host = insn("host")
    host[0]["host"]["cpu"] = "another"
    write("insn-host", host)

    write("time", timed("time", 10, 1))
    write("time-again", timed("time-again", 10, 2))
    write("time-slower", timed("time-slower", 10, 3, 1.03))
    write("time-off-slower", timed("time-off-slower", 10, 4, 1.03, "off"))
    write("time-faster", timed("time-faster", 10, 5, .97))
    write("time-4", timed("time-4", 4, 6))
    write("time-noisy", timed("time-noisy", 10, 7, noise=.05))
    write("time-host", timed("time-host", 10, 8, cpu="another"))
    for name, worth in ("even", 1.001), ("uneven", 1.08):
        write(f"time-{name}", laid_out(timed(name, 20, 10), worth))
        write(f"time-{name}-slower",
              laid_out(timed(name + "-slower", 20, 11, 1.03), worth))
    write("insn-layouts", counted("layouts", (0, 1), 2 * pairs))
    write("insn-layouts-on-1", counted("layouts-1", (0, 1), 2 * pairs, pairs))
    write("insn-layouts-on-3", counted("layouts-3", (0, 1), 2 * pairs,
                                       3 * pairs))
    for name in "", "-again", "-one":
        records = counted("alike" + name, (1, 2, 3), 0)
        for cell in cells(records):
            if name == "-one" and cell["boot"] == 3:
                more([cell], "on", 500 * pairs)
        write("insn-alike" + name, records)
    for name in "", "-tool":
        records = insn("module" + name)
        records[1]["module_sha256"] = make_data.sha("another module")
        records[0]["tool"] += name
        write("insn-module" + name, records)
    header = insn("header")
    header[1]["module_sha256"] = make_data.sha("another header")
    header[1]["image_sha256"] = make_data.sha("another image")
    write("insn-header", header)
    for name in "core", "atom":
        records = timed(name, 10, 1 if name == "core" else 2)
        for record in records:
            if record["type"] == "boot":
                record["cpu_type"] = name
        write("time-" + name, records)
    write("insn-layout-twice", counted("layout-twice", (1, 1), 2 * pairs))
    for name in ("layouts", "layout-twice"):
        seeds = (1, 1) if name == "layout-twice" else (0, 1)
        write(f"insn-{name}-again", counted(name + "-again", seeds, 2 * pairs))
    write("insn-layout-other", counted("layout-other", (3,), 0))
    write("insn-all-failed-again",
          [dict(r, id="all-failed-again") if r["type"] == "run" else r
           for r in make_data.end(all_failed)])
    write("time-4-again", timed("time-4-again", 4, 12))
    one_invalid = timed("time-one-invalid", 10, 2)
    proof = cells(one_invalid)[2 * len(SIZES)]
    proof["proof"]["held"] = 0
    proof["valid"] = False
    proof["reason"] = "nothing was charged"
    write("time-one-invalid", recount(one_invalid))
    write("time-control", timed("time-control", 10, 2))
    state = {"governor": "performance"}
    for name, it in ("", state), ("-other", {"governor": "powersave"}):
        records = timed("state" + name, 10, 1)
        for record in records:
            if record["type"] == "boot":
                record["state"] = it
        write("time-state" + name, records)

    for name in "bench", "bench-again":
        write(name, bench(name))
    write("bench-charged", charged(bench("charged"), "nokmem"))
    write("bench-alone", bench("alone", ("baseline", "v1")))
    # The label of the path, which costs less, is another kernel's name.
    path = "/x/v1.mbox"
    for name, kernels in (("", ("baseline", path, "v1")), ("-old", ("baseline", path))):
        records = bench("collide" + name, kernels)
        for record in records:
            if record["type"] == "kernel":
                record["patches"] = []
        write("collide" + name, records)
    records = bench("releases", ("baseline", "v1"))
    for record in records:
        if record["type"] == "kernel":
            record["release"] = "6.12.118"
            record["image_sha256"] = make_data.sha("118" + record["kernel"])
    write("releases", records)
    write("many", many("many", False))
    write("many-worse", many("many-worse", True))
    for text in "one", "other":
        records = insn("harness-" + text)
        records[1]["harness"] = [{"name": "0001-x.patch",
                                  "sha256": make_data.sha(text)}]
        write("insn-harness-" + text, records)
    for name in "", "-again":
        records = insn("no-config" + name)
        records[1]["config_sha256"] = ""
        write("insn-no-config" + name, records)

    # Two versions of one name: both with a patch of the same subject, or not.
    for name, subject in ("1", "count"), ("2", "count"), ("3", "remember"):
        records = insn("mine-" + name, kernel="mine")
        records[1]["image_sha256"] = make_data.sha("image" + name)
        records[1]["patches"] = [{"name": "0001-mm.patch", "subject": subject,
                                  "sha256": make_data.sha(name)}]
        records[1]["origin"] = {"from": "v" + name + ".mbox"}
        write("mine-" + name, more(records, "on", pairs * int(name)))

    for name, percpu in ("", 17760), ("-again", 17760), ("-160", 17920):
        write("life" + name, life("life" + name, percpu=percpu))
    write("life-untold", life("life-untold", footprint=None))
    write("life-memcg", life("life-memcg", footprint=None,
                             memcg={"held": 1, "percpu": 17760, "slab": 4112}))
    # As files were before the shrinkers' part was told.
    part = life("life-part")
    del cells(part)[0]["footprint"]["shrinkers"]
    write("life-part", part)
    write("life-twice", life("life-twice", boots=2))
    unlike = life("life-unlike", boots=2)
    cells(unlike)[1]["footprint"]["references"] += 8
    write("life-unlike", unlike)
    write("share", shared("share", 512))
    write("share-wide", shared("share-wide", 1024))

    write("contended", contended("contended", lambda cell: None))
    write("contended-untold", contended("untold",
                                        lambda cell: cell.pop("contention")))
    write("contended-others", contended(
        "others", lambda cell: cell["options"].update(
            threads=2 * cell["options"]["threads"])))
    write("time-drift", timed("time-drift", 10, 9, 1.05))


if __name__ == "__main__":
    main()
