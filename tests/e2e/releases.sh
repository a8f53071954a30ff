#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Two releases side by side, as `make releases` does it.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

measure() {
	plots/measure-releases "$tmp/out" "6.12 7.3" "$1" --topologies=16c2n \
		>"$tmp/said" 2>"$tmp/err" || { cat "$tmp/err"; return 1; }
}
check "measures two releases" measure 64
rows() {
	grep '^baseline-6\.12 ' "$tmp/said" && grep '^baseline-7\.3 ' "$tmp/said"
}
check "... a row for each" rows
check "... the functions that changed" grep '^mod_memcg_state ' "$tmp/said"
draws() {
	[ -s "$(sed -n 's/^picture: //p' "$tmp/said")" ]
}
check "... and a picture" draws
check "the same again" measure 64
check "... and other sizes beside it" measure 256
finish
