#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# `make install`: complete, used by a user who may not write there, and removed
# by `make uninstall` without a trace.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# As nobody, where this is root: with a cache of nobody's own, a copy of what
# baseline needs.
chmod 755 "$tmp"
home=$tmp/home
mkdir "$home"
user=()
[ "$(id -u)" != 0 ] || user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
full=${XDG_CACHE_HOME:-$HOME/.cache}/pcpubench
manifest=$(kernel-patches/build-kernel baseline 2>/dev/null | cut -f2)
copy_cache() {
	local kernel entry

	kernel=$(dirname "$(dirname "$manifest")")
	mkdir -p "$home"/cache/pcpubench/{kernels,stores} &&
		cp -r --reflink=auto "$kernel" "$home/cache/pcpubench/kernels/" || return
	for entry in "$full"/stores/*; do
		! grep -q 'linux-source-6\.12' "$entry/name" ||
			cp -r --reflink=auto "$entry" "$home/cache/pcpubench/stores/"
	done
	# No links: they would lead into root's home, which others may not enter.
	mkdir "$home/cache/pcpubench/sources"
	for entry in "$full/sources/linux-source-${KERNEL}_"*; do
		[ ! -d "$entry" ] ||
			cp -r --reflink=auto "$entry" "$home/cache/pcpubench/sources/" || return
	done
	[ ${#user[@]} = 0 ] || chown -R 65534:65534 "$home"
}

prefix=$tmp/root/opt/with\ blank
to=(DESTDIR="$tmp/root" "PREFIX=/opt/with blank")
# What an administrator has there, with a mode of his own.
mkdir -p "$prefix/share/man/man1"
chmod 2750 "$prefix/share/man"
chmod 2755 "$prefix/share/man"
echo mine >"$prefix/share/man/man1/mine.1"
state() {
	find "$prefix" -printf '%P %m %y %l\n' | sort
	find "$prefix" -type f -exec sha256sum {} + | sort
}
state >"$tmp/before"
check "make install" make -s install "${to[@]}"
state >"$tmp/installed"

# installed ARGUMENT...: in the user's home, without the tree's environment.
installed() {
	(cd "$home" && "${user[@]}" env -i PATH="/usr/sbin:/usr/bin:/sbin:/bin" HOME="$home" \
		XDG_CACHE_HOME="$home/cache" PCPUBENCH_CACHE_LIMIT=1T KERNEL="$KERNEL" \
		"$prefix/bin/pcpubench" "$@")
}
check "a cache of the user's own" copy_cache
lists() {
	diff <(installed list) <("$pcpubench" list)
}
check "list: the same as in the tree" lists
reference=$prefix/share/pcpubench/results/reference
reports() {
	diff <(installed report --published "$reference/bench-6.12.jsonl") \
		<("$pcpubench" report --published results/reference/bench-6.12.jsonl) &&
		[ -n "$(installed report --published "$reference/bench-6.12.jsonl")" ]
}
check "report: the same, with published figures" reports
same_paths() {
	sed 's,/.*/\(ci/thresholds\|results/reference/\),\1,' "$1"
}
gates() {
	local code=0 want=0

	installed gate "$reference/bench-6.12.jsonl:v1" :d >"$tmp/gate" || code=$?
	"$pcpubench" gate results/reference/bench-6.12.jsonl:v1 :d >"$tmp/want" || want=$?
	[ "$code" = "$want" ] && [ -s "$tmp/gate" ] &&
		diff <(same_paths "$tmp/gate") <(same_paths "$tmp/want")
}
check "gate: finds its rules" gates
plots() {
	installed plot --output="$home/plots" "$reference/bench-6.12.jsonl" >/dev/null &&
		[ -s "$home/plots/bars-176c1n.png" ]
}
check "plot: finds its scripts" plots
plans() {
	installed sweep baseline d --dry-run -t 1c1n >"$tmp/plan" 2>&1 &&
		grep -q baseline "$tmp/plan" && return
	cat "$tmp/plan"
	return 1
}
check "sweep --dry-run: plans with the builder" plans
takes_patches() {
	installed kernel list && [ -z "$(installed kernel list)" ] &&
		"${user[@]}" env -i PATH="$PATH" HOME="$home" XDG_CACHE_HOME="$home/cache" \
			KERNEL="$KERNEL" \
			"$prefix/share/pcpubench/kernel-patches/import-series" \
			kernel-patches/linux-6.12/on-request/hoist "$home/mine"
}
check "the builder's scripts take patches" takes_patches
sweeps() {
	installed sweep baseline -t 2c1n -s 64 -o "$home/run.jsonl" >"$tmp/said" 2>&1 ||
		{ cat "$tmp/said"; return 1; }
	"$pcpubench" sweep baseline -t 2c1n -s 64 -o "$tmp/tree.jsonl" >/dev/null 2>&1
	diff <("$pcpubench" report --format=csv "$home/run.jsonl") \
		<("$pcpubench" report --format=csv "$tmp/tree.jsonl")
}
check "sweep: boots a kernel, and counts what the tree's program counts" sweeps
completes() {
	bash -c 'PATH=$1/bin:$PATH
		. "$1/share/bash-completion/completions/pcpubench"
		COMP_LINE="pcpubench boot basel" COMP_POINT=20 COMP_CWORD=2
		COMP_WORDS=(pcpubench boot basel)
		_pcpubench
		[ "${COMPREPLY[*]}" = baseline ]' _ "$prefix"
}
check "completion finds the program" completes
has_pages() {
	local command
	for command in $("$pcpubench" --help | sed -n 's/^  \([a-z]*\) .*/-\1/p') ''; do
		mandoc -T lint "$prefix/share/man/man1/pcpubench$command.1" || return
	done
}
check "a manual page for every command" has_pages
check "nothing has changed in the installation" diff "$tmp/installed" <(state)

# As dkms would: its make line, with its variables.
builds_by_dkms() {
	local source folder tree

	source=$(echo "$prefix"/src/pcpu-bench-*)
	folder=$tmp/dkms/${source##*/}
	folder=${folder/pcpu-bench-/pcpu-bench\/}/build
	tree=$(kernel-patches/build-kernel --tree) &&
		mkdir -p "$(dirname "$folder")" && cp -r "$source" "$folder" || return
	# shellcheck disable=SC2016 # the variables are dkms.conf's
	kernel_source_dir=$tree dkms_tree=$tmp/dkms bash -euc '. "$1/dkms.conf"
		[ "$PACKAGE_NAME-$PACKAGE_VERSION" = "${1##*/}" ]
		eval "${MAKE[0]}"
		[ -f "$2/${BUILT_MODULE_NAME[0]}.ko" ]
		eval "$CLEAN"' _ "$source" "$folder"
}
check "dkms.conf builds the module" builds_by_dkms

check "make install again" make -s install "${to[@]}"
check "... is the same" diff "$tmp/installed" <(state)
check "make uninstall" make -s uninstall "${to[@]}"
check "... leaves what was there before" diff "$tmp/before" <(state)
refuses() {
	! make -s "${@:2}" 2>"$tmp/said" && grep -q -- "$1" "$tmp/said" && return
	cat "$tmp/said"
	return 1
}
check "... and there is nothing more to remove" refuses "give the PREFIX" \
	uninstall "${to[@]}"
check "a PREFIX must be absolute" refuses "not an absolute path" \
	install PREFIX=here
finish
