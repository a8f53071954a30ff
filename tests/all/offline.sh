#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# After `make deps` nothing needs a network: in a network namespace that has none,
# packages are found to be there, and a part of all tests passes.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

if [ "$(id -u)" != 0 ]; then
	skip "without a network" "not root"
	finish
fi
# The machine talks to itself, as its tests of Slurm and of pages do.
offline() {
	unshare --net bash -c 'ip link set lo up && exec "$@"' offline "$@"
}
no_network() {
	[ "$(offline ip -o link | wc -l)" = 1 ] && [ -z "$(offline ip route)" ]
}
check "no network" no_network
check "what make deps gets is there" offline make -s deps
check "the program is built" offline make -s WERROR=1 all unit
passes() {
	offline tests/check static unit guest/module guest/newest e2e/boot e2e/cache \
		e2e/fetch e2e/first e2e/own-patches >"$tmp/out" || { cat "$tmp/out"; return 1; }
}
check "static and unit tests, the newest kernel, first numbers, own patches" passes
finish
