#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The module's windows of many tasks: who is late, who leaves, who fails, and what
# is left, in a guest with four CPUs.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/kernel.sh
. tests/kernel.sh
exec build/guest/run build/guest/contend_init baseline 4c1n "" 4
