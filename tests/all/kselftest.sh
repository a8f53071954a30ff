#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel's own tests on the newest kernel: a series has baseline's results.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
export KERNEL=7.3

check "7.3: v1 to d have the same results" \
	"$pcpubench" selftest --kselftest=cgroup v1 a b c d
finish
