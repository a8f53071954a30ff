#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The lines of the README for a user's own patch, as they stand there.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

sed -n '/^\*\*Measure your own patch/,/^## /s/^    \(build\/.*\)/\1/p' README.md \
	>"$tmp/lines"
mkdir -p "$tmp/clone/results"
cp tests/patches/one-more/*.patch "$tmp/mine.patch"
ln -s "$PWD/build" "$tmp/clone/build"
export XDG_DATA_HOME=$tmp/data

check "the README has six lines" [ "$(wc -l <"$tmp/lines")" = 6 ]

# The patch costs something, so the gate says no.
runs() {
	local code=0

	(cd "$tmp/clone" && eval "$1") >"$tmp/out" 2>"$tmp/err" || code=$?
	case $1 in
	*' gate '*) [ "$code" = 1 ] ;;
	*) [ "$code" = 0 ] ;;
	esac && [ -s "$tmp/out" ] && return
	cat "$tmp/out" "$tmp/err"
	return 1
}
while read -r line; do
	check "$line" runs "$line"
done <"$tmp/lines"
check "the mail has 40 lines at most" [ "$(wc -l <"$tmp/out")" -le 40 ]
names_the_function() {
	# gcc 14 has it in its caller.
	grep -qE 'pcpu_(memcg_post_alloc_hook|alloc_noprof)\(\)' "$tmp/out"
}
check "... and names the function that the patch changes" names_the_function
finish
