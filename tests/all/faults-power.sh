#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The power is cut at random moments of a kernel's build and of the seconds after it, 30
# times (CUTS): the cache then has nothing that an undisturbed build does not make, to the
# byte, and the next build makes all of it. The cache is a disk of its own; what a cut
# leaves of it is a copy of its image. The source is a played one, built in seconds.
# As root: the disk is mounted, in a namespace of its own.
if [ "${1:-}" != mounts ]; then
	exec unshare -m "$0" mounts
fi
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/faults.sh
. tests/faults.sh

cuts=${CUTS:-30}
played_kernel "$tmp/played"
mkdir "$tmp/disk"
trap '! mountpoint -q "$tmp/disk" || umount "$tmp/disk"; rm -rf --one-file-system "$tmp"' EXIT

# Names are on the disk after a second, contents after half a minute, as by default.
attach() {
	mount -o loop,commit=1 "$tmp/image" "$tmp/disk" &&
		written=/sys/block/$(basename "$(findmnt -no SOURCE "$tmp/disk")")/stat
}

new_disk() {
	rm -f "$tmp/image" && truncate -s 256M "$tmp/image" &&
		mkfs.ext4 -q "$tmp/image" && attach
}

# cut: what was written to the disk until now is all that there is. The disk is written to
# while it is copied: then another copy is made.
cut() {
	local before

	until before=$(<"$written") && cp --sparse=always "$tmp/image" "$tmp/left" &&
		[ "$before" = "$(<"$written")" ]; do
		:
	done
	while kill_one .; do :; done
	# git's processes have another environment than ours, and end by themselves.
	until umount "$tmp/disk" 2>/dev/null; do sleep .1; done
	rm -rf "${TMPDIR:?}"/*
	mv "$tmp/left" "$tmp/image" && attach
}

# build_until_cut MS: build, and cut the power after so many milliseconds.
build_until_cut() {
	build_played "$tmp/disk" >"$tmp/out" 2>"$tmp/err" &
	sleep_ms "$1"
	cut
	wait "$!"
}

whole() {
	build_played "$tmp/disk" >"$tmp/out" 2>"$tmp/err" || { cat "$tmp/err"; return 1; }
	as_undisturbed "$tmp/disk"
}

# true_so_far: what it has of finished kernels is as undisturbed, but for names, which are
# for people and written with every build.
true_so_far() {
	local wrong

	[ -d "$tmp/disk/pcpubench/kernels" ] || return 0
	wrong=$(comm -13 <(products "$tmp/calm" | sort) <(products "$tmp/disk" | sort) |
		grep -v '/name$')
	[ -z "$wrong" ] || { echo "not as undisturbed: $wrong"; return 1; }
}

# cut_builds FROM_MS TO_MS CUTS
cut_builds() {
	local nr

	for ((nr = 0; nr < $3; nr++)); do
		new_disk || return
		draw $(($2 - $1))
		build_until_cut $(($1 + drawn))
		{ true_so_far && whole; } || { echo "cut after $(($1 + drawn)) ms"; return 1; }
		umount "$tmp/disk" || return
	done
}

# A kernel that is added is there, whole, or not at all.
cut_adds() {
	local nr own=$tmp/disk/data/pcpubench/series/linux-6.12/mine

	for ((nr = 0; nr < $1; nr++)); do
		new_disk || return
		XDG_DATA_HOME=$tmp/disk/data XDG_CACHE_HOME=$tmp/calm KERNEL=6.12 \
			KERNEL_SRC=$tmp/played/linux.tar "$pcpubench" kernel add mine \
			--from="$tmp/played/a" >"$tmp/out" 2>"$tmp/err" || return
		random_ms 4000
		cut
		[ ! -e "$own" ] || grep -q '^+' "$own"/0001-mm-a.patch || {
			echo "cut $drawn ms after"
			ls -l "$own"
			return 1
		}
		umount "$tmp/disk" || return
	done
}

begin=${EPOCHREALTIME/./}
check "an undisturbed build" build_played "$tmp/calm"
took_ms=$(((${EPOCHREALTIME/./} - begin) / 1000))
check "the power is cut in $((cuts / 2)) builds" cut_builds 0 "$took_ms" $((cuts / 2))
check "... and in $((cuts / 2)) seconds after one" \
	cut_builds $((took_ms + 500)) $((took_ms + 4000)) $((cuts / 2))
check "... and in $((cuts / 2)) seconds after a kernel was added" cut_adds $((cuts / 2))
finish
