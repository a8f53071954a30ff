# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # settings are build-kernel's
#
# Part of build-kernel. Runs make in the build tree, shows its first error in one
# line, and can be interrupted.

# User, host and time do not go into the image.
export KBUILD_BUILD_USER=pcpubench KBUILD_BUILD_HOST=pcpubench
export KBUILD_BUILD_TIMESTAMP='2020-01-01 00:00:00' KBUILD_BUILD_VERSION=1
# Options and variables of a make that called us are not for the kernel: -s
# would hide the steps to count, and CONFIG=debug means another thing there.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL

# What a caller has exported, as kernel developers do, is not for the kernel either: KCFLAGS,
# LLVM, ARCH, LOCALVERSION. It is in no key of the cache, and not in the sandbox.
clean=(env -i "PATH=$PATH" "HOME=${HOME:-/root}" "TMPDIR=${TMPDIR:-/tmp}" LC_ALL=C)
for name in "${!KBUILD_BUILD_@}" "${!CCACHE_@}"; do
	clean+=("$name=${!name}")
done

# around COMMAND: set $around to what stands before it: the sandbox, or what keeps the
# caller's environment from make.
around() {
	around=("${cage[@]}")
	[ ${#cage[@]} != 0 ] || [ "$1" != make ] || around=("${clean[@]}")
}

# steps_expected OBJECTS: the number of make's steps. For a first build, the
# last number for this config and version, without the OBJECTS that an
# interrupted build left. Else objects made of changed files, and linking.
steps_expected() {
	if [ ! -e "$tree/linux/vmlinux" ]; then
		echo $(($(cat "$steps_known" 2>/dev/null ||
			if [ -n "$own_config" ]; then steps_for_config; else
				echo 1200; fi) - $1))
	elif [ ! -s "$tree/changed" ]; then
		echo 20
	else
		{ find "$tree/linux" -type f -name '.*.o.cmd' -print0 |
			xargs -0 grep -lFf "$tree/changed" || true; } |
			gawk 'END { print NR + 20 }'
	fi
}

# The first line of a log that has an error; a build may print what drives a terminal.
first_error() {
	grep -a -m1 -E '(error|undefined|ERROR)[: ]|\*\*\*' "$1" |
		tr -cd '[:print:]\t' | cut -c1-2000 | grep .
}

# start COMMAND...: start long work in the background, where Ctrl-C does not reach it.
# stop() ends it, and the kernel does when this process was killed.
start() {
	{
		around "$1"
		[ ${#cage[@]} = 0 ] || close_files
		exec setpriv --pdeathsig TERM "${around[@]}" "$@"
	} &
	running=$!
}

# finish: wait for what was started.
finish() {
	local code=0

	wait "$running" || code=$?
	running=
	return "$code"
}

# long COMMAND...: what takes long beside make. It ends with this process, too, and does
# not hold the locks for minutes after a kill.
long() {
	start "$@"
	finish
}

# Further paths for the next builds in the sandbox, as set_cage() has them.
beside=()
with_beside() {
	beside=("$@")
}

# build WHAT ARGUMENT...: make with progress; dies with the first error.
build() {
	local what=$1 log=$tree/log failed='' objects='' code=0
	shift

	[ -e "$tree/linux/vmlinux" ] ||
		objects=$(find "$tree/linux" -name '*.o' -printf . | wc -c)
	: >"$tree/dirty"
	: >"$log"
	mkdir -p "$tree/kmod"
	confine "$tree/linux" "$tree/kmod" "${beside[@]}"
	start make -C "$tree/linux" -j"$jobs" "${unused[@]}" "$@" >"$log" 2>&1
	{
		tail -n +1 -s .2 -f --pid="$running" "$log" 2>/dev/null &
		ticks "$running"
		wait
	} | progress "$what" "$(steps_expected "$objects")" &
	show_pid=$!
	finish || code=$?
	wait "$show_pid" || true
	unconfine
	if [ "$code" -gt 128 ]; then
		# It removed no half-written file.
		failed="make was killed by signal $((code - 128))"
	else
		made
	fi
	if [ "$code" != 0 ]; then
		: "${failed:=$(first_error "$log" || echo 'no error named')}"
		# A caller with --why knows the kernel and needs no log.
		[ -z "$why" ] || die "$failed"
		die "$what does not build: $failed (log: $log)"
	fi
	[ -z "$objects" ] ||
		echo $((objects + $(grep -c '^  [A-Z]* ' "$log"))) >"$steps_known"
}

# made: make has ended by itself, and no file that it wrote is younger than "made", also
# if the clock was set back meanwhile.
made() {
	local newest

	to_disk
	mv "$tree/dirty" "$tree/made"
	touch "$tree/made"
	newest=$(find "$tree/linux" "$tree/kmod" -type f -newer "$tree/made" -printf '%T@\n' |
		sort -n | tail -n1)
	[ -z "$newest" ] || touch -d "@$newest" "$tree/made"
}

# clock_went_back: make compares files' times. A source that is written now would look
# older than an object that was made of another.
clock_went_back() {
	: >"$tree/now"
	[ "$tree/made" -nt "$tree/now" ]
}

# On SIGTERM make removes half-written files, so the tree stays usable.
stop() {
	trap '' INT TERM HUP
	hush
	if [ -n "$running" ]; then
		if [ ${#cage[@]} = 0 ]; then
			kill -TERM "$running" 2>/dev/null || true
			wait "$running" || true
			[ ! -e "$tree/dirty" ] || made
		elif end_caged "$running" && [ -e "$tree/dirty" ]; then
			made
		fi
	fi
	say "interrupted$([ -e "$tree/dirty" ] || echo "; compiled files are kept: the same command goes on from here")"
	exit 130
}
