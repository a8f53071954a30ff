#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The disk of the results, of the cache and of the temporary files is full, or may only
# be read. Each command says so, keeps what was recorded, and goes on once there is room.
# As root: the disks are mounted, in a namespace of its own.
if [ "${1:-}" != mounts ]; then
	exec unshare -m "$0" mounts
fi
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/faults.sh
. tests/faults.sh

# disk NAME SIZE: an empty one.
disk() {
	! mountpoint -q "$tmp/$1" || umount "$tmp/$1"
	mkdir -p "$tmp/$1"
	mount -t tmpfs -o "size=$2" none "$tmp/$1"
}

# fill DIR: leave no byte; make_room DIR: undo it.
fill() {
	cat /dev/zero >"$1/full" 2>/dev/null
	true
}
make_room() {
	rm "$1/full"
}

# ends_well CODE TEXT COMMAND...: with an error that has TEXT, and without a process.
ends_well() {
	local code=$1 text=$2 got
	shift 2
	"$@" >"$tmp/out" 2>"$tmp/err"
	got=$?
	all_ended || return
	grep -v '^baseline .* cells in\|^    |\|^took ' "$tmp/err" | tail -n 3
	[ "$got" = "$code" ] && grep -qE "$text" "$tmp/err"
}

cells() {
	grep '"type":"cell"' "$1" | sed 's/"boot":[0-9]*,//' | sort
}
sweep() {
	"$pcpubench" sweep baseline --again -t 1c1n,2c1n,4c2n -o "$1"
}
no_space='No space left on device'

check "an undisturbed sweep" sweep "$tmp/calm.jsonl"

# ------------------------------------------------------------------- results

disk results 1m
no_room_to_begin() {
	fill "$tmp/results"
	ends_well 1 "$no_space" sweep "$tmp/results/a.jsonl" || return
	ends_well 1 "$no_space" "$pcpubench" boot baseline -t 1c1n --sizes=64 \
		-o "$tmp/results/b.jsonl" || return
	[ ! -e "$tmp/results/b.jsonl" ]
}
check "no room for results to begin" no_room_to_begin
no_room_in_between() {
	local room

	make_room "$tmp/results"
	room=$(($(stat -c %s "$tmp/calm.jsonl") / 2 / 4096 * 4096))
	head -c $((1024 * 1024 - room)) /dev/zero >"$tmp/results/full"
	ends_well 1 "$no_space" sweep "$tmp/results/a.jsonl" || return
	cp "$tmp/results/a.jsonl" "$tmp/kept"
	[ "$(tail -c1 "$tmp/kept" | wc -l)" = 1 ] || { echo "cut line"; return 1; }
	echo "# results: $(grep -c '"type":"boot"' "$tmp/kept") of 3 boots kept" >>"$tmp/told"
}
check "no room in the middle: whole records are kept" no_room_in_between
# The cells of a boot without its own record, the last one, do not count.
goes_on() {
	local whole

	whole=$(grep -n '"type":"boot"' "$tmp/kept" | tail -n1 | cut -d: -f1)
	make_room "$tmp/results"
	sweep "$tmp/results/a.jsonl" && [ "$whole" -gt 0 ] &&
		cmp <(head -n "$whole" "$tmp/kept") <(head -n "$whole" "$tmp/results/a.jsonl") &&
		diff <(cells "$tmp/calm.jsonl") <(cells "$tmp/results/a.jsonl")
}
check "... and once there is room, it goes on" goes_on
read_only() {
	mount -o remount,ro "$tmp/results"
	ends_well 2 'Read-only file system' "$pcpubench" boot baseline -t 1c1n \
		--sizes=64 -o "$tmp/results/c.jsonl" &&
		ends_well 2 'Read-only file system' sweep "$tmp/results/d.jsonl" &&
		"$pcpubench" report "$tmp/results/a.jsonl" >/dev/null
}
check "results that can only be read" read_only

# --------------------------------------------------------------------- cache

played_kernel "$tmp/played"
build_played "$tmp/whole" >/dev/null 2>&1
products "$tmp/whole" | sort >"$tmp/want"

true_so_far() {
	[ -d "$1/pcpubench/kernels" ] || return 0
	! products "$1" | sort | comm -13 "$tmp/want" - | grep .
}

# At each size something else is what does not fit.
no_room_to_build() {
	local kib nr=0

	for kib in 64 128 192 256 320 384 448 512 576 640 704 768 832 896 960; do
		disk cache "${kib}k"
		if build_played "$tmp/cache" >"$tmp/out" 2>"$tmp/err"; then
			echo "all fits into $kib KiB"
			break
		fi
		nr=$((nr + 1))
		if ! all_ended || ! true_so_far "$tmp/cache"; then
			echo "at $kib KiB"
			return 1
		fi
		grep -q "no room is left in $tmp/cache/pcpubench: .*XDG_CACHE_HOME" "$tmp/err" ||
			{ echo "at $kib KiB: $(cat "$tmp/err")"; return 1; }
		mount -o remount,size=64m "$tmp/cache"
		build_played "$tmp/cache" >"$tmp/out" 2>"$tmp/err" ||
			{ echo "$kib KiB, then room:"; cat "$tmp/err"; return 1; }
		diff "$tmp/want" <(products "$tmp/cache" | sort) || return
		[ -z "$(litter "$tmp/cache")" ] || { litter "$tmp/cache"; return 1; }
	done
	echo "# cache: full at $nr sizes" >>"$tmp/told"
	[ "$nr" -gt 2 ]
}
check "no room in the cache for a build" no_room_to_build

# ----------------------------------------------------------- temporary files

no_room_for_temporary() {
	disk tmp 64k
	fill "$tmp/tmp"
	ends_well 1 "no room is left in $tmp/tmp: .*TMPDIR" build_played "$tmp/whole" || return
	make_room "$tmp/tmp"
	build_played "$tmp/whole" >/dev/null 2>"$tmp/err" &&
		diff "$tmp/want" <(products "$tmp/whole" | sort)
}
check "no room for temporary files" no_room_for_temporary
cat "$tmp/told"
umount "$tmp"/{results,cache,tmp}
finish
