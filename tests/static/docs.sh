#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# README.md and docs/ say what is so: what is between
#   <!-- made by: COMMAND -->   and   <!-- end of made -->
# is what COMMAND prints, make verbs and documents exist.
# `tests/static/docs.sh update` writes the made parts.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

PATH=$PWD/build:$PATH
made='^<!-- made by: .* -->$'

commands() {
	sed -n 's/^<!-- made by: \(.*\) -->$/\1/p' "$1"
}

# render DOCUMENT: print it with its made parts made again.
render() {
	local line command skip=

	while IFS= read -r line; do
		[[ $line == '<!-- end of made -->' ]] && skip=
		[ -n "$skip" ] || printf '%s\n' "$line"
		if [[ $line =~ $made ]]; then
			command=${line#'<!-- made by: '}
			# A command that fails must not leave a page without
			# figures.
			printf '```\n'
			bash -o pipefail -c "${command%' -->'}" || return 1
			printf '```\n'
			skip=yes
		fi
	done <"$1"
	[ -z "$skip" ] && return
	echo "$1: no '<!-- end of made -->' after the last '<!-- made by: ... -->'"
	return 1
}

documents=()
for document in README.md docs/*.md; do
	[ -z "$(commands "$document")" ] || documents+=("$document")
done

if [ "${1:-}" = update ]; then
	for document in "${documents[@]}"; do
		render "$document" >"$tmp/document" ||
			{ tail -n 1 "$tmp/document" >&2; exit 1; }
		cat "$tmp/document" >"$document"
	done
	exit
fi

as_made() {
	render "$1" >"$tmp/document" || { tail -n 1 "$tmp/document"; return 1; }
	diff "$1" "$tmp/document"
}
for document in "${documents[@]}"; do
	check "the figures in $document are those of its files" as_made "$document"
done

verbs_exist() {
	local verb
	while read -r verb; do
		make -n "$verb" >/dev/null || return 1
	done < <(sed -n 's/^    make \([a-z-]*\).*/\1/p' README.md docs/*.md | sort -u)
}
check "the make verbs they name exist" verbs_exist

# Links are relative to the document's folder.
links_exist() {
	local document link bad=0

	for document in README.md docs/*.md; do
		while read -r link; do
			[ -e "$(dirname "$document")/$link" ] && continue
			echo "$document: $link"
			bad=1
		done < <(grep -o '](\([^):#]*\))' "$document" | sed 's/](\(.*\))/\1/')
	done
	return "$bad"
}
check "what they link to exists" links_exist

# The manual names it, and a script is also called by hand.
one_default() {
	local version

	version=$(sed -n 's/^KERNEL *?= //p' Makefile)
	grep -x "version=\${KERNEL:-$version}" kernel-patches/build-kernel || return
	grep -x "#define KERNEL_DEFAULT	\"$version\"" userspace-runner/kernel/kernel.h
}
check "all say the same of which version is built by default" one_default
finish
