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
    with open(file, encoding="utf-8") as f:
        return {(c["topology"], c["param"]): c for c in json.load(f)
                if c["kernel"] == kernel and c["valid"]}


ours = cells(sys.argv[1], "baseline")
theirs = cells(sys.argv[2], "debian-6.12")
assert ours.keys() == theirs.keys() and len(ours) == 10, ours.keys()
for cell, c in sorted(ours.items()):
    off = c["off"] / theirs[cell]["off"] - 1
    cost = c["cost"] - theirs[cell]["cost"]
    print(cell, f"off {off:+.2%}, on - off {cost:+.2f}")
    assert abs(cost) <= 1
    assert abs(off) < (.01 if cell[1] < 4096 else .03)
END
near() {
	"$pcpubench" report --json "$tmp/ours" >"$tmp/ours.json" &&
		"$pcpubench" report --json results/reference/debian.jsonl \
			>"$tmp/theirs.json" &&
		/usr/bin/python3 "$tmp/near" "$tmp/ours.json" "$tmp/theirs.json"
}
check "on - off is Debian's, and off nearly" near
finish
