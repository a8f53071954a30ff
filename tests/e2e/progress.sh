#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The builder shows that long work goes on, and leaves nothing behind.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

cat >"$tmp/work" <<'END'
set -euo pipefail
say() { printf '%s\n' "$*" >&2; }
. kernel-patches/lib/progress.sh
case $1 in
show)
	show 'reading it'
	sleep 2.5
	pid=$showing
	hush
	kill -0 "$pid" 2>/dev/null && echo 'it is left' >&2
	echo over >&2 ;;
captured)
	[ "$(show 'reading it'; echo content)" = content ] ;;
killed)
	show 'reading it'
	echo "$showing" >"$2"
	kill -9 $$ ;;
make)
	{
		printf '  CC      %s.o\n' {1..10}
		sleep 2.5 &
		ticks $!
	} | progress 'kernel x' 40 ;;
esac
END
# On a terminal, each state of the line as a line.
on_terminal() {
	script -qc "bash '$tmp/work' $1" /dev/null | tr '\r' '\n' >"$tmp/out"
}
says() {
	on_terminal "$1"
	grep "$2" "$tmp/out" || { cat -A "$tmp/out"; return 1; }
}
check "long work counts its seconds" says show 'reading it: 2 s'
check "... and takes the line away" grep -q 'over' "$tmp/out"
check "make's steps are counted while one of them is long" \
	says make 'kernel x: 10 of about 40 steps, 25 %'
quiet() {
	bash "$tmp/work" show 2>"$tmp/out" && [ "$(wc -l <"$tmp/out")" = 2 ]
}
check "without a terminal short work has one line" quiet
check "who reads the output does not wait for it" \
	timeout 10 bash "$tmp/work" captured
ends_with_it() {
	bash "$tmp/work" killed "$tmp/pid" 2>/dev/null
	for _ in {1..200}; do
		kill -0 "$(<"$tmp/pid")" 2>/dev/null || return 0
		sleep .1
	done
	return 1
}
check "it ends with a builder that is killed" ends_with_it
finish
