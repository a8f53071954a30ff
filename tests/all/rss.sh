#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The series that count the pages of an mm in another way, on both kernels: the
# bound of each is reached and not exceeded, accounting is right, and all of mm-life
# is proved and counted alike in two boots. A kernel that is wrong about it is found.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# As make counters has it.
export CONFIG=rseq
p=$pcpubench
# Version, series, its bound, the percpu bytes of a fork and of a first thread on 8
# CPUs.
series="6.12 rss-node 31*nodes 0 0
6.12 rss-dual kernel 0 160
6.12 rss-lazy kernel 160 0
6.12 rss-switch 31*cpus 0 0
7.3 rss-node 31*nodes 0 0
7.3 rss-dual kernel 0 160
7.3 rss-lazy kernel 160 0
7.3 rss-switch 31*cpus 0 0"

# shows COMMAND...: its output is of interest if it fails.
shows() {
	"$@" >"$tmp/out" 2>"$tmp/err" || { cat "$tmp/err" "$tmp/out"; return 1; }
}

bound_is() {
	local topology
	for topology in 1c1n 2c1n 4c2n 8c2n; do
		shows "$p" selftest --rss="$2" -t "$topology" "$1" || return
	done
}

# Boots that differ make a cell invalid.
lives() {
	"$p" sweep --again -t 8c2n -b mm-life --boots=2 -o "$tmp/$KERNEL-$1.jsonl" \
		"$1" >"$tmp/out" 2>"$tmp/err" || { cat "$tmp/err"; return 1; }
	"$p" report --format=csv "$tmp/$KERNEL-$1.jsonl" >"$tmp/csv"
	awk -F, 'NR > 1 { cells++; bad += $11 != 2 || $12 != 1 }
		END { exit !cells || bad }' "$tmp/csv" ||
		{ cat "$tmp/csv"; return 1; }
}

# percpu_of FILE KIND: bytes that the operation is charged.
percpu_of() {
	/usr/bin/python3 - "$@" <<'END'
import json
import sys

print(*{r["mm"]["percpu"] for r in map(json.loads, open(sys.argv[1], encoding="utf-8"))
        if r["type"] == "cell" and r["bench"] == "mm-life/" + sys.argv[2]})
END
}

takes() {
	local got
	got="$(percpu_of "$tmp/$KERNEL-$1.jsonl" fork) $(percpu_of "$tmp/$KERNEL-$1.jsonl" first-thread)"
	echo "$got"
	[ "$got" = "$2 $3" ]
}

while read -ru3 version name bound fork thread; do
	export KERNEL=$version
	is="$version: $name"
	check "$is: RSS" bound_is "$name" "$bound"
	check "$is: accounting" shows "$p" selftest "$name"
	check "$is: mm-life" lives "$name"
	check "$is: percpu memory" takes "$name" "$fork" "$thread"
done 3<<<"$series"

# A process that has no thread is counted exactly, also from outside.
exact_alone() {
	shows "$p" selftest --rss=kernel -t 4c2n rss-dual &&
		grep -q ' from outside, .*: stat off by 0, ' "$tmp/out"
}
check "rss-dual counts a process without threads exactly" exact_alone

# What one mm did not use up is another's, and both end with a wrong sum.
KERNEL=6.12
"$p" selftest --rss='31*cpus' -t 4c2n tests/wrong/rss-carried >"$tmp/out" 2>"$tmp/err"
check "pages that go along to the next mm: exit code 1" [ "$?" = 1 ]
check "pages that go along to the next mm: found" grep -q 'Bad rss-counter' "$tmp/out"

finish
