#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The processes of bench mm-life in a guest, and what makes its cells invalid.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/kernel.sh
. tests/kernel.sh
exec build/guest/run build/guest/mm_init baseline 4c1n
