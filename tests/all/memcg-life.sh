#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The bench of a cgroup's life finds kernels that are wrong when a cgroup comes or goes.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# found WRONG REASON: no number of it is valid, and that is why.
found() {
	boot_to "$1" "tests/wrong/$1" -t 4c2n -b memcg-life/both/mkdir --rounds=1 ||
		return
	! grep '"valid":true' "$tmp/$1.jsonl" &&
		grep -q "\"valid\":false.*$2" "$tmp/$1.jsonl"
}
check "percpu statistics of a removed cgroup that stay are found" \
	found life-kept 'the charge is wrong: [0-9]* of [0-9]* B'
check "statistics of nodes that nobody is charged for are found" \
	found life-free \
	"statistics are charged 2056 B and take 4120 B"
finish
