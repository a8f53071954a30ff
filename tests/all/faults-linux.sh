#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Processes of a build of Linux are killed at random moments of its first 90 s, while it
# is unpacked, laid out, configured and compiled, 20 times (KILLS). No half of a kernel is
# ever in the cache, and the next build makes the image of an undisturbed one. The played
# source of faults-build.sh meets more moments; this one has Linux's own makefiles.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/kernel.sh
. tests/kernel.sh
# shellcheck source=tests/faults.sh
. tests/faults.sh

kills=${KILLS:-20}
hashes() {
	cut -f2 "$1" | xargs cat | grep sha256
}
undisturbed() {
	kernel-patches/build-kernel baseline >"$tmp/lines" && hashes "$tmp/lines" >"$tmp/want"
}
check "an undisturbed build" undisturbed
source=$(kernel-patches/build-kernel --fetch)

folder=${source%/*}
export XDG_CACHE_HOME=$tmp/cache
mkdir -p "$XDG_CACHE_HOME/pcpubench/sources"
cp -r "$folder" "$XDG_CACHE_HOME/pcpubench/sources/"

# Each kernel that the cache has is the undisturbed one.
true_so_far() {
	local wrong

	wrong=$(find "$XDG_CACHE_HOME/pcpubench/kernels" -name manifest -exec cat {} + \
		2>/dev/null | grep sha256 | grep -vxFf "$tmp/want")
	[ -z "$wrong" ] || { echo "not as undisturbed: $wrong"; return 1; }
}

killed_builds() {
	local nr=0 builder

	while [ "$nr" -lt "$kills" ]; do
		kernel-patches/build-kernel baseline >"$tmp/lines" 2>>"$tmp/said" &
		builder=$!
		random_ms 90000
		! kill_one . || nr=$((nr + 1))
		# A build that has lost only its progress line goes on, for minutes.
		ended_in 30 >/dev/null || kill -KILL "$builder"
		all_ended || return
		wait "$builder"
		true_so_far || return
	done
	tell_killed >>"$tmp/told"
}
check "a build of Linux is killed $kills times" killed_builds
next() {
	kernel-patches/build-kernel baseline >"$tmp/lines" 2>>"$tmp/said" ||
		{ tail "$tmp/said"; return 1; }
	hashes "$tmp/lines" | diff "$tmp/want" - && all_ended || return
	litter "$XDG_CACHE_HOME" | tee "$tmp/left"
	[ ! -s "$tmp/left" ]
}
check "... and the next one makes the same kernel, and leaves nothing" next
grep -c 'starting over' "$tmp/said" | sed 's/^/# started over: /'
cat "$tmp/told"
finish
