#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Processes of a kernel's build are killed at random moments, 40 times (KILLS): the cache
# never has anything that an undisturbed build does not make, to the byte, and the next
# build makes all of it. The source is a played one, built in seconds.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/faults.sh
. tests/faults.sh

kills=${KILLS:-40}
played_kernel "$tmp/played"

begin=${EPOCHREALTIME/./}
check "an undisturbed build" build_played "$tmp/calm"
most_ms=$(((${EPOCHREALTIME/./} - begin) / 1000))
products "$tmp/calm" | sort >"$tmp/want"

# true_so_far CACHE: nothing is wrong in it.
true_so_far() {
	local wrong

	[ -d "$1/pcpubench/kernels" ] || return 0
	wrong=$(products "$1" | sort | comm -13 "$tmp/want" -)
	[ -z "$wrong" ] || { echo "not as undisturbed: $wrong"; return 1; }
}

# whole CACHE: another build makes it as if nothing had happened, and clean.
whole() {
	local left

	build_played "$1" >"$tmp/out" 2>"$tmp/err" || { cat "$tmp/err"; return 1; }
	diff "$tmp/want" <(products "$1" | sort) && all_ended || return
	left=$(litter "$1")
	[ -z "$left" ] || { echo "left: $left"; return 1; }
}

# killed_builds KILLS PATTERN: each build is killed once, if it has not ended; a whole cache
# is begun anew, and so is one after four builds.
killed_builds() {
	local nr=0 builds=0 cache=$tmp/killed code

	while [ "$nr" -lt "$1" ]; do
		builds=$((builds + 1))
		build_played "$cache" >"$tmp/out" 2>"$tmp/err" &
		random_ms "$most_ms"
		! kill_one "$2" || nr=$((nr + 1))
		all_ended || return
		wait "$!"
		code=$?
		true_so_far "$cache" || { echo "$victim was killed"; cat "$tmp/err"; return 1; }
		if [ "$code" = 0 ] || [ $((builds % 4)) = 0 ]; then
			whole "$cache" || { echo "$victim was killed"; return 1; }
			rm -rf "$cache"
		fi
	done
	{ tell_killed; echo "# $builds builds"; } >>"$tmp/told"
}
check "the builder is killed $((kills / 2)) times" killed_builds $((kills / 2)) 'build-kernel'
check "... and any of its processes" killed_builds $((kills / 2)) .
cat "$tmp/told"
finish
