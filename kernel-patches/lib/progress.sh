# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Part of build-kernel. Shows that long work goes on: on a terminal a line that
# changes every second, elsewhere a line every 15 seconds.

# pause SECONDS: a sleep without a process, which would inherit the locks. Nobody
# writes into this pipe.
exec {idle}<> <(:)
pause() {
	read -rt "$1" -u "$idle" || true
}

# ticks PID: print an empty line now and then while the process lives.
ticks() {
	while kill -0 "$1" 2>/dev/null; do
		echo
		pause .2
	done
}

# progress WHAT STEPS: show make's progress: steps done of about STEPS, and the
# time left. Its input are make's lines and ticks.
progress() {
	gawk -v what="$1" -v total="$2" -v file="${progress_file:-}" \
		-v tty="$([ -t 2 ] && echo 1 || echo 0)" '
	function show(now,  pct, left, line) {
		pct = total > n ? 100 * n / total : 99
		left = n ? (now - start) * (total - n) / n : 0
		line = sprintf("%s: %d of about %d steps, %d %%", what, n,
			       total > n ? total : n, pct)
		if (now - start >= 3 && left > 0)
			line = line sprintf(", %d s left", left)
		if (tty)
			printf "\r\033[K%s", line > "/dev/stderr"
		else
			print line > "/dev/stderr"
		fflush("/dev/stderr")
		if (file) {
			print line > file
			close(file)
		}
		shown = now
	}
	BEGIN { start = shown = systime() }
	/^  [A-Z]+ / { n++ }
	{
		now = systime()
		if (now - shown >= (tty ? 1 : 15))
			show(now)
	}
	END { if (tty && shown > start) printf "\r\033[K" > "/dev/stderr" }'
}

# show WHAT [SHORT]: say what is done now, and for how long, until hush(). SHORT
# fits a line.
showing=
show() {
	hush
	say "$1"
	# Whoever reads the caller's output does not wait for this.
	go_on "${2:-$1}" >/dev/null &
	showing=$!
}

go_on() {
	local start=$SECONDS every=15

	[ ! -t 2 ] || every=1
	while pause "$every" && kill -0 $$ 2>/dev/null; do
		if [ -t 2 ]; then
			printf '\r\033[K%s: %d s' "$1" $((SECONDS - start)) >&2
		else
			say "$1: $((SECONDS - start)) s"
		fi
	done
}

hush() {
	[ -n "$showing" ] || return 0
	kill "$showing" 2>/dev/null || true
	wait "$showing" 2>/dev/null || true
	[ ! -t 2 ] || printf '\r\033[K' >&2
	showing=
}
