# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # settings are build-kernel's
#
# Part of build-kernel. Applies patches to a source.

# The first failure that git reports, in one line: the file and where in it.
why_not() {
	gawk '
	sub(/^error: patch failed: .*:/, "") { line = $0; next }
	sub(/^(error|fatal): /, "") && why == "" {
		why = $0
		if (sub(/: does not exist in index$/, "", why))
			why = "there is no " why
		if (line != "")
			why = why ", at line " line
	}
	END { print why }'
}

# Have git extract the patches from their mails into $tmp/diffs/1 and so on: a
# message may have text that only looks like a patch.
take_diffs() {
	local patch nr=0 said

	rm -rf "$tmp/diffs"
	mkdir "$tmp/diffs"
	while IFS=$'\t' read -r patch _; do
		nr=$((nr + 1))
		said=$(store_git mailinfo /dev/null "$tmp/diffs/$nr" \
			<"$patch" 2>&1 >/dev/null) ||
			die "$(basename "$patch"): $(why_not <<<"$said")"
	done <<<"$1"
}

# The files that patches read or write, with a NUL after each. git names only
# written files; a reversed patch writes those that it reads.
files_in() {
	local options way nr=0

	while IFS=$'\t' read -r _ options; do
		nr=$((nr + 1))
		for way in '' -R; do
			# shellcheck disable=SC2086 # options are words
			store_git -C "$store" apply --numstat -z $options $way \
				"$tmp/diffs/$nr" 2>/dev/null | cut -z -f3- || true
		done
	done <<<"$1"
}

# apply TREE PATCHES: print the tree that the patches make of TREE. PATCHES are
# lines of a path, a tab, and options for git apply. The result depends on
# content alone, so it is kept.
apply() {
	local from=$1 patch options said known nr=0
	local -x GIT_INDEX_FILE=$tmp/apply-index

	[ -n "$2" ] || { printf '%s\n' "$from"; return; }
	known=$store/applied/$from-$(echo checked; while IFS=$'\t' read -r patch options; do
		printf '%s\n' "$options"
		cat "$patch"
	done <<<"$2" | sha)
	if [ ! -f "$known" ]; then
		take_diffs "$2"
		files_in "$2" | need "$from"
		rm -f "$GIT_INDEX_FILE"
		store_git read-tree "$from"
		while IFS=$'\t' read -r patch options; do
			nr=$((nr + 1))
			# shellcheck disable=SC2086 # options are words
			said=$(store_git -C "$store" apply --cached \
				--whitespace=nowarn $options \
				"$tmp/diffs/$nr" 2>&1) ||
				die "$(basename "$patch") does not apply to $source_name: $(
					why_not <<<"$said")$(made_on)"
		done <<<"$2"
		# git asks what is new in a submodule by running git in there: with the
		# configuration that a makefile of the series has put there.
		[ -z "$(store_git ls-files -s | sed -n '/^160000 /p')" ] ||
			die "$source_name with these patches has a git submodule: such a source is not built"
		store_git write-tree --missing-ok >"$known.$$"
		to_disk
		mv "$known.$$" "$known"
	fi
	cat "$known"
}

# For patches that do not apply: their base commit, if they name one.
made_on() {
	[ -n "${series_base:-}" ] || return 0
	printf '; they were made on %s' "$series_base"
	if [ "$source_kind" = git ] && commit_of "$series_base" >/dev/null; then
		printf ': KERNEL_SRC=%s@%.12s' "$source_git" "$series_base"
	fi
}
