#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# mutex-late and magazine on both kernels: the self-test passes on them and on
# variants with them, also on checked kernels; a pair takes no mutex, or needs no
# chunk; the self-test finds an area that lacks a page, one that is kept and
# charged, and one that is not cleared.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# calls FILE KERNEL FUNCTION: FUNCTION is in a pair of KERNEL.
calls() {
	"$pcpubench" profile --kernel="$2" --arm=off --format=folded "$1" |
		grep -qE "(^|;)$3[ ;]"
}

# Nothing can be called in a pair that was not measured.
saves() {
	local file=$tmp/$1.jsonl

	KERNEL=$1 "$pcpubench" sweep --instrument=profile --sizes=64 --again \
		--topologies=16c1n -o "$file" baseline "$2" \
		>"$tmp/out" 2>"$tmp/err" ||
		{ cat "$tmp/err"; return 1; }
	calls "$file" baseline "$3" && calls "$file" "$2" free_percpu &&
		! calls "$file" "$2" "$3"
}

for version in 6.12 7.3; do
	check "$version: mutex-late, alone and with others" self_test "$version" \
		mutex-late hoist-mutex-late a-mutex-late d-mutex-late
	check "$version: the same on checked kernels" self_test "$version" \
		--config=debug --topology=16c2n-1m+6m mutex-late d-mutex-late
	check "$version: a pair of mutex-late takes no mutex" \
		saves "$version" mutex-late mutex_lock_killable
	check "$version: magazine, alone and with others" self_test "$version" \
		magazine a-magazine d-magazine
	check "$version: magazine on checked kernels" self_test "$version" \
		--config=debug --topology=16c2n-1m+6m magazine d-magazine
	check "$version: a pair of magazine needs no chunk" \
		saves "$version" magazine pcpu_alloc_area
done

KERNEL=6.12 "$pcpubench" selftest tests/wrong/first-page \
	>"$tmp/out" 2>"$tmp/err"
check "an area that lacks a page: exit code 1" [ "$?" = 1 ]
check "an area that lacks a page: found" \
	grep -q '# BUG: unable to handle page fault' "$tmp/out"

# finds SERIES WORDS: the self-test fails on SERIES and says so
finds() {
	KERNEL=6.12 "$pcpubench" selftest "tests/wrong/$1" >"$tmp/out" \
		2>"$tmp/err"
	[ "$?" = 1 ] && grep -q "$2" "$tmp/out"
}
check "what is kept stays charged: found" finds kept '^    not ok'
check "what is kept is not cleared: found" finds uncleared 'is not cleared'
finish
