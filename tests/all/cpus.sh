#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The largest number of CPUs, on the newest kernel.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
export KERNEL=7.3

counts() {
	"$pcpubench" boot baseline --topology="$1" --sizes=64 -o "$tmp/$1.jsonl" &&
		grep '"type":"cell"' "$tmp/$1.jsonl" | grep -q '"valid":true' &&
		grep '"type":"kernel"' "$tmp/$1.jsonl" |
			grep -q '"harness":\[{"name":"0001-x86-apic'
}
check "1024 CPUs on 4 nodes" counts 1024c4n
check "4096 CPUs" counts 4096c1n
finish
