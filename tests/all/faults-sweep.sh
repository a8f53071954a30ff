#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runner and QEMUs of a sweep are killed at random moments, 50 times (KILLS): no boot
# that was recorded is lost, each cell is the same as in an undisturbed sweep, and with
# the runner its guests end.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/faults.sh
. tests/faults.sh

kills=${KILLS:-50}
# Milliseconds until a kill: half of the kills come while the sweep is prepared.
most=${MOST:-6000}
file=$tmp/killed.jsonl

sweep() {
	"$pcpubench" sweep baseline --again --sizes=64,1024 \
		-t 1c1n,2c1n,2c2n,3c1n,4c1n,4c2n -o "$1" >>"$tmp/out" 2>>"$tmp/err"
}

# Measured cells, without the number of their boot.
cells() {
	grep '"type":"cell"' "$1" | sed 's/"boot":[0-9]*,//' | sort
}

ok_boots() {
	grep -s '"type":"boot".*"status":"ok"' "$1" | sort
}

check "an undisturbed sweep" sweep "$tmp/calm.jsonl"
cells "$tmp/calm.jsonl" >"$tmp/want"

# Nothing is lost, and nothing else is in it. A boot's cells stand before its record.
true_so_far() {
	ok_boots "$file" >"$tmp/after"
	[ -z "$(comm -23 "$tmp/before" "$tmp/after")" ] || { echo "lost"; return 1; }
	mv "$tmp/after" "$tmp/before"
	[ -s "$file" ] || return 0
	# Whole lines: the last one may have been cut.
	head -n "$(wc -l <"$file")" "$file" >"$tmp/lines"
	! cells "$tmp/lines" | comm -13 "$tmp/want" - | grep . ||
		{ echo "not as undisturbed"; return 1; }
}

whole() {
	diff "$tmp/want" <(cells "$file") && all_ended &&
		[ "$(grep -c '"type":"end"' "$file")" = 1 ] &&
		"$pcpubench" report "$file" >/dev/null && [ -z "$(ls -A "$TMPDIR")" ]
}

survives() {
	local nr=0 begun=0 pid code

	: >"$tmp/before"
	while [ "$nr" -lt "$kills" ]; do
		begun=$((begun + 1))
		sweep "$file" &
		pid=$!
		while random_ms "$most" && [ -d "/proc/$pid" ] && [ "$nr" -lt "$kills" ]; do
			kill_one 'pcpubench sweep|qemu-system' && nr=$((nr + 1))
			[ "$victim" != pcpubench ] || break
		done
		wait "$pid" 2>/dev/null
		code=$?
		all_ended && true_so_far || return
		if [ "$code" = 0 ]; then
			whole || return
			rm "$file"
			: >"$tmp/before"
		fi
	done
	# A boot whose guests were killed twice is given up, and tried by the next sweep.
	sweep "$file" || sweep "$file" || return
	whole && { tell_killed; echo "# $begun sweeps"; } >"$tmp/told"
}
check "$kills kills lose nothing, and leave nothing" survives
cat "$tmp/told"
finish
