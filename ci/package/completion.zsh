#compdef pcpubench
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Completion of pcpubench for zsh: the program itself says what may follow.

local line word
local -a plain shown valued shown_valued

for line in "${(@f)$("$words[1]" help --complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
	word=${line%%$'\t'*}
	case $word in
	'') ;;
	'*')
		compset -P '*='
		_files ;;
	*=)
		valued+=("$word")
		shown_valued+=("$word  ${line#*$'\t'}") ;;
	*)
		plain+=("$word")
		shown+=("$word  ${line#*$'\t'}") ;;
	esac
done
(( ! $#plain )) || compadd -l -d shown -- "$plain[@]"
(( ! $#valued )) || compadd -l -S '' -d shown_valued -- "$valued[@]"
