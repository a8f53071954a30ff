#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The output of compare, and what it refuses. test_compare.c tests its numbers.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

export PYTHONDONTWRITEBYTECODE=1
/usr/bin/python3 tests/e2e/gate_data.py "$tmp" || exit 1

compare() {
	"$pcpubench" compare "$@"
}

says() {
	local text=$1 out
	shift
	out=$(compare "$@" 2>&1 | tr -s ' ') || { echo "$out"; return 1; }
	grep -qF -- "$text" <<<"$out" || { echo "no '$text' in: $out"; return 1; }
}

check "the same is the same" says '64 +978 +978 0 +0.00% same' \
	"$tmp/insn.jsonl" "$tmp/insn-again.jsonl"
check "one instruction is more" says '64 +978 +979 +1 +0.01% more' \
	"$tmp/insn.jsonl" "$tmp/insn-on-1.jsonl"
check "two kernels of one file are compared" \
	says 'OLD baseline, NEW v1' \
	tests/unit/data/typical.jsonl:baseline :v1
sed '1s/"id":"[^"]*"/"id":"again"/' tests/unit/data/typical.jsonl \
	>"$tmp/typical-again.jsonl"
check "all kernels of one name are compared" says 'OLD b, NEW b' \
	tests/unit/data/typical.jsonl "$tmp/typical-again.jsonl"
check "... but for the control, which is told" \
	says 'nokmem is the control: no cell of it counts, as it must be' \
	tests/unit/data/typical.jsonl "$tmp/typical-again.jsonl"
check "a run is not compared with itself, not even by --force" \
	fails 2 'baseline of run typical is on both sides' \
	"$pcpubench" compare --force tests/unit/data/typical.jsonl \
	tests/unit/data/typical.jsonl
check "two builds of one name are told apart" \
	says "OLD mine (image $(printf image1 | sha256sum | head -c 6)), NEW mine" \
	"$tmp/mine-1.jsonl" "$tmp/mine-2.jsonl"
images_in_data() {
	compare --json "$tmp/mine-1.jsonl" "$tmp/mine-2.jsonl" >"$tmp/mine.json" &&
		compare -f csv "$tmp/mine-1.jsonl" "$tmp/mine-2.jsonl" >"$tmp/mine.csv" &&
		/usr/bin/python3 - "$tmp/mine.json" "$tmp/mine.csv" <<'END'
import csv, json, sys
cells = json.load(open(sys.argv[1]))["cells"]
rows = list(csv.DictReader(open(sys.argv[2])))
assert cells and len(cells) == len(rows)
for cell, row in zip(cells, rows):
    assert cell["kernel_old"] == cell["kernel_new"] == "mine"
    assert cell["image_old"] != cell["image_new"] and cell["image_new"]
    assert all(row[name] == cell[name] for name in ("image_old", "image_new"))
END
}
check "... and in JSON and CSV by their images" images_in_data
# A reader adds the first, measures it, and puts the second in its place.
mail_repeats_both() {
	"$pcpubench" lkml "$tmp/mine-1.jsonl" "$tmp/mine-3.jsonl" >"$tmp/mail" &&
		grep -q '^  mine, old: count$' "$tmp/mail" &&
		grep -q '^  mine, new: remember$' "$tmp/mail" &&
		[ "$(grep -o 'kernel add.*\|pcpubench boot' "$tmp/mail" |
			tr '\n' ';')" = "kernel add mine --from OLD.mbox;pcpubench boot;kernel add mine --replace --from NEW.mbox;pcpubench boot;" ] &&
		return
	cat "$tmp/mail"
	return 1
}
check "... and in a mail, with how to repeat both" mail_repeats_both
mail_of_release() {
	"$pcpubench" lkml results/reference/bench-7.3.jsonl,results/reference/bench-6.12.jsonl:baseline-6.12 \
		:d-6.12 >"$tmp/mail" && ! grep -q 'Linux 7.3\|sweep.*baseline-' "$tmp/mail" &&
		grep -q 'Linux 6.12' "$tmp/mail" && return
	cat "$tmp/mail"
	return 1
}
check "a mail names its kernels' release, and its commands theirs" mail_of_release
check "two builds of one name are not one side" \
	fails 2 "is another build than in $tmp/mine-1.jsonl: give one build a side" \
	"$pcpubench" compare "$tmp/mine-1.jsonl,$tmp/mine-2.jsonl" \
	"$tmp/mine-3.jsonl"
check "what neither side tells is told" \
	says 'taken to be equal, as neither side tells' \
	"$tmp/insn-no-config.jsonl" "$tmp/insn-no-config-again.jsonl"
check "what is not measured is missing" says '1024 - - - - missing' \
	"$tmp/insn.jsonl" "$tmp/insn-missing.jsonl"
check "what is not significant is ~" says '~' "$tmp/time.jsonl" \
	"$tmp/time-again.jsonl"
check "what is slower is slower" says '<.001 slower' "$tmp/time.jsonl" \
	"$tmp/time-slower.jsonl"
check "too few boots are told" says 'need 1 more boot of each side' \
	"$tmp/time-4.jsonl" "$tmp/time-4-again.jsonl"
short() {
	local err

	err=$("$pcpubench" compare results/reference/gcc-1{2,1}-6.12.jsonl 2>&1)
	[ $? = 2 ] && [ ${#err} -le 72 ] &&
		[[ $err == *'not comparable: compiler (and 2 more): --force '* ]] &&
		return
	echo "$err"
	return 1
}
check "what is not comparable is told in a line of 72 columns" short
check "another compiler is refused" fails 2 'not comparable: compiler' \
	"$pcpubench" compare "$tmp/insn.jsonl" "$tmp/insn-compiler.jsonl"
check "... and told with --force" says 'gcc 13 in NEW' --force \
	"$tmp/insn.jsonl" "$tmp/insn-compiler.jsonl"
check "another topology has nothing to compare" \
	fails 3 'no cell has numbers on both sides' \
	"$pcpubench" compare "$tmp/insn.jsonl" "$tmp/insn-topology.jsonl"
check "a control of another build is refused" fails 2 'is another build' \
	"$pcpubench" compare --control tests/unit/data/typical.jsonl:v1 \
	"$tmp/insn.jsonl" "$tmp/insn-again.jsonl"

check "a boot that failed is told" says 'NEW: 1 of 2 boots failed: it hung' \
	"$tmp/insn.jsonl" "$tmp/insn-failed.jsonl"
check "... and one that does not count" \
	says 'NEW, 64: 1 of 10 boots do not count: nothing was charged' \
	"$tmp/time.jsonl" "$tmp/time-one-invalid.jsonl"
mail_tells() {
	"$pcpubench" lkml --full "$tmp/insn.jsonl" "$tmp/insn-failed.jsonl" \
		"$tmp/insn-extra.jsonl" >"$tmp/mail" &&
		grep -q '^  baseline: 1 of 2 boots failed: it hung$' "$tmp/mail" &&
		grep -q '^size, B .* 1024 *4096$' "$tmp/mail" &&
		"$pcpubench" lkml "$tmp/insn.jsonl" "$tmp/insn-failed.jsonl" |
			grep -q '^  baseline, new: 1 of 2 boots failed: it hung$' && return
	cat "$tmp/mail"
	return 1
}
check "a mail tells that too, and has what only its last revision measured" \
	mail_tells
short_has_all() {
	"$pcpubench" lkml "$tmp/insn.jsonl" "$tmp/insn-failed.jsonl" \
		"$tmp/insn-extra.jsonl" | grep '^size, B .* 1024 *4096$'
}
check "... and the short one has each size that a revision measured" short_has_all

narrow() {
	local out
	out=$(compare "$@") && ! grep -E '^.{73}' <<<"$out"
}
check "insn: text has 72 columns" narrow tests/unit/data/typical.jsonl:baseline :v1
check "time: text has 72 columns" narrow "$tmp/time.jsonl" "$tmp/time-slower.jsonl"

# lines TEXT args...: as says(), of lines one after the other.
lines() {
	local text=$1 out
	shift
	out=$(compare "$@" 2>&1 | tr -s ' \n' ' ')
	[[ $out == *"$text"* ]] || { echo "no '$text' in: $out"; return 1; }
}
series=results/reference/footprint-series-7.3.jsonl
check "the size of a bench without sizes is any" \
	says 'any +41413 +41545 +132 +0.44% more' "$series:baseline" :d
check "bytes are compared part by part" lines \
	'bytes per cgroup part OLD NEW NEW-OLD of OLD verdict percpu 17760 17920 +160 +0.90% more slab 4112 4112 0 +0.00% same' \
	"$series:baseline" :d
check "... and all of them" says 'all 25232 25392 +160 +0.63% more' \
	"$series:baseline" :d
check "... by size where there are sizes" lines \
	'bytes per object size, B OLD NEW NEW-OLD of OLD verdict 64 131.66 146.29 +14.63 +11.11% more' \
	"$tmp/share.jsonl" "$tmp/share-wide.jsonl"
check "... and why they cannot be is told" lines \
	'all - - - - missing the two sides tell bytes of something else' \
	"$tmp/life.jsonl" "$tmp/life-memcg.jsonl"
check "... in 72 columns" narrow "$series:baseline" :d
for bench in slab-share zswap memcg-life; do
	check "... of $bench, of two releases" narrow --force \
		"results/reference/$bench-6.12.jsonl" "results/reference/$bench-7.3.jsonl"
done
bytes_csv() {
	compare -f csv "$series:baseline" :d | grep '^baseline,d,176c1n,insn,memcg-life/none/mkdir,0,bytes,B,331664.*,334512.*,2848'
}
check "bytes are a row of the CSV" bytes_csv
no_bytes() {
	! compare -f csv "$tmp/insn.jsonl" "$tmp/insn-on-1.jsonl" | grep bytes
}
check "... which a cell that tells none does not have" no_bytes

# Every row of the CSV has as many fields as its head.
csv_is_whole() {
	compare -f csv "$tmp/time.jsonl" "$tmp/time-slower.jsonl" |
		/usr/bin/python3 -c 'import csv, sys
rows = list(csv.DictReader(sys.stdin, strict=True))
assert len(rows) == 6 and all(None not in r and None not in r.values() for r in rows)
assert [r["verdict"] for r in rows if r["quantity"] == "cost"] == ["slower"] * 2'
}
check "csv has a row for each quantity" csv_is_whole
json_is_whole() {
	compare -f json "$tmp/insn.jsonl" "$tmp/insn-on-1.jsonl" |
		/usr/bin/python3 -c 'import json, sys
c = json.load(sys.stdin)
cost = [x for x in c["cells"] if x["quantity"] == "cost" and x["param"] == 64]
assert len(c["cells"]) == 6 and cost[0]["diff"] == 1 and cost[0]["verdict"] == "more"'
}
check "json has the same" json_is_whole
md_has_tables() {
	compare -f md "$tmp/insn.jsonl" "$tmp/insn-on-1.jsonl" |
		grep -q '^| 64 | +978 | +979 | +1 | +0.01% | more |'
}
check "md has tables" md_has_tables
posted=results/reference/posted-7.3.jsonl
names_left_out() {
	"$pcpubench" lkml "$posted" | grep 'left out: posted-v1\.'
}
check "lkml names the kernels that it leaves out" names_left_out
files_alone() {
	"$pcpubench" lkml \
		results/reference/bench-6.12.jsonl,results/reference/profile-6.12.jsonl:d \
		>"$tmp/reply" && ! grep ', profile:' "$tmp/reply" &&
		[ "$(grep -c 'KERNEL=6.12 build/pcpubench sweep' "$tmp/reply")" = 2 ]
}
check "... and of counts and a profile tells both commands, and counts once" files_alone

machine=tests/unit/data/machine
check "validate: two sides" fails 2 "give two sides, TIMES and COUNTS" \
	"$pcpubench" validate "$machine-times.jsonl"
cells() {
	"$pcpubench" validate --json "$machine-times.jsonl" "$machine-counts.jsonl" \
		>"$tmp/json" &&
		/usr/bin/python3 - "$tmp/json" <<-'END'
			import json
			import sys

			cells = json.load(open(sys.argv[1], encoding="utf-8"))
			assert [c["times"] for c in cells] == ["baseline"] * 2 + ["v1"] * 2
			assert [c["pmu_away"] for c in cells] == [0, 0, 5, 0], cells
			assert all(c["misses_off"] is None for c in cells)
		END
}
check "validate: the cells as JSON" cells
written() {
	"$pcpubench" validate --format="$1" "$machine-times.jsonl" \
		"$machine-counts.jsonl:v1" >"$tmp/$1" && grep -q "$2" "$tmp/$1" &&
		[ "$(wc -L <"$tmp/$1")" -le "$3" ]
}
check "validate: text of 72 columns" written text '^PMU  *+2100' 72
check "validate: Markdown" written md '^| PMU |' 1000
finish
