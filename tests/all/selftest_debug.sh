#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The self-test on checked kernels, which take longest to build. Without an argument
# on one of them; with "wrong" it must find faults that only a checked kernel reports;
# with "races" objects come and go while cgroups are removed, on six kernels; with
# "counters" all series that change the counters of an mm pass it.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# run NAME...: run the self-test on these kernels, with the output in $tmp/out.
run() {
	"$pcpubench" selftest --config="${config:-debug}" "$@" >"$tmp/out" 2>"$tmp/err"
	code=$?
}

# found PATTERN...: the output matches each of them.
found() {
	local pattern

	for pattern in "$@"; do
		if ! grep -qE -e "$pattern" "$tmp/out"; then
			echo "nothing like '$pattern' was said:"
			grep -v '^    ok' "$tmp/out"
			return 1
		fi
	done
}

if [ "${1:-}" = wrong ]; then
	run tests/wrong/sleeps
	check "sleep under pcpu_lock: exit code 1" [ "$code" = 1 ]
	check "sleep under pcpu_lock: found" found 'not ok .* nothing in the log' \
		'# BUG: sleeping function called from invalid context'
	run tests/wrong/beyond
	check "write past an array: exit code 1" [ "$code" = 1 ]
	check "write past an array: found" found 'not ok .* nothing in the log' \
		'# BUG: KASAN: .*-out-of-bounds'
	run tests/wrong/leaks
	check "memory leaked: exit code 1" [ "$code" = 1 ]
	check "memory leaked: found" found 'not ok .* no memory leaked: total' \
		'# kmemleak: unreferenced object'
	finish
fi

# Objects come and go while their cgroup is removed. What is left must be freed.
raced() {
	[ "$code" = 0 ] || { cat "$tmp/err"; grep -v '^    ok' "$tmp/out"; return 1; }
	found '^    ok .* - freed while the cgroup is removed: total$' \
		'^    ok .* - allocated while the cgroup is removed: total$' \
		'^    ok .* - slab objects, allocated while .* is removed: total$' \
		'^    ok .* - no memory leaked: total$' \
		'^    ok .* nothing in the log'
}
if [ "${1:-}" = races ]; then
	for version in 6.12 7.3; do
		for kernel in baseline v1 d; do
			KERNEL=$version run --case=while,leaked "$kernel"
			check "$version, checked: $kernel while cgroups are removed" \
				raced
		done
	done
	finish
fi

right() {
	[ "$code" = 0 ] && return
	cat "$tmp/err"
	grep -v '^    ok [0-9]* - [^#]*$' "$tmp/out"
	return 1
}

if [ "${1:-}" = counters ]; then
	for version in 6.12 7.3; do
		for kernel in rss-node rss-dual rss-lazy rss-switch mm-ctor cid-late; do
			config=rseq+debug KERNEL=$version run "$kernel"
			check "$version, checked: $kernel" right
		done
	done
	finish
fi

passes() {
	right && ! grep '# SKIP' "$tmp/out"
}
run --topology=16c2n-1m+6m d
check "d on a checked kernel: all pass, nothing skipped, a clean log" passes

finish
