#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The README's table is what the reference file says, and its commands exist.
# `tests/static/readme.sh update` writes the table.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

file=$(sed -n 's/^<!-- table: \(.*\) -->$/\1/p' README.md)

render() {
	sed -n '/^<!-- table:/p;/^<!-- table:/q' README.md
	echo '```'
	"$pcpubench" report "$file"
	echo '```'
	echo '<!-- end of table -->'
}

in_readme() {
	sed -n '/^<!-- table:/,/^<!-- end of table/p' README.md
}

if [ "${1:-}" = update ]; then
	render >"$tmp/table"
	sed -i -e "/^<!-- end of table/r $tmp/table" \
		-e '/^<!-- table:/,/^<!-- end of table/d' README.md
	exit
fi

same_table() {
	diff <(in_readme) <(render)
}
check "the README's table is $file" same_table

verbs_exist() {
	local verb
	for verb in $(grep -o '^    make [a-z-]*' README.md | awk '{ print $2 }' |
		sort -u); do
		make -n "$verb" >/dev/null || return 1
	done
}
check "the README's make verbs exist" verbs_exist

docs_exist() {
	local doc
	for doc in $(grep -o '](docs/[a-z]*.md)' README.md | tr -d '()]'); do
		[ -f "$doc" ] || { echo "$doc"; return 1; }
	done
}
check "the README's documents exist" docs_exist
finish
