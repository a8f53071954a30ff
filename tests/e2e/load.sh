#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The bench of what programs do, from the command line to the tables, on emulated
# CPUs; and what compare, gate and plot make of its times.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

p=$pcpubench

check "an emulated CPU that spins is no measurement: insn is refused" \
	fails 2 "how long an emulated CPU spins for a lock is the emulator's doing" \
	"$p" boot baseline --bench=load
check "run cannot profile it either" fails 2 "not by profile" \
	"$p" run --bench=load --instrument=profile
check "there are no sizes" fails 2 "load has none" \
	"$p" boot baseline --bench=load --instrument=emulated --sizes=64
check "it allocates by no flags of ours" fails 2 "has no such option" \
	"$p" boot baseline --bench=load --instrument=emulated --gfp=nowait
check "unknown kind" fails 2 "did you mean 'load/exec'?" \
	"$p" boot baseline --bench=load/exe

check "two tasks that start programs, and two that make maps" boot_to both \
	baseline --bench=load --threads=2 --memcgs=own -t 4c1n \
	--instrument=emulated --rounds=2

cat >"$tmp/facts.py" <<'END'
import json
import sys

cells = [r for r in map(json.loads, open(sys.argv[1], encoding="utf-8"))
         if r["type"] == "cell"]
assert [c["bench"] for c in cells] == ["load/exec", "load/maps"], cells
# Four counters of a process, of 4 bytes each; a map's values, of 8 bytes and one
# for each of 4 CPUs. Eight of them are held, on 4 CPUs and in obj_exts.
for cell, size in zip(cells, (16, 8 * 4)):
    assert cell["valid"], cell
    proof = cell["proof"]
    assert proof["held"] - proof["before"] == 8 * size * (4 + 2), proof
    assert proof["off_held"] == proof["after"] == proof["before"], proof
    c = cell["contention"]
    assert c["threads"] == c["present"] == 2, c
    for arm in ("off", "on"):
        assert len(c[arm]["ops"]) == 2 and sum(c[arm]["ops"]) > 0, c
        assert c[arm]["failed"] == 0, c
END
check "programs ran, and all that their cgroups paid is back" \
	/usr/bin/python3 "$tmp/facts.py" "$tmp/both.jsonl"
check "the table says that its figures mean nothing" grep -qF \
	'4c1n, load/exec memcgs=own, emulated: the figures mean nothing' \
	"$tmp/both.txt"
check "it counts operations, and has no sizes" eval \
	"grep -q '^off, operations a second of each task' $tmp/both.txt && \
	 grep -qE '^baseline +[0-9.]+$' $tmp/both.txt"

# A file whose tasks did nothing, or less of them than it says.
sed -E 's/"ops":\[[0-9]+,[0-9]+\],"failed":0/"ops":[0,0],"failed":9/g' \
	"$tmp/both.jsonl" >"$tmp/idle.jsonl"
not_believed() {
	"$p" report "$tmp/idle.jsonl" >"$tmp/idle.txt"
	grep -q 'nothing was done in a window: 9' "$tmp/idle.txt" ||
		{ cat "$tmp/idle.txt"; return 1; }
}
check "a workload that does not work is found" not_believed

# The same as if five boots had been timed; FACTOR times as long.
made() {
	/usr/bin/python3 - "$tmp/both.jsonl" "$1" "$tmp/$2.jsonl" <<-'END'
	import json
	import sys
	records = [json.loads(line) for line in open(sys.argv[1])]
	kind = {r["type"]: r for r in reversed(records)}
	cell, factor = kind["cell"], int(sys.argv[2])
	kind["run"]["id"] = sys.argv[3]
	with open(sys.argv[3], "w", encoding="utf-8") as out:
	    for r in (kind["run"], kind["kernel"]):
	        print(json.dumps(r), file=out)
	    for boot in range(1, 6):
	        where = {"boot": boot, "instrument": "time"}
	        arms = {arm: {"ticks": [(t + boot) * (factor if arm == "on" else 1)
	                                for t in ticks], "disturbed": [0] * 2}
	                for arm, ticks in (("empty", [0, 0]), ("off", [9000, 9001]),
	                                   ("on", [9100, 9101]))}
	        arms["empty"]["ticks"] = [0, 0]
	        print(json.dumps({**cell, **where, "arms": arms}), file=out)
	        print(json.dumps({**kind["boot"], **where}), file=out)
	    print(json.dumps({**kind["end"], "boots": 5, "cells": 5}), file=out)
	END
}
made 1 old
made 1 same
made 2 new
check "compare has its times" eval \
	"'$p' compare '$tmp/old.jsonl' '$tmp/new.jsonl' | grep -q 'load/exec'"
slower() {
	"$p" gate "$tmp/old.jsonl" "$tmp/new.jsonl" >"$tmp/gate" 2>&1
	if [ "$?" != 1 ] || ! grep -q 'load/exec' "$tmp/gate"; then
		cat "$tmp/gate"
		return 1
	fi
}
check "gate finds that the same tasks do half as much" slower
drawn() {
	"$p" plot -o "$tmp/plots" "$tmp/old.jsonl" >/dev/null &&
		diff <(ls "$tmp/plots") - <<-'END' &&
	throughput-4c1n-load-exec-memcgs=own.png
	throughput-4c1n-load-exec-memcgs=own.svg
	END
		grep -q 'measured: load/exec memcgs=own, 4c1n' "$tmp"/plots/*.svg
}
check "plot draws it over the number of tasks, and no bars" drawn
check "and passes what is the same" "$p" gate "$tmp/old.jsonl" "$tmp/same.jsonl"
finish
