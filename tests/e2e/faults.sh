#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Two guests that do not do what they should. More faults, at random moments:
# tests/all/faults-*.sh.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/faults.sh
. tests/faults.sh

hostile_tree "$tmp/evil"
check "a kernel that panics" hostile panics 60 'Kernel panic - not syncing: Attempted'
check "... is recorded as failed" is_failed panics
check "a guest that claims to have measured" hostile claims 60 'there is no cell'
check "... is recorded as failed" is_failed claims
finish
