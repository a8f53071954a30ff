#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The module's calls for tests: objects of any kind, and where they are.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/kernel.sh
. tests/kernel.sh
exec build/guest/run build/guest/objects_init baseline 16c2n
