#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# price and bisect, of a series with patches that cost, one that does not
# compile and one that does not boot.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

series=tests/patches/priced
cell=1c1n,percpu-alloc,4096

check "no series" fails 2 "which series" "$pcpubench" series
check "a series without patches" fails 2 "no patch to price" \
	"$pcpubench" price baseline
check "a noisy instrument" fails 2 "time is noisy" "$pcpubench" price d -i time
check "more patches than there are" fails 2 "d has 6 patches" \
	"$pcpubench" boot d@7
check "no cell" fails 2 "which cell" "$pcpubench" bisect baseline d
check "half a cell" fails 2 "topology, bench and size" \
	"$pcpubench" bisect baseline d --cell 1c1n,64
check "a size that cannot be" fails 2 "multiples of 4" \
	"$pcpubench" bisect baseline d --cell 1c1n,percpu-alloc,66
check "one name" fails 2 "GOOD and BAD" "$pcpubench" bisect d --cell "$cell"
check "GOOD is not on the way to BAD" \
	fails 2 "not what d begins with: its patch 4" \
	"$pcpubench" bisect a d --cell "$cell"
check "the same twice" fails 2 "no patch that d has not" \
	"$pcpubench" bisect d d --cell "$cell"
check "a limit that is none" fails 2 "--allow=x" \
	"$pcpubench" bisect baseline d --cell "$cell" --allow x
check "no commit" fails 2 "no commit 'nope'" \
	"$pcpubench" bisect --git . nope HEAD --cell "$cell"
check "no kernel tree" fails 2 "not a kernel source" \
	"$pcpubench" bisect --git . HEAD HEAD --cell "$cell"

# ------------------------------------------------------- what patches take

# steps FILE: the kernels of a reference file, as if each were a patch more.
steps() {
	/usr/bin/python3 - "results/reference/$1" >"$tmp/steps.jsonl" <<-'PY'
	import json
	import sys

	with open(sys.argv[1], encoding="utf-8") as file:
	    records = [json.loads(line) for line in file]
	names = [r["kernel"] for r in records if r["type"] == "kernel"]
	records[0]["series"] = {"name": names[-1], "steps": [
	    {"kernel": name, "subject": name, "id": name} for name in names]}
	for record in records:
	    print(json.dumps(record))
	PY
}
# takes FILE LINES: `price` prints, in this order and in 72 columns.
takes() {
	steps "$1" && "$pcpubench" price --from "$tmp/steps.jsonl" >"$tmp/out" ||
		return
	[[ $(tr -s ' \n' ' ' <"$tmp/out") == *"$2"* ]] &&
		! grep -nE '.{73}' "$tmp/out" && return
	cat "$tmp/out"
	return 1
}
check "what a patch takes of a cgroup is its price, too" \
	takes footprint-series-7.3.jsonl \
	'bytes per cgroup size, B any before 25232 1 v1 +160 2 d 0 sum +160 after 25392'
bytes_json() {
	"$pcpubench" price --json --from "$tmp/steps.jsonl" |
		/usr/bin/python3 -c 'import json, sys
price = json.load(sys.stdin)
rows = [(c["topology"], c["adds"]["bytes"], c["takes"]["bytes"])
        for step in price["steps"] for c in step["cells"]]
assert ("176c1n", 2848, 334512) in rows and ("176c1n", 0, 334512) in rows, rows
assert {s["topology"]: s["bytes"] for s in price["sums"]} == {
    "8c1n": 160, "16c1n": 288, "16c8n": 2304, "176c1n": 2848}, price["sums"]'
}
check "... as data" bytes_json
check "... and of a process" takes kinds-6.12.jsonl 'bytes per operation'
no_bytes() {
	steps bench-7.3.jsonl &&
		"$pcpubench" price --from "$tmp/steps.jsonl" >"$tmp/out" 2>&1
	grep -q 'ACCT COST' "$tmp/out" && ! grep '^bytes' "$tmp/out"
}
check "... which cells of other benches do not tell" no_bytes
unpriced() {
	steps zswap-node-6.12.jsonl && sed -i 's/"series": {"name": "zswap-node", "steps": \[/&{"kernel": "x", "subject": "x", "id": "x"}, /' \
		"$tmp/steps.jsonl"
	fails 3 '1 of 2 kernels have cells without a number' "$pcpubench" \
		price --from "$tmp/steps.jsonl" >"$tmp/out"
	"$pcpubench" price --from "$tmp/steps.jsonl" 2>"$tmp/err" >"$tmp/out"
	grep -q 'without a price here' "$tmp/out" && ! grep 'no patch' "$tmp/out"
}
check "where nothing was measured before, no patch is said to add nothing" unpriced

# ----------------------------------------------------------------- price

price() {
	"$pcpubench" price "$series" --again --topologies=1c1n --sizes=4096,8192 \
		--output="$tmp/price.jsonl" "$@" 2>"$tmp/log"
}
is_priced() {
	local code
	price >"$tmp/out"
	code=$?
	[ "$code" = 3 ] || { echo "exit code $code"; cat "$tmp/log"; return 1; }
}
check "a series with gaps is priced, and its exit code says so" is_priced

# A memcg's work every 64 pages falls on other samples in other kernels
# (docs/price.md), so numbers of the accounted path are right to a half.
about0='([-+]0[.][0-4][0-9]?|0)'
about1='[+](0[.][5-9][0-9]?|1([.][0-4][0-9]?)?)'
about2='[+](1[.][5-9][0-9]?|2([.][0-4][0-9]?)?)'
about3='[+](2[.][5-9][0-9]?|3([.][0-4][0-9]?)?)'
twice() {
	echo " +$1 +$1"
}
# has SECTION-TITLE REGEXP...: the text has these lines after that title.
has() {
	local title=$1 line text
	shift
	text=$(sed -n "/^$title/,/^\$/p" "$tmp/out")
	for line in "$@"; do
		grep -qE "^$line\$" <<<"$text" || {
			echo "no '$line' in:"
			cat "$tmp/out"
			return 1
		}
	done
}
check "one instruction of the accounted path is its patch's" \
	has 'ACCT COST' "1 mm.percpu: take one .. $(twice "$about1")" \
	"sum $(twice "$about1")"
check "... and is not in off" has 'off,' '1 mm.percpu: take one .. +0 +0'
check "what is in every path is in off and on" \
	has 'off,' '5 mm.percpu: boot agai.. +\+2 +\+2' 'sum +\+2 +\+2'
check "... and in on" \
	has 'on,' "5 mm.percpu: boot agai.. $(twice "$about2")" \
	"sum $(twice "$about3")"
check "... and not in the cost" \
	has 'ACCT COST' "5 mm.percpu: boot agai.. $(twice "$about0")"
check "a patch that does not build or boot has no number" \
	has 'on,' '2 mm.percpu: slip, so .. +- +-' '4 mm.percpu: slip, so .. +- +-'
says() {
	tr -s ' \n' ' ' <"$tmp/out" | grep -q -- "$1" || { cat "$tmp/out"; return 1; }
}
check "the first error of a patch is told" \
	says '2 mm/percpu: slip, so that nothing compiles: mm/percpu.c:16[0-9]*:'
check "why another did not boot is told" says '4 mm/percpu: slip, so that nothing boots: .*panic'
check "what the next is priced against is told" \
	says '3 is priced against 1, .*5 is priced against 3'
narrow() {
	! grep -nE '.{73}' "$tmp/out"
}
check "no line has more than 72 columns" narrow

again() {
	price --json >"$tmp/out.json"
	grep "has 4 of 5 boots" "$tmp/log" || { cat "$tmp/log"; return 1; }
	/usr/bin/python3 - "$tmp/out.json" <<-'PY'
	import json
	import sys

	price = json.load(open(sys.argv[1], encoding="utf-8"))
	steps = price["steps"]
	assert [s["error"] is None for s in steps] == [
	    True, True, False, True, True, True], steps
	assert [s["cells"][0]["valid"] for s in steps] == [
	    True, True, False, True, False, True], steps
	adds = [s["cells"][0]["adds"] for s in steps]
	assert [a["off"] for a in adds] == [None, 0, None, 0, None, 2], steps
	assert [a["on"] and round(a["on"]) for a in adds] == [
	    None, 1, None, 0, None, 2], steps
	assert steps[5]["cells"][1]["against"] == 3, steps[5]
	for total in price["sums"]:
	    assert total["off"] == 2, total
	    assert (round(total["cost"]), round(total["on"])) == (1, 3), total
	PY
}
check "again with --json: what boots is not booted again" again

from_file() {
	"$pcpubench" price --from "$tmp/price.jsonl" 2>&1 >"$tmp/from" |
		grep 'have cells without a number' &&
		diff "$tmp/from" <(sed '/^results:/d' "$tmp/out" | sed '$d')
}
check "--from prints the same from the file alone" from_file
older_name() {
	diff "$tmp/from" <("$pcpubench" series --from "$tmp/price.jsonl" 2>"$tmp/err")
}
check "... by the command's older name, too" older_name
check "... and of no other" fails 2 "has no prices" "$pcpubench" price \
	--from results/reference/bench-6.12.jsonl
is_valid() {
	/usr/bin/python3 tests/schema_test.py "$tmp/price.jsonl"
}
check "its results file fits the schema" is_valid

# ---------------------------------------------------------------- bisect

bisect() {
	"$pcpubench" bisect "$@" --again --cell "$cell" --json >"$tmp/bisect.json" \
		2>"$tmp/log"
}
# finds CODE SUSPECTS arguments...
finds() {
	local want=$1 suspects=$2 code got
	shift 2
	bisect -o "$tmp/bisect-$nr.jsonl" "$@"
	code=$?
	got=$(/usr/bin/python3 -c 'import json, sys
print([s["step"] for s in json.load(sys.stdin)["suspects"]])' \
		<"$tmp/bisect.json")
	if [ "$code" != "$want" ] || [ "$got" != "$suspects" ]; then
		echo "exit code $code, $got"
		cat "$tmp/log"
		return 1
	fi
}
check "the patch is found, past one that does not compile" \
	finds 0 '[1]' baseline "$series"
check "... between prefixes" finds 0 '[1]' "$series@0" "$series@3"
check "in off it is one of two, as one does not boot" \
	finds 3 '[4, 5]' --quantity=off baseline "$series"
check "... which is told" grep -q 'skipped: .*panic' "$tmp/log"
check "a limit moves it" \
	finds 3 '[4, 5]' --quantity=on --allow=1 baseline "$series"
not_bad() {
	fails_last 3 "BAD is not bad: cost of $series@5 is +1" \
		"$pcpubench" bisect baseline "$series" --cell "$cell" \
		--allow 1 -o "$tmp/not-bad.jsonl"
}
# As fails(), but progress lines come first.
fails_last() {
	local code=$1 text=$2 got err
	shift 2
	err=$("$@" 2>&1 >/dev/null)
	got=$?
	if [ "$got" != "$code" ] || [[ $(tail -n1 <<<"$err") != *"$text"* ]]; then
		echo "exit code $got: $err"
		return 1
	fi
}
check "bytes of a bench that has none" fails_last 3 "bytes were not measured" \
	"$pcpubench" bisect baseline "$series" --cell "$cell" --quantity=bytes \
	-o "$tmp/bytes.jsonl"
check "where BAD is not bad that is said" not_bad
complete() {
	"$pcpubench" report --format=csv "$tmp/not-bad.jsonl" | grep -c ',1$' |
		grep -x 2
}
check "the results files are whole" complete

# ------------------------------------------------------------------ lkml

mails() {
	make -s lkml OLD="$tmp/price.jsonl:$series@0" NEW=":$series@5" \
		>"$tmp/mail" || return
	grep -qE "^  change $(twice "$about1")\$" "$tmp/mail" &&
		grep -q '^  KERNEL=6.12 build/pcpubench price ' "$tmp/mail" &&
		! grep -F "$series" "$tmp/mail" &&
		! grep -nE '.{73}|^(From |---)' "$tmp/mail" &&
		! LC_ALL=C grep -n '[^ -~]' "$tmp/mail"
}
check "make lkml prints a mail's body of two of them" mails
finish
