#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The module's argument checking, proofs, leaks and refusals, in a guest.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/kernel.sh
. tests/kernel.sh
exec build/guest/run build/guest/module_init baseline 16c2n
