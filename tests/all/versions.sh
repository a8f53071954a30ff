#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's other versions: each builds, and every size is valid and the same in
# two boots.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

counts_alike() {
	local file=$tmp/$1.jsonl

	KERNEL=$1 "$pcpubench" boot baseline --topology=80c2n --boots=2 --again \
		--sizes=4,64,1024,8192,32768 -o "$file" || return
	[ "$(grep '"type":"cell"' "$file" | grep -c '"valid":true')" = 10 ] &&
		[ "$(grep '"type":"cell"' "$file" | sed 's/"boot":[0-9]*//' |
			sort | uniq -c | grep -c '^ *2 ')" = 5 ]
}
module_works() {
	KERNEL=$1 build/guest/run build/guest/module_init baseline 16c2n \
		>"$tmp/module"
	grep '^not ok' "$tmp/module"
	! grep -q '^not ok' "$tmp/module" && grep -q '^ok 100 ' "$tmp/module"
}
for version in 6.1 7.2; do
	check "$version: valid and the same in two boots" counts_alike "$version"
	check "$version: the module works" module_works "$version"
done

# 6.1 sums the CPUs that are online, and counts RSS by tasks.
sum_refused() {
	KERNEL=6.1 "$pcpubench" boot baseline -t 8c2n -b percpu-counter \
		-o "$tmp/sum.jsonl" >"$tmp/sum" || return
	grep -q 'of 8, this kernel walks' "$tmp/sum" &&
		[ "$(grep -c '"valid":true' "$tmp/sum.jsonl")" = 6 ]
}
check "6.1: a sum of one online CPU is not taken for one of all" sum_refused
rss() {
	KERNEL=6.1 "$pcpubench" selftest --rss="$1" -t 4c1n baseline \
		>"$tmp/rss" 2>/dev/null
	if [ "$?" != "$2" ] || ! grep -q "$3" "$tmp/rss"; then
		cat "$tmp/rss"
		return 1
	fi
}
check "6.1: a task keeps 66 pages" rss kernel 0 'reached: 264 of 264 pages'
check "6.1: and not 64" rss '64*tasks' 1 'not ok 1 - .* off by 264, '
finish
