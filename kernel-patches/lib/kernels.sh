# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # settings are build-kernel's
#
# Part of build-kernel. What a kernel's name stands for: patches on the source,
# or commits in git. NAME@N is its first N patches or commits.

# Print NAME and N of NAME@N, a line each; of NAME alone one line.
split_name() {
	if [[ $1 =~ ^(.+)@([0-9]+)$ ]] && [ ! -e "$1" ]; then
		printf '%s\n' "${BASH_REMATCH[1]}" "$((10#${BASH_REMATCH[2]}))"
	else
		printf '%s\n' "$1"
	fi
}

# find_kernel NAME: print what it stands for, lines of a key, a tab and a value,
# in a manifest's form:
#   elsewhere  the folder of a kernel that somebody else built
#   tree       the content of a kernel to build, with the harness patches
#   commit     if the kernel is a commit
#   harness, patch  for each patch its file's name, hash, subject, author, and
#              Message-ID or commit, with tabs in between
#   origin     a line of an imported series' file `origin`
#   cmdline    what the series adds to the kernel's command line
#   note       what the report prints where there are several nodes
find_kernel() {
	local name nr folder code=0

	if [ "$1" = distribution ]; then
		find_distribution
		return
	fi
	{ read -r name; read -r nr || true; } < <(split_name "$1")
	folder=$(series_dir "$name") || code=$?
	[ "$code" -le 1 ] || exit "$code"
	if [ "$code" = 0 ]; then
		tell_branch "$name"
		find_series "$name" "$nr" "$folder"
	elif [ "$source_kind" = git ]; then
		find_in_git "$name" "$nr"
	else
		no_kernel "$1"
	fi
}

# tell_branch NAME: a series goes before a branch of its name, which has another one, too.
tell_branch() {
	[ "$source_kind" = git ] && [ -z "$why" ] &&
		! grep -qsxF -- "$1" "$tmp/told" &&
		commit_of "refs/heads/$1" >/dev/null || return 0
	printf '%s\n' "$1" >>"$tmp/told"
	say "$1 is the series of that name, not the branch: refs/heads/$1 is the branch"
}

# The name among those of this version that $1 is most like, if any.
near_name() {
	{ list_names own; on_request; } | /usr/bin/python3 -c '
import difflib, sys
print(*difflib.get_close_matches(sys.argv[1], sys.stdin.read().split(), 1, .75))' "$1"
}

no_kernel() {
	local near more

	[[ $1 != */* ]] || die "no such file or directory: $1" 2
	near=$(near_name "$1")
	[ -z "$near" ] || die "no series '$1': did you mean '$near'?" 2
	more=$(on_request | tr '\n' ' ')
	die "no series '$1' for Linux $version; there are: $(list_names own |
		tr '\n' ' ')${more:+and on request $more}" 2
}

# stranger_of NAME: print a hash of somebody's series, given by a path or added by the user;
# nothing of what the user trusts. Said apart from find_kernel()'s lines, which have
# strangers' texts in them: whether a build is confined hangs on it.
stranger_of() {
	local name folder patches code=0

	[ "$1" != distribution ] || return 0
	name=$(split_name "$1" | head -n1)
	folder=$(series_dir "$name") || code=$?
	[ "$code" -le 1 ] || exit "$code"
	[ "$code" = 0 ] || return 0
	[[ $name == */* || $folder == "$own"/* ]] || return 0
	patches=$(series_patches "$folder")
	cut -f1 <<<"$patches" | sed '/^$/d' | xargs -r -d '\n' cat -- | sha
}

find_series() {
	local name=$1 nr=$2 folder=$3 all patches series_base=''

	all=$(series_patches "$folder")
	patches=$(head -n "${nr:--0}" <<<"$all")
	if [ -n "$nr" ] && [ "$nr" -gt "$(count "$all")" ]; then
		die "no $name@$nr: $name has $(count "$all") patches" 2
	fi
	side_line "$folder" cmdline cmdline
	[ "$patches" != "$all" ] || side_line "$folder" multi-node-note note
	origin_of "$folder" >"$tmp/origin"
	# shellcheck disable=SC2034 # made_on() of apply.sh says it
	series_base=$(field base "$tmp/origin")
	sed 's/^/origin\t/' "$tmp/origin"
	if [ -f "$folder/headers" ]; then
		[ -z "$nr" ] || die "no $name@$nr: $name has 0 patches" 2
		made_file "$folder" image >/dev/null
		made_file "$folder" headers >/dev/null
		printf 'elsewhere\t%s\n' "$folder"
	else
		patched "$source_tree" "$patches"
	fi
}

find_in_git() {
	local name=$1 nr=$2 content commit code=0

	if [ "$name" = worktree ] && [ -z "$nr" ]; then
		content=$(worktree_tree)
		[ "$content" != "$source_tree" ] ||
			die "all is committed in $source_git: there is no series 'worktree'" 2
		printf 'patch\tworktree\t%s\n' "$(store_git diff-tree -p \
			--full-index "$source_tree" "$content" | sha 64)"
	else
		commit=$(find_commit "$name" "$nr") || code=$?
		[ "$code" -le 1 ] || exit "$code"
		[ "$code" = 0 ] || no_kernel "$name${nr:+@$nr}"
		content=$(tree_of_commit "$commit")
		printf 'commit\t%s\n' "$commit"
	fi
	patched "$content" ''
}

# patched TREE PATCHES: manifest lines of TREE with the harness and PATCHES. A local
# `tree` would hide the build tree from what is called.
patched() {
	local content=$1 patches=$2 first

	first=$(harness_patches)
	record_patches harness "$first"
	record_patches patch "$patches"
	content=$(apply "$content" "$first")
	content=$(apply "$content" "$patches")
	printf 'tree\t%s\n' "$content"
}

record_patches() {
	local -a files

	[ -n "$2" ] || return 0
	mapfile -t files < <(cut -f1 <<<"$2")
	paste <(basename -a -- "${files[@]}") \
		<(sha256sum -- "${files[@]}" | sed 's/^\\//' | cut -c1-64) \
		<(headers_of "${files[@]}") | sed "s/^/$1\t/"
}

# The number of lines that are not empty.
count() {
	grep -c . <<<"$1" || true
}

# list_steps NAME: print the steps from the start to a kernel, a line "kernel
# subject id" for each, with tabs in between.
list_steps() {
	local name nr folder='' patch subject step=0

	{ read -r name; read -r nr || true; } < <(split_name "$1")
	folder=$(series_dir "$name") || [ $? = 1 ] || exit 2
	if [ -z "$folder" ] && [ "$source_kind" = git ]; then
		list_commits "${name##*..}"
		return
	fi
	[ -n "$folder" ] || no_kernel "$name"
	printf '%s@0\t\t\n' "$name"
	while IFS=$'\t' read -r patch _; do
		[ -n "$patch" ] || continue
		step=$((step + 1))
		subject=$(headers_of "$patch" | cut -f1)
		printf '%s@%d\t%s\t%s\n' "$name" "$step" \
			"${subject:-$(basename "$patch")}" "$(sha 64 <"$patch")"
	done < <(series_patches "$folder" | head -n "${nr:--0}")
}
