#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Kernels on which a cgroup comes and goes in another way: objcg-node is right, and those
# that are wrong are found, by the self-test or by the bench of a cgroup's life.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# Of two boots, each operation; and an owner for each of two nodes.
counts_alike() {
	"$pcpubench" sweep --again -t 4c2n -b memcg-life/both --boots=2 \
		-o "$tmp/node.jsonl" objcg-node >"$tmp/node" 2>&1 ||
		{ cat "$tmp/node"; return 1; }
	"$pcpubench" report --format=csv "$tmp/node.jsonl" >"$tmp/node.csv"
	[ "$(alike "$tmp/node.csv" objcg-node)" = 8 ] &&
		[ "$(grep -c '"objcgs":256,.*"nr_objcgs":2' "$tmp/node.jsonl")" = 2 ]
}
check "objcg-node: valid and the same in two boots, two owners" counts_alike
# The second node has 128 B more, and 8 B of each of four CPUs.
dearer_in_bytes() {
	KERNEL=6.12 "$pcpubench" bisect baseline objcg-node --quantity=bytes \
		--cell=4c2n,memcg-life/none/mkdir,0 \
		-o "$tmp/bisect.jsonl" >"$tmp/bisect" 2>&1
	grep '^objcg-node@1 .*, +160: BAD$' "$tmp/bisect" ||
		{ cat "$tmp/bisect"; return 1; }
}
check "bisect finds a patch by the bytes that it takes" dearer_in_bytes
check "objcg-node: right while and after cgroups are removed" \
	self_test 6.12 --case=removed objcg-node
given_in_part() {
	! self_test 6.12 --case=while tests/wrong/objcg-first && grep -q \
		'not ok [0-9]* - allocated while the cgroup is removed: total' \
		"$tmp/out"
}
check "owners of other nodes that the parent is not given are found" given_in_part

# found WRONG REASON: no number of it is valid, and that is why.
found() {
	local name=$1-$KERNEL

	boot_to "$name" "tests/wrong/$1" -t 4c2n -b memcg-life/both/mkdir \
		--rounds=1 || return
	! grep '"valid":true' "$tmp/$name.jsonl" &&
		grep -q "\"valid\":false.*$2" "$tmp/$name.jsonl"
}
check "percpu statistics of a removed cgroup that stay are found" \
	found life-kept 'the charge is wrong: [0-9]* of [0-9]* B'
check "statistics of nodes that nobody is charged for are found" \
	found life-free \
	"statistics are charged 2056 B and take 4120 B"
export KERNEL=7.3
check "... also on 7.3, where a node's take more" \
	found life-free "statistics are charged 2056 B and take 6168 B"

# Where a kernel has slabinfo, it is a second account of all slab objects.
accounted() {
	CONFIG=slabinfo boot_to "account-$KERNEL" baseline -t 4c2n \
		-b memcg-life/none/mkdir --rounds=1 --beside=100 || return
	grep '"valid":true' "$tmp/account-$KERNEL.jsonl" | grep -q '"caches":{' && return
	grep -o '"reason":"[^"]*"' "$tmp/account-$KERNEL.jsonl"
	return 1
}
for KERNEL in 6.12 7.3; do
	check "$KERNEL: slab caches have what the structures take" accounted
done
more() {
	CONFIG=slabinfo KERNEL=6.12 boot_to more tests/wrong/life-more -t 4c2n \
		-b memcg-life/none/mkdir --rounds=1 --beside=100 || return
	awk 'match($0, /caches have [0-9]+ B for a cgroup.*take [0-9]+ B/) {
			split(substr($0, RSTART), w, " ")
			print w[3] - w[12]
			found = w[3] - w[12] == 64 }
		END { exit !found }' "$tmp/more.jsonl"
}
check "64 bytes that no structure has are found" more
going() {
	! self_test 7.3 --case=while tests/wrong/going-7.3 && grep -q \
		'not ok [0-9]* - allocated while the cgroup is removed: total' \
		"$tmp/out"
}
check "7.3: nobody charged for what comes while the cgroup is removed" going
finish
