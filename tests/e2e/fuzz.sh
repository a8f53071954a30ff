#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The readers of strangers' files, for a moment each; `make fuzz` takes longer. The
# same files each time, so that no change of a stranger's is told by chance.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

check "the targets are built" make -s fuzzers
tests/fuzz/run -o -seed=1 -o -max_total_time=3 >"$tmp/said"
for target in tests/fuzz/fuzz_*.c; do
	name=$(basename "${target#*fuzz_}" .c)
	check "damaged files: $name" grep "^$name .*: no finding$" "$tmp/said"
done
finish
