#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Guests like their host: with emulated CPUs in place of KVM's, all else is the same.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

p=$pcpubench
check "guests like this machine take no other topology" fails 2 "leave out" \
	"$p" boot baseline --instrument=emulated --bench=percpu-contend --real -t 4c1n
check "... are not counted" fails 2 "one vCPU" "$p" boot baseline --real
check "... and run one at a time" fails 2 "leave out --jobs" "$p" sweep baseline \
	--instrument=emulated --bench=percpu-contend --real --jobs=2

# Without KVM nothing is built: no folder of this cache is made.
needs_kvm() {
	local code

	XDG_CACHE_HOME=$tmp/cache make -s bench-kvm SIZES=64 >"$tmp/out" 2>&1
	code=$?
	cat "$tmp/out"
	[ "$code" = 2 ] && [ "$(grep -vc '^make' "$tmp/out")" = 1 ] &&
		grep -q "instrument time needs KVM" "$tmp/out" &&
		[ ! -e "$tmp/cache/pcpubench/kernels" ]
}
if ! "$p" doctor | grep -q '^kvm *ok'; then
	check "make bench-kvm: one sentence says what is missing" needs_kvm
fi

# Node 0 twice: a host of two nodes. QEMU's threads and memory are looked at while the
# guest measures.
cat >"$tmp/two-nodes" <<'END'
mount -t tmpfs none /sys/devices/system/node || exit
mkdir /sys/devices/system/node/node0
echo 0,0 >/sys/devices/system/node/has_memory
echo 0-1 >/sys/devices/system/node/node0/cpulist
"$1" boot baseline --instrument=emulated --bench=percpu-contend --sizes=64 --real \
	--threads=1 --rounds=2 -o "$2/real.jsonl" >"$2/real.txt" 2>&1 &
until qemu=$(pgrep -P $! qemu-system) && grep -q qemu-system "/proc/$qemu/cmdline" &&
	[ "$(cat "/proc/$qemu"/task/*/comm | grep -c ^CPU)" = 4 ]; do
	kill -0 $! || { cat "$2/real.txt"; exit 1; }
	sleep .1
done
sleep 1
for task in /proc/"$qemu"/task/*; do
	echo "$(cat "$task/comm"): $(sed -n 's/^Cpus_allowed_list:\t//p' "$task/status")"
done | grep ^CPU | sort >"$2/bound"
python3 -c 'import os, sys; print("QEMU on CPU 1:", 1 in os.sched_getaffinity(int(sys.argv[1])))' \
	"$qemu" >>"$2/bound"
grep -c bind:0 "/proc/$qemu/numa_maps" >>"$2/bound"
wait $!
END
two_nodes() {
	unshare -m bash "$tmp/two-nodes" "$p" "$tmp" || { cat "$tmp/real.txt"; return 1; }
	diff - "$tmp/bound" <<-END
		CPU 0/TCG: 0
		CPU 1/TCG: 1
		CPU 2/TCG: 0
		CPU 3/TCG: 1
		QEMU on CPU 1: False
		2
	END
}
records() {
	grep -o "^{.*\"type\":\"boot\".*" "$tmp/real.jsonl" | python3 -c '
import json, sys
b = json.loads(sys.stdin.readline())
print(b)
g = b["guest"]
sys.exit(not (b["topology"] == "4c2n" and b["status"] == "ok" and
              b["cpu"] == 1 and " --cpu=3" in b["cmdline"] and
              b["host_cpus"] == [0, 1, 0, 1] and b["host_nodes"] == [0, 0] and
              g["online_cpus"] == 4 and g["memory_nodes"] == 2))'
}
if [ "$(id -u)" = 0 ] && [ "$(nproc)" -gt 1 ] && [ -e /sys/devices/system/node/node0 ] &&
	unshare -m true 2>/dev/null; then
	check "a guest of two nodes: each vCPU and each node's memory is bound" two_nodes
	check "... all CPUs are online, the last is measured, and the record has what they were bound to" \
		records
	check "the table says that the figures mean nothing" \
		grep -q "4c2n, percpu-contend, emulated: the figures mean nothing" \
		"$tmp/real.txt"
fi

finish
