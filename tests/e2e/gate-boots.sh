#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The gate on real boots: 105 comparisons of equal boots find nothing, and one
# instruction is found.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

one=tests/patches/one-more
renamed=tests/patches/renamed

boots_are_written() {
	"$pcpubench" sweep --again --topologies=1c1n --sizes=64,1024 --boots=15 \
		--output="$tmp/boots.jsonl" baseline
}
check "15 boots of one kernel are measured" boots_are_written

# A file for each boot, as if each were a run of its own.
/usr/bin/python3 - "$tmp/boots.jsonl" "$tmp" <<'END' || exit 1
import json
import sys

records = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
boots = [r["boot"] for r in records if r["type"] == "boot"]
for boot in boots:
    with open("%s/boot-%d.jsonl" % (sys.argv[2], boot), "w",
              encoding="utf-8") as out:
        for r in records:
            if r.get("boot", boot) != boot:
                continue
            if r["type"] == "run":
                r = dict(r, id="%s boot %d" % (r["id"], boot))
            if r["type"] == "end":
                r = dict(r, boots=1, failed=0, cells=2, invalid=0)
            out.write(json.dumps(r, separators=(",", ":")) + "\n")
END

all_pairs_pass() {
	local i j nr=0

	for ((i = 1; i <= 15; i++)); do
		for ((j = i + 1; j <= 15; j++)); do
			"$pcpubench" gate "$tmp/boot-$i.jsonl" \
				"$tmp/boot-$j.jsonl" || return
			nr=$((nr + 1))
		done
	done >"$tmp/out" 2>&1
	[ "$nr" = 105 ]
}
check "all 105 comparisons of two boots of one kernel pass" all_pairs_pass

three_are_measured() {
	"$pcpubench" sweep --again --topologies=1c1n,16c2n --sizes=64,1024 \
		--output="$tmp/three.jsonl" baseline "$one" "$renamed"
}
check "a series with one instruction more, and one without, are measured" \
	three_are_measured

one_is_named() {
	local out code
	out=$("$pcpubench" gate "$tmp/three.jsonl:baseline" ":$one" 2>/dev/null)
	code=$?
	out=$(tr -s ' \n' ' ' <<<"$out")
	if [ "$code" != 1 ] || [[ $out == *' off: '* ]] ||
		[ "$(grep -o 'cost: [0-9.]* to [0-9.]*, +1 instruction per pair' \
			<<<"$out" | wc -l)" != 4 ]; then
		echo "exit code $code: $out"
		return 1
	fi
}
check "the one instruction is found in every cell, and only in its arm" \
	one_is_named

renaming_passes() {
	"$pcpubench" gate "$tmp/three.jsonl:baseline" ":$renamed"
}
check "another name and a comment pass" renaming_passes

# As in the README: the whole table, with the control.
two_benches() {
	local i file

	for i in old new; do
		make -s bench-qemu AGAIN=1 TOPOLOGY=1c1n SIZES=64 \
			SERIES="baseline nokmem v1" >"$tmp/$i" || return
		file=$(sed -n 's/^results: //p' "$tmp/$i")
		mv "$file" "$tmp/$i.jsonl" || return
	done
}
check "a table is measured twice" two_benches
benches_pass() {
	make -s gate OLD="$tmp/old.jsonl" NEW="$tmp/new.jsonl" >"$tmp/out" &&
		[ "$(grep -c ', the same build: 1 of 1 cell$' "$tmp/out")" = 2 ] &&
		grep -q '^  nokmem, without accounting' "$tmp/out" && return
	cat "$tmp/out"
	return 1
}
check "make gate of the two passes, and tells each pair" benches_pass
finish
