#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# mm_cid on kernels that have it, CONFIG=rseq, and the series cid-late: tasks of an mm
# that run at once have different cids; a fork of cid-late makes an allocation fewer,
# the first thread one more; and kernels that give a cid to two tasks are found.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

export CONFIG=rseq
p=$pcpubench
versions="6.12 7.3"
# Of a first thread: 7.3 allocates the process's hash of futexes then, too.
declare -A first_thread=([6.12]=0 [7.3]=1)

# Cells of two boots, valid, and the same in both; the same bytes are charged.
counts_alike() {
	KERNEL=$1 "$p" sweep --again -t 8c2n -b mm-life --boots=2 \
		-o "$tmp/$1.jsonl" baseline cid-late >"$tmp/out" 2>&1 ||
		{ cat "$tmp/out"; return 1; }
	KERNEL=$1 "$p" report --format=csv "$tmp/$1.jsonl" >"$tmp/$1.csv"
	if [ "$(alike "$tmp/$1.csv" baseline) $(alike "$tmp/$1.csv" cid-late)" != "7 7" ]; then
		cat "$tmp/$1.csv"
		return 1
	fi
	[ "$(grep -o '"percpu":[0-9]*' "$tmp/$1.jsonl" | sort -u | wc -l)" = 2 ]
}

# holds VERSION SERIES OPERATION N: how often it takes pcpu_lock: for each area that
# it allocates, and each that it frees.
holds() {
	KERNEL=$1 "$p" boot "$2" -i profile -t 8c2n -b "mm-life/$3" --rounds=1 \
		-o "$tmp/profile" >/dev/null 2>"$tmp/err" ||
		{ cat "$tmp/err"; return 1; }
	"$p" profile "$tmp/profile" >"$tmp/out"
	rm "$tmp/profile"
	grep -qF " $4.0 holds an operation" "$tmp/out" ||
		{ cat "$tmp/out"; return 1; }
}

# found VERSION WRONG WORDS
found() {
	! cids "$1" "tests/wrong/$2" >/dev/null && grep "^not ok.*$3" "$tmp/cids"
}

for version in $versions; do
	check "$version: cids of baseline" cids "$version" baseline
	check "$version: cids of cid-late" cids "$version" cid-late
	check "$version: valid and the same in two boots" counts_alike "$version"
	check "$version: a fork allocates twice" holds "$version" baseline fork 4
	check "$version: of cid-late, once" holds "$version" cid-late fork 2
	check "$version: no mm_cid in the first thread" holds "$version" \
		baseline first-thread "${first_thread[$version]}"
	check "$version: of cid-late, once" holds "$version" \
		cid-late first-thread "$((first_thread[$version] + 1))"
	check "$version: cid-late: accounting" self_test "$version" cid-late
done
check "the same cid for all tasks is found" \
	found 6.12 cid-same 'first threads of processes: two had the same'
check "a cid that is given out again is found" \
	found 6.12 cid-twice 'first threads of processes: two had the same'
check "... also on 7.3" \
	found 7.3 cid-twice-7.3 'first threads of processes: two had the same'
finish
