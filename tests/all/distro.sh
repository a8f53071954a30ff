#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# CONFIG=distro counts as Debian's own 6.12 does, whose counts are in
# results/reference/debian.jsonl: off within 1 %, on - off within 5 instructions, in
# each cell. Every series builds with it, is proved, and has its place in the order;
# 7.3 takes the config, too (docs/method.md, "A distribution's kernel").
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

export CONFIG=distro
"$pcpubench" sweep --again -o "$tmp/ours" \
	baseline v1 a b c d hoist static >"$tmp/out" 2>"$tmp/err"
check "CONFIG=distro: every series builds and boots" [ "$?" = 0 ]
KERNEL=7.3 "$pcpubench" sweep --again -o "$tmp/later" baseline d \
	>"$tmp/out" 2>"$tmp/err"
check "... on 7.3 as well" [ "$?" = 0 ]

cat >"$tmp/judge" <<'END'
import json
import subprocess
import sys


def cells(file):
    text = subprocess.run([sys.argv[2], "report", "--json", file], check=True,
                          stdout=subprocess.PIPE).stdout
    return {(c["topology"], c["param"], c["kernel"]): c for c in json.loads(text)
            if c["kernel"] != "nokmem"}


def valid(ours):
    bad = [cell for cell, c in ours.items() if not c["valid"]]
    assert not bad, bad


def near(ours):
    """baseline's counts are debian-6.12's."""
    theirs = cells("results/reference/debian.jsonl")
    nr = 0
    for (topology, size, kernel), c in ours.items():
        if kernel != "baseline":
            continue
        there = theirs[topology, size, "debian-6.12"]
        off = c["off"] / there["off"] - 1
        cost = c["cost"] - there["cost"]
        print(topology, size, f"off {off:+.2%}, on - off {cost:+.2f}")
        assert abs(off) < .01 and abs(cost) < 5
        nr += 1
    assert nr == 10


def ordered(ours):
    """What costs more than another with the lean config costs more here."""
    lean = cells("results/reference/bench-6.12.jsonl") | \
        cells("results/reference/static-6.12.jsonl")
    nr = 0
    for (topology, size, kernel), c in lean.items():
        for other in "baseline", "v1", "a", "b", "c", "d", "static":
            less = lean[topology, size, other]["cost"]
            if c["cost"] - less < 5 or (topology, size, kernel) not in ours:
                continue
            nr += 1
            assert ours[topology, size, kernel]["cost"] > \
                ours[topology, size, other]["cost"], (topology, size, kernel, other)
    assert nr > 150, nr


{f.__name__: f for f in (valid, near, ordered)}[sys.argv[1]](cells(sys.argv[3]))
END
judge() {
	/usr/bin/python3 "$tmp/judge" "$1" "$pcpubench" "$2"
}
check "every cell is proved" judge valid "$tmp/ours"
check "... on 7.3 as well" judge valid "$tmp/later"
check "baseline counts as Debian's kernel does" judge near "$tmp/ours"
check "the series have the order of the lean config" judge ordered "$tmp/ours"
finish
