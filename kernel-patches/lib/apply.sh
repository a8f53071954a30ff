# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # settings are build-kernel's
#
# Part of build-kernel. What patches make of a source.

# From what git says, the first that failed, in one line: of which file and where.
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

# The files that patches change or take from elsewhere, with a NUL after each.
files_in() {
	local patch options

	while IFS=$'\t' read -r patch options; do
		# shellcheck disable=SC2086 # options are words
		store_git -C "$store" apply --numstat -z $options "$patch" 2>/dev/null |
			cut -z -f3 || true
		sed -n 's/^\(rename\|copy\) \(from\|to\) //p' "$patch" | tr '\n' '\0'
	done <<<"$1"
}

# apply TREE PATCHES: print the tree that the patches make of TREE. PATCHES are
# lines of a path, a tab, and options for git apply. As all are content, what came of
# them once is so for ever.
apply() {
	local from=$1 patch options said known
	local -x GIT_INDEX_FILE=$tmp/apply-index

	[ -n "$2" ] || { printf '%s\n' "$from"; return; }
	known=$store/applied/$from-$(while IFS=$'\t' read -r patch options; do
		printf '%s\n' "$options"
		cat "$patch"
	done <<<"$2" | sha)
	if [ ! -f "$known" ]; then
		files_in "$2" | need "$from"
		rm -f "$GIT_INDEX_FILE"
		store_git read-tree "$from"
		while IFS=$'\t' read -r patch options; do
			# shellcheck disable=SC2086 # options are words
			said=$(store_git -C "$store" apply --cached \
				--whitespace=nowarn $options "$patch" 2>&1) ||
				die "$(basename "$patch") does not apply to $source_name: $(
					why_not <<<"$said")"
		done <<<"$2"
		store_git write-tree --missing-ok >"$known.$$"
		mv "$known.$$" "$known"
	fi
	cat "$known"
}
