#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The bench of percpu_counters, from the command line to the tables.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

p=$pcpubench
kernel-patches/build-kernel baseline nokmem d >/dev/null || exit 1

check "there are no sizes" fails 2 "percpu-counter has none" \
	"$p" boot baseline --bench=percpu-counter --sizes=4
check "unknown operation" fails 2 "did you mean 'percpu-counter/destroy'?" \
	"$p" boot baseline --bench=percpu-counter/destroi

check "two boots of two kernels, and of the control" \
	"$p" sweep --again -t 4c1n,8c2n -b percpu-counter --boots=2 \
	-o "$tmp/run.jsonl" baseline d nokmem
"$p" report --format=csv "$tmp/run.jsonl" >"$tmp/csv"
valid() {
	[ "$(alike "$tmp/csv" baseline) $(alike "$tmp/csv" d)" = "14 14" ] || { cat "$tmp/csv"; return 1; }
}
check "each operation is a cell, and both boots count the same" valid
check "nokmem charges nothing, so it has no number" \
	[ "$(awk -F, '$1 == "nokmem" && $12 == 0' "$tmp/csv" | wc -l)" = 14 ]

# 4 bytes a counter: N copies, and 2 of obj_exts.
cat >"$tmp/bytes" <<'END'
import json
import sys

seen = 0
for record in map(json.loads, open(sys.argv[1], encoding="utf-8")):
    if record["type"] != "cell" or record["kernel"] == "nokmem":
        continue
    proof, cpus = record["proof"], int(record["topology"].split("c")[0])
    counters = 4 if record["bench"].endswith("-many") else 1
    assert proof["held"] - proof["before"] == 4 * counters * (cpus + 2), record
    assert proof["off_held"] == proof["after"] == proof["before"], record
    assert proof["wrong_sums"] == 0, record
    seen += 1
assert seen == 2 * 2 * 2 * 7, seen
END
check "counters are charged, given back, and have the sum that was added" \
	/usr/bin/python3 "$tmp/bytes" "$tmp/run.jsonl"

# off KIND TOPOLOGY
off() {
	awk -F, -v b="percpu-counter/$1" -v t="$2" \
		'$1 == "baseline" && $2 == t && $4 == b { print $6 }' "$tmp/csv"
}
# Only one CPU is online, but 8 are walked; the cost of an add knows nothing of
# CPUs.
walks() {
	local four eight
	four=$(off sum 4c1n) eight=$(off sum 8c2n)
	echo "sum: $four and $eight; add: $(off add 4c1n) and $(off add 8c2n)"
	[ $((eight - four)) -gt $((4 * 20)) ] &&
		[ "$(off add 4c1n)" = "$(off add 8c2n)" ] &&
		[ "$(off flush 4c1n)" -gt "$(off add 4c1n)" ]
}
check "a sum walks all CPUs, an add none" walks
free() {
	awk -F, '$4 ~ /(add|flush|sum)$/ && $12 == 1 && $8 != 0 { bad = 1 }
		$1 == "baseline" && $4 ~ /(init|destroy)/ && $8 > 100 { n++ }
		END { exit bad || n != 8 }' "$tmp/csv" || { cat "$tmp/csv"; return 1; }
}
check "accounting is paid by init and destroy alone" free

check "compare" compares "$tmp/run.jsonl" percpu-counter/init
check "gate finds what d adds to init" \
	gate_finds "$tmp/run.jsonl" 'percpu-counter/init 4'

# The functions of the watched boot add up to what the other boots counted.
profiled() {
	boot_to profile baseline -t 8c2n -i profile -b percpu-counter/init-many &&
		"$p" profile --format=csv "$tmp/profile.jsonl" >"$tmp/parts" &&
		"$p" report --format=csv "$tmp/profile.jsonl" |
			awk -F, -v off="$(off init-many 8c2n)" \
				'$4 ~ /init-many$/ && $6 == off { n++ }
				END { exit n != 1 }' &&
		grep 'percpu_counter_init_many' "$tmp/parts"
}
check "profile has the counter's own functions, and the same count" profiled
finish
