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
	"$pcpubench" report "$file" >/dev/null && diff <(in_readme) <(render)
}
check "the README's table is $file" same_table

verbs_exist() {
	local verb
	while read -r verb; do
		make -n "$verb" >/dev/null || return 1
	done < <(sed -n 's/^    make \([a-z-]*\).*/\1/p' README.md | sort -u)
}
check "the README's make verbs exist" verbs_exist

docs_exist() {
	local doc
	while read -r doc; do
		[ -f "$doc" ] || { echo "$doc"; return 1; }
	done < <(grep -o '](docs/[a-z]*.md)' README.md | tr -d ']()')
}
check "the README's documents exist" docs_exist
finish
