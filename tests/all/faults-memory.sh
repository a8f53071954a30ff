#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Memory runs out, at each allocation of a report in turn, and at many of other commands:
# none crashes, and none ends as if nothing had been lost.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/faults.sh
. tests/faults.sh
# shellcheck source=tests/kernel.sh
. tests/kernel.sh

data=tests/unit/data/metal.jsonl
bench=results/reference/bench-6.12.jsonl
check "report" short_of_memory 1 "$pcpubench" report $data
for format in csv json md; do
	check "report --format=$format" short_of_memory 10 \
		"$pcpubench" report --format=$format $data
done
check "compare" short_of_memory 211 "$pcpubench" compare $bench:baseline :d
check "gate, of a regression" short_of_memory 211 "$pcpubench" gate $bench:baseline :d
check "gate, of none" short_of_memory 211 \
	"$pcpubench" gate --allow=1000 $bench:baseline :d
check "profile" short_of_memory 1009 \
	"$pcpubench" profile results/reference/bpf-profile-6.12.jsonl
check "fit" short_of_memory 1009 "$pcpubench" fit results/reference/depth-6.12.jsonl
# The allocations of GSL, each in turn: it goes its own way where it fails. With so many
# boots their halves are drawn by chance.
(cd "$tmp" && PYTHONPATH=$OLDPWD/tests/e2e python3 -c '
import gate_data as g
for seed in 1, 2:
    g.make_data.write("boots-%d" % seed, g.timed("boots", 14, seed))')
export NO_MEMORY_IN=libgsl
check "fit, GSL" short_of_memory 5003 "$pcpubench" fit results/reference/depth-6.12.jsonl
check "compare, GSL" short_of_memory 1 "$pcpubench" compare "$tmp"/boots-{1,2}.jsonl
check "contention, GSL" short_of_memory 1 \
	"$pcpubench" contention results/reference/contention-6.12.jsonl
unset NO_MEMORY_IN
check "contention" short_of_memory 1009 \
	"$pcpubench" contention results/reference/contention-6.12.jsonl
check "lkml" short_of_memory 2003 "$pcpubench" lkml $bench

# The kernel's OOM killer, in a cgroup with less than a guest needs.
# memory_group: make $group, whose file $limit bounds it; of version 1 or 2.
memory_group() {
	local root name

	for root in /sys/fs/cgroup/memory /sys/fs/cgroup; do
		group=$root/pcpubench-test-$$
		mkdir "$group" 2>/dev/null || continue
		for name in memory.limit_in_bytes memory.max; do
			limit=$group/$name
			[ ! -f "$limit" ] || return 0
		done
		rmdir "$group"
	done
	return 1
}
trap 'rmdir "$group" 2>/dev/null; rm -rf "$tmp"' EXIT
# killed_for_memory MIB: the boot is recorded as failed, with the reason.
killed_for_memory() {
	echo $(($1 << 20)) >"$limit" || return
	(echo "$BASHPID" >"$group/cgroup.procs"
	 exec "$pcpubench" boot baseline -t 1c1n --sizes=64 --again -o "$tmp/oom-$1.jsonl") \
		>"$tmp/out" 2>"$tmp/err"
	[ "$?" = 1 ] && grep 'killed by signal 9: .*for lack of memory' "$tmp/err" &&
		grep -q '"type":"boot".*"status":"failed"' "$tmp/oom-$1.jsonl" &&
		! grep '"type":"cell"' "$tmp/oom-$1.jsonl"
}
if memory_group; then
	kernel-patches/build-kernel baseline >/dev/null
	check "QEMU is killed by the OOM killer" killed_for_memory 40
else
	skip "QEMU is killed by the OOM killer" "no memory controller to write to"
fi
cat "$tmp/told"
finish
