# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are build-kernel's
#
# Part of build-kernel. What a kernel's name stands for: one of our series, one that the user has given
# a name, a path, or a commit.

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

# The folder made of a commit: all that it has and the source has not, as one
# patch, which need not be one that could be sent.
commit_dir() {
	local commit dir tmp

	[ -n "$git_tree" ] || return 1
	commit=$(git -C "$git_tree" rev-parse -q --verify "$1^{commit}") || return 1
	dir=$cache/imported/commit-$(printf '%s %s\n' "$git_base" "$commit" | sha)
	if [ ! -d "$dir" ]; then
		mkdir -p "$cache/imported"
		tmp=$(mktemp -d "$cache/imported/.commit-XXXXXX")
		chmod 755 "$tmp"
		git -C "$git_tree" diff --no-color --no-ext-diff --no-textconv \
			--no-renames --full-index --src-prefix=a/ \
			--dst-prefix=b/ "$git_base" "$commit" \
			>"$tmp/${commit:0:12}.patch" ||
			{ rm -rf "$tmp"; exit 1; }
		printf '# Commit %s.\n' "$commit" >"$tmp/series"
		# Of files that are not text nothing would be built.
		if grep -qm1 '^@@ ' "$tmp/${commit:0:12}.patch"; then
			printf '%s\n' "${commit:0:12}.patch" >>"$tmp/series"
		fi
		mv -T "$tmp" "$dir" 2>/dev/null || rm -rf "$tmp"
	fi
	printf '%s\n' "$dir"
}

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
	commit_dir "$1"
}

# Add to patches what the series in folder $1 has, where it is "series NAME" what
# NAME has for this version.
add_patches() {
	local patch dir

	while read -r patch; do
		case $patch in
		'' | '#'*) ;;
		'series '*)
			dir=$(series_dir "${patch#series }") ||
				die "$1/series wants $patch, which Linux $version has not"
			add_patches "$dir" ;;
		*)
			[ -f "$1/$patch" ] ||
				die "$1/series names $patch, which is not there"
			patches+=("$1/$patch") ;;
		esac
	done <"$1/series"
}

# Sets dir, and the patches of a series: absolute paths, @N taken into account.
find_series() {
	local name=$1 nr=''
	patches=()

	if [[ $name =~ ^(.+)@([0-9]+)$ ]] && [ ! -e "$name" ]; then
		name=${BASH_REMATCH[1]}
		nr=$((10#${BASH_REMATCH[2]}))
	fi
	dir=$(series_dir "$name") || { [ $? != 2 ] || exit 2; die "no series '$name' for Linux $version; there are: $(
		list_names own | tr '\n' ' ')" 2; }
	add_patches "$dir"
	[ -n "$nr" ] || return 0
	if [ -f "$dir/headers" ] || [ "$nr" -gt ${#patches[@]} ]; then
		die "no $1: $name has ${#patches[@]} patches" 2
	fi
	whole=$([ "$nr" = ${#patches[@]} ] && echo yes || echo no)
	patches=("${patches[@]:0:nr}")
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

# What lies between the start and a kernel, each with its name as a kernel.
list_steps() {
	local name=$1 dir patch subject nr=0 whole
	local -a patches

	if [ -n "$git_tree" ] && ! (git_tree='' find_series "$name" 2>/dev/null); then
		git -C "$git_tree" rev-parse -q --verify "$name^{commit}" >/dev/null ||
			die "no commit '$name' in $git_tree" 2
		git -C "$git_tree" merge-base --is-ancestor "$git_base" "$name" ||
			die "$name does not come after ${git_base:0:12} in $git_tree" 2
		git -C "$git_tree" log -1 --abbrev=12 --format='%h%x09%s%x09%H' "$git_base"
		git -C "$git_tree" log --first-parent --reverse --abbrev=12 \
			--format='%h%x09%s%x09%H' "$git_base..$name"
		return
	fi
	find_series "$name"
	if [[ $name =~ ^(.+)@[0-9]+$ ]] && [ ! -e "$name" ]; then
		name=${BASH_REMATCH[1]}
	fi
	printf '%s@0\t\t\n' "$name"
	for patch in "${patches[@]}"; do
		nr=$((nr + 1))
		subject=$(subject_of "$patch")
		printf '%s@%d\t%s\t%s\n' "$name" "$nr" \
			"${subject:-$(basename "$patch")}" \
			"$(sha 64 <"$patch")"
	done
}
