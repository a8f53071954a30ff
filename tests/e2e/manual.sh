#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Manual pages and completion: from the tables of --help, whole, and such that
# man and the shells take them.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

p=$pcpubench
mapfile -t commands < <("$p" --help | sed -n 's/^  \([a-z]*\) .*/\1/p')

# page [COMMAND]: as a terminal shows it, without overstrikes.
page() {
	"$p" help --man "$@" >"$tmp/page.1" || return
	groff -man -ww -Tascii -P-cbou -rLL=200n -rHY=0 "$tmp/page.1" 2>"$tmp/warnings"
}
renders() {
	page "$@" >"$tmp/page" && [ ! -s "$tmp/warnings" ] &&
		mandoc -T lint "$tmp/page.1" >"$tmp/warnings" && return
	cat "$tmp/warnings" "$tmp/page.1"
	return 1
}
# Each option of --help with its letter and value, and each word, whatever lines
# these are in.
has_all() {
	local option text bad=0
	local -a words

	page "$1" | tr -s ' \n' ' ' >"$tmp/page"
	"$p" "$1" --help >"$tmp/help"
	grep -oE '^ {2,6}(-[a-z], *)?--[a-z-]*[^ ]*' "$tmp/help" |
		sed 's/^ *//' >"$tmp/options"
	[ -s "$tmp/options" ] || { echo "no options"; return 1; }
	while read -r option; do
		grep -qF -- " $option " "$tmp/page" || { echo "no $option"; bad=1; }
	done <"$tmp/options"
	readarray -t words < <(sed '1,/^ *$/d; /^Mandatory or/,/^$/d; /^Example:$/d' \
		"$tmp/help" | tr -s ' \n' '\n' | grep .)
	for text in "${words[@]}"; do
		grep -qF -- "$text" "$tmp/page" || { echo "no '$text'"; bad=1; }
	done
	return "$bad"
}
lists_commands() {
	local command

	page >"$tmp/page"
	for command in "${commands[@]}"; do
		grep -q "^ *pcpubench-$command(1)" "$tmp/page" || { echo "no $command"; return 1; }
	done
}
dated() {
	"$p" help --man report | grep -q "^\.TH .* $(TZ=UTC git log -1 \
		--date=format-local:%F --format=%cd) "
}
check "pcpubench(1) is rendered without a warning" renders
check "... names each command" lists_commands
check "... has the date of the commit" dated
for command in "${commands[@]}"; do
	check "pcpubench-$command(1) is rendered without a warning" renders "$command"
	check "... has all that --help has" has_all "$command"
done
check "help: two commands" fails 2 "superfluous argument 'b'" "$p" help a b

# in_bash LINE: what bash would offer at the end of LINE.
in_bash() {
	bash -c '. ci/package/completion.bash
		compopt() { echo "option: $*"; }
		COMP_LINE=$1 COMP_POINT=${#1}
		# As readline breaks words: at blanks, = and :
		mapfile -t COMP_WORDS < <(grep -oE "[^ =:]+|[=:]+" <<<"$1")
		[[ $1 != *" " ]] || COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_pcpubench
		printf "%s\n" "${COMPREPLY[@]}"' _ "$1"
}
# offers LINE WORD...: exactly these.
offers() {
	local line=$1
	shift
	in_bash "$p $line" | sort -u | grep . >"$tmp/offered"
	printf '%s\n' "$@" | grep . | sort -u | diff - "$tmp/offered"
}
has() {
	local line=$1 word
	shift
	in_bash "$p $line" >"$tmp/offered"
	for word; do
		grep -qxF -- "$word" "$tmp/offered" || { cat "$tmp/offered"; return 1; }
	done
}
check "bash: commands" offers "" "${commands[@]}"
check "bash: a command that is begun" offers "sw" sweep
check "bash: options" has "report --" --format= --all --help
check "bash: no blank after an option with a value" offers "report --fo" --format= \
	"option: -o nospace"
check "bash: values behind a =" offers "report --format=" text md csv json
check "... begun" offers "report --format=j" json
check "... as a word of their own" offers "report -f c" csv
check "... one of several" offers "report --only=percent,o" percent,off
check "bash: benches" has "boot --bench=" percpu-alloc bpf-percpu-map
check "... and the kinds of one" has "boot --bench=bpf-percpu-map/" \
	bpf-percpu-map/array bpf-percpu-map/lru-hash
check "... and their operations" \
	offers "boot --bench=bpf-percpu-map-ops/array/" \
	bpf-percpu-map-ops/array/create bpf-percpu-map-ops/array/destroy \
	bpf-percpu-map-ops/array/destroy-wait
check "bash: instruments" has "sweep -i " insn time profile
check "bash: kernels" has "boot " baseline v1 d
check "... begun, after options" offers "sweep --sizes=64 -t 1c1n base" baseline
check "bash: further words of a command" offers "campaign " start status stop
check "... that may be left out" has "cache " list remove
check "... and their arguments" offers "kernel add x --from=" "option: -o default"
check "bash: files" offers "report " "option: -o default"
check "bash: nothing to say of a number" offers "sweep --boots=" ""
check "bash: nothing after a command that is none" offers "frobnicate " ""

every_option_completes() {
	local command option bad=0

	for command in "${commands[@]}"; do
		"$p" "$command" --help | grep -oE '^ {2,6}(-[a-z], *)?--[a-z-]+=?' |
			grep -o -- '--.*' | sort -u >"$tmp/want"
		"$p" help --complete -- "$command" -- | cut -f1 | sort -u |
			diff "$tmp/want" - || { echo "$command"; bad=1; }
	done
	return "$bad"
}
check "every option of every command completes" every_option_completes

# in_zsh WORD...: with the functions of zsh's completion replaced.
in_zsh() {
	zsh -fc 'compadd() {
			local -a show
			while [[ $1 != -- ]]; do shift; done
			shift
			print -l -- "$@"
		}
		_files() { print files }
		compset() { true }
		_pcpubench() { . ci/package/completion.zsh }
		words=("$@") CURRENT=$#
		_pcpubench' _ "$p" "$@"
}
zsh_offers() {
	in_zsh "${@:2}" | sort >"$tmp/offered"
	tr ' ' '\n' <<<"$1" | sort | diff - "$tmp/offered"
}
check "zsh: takes the file" zsh -n ci/package/completion.zsh
check "zsh: commands" zsh_offers "${commands[*]}" ""
check "zsh: options with and without a value" zsh_offers "--format= --force" compare --fo
check "zsh: values" zsh_offers "--format=json" report --format=j
check "zsh: kernels" zsh_offers baseline boot basel
check "zsh: files" zsh_offers files report --bogus ""
finish
