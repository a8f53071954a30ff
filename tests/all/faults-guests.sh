#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Kernels that panic, hang, sleep, fill the console or the results channel, and lie: real
# ones, with an /init that does it. Each ends in time, says why, records no cell, and
# takes no more memory than is allowed.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/faults.sh
. tests/faults.sh

hostile_tree "$tmp/evil"

# A way, the deadline of its boot in seconds, and what the boot has to say.
while read -r way deadline words; do
	check "$way: ends in time, and says why" hostile "$way" "$deadline" "$words"
	check "... its record is that of a failed boot" is_failed "$way"
done <<'END'
panics 120 Kernel panic - not syncing: Attempted to kill init
loops 60 the guest hung: killed after 60 s
sleeps 60 the guest hung: killed after 60 s
fills_console 120 the guest hung: killed after 120 s|more to its console than any guest
garbage 120 the guest's results are garbled
endless 120 have a line without an end
flood 120 the guest hung: killed after 120 s|more results than any guest has
claims 120 there is no cell
lies 120 cell 1 says what its kernel is
END
cat "$tmp/told"
finish
