#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# `pcpubench run` on a live kernel: its results, what it leaves behind, and what
# is left after a signal or a kill -9, in a guest; and where nothing is charged.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/kernel.sh
. tests/kernel.sh
code=0
for kernel in baseline nokmem; do
	build/guest/run build/guest/metal_init "$kernel" 16c2n || code=1
done
exit "$code"
