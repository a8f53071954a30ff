#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The pictures in plots/ and the fits are made from results/reference/.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

p=$pcpubench
reference=(results/reference/sweep-6.12.jsonl)

check "fit of nothing" fails 2 "no results file" "$p" fit
check "plot of nothing" fails 2 "no results file" "$p" plot
check "fit of too little" fails 3 "nothing to fit" "$p" fit \
	tests/unit/data/typical.jsonl
check "plot of no number" fails 3 "nothing to draw" "$p" plot -o "$tmp/no" \
	tests/unit/data/other-image.jsonl
check "a topology that was not measured cannot be held out" \
	fails 2 "cannot hold out 7c7n" "$p" fit --hold-out=7c7n "${reference[@]}"

held_out() {
	"$p" fit "${reference[@]}" >"$tmp/fit" || return
	tail -n 40 "$tmp/fit"
	! grep -q 'NOT DESCRIBED\|ROUGH' "$tmp/fit" &&
		[ "$(awk 'length > 72' "$tmp/fit" | wc -l)" = 0 ] &&
		awk '/^held out:/ { gsub(/[(%]/, ""); ok = $7 >= 95 }
			END { exit !ok }' "$tmp/fit"
}
check "95 % of the held-out cells are predicted within 1 %" held_out

# What no topology has is not told as 0.
one_node() {
	awk '!/"type":"end"/ && (!/"topology":/ || /"topology":"[0-9]+c1n"/)' \
		"${reference[@]}" >"$tmp/one.jsonl"
	"$p" fit "$tmp/one.jsonl" >"$tmp/fit" &&
		grep -E '^c +64 +[0-9.]+ +- +- +' "$tmp/fit" && return
	cat "$tmp/fit"
	return 1
}
check "on one node costs of nodes are not known" one_node

narrow() {
	local file

	for file in results/reference/{kinds,memcg-life,slab,zswap}-6.12.jsonl; do
		"$p" fit "$file" >"$tmp/fit" && ! grep -nE '^.{73}' "$tmp/fit" || return
	done
}
check "fits of other benches have 72 columns, too" narrow

compared=results/reference/bench-6.12.jsonl:v1

# by_version PICTURE RESULTS FOLDER: of the kernels of two releases.
by_version() {
	local version

	for version in 6.12 7.3; do
		"$p" report --format=csv "results/reference/$2-$version.jsonl" \
			>"$tmp/$2-$version.csv" || return
	done
	"plots/$1.py" "6.12=$tmp/$2-6.12.csv" "7.3=$tmp/$2-7.3.csv" "$3"
}
# The pictures of `make plots`.
draw() {
	"$p" plot -o "$1" "${reference[@]}" &&
		"$p" plot -o "$1/depth" results/reference/depth-6.12.jsonl &&
		"$p" plot -o "$1/counters" results/reference/mm-{6.12,7.3}.jsonl &&
		"$p" plot -o "$1" --compare "$compared" :d &&
		"$p" contention --plot="$1" \
			results/reference/contention-{6.12,nowait-6.12}.jsonl &&
		"$p" report --format=csv results/reference/counter-6.12.jsonl \
			>"$tmp/counter.csv" &&
		plots/counter.py "$tmp/counter.csv" "$1" &&
		"$p" report --format=csv results/reference/kinds-6.12.jsonl |
			plots/kinds.py /dev/stdin \
				results/reference/kinds-6.12.{jsonl,ktap} "$1" &&
		by_version slab slab "$1" && by_version life memcg-life "$1" &&
		by_version zswap zswap "$1" &&
		plots/footprint.py 6.12=results/reference/footprint-6.12.jsonl \
			7.3=results/reference/footprint-7.3.jsonl "$1" &&
		plots/share.py 6.12=results/reference/slab-share-6.12.jsonl \
			7.3=results/reference/slab-share-7.3.jsonl "$1" &&
		"$p" plot -o "$1/releases" results/reference/releases-{6.1,6.12,7.2,7.3}.jsonl
}
check "the pictures can be drawn" draw "$tmp/plots"
check "and drawn again" draw "$tmp/again"
check "byte by byte the same" diff -r "$tmp/plots" "$tmp/again"
same_names() {
	diff <(find plots -name '*.[ps][nv]g' -printf '%P\n' | sort) \
		<(find "$tmp/plots" -type f -printf '%P\n' | sort)
}
check "plots/ has these pictures and no others" same_names

# Another version of the drawing program puts the same words elsewhere.
drawn_by() {
	grep -oE 'GNUPLOT [0-9.]+ patchlevel [0-9]+|Matplotlib v[0-9.]+' "$1" |
		head -n 1
}
by_the_same() {
	[ "$(drawn_by "$1")" = "$(drawn_by "$2")" ]
}
words() {
	/usr/bin/python3 - "$1" <<'END'
import sys, xml.etree.ElementTree
texts = {"".join(e.itertext()).strip()
         for e in xml.etree.ElementTree.parse(sys.argv[1]).iter()
         if e.tag.endswith("}text")}
print(*sorted(t for t in texts if any(map(str.isalpha, t))), sep="\n")
END
}
same_picture() {
	if by_the_same "$1" "$2"; then
		cmp "$1" "$2"
	else
		diff <(words "$1") <(words "$2")
	fi
}
for picture in "$tmp"/plots/*.svg; do
	name=$(basename "$picture")
	check "plots/$name is what the data say" \
		same_picture "$picture" "plots/$name"
done

# Machines may render the same text in slightly different shades; another point
# or word differs by more.
same_pixels() {
	by_the_same "${1%.png}.svg" "${2%.png}.svg" || { [ -s "$1" ]; return; }
	/usr/bin/python3 - "$1" "$2" <<'END'
import sys
import matplotlib.image, numpy
a, b = (matplotlib.image.imread(f) for f in sys.argv[1:])
if a.shape != b.shape:
    sys.exit("%s and %s" % (a.shape, b.shape))
differ = (numpy.abs(a - b).max(axis=2) > .25).sum()
if differ:
    sys.exit("%d pixels differ" % differ)
END
}
for picture in "$tmp"/plots/*.png; do
	name=$(basename "$picture")
	check "plots/$name shows what the data say" \
		same_pixels "$picture" "plots/$name"
done

check "a file that is not there is told in a line" fails 1 'none.jsonl: No such file' \
	plots/footprint.py 7.3=none.jsonl "$tmp"

# Of any file there is a picture, and a text of 72 columns that names the kernels.
every_file() {
	local file

	for file in tests/unit/data/{typical,maps,metal}.jsonl; do
		if ! "$p" plot -o "$tmp/every/$(basename "$file")" "$file" |
				grep -q 'png$'; then
			echo "$file"
			return 1
		fi
	done
	for file in results/reference/{bpf-ops,layouts,price,profile}-6.12.jsonl \
			tests/unit/data/{typical,maps,metal,troubles}.jsonl; do
		"$p" plot --text "$file" >"$tmp/text"
		if grep -nE '^.{73}' "$tmp/text" ||
				! grep -q "$(first_kernel "$file")" "$tmp/text"; then
			echo "$file as text"
			return 1
		fi
	done
}
first_kernel() {
	/usr/bin/python3 -c '
import json, sys
print(next(r["kernel"] for r in map(json.loads, open(sys.argv[1]))
           if r["type"] == "kernel" and "nokmem" not in r["cmdline"]))' "$1"
}
check "any file has a picture and a text" every_file

fit_for_a_mail() {
	/usr/bin/python3 - plots/*.png "$tmp"/every/*/bars-*.png <<'END'
import os, sys
from PIL import Image
for path in sys.argv[1:]:
    size, (width, height) = os.path.getsize(path), Image.open(path).size
    if size > 100000 or width > 900 or height > 650:
        sys.exit("%s: %d bytes, %d x %d" % (path, size, width, height))
END
}
check "every PNG has 100 KB and 900 x 650 at most" fit_for_a_mail

# Beside the file, and no curve where two kernels on one topology are all there is.
beside() {
	cp results/reference/bench-6.12.jsonl "$tmp/run.jsonl" &&
		"$p" plot "$tmp/run.jsonl" >"$tmp/made" &&
		diff "$tmp/made" - <<END
$tmp/run-plots/bars-176c1n.png
$tmp/run-plots/bars-176c1n.svg
$tmp/run-plots/bars-80c2n.png
$tmp/run-plots/bars-80c2n.svg
END
}
check "pictures go beside the file" beside

# The figures that the report has, by name and size.
bars_say_so() {
	"$p" report --format=csv results/reference/bench-6.12.jsonl >"$tmp/csv" &&
		/usr/bin/python3 - "$tmp/csv" "$tmp"/run-plots <<'END'
import csv, re, sys
for row in csv.DictReader(open(sys.argv[1])):
    svg = open("%s/bars-%s.svg" % (sys.argv[2], row["topology"])).read()
    said = re.findall(r"<text [^>]*>([^<]*)</text>", svg)
    if row["valid"] == "1":
        assert row["kernel"] in said and row["param"] + " B" in said
        wanted = "%+.0f (%+.1f %%)" % (float(row["cost"]), float(row["cost_pct"]))
        assert wanted in said, (wanted, said)
    else:
        assert row["kernel"] not in said, row
END
}
check "the bars say what the report says" bars_say_so

two_kernels() {
	"$p" plot -o "$tmp/two" --text "$tmp/two.jsonl" >"$tmp/text" || return
	cat "$tmp/text"
	[ "$(grep -c '^d - baseline: .*, more$' "$tmp/text")" = 5 ]
}
/usr/bin/python3 - results/reference/bench-6.12.jsonl "$tmp/two.jsonl" <<'END'
import json, sys
with open(sys.argv[2], "w") as out:
    for line in open(sys.argv[1]):
        r = json.loads(line)
        if r["type"] != "end" and r.get("kernel", "d") in ("baseline", "d") and \
                r.get("topology", "176c1n") == "176c1n":
            out.write(line)
END
check "two kernels are told apart, with a verdict" two_kernels

# Numbers on both axes, also where a log axis has no power of ten.
axis_numbers() {
	/usr/bin/python3 - "${reference[0]}" "$tmp/narrow.jsonl" <<'END'
import json, sys
with open(sys.argv[2], "w") as out:
    for line in open(sys.argv[1]):
        r = json.loads(line)
        if r["type"] != "end" and r.get("kernel", "baseline") == "baseline" and \
                r.get("topology", "1c1n") in ("1c1n", "8c1n", "32c1n", "64c1n"):
            out.write(line)
END
	"$p" plot -o "$tmp/narrow" "$tmp/narrow.jsonl" >"$tmp/made" &&
		has_numbers "$tmp/narrow/cpus.svg" 400 800 1 8 32 64
}
# has_numbers PICTURE LOW HIGH X...: three at least between these, and each X.
has_numbers() {
	/usr/bin/python3 - "$@" <<'END'
import re, sys
said = re.findall(r"<tspan[^>]*>\s*([0-9]+)\s*</tspan>", open(sys.argv[1]).read())
low, high = map(int, sys.argv[2:4])
assert sum(low <= int(t) <= high for t in said) >= 3, said
assert set(sys.argv[4:]) <= set(said), said
END
}
check "a log axis within a decade has numbers" axis_numbers
# Two kernels that are close have a second panel, in each kind of picture.
close_kernels() {
	"$p" plot -o "$tmp/close" results/reference/mm-{6.12,7.3}.jsonl >"$tmp/made" &&
		has_numbers "$tmp/close/cpus.svg" 12000 14000 \
			4 16 64 128 256 512 1024
}
check "a log axis within a tenth has numbers" close_kernels

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
		! cmp -s "$tmp/other/nodes-80.svg" "$tmp/plots/nodes-80.svg" &&
		! same_pixels "$tmp/other/nodes-80.png" "$tmp/plots/nodes-80.png"
}
check "other data make another picture" changed

# Simulated times, as no machine here can measure real ones.
times=tests/unit/data/simulated.jsonl

distributions() {
	"$p" plot -o "$tmp/times" "$times" &&
		"$p" plot -o "$tmp/times-2" "$times" &&
		diff -r "$tmp/times" "$tmp/times-2"
}
check "times are drawn, and twice the same" distributions

# The picture's numbers, computed from the records without the drawing code.
says_so() {
	/usr/bin/python3 - "$times" "$tmp/times/times-16c1n.svg" <<'END'
import collections, json, re, statistics, sys
cost = collections.defaultdict(list)
clean, disturbed = collections.Counter(), collections.Counter()
for r in map(json.loads, open(sys.argv[1])):
    if r["type"] != "cell":
        continue
    good = {}
    for arm, a in r["arms"].items():
        good[arm] = [t for t, d in zip(a["ticks"], a["disturbed"]) if not d]
        if arm != "empty":
            clean[r["param"]] += len(good[arm])
            disturbed[r["param"]] += len(a["ticks"]) - len(good[arm])
    m = {arm: statistics.median(g) for arm, g in good.items()}
    cost[r["kernel"], r["param"]].append((m["on"] - m["off"]) / r["pairs"])
svg = open(sys.argv[2]).read()
said = re.findall(r"<text [^>]*>([^<]*)</text>", svg)
assert "simulated, not measured" in said, said
for (kernel, size), values in cost.items():
    assert kernel in said and "%+.1f" % statistics.median(values) in said, \
        (kernel, size, values)
assert said.count("8 boots") == 4
for size in clean:
    wanted = "%d samples, " % clean[size], "; %d more were disturbed" % disturbed[size]
    assert any(t.startswith(wanted[0]) and t.endswith(wanted[1]) for t in said), wanted
END
}
check "they say what the records say" says_so

one_boot() {
	"$p" plot -o "$tmp/once" tests/unit/data/metal-once.jsonl &&
		grep -q '>no interval<' "$tmp/once/times-8c1n.svg"
}
check "one boot has no interval" one_boot

before_and_after() {
	"$p" plot -o "$tmp/slopes" --compare "$times:before" :after || return
	"$p" compare --format=csv "$times:before" :after >"$tmp/compare.csv"
	/usr/bin/python3 - "$tmp/compare.csv" "$tmp/slopes/slopes.svg" <<'END'
import csv, re, sys
said = re.findall(r"<text [^>]*>([^<]*)</text>", open(sys.argv[2]).read())
shown = 0
for row in csv.DictReader(open(sys.argv[1])):
    if row["quantity"] == "on":
        continue
    name = "%s B  " % row["param"]
    old, new = (next(t for t in said if t.startswith(name + "%.4g" % float(row[k])))
                for k in ("old", "new"))
    if row["verdict"] == "slower":
        shown += 1
        low, high = (100 * float(row[k]) * float(row["diff_pct"]) /
                     float(row["diff"]) / 100 for k in ("low", "high"))
        assert "[%+.3g, %+.3g]" % (low, high) in new, new
    else:
        assert new.endswith("~") and row["verdict"] == "~", (row, new)
assert shown == 1, shown
END
}
check "before and after are drawn with their verdicts" before_and_after
check "what cannot be compared is not drawn" fails 2 "not comparable" \
	"$p" plot --compare -o "$tmp/no" tests/unit/data/times.jsonl \
	tests/unit/data/times-elsewhere.jsonl
check "a place for no pictures is told" fails 2 "cannot make the directory /proc/no" \
	"$p" plot -o /proc/no "$times"
into_full() {
	"$p" plot -o "$tmp/full" "$times" >/dev/full
}
check "an output that is full is told in a line" fails 1 \
	"cannot write to the standard output: No space" into_full
check "before and after want two sides" fails 2 "give two sides" \
	"$p" plot --compare "$times"
no_numbers() {
	"$p" plot --compare -o "$tmp/no" tests/unit/data/typical.jsonl:baseline \
		:nokmem
}
check "two sides without numbers are not drawn" \
	fails 3 "no cell has numbers on both sides" no_numbers
bars() {
	"$p" compare --format=csv "$times:before" :after >"$tmp/compare.csv" &&
		plots/compare_bars.py "$tmp/compare.csv" "$tmp/bars" &&
		plots/compare_bars.py "$tmp/compare.csv" "$tmp/bars-2" &&
		diff -r "$tmp/bars" "$tmp/bars-2" && [ -s "$tmp/bars/compare.png" ]
}
check "the bars of a comparison are drawn, and twice the same" bars

text() {
	"$p" plot --text "${reference[@]}" >"$tmp/text" || return
	cat "$tmp/text"
	[ "$(awk 'length > 72' "$tmp/text" | wc -l)" = 0 ] &&
		[ "$(wc -l <"$tmp/text")" -ge 15 ] && grep -q baseline "$tmp/text"
}
check "a text plot of at most 72 columns" text
finish
