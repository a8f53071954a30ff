#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# percpu-contend on kernels that tell of contention: with tracepoints it is proved,
# and on a checked kernel with eight CPUs nothing is reported.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# proves GFP THREADS LOCK: the cell is valid, and waits for this lock were seen
proves() {
	local file=$tmp/$1-$2.jsonl

	CONFIG=distro "$pcpubench" boot baseline -t 4c1n --instrument=emulated \
		--bench=percpu-contend --gfp="$1" --threads="$2" --sizes=64 \
		--rounds=2 -o "$file" >"$tmp/out" || return
	grep '"type":"cell"' "$file"
	grep '"type":"cell"' "$file" | grep '"valid":true' |
		grep -qE "\"$3\":\\{\"waits\":[1-9]"
}
check "GFP_KERNEL, two tasks: waits for pcpu_alloc_mutex" proves kernel 2 mutex
check "GFP_NOWAIT, four tasks: waits for pcpu_lock" proves nowait 4 lock

silent() {
	CONFIG=debug build/guest/run build/guest/contend_init baseline 8c1n "" 8 \
		>"$tmp/tap"
	cat "$tmp/tap"
	! grep -q '^not ok' "$tmp/tap" && grep -q '^ok 50 ' "$tmp/tap"
}
check "KASAN and lockdep, eight CPUs: all works, and the log is silent" silent
finish
