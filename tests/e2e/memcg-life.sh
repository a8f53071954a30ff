#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The life of a memory cgroup, from the command line to the table.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

p=$pcpubench
kernel-patches/build-kernel baseline nokmem >/dev/null || exit 1

check "there are no sizes" fails 2 "memcg-life has none" \
	"$p" boot baseline --bench=memcg-life --sizes=64
check "unknown operation" fails 2 "did you mean 'memcg-life/slab/settle'?" \
	"$p" boot baseline --bench=memcg-life/slab/setle
check "what holds no objects frees none" fails 2 "there is no 'free'" \
	"$p" boot baseline --bench=memcg-life/none/free
check "no times" fails 2 "only where instructions are counted: use insn" \
	"$p" boot baseline -i time --bench=memcg-life
check "no profile of what takes turns" fails 2 "not by profile" \
	"$p" boot baseline -i profile --bench=memcg-life

# life NAME WORD...: lives of both kinds of objects, in NAME.jsonl and NAME.csv
life() {
	local name=$1
	shift
	"$p" sweep --again -t 4c2n -b memcg-life/both --rounds=3 "$@" \
		-o "$tmp/$name.jsonl" &&
		"$p" report --format=csv "$tmp/$name.jsonl" >"$tmp/$name.csv"
}
check "two boots of a kernel, and of the control" \
	life one --boots=2 baseline nokmem
valid() {
	[ "$(alike "$tmp/one.csv" baseline)" = 8 ] ||
		{ cat "$tmp/one.csv"; return 1; }
}
check "each operation is a cell, and both boots count the same" valid
check "nokmem charges nothing, so it has no number" \
	[ "$(awk -F, '$1 == "nokmem" && $12 == 0' "$tmp/one.csv" | wc -l)" = 8 ]

check "many objects, of a cgroup three levels below, after others in it" \
	life many --objects=300 --depth=3 --generations=4 baseline

check "a cgroup beside 20 others" "$p" sweep --again -t 16c8n \
	-b memcg-life/none/mkdir --rounds=1 --beside=20 -o "$tmp/beside.jsonl" \
	baseline nokmem
# 20 are charged 20 times what one is. Each chunk has an array of 8 bytes for every 4
# of a copy, unless nothing is accounted.
cat >"$tmp/beside" <<'END'
import json
import sys

exts = {}
for record in map(json.loads, open(sys.argv[1], encoding="utf-8")):
    if record["type"] != "cell":
        continue
    exts[record["kernel"]] = record["exts"]
    if record["kernel"] == "nokmem":
        continue
    assert record["valid"], record
    beside, one = record["beside"], record["memcg"]
    assert beside["held"] == 20, beside
    for key in "percpu", "slab":
        assert beside[key] == 20 * one[key] > 0, record
one, none = exts["baseline"], exts["nokmem"]
assert one["arrays"] == one["chunks"] > 0, one
assert one["bytes"] == one["arrays"] * 2 * one["unit"] > 0, one
assert none["chunks"] > 0 and none["arrays"] == none["bytes"] == 0, none
END
check "all of them are charged alike, and each percpu chunk has one array" \
	/usr/bin/python3 "$tmp/beside" "$tmp/beside.jsonl"

# An object of 64 B on 4 CPUs is charged for two more; a slab object has its owner.
cat >"$tmp/bytes" <<'END'
import json
import sys

seen = 0
for name, objects in (("one", 1), ("many", 304)):
    for record in map(json.loads, open("%s/%s.jsonl" % (sys.argv[1], name),
                                       encoding="utf-8")):
        if record["type"] != "cell" or record["kernel"] == "nokmem":
            continue
        assert record["valid"], record
        proof = record["proof"]
        if "memcg" in record:
            taken = record["memcg"]["percpu"] + record["memcg"]["slab"]
            assert record["memcg"]["percpu"] % (4 + 2) == 0, record
            footprint = record["footprint"]
            for key in "percpu", "slab":
                assert footprint[key] == record["memcg"][key], record
            assert footprint["nr_nodes"] == 2, record
            # A node more has its own sums, in a slab object with an owner.
            assert footprint["slab"] % 8 == 0 and \
                footprint["structures"] > 1000, record
            # Of each node at least 64 words and bits, and an array of such.
            assert footprint["shrinkers"] >= 2 * (64 * 8 + 8 + 24), record
            assert footprint["objcgs"] >= 128 * footprint["nr_objcgs"], record
            assert footprint["references"] >= \
                4 * 8 * (1 + footprint["nr_objcgs"]), record
        assert proof["held"] - proof["before"] == proof["expected"] == \
            taken + objects * (64 * (4 + 2) + 64 + 8), record
        assert proof["off_held"] == proof["after"] == proof["before"], record
        assert proof["astray"] == 0, record
        seen += 1
assert seen == 3 * 8, seen
END
check "the parent pays, also when the cgroup is gone, and gets all of it back" \
	/usr/bin/python3 "$tmp/bytes" "$tmp"

# number FILE OPERATION FIELD
number() {
	awk -F, -v op="memcg-life/both/$2" -v f="$3" '$1 == "baseline" &&
		($4 == op || index($4, op " ")) { print $f }' "$tmp/$1.csv"
}
# An object that is charged to another owner later is not looked at then.
alone() {
	local few many
	few=$(number one rmdir 8)
	many=$(number many rmdir 8)
	echo "$few $many"
	awk -v few="$few" -v many="$many" \
		'BEGIN { exit !(few > 1000 && many < few * 1.2) }'
}
check "the removal does not look at objects" alone
# Instructions that come after the syscall are counted, and those of a tick are not.
follows() {
	local off on
	off=$(number one settle 6)
	on=$(number one settle 7)
	echo "$off $on"
	awk -v off="$off" -v on="$on" \
		'BEGIN { exit !(off > 20000 && on > off + 10000 && on < 300000) }'
}
check "workers free the cgroup, and more if it is a memory cgroup" follows
# The parts of a life are those of the whole, but for medians of each.
whole() {
	awk -F, '$1 == "baseline" && $4 !~ /whole/ { sum += $7 }
		$1 == "baseline" && $4 ~ /whole/ { all = $7 }
		END { print sum, all; d = sum / all
			exit !(d > .97 && d < 1.03) }' "$tmp/one.csv"
}
check "the parts add up to the whole" whole

"$p" report "$tmp/one.jsonl" >"$tmp/text" 2>/dev/null
check "the table has the bytes" \
	grep -qE '^baseline +[0-9]+ +[0-9]+$' "$tmp/text"
check "and those that are charged to nobody" \
	grep -qE '^baseline( +[0-9]+){6}$' "$tmp/text"
other_size() {
	sed 's/"footprint":{"percpu":\([0-9]*\),"slab":[0-9]*/"footprint":{"percpu":\1,"slab":8/' \
		"$tmp/one.jsonl" >"$tmp/other.jsonl" &&
		"$p" report "$tmp/other.jsonl" 2>/dev/null |
		tr -s ' \n' ' ' | grep -o 'charged [0-9]* B and take 8 B'
}
# v1 walks the pages of the new cgroup's statistics, on each CPU.
series=results/reference/footprint-series-7.3.jsonl
check "compare" compares "$series" memcg-life/none/mkdir v1
check "gate finds that a series makes mkdir dearer" \
	gate_finds "$series" '176c1n insn memcg-life/none/mkdir 0' v1
check "statistics that take more or less than is charged are found" other_size
finish
