#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The slab objects of the module in a guest, and proofs that do not hold.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/kernel.sh
. tests/kernel.sh
exec build/guest/run build/guest/slab_init baseline 8c2n
