#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A sweep of 10 000 boots within bounded memory, its results computed.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# KiB, twice what is told in docs/sweep.md: all of it counts, the libraries too.
bounded() {
	(ulimit -v 1500000 && "$@")
}

plan() {
	bounded "$pcpubench" sweep baseline d --cpus=1..1000 --boots=5 --sizes=64 \
		--dry-run | grep -q '^10000 of 10000 boots to run'
}

# The third shard ended with its node, 1000 boots before the others.
shards() {
	local shard
	for shard in 1 2 3 4; do
		tests/scale_data.py --kernels=10 --topologies=1000 --sizes=1 \
			--sweep --shard="$shard"/4 \
			"$([ "$shard" = 3 ] && echo --lost=1500-2499 || echo --lost=)" \
			>"$tmp/$shard.jsonl" || return 1
	done
}

merge() {
	bounded "$pcpubench" merge --output="$tmp/all.jsonl" "$tmp"/[1-4].jsonl \
		2>"$tmp/err" >"$tmp/out" || { cat "$tmp/err"; return 1; }
	grep -q '^1000 of 10000 wanted boots are missing: k0 609c2n, ' "$tmp/err" ||
		{ cat "$tmp/err"; return 1; }
}

report() {
	bounded "$pcpubench" report --format=csv "$tmp/all.jsonl" >"$tmp/csv" &&
		[ "$(grep -c ',1$' "$tmp/csv")" = 9000 ]
}

check "10 000 boots are planned" plan
check "their results are written in four shards, one of them cut short" shards
check "merge says which boots are missing" merge
check "all that are there are reported" report
finish
