#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The bench of slab objects, from the command line to the tables.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

p=$pcpubench
kernel-patches/build-kernel baseline nokmem d >/dev/null || exit 1

check "a size that is rounded up" fails 2 "slab-alloc takes multiples of 8" \
	"$p" boot baseline --bench=slab-alloc --sizes=12
check "a size that is no slab object's" fails 2 "from 8 to 8192" \
	"$p" boot baseline --bench=slab-alloc --sizes=16384
check "a cold batch" fails 2 "the kind slab-alloc/first" \
	"$p" boot baseline --bench=slab-alloc --shape=batch:64:cold
check "unknown operation" fails 2 "did you mean 'slab-alloc/kmalloc'?" \
	"$p" boot baseline --bench=slab-alloc/kmaloc

check "two boots of three kernels" \
	"$p" sweep --again -t 8c2n -b slab-alloc -s 64,8192 --boots=2 \
	-o "$tmp/run.jsonl" baseline nokmem d
"$p" report --format=csv "$tmp/run.jsonl" >"$tmp/csv"
valid() {
	[ "$(alike "$tmp/csv" baseline)" = 12 ] || { cat "$tmp/csv"; return 1; }
}
check "each kind and size is a cell, and both boots count the same" valid
check "nokmem charges nothing, so it has no number" \
	[ "$(awk -F, '$1 == "nokmem" && $12 == 0' "$tmp/csv" | wc -l)" = 12 ]

# 8 bytes an object are those of its owner.
cat >"$tmp/bytes" <<'END'
import json
import sys

seen = 0
for record in map(json.loads, open(sys.argv[1], encoding="utf-8")):
    if record["type"] != "cell" or record["kernel"] != "baseline":
        continue
    kind = record["bench"].split("/")[1]
    proof, nodes = record["proof"], record["proof_nodes"]
    objects = {"node": 2, "bulk": 16}.get(kind, 1)
    assert proof["held"] - proof["before"] == \
        objects * (record["param"] + 8), record
    assert kind in ("kmalloc", "root") or [node["node"] for node in nodes] == \
        ([0, 1] if kind == "node" else [0]), record
    for one in (proof, *nodes):
        assert one["off_held"] == one["after"] == one["before"], record
    assert sum(node["held"] - node["before"] for node in nodes) == \
        proof["held"] - proof["before"], record
    assert proof["fresh"] == 0, record
    seen += 1
assert seen == 2 * 2 * 6, seen
END
check "objects are charged to their node, and all comes back" \
	/usr/bin/python3 "$tmp/bytes" "$tmp/run.jsonl"

# number FIELD KIND SIZE: a column of the baseline's row
number() {
	awk -F, -v f="$1" -v b="slab-alloc/$2" -v s="$3" \
		'$1 == "baseline" && $4 == b && $5 == s { print $f }' "$tmp/csv"
}
# dearer KIND MORE: accounting costs it more than `alloc` by MORE or above
dearer() {
	awk -v kind="$(number 8 "$1" 64)" -v alloc="$(number 8 alloc 64)" \
		-v more="$2" 'BEGIN { print kind, alloc
			exit !(alloc > 0 && kind >= alloc + more) }'
}
check "the first object of a slab pays for its obj_exts, others do not" \
	dearer first 200
check "nodes in turn evict each other from the stock" dearer node 100
# The root pays nothing, but is looked at.
cheaper() {
	awk -v root="$(number 8 root 64)" -v child="$(number 8 kmalloc 64)" \
		-v root_off="$(number 6 root 64)" -v off="$(number 6 kmalloc 64)" \
		'BEGIN { print root, child, root_off, off
			exit !(root > 20 && root < child / 2 && root_off == off) }'
}
check "in the root's cgroup accounting costs less" cheaper
# What the root's task allocates must not be charged to the child.
root_pays() {
	sed '/slab-alloc.root/s/"off_held":[0-9]*/"off_held":999/' \
		"$tmp/run.jsonl" >"$tmp/pays.jsonl" &&
		"$p" report "$tmp/pays.jsonl" |
		grep "the unaccounted object was charged"
}
check "a charge of the root's task is found" root_pays
check "two owners of which one is the root" fails 2 "the root's memory cgroup" \
	"$p" boot baseline --bench=slab-alloc/root --owners=2

# changed FILE PYTHON: the records with each cell of d changed by PYTHON
changed() {
	/usr/bin/python3 - "$tmp/run.jsonl" "$2" >"$1" <<'END'
import json
import sys

for cell in map(json.loads, open(sys.argv[1], encoding="utf-8")):
    if cell["type"] == "cell" and cell["kernel"] == "d":
        exec(sys.argv[2])
    print(json.dumps(cell))
END
}
# A node's bytes elsewhere: in all the charge is right.
other_node() {
	changed "$tmp/other.jsonl" 'cell["proof_nodes"][0]["held"] += 72' &&
		"$p" report "$tmp/other.jsonl" |
		grep "d 64: node 0: the charge is wrong: 144 of 72 B"
}
check "a charge to another node is found" other_node
new_slab() {
	changed "$tmp/new.jsonl" 'cell["proof"]["fresh"] = 2' &&
		"$p" report "$tmp/new.jsonl" |
		grep "in 2 samples an object was the first of its slab"
}
check "a slab that is new in a sample is found" new_slab
lost_node() {
	sed 's/"proof_nodes":/"lost":/' "$tmp/run.jsonl" >"$tmp/lost.jsonl" &&
		"$p" report "$tmp/lost.jsonl" | grep "no node's charge is proved"
}
check "a cell without the proof of a node is invalid" lost_node

check "compare" compares "$tmp/run.jsonl" slab-alloc/alloc
# The page of a new slab is that of a list, which depends on what ran before.
nothing() {
	"$p" gate "$tmp/run.jsonl:baseline" :d >"$tmp/gate" 2>/dev/null
	grep '12 of 12 cells' "$tmp/gate" &&
		! grep -E 'slab-alloc/(alloc|node|bulk|kmalloc|root) ' "$tmp/gate"
}
check "gate finds nothing that d adds, but to new slabs" nothing
slower() {
	changed "$tmp/slow.jsonl" \
		'cell["arms"]["on"]["ticks"] = [t + 100 for t in cell["arms"]["on"]["ticks"]]' &&
		gate_finds "$tmp/slow.jsonl" 'slab-alloc/alloc 64'
}
check "gate finds what somebody adds" slower

check "two owners, and batches" \
	"$p" boot baseline -t 8c2n -b slab-alloc -s 64 --owners=2 \
	--shape=batch:100:random -o "$tmp/owners.jsonl"
check "each owner is proved" \
	[ "$(grep '"proof_other"' "$tmp/owners.jsonl" |
		grep -c '"valid":true')" = 5 ]

# The functions of the watched boot add up to what the other boots counted.
profiled() {
	boot_to profile baseline -t 8c2n -s 64 -i profile -b slab-alloc/node &&
		"$p" profile --format=csv "$tmp/profile.jsonl" >"$tmp/parts" &&
		"$p" report --format=csv "$tmp/profile.jsonl" |
			awk -F, -v off="$(number 6 node 64)" \
				'$4 ~ /node$/ && $6 == off { n++ }
				END { exit n != 1 }' &&
		grep 'mod_objcg_state' "$tmp/parts"
}
check "profile has the stock's functions, and the same count" profiled
# Many memory cgroups in one cache, and in one of each.
check "two boots of many owners" "$p" sweep --again -t 4c2n -s 64 --boots=2 \
	-b slab-share/shared/8 -o "$tmp/share.jsonl" baseline
check "and of a cache for each" "$p" sweep --again -t 4c2n -s 64 \
	-b slab-share/own/8 -o "$tmp/own.jsonl" baseline nokmem
"$p" report --format=csv "$tmp/share.jsonl" >"$tmp/share.csv"
check "both boots count the same" [ "$(alike "$tmp/share.csv" baseline)" = 1 ]
cat >"$tmp/full" <<'END'
import json
import sys

full = {}
for name in ("share", "own"):
    for cell in map(json.loads, open("%s/%s.jsonl" % (sys.argv[1], name),
                                     encoding="utf-8")):
        if cell["type"] != "cell" or cell["kernel"] == "nokmem":
            continue
        share, proof = cell["share"], cell["proof"]
        assert cell["valid"], cell
        assert share["owners"] == 8, share
        assert share["caches"] == (8 if name == "own" else 1), share
        assert proof["held"] - proof["before"] == \
            share["last_live"] // 64 * 72 > 0, cell
        assert proof["astray"] == 0 and proof["after"] == proof["before"], cell
        assert share["nr_inside"] == 0 and share["exts"] == \
            share["last_slabs"] // 64 * 8, share
        assert full.setdefault(name, share) == share, share
assert full["share"]["live"] == full["own"]["live"], full
assert full["share"]["slabs"] < full["own"]["slabs"], full
END
check "the same objects take more slabs in caches of each; obj_exts are right" \
	/usr/bin/python3 "$tmp/full" "$tmp"
"$p" report "$tmp/share.jsonl" >"$tmp/text"
check "the table says how full they are" \
	grep -A2 'objects, of all bytes of their slabs' "$tmp/text"
check "nokmem charges nothing, so it has no number" \
	[ "$(grep '"kernel":"nokmem"' "$tmp/own.jsonl" |
		grep -c '"valid":false')" = 1 ]
other_exts() {
	sed 's/"exts":\([0-9]*\)/"exts":8/' "$tmp/share.jsonl" >"$tmp/exts.jsonl" &&
		"$p" report "$tmp/exts.jsonl" 2>/dev/null |
		tr -s ' \n' ' ' | grep 'obj_exts take 8 B, and not'
}
check "obj_exts that take something else are found" other_exts
finish
