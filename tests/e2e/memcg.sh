#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The bench of memory cgroups, from the command line to the table.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

p=$pcpubench
kernel-patches/build-kernel baseline nokmem d >/dev/null || exit 1

check "there are no sizes" fails 2 "memcg has none" \
	"$p" boot baseline --bench=memcg --sizes=64
check "unknown operation" fails 2 "did you mean 'memcg/rmdir'?" \
	"$p" boot baseline --bench=memcg/rmdr
check "no profile of what takes turns" fails 2 "not by profile" \
	"$p" boot baseline -i profile --bench=memcg

check "two boots of two kernels, and of the control" \
	"$p" sweep --again -t 8c2n -b memcg --boots=2 -o "$tmp/run.jsonl" \
	baseline d nokmem
"$p" report --format=csv "$tmp/run.jsonl" >"$tmp/csv"
# Boots that differ make a cell invalid.
valid() {
	local n
	n=$(awk -F, '($1 == "baseline" || $1 == "d") && $11 == 2 && $12 == 1' \
		"$tmp/csv" | wc -l)
	[ "$n" = 8 ] || { cat "$tmp/csv"; return 1; }
}
check "each operation is a cell, and both boots count the same" valid
check "nokmem charges nothing, so it has no number" \
	[ "$(awk -F, '$1 == "nokmem" && $12 == 0' "$tmp/csv" | wc -l)" = 4 ]

# What is charged for a memcg: whole bytes of 8 CPUs and of m, many times the
# same; d has 16 bytes more for each node.
cat >"$tmp/bytes" <<'END'
import json
import sys

percpu = {}
for record in map(json.loads, open(sys.argv[1], encoding="utf-8")):
    if record["type"] != "cell" or record["bench"] != "memcg/mkdir" or \
            record["kernel"] == "nokmem":
        continue
    memcg, proof = record["memcg"], record["proof"]
    assert memcg["held"] == 100 and memcg["slab"] > 1000, memcg
    assert proof["held"] - proof["before"] == 100 * memcg["percpu"], proof
    assert proof["off_held"] == proof["after"] == proof["before"], proof
    percpu[record["kernel"]] = memcg["percpu"]
assert percpu["baseline"] % (8 + 2) == 0, percpu
assert percpu["d"] - percpu["baseline"] == 2 * 16 * (8 + 2), percpu
END
check "the parent pays for each memcg, and gets all of it back" \
	/usr/bin/python3 "$tmp/bytes" "$tmp/run.jsonl"

"$p" report "$tmp/run.jsonl" >"$tmp/text" 2>/dev/null
check "the table has the bytes" \
	grep -qE '^baseline +[0-9]+ +[0-9]+$' "$tmp/text"
# A flush is in it, or its proof would not hold: reading costs more then.
flushes() {
	awk -F, '$1 == "baseline" && $4 ~ /stat$/ && $8 > 1000 { n++ }
		END { exit n != 2 }' "$tmp/csv" || { cat "$tmp/csv"; return 1; }
}
check "statistics that objects made pending are added up by the reader" flushes

check "compare" compares "$tmp/run.jsonl" memcg/mkdir
check "gate finds what d adds to mkdir" \
	gate_finds "$tmp/run.jsonl" 'memcg/mkdir 0'
finish
