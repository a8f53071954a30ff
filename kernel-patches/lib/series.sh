# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # settings are build-kernel's
#
# Part of build-kernel. Series of patches: ours, those that the user has given a
# name, and those of a path.

# Names in the order of the published table, then whatever else there is.
# With an argument those as well that were added.
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
	for dir in "$own/linux-$version"/*/; do
		[ ! -f "$dir/series" ] || basename "$dir"
	done
}

# What a series is: the first sentence in the comments of its series file.
describe() {
	sed -n '/SPDX/d; s/^# *//p' "$(series_dir "$1")/series" |
		tr '\n' ' ' | sed 's/\. .*//; s/[. ]*$//'
}

# The folder made of a mbox, a patch or a folder of patches.
imported() {
	local dir

	[ -e "$1" ] || return 1
	dir=$cache/imported/$(find "$1" -type f -print0 | sort -z |
		xargs -0 sha256sum | sha)
	[ -d "$dir" ] || "$here/import-series" "$1" "$dir" || exit 2
	printf '%s\n' "$dir"
}

# The folder of a series. 1 where there is none of that name, 2 where what is
# wrong with it has been told.
series_dir() {
	local dir

	# A name is one of ours, a path is anybody's: a folder as ours are, or
	# what import-series makes one of, remembered by its content.
	if [[ $1 == */* ]] || [ -f "$1" ]; then
		if [ -f "$1/series" ]; then
			(cd "$1" && pwd)
		else
			imported "$1"
		fi
		return
	fi
	for dir in "$here/linux-$version/$1" "$here/common/$1" \
		"$here/linux-$version/on-request/$1" \
		"$here/common/on-request/$1" \
		"$own/linux-$version/$1"; do
		if [ -f "$dir/series" ]; then
			printf '%s\n' "$dir"
			return 0
		fi
	done
	return 1
}

# The patches of a series folder, a line each: its path, a tab, and options for
# git apply. For a line "series NAME" those that NAME has for this version.
series_patches() {
	local lines name options other

	lines=$(gawk -f "$here/lib/series.awk" "$1/series" 2>&1) ||
		die "$1/series: $lines" 2
	while IFS=$'\t' read -r name options; do
		if [[ $name == 'series '* ]]; then
			other=$(series_dir "${name#series }") ||
				die "$1/series wants $name, which Linux $version has not" 2
			series_patches "$other"
		elif [ -f "$1/$name" ]; then
			printf '%s\t%s\n' "$1/$name" "$options"
		elif [ -n "$name" ]; then
			die "$1/series names $name, which is not there" 2
		fi
	done <<<"$lines"
}

# Those that every kernel gets.
harness_patches() {
	[ "$harness" = no ] || printf '%s\t-p1\n' "$harness_folder"/*.patch
}

# A patch's subject on one line, without "[PATCH 1/2]"; else its file's name.
subject_of() {
	gawk '
	tolower($0) ~ /^subject:/ { text = substr($0, 9); on = 1; next }
	on && /^[ \t]/ { text = text $0; next }
	on || /^(---|diff|@@)/ { exit }
	END {
		gsub(/[ \t]+/, " ", text)
		sub(/^ *\[[^]]*PATCH[^]]*\] */, "", text)
		sub(/^ /, "", text)
		print text
	}' "$1"
}
