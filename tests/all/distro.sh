#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# CONFIG=distro counts as Debian's own 6.12 does, whose counts are in
# results/reference/debian.jsonl: on - off to the instruction, or nearly; off
# within 1 % below a page, and 3 % from there on (docs/method.md).
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

CONFIG=distro "$pcpubench" sweep baseline --again -o "$tmp/ours" \
	>"$tmp/out" 2>"$tmp/err"
check "CONFIG=distro builds and boots" [ "$?" = 0 ]
cat >"$tmp/near" <<'END'
import json
import sys


def cells(file, kernel):
    found = {}
    with open(file, encoding="utf-8") as f:
        for r in map(json.loads, f):
            if r["type"] != "cell" or r["kernel"] != kernel:
                continue
            assert r["valid"], r
            off, on = (sum(r["arms"][arm]["ticks"]) /
                       len(r["arms"][arm]["ticks"]) / r["pairs"]
                       for arm in ("off", "on"))
            empty = sum(r["arms"]["empty"]["ticks"]) / \
                len(r["arms"]["empty"]["ticks"]) / r["pairs"]
            found[r["topology"], r["param"]] = off - empty, on - off
    return found


ours = cells(sys.argv[1], "baseline")
theirs = cells(sys.argv[2], "debian-6.12")
assert ours.keys() == theirs.keys() and len(ours) == 10, ours.keys()
for cell, (off, cost) in sorted(ours.items()):
    off2, cost2 = theirs[cell]
    print(cell, f"off {off / off2 - 1:+.2%}, on - off {cost - cost2:+.2f}")
    assert abs(cost - cost2) <= 1
    assert abs(off / off2 - 1) < (.01 if cell[1] < 4096 else .03)
END
check "on - off is Debian's, and off nearly" \
	/usr/bin/python3 "$tmp/near" "$tmp/ours" results/reference/debian.jsonl
finish
