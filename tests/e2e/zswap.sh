#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The bench of zswap: what it refuses, and a kernel that has none. tests/all/zswap.sh
# has kernels with zswap.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

p=$pcpubench
kernel-patches/build-kernel baseline >/dev/null || exit 1

check "there are no sizes" fails 2 "zswap-life has none" \
	"$p" boot baseline --bench=zswap-life --sizes=64
check "unknown operation" fails 2 "did you mean 'zswap-life/out'?" \
	"$p" boot baseline --bench=zswap-life/outt
check "no times" fails 2 "only where instructions are counted: use insn" \
	"$p" boot baseline -i time --bench=zswap-life

# What the series adds, on the machines that both files have.
dearer() {
	"$p" gate results/reference/zswap-7.3.jsonl:baseline \
		results/reference/zswap-node-7.3.jsonl:zswap-node >"$tmp/gate" \
		2>"$tmp/gate.err"
	[ "$?" = 1 ] || { tail -n 3 "$tmp/gate" "$tmp/gate.err"; return 1; }
	grep '16c8n insn zswap-life/out 0 baseline to zswap-node: off' "$tmp/gate"
}
check "gate finds that a series makes a page dearer" dearer

# Both cells are there, with the reason, and without a number.
lacks() {
	boot_to lacks baseline -t 2c1n -b zswap-life &&
		[ "$(grep -c '"valid":false.*CONFIG=zswap' "$tmp/lacks.jsonl")" = 2 ] &&
		"$p" report "$tmp/lacks.jsonl" | grep 'baseline 0: no zswap'
}
check "a kernel without zswap says so" lacks
finish
