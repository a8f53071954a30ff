#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What an mm's counters cost, and how wrong RSS is, as `make counters` does it.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

silent_of() {
	! grep "$1" "$tmp/err"
}
measure() {
	plots/measure-counters "$tmp/out" baseline --topologies=4c1n,8c1n \
		>"$tmp/$1" 2>"$tmp/err" || { cat "$tmp/err"; return 1; }
}
check "measures a series" measure said
# Costs, bytes, processes, errors: a table for each.
check "... a row in each table" test "$(grep -c "^baseline " "$tmp/said")" = 8
check "... of bytes that a fork is charged" \
	grep -qxE 'baseline +96 +160' "$tmp/said"
check "... of errors that were seen" \
	grep -qxE 'baseline +31 +62 +124 +248 +248' "$tmp/said"
narrow() {
	grep -vE '^/|^$|^results:' "$tmp/said" | awk 'length > 72 { bad = 1; print } END { exit bad }'
}
check "... within 72 columns" narrow
draws() {
	[ -s "$tmp/out/kinds.png" ] && [ -s "$tmp/out/kinds.svg" ]
}
check "... and a picture" draws
check "the same again" measure again
check "... is the same" cmp "$tmp/said" "$tmp/again"
check "... and was not measured again" silent_of 'errors of RSS'
finish
