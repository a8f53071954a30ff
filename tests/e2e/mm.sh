#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The bench of processes, threads and page faults, from the command line to the table.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

p=$pcpubench
kernel-patches/build-kernel baseline nokmem v1 >/dev/null || exit 1

check "there are no sizes" fails 2 "mm-life has none" \
	"$p" boot baseline --bench=mm-life --sizes=64
check "unknown operation" fails 2 "did you mean 'mm-life/first-thread'?" \
	"$p" boot baseline --bench=mm-life/first-thred

check "two boots of two kernels, and of the control" \
	"$p" sweep --again -t 8c2n -b mm-life --boots=2 -o "$tmp/run.jsonl" \
	baseline v1 nokmem
"$p" report --format=csv "$tmp/run.jsonl" >"$tmp/csv"
valid() {
	[ "$(alike "$tmp/csv" baseline) $(alike "$tmp/csv" v1)" = "7 7" ] ||
		{ cat "$tmp/csv"; return 1; }
}
check "each operation is a cell, and both boots count the same" valid
# Pages of a process are charged there, too.
unproved() {
	awk -F, '$1 == "nokmem" { valid[$12]++; fault += $4 ~ /fault|statm/ && $12 }
		END { exit !(valid[0] == 5 && valid[1] == 2 && fault) }' "$tmp/csv" ||
		{ cat "$tmp/csv"; return 1; }
}
check "nokmem charges no kernel memory, so its processes have no number" unproved

# A process has four counters of 4 B for each of 8 CPUs; the charge is for 8 + 2.
cat >"$tmp/bytes" <<'END'
import json
import sys

made = 0
slab = {}
for record in map(json.loads, open(sys.argv[1], encoding="utf-8")):
    if record["type"] != "cell" or record["kernel"] == "nokmem":
        continue
    mm, proof, kind = record["mm"], record["proof"], record["bench"].split("/")[1]
    made += 1
    slab[record["kernel"], record["boot"], kind] = mm["slab"]
    process = kind in ("fork", "exec")
    assert mm["percpu"] == (4 * 4 * (8 + 2) if process else 0), (kind, mm)
    assert (mm["tables"] > 0) == process, (kind, mm)
    assert (mm["slab"] > 0) == (kind not in ("fault", "statm")), (kind, mm)
    assert mm["sums_all"], mm
    assert mm["stack"] == 16384 * {"fault": 0, "statm": 0, "threads": 16}.get(kind, 1), (kind, mm)
    assert mm["faults"] == {"fork": 3, "exec": 2, "fault": 64}.get(kind, 0), (kind, mm)
    assert record["pairs"] == (64 if kind == "fault" else 1), record["pairs"]
    one = mm["anon"] * record["pairs"] if kind in ("fault", "statm") else \
        mm["percpu"] + mm["stack"] + mm["tables"]
    assert proof["held"] - proof["before"] == 4 * one, (kind, proof)
    assert proof["off_held"] == proof["after"] == proof["before"], (kind, proof)
    assert not any(map(any, (arm["disturbed"] for arm in record["arms"].values())))
    if kind == "fork":
        for ticks in (sorted(arm["ticks"]) for arm in record["arms"].values()):
            close = [t for t in ticks if abs(t - ticks[len(ticks) // 2]) < 150]
            assert len(close) >= 5, (record["kernel"], ticks)
assert made == 2 * 2 * 7, made
# Sixteen threads are the first one and fifteen more, to the byte.
for (kernel, boot, kind), bytes in slab.items():
    if kind == "threads":
        one, first = (slab[kernel, boot, k] for k in ("thread", "first-thread"))
        assert bytes == first + 15 * one, (kernel, bytes, first, one)
END
check "the child pays for each operation, and gets all of it back" \
	/usr/bin/python3 "$tmp/bytes" "$tmp/run.jsonl"

"$p" report "$tmp/run.jsonl" >"$tmp/text" 2>/dev/null
check "the table has the bytes" \
	grep -qE '^baseline +160 +16384 +[0-9]+ +[0-9]+ +[0-9]+$' "$tmp/text"
check "and says that there is no mm_cid" grep -q 'no mm_cid' "$tmp/text"

# Samples of a process in which pages are missing: its blocks of code are cut off.
profiled() {
	"$p" boot baseline -i profile -t 8c2n -b mm-life --rounds=1 \
		-o "$tmp/profile.jsonl" >/dev/null 2>"$tmp/err" ||
		{ cat "$tmp/err"; return 1; }
}
check "where the instructions are" profiled
share() {
	"$p" profile --parts --format=csv -b mm-life/fork "$tmp/profile.jsonl" |
		tee "$tmp/parts"
	awk -F, '$5 == "percpu" && $6 > 1000 { n++ } END { exit n != 1 }' "$tmp/parts"
}
check "and which of them are percpu's" share
# pcpu_lock is taken for an allocation and for its free.
allocates_once() {
	"$p" profile -b mm-life/fork "$tmp/profile.jsonl" >"$tmp/fork"
	grep -qF '2.0 holds an operation' "$tmp/fork" || { cat "$tmp/fork"; return 1; }
}
check "a fork and an exit make one percpu allocation, and free it" allocates_once

check "compare" compares "$tmp/run.jsonl" mm-life/fork v1
check "gate finds what v1 adds to a fork" \
	gate_finds "$tmp/run.jsonl" 'mm-life/fork 0' v1
finish
