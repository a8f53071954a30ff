# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # settings are build-kernel's
#
# Part of build-kernel. Series of patches: ours, those that the user added under
# a name, and those at a path.

# Names in the order of the published table, then other ones. With an argument
# also those that the user added.
list_names() {
	local dir name known=' baseline nokmem v1 a b c d '

	for name in $known; do
		if series_dir "$name" >/dev/null; then
			printf '%s\n' "$name"
		fi
	done
	for dir in "$here"/common/*/ "$here/linux-$version"/*/; do
		name=$(basename "$dir")
		if [ -f "$dir/series" ] && [[ $known != *" $name "* ]]; then
			printf '%s\n' "$name"
		fi
	done
	[ $# -gt 0 ] || return 0
	series_in "$own/linux-$version"
}

# Those that are measured when they are asked for.
on_request() {
	series_in "$here/linux-$version/on-request"
}

# The names of the series in a folder, or none.
series_in() {
	local dir

	for dir in "$1"/*/; do
		[ ! -f "$dir/series" ] || basename "$dir"
	done
}

# A series' description: the first sentence in the comments of its series file.
describe() {
	sed -n '/SPDX/d; s/^# *//p' "$(series_dir "$1")/series" |
		tr '\n' ' ' | sed 's/\. .*//; s/[. ]*$//'
}

# side_file FOLDER NAME: whether a text is beside the patches; dies if it is no plain file. Of
# a stranger's folder a link would have any file of the user's read, and a pipe never ends.
side_file() {
	local path=$1/$2

	[ -e "$path" ] || [ -L "$path" ] || return
	if [ -L "$path" ] || [ ! -f "$path" ] || [ "$(stat -c %s "$path")" -gt $((1 << 20)) ]; then
		die "$path is no plain file of at most 1 MiB" 2
	fi
}

# side_line FOLDER NAME KEY: print KEY, a tab and the only line of that text, if it is there. A
# second line would be one of the builder's own.
side_line() {
	local text

	side_file "$1" "$2" || return 0
	text=$(tr '\0' '\1' <"$1/$2")
	[[ $text != *[[:cntrl:]]* ]] ||
		die "$1/$2 is more than one line, or has control characters" 2
	printf '%s\t%s\n' "$3" "$text"
}

# origin_of FOLDER: what an imported series' file `origin` says, lines of a word, a tab and
# a text, if it is there. Each line is ended, also where the file's last one is not.
origin_of() {
	side_file "$1" origin || return 0
	gawk '!/^[a-z]+\t[^[:cntrl:]]*$/ { exit 1 } { print }' <"$1/origin" ||
		die "$1/origin has a line that is no word, tab and text" 2
}

# within FOLDER NAME: die unless a patch that a series names is there, in the series' folder.
# Ours have some patches in common, which lie beside it.
within() {
	local above own path

	above=$(realpath -e -- "$1")
	for own in "$here" "$(dirname "$here")/tests"; do
		[[ $above/ != "$own"/* ]] || above=$own
	done
	path=$(realpath -e -- "$1/$2" 2>/dev/null) || path=
	[ -f "$path" ] || die "$1/series names $2, which is not there" 2
	[[ $path == "$above"/* ]] ||
		die "$1/series names $2, which lies outside of its folder" 2
}

# Print the folder made of somebody's patches, named by their content. Tells
# once which patches were taken.
imported() {
	local made

	[ -e "$1" ] || return 1
	made=$tmp/imported-$(sha <<<"$1")
	if [ ! -f "$made" ]; then
		TMPDIR=$tmp "$here/import-series" --keep "$1" "$cache/imported" \
			>"$tmp/made" 2>"$tmp/said" ||
			die "$(sed 's/^import-series: //' "$tmp/said")" 2
		[ -n "$why" ] || cat "$tmp/said" >&2
		mv "$tmp/made" "$made"
	fi
	cat "$made"
}

# Print the folder of a series. Fails with 1 if there is none of that name, with
# 2 after an error message.
series_dir() {
	local dir

	if [[ $1 != */* ]]; then
		for dir in "$here/linux-$version/$1" "$here/common/$1" \
			"$here/linux-$version/on-request/$1" \
			"$here/common/on-request/$1" \
			"$own/linux-$version/$1"; do
			if [ -f "$dir/series" ]; then
				printf '%s\n' "$dir"
				return
			fi
		done
	fi
	# A folder in our own form is taken as it is.
	if [ -f "$1/origin" ] || [ -f "$1/headers" ] ||
		grep -qsE '^series [^ ]+$' "$1/series"; then
		(cd "$1" && pwd)
	else
		imported "$1"
	fi
}

# The patches of a series folder, a line each: its path, a tab, and options for
# git apply. A line "series NAME" stands for NAME's patches for this version.
series_patches() {
	local lines name options other

	side_file "$1" series || die "$1 has no file series" 2
	lines=$(gawk -f "$here/lib/series.awk" "$1/series" 2>&1) ||
		die "$1/series: $lines" 2
	while IFS=$'\t' read -r name options; do
		if [[ $name == 'series '* ]]; then
			other=$(series_dir "${name#series }") ||
				die "$1/series wants $name, which does not exist for Linux $version" 2
			series_patches "$other"
		elif [ -n "$name" ]; then
			within "$1" "$name"
			printf '%s\t%s\n' "$1/$name" "$options"
		fi
	done <<<"$lines"
}

# The patches that every kernel gets.
harness_patches() {
	[ "$harness" = no ] || printf '%s\t-p1\n' "$harness_folder"/*.patch
}

# The header of each of these patches, a line each: subject, author, and
# Message-ID or commit, with tabs in between.
headers_of() {
	gawk '
	BEGIN { IGNORECASE = 1 }
	BEGINFILE { delete head; key = id = "" }
	FNR == 1 && /^From [0-9a-f]+ Mon Sep 17 00:00:00 2001$/ {
		id = $2 ~ /^0+$/ ? "" : $2
		next
	}
	/^$/ || /^(---|diff |@@)/ { nextfile }
	/^[ \t]/ { head[key] = head[key] $0; next }
	match($0, /^(subject|from|message-id): */) {
		key = tolower(substr($0, 1, index($0, ":") - 1))
		head[key] = substr($0, RLENGTH + 1)
		next
	}
	{ key = "another" }
	ENDFILE {
		sub(/^\[[^]]*PATCH[^]]*\] */, "", head["subject"])
		if (head["message-id"])
			id = gensub(/.*<(.*)>.*/, "\\1", 1, head["message-id"])
		line = head["subject"] "\t" head["from"] "\t" id
		print gensub(/ +/, " ", "g", line)
	}' "$@"
}
