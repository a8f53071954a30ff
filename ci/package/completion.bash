# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Completion of pcpubench for bash: the program itself says what may follow.

_pcpubench() {
	local line=${COMP_LINE:0:COMP_POINT} part=${COMP_WORDS[COMP_CWORD]} word
	local -a words

	read -ra words <<<"$line"
	[[ $line != *[[:blank:]] ]] || words+=('')
	COMPREPLY=()
	# Readline may break a word at = and :, and replaces what is behind.
	[[ $part != [=:] ]] || part=
	while IFS=$'\t' read -r word _; do
		if [ "$word" = '*' ]; then
			compopt -o default
		elif [[ $word == "${words[-1]}"* ]]; then
			COMPREPLY+=("$part${word#"${words[-1]}"}")
		fi
	done < <("${words[0]}" help --complete -- "${words[@]:1}" 2>/dev/null)
	[[ ${#COMPREPLY[@]} != 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace
}

complete -F _pcpubench pcpubench
