#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whole kernels that are built in the sandbox: the same bytes as without.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/kernel.sh
. tests/kernel.sh

shared=${XDG_CACHE_HOME:-$HOME/.cache}/pcpubench
need() { kernel-patches/build-kernel baseline v1; }
check "kernels built without" need
need | cut -f2 | xargs cat | grep sha256 >"$tmp/without"

# A cache of its own, with the source that was downloaded.
export XDG_CACHE_HOME=$tmp/cache
mkdir -p "$XDG_CACHE_HOME/pcpubench"
cp -r "$shared/sources" "$XDG_CACHE_HOME/pcpubench/"
in_sandbox() {
	SANDBOX=yes kernel-patches/build-kernel baseline >"$tmp/lines" || return
	cut -f2 "$tmp/lines" | xargs cat | grep sha256 >"$tmp/within"
	head -n "$(wc -l <"$tmp/within")" "$tmp/without" | diff - "$tmp/within"
}
check "baseline is the same in the sandbox" in_sandbox

# As what comes from others is built where nothing is said: its build tree begins as a
# copy of the user's.
strangers() {
	mkdir "$tmp/v1"
	cp kernel-patches/linux-6.12/{shared,v1}/*.patch "$tmp/v1/"
	# A stranger's patches all lie in one folder.
	sed 's,^\.\./shared/,,' kernel-patches/linux-6.12/v1/series >"$tmp/v1/series"
	SANDBOX=auto kernel-patches/build-kernel baseline "$tmp/v1" >"$tmp/lines" ||
		return
	grep -q 'sandbox of v1' "$XDG_CACHE_HOME"/pcpubench/trees/*/name &&
		cut -f2 "$tmp/lines" | xargs cat | grep sha256 | diff "$tmp/without" -
}
check "... and a stranger's series" strangers
finish
