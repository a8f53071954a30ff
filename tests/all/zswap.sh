#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The bench of zswap on kernels that have it: CONFIG=zswap.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

export CONFIG=zswap
p=$pcpubench

# Cells of two boots, valid, and the same in both.
counts_alike() {
	KERNEL=$1 "$p" sweep --again -t 4c2n,4c2n+1m -b zswap-life --boots=2 \
		-o "$tmp/$1.jsonl" baseline >"$tmp/out" 2>&1 ||
		{ cat "$tmp/out"; return 1; }
	KERNEL=$1 "$p" report --format=csv "$tmp/$1.jsonl" >"$tmp/$1.csv"
	[ "$(alike "$tmp/$1.csv" baseline)" = 4 ]
}
# A pool without room refuses all pages: they go to the device, or stay.
refused() {
	KERNEL=$1 boot_to "refused-$1" baseline -t 2c1n -b zswap-life \
		--append=zswap.max_pool_percent=0 || return
	[ "$(grep -c '"valid":false.*not all 256 pages went to zswap' \
		"$tmp/refused-$1.jsonl")" = 2 ]
}
for version in 6.12 7.3; do
	check "$version: valid and the same in two boots" counts_alike "$version"
	check "$version: pages that zswap refuses are no number" refused "$version"
done
finish
