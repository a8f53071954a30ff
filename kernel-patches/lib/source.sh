# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # settings are build-kernel's
#
# Part of build-kernel. Where the source comes from: Debian's package, a
# tarball, a folder, or a user's git tree. open_source() sets, once:
#   source_kind    tarball, folder or git
#   source_name    its name for people
#   source_tree    its content, the same as that of `baseline`
#   source_origin  package, folder or git repository: each has a build tree
#   source_path    of a tarball
#   source_folder  of a folder
#   version        of the kernel, such as 6.12: chooses series and fragments
# and of a git tree
#   source_git     the folder
#   source_prefix  the kernel's folder in it, "" or ending in a slash
#   source_commit  the commit that is `baseline`

open_source() {
	local path=$1 commit=

	if [ -z "$path" ]; then
		debian_source
		open_tarball "$found" "$found_name"
		return
	fi
	if [[ $path == *@* ]] && [ ! -e "$path" ]; then
		commit=${path##*@}
		path=${path%@*}
	fi
	# Not every shell does this after KERNEL_SRC=
	path=${path/#\~\//${HOME:-/root}/}
	path=$(realpath -e "$path" 2>/dev/null) ||
		die "KERNEL_SRC: no such file or directory: ${1:-}" 2
	if [ -f "$path" ]; then
		open_tarball "$path" "$(basename "$path")"
	elif is_git_tree "$path" "${commit:-HEAD}"; then
		open_git "$path" "${commit:-HEAD}"
	elif [ -n "$commit" ]; then
		git -C "$path" rev-parse -q --verify "$commit^{commit}" >/dev/null ||
			die "KERNEL_SRC: no commit '$commit' in the git tree $path" 2
		die "KERNEL_SRC: commit '$commit' of $path is not a kernel source" 2
	elif [ -f "$path/mm/percpu.c" ]; then
		open_folder "$path"
	else
		die "$path is not a kernel source directory" 2
	fi
}

open_tarball() {
	local seen

	source_kind=tarball
	source_path=$1
	source_name=$2
	source_origin=$(basename "$1")
	store=$(store_of "$source_origin")
	# Reading 1.7 GB takes a while: remember the content by size, time, and file. Where it is
	# known, nobody is waited for who unpacks the source.
	seen=$store/seen-$(stat -c '%s-%.9Y-%i' "$1")
	lock -s "$store"
	if [ ! -f "$seen" ]; then
		open_store "$source_origin"
		# Whoever was waited for may have read it.
		if [ ! -f "$seen" ]; then
			unpack >"$seen.new"
			to_disk
			mv "$seen.new" "$seen"
		fi
	fi
	source_tree=$(<"$seen")
	version=$(version_of "$source_tree")
}

# Unpack the tarball into the store's folder "unpacked", which is whole if it is there,
# and print its tree.
unpack() {
	local to=$store/unpacking

	lock -x "$store/reading" "unpacking $source_name"
	long rm -rf "$to" "$store/unpacked" "$store/unpacked.index"
	mkdir "$to"
	show "unpacking $source_name"
	start tar -x -f "$source_path" -C "$to" --strip-components=1 \
		2>"$tmp/said"
	finish || die "cannot unpack $source_path: $(head -n1 "$tmp/said")"
	[ -f "$to/mm/percpu.c" ] ||
		die "$source_path does not hold a kernel source" 2
	show "reading $source_name"
	folder_tree "$to" "$store/unpacked.index"
	mv -T "$to" "$store/unpacked"
	hush
}

open_folder() {
	source_kind=folder
	source_folder=$1
	source_origin=$1
	open_store "$source_origin"
	[ -f "$store/index" ] || show "reading $1"
	source_tree=$(folder_tree "$1" "$store/index")
	hush
	version=$(version_of "$source_tree")
	source_name="$(basename "$1") $(release_of "$source_tree")"
}

# is_git_tree FOLDER COMMIT: whether FOLDER is a kernel's git tree. Dies with
# git's reason if git refuses to look, as into somebody else's tree.
is_git_tree() {
	local said

	if ! said=$(git -C "$1" rev-parse --git-dir 2>&1); then
		[[ $said == *'not a git repository'* ]] ||
			die "$(git_reason "$1" "$said")" 2
		return 1
	fi
	git -C "$1" cat-file -e "$2:$(git -C "$1" rev-parse --show-prefix)mm/percpu.c" \
		2>/dev/null
}

# git's error in one line: "detected dubious ownership in repository at ..." and
# the command that allows it.
git_reason() {
	printf '%s: %s' "$1" "$(sed -n 's/^fatal: //p; s/^[ \t]\+git /; to allow it: git /p' \
		<<<"$2" | tr -d '\n')"
}

open_git() {
	source_kind=git
	source_git=$1
	source_prefix=$(git -C "$1" rev-parse --show-prefix)
	source_origin=$(git -C "$1" rev-parse --path-format=absolute --git-common-dir)
	source_origin+=${source_prefix:+ $source_prefix}
	open_store "$source_origin" \
		--object-format="$(git -C "$1" rev-parse --show-object-format)"
	# Read objects from the user's repository, write new ones to the store.
	git -C "$1" rev-parse --path-format=absolute --git-path objects \
		>"$store/objects/info/alternates"
	source_commit=$(commit_of "$2") ||
		die "KERNEL_SRC: no commit '$2' in the git tree $1" 2
	start_at "$source_commit"
}

# A tree's release as its Makefile has it: 7.3.0-rc1
release_of() {
	need "$1" < <(printf 'Makefile\0')
	store_git cat-file blob "$1:Makefile" | gawk '
		/^(VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION) *=/ { v[$1] = $3 }
		END { print v["VERSION"] "." v["PATCHLEVEL"] "." v["SUBLEVEL"] \
			v["EXTRAVERSION"] }'
}

# A tree's version: 7.3
version_of() {
	local release

	release=$(release_of "$1" 2>/dev/null) || release=
	[[ $release =~ ^([0-9]+\.[0-9]+)\. ]] ||
		die "${source_folder:-${source_git:-$source_path}} is not a kernel source: its Makefile does not tell a version" 2
	printf '%s\n' "${BASH_REMATCH[1]}"
}
