#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The newest kernel there is a series for, got from Debian's mirror: its module,
# its proof at every size, and that it counts alike in two boots.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
export KERNEL=7.3

# valid_and_alike FILE CELLS: the file has CELLS valid cells, each twice with
# equal samples.
valid_and_alike() {
	[ "$(grep '"type":"cell"' "$1" | grep -c '"valid":true')" = $((2 * $2)) ] &&
		[ "$(grep '"type":"cell"' "$1" | sed 's/"boot":[0-9]*//' | sort |
			uniq -c | grep -c '^ *2 ')" = "$2" ]
}
counts_alike() {
	"$pcpubench" boot baseline --topology="$1" --boots=2 --again \
		--sizes=4,64,256,1024,4096,8192,32768 -o "$tmp/$1.jsonl" &&
		valid_and_alike "$tmp/$1.jsonl" 7
}
for topology in 176c1n 80c2n 16c2n+6m; do
	check "$topology: every size is valid, and the same in two boots" \
		counts_alike "$topology"
done

module_works() {
	build/guest/run build/guest/module_init baseline 16c2n >"$tmp/module"
	grep '^not ok' "$tmp/module"
	! grep -q '^not ok' "$tmp/module" && grep -q '^ok 100 ' "$tmp/module"
}
check "the module does what it does on the other kernels" module_works
check "the self-test's totals are right" "$pcpubench" selftest baseline

# Here the last of them takes longer to go than in 6.12.
earlier_are_gone() {
	boot_to earlier baseline -t 4c2n -b memcg-life/percpu/mkdir \
		--generations=4 --rounds=1 &&
		grep '"type":"cell"' "$tmp/earlier.jsonl" | grep '"valid":true' &&
		return
	grep -o '"reason":"[^"]*"' "$tmp/earlier.jsonl"
	return 1
}
check "earlier cgroups are gone when the next one's life begins" earlier_are_gone

# 6.12 preempts in another way, which is not a patch's effect.
not_compared() {
	KERNEL=6.12 "$pcpubench" boot baseline --topology=16c2n --sizes=64 \
		-o "$tmp/6.12.jsonl" &&
		"$pcpubench" boot baseline --topology=16c2n --sizes=64 \
			-o "$tmp/7.3.jsonl" &&
		fails 2 'kernel config, PREEMPT_VOLUNTARY: y in OLD, not set in NEW' \
			"$pcpubench" compare "$tmp/6.12.jsonl" "$tmp/7.3.jsonl"
}
check "it is not compared with one of another preemption model" not_compared
finish
