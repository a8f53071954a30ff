# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # variables are tests/lib.sh's
#
# For tests of faults: processes are found by a variable in their environment, and
# killed at moments that a seed decides. To be sourced after tests/lib.sh.
#
# SEED=N repeats a test's moments.

seed=${SEED:-$RANDOM}
echo "# SEED=$seed"
export PCPUBENCH_FAULTS=$tmp TMPDIR=$tmp/tmp
mkdir "$TMPDIR"

# Our processes: PID and command, a line each; of this shell's none.
ours() {
	local file pid words

	# The environment of one that has ended is empty.
	while read -r file; do
		pid=${file//[!0-9]/}
		[ "$pid" != "$$" ] && mapfile -d '' words <"/proc/$pid/cmdline" &&
			printf '%s %.200s\n' "$pid" "${words[*]//$'\n'/ }"
	done 2>/dev/null < <(PCPUBENCH_FAULTS='' TMPDIR='' grep -lzxF -e "PCPUBENCH_FAULTS=$tmp" \
		-e "TMPDIR=$tmp/tmp" /proc/[0-9]*/environ 2>/dev/null)
}

# draw N: set $drawn to a number below N, at most 2^23. Not by $RANDOM: bash seeds that
# anew in each subshell, and nothing could be repeated.
draw() {
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	drawn=$((seed / 256 % $1))
}

sleep_ms() {
	sleep "$(($1 / 1000)).$(printf %03d $(($1 % 1000)))"
}

# random_ms MOST: sleep 0 to MOST ms.
random_ms() {
	draw $(($1 + 1))
	sleep_ms "$drawn"
}

# ended_in SECONDS: wait until none of our processes is left.
ended_in() {
	local end=$((SECONDS + $1))

	while [ -n "$(ours)" ]; do
		[ "$SECONDS" -lt "$end" ] || { echo "still there:"; ours; return 1; }
		sleep .1
	done
}

# 120 s are much for what is in these tests, on a machine that is busy.
all_ended() {
	ended_in 120
}

# kill_one [PATTERN]: SIGKILL one of our processes, whose command matches.
# $victim is its name, "" if there is none.
declare -A killed=()
kill_one() {
	local -a all

	victim=
	# This grep is none of them.
	mapfile -t all < <(ours | PCPUBENCH_FAULTS='' TMPDIR='' grep -E "^[0-9]+ .*${1:-.}")
	[ ${#all[@]} -gt 0 ] || return 1
	draw ${#all[@]}
	kill -KILL "${all[drawn]%% *}" 2>/dev/null || return 1
	victim=${all[drawn]#* }
	victim=${victim%% *}
	victim=${victim##*/}
	killed[$victim]=$((${killed[$victim]:-0} + 1))
}

# What was killed, a line of a comment.
tell_killed() {
	local name

	printf '# killed:'
	for name in "${!killed[@]}"; do
		printf ' %s %d' "$name" "${killed[$name]}"
	done
	echo
}

# played_kernel FOLDER: a source of a few files that is built like a kernel, in seconds;
# it cannot be booted. In FOLDER are linux.tar, and series a and b.
played_kernel() {
	local linux=$1/linux name

	mkdir -p "$linux"/{mm,kernel/configs,arch/x86/configs,scripts}
	touch "$linux"/{kernel/configs/tiny.config,arch/x86/configs/tiny.config}
	for name in percpu slab vmstat memcontrol list_lru swap util oom; do
		printf 'int %s(int a)\n{\n\treturn a + %d;\n}\n' "$name" "${#name}" \
			>"$linux/mm/$name.c"
	done
	sed 's/^> *//' >"$linux/Makefile" <<-'END'
		VERSION = 6
		PATCHLEVEL = 12
		.DELETE_ON_ERROR:
		SRC := $(sort $(wildcard mm/*.c))
		all: vmlinux
		allnoconfig:
		>	cp $(KCONFIG_ALLCONFIG) .config
		%.o: %.c .config
		>	@echo "  CC $@"
		>	@sleep .03; gcc -c -o $@ $<; sleep .03
		>	@[ ! -e $(TMPDIR)/clock ] || touch -d tomorrow $@
		vmlinux: $(SRC:.c=.o)
		>	@echo "  LD $@"
		>	@ld -r -o $@ $^ && nm $@ >System.map && : >vmlinux.symvers
		modules_prepare:
		>	@mkdir -p include/config
		>	@echo 6.12.0-played >include/config/kernel.release
		modules:
		>	@echo "  LD $(M)/pcpu_bench.ko"
		>	@{ printf "\\177ELF"; cat $(M)/*.c; } >$(M)/pcpu_bench.ko; sleep .1
	END
	tar -C "$1" --mtime=2026-01-01 -cf "$1/linux.tar" linux
	for name in a b; do
		mkdir -p "$1/$name"
		cp "$linux/mm/percpu.c" "$1/before.c"
		sed "s/return a/return '$name' * a/" "$1/before.c" >"$1/after.c"
		{ printf 'From: x <x@example.org>\nSubject: [PATCH] mm: %s\n\n---\n' "$name"
		  diff -u --label a/mm/percpu.c --label b/mm/percpu.c \
			"$1/before.c" "$1/after.c"; } >"$1/$name/0001-mm-$name.patch"
		printf '# %s.\n0001-mm-%s.patch\n' "$name" "$name" >"$1/$name/series"
		rm "$1/before.c" "$1/after.c"
	done
}

# build_played CACHE [NAME...]: build it and its series with this cache, or these of them.
build_played() {
	local cache=$1
	shift

	[ $# -gt 0 ] || set -- baseline "$tmp/played/a" "$tmp/played/b"
	XDG_CACHE_HOME=$cache kernel-patches/build-kernel \
		--source="$tmp/played/linux.tar" --jobs=2 "$@"
}

# products CACHE: all that the cache has of finished kernels, with hashes. The
# folders' locks and stamps of use are left out.
products() {
	(cd "$1/pcpubench/kernels" && find . -type f ! -name used ! -name holder -print0 |
		sort -z | xargs -0r sha256sum)
}

# as_undisturbed CACHE: it has all that the cache $tmp/calm has, and nothing else.
as_undisturbed() {
	local left

	diff <(products "$tmp/calm") <(products "$1") || return
	left=$(litter "$1")
	[ -z "$left" ] || { echo "left: $left"; return 1; }
}

# litter CACHE: what only a running process may have.
litter() {
	find "$1/pcpubench" \( -path '*/linux/*' -o -path '*/objects/*' \) -prune -o \
		\( -name '.new.*' -o -name '.gone-*' -o -name '*.lock' -o -name '*.tmp' -o \
		-name 'unpack*' -o -name dirty \) -print
	find "$TMPDIR" -mindepth 1
}

# hostile_tree FOLDER: a tree as PCPUBENCH_DATADIR takes it, whose guests have
# tests/guest/hostile_init.c as their /init.
hostile_tree() {
	mkdir -p "$1/build"
	ln -s "$PWD"/{kernel-patches,kmod-bench} "$1/"
	ln -s "$PWD/build/guest/hostile_init" "$1/build/init"
	ln -s "$PWD/build/profile.so" "$1/build/"
}

# most_kib FILE COMMAND...: run it; FILE gets the KiB that the largest of its processes had.
most_kib() {
	python3 - "$@" <<-'END'
		import resource, subprocess, sys
		code = subprocess.call(sys.argv[2:])
		with open(sys.argv[1], "w") as file:
		    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=file)
		sys.exit(code)
	END
}

# hostile WAY DEADLINE WORDS: with a deadline of so many seconds the boot fails within a
# minute more, with these words, and leaves nothing. Neither runner nor QEMU needs more than 400 MiB: 64 of results or console, a
# few times.
hostile() {
	local begin=$SECONDS code

	PCPUBENCH_DATADIR=$tmp/evil most_kib "$tmp/kib" "$pcpubench" boot \
		baseline -t 1c1n --sizes=64 --again --deadline="$2" \
		--append="hostile=$1" -o "$tmp/$1.jsonl" >"$tmp/out" 2>"$tmp/err"
	code=$?
	grep failed "$tmp/err"
	cat "$tmp/kib"
	ls -A "$TMPDIR"
	[ "$code" = 1 ] && grep -qE "$3" "$tmp/err" && all_ended &&
		[ $((SECONDS - begin)) -le $(($2 + 60)) ] && [ -z "$(ls -A "$TMPDIR")" ] &&
		[ "$(<"$tmp/kib")" -lt 409600 ] || return
	printf '# %s: %d s, %d KiB: %s\n' "$1" $((SECONDS - begin)) "$(<"$tmp/kib")" \
		"$(sed -n 's/.*boot failed: //p' "$tmp/err")" >>"$tmp/told"
}

# is_failed WAY: the file can be read, and has one failed boot and no cell.
is_failed() {
	local file=$tmp/$1.jsonl

	[ "$(grep -c '"type":"cell"' "$file")" = 0 ] &&
		[ "$(grep -c '"type":"boot".*"status":"failed"' "$file")" = 1 ] &&
		[ "$(stat -c %s "$file")" -lt 100000 ] &&
		"$pcpubench" report "$file" | grep -q 'failed'
}

# short_of_memory STEP COMMAND...: from some allocation on, every STEP-th of them in turn,
# there is no memory. The command ends by itself, with an error and one line of it, and
# where it claims to have done its work it has.
short_of_memory() {
	local step=$1 nr=1 code calm words
	shift

	[ -e "$tmp/no_memory.so" ] ||
		cc -O2 -shared -fPIC -o "$tmp/no_memory.so" tests/no_memory.c || return
	"$@" >"$tmp/calm.out" 2>"$tmp/err"
	calm=$?
	while :; do
		NO_MEMORY=$nr LD_PRELOAD=$tmp/no_memory.so "$@" >"$tmp/out" 2>"$tmp/err"
		code=$?
		if [ "$code" = "$calm" ] && cmp -s "$tmp/calm.out" "$tmp/out"; then
			break
		fi
		if [ "$code" = 0 ] || [ "$code" -gt 3 ] || [ "$(wc -l <"$tmp/err")" != 1 ]; then
			echo "allocation $nr: code $code"
			cat "$tmp/err"
			return 1
		fi
		nr=$((nr + step))
	done
	words=${*:2}
	echo "# short of memory at 1, $((1 + step)) .. of $nr allocations${NO_MEMORY_IN:+ of $NO_MEMORY_IN}: ${words//"$tmp/"/}" >>"$tmp/told"
	# Nothing was taken away if it was whole at once.
	[ "$nr" -gt $((10 * step)) ]
}
