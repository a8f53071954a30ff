#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Two of a kind at once, a clock that was set back, kills of `kernel add`, memory that runs
# out, and guests that do not do what they should. More faults, at random moments:
# tests/all/faults-*.sh.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/faults.sh
. tests/faults.sh

# --------------------------------------------------------------------- builds

played_kernel "$tmp/played"
check "a played kernel and its series are built" build_played "$tmp/calm"

two_builds() {
	build_played "$tmp/two" >"$tmp/first" 2>"$tmp/err" &
	build_played "$tmp/two" >"$tmp/second" || return
	wait "$!" || { cat "$tmp/err"; return 1; }
	cmp "$tmp/first" "$tmp/second" && as_undisturbed "$tmp/two"
}
check "two builders at once build the same" two_builds

# What is in the cache waits for nobody who unpacks that source or builds in its tree.
waits_for_none() {
	local folder locked=()

	for folder in "$tmp/two/pcpubench"/{stores/*/reading,trees/*}; do
		locked+=(flock -x "$folder")
	done
	XDG_CACHE_HOME=$tmp/two timeout 600 "${locked[@]}" kernel-patches/build-kernel \
		--source="$tmp/played/linux.tar" baseline "$tmp/played/a"
}
check "a cached kernel waits for no builder" waits_for_none

# What was built before bears a later time than what is written now.
clock_set_back() {
	build_played "$tmp/back" baseline >"$tmp/out" || return
	find "$tmp/back/pcpubench/trees" -exec touch -h -d tomorrow {} +
	build_played "$tmp/back" >"$tmp/out" && as_undisturbed "$tmp/back"
}
check "after the clock was set back no object passes for that of another source" \
	clock_set_back
# While make runs: its objects are of later than its end.
clock_set_back_in_make() {
	: >"$TMPDIR/clock"
	build_played "$tmp/in-make" baseline >"$tmp/out" || return
	rm "$TMPDIR/clock"
	build_played "$tmp/in-make" >"$tmp/out" && as_undisturbed "$tmp/in-make"
}
check "... nor if that was while make ran" clock_set_back_in_make

# ----------------------------------------------------------------- kernel add

export XDG_DATA_HOME=$tmp/data KERNEL=6.12
own=$XDG_DATA_HOME/pcpubench/series/linux-6.12

add() {
	XDG_CACHE_HOME=$tmp/$1 KERNEL_SRC=$tmp/played/linux.tar "$pcpubench" kernel add \
		mine --from="$tmp/played/$2" "${@:3}"
}

# only_mine SERIES: there is a kernel, made of this series, and nothing else.
only_mine() {
	ls -A "$own"
	[ "$(ls -A "$own")" = mine ] && grep "^+.*'$1' \* a" "$own/mine/0001-mm-$1.patch"
}

two_adds() {
	local code=0 other=0

	add calm a >"$tmp/first" 2>&1 &
	add calm a >"$tmp/second" 2>&1 || code=$?
	wait "$!" || other=$?
	[ $((code + other)) = 2 ] && only_mine a &&
		grep -q "there is a kernel 'mine' already" "$tmp/first" "$tmp/second"
}
check "of two who add a kernel of one name one does" two_adds

# The build waits for its nm, so that there is something to kill.
killed_add() {
	local add

	mkdir "$tmp/bin"
	printf '#!/bin/sh\nexec sleep 10\n' >"$tmp/bin/nm"
	chmod +x "$tmp/bin/nm"
	PATH=$tmp/bin:$PATH add new b --replace >"$tmp/out" 2>&1 &
	add=$!
	until ours | grep '^[0-9]* sleep 10$'; do
		[ -d "/proc/$add" ] || { echo "ended"; cat "$tmp/out"; return 1; }
		sleep .1
	done
	kill_one 'pcpubench kernel add' && all_ended && only_mine a
}
check "a kernel stays that a killed command was to replace" killed_add

# The moment that a kill hits seldom: the old one is gone, the new one not yet there.
put_back() {
	mkdir -p "$own/.add-killed/.before"
	mv "$own/mine" "$own/.add-killed/.before/"
	"$pcpubench" kernel remove none 2>/dev/null
	add calm a >"$tmp/out" 2>&1
	only_mine a
}
check "... and is put back if it was taken away" put_back

# --------------------------------------------------------------------- memory

check "a report that runs out of memory says so" short_of_memory 101 \
	"$pcpubench" report tests/unit/data/metal.jsonl
bench=results/reference/bench-6.12.jsonl
check "... and a gate that would have let a change in" short_of_memory 4999 \
	"$pcpubench" gate --allow=1000 $bench:baseline :d

# --------------------------------------------------------------------- guests

unset XDG_DATA_HOME
# Building it has no deadline.
kernel-patches/build-kernel baseline >/dev/null
hostile_tree "$tmp/evil"
check "a kernel that panics" hostile panics 120 'Kernel panic - not syncing: Attempted'
check "... is recorded as failed" is_failed panics
check "a guest that claims to have measured" hostile claims 120 'there is no cell'
check "... is recorded as failed" is_failed claims
finish
