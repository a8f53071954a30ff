#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Slab objects on other kernels: Debian's other versions, and one that charges
# objects to the wrong node.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# valid FILE: how many cells are
valid() {
	grep '"type":"cell"' "$1" | grep -c '"valid":true'
}
counts_alike() {
	KERNEL=$1 "$pcpubench" sweep --again -t 8c2n -b slab-alloc -s 64,8192 \
		--boots=2 -o "$tmp/$1.jsonl" baseline >"$tmp/out" 2>&1 ||
		{ cat "$tmp/out"; return 1; }
	[ "$(valid "$tmp/$1.jsonl")" = 24 ] &&
		[ "$(grep '"type":"cell"' "$tmp/$1.jsonl" |
			sed 's/"boot":[0-9]*//' | sort | uniq -c |
			grep -c '^ *2 ')" = 12 ]
}
module_works() {
	KERNEL=$1 build/guest/run build/guest/slab_init baseline 8c2n \
		>"$tmp/module"
	! grep '^not ok' "$tmp/module" && grep -q '^ok 200 ' "$tmp/module"
}
for version in 6.1 7.2 7.3; do
	check "$version: valid and the same in two boots" counts_alike "$version"
	check "$version: the module works" module_works "$version"
done

# Where a kernel has slabinfo, it is a second account of slabs, objects and obj_exts.
has_slabinfo() {
	CONFIG=debug boot_to info baseline -t 2c1n -b slab-share/own/8 \
		-s 64,96,1000 --rounds=1 &&
		[ "$(grep '"valid":true' "$tmp/info.jsonl" |
			grep -c '"slabinfo":true')" = 3 ] && return
	grep -o '"reason":"[^"]*"' "$tmp/info.jsonl"
	return 1
}
check "slabinfo has the same slabs, objects and obj_exts" has_slabinfo
shares_alike() {
	KERNEL=$1 "$pcpubench" sweep --again -t 8c2n -b slab-share -s 64 \
		--boots=2 -o "$tmp/share-$1.jsonl" baseline >"$tmp/out" 2>&1 ||
		{ cat "$tmp/out"; return 1; }
	[ "$(valid "$tmp/share-$1.jsonl")" = 16 ] &&
		[ "$(grep '"type":"cell"' "$tmp/share-$1.jsonl" |
			sed 's/"boot":[0-9]*//' | sort | uniq -c |
			grep -c '^ *2 ')" = 8 ]
}
for version in 6.12 7.2 7.3; do
	check "$version: many owners, valid and the same in two boots" \
		shares_alike "$version"
done
untold() {
	KERNEL=6.1 boot_to untold baseline -t 2c1n -b slab-share/own/8 -s 64 ||
		return
	grep "this kernel's pages do not tell their slab cache" "$tmp/untold.jsonl"
}
check "6.1: no number of slabs that cannot be counted" untold

# It looks cheaper, as nodes do not evict each other, and in all its charge is
# right.
other_node() {
	boot_to wrong tests/wrong/slab-home -t 8c2n -b slab-alloc/node -s 64 &&
		grep '"valid":false' "$tmp/wrong.jsonl" |
		grep 'node 0: the charge is wrong: 144 of 72 B'
}
check "a charge to another node is found" other_node
finish
