#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

tree=$(kernel-patches/build-kernel --tree) || exit 1

checkpatch() {
	perl "$tree/scripts/checkpatch.pl" --root="$tree" --strict --quiet \
		--no-summary "$@"
}

# By standard input: checkpatch takes tracked files for source, not for patches.
checkpatch_patch() {
	checkpatch - <"$1"
}

for file in kmod-bench/*.[ch]; do
	check "checkpatch $file" checkpatch --file "$file"
done
while read -r file; do
	check "checkpatch $file" checkpatch_patch "$file"
done < <(find kernel-patches tests -name '*.patch' | sort)

# cppcheck 2.17 does not parse the register of a variable: __asm__("r10").
check "cppcheck" cppcheck --quiet --error-exitcode=1 --inline-suppr \
	--enable=warning,performance,portability --std=c11 -D_GNU_SOURCE \
	-D'__asm__(x)=' \
	--suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches \
	--include=/usr/include/jansson.h \
	-Iuserspace-runner -Ikmod-bench \
	userspace-runner tcg-plugin

every_file_has_spdx() {
	local file bad=0

	while read -r file; do
		case $file in
		*.patch | *.json | *.jsonl | *.ktap | *.tsv | *.csv | *.md | *.png | \
			*.svg | .gitignore | */cmdline | */multi-node-note | tests/golden/* | \
			tests/fuzz/corpus/* | LICENSES/*) continue ;;
		esac
		if ! head -n 4 "$file" | grep -q SPDX-License-Identifier; then
			echo "$file"
			bad=1
		fi
	done < <(git ls-files)
	return "$bad"
}
check "every source file names its licence" every_file_has_spdx

every_c_file_says_what_it_holds() {
	local file bad=0

	while read -r file; do
		if [[ $(sed -n 2p "$file") != "/*"* ]]; then
			echo "$file: no comment in line 2"
			bad=1
		fi
	done < <(git ls-files '*.c')
	return "$bad"
}
check "every .c file says in line 2 what it holds" every_c_file_says_what_it_holds

data_is_made() {
	cp -r tests/unit/data "$tmp/data" &&
		(cd "$tmp/data" && /usr/bin/python3 make_data.py) &&
		diff -rq tests/unit/data "$tmp/data"
}
check "made-up results are what make_data.py makes" data_is_made
finish
