#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# How far RSS can be off: the kernel's own bound is reached and not exceeded, and a
# wrong one is found.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

p=$pcpubench
kernel-patches/build-kernel baseline >/dev/null || exit 1

check "no such bound" fails 2 "bound '31*cpu': give kernel" \
	"$p" selftest --rss='31*cpu' baseline
check "one test at a time" fails 2 "two tests" \
	"$p" selftest --rss=kernel --kselftest=cgroup baseline

# says BOUND STATUS PATTERN...: the test of this bound has a line for each.
says() {
	local bound=$1 status=$2 pattern
	shift 2
	"$p" selftest --rss="$bound" -t 4c2n baseline >"$tmp/out" 2>/dev/null
	[ "$?" = "$status" ] || { cat "$tmp/out"; return 1; }
	for pattern in "$@"; do
		grep -q "^    $pattern" "$tmp/out" || { cat "$tmp/out"; return 1; }
	done
}
# A CPU keeps up to 31 pages, and statm has them.
check "a CPU keeps one page less than its batch" says kernel 0 \
	'ok 1 - .*: stat off by 124, statm by 0 of at most 124 pages$' \
	'ok 2 - .*: stat off by 124, statm by 0 ' 'ok 3 - ' 'ok 4 - ' \
	'ok 5 - ' 'ok 6 - ' 'ok 7 - the bound on 4 CPUs is reached: 124 of 124 pages'
check "a bound that is too low is exceeded" says '30*cpus' 1 \
	'not ok 1 - .*: stat off by 124, statm by 0 of at most 120 pages$' \
	'not ok 2 - ' 'not ok 7 - '
check "a bound that is too high is not reached" says '64*nodes' 1 \
	'ok 1 - ' 'ok 2 - ' 'ok 3 - ' 'ok 4 - ' 'ok 5 - ' 'ok 6 - ' \
	'not ok 7 - .*: 124 of 128 pages'
finish
