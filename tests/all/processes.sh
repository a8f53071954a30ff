#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# mm-ctor on both kernels: the self-test passes; a fork's
# percpu allocation is gone, and a cgroup is charged what baseline charges it; RSS is off
# by as much as in baseline; and kernels that are wrong about it are found.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# As make counters has it.
export CONFIG=rseq

# proved VERSION SERIES: two boots of each operation, beside baseline's.
proved() {
	rm -f "$tmp/run"
	KERNEL=$1 "$pcpubench" sweep --again --boots=2 -b mm-life -t 8c2n \
		-o "$tmp/run" baseline "$2" >"$tmp/out" 2>"$tmp/err" ||
		{ cat "$tmp/err"; return 1; }
	/usr/bin/python3 "$tmp/judge" "$tmp/run"
}

# Each cell is proved, both boots agree, and baseline charges the same.
cat >"$tmp/judge" <<'END'
import collections
import json
import sys

cells = collections.defaultdict(list)
for record in map(json.loads, open(sys.argv[1], encoding="utf-8")):
    if record["type"] == "cell":
        cells[record["bench"], record["kernel"]].append(record)
assert len(cells) == 2 * 7, list(cells)
for (bench, kernel), boots in cells.items():
    assert len(boots) == 2 and all(b["valid"] for b in boots), (bench, kernel, boots)
    assert boots[0]["arms"] == boots[1]["arms"], (bench, kernel)
    mm, there = boots[0]["mm"], cells[bench, "baseline"][0]["mm"]
    assert (mm["idle"] > 0) == (kernel != "baseline"), (bench, kernel)
    assert mm == there | {"idle": mm["idle"]}, (bench, kernel, mm, there)
END

# How often pcpu_lock is taken in a fork and its exit of KERNEL.
holds() {
	KERNEL=$1 "$pcpubench" boot "$2" -i profile -t 8c2n -b mm-life/fork \
		--rounds=1 -o "$tmp/profile" >/dev/null 2>"$tmp/err" ||
		{ cat "$tmp/err"; return 1; }
	"$pcpubench" profile "$tmp/profile" >"$tmp/out"
	grep -qF "$3" "$tmp/out" || { cat "$tmp/out"; return 1; }
	rm "$tmp/profile"
}

# As wrong as baseline, whatever the parts of a kept counter hold.
error() {
	KERNEL=$1 "$pcpubench" selftest --rss=kernel -t 8c2n mm-ctor \
		>"$tmp/out" 2>"$tmp/err" || { cat "$tmp/err" "$tmp/out"; return 1; }
}

for version in 6.12 7.3; do
	check "$version: mm-ctor, alone and with others" self_test "$version" \
		mm-ctor d-mm-ctor
	check "$version: mm-ctor charges what baseline does" \
		proved "$version" mm-ctor
	check "$version: a fork of mm-ctor does not take pcpu_lock" \
		holds "$version" mm-ctor '0.0 holds an operation'
	check "$version: mm-ctor's bound is baseline's" error "$version"
	check "$version: tasks that run at once have different mm_cids" \
		cids "$version" mm-ctor
done

# finds SERIES WORDS: the cell of a fork is invalid, and says so.
finds() {
	KERNEL=6.12 "$pcpubench" boot "tests/wrong/$1" -t 8c2n -b mm-life/fork \
		-o "$tmp/wrong" >"$tmp/out" 2>"$tmp/err"
	grep -q "$2" "$tmp/out" || { cat "$tmp/out" "$tmp/err"; return 1; }
}
check "a freed process stays charged: found" finds mm-charged \
	'160 B charged before the object came'
half() {
	! proved 6.12 tests/wrong/mm-half >"$tmp/half" 2>&1 &&
		grep -q "'percpu': 80" "$tmp/half"
}
check "half of the bytes are charged: found" half
finish
