#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The plugin end to end: it neither changes nor loses counts, for a profile and
# when it only watches pcpu_lock.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

boot() {
	"$pcpubench" boot "$@" >/dev/null 2>&1
}

# Both with the kernel whose walk is longest, on two nodes, and several pairs.
plain=$tmp/plain.jsonl
watched=$tmp/watched.jsonl
profile=$tmp/profile.jsonl
boots() {
	set -- v1 --topology=16c2n --sizes=64,1024,8192 --pairs=2
	boot "$@" --plain -o "$plain" && boot "$@" -o "$watched" &&
		boot "$@" --instrument=profile --boots=2 --again -o "$profile"
}
check "v1 boots with the plugin and without" boots

# Compare cells sample by sample, not only on average.
alike() {
	grep -h '"type":"cell"' "$@" |
		sed 's/"boot":[0-9]*//; s/"instrument":"[a-z]*"//' |
		sort | uniq -c | awk '{ print $1 }' | paste -sd' '
}

same_counts() {
	local cells

	for file in "$plain" "$watched" "$profile"; do
		sed -E 's/,"(locked|cleared)":\[[0-9,]*\]//g
			s/,"steps":\[(\[[0-9,]*\],?)*\]//g' "$file" >"$file.counts"
	done
	cells=$(alike "$plain.counts" "$watched.counts" "$profile.counts")
	[ "$cells" = "4 4 4" ] || { echo "cells alike: $cells"; return 1; }
}
check "every sample has the same count with the plugin and without" same_counts

same_locked() {
	local cells

	sed 's/,"cleared":\[[0-9,]*\]//g' "$profile" >"$profile.locked"
	cells=$(alike "$watched" "$profile.locked")
	[ "$cells" = "3 3 3" ] || { echo "cells alike: $cells"; return 1; }
	[ "$(grep -c '"locked"' "$watched")" = 3 ] &&
		! grep -e '"locked"' -e '"unwatched"' "$plain"
}
check "and the same part of it under pcpu_lock, watched or profiled" same_locked

# A pair takes pcpu_alloc_mutex, pcpu_lock under it, and pcpu_lock again to free; with
# GFP_NOWAIT no mutex. The steps of all samples are the samples.
pair_steps() {
	boot baseline --topology=16c2n --sizes=64 --gfp=nowait -o "$tmp/nowait.jsonl" ||
		return
	/usr/bin/python3 - "$watched" "$tmp/nowait.jsonl" <<'END'
import json, sys

want = {"kernel": [0, 1, 3, 1, 0, 2], "nowait": [0, 2, 0, 2]}
for c in (json.loads(line) for path in sys.argv[1:] for line in open(path)):
    if c["type"] != "cell":
        continue
    for arm, samples in c["arms"].items():
        sums = {what: sum(n for n, d in zip(samples[what], samples["disturbed"])
                          if not d) for what in ("ticks", "locked")}
        held = [h for h, _ in samples["steps"]]
        assert held == ([0] if arm == "empty" else want[c["options"]["gfp"]]), held
        assert sum(n for _, n in samples["steps"]) == sums["ticks"]
        assert sum(n for h, n in samples["steps"] if h & 2) == sums["locked"]
    print(c["options"]["gfp"], c["param"], "adds up")
END
}
check "the steps of a pair are its locks, and add up" pair_steps

# The pattern of stores is known: each of 16 copies is cleared once a pair, of two
# in a sample, in every sample of both boots; the empty loop clears nothing.
lines_cleared() {
	/usr/bin/python3 - "$profile" <<'END'
import json, sys

cells = [c for c in map(json.loads, open(sys.argv[1])) if c["type"] == "cell"]
for c in cells:
    want = {"empty": 0, "off": 2 * 16 * c["param"] // 64}
    want["on"] = want["off"]
    for arm, samples in c["arms"].items():
        for lines, disturbed in zip(samples["cleared"], samples["disturbed"]):
            if not disturbed and lines != want[arm]:
                sys.exit(f"{c['param']} B {arm}: {lines}, not {want[arm]}")
    print(c["boot"], c["param"], want["on"])
sys.exit(len(cells) != 6)
END
}
check "the cache lines that a pair clears are those of its object" lines_cleared

# By function too, in the same boots: a walk of 32 pages reads, and writes only its
# stack.
lines_by_function() {
	"$pcpubench" profile --format=csv --size=1024 "$profile" >"$tmp/lines.csv"
	awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		{ sum += $at["lines_off"] }
		$at["function"] ~ /^memset/ { cleared += $at["lines_off"] }
		$at["function"] == "vmalloc_to_page" { walk = $at["lines_on"] }
		END {
			print cleared " of " sum " lines, walk " walk
			exit !(cleared == 256 && sum > 256 && walk != "" && walk < 16)
		}' "$tmp/lines.csv"
}
check "and memset() has them, and a walk none but its stack" lines_by_function

# No published machine is 16c2n, so --k is needed: 100 x (on - off) / (off + k x 16).
estimate() {
	local off cost want

	"$pcpubench" report --only=model "$profile" | grep 'model,' && return 1
	read -r off cost < <("$pcpubench" report --format=csv "$plain" |
		awk -F, '$5 == 64 { print $6, $8 }')
	want=$(awk "BEGIN { printf \"+%.1f%%\", 100 * $cost / ($off + 30 * 16) }")
	"$pcpubench" report --only=model --k=30 "$profile" |
		grep -A3 '^model, not measured: instructions + 30 x' |
		grep "^v1  *$want " || { echo "no $want"; return 1; }
}
check "report has the model's estimate" estimate

# The table has the hold time, and it equals the profile's.
locked_in_report() {
	local profiled

	"$pcpubench" report --all "$plain" | grep pcpu_lock && return 1
	profiled=$("$pcpubench" profile --size=8192 "$profile" |
		sed -n 's/^under pcpu_lock: off \([0-9]*\)\..*on - off +\([0-9]*\).*/\1 +\2/p')
	"$pcpubench" report --all "$watched" >"$tmp/report"
	awk -v want="$profiled" '
		/^of which under pcpu_lock, instructions per pair/ { near = 3 }
		near-- > 0 && $1 == "v1" { got = got $4 " " }
		END { print want " / " got; exit got != want " " }' "$tmp/report"
}
check "report prints what is under pcpu_lock, as the profile says" \
	locked_in_report

# Compare the functions' sums with the cell's samples, by code that shares
# nothing with pcpubench.
adds_up() {
	/usr/bin/python3 - "$profile" <<-'END'
	import json, sys
	cells, nr = {}, 0
	for line in open(sys.argv[1]):
	    r = json.loads(line)
	    key = r.get("boot"), r.get("param")
	    if r["type"] == "cell":
	        cells[key] = r["arms"]
	    if r["type"] != "profile":
	        continue
	    nr += 1
	    for i, arm in enumerate(("empty", "off", "on")):
	        clean = [t for t, d in zip(cells[key][arm]["ticks"],
	                                   cells[key][arm]["disturbed"]) if not d]
	        whole = sum(node[2 + i] for node in r["nodes"])
	        assert whole == sum(clean) == r["insns"][arm], (key, arm)
	        assert len(clean) == r["samples"][arm], (key, arm)
	        locked = [node[5 + i] for node in r["nodes"]]
        held = cells[key][arm]["locked"]
        assert sum(locked) == sum(t for t, d in zip(
            held, cells[key][arm]["disturbed"]) if not d), (key, arm)
	        assert all(0 <= l <= n[2 + i] for l, n in zip(locked, r["nodes"]))
	        # A pair takes the lock twice, an empty loop never.
	        assert r["lock"]["holds"][arm] == (4 * len(clean) if i else 0)
	    names = set(r["functions"])
	    assert {"vmalloc_to_page", "free_percpu", "pcpu_alloc_noprof",
	            "pcpu_bench:pair_loop"} <= names, names
	    assert not [n for n in names if n.startswith("[")], names
	assert nr == 6, nr
	END
}
check "functions add up to the cell in every arm, and all have a name" adds_up

same_as_report() {
	local whole cell

	whole=$("$pcpubench" profile --format=csv --size=1024 "$profile" |
		awk -F, 'NR > 1 { s += $8 } END { printf "%.4f", s }')
	cell=$("$pcpubench" report --format=csv "$plain" |
		awk -F, '$5 == 1024 { printf "%.4f", $8 }')
	echo "profile $whole, report $cell"
	[ -n "$cell" ] && [ "$whole" = "$cell" ]
}
check "profile and report print the same ACCT COST" same_as_report

# The patch's parts: 2 walks a pair and CPU at 64 B in v1. The walk is in both
# hooks, one of them under the lock.
knows_the_callers() {
	"$pcpubench" profile --size=64 --callers --top=0 "$profile" >"$tmp/text" ||
		return
	[ "$(grep -A2 '^vmalloc_to_page' "$tmp/text" |
		grep -c 'from pcpu_memcg_account < \(free_percpu\|pcpu_alloc_noprof\) < loop')" = 2 ] ||
		{ cat "$tmp/text"; return 1; }
	awk 'length > 72 { print; bad = 1 } END { exit bad }' "$tmp/text"
}
check "callers are told, in 72 columns" knows_the_callers

# The baseline does not walk.
diff_tells() {
	boot baseline --topology=16c2n --sizes=64 --instrument=profile \
		-o "$tmp/base.jsonl" || return
	"$pcpubench" profile --diff baseline v1 "$tmp/base.jsonl" "$profile" \
		--size=64 >"$tmp/diff" || return
	cat "$tmp/diff"
	grep -q '^vmalloc_to_page  *+0.0  *+0.0  *+[1-9]' "$tmp/diff" &&
		grep -q '^total' "$tmp/diff"
}
check "--diff shows what a patch added, between two files' kernels" diff_tells

# The kinds add up to the cost, and the walk equals that of the functions.
kinds() {
	"$pcpubench" profile --kinds --size=64 "$tmp/base.jsonl" "$profile" \
		>"$tmp/kinds" || return
	cat "$tmp/kinds"
	awk -v walk="$("$pcpubench" profile --format=csv --size=64 "$profile" |
		awk -F, '$5 == "vmalloc_to_page" { printf "%.1f%%", $9 }')" '
		length > 72 { exit 1 }
		/^vmalloc_to_page/ { ok = $2 == "0.0%" && $3 == walk; on = 1 }
		on { base += $(NF - 1); v1 += $NF }
		/^the rest/ { on = 0 }
		END { exit !(ok && (base - 100) ^ 2 < 0.1 &&
			     (v1 - 100) ^ 2 < 0.1) }' "$tmp/kinds"
}
check "--kinds says what the cost is made of" kinds

draws() {
	"$pcpubench" profile --size=64 --arm=on --flame="$tmp/a.svg" "$profile" &&
		/usr/bin/python3 -c 'import sys, xml.dom.minidom as m
d = m.parse(sys.argv[1]); t = [e.firstChild.data for e in d.getElementsByTagName("title")]
assert any(x.startswith("vmalloc_to_page: ") for x in t), t' "$tmp/a.svg" &&
		"$pcpubench" profile --format=csv "$profile" >"$tmp/p.csv" &&
		/usr/bin/python3 plots/profile_bars.py "$tmp/p.csv" "$tmp/p.png" &&
		[ "$(head -c 4 "$tmp/p.png" | tail -c 3)" = PNG ]
}
check "flame graph and bars are drawn" draws

flame_of_json() {
	"$pcpubench" profile --size=64 --json "$profile" |
		plots/flame.py --arm=on - | diff "$tmp/a.svg" -
}
check "flame.py draws the same of what --json prints" flame_of_json

folded_adds_up() {
	local folded off

	folded=$("$pcpubench" profile --size=64 --arm=off --format=folded \
		"$profile" | awk '{ s += $NF } END { printf "%.3f", s }')
	off=$("$pcpubench" report --format=csv "$plain" |
		awk -F, '$5 == 64 { printf "%.3f", $6 }')
	[ "$folded" = "$off" ] || { echo "folded $folded, off $off"; return 1; }
}
check "folded stacks add up to the arm" folded_adds_up

merged() {
	"$pcpubench" merge -o "$tmp/merged.jsonl" "$tmp/base.jsonl" \
		"$profile" >/dev/null || return
	diff <("$pcpubench" profile --format=csv "$tmp/base.jsonl" "$profile" |
		sort) <("$pcpubench" profile --format=csv "$tmp/merged.jsonl" | sort)
}
check "merge keeps the profiles" merged
check "profile records fit the schema" \
	/usr/bin/python3 tests/schema_test.py "$profile"

# The numbers of the lines add up to the cell, with inlined code as a line of
# the caller and as a function of its own; and the lines are right.
cell_cost() {
	"$pcpubench" report --format=csv "$plain" |
		awk -F, '$5 == 64 { printf "%.1f", $8 }'
}

# Each line was rounded to a tenth.
by_line() {
	"$pcpubench" profile --size=64 --annotate --top=0 "$@" "$profile" \
		>"$tmp/lines" || return
	awk -v cell="$(cell_cost)" '
		/^ *[+-][0-9.]+ +[0-9.-]+% / { sum += $1; n++ }
		END {
			print n " lines, " sum " of " cell
			exit !(n > 50 && (sum - cell) ^ 2 <= (n * 0.05) ^ 2)
		}' "$tmp/lines"
}

annotates() {
	by_line && grep -q '^vmalloc_to_page: ' "$tmp/lines" &&
		grep -q '^ *+[1-9].*pud = pud_offset(p4d, addr);' "$tmp/lines"
}
check "what the source lines cost adds up to the cell" annotates

inlines() {
	by_line --inlines && grep -q '^pud_index: ' "$tmp/lines" &&
		! grep -q '^ *+.*pud = pud_offset(p4d, addr);' "$tmp/lines" ||
		return
	"$pcpubench" profile --size=64 --inlines "$profile" >"$tmp/inlined" ||
		return
	awk 'length > 72 { print; bad = 1 } END { exit bad }' "$tmp/inlined" &&
		[ "$(awk '$1 == "total" { print $4 }' "$tmp/inlined")" = \
			"+$(cell_cost)" ]
}
check "and with what is inlined by itself" inlines

# A kernel that was given by a path is also called what tables call it.
called() {
	local name
	sed '/"type":"run"/!s,"kernel":"\([^"]*\)","kernel":"./\1.mbox",' \
		"$profile" >"$tmp/called.jsonl"
	name=$("$pcpubench" report --format=csv "$tmp/called.jsonl" |
		sed -n '2s/,.*//p')
	[[ $name != */* ]] &&
		"$pcpubench" profile --kernel="$name" "$tmp/called.jsonl" |
			grep -q '\.mbox .* percpu-alloc 64 B'
}
check "a kernel has the name of the report's rows" called

# One function has the same lines as among all.
one_function() {
	"$pcpubench" profile --size=64 --annotate --function=vmalloc_to_page \
		"$profile" >"$tmp/one" &&
		[ "$(grep -c '^[a-z_]*: [+-]' "$tmp/one")" = 1 ] || return
	"$pcpubench" profile --size=64 --annotate --top=0 "$profile" |
		sed -n '1p; /^vmalloc_to_page: /,/^$/p' |
		diff <(grep . "$tmp/one") <(grep .)
}
check "the lines of one function" one_function
inlined_function() {
	"$pcpubench" profile --size=64 --annotate --inlines \
		--function=pud_index "$profile" | grep -q '^pud_index: '
}
check "... that is inlined" inlined_function
check "a function that was mistyped is guessed" \
	fails 2 "did you mean 'vmalloc_to_page'?" "$pcpubench" profile \
	--annotate --function=vmaloc_to_page "$profile"
check "one that is nowhere too" fails 2 "--inlines has inlined ones" \
	"$pcpubench" profile --annotate --function=x "$profile"
check "--function is of --annotate" fails 2 "give --annotate, too" \
	"$pcpubench" profile --function=vmalloc_to_page "$profile"

sed 's/"image_sha256":"[0-9a-f]*"/"image_sha256":"'"$(printf '%064d' 7)"'"/' \
	"$profile" >"$tmp/other.jsonl"
check "lines of another build are refused" fails 2 'another build' \
	"$pcpubench" profile --annotate --size=64 "$tmp/other.jsonl"
check "no lines as CSV" fails 2 'are text' \
	"$pcpubench" profile --annotate --format=csv --size=64 "$profile"

# A file with changed numbers, which do not add up, is refused.
cp "$profile" "$tmp/bad.jsonl"
sed -i '0,/"nodes":\[\[-1,0,[0-9]*/s//"nodes":[[-1,0,1234567/' "$tmp/bad.jsonl"
check "a profile that does not add up is refused" \
	fails 2 'does not add up' "$pcpubench" profile "$tmp/bad.jsonl"
check "a file without profiles is refused" \
	fails 2 'no such profile' "$pcpubench" profile "$plain"
check "a flame graph of several cells is refused" \
	fails 2 'choose with' "$pcpubench" profile --flame="$tmp/x.svg" "$profile"
check "--diff wants two" fails 2 'compares two' \
	"$pcpubench" profile --diff "$profile"

finish
