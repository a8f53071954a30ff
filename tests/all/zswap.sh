#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# zswap on kernels that have it, CONFIG=zswap: the bench, and where the series
# zswap-node accounts compressed pages. With "checked" the latter on kernels that find
# wrong accesses and wrong locking, too.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

export CONFIG=zswap
p=$pcpubench

# Cells of two boots, valid, and the same in both.
counts_alike() {
	KERNEL=$1 "$p" sweep --again -t 4c2n,4c2n+1m -b zswap-life --boots=2 \
		-o "$tmp/$1.jsonl" baseline zswap-node >"$tmp/out" 2>&1 ||
		{ cat "$tmp/out"; return 1; }
	KERNEL=$1 "$p" report --format=csv "$tmp/$1.jsonl" >"$tmp/$1.csv"
	[ "$(alike "$tmp/$1.csv" baseline)" = 4 ] &&
		[ "$(alike "$tmp/$1.csv" zswap-node)" = 4 ] &&
		[ "$(grep -c '"nodes":true' "$tmp/$1.jsonl")" = 8 ]
}
# A pool without room refuses all pages: they go to the device, or stay.
refused() {
	KERNEL=$1 boot_to "refused-$1" baseline -t 2c1n -b zswap-life \
		--append=zswap.max_pool_percent=0 || return
	[ "$(grep -c '"valid":false.*not all 256 pages went to zswap' \
		"$tmp/refused-$1.jsonl")" = 2 ]
}

# Two thirds of each node are memory that can be moved. A checked kernel takes longer.
walk() {
	KERNEL=$2 build/guest/run build/guest/zswap_init "$1" 4c2n+1m \
		movablecore=768M 0 1152 3600 >"$tmp/walk"
}
agrees() {
	walk zswap-node "$1" && ! grep '^not ok' "$tmp/walk" &&
		grep -q 'on two nodes' "$tmp/walk"
}
# found VERSION WRONG WHEN: a node's row is wrong then, while all bytes are right.
found() {
	local wrong=tests/wrong/$2

	[ "$1" = 6.12 ] || wrong=$wrong-$1
	walk "$wrong" "$1"
	grep "^not ok.*$3: owner [0-9], node [0-9]*: [0-9-]* instead of" \
		"$tmp/walk" && ! grep '^not ok.*and all of the owner' "$tmp/walk"
}
if [ "${1:-}" = checked ]; then
	export CONFIG=zswap+debug
	for version in 6.12 7.3; do
		check "$version, checked: each node's row is right, a clean log" \
			agrees "$version"
	done
	finish
fi
for version in 6.12 7.3; do
	check "$version: valid and the same in two boots" counts_alike "$version"
	check "$version: pages that zswap refuses are no number" refused "$version"
	check "$version: each node's row is what lies there, wherever it is moved" \
		agrees "$version"
	# 7.3 stores a page on one node, so an object is on two when one has moved.
	when='all are out'
	[ "$version" = 6.12 ] || when='after their pages went to other nodes'
	check "$version: an object that is accounted where it begins is found" \
		found "$version" zswap-first "$when"
	check "$version: an end that does not follow its page is found" \
		found "$version" zswap-tail 'after their pages went to other nodes'
	check "$version: an account that stays when objects are moved is found" \
		found "$version" zswap-packed 'after objects were moved together'
	check "$version: one that stays when pages go to other nodes is found" \
		found "$version" zswap-stays 'after their pages went to other nodes'
done
finish
