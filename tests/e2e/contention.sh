#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The model of contention: from counted holds to its tables, and beside what was
# measured.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

p=$pcpubench
reference=(results/reference/contention-{6.12,nowait-6.12}.jsonl)

check "contention of nothing" fails 2 "no results file" "$p" contention
check "contention of cells without holds" fails 3 "no valid cell has the holds" \
	"$p" contention tests/unit/data/typical.jsonl
refused() {
	check "$1 is refused" fails 2 "$2" "$p" contention "$1" "${reference[@]}"
}
refused --threads= "no --threads given"
refused --threads=0 "from 1 to 8192"
refused --threads=4..2 "goes down"
refused --threads=8,4 "give them in order"
refused --threads=1..8193 "from 1 to 8192"
refused --threads=1..33 "more than 32 numbers"
refused --transfer=fast "give a number of instructions"
refused --transfer=-1 "give a number of instructions"

tables() {
	"$p" contention "${reference[@]}" >"$tmp/text" || return
	"$p" contention "${reference[@]}" | cmp - "$tmp/text" || return
	[ "$(awk 'length > 72' "$tmp/text" | wc -l)" = 0 ] || return
	# Every table over threads is under a title that says so.
	awk -v RS= '/^MODEL of contention/ { groups++ }
		/\nthreads  / { tables++; if ($1 != "MODEL:") exit bad = 1 }
		END { exit bad || !groups || tables != 2 * groups }' "$tmp/text"
}
check "the tables are the same every time, fit a mail, and say MODEL" tables

# A pair of 900 instructions and a hold of 100, and with v1 of 200; all together do
# 1, 4 and 3 pairs in a us with 1, 4 and 16 threads.
made=$tmp/made.jsonl
/usr/bin/python3 - tests/unit/data/times.jsonl >"$made" <<'END'
import copy, json, sys

records = [json.loads(line) for line in open(sys.argv[1])]
first = {r["type"]: r for r in reversed(records)}
first["cell"]["topology"] = first["boot"]["topology"] = "16c1n"
boots, cells = 0, 0


def boot(kernel, instrument):
    global boots
    boots += 1
    return {"boot": boots, "kernel": kernel, "instrument": instrument}


def cell(where, bench, arms, **more):
    global cells
    cells += 1
    print(json.dumps({**first["cell"], **where, "bench": bench, "arms": {
        arm: {"ticks": [t] * 2, "disturbed": [0, 0], **extra}
        for arm, t, extra in arms}, **more}))


print(json.dumps(first["run"]))
for name in ("baseline", "v1"):
    print(json.dumps({**first["kernel"], "kernel": name}))
for name, hold in (("baseline", 100), ("v1", 200)):
    at = boot(name, "insn")
    steps = lambda n: {"steps": [[0, (900 + 40) * 2 * 10], [2, n * 2 * 10]]}
    cell(at, "percpu-alloc", [
        ("empty", 400, {"steps": [[0, 40 * 2 * 10]]}),
        ("off", 10400, steps(100)), ("on", 9400 + 10 * hold, steps(hold))],
        unit="insn", pairs=10)
    print(json.dumps({**first["boot"], **at}))
for threads, pairs in ((1, 1), (4, 4), (16, 3)):
    at = boot("baseline", "time")
    wait = {"waits": 5, "ns": 1000, "lost": 0}
    window = {"window_ns": 10**9, "ops": [10**6] * threads, "failed": 0,
              "watched_ns": 10**9, "lock": wait, "mutex": wait}
    cell(at, "percpu-contend", [
        ("empty", 0, {}), ("off", 500, {}), ("on", 1000 // pairs, {})],
        unit="ns", pairs=1, options={"gfp": "kernel", "threads": threads,
                               "memcgs": "shared"},
        contention={"threads": threads, "present": threads,
                    "off": window, "on": window})
    print(json.dumps({**first["boot"], **at}))
print(json.dumps({"type": "end", "boots": boots, "failed": 0, "cells": cells,
                  "invalid": 0}))
END

# row TITLE KERNEL: its row in the table of that title.
row() {
	awk -v title="$1" -v kernel="$2" '
		index($0, title) == 1 { here = 1 }
		here && $1 == kernel { $1 = ""; print substr($0, 2); exit }' "$tmp/made"
}
is() {
	echo "$1 $2: $(row "$1" "$2"), not $3"
	[ "$(row "$1" "$2")" = "$3" ]
}
limits() {
	"$p" contention --threads=1,4,16,1024 --transfer=0 "$made" >"$tmp/made" &&
		is counted baseline "0.00 100 900 pcpu_lock 100% 16" &&
		is counted v1 "0.00 200 900 pcpu_lock 100% 16" &&
		[ "$(row "MODEL: throughput" baseline | awk '{ print $1, $4 }')" = \
			"1.00 10.0" ] &&
		[ "$(row "MODEL: throughput" v1 | awk '{ print $1, $4 }')" = \
			"0.91 5.00" ] &&
		[ "$(row "MODEL: the part" baseline | awk '{ print $1, $4 }')" = \
			"0% 99%" ]
}
check "one thread and many have the throughput of the formulas" limits
moves() {
	"$p" contention --threads=1,1024 --transfer=100 "$made" >"$tmp/made" &&
		is "MODEL: throughput" baseline "1.00 5.00" &&
		is "MODEL: throughput" v1 "0.91 3.33"
}
check "a line that moves makes every hold longer but one thread's" moves
without() {
	"$p" contention --arm=off --threads=1024 --transfer=0 "$made" >"$tmp/made" &&
		is "MODEL: throughput" v1 10.0
}
check "without accounting it is the other arm" without

beside() {
	"$p" contention --threads=1,4,16,1024 --transfer=0 "$made" >"$tmp/made" &&
		is measured baseline "1.00 4.00 3.00 -" &&
		is measured v1 "- - - -" &&
		row "error of the MODEL" baseline |
		awk '{ print; exit !($1 + 0 < 1 && $3 + 0 > 200 && $4 == "-") }'
}
check "percpu-contend's times are beside it, with the error" beside

json() {
	"$p" contention --json --threads=1,16 "$made" | /usr/bin/python3 -c '
import json, sys
m = json.load(sys.stdin)
assert m["model"] is True and m["transfer"] == 200 and m["base"] == "baseline"
for c in m["curves"]:
    assert [s[0] for s in c["steps"]] == [0, 2]
    assert [p["threads"] for p in c["points"]] == [1, 16]
    for p in c["points"]:
        assert p["fairness"] > .99 and p["waits"]["pcpu_alloc_mutex"] == 0
        assert 0 < p["busy"]["pcpu_lock"] <= 1
    assert (c["points"][1]["measured"] is None) == (c["kernel"] == "v1")'
}
check "--json has the steps, the model and what was measured" json

pictures() {
	"$p" contention --plot="$tmp/plots" "$made" >/dev/null &&
		grep -q 'MODEL of contention, not measured' "$tmp/plots/contention-16c1n.svg" &&
		grep -q 'measured: percpu-contend' "$tmp/plots/contention-16c1n.svg" &&
		[ -s "$tmp/plots/contention-16c1n.png" ]
}
check "--plot draws it, and says that it is a model" pictures
finish
