#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The bench of a cgroup's life finds kernels that are wrong when a cgroup comes or goes.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# found WRONG REASON: no number of it is valid, and that is why.
found() {
	local name=$1-$KERNEL

	boot_to "$name" "tests/wrong/$1" -t 4c2n -b memcg-life/both/mkdir \
		--rounds=1 || return
	! grep '"valid":true' "$tmp/$name.jsonl" &&
		grep -q "\"valid\":false.*$2" "$tmp/$name.jsonl"
}
check "percpu statistics of a removed cgroup that stay are found" \
	found life-kept 'the charge is wrong: [0-9]* of [0-9]* B'
check "statistics of nodes that nobody is charged for are found" \
	found life-free \
	"statistics are charged 2056 B and take 4120 B"
export KERNEL=7.3
check "... also on 7.3, where a node's take more" \
	found life-free "statistics are charged 2056 B and take 6168 B"
going() {
	! self_test 7.3 --case=while tests/wrong/going-7.3 && grep -q \
		'not ok [0-9]* - allocated while the cgroup is removed: total' \
		"$tmp/out"
}
check "7.3: nobody charged for what comes while the cgroup is removed" going
finish
