#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Other compilers than gcc of Debian 12 build everything, without a warning.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

builds() {
	mkdir "$tmp/$1"
	git ls-files -co --exclude-standard | tar cf - -T - | tar xf - -C "$tmp/$1"
	make -s -C "$tmp/$1" CC="$1" WERROR=1 all unit
}
check "clang is there" command -v clang
for cc in clang gcc-11 gcc-13 gcc-14 gcc-15; do
	command -v "$cc" >/dev/null || continue
	check "$cc" builds "$cc"
	rm -rf "${tmp:?}/$cc"
done
finish
