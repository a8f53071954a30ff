# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # settings are build-kernel's
#
# Part of build-kernel. Kernels in a user's git tree: a commit, a range of
# commits A..B, and the uncommitted changes, `worktree`.

# Untracked files that the build may read.
source_files=('*.[chSsly]' '*.lds' '*.tbl' '*.sh' '*.pl' '*.py' '*.awk' '*.config'
	'*Kconfig*' '*Makefile*' '*Kbuild*')

# The whole hash of a commit.
commit_of() {
	git -C "$source_git" rev-parse -q --verify "$1^{commit}"
}

tree_of_commit() {
	git -C "$source_git" rev-parse "$1:${source_prefix%/}"
}

# Whether a name is a range of commits, and not a path like a/../b.
is_range() {
	[[ $1 =~ [^/.]\.\.[^/.] ]]
}

# Make a commit `baseline`.
start_at() {
	source_commit=$1
	source_tree=$(tree_of_commit "$1")
	version=$(version_of "$source_tree")
	source_name="$(basename "$source_git") $(release_of "$source_tree") ${1:0:12}"
}

# start_at() the beginning of the range, if one is among the NAMES.
start_at_range() {
	local name range='' first

	for name; do
		[[ $name != *...* && ! $name =~ [^/.]\.\.$ ]] ||
			die "'$name': give a range of commits, A..B" 2
		is_range "$name" || continue
		[ -z "$range" ] || [ "${name%%..*}" = "${range%%..*}" ] ||
			die "$range and $name start at two commits: measure one at a time" 2
		range=$name
	done
	[ -n "$range" ] || return 0
	first=$(commit_of "${range%%..*}") ||
		die "no commit '${range%%..*}' in $source_git" 2
	start_at "$first"
}

# start_at() the commit that the patches among the NAMES were made on, if they say
# so, git has it, and the user has not said where to start.
start_at_base() {
	local name nr folder base first='' made_of

	[ -e "$source" ] || return 0
	for name; do
		[[ $name != *..* || $name == */* ]] || return 0
		{ read -r name; read -r nr || true; } < <(split_name "$name")
		folder=$(series_dir "$name") || { [ $? = 1 ] && continue; exit 2; }
		origin_of "$folder" >"$tmp/origin"
		base=$(field base "$tmp/origin")
		base=$(commit_of "${base:-none}") || continue
		[ "${first:-$base}" = "$base" ] ||
			die "$made_of was made on ${first:0:12} and $name on ${base:0:12}: measure one at a time, or say KERNEL_SRC=$source@COMMIT" 2
		first=$base
		made_of=$name
	done
	[ -n "$first" ] && [ "$first" != "$source_commit" ] || return 0
	say "baseline is ${first:0:12}, on which $made_of was made; KERNEL_SRC=$source@HEAD takes HEAD"
	start_at "$first"
}

# end_of FIRST LAST: print the commit LAST, which must come after FIRST.
end_of() {
	local last

	last=$(commit_of "$2") || die "no commit '$2' in $source_git" 2
	git -C "$source_git" merge-base --is-ancestor "$1" "$last" ||
		die "$2 does not come after ${1:0:12} in $source_git" 2
	printf '%s\n' "$last"
}

# commits_between FIRST LAST: the commits after FIRST up to LAST in their order,
# without those of merged branches. They are steps only if each stands on the one before.
commits_between() {
	local last commits

	last=$(end_of "$1" "$2") || exit
	commits=$(git -C "$source_git" rev-list --first-parent --reverse "$1..$last")
	[ -z "$commits" ] ||
		[ "$(git -C "$source_git" rev-parse "${commits%%$'\n'*}^")" = "$1" ] ||
		die "${1:0:12} was merged into $2 later, so that there are no steps between them: measure both as they are" 2
	printf '%s' "${commits:+$commits$'\n'}"
}

# find_commit NAME [N]: print the commit, of a range the last or N-th one. Fails
# with 1 if git does not know it.
find_commit() {
	local name=$1 nr=${2:-} commits

	if ! is_range "$name"; then
		[ -z "$nr" ] && commit_of "$name"
		return
	fi
	if [ -z "$nr" ]; then
		end_of "$source_commit" "${name##*..}" || exit 2
		return
	fi
	commits=$(commits_between "$source_commit" "${name##*..}") || exit 2
	[ "$nr" -le "$(count "$commits")" ] ||
		die "no $name@$nr: $name has $(count "$commits") commits" 2
	printf '%s\n' "$source_commit" "$commits" | grep . |
		sed -n "$((nr + 1))p"
}

# git in the user's tree with our own index; it writes only to the store.
users_git() {
	GIT_INDEX_FILE=$tmp/worktree-index GIT_OBJECT_DIRECTORY=$store/objects \
		git -C "$source_git" "${git_options[@]}" "$@"
}

# Print, as a tree, the user's files as they are now: tracked ones, and
# untracked ones that match source_files and are not ignored. Reads them once.
worktree_tree() {
	if [ -f "$tmp/worktree" ]; then
		cat "$tmp/worktree"
		return
	fi
	# Its time tells git which files may have changed in the second it was written.
	cp -p "$(git -C "$source_git" rev-parse --path-format=absolute \
		--git-path index)" "$tmp/worktree-index" 2>/dev/null ||
		die "no files are checked out at $source_git: there is no series 'worktree'" 2
	users_git add -u -- .
	users_git ls-files -z --others --exclude-standard -- "${source_files[@]}" |
		users_git update-index -z --add --stdin
	users_git write-tree --missing-ok ${source_prefix:+"--prefix=$source_prefix"} |
		tee "$tmp/worktree"
}

# The files of a tree that differ from `baseline`, on one line.
changes_in() {
	store_git diff-tree -r --name-status "$source_tree" "$1" | gawk -F '\t' '
		NR <= 8 {
			text = text (NR > 1 ? ", " : "") $2 \
				($1 == "A" ? " (new)" : $1 == "D" ? " (gone)" : "")
		}
		END { print text (NR > 8 ? " and " NR - 8 " more" : "") }'
}

# list_commits LAST: the commits from `baseline` up to LAST, as steps.
list_commits() {
	local commits commit

	commits=$(commits_between "$source_commit" "$1")
	for commit in "$source_commit" $commits; do
		git -C "$source_git" log -1 --abbrev=12 --format='%h%x09%s%x09%H' \
			"$commit"
	done
}
