#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Boots end to end: exact repetition, and every way a boot can go wrong.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

boot() {
	"$pcpubench" boot "$@"
}

# Each cell of two boots occurs twice, without the boot's number.
cells_are_identical() {
	local file=$tmp/twice.jsonl

	boot baseline --topology=80c2n --boots=2 --again --sizes=64,1024 -o "$file" || return
	[ "$(grep -c '"type":"cell"' "$file")" = 4 ] &&
		[ "$(grep '"type":"cell"' "$file" | sed 's/"boot":[0-9]*//' |
			sort | uniq -c | grep -c '^ *2 ')" = 2 ]
}
check "two boots give identical cells, sample by sample" cells_are_identical

comes_up_as_asked() {
	local file=$tmp/$1.jsonl

	boot baseline --topology="$1" --sizes=64 -o "$file" &&
		grep '"type":"boot"' "$file" | grep -q "\"possible_cpus\":$2,"
}
for topology in 1c1n 3c3n 16c2n+6m 16c2n-1m 16c2n-2m+1m 254c1n; do
	check "$topology boots and is checked" comes_up_as_asked "$topology" \
		"${topology%%c*}"
done

knows_its_nodes() {
	grep '"type":"boot"' "$tmp/16c2n-$1.jsonl" | grep -q "$2"
}
check "an empty node is in the record" knows_its_nodes 1m \
	'"nodes":2,"cpu_nodes":2,"empty_nodes":1,"memory_nodes":1,'
check "and two, and a memory-only one" knows_its_nodes 2m+1m \
	'"nodes":3,"cpu_nodes":2,"empty_nodes":2,"memory_nodes":1,'

# One CPU and 2 bytes a byte: 680 B are charged 2040, exactly the rest of a
# page, and 684 B take a new page.
starts_with_half_a_page() {
	local cost

	cost=$(boot baseline --topology=1c1n --sizes=676,680,684 -o "$tmp/half.jsonl" \
		>/dev/null && "$pcpubench" report --format=csv "$tmp/half.jsonl" |
		awk -F, 'NR > 1 { print $8 }' | xargs) || return
	echo "$cost"
	awk '{ exit !($2 - $1 < 5 && $1 - $2 < 5 && $3 > $2 + 200) }' <<<"$cost"
}
check "a memcg has half a page left, and nothing else, when it is measured" \
	starts_with_half_a_page

# cell SIZE FILE: print a cell's part of the CSV, its proof, and why it is
# invalid.
cell() {
	"$pcpubench" report --format=csv "$2" | grep ",$1,"
	grep '"type":"cell"' "$2" | grep "\"param\":$1," |
		grep -o '"proof":{[^}]*}\|"reason":.*'
}

# m is the same for all sizes, so a charge too small at some sizes is found.
knows_what_is_charged() {
	local file=$tmp/charged.jsonl

	boot tests/patches/copies-alone --topology=16c2n --sizes=64,8192 \
		-o "$file" &&
		"$pcpubench" report --all "$file" >"$tmp/charged" || return
	cell 8192 "$file"
	cell 64 "$file" | grep -q '"expected":1024,"beyond":0,' &&
		cell 8192 "$file" | grep -q '"expected":131072,"beyond":0,' &&
		! cell 64 "$file" | grep -q reason &&
		! cell 8192 "$file" | grep -q reason &&
		grep -q 'S x (N + 0)' "$tmp/charged"
}
check "what a kernel charges beyond the copies is learned from it, and said" \
	knows_what_is_charged
finds_what_is_not_charged() {
	local file=$tmp/uncharged.jsonl

	boot tests/wrong/undercharged --topology=16c2n --sizes=64,8192 \
		-o "$file" || return
	cell 64 "$file"
	cell 8192 "$file"
	cell 64 "$file" | grep -q '"beyond":2,' && cell 8192 "$file" |
		grep -q 'the charge is wrong: 131072 of 147456 B'
}
check "a charge that is too small for large objects makes these invalid" \
	finds_what_is_not_charged

# Two layouts: other images and modules, other addresses, the same counts.
layouts_count_alike() {
	local file=$tmp/layouts.jsonl

	boot baseline --layout-seed=0,1 --topology=16c2n --sizes=64,1024 \
		-o "$file" &&
		"$pcpubench" report --all "$file" >"$tmp/layouts" || return
	cat "$tmp/layouts"
	grep -q '^boots: 2 of each kernel, in 2 layouts of the code' \
		"$tmp/layouts" || return
	! grep -q invalid "$tmp/layouts" || return
	[ "$(grep -c '"type":"kernel"' "$file")" = 1 ] &&
		[ "$(grep -o '"layout":{[^}]*}' "$file" |
			grep -o '[a-z]*_sha256":"[0-9a-f]*' | sort -u |
			wc -l)" = 4 ]
}
check "another layout of the code gives the same counts" layouts_count_alike
check "layouts are refused where the image is somebody else's" \
	fails 2 'linked here' boot --image=x --module=y --layout-seed=1
check "a layout that is no number is refused" \
	fails 2 "layout-seed: 'a'" boot baseline --layout-seed=1,a

# If the guest finds another topology, it does not measure.
finds_another_topology() {
	boot baseline --topology=16c2n -o "$tmp/other.jsonl" \
		--append=possible_cpus=8 2>&1 |
		grep 'asked for 16c2n, but the kernel came up with 8 possible CPUs'
}
check "a kernel with other CPUs than asked for is a failed boot" \
	finds_another_topology

# failed_boot TEXT args...: one failed boot, recorded with TEXT as its reason
# and a console, exit code 1, no cell.
failed_boot() {
	local text=$1 file out code
	shift
	file=$tmp/failed-$nr.jsonl
	out=$(boot "$@" -o "$file" 2>&1)
	code=$?
	[ "$code" = 1 ] || { echo "exit code $code: $out"; return 1; }
	grep '"type":"boot"' "$file" | grep '"status":"failed"' |
		grep -q "$text" || { cat "$file"; return 1; }
	grep '"type":"end"' "$file" | grep -q '"failed":1' || return 1
	! grep -q '"type":"cell"' "$file"
}
check "a kernel that panics is a failed boot with its console" \
	failed_boot 'Kernel panic' baseline --append=rdinit=/none
check "a guest that hangs is a failed boot" \
	failed_boot 'the guest hung: killed after 4 s' baseline \
	--rounds=4096 --pairs=1048576 --deadline=4
check "a kernel that hangs is a failed boot" \
	failed_boot 'hung before /init: killed after 5 s' baseline \
	--append='rdinit=/none panic=0' --deadline=5

manifest=$(kernel-patches/build-kernel baseline 2>/dev/null | cut -f2)
module=$(dirname "$manifest")/pcpu_bench.ko
image=$(dirname "$manifest")/../vmlinux
sed 's/vermagic=6\./vermagic=7./' "$module" >"$tmp/other.ko"
check "a module for another kernel is told" \
	failed_boot 'the module is for another kernel' \
	--image="$image" --module="$tmp/other.ko"
cp /bin/true "$tmp/not-a-kernel"
check "an image that does not boot is told" \
	failed_boot 'QEMU failed' --image="$tmp/not-a-kernel" --module="$module"

prebuilt() {
	boot --image="$image" --module="$module" --sizes=64 -o "$tmp/pre.jsonl" \
		--topology=16c2n | grep -q 'vmlinux'
}
check "a prebuilt image is measured" prebuilt

interrupt() {
	local file=$tmp/int.jsonl pid code i
	"$pcpubench" sweep baseline --topologies=16c2n --boots=500 --again --jobs=2 \
		--sizes=64 -o "$file" >/dev/null 2>"$tmp/int.err" &
	pid=$!
	for ((i = 0; i < 300; i++)); do
		[ "$(grep -c '"type":"cell"' "$file" 2>/dev/null)" -ge 2 ] 2>/dev/null && break
		sleep 0.1
	done
	kill -INT "$pid"
	wait "$pid"
	code=$?
	[ "$code" = 130 ] || { echo "exit code $code"; cat "$tmp/int.err"; return 1; }
	! pgrep -P "$pid" >/dev/null || return 1
	grep -q 'interrupted' "$tmp/int.err" || return 1
	# Complete records are there and readable.
	"$pcpubench" report --format=csv "$file" | grep -q '^baseline,16c2n,insn'
}
# bash starts background jobs with SIGINT ignored, unless they are its own.
set -m
check "Ctrl-C ends the guests and keeps what is complete" interrupt

killed() {
	local file=$tmp/kill.jsonl pid i child
	"$pcpubench" sweep baseline --topologies=176c1n --boots=500 --again --jobs=1 \
		-o "$file" >/dev/null 2>&1 &
	pid=$!
	for ((i = 0; i < 300; i++)); do
		child=$(pgrep -P "$pid" qemu) && break
		sleep 0.05
	done
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	for ((i = 0; i < 50; i++)); do
		kill -0 "$child" 2>/dev/null || return 0
		sleep 0.1
	done
	echo "the guest $child is still there"
	return 1
}
check "kill -9 of the runner ends its guest" killed
set +m

full_disk() {
	# shellcheck disable=SC2016 # expanded by the inner shell
	unshare -m bash -c '
		mount -t tmpfs -o size=8k none "$1" || exit 99
		"$2" boot baseline --rounds=500 --topology=16c2n \
			-o "$1/r.jsonl" 2>"$3"
		code=$?
		[ $code = 1 ] || { echo "exit code $code"; exit 1; }
		# Every line in the file is whole.
		[ "$(tail -c1 "$1/r.jsonl" | od -An -c | tr -d " ")" = "\n" ]
	' _ "$tmp" "$pcpubench" /dev/null 2>&1
}
mkdir -p "$tmp/full"
check "a full disk is told and loses no whole record" full_disk
finish
