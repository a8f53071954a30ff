#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The pictures in plots/ and the fits are what results/reference/ says.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

p=$pcpubench
reference=(results/reference/sweep-6.12.jsonl)

check "fit of nothing" fails 2 "no results file" "$p" fit
check "plot of nothing" fails 2 "no results file" "$p" plot
check "fit of too little" fails 3 "nothing to fit" "$p" fit \
	tests/unit/data/typical.jsonl
check "plot of too little" fails 3 "nothing to draw" "$p" plot \
	tests/unit/data/typical.jsonl
check "a topology that was not measured cannot be held out" \
	fails 2 "cannot hold out 7c7n" "$p" fit --hold-out=7c7n "${reference[@]}"

held_out() {
	"$p" fit "${reference[@]}" >"$tmp/fit" || return
	tail -n 40 "$tmp/fit"
	! grep -q 'NOT TO BE TRUSTED' "$tmp/fit" &&
		[ "$(awk 'length > 72' "$tmp/fit" | wc -l)" = 0 ] &&
		awk '/^held out:/ { gsub(/[(%]/, ""); ok = $7 >= 95 }
			END { exit !ok }' "$tmp/fit"
}
check "95 % of the held-out cells are predicted within 1 %" held_out

check "the pictures can be drawn" "$p" plot -o "$tmp/plots" "${reference[@]}"
for picture in "$tmp"/plots/*.svg; do
	name=$(basename "$picture")
	# The date and the version of the program that drew are no data.
	check "plots/$name is what the data say" \
		cmp <(sed '/<title>Gnuplot/d; /<desc>Produced by/d' "$picture") \
		<(sed '/<title>Gnuplot/d; /<desc>Produced by/d' "plots/$name")
done
small() {
	local big

	[ "$(find plots -name '*.png' | wc -l)" = \
		"$(find plots -name '*.svg' | wc -l)" ] || return
	big=$(find plots -name '*.png' -size +100k)
	[ -z "$big" ] || { echo "$big"; return 1; }
}
check "every picture is there as a PNG of 100 KB at most" small

changed() {
	/usr/bin/python3 - "$tmp/changed.jsonl" "${reference[0]}" <<'EOF' || return
import json, sys
done = 0
with open(sys.argv[1], "w") as out:
    for line in open(sys.argv[2]):
        r = json.loads(line)
        if r["type"] == "cell" and (r["kernel"], r["topology"], r["param"]) == \
                ("baseline", "80c4n", 64):
            r["arms"]["on"]["ticks"] = [t + 10000 for t in r["arms"]["on"]["ticks"]]
            line = json.dumps(r) + "\n"
            done += 1
        out.write(line)
assert done == 1
EOF
	"$p" plot -o "$tmp/other" "$tmp/changed.jsonl" &&
		! cmp -s "$tmp/other/nodes-80.svg" plots/nodes-80.svg
}
check "other data make another picture" changed

text() {
	"$p" plot --text "${reference[@]}" >"$tmp/text" || return
	cat "$tmp/text"
	[ "$(awk 'length > 72' "$tmp/text" | wc -l)" = 0 ] &&
		[ "$(wc -l <"$tmp/text")" -ge 15 ] && grep -q baseline "$tmp/text"
}
check "a text plot of at most 72 columns" text
finish
