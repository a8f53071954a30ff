#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each file has a licence, and its text is in LICENSES/. The list for files without a
# header, .reuse/dep5, is the one that the Debian package has.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

if ! command -v reuse >"$tmp/log"; then
	echo "ok 1 - licences # SKIP no reuse: as root, ci/deps checks"
	echo "1..1"
	exit 0
fi

# A copy, in which a test can spoil things; reuse reads what git would.
git ls-files -z | xargs -0 cp -P --parents -t "$tmp" 2>"$tmp/log" &&
	git init -q "$tmp" || exit 1
rm -f "$tmp/log"
# The list says GPL-2.0-or-later of all that it does not name.
mixed=(
	# with the exception for what user space includes
	./kmod-bench/pcpu_bench.h
	# put together with d3 when it is linked
	./plots/page/page.html
)

lint() {
	(cd "$tmp" && reuse lint)
}
# A licence of the list that is not that of the file's own header makes two.
one_each() {
	(cd "$tmp" && reuse spdx) | awk '
		/^FileName: / { file = $2; first = "" }
		/^LicenseInfoInFile: / && first && $2 != first { print file }
		/^LicenseInfoInFile: / && !first { first = $2 }' | sort -u >"$tmp.two"
	printf '%s\n' "${mixed[@]}" | diff - "$tmp.two"
}
check "each file has a licence, and its text is there" lint
check "the list agrees with the files' own headers" one_each

unknown_text() {
	sed -i '1,3s/GPL-2.0-or-later/MIT/' "$tmp/plots/draw"
	if lint >"$tmp.lint"; then
		echo "a licence without its text was taken"
		return 1
	fi
	grep -q "'MIT' found in:" "$tmp.lint" && ! one_each >"$tmp.lint"
}
check "another licence is found out" unknown_text
rm -f "$tmp.two" "$tmp.lint"
finish
