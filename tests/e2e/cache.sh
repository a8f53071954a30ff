#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The cache of kernels: listed, removed by name, age and size, kept below a
# limit; entries in use are never removed.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

full=${XDG_CACHE_HOME:-$HOME/.cache}/pcpubench
manifest=$(kernel-patches/build-kernel baseline 2>/dev/null | cut -f2)
export XDG_CACHE_HOME=$tmp
unset PCPUBENCH_CACHE_LIMIT
cache=$tmp/pcpubench

# entry KIND ID MEGABYTES DAYS [NAME]: make an entry last used DAYS ago.
entry() {
	mkdir -p "$cache/$1/$2"
	head -c "$(($3 << 20))" /dev/urandom >"$cache/$1/$2/data"
	[ -z "${5:-}" ] || echo "$5" >"$cache/$1/$2/name"
	touch -d "$4 days ago" "$cache/$1/$2/used"
}
fill() {
	rm -rf "$cache"
	entry kernels aaaa 1 1 "d of linux"
	entry kernels bbbb 2 40
	entry trees cccc 4 10
	entry imported dddd 1 50
	echo stamp >"$cache/steps-bench"
}
has() {
	local have
	have=$(cd "$cache" && echo */*)
	[ "$have" = "$*" ] || { echo "there is $have"; return 1; }
}
fill
lists() {
	"$pcpubench" cache >"$tmp/list" || return
	cat "$tmp/list"
	[ "$(awk 'NR > 1 && !/^all/ { print $1, $2, $3, $4 }' "$tmp/list" |
		paste -sd,)" = "kernels aaaa 1.0 MiB,trees cccc 4.0 MiB,kernels bbbb 2.0 MiB,imported dddd 1.0 MiB" ] &&
		grep -q '^kernels .* 24 h  d of linux$' "$tmp/list" &&
		grep -q '^all: 4, 8.0 MiB of at most 30 GiB$' "$tmp/list"
}
check "what there is, the last used first" lists
as_json() {
	"$pcpubench" cache kernels --json | /usr/bin/python3 -c '
import json, sys
cache = json.load(sys.stdin)
assert [e["id"] for e in cache["entries"]] == ["aaaa", "bbbb"], cache
assert cache["entries"][0]["name"] == "d of linux", cache
assert 8 << 20 <= cache["bytes"] < 9 << 20 and cache["limit"] == 30 << 30, cache'
}
check "... as JSON" as_json
chooses() {
	local want=$1
	shift
	[ "$("$pcpubench" cache "$@" | awk 'NR > 1 && !/^all/ { print $2 }' |
		xargs)" = "$want" ]
}
check "what is old" chooses 'bbbb dddd' --older=30d
check "... of a kind" chooses bbbb kernels --older=30d
check "what has to go for so much to be left" chooses 'bbbb dddd' --keep=5.5M
check "... of a kind" chooses cccc trees --keep=5.5M
nothing_went() {
	has imported/dddd kernels/aaaa kernels/bbbb trees/cccc
}
check "which removes nothing" nothing_went

"$pcpubench" cache remove --older=30d >/dev/null
check "by age" has kernels/aaaa trees/cccc
fill
"$pcpubench" cache remove bbbb 'd of linux' >/dev/null
check "by name" has imported/dddd trees/cccc
fill
"$pcpubench" cache remove --keep=5.5M >"$tmp/removed"
check "by size" has kernels/aaaa trees/cccc
check "... which is told" grep -qx 'removed: 2, 3.0 MiB' "$tmp/removed"
fill
flock -s "$cache/trees/cccc" "$pcpubench" cache remove trees kernels \
	>/dev/null 2>"$tmp/said"
check "what is in use stays" has imported/dddd trees/cccc
check "... which is told" grep -qx 'trees/cccc is in use and stays' "$tmp/said"
left_by_a_kill() {
	mkdir "$cache"/.gone-{aaaa,bbbb}-1 "$cache"/.new.{cccc,dddd}
	flock -s "$cache/.gone-bbbb-1" flock -s "$cache/.new.dddd" \
		"$pcpubench" cache >/dev/null &&
		[ ! -e "$cache/.gone-aaaa-1" ] && [ ! -e "$cache/.new.cccc" ] &&
		rmdir "$cache/.gone-bbbb-1" "$cache/.new.dddd"
}
check "what a killed process left goes, and not what others work on" left_by_a_kill
nothing_left() {
	"$pcpubench" cache remove --keep=0 >/dev/null &&
		[ "$(ls -A "$cache")" = "$(printf '%s\n' imported kernels \
			steps-bench trees)" ]
}
check "all of it" nothing_left

fill
check "remove what?" fails 2 "remove what?" "$pcpubench" cache remove
check "a name that is none" fails 2 "there is no 'eeee'" \
	"$pcpubench" cache remove aaaa eeee
check "... and nothing is removed" nothing_went
check "an age that is none" fails 2 "is no age" "$pcpubench" cache --older=30
check "a size that is none" fails 2 "is no size" "$pcpubench" cache --keep=1X
check "a limit that is none" fails 2 "PCPUBENCH_CACHE_LIMIT: 'much'" \
	env PCPUBENCH_CACHE_LIMIT=much "$pcpubench" cache

# Boot a cached kernel while the cache is too large.
kernel=$(dirname "$(dirname "$manifest")")
store=$(dirname "$(grep -lx linux-source-6.12.tar.xz "$full"/stores/*/name)")
mkdir "$cache/stores" "$cache/sources"
cp -a "$store" "$cache/stores/"
cp -a "$kernel" "$cache/kernels/"
cp -al "$full"/sources/linux-source-6.12_* "$cache/sources/" 2>/dev/null
kernel=$cache/kernels/$(basename "$kernel")
# A manifest that names another file than the builder wrote.
outside() {
	sed -i "s,^image	.*,image	$1," "$kernel"/module-*/manifest-* &&
		PCPUBENCH_CACHE_LIMIT=1T fails 1 "which is not beside it" \
			"$pcpubench" boot baseline --topology=1c1n --sizes=64 \
			-o "$tmp/outside.jsonl"
}
for path in ../../x/vmlinux /boot/vmlinuz ..; do
	check "a manifest that names $path is refused" outside "$path"
done
sed -i 's,^image	.*,image	../vmlinux,' "$kernel"/module-*/manifest-*
touch -d '60 days ago' "$kernel/used"
boots_in_a_small_cache() {
	PCPUBENCH_CACHE_LIMIT=4M "$pcpubench" boot baseline --topology=1c1n \
		--sizes=64 -o "$tmp/boot.jsonl" >"$tmp/table" 2>"$tmp/said" ||
		{ cat "$tmp/said"; return 1; }
	cat "$tmp/said"
	grep -q 'removed .* the cache is kept below 4.0 MiB' "$tmp/said"
}
check "the cache is kept below its limit" boots_in_a_small_cache
check "... what was not used for longest went" \
	[ ! -e "$cache/imported/dddd" ]
check "... and the kernel that boots stays" [ -f "$kernel/vmlinux" ]

# A small source in a tarball: once it is unpacked, what patches apply to is read there.
source=$tmp/linux
mkdir -p "$source"/{mm,kernel/configs,arch/x86/configs}
touch "$source"/{kernel/configs/tiny.config,arch/x86/configs/tiny.config}
echo 'int percpu;' >"$source/mm/percpu.c"
cat >"$source/Makefile" <<'END'
VERSION = 6
PATCHLEVEL = 12
RUSTC = rustc
allnoconfig:
	cp $(KCONFIG_ALLCONFIG) .config
	! $(RUSTC) --version >>.config
END
tar -C "$tmp" -cf "$tmp/linux.tar" linux
diff -u --label a/mm/percpu.c --label b/mm/percpu.c "$source/mm/percpu.c" \
	<(echo 'long percpu;') >"$tmp/one.patch"
unpacked_once() {
	kernel-patches/build-kernel --source="$tmp/linux.tar" --tree 2>"$tmp/said" ||
		{ cat "$tmp/said"; return 1; }
	grep -q '^unpacking' "$tmp/said" || return
	kernel-patches/build-kernel --source="$tmp/linux.tar" --plan "$tmp/one.patch" \
		2>"$tmp/said" && ! grep '^unpacking' "$tmp/said"
}
check "a source is unpacked once, and not for each patch" unpacked_once

# A config has nothing of programs that happen to be on a machine.
host_left_out() {
	local linux

	mkdir -p "$tmp/rust"
	printf '#!/bin/sh\necho CONFIG_RUSTC_VERSION=109500\n' >"$tmp/rust/rustc"
	chmod +x "$tmp/rust/rustc"
	touch "$source/other"
	tar -C "$tmp" -cf "$tmp/other.tar" linux
	linux=$(PATH=$tmp/rust:$PATH kernel-patches/build-kernel \
		--source="$tmp/other.tar" --tree) || return
	cat "$linux/.config"
	grep -q '^CONFIG_' "$linux/.config" && ! grep RUSTC "$linux/.config"
}
check "the version of a rustc that is not used is not in the config" host_left_out

comments_left_out() {
	local builder=$tmp/copy/kernel-patches/build-kernel first second third

	mkdir "$tmp/copy" && cp -r kernel-patches kmod-bench "$tmp/copy" || return
	first=$($builder --source="$tmp/linux.tar" --plan baseline)
	echo "# a remark" >>"$tmp/copy/kernel-patches/config/bench.config"
	second=$($builder --source="$tmp/linux.tar" --plan baseline)
	echo "CONFIG_HZ=250" >>"$tmp/copy/kernel-patches/config/bench.config"
	third=$($builder --source="$tmp/linux.tar" --plan baseline)
	printf '%s\n' "$first" "$second" "$third"
	[ -n "$first" ] && [ "$first" = "$second" ] && [ "$first" != "$third" ]
}
check "a comment in a config makes no other kernel" comments_left_out

# None takes another's folder, which is new, for one that a killed run left; what such a
# one left is removed.
at_once() {
	local _

	export TMPDIR=$tmp/at-once
	mkdir -p "$TMPDIR/pcpubench-build.killed"
	for _ in {1..40}; do
		kernel-patches/build-kernel --config=none baseline &
	done >/dev/null 2>"$tmp/said"
	wait
	sort "$tmp/said" | uniq -c
	[ "$(grep -c "^build-kernel: no config 'none'" "$tmp/said")" = 40 ] &&
		[ "$(wc -l <"$tmp/said")" = 40 ] && [ -z "$(ls -A "$TMPDIR")" ]
}
check "forty at once do not disturb each other" at_once

# Two that put the same in its place, a hundred times.
put_same() {
	local nr new=$cache/$1/made

	# shellcheck disable=SC2034 # put() has it
	making=$cache/$1
	for nr in {1..100}; do
		mkdir -p "$new"
		echo whole >"$new/manifest"
		put "$cache/put-$nr"
	done
}
both_put() {
	local cache=$tmp/both said

	mkdir "$cache"
	said=$(
		exec 2>&1
		# shellcheck source=/dev/null
		. kernel-patches/lib/product.sh
		to_disk() { :; }
		put_same one &
		put_same other
		wait "$!"
	)
	echo "$said"
	[ -z "$said" ] && [ "$(sort "$cache"/put-*/manifest | uniq -c | xargs)" = "100 whole" ]
}
check "two put the same in its place" both_put

without_locks() {
	mkdir -p "$tmp/bin" "$tmp/none"
	printf '#!/bin/sh\nexit 1\n' >"$tmp/bin/flock"
	chmod +x "$tmp/bin/flock"
	TMPDIR=$tmp/none PATH=$tmp/bin:$PATH fails 1 "cannot lock $tmp/none/" \
		timeout 60 kernel-patches/build-kernel --plan baseline &&
		[ -z "$(ls -A "$tmp/none")" ]
}
check "where nothing can be locked it says so, and leaves nothing" without_locks
finish
