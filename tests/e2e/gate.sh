#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The gate's exit codes in both directions, and its output for a CI.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

export PYTHONDONTWRITEBYTECODE=1
/usr/bin/python3 tests/e2e/gate_data.py "$tmp" || exit 1

# insn:v1 is $tmp/insn.jsonl:v1, and :v1 is itself.
file() {
	[[ $1 == :* ]] && echo "$1" && return
	echo "$tmp/${1%%:*}.jsonl${1#"${1%%:*}"}"
}

# gate CODE TEXT OLD NEW args...: exits with CODE, and prints TEXT.
gate() {
	local code=$1 text=$2 old=$3 new=$4 out got
	shift 4
	out=$("$pcpubench" gate "$(file "$old")" "$(file "$new")" "$@" 2>&1)
	got=$?
	[ "$got" = "$code" ] || { echo "exit code $got: $out"; return 1; }
	# Join the wrapped lines.
	out=$(tr -s ' \n' ' ' <<<"$out")
	[[ $out == *"$text"* ]] || { echo "no '$text' in: $out"; return 1; }
}

check "the same results pass" gate 0 'pass: of 8 checks 8 passed' \
	insn insn-again
check "another host counts the same instructions" gate 0 pass insn insn-host
check "one instruction more in the accounted path is found and named" \
	gate 1 'percpu-alloc 64 baseline: cost: 978 to 979, +1 instruction per pair' \
	insn insn-on-1
check "one instruction more in the unaccounted path is found" \
	gate 1 'percpu-alloc 64 baseline: off: 15382 to 15383, +1 instruction per pair' \
	insn insn-off-1
check "fewer instructions pass as an improvement" \
	gate 0 '-5 instructions per pair' insn insn-on-minus-5
check "a kernel of another name is compared where it is the only one" \
	gate 1 'baseline to v1: cost' insn insn-renamed

check "a missing cell does not pass" gate 3 'NEW: not measured' \
	insn insn-missing
check "a cell that only OLD has not does not pass" \
	gate 3 'OLD: not measured' insn insn-extra
check "a cell that some boots did not measure does not pass" \
	gate 3 'NEW: 1 of 2 boots did not measure it' insn insn-partly
check "... nor one that OLD's did not" \
	gate 3 'OLD: 1 of 2 boots did not measure it' insn-partly insn
check "half the cost in twice the pairs does not pass" \
	gate 3 'pairs in a sample: 10 in OLD, 20 in NEW' insn insn-few-pairs
check "invalid cells do not pass" gate 3 'nothing was charged' \
	insn insn-invalid
check "one invalid boot does not pass" gate 3 'boots differ' \
	insn insn-one-invalid
check "a failed boot does not pass" gate 3 'it hung' insn insn-failed
check "failed boots alone do not pass" gate 3 'it hung' insn insn-all-failed
check "... on both sides neither" gate 3 'no cell was measured' \
	insn-all-failed insn-all-failed-again
check "another topology does not pass" gate 3 'not measured' \
	insn insn-topology
check "a run without kernels does not pass" gate 2 'no kernel in it' \
	insn insn-empty-end
for what in compiler config nodes-shift plan; do
	check "another $what is not comparable" \
		gate 2 'not comparable: ' insn "insn-$what"
done

check "another preemption model is not comparable, by its name" \
	gate 2 'kernel config, PREEMPT_VOLUNTARY: y in OLD, not set in NEW' \
	insn-voluntary insn-lazy

: >"$tmp/empty.jsonl"
check "an empty file does not pass" gate 2 'is empty' insn empty
check "an empty file is no baseline" gate 2 'is empty' empty insn
check "a file that is not there does not pass" gate 2 'nowhere' insn nowhere
echo 'not json' >"$tmp/garbage.jsonl"
check "garbage does not pass" gate 2 'garbage.jsonl' insn garbage

# A file cut at any byte, on either side, never gives 0.
truncated_never_pass() {
	local size cut code

	size=$(stat -c %s "$tmp/insn-again.jsonl")
	for cut in $(seq 1 97 $((size - 1))) $((size - 1)); do
		head -c "$cut" "$tmp/insn-again.jsonl" >"$tmp/cut.jsonl"
		"$pcpubench" gate "$tmp/insn.jsonl" "$tmp/cut.jsonl" \
			>/dev/null 2>&1
		code=$?
		if [ "$code" != 2 ] && [ "$code" != 3 ]; then
			echo "$cut of $size bytes: exit code $code"
			return 1
		fi
	done
}
check "a truncated file never passes, wherever it is cut" \
	truncated_never_pass
head -n -1 "$tmp/insn-again.jsonl" >"$tmp/no-end.jsonl"
check "a file without its end does not pass" gate 3 'interrupted' insn no-end

check "time: another run of the same passes" gate 0 'pass:' time time-again
check "time: 3 % slower in the accounted path is found" \
	gate 1 'baseline: cost:' time time-slower
check "time: 3 % slower in the unaccounted path is found" \
	gate 1 'baseline: off:' time time-off-slower
check "time: faster passes" gate 0 'improved' time time-faster
check "time: 3 % more than layouts that are alike is found" \
	gate 1 'baseline: cost:' time-even time-even-slower
check "time: 3 %, less than the effect of a layout, has no result" \
	gate 3 "the code's layout alone has an effect of" \
	time-uneven time-uneven-slower
check "insn: layouts may count differently" gate 0 'pass:' \
	insn-layouts insn-layouts-again
check "insn: more than the effect of a layout is found" \
	gate 1 'baseline: cost:' insn-layouts insn-layouts-on-3
check "insn: less than the effect of a layout has no result" \
	gate 3 "the code's layout alone has an effect of" \
	insn-layouts insn-layouts-on-1
check "insn: layouts of one seed that are all alike pass" gate 0 'pass:' \
	insn-alike insn-alike-again
check "... but not one that differs, which the median does not show" \
	gate 3 '+500 in a layout of the code' insn-alike insn-alike-one
for module in module module-tool; do
	check "another $module is not comparable" gate 2 "pcpubench's module: " \
		insn "insn-$module"
done
check "... but one of another image by the same tool is, as headers may differ" \
	gate 0 'pass:' insn insn-header
check "another type of CPU is not comparable" \
	gate 2 'type of CPU: core in OLD, atom in NEW' time-core time-atom
"$pcpubench" merge -o "$tmp/time-hybrid.jsonl" "$tmp/time-core.jsonl" \
	"$tmp/time-atom.jsonl" >/dev/null || exit 1
two_types() {
	"$pcpubench" report "$tmp/time-hybrid.jsonl" | tr -s ' \n' ' ' |
		grep -F 'boots on two types of CPU: core and atom'
}
check "... nor are they replicates" two_types
check "a parallel cell that does not tell of contention is none" \
	gate 3 'nothing proves contention' contended contended-untold
check "... nor one of another number of tasks" \
	gate 3 'other tasks than it was asked for' contended-others contended-untold
check "insn: boots of one layout may not differ" \
	gate 3 'boots differ: on' insn-layout-twice insn-layout-twice-again
check "time: too few boots do not pass" \
	gate 3 'too few boots to find anything, need about 1 more boot' \
	time-4 time-4-again
check "time: too much noise does not pass" \
	gate 3 'the interval ends above that, need about' time time-noisy
check "time: another host is not comparable" \
	gate 2 'host CPU' time time-host
check "time: a control with drift does not pass what is below it" \
	gate 3 'two runs of OLD are' time time-again \
	--control "$tmp/time-drift.jsonl"
check "time: with a good control the same passes" \
	gate 0 pass time time-again --control "$tmp/time-control.jsonl"
check "another setting of the machine is not comparable" \
	gate 2 'governor: performance in OLD, powersave in NEW' \
	time-state time-state-other
check "... nor is one that only one side tells" \
	gate 2 'governor: unknown in OLD, performance in NEW' time time-state
check "one layout of the code is not comparable with another" \
	gate 2 "seed of the code's layout: 0 in OLD, 3 in NEW" \
	insn insn-layout-other
check "... nor with several" \
	gate 2 'layouts of the code: 1 in OLD, 2 in NEW' insn insn-layouts
check "harness patches of one name and other content are not comparable" \
	gate 2 'harness patches: other ones in NEW by the same names' \
	insn-harness-one insn-harness-other
check "what neither side tells is told" \
	gate 0 'taken to be equal, as neither side tells: kernel config' \
	insn-no-config insn-no-config-again

# Boots compared with themselves would always pass, so that is refused.
cp "$tmp/insn.jsonl" "$tmp/copy.jsonl"
ln -s insn.jsonl "$tmp/link.jsonl"
for what in insn copy link; do
	check "a run is not compared with itself: $what" \
		gate 2 'baseline of run insn is on both sides' insn "$what"
done
check "... by the kernel's name" fails 2 'v1 of run bench is on both sides' \
	"$pcpubench" gate "$tmp/bench.jsonl" :v1
check "... by both names" fails 2 'v1 of run bench is on both sides' \
	"$pcpubench" gate "$tmp/bench.jsonl:v1" "$tmp/bench.jsonl:v1"
check "... in one of several files" \
	fails 2 'baseline of run time-again is on both' \
	"$pcpubench" gate "$tmp/time.jsonl,$tmp/time-again.jsonl" \
	"$tmp/time-again.jsonl"
"$pcpubench" merge -o "$tmp/both.jsonl" "$tmp/time.jsonl" \
	"$tmp/time-again.jsonl" >/dev/null || exit 1
check "... in a file that it was merged into" gate 2 'is on both sides' \
	time-again both
head -n -3 "$tmp/time.jsonl" >"$tmp/time-cut.jsonl"
check "an interrupted file is none that has ended when it was merged" \
	fails 0 'time-cut.jsonl was interrupted' "$pcpubench" merge \
	-o "$tmp/time-uncut.jsonl" "$tmp/time-cut.jsonl"
check "... and does not pass" gate 3 'the run was interrupted' time-again time-uncut
check "... in two such files" gate 2 'is on both sides' both both

# A boot counts once, however often it is given; four boots are too few.
thrice() {
	local four=$tmp/time-4.jsonl

	cp "$four" "$tmp/copy-4.jsonl"
	"$pcpubench" merge -o "$tmp/thrice.jsonl" "$four" "$four" \
		"$tmp/copy-4.jsonl" >/dev/null &&
		"$pcpubench" merge -o "$tmp/again-4.jsonl" "$tmp/thrice.jsonl" \
			"$four" >/dev/null &&
		[ "$(grep -c '"type":"boot"' "$tmp/again-4.jsonl")" = 4 ]
}
check "a run that is merged three times and again is there once" thrice
check "... and is not enough" gate 3 'too few boots to find anything' \
	again-4 time-4-again
check "... nor beside itself" gate 3 'too few boots to find anything' \
	"again-4.jsonl,$tmp/time-4" time-4-again
for side in time time-again; do
	check "a control that is a side is refused: $side" \
		gate 2 '--control has boots of run' time time-again \
		--control "$tmp/$side.jsonl"
done

check "two runs of all kernels pass, the control's invalid cells too" \
	gate 0 'pass: of 25 checks 25 passed' bench bench-again
for what in 'baseline 6.12.117 with baseline 6.12.117, the same build: 4 of 4 cells' \
	'v1 6.12.117 with v1 6.12.117, the same build: 4 of 4 cells' \
	'control: nokmem, without accounting'; do
	check "... and tells: $what" gate 0 "$what" bench bench-again
done
check "two kernels of one run are told" \
	gate 1 'baseline 6.12.117 with v1 6.12.117: 4 of 4 cells' \
	bench:baseline :v1
check "a control that counts makes no proof" \
	gate 3 'NEW: 1 of its 4 cells count as accounted, so no proof can be' \
	bench bench-charged
check "... nor one beside the kernels that were chosen" \
	gate 3 'OLD control nokmem is invalid' bench-charged:baseline bench-again:baseline
check "... on either side" \
	gate 3 'NEW control nokmem is invalid' bench-again:baseline bench-charged:baseline
check "a control that one side has is enough" gate 0 'control: nokmem' \
	bench bench-alone
check "a control alone does not pass" gate 3 'build: 0 of 4 cells' \
	bench:nokmem bench-again:nokmem
check "a kernel that one side has does not pass" \
	gate 3 'v1 with nothing: it is only in NEW' insn bench-alone

# A path may have a label that is another kernel's name.
check "a word is first what the files call a kernel" \
	gate 1 'baseline to v1: cost: 978 to 61220' collide:baseline :v1
for word in /x/v1.mbox v1-2; do
	check "... and a path's kernel is another: $word" gate 0 \
		'baseline 6.12.117 with v1-2 6.12.117: 4 of 4' \
		collide:baseline ":$word"
done
check "a path's kernel is compared with the same path's" \
	gate 0 'v1 6.12.117 with v1-2 6.12.117, the same build: 4 of 4' \
	collide-old:/x/v1.mbox collide:/x/v1.mbox
check "... also where none is named, and the other kernel has no OLD" \
	gate 3 'v1 with nothing: it is only in NEW' collide-old collide
check "a name that several releases have is refused, with theirs" \
	gate 2 "has several kernels 'v1': give one of v1-6.12.117, v1-6.12.118" \
	"bench.jsonl,$tmp/releases:v1" bench-again:v1

# The same for profiles, whose kernels have no numbered labels.
profile=results/reference/profile-6.12.jsonl
sed 's|"kernel":"baseline"|"kernel":"/x/d.mbox"|g' $profile >"$tmp/called.jsonl"
sed 's|"kernel":"d"|"kernel":"e"|g' "$tmp/called.jsonl" >"$tmp/path.jsonl"
sed 's|"kernel":"e"|"kernel":"/y/d.mbox"|g' "$tmp/path.jsonl" >"$tmp/paths.jsonl"
profile_of() {
	local of=$1 want=$2
	shift 2
	"$pcpubench" profile --json --size=64 --topology=80c2n --kernel="$of" \
		"$@" | grep -o '"kernel": "[^"]*"' | sort -u >"$tmp/out"
	[ "$(cat "$tmp/out")" = "\"kernel\": \"$want\"" ] && return
	cat "$tmp/out"
	return 1
}
check "a profile's kernel is first what the files call so" \
	profile_of d d "$tmp/called.jsonl"
check "... in all files" profile_of d d "$tmp/path.jsonl" $profile
check "... then a path's label" profile_of d /x/d.mbox "$tmp/path.jsonl"
check "... which only one path may have" \
	fails 2 "several kernels 'd': give one of /x/d.mbox, /y/d.mbox" \
	"$pcpubench" profile --kernel=d "$tmp/paths.jsonl"

rules() {
	printf '%s\n' "$@" >"$tmp/rules"
}

rules 'insn * * * cost 0' 'insn * * * off 0' 'insn percpu-* 176c1n 64 cost 1'
check "a rule below the general one counts" \
	gate 0 pass insn insn-on-1 -t "$tmp/rules"
rules 'insn * * * cost 0' 'insn * * * off 0' 'insn * * 65-9999 cost 1'
check "a rule for other sizes does not" gate 1 regression insn insn-on-1 \
	-t "$tmp/rules"
rules '* * * * cost 0.1,0.01%' '* * * * off 0'
check "of an amount and a percentage the larger counts" \
	gate 0 pass insn insn-on-1 -t "$tmp/rules"
rules '* * * * cost ignore' '* * * * off 0'
check "what a rule ignores is said" gate 0 ', 2 ignored' insn insn-on-1 \
	-t "$tmp/rules"
rules '* * * * cost ignore' '* * * * off ignore'
check "ignoring everything does not pass" gate 3 'no cell was measured' \
	insn insn-again -t "$tmp/rules"
check "... and says which rule did" gate 3 "ignored by $tmp/rules, line 2" \
	insn insn-again -t "$tmp/rules"
rules 'insn * * * cost 5'
check "a file adds to the defaults: off keeps its limit" \
	gate 1 'percpu-alloc 64 baseline: off: 15382 to 15383' \
	insn insn-off-1 -t "$tmp/rules"
check "... and cost has the file's" gate 0 pass insn insn-on-1 -t "$tmp/rules"
rules 'insn * * 1024 cost 5'
check "... which a size that the file does not name has not" \
	gate 1 '(insn * * cost): 0 allowed, 1 check' insn insn-on-1 \
	-t "$tmp/rules"
for limit in 1 1% 0,1% 1,0.001%; do
	check "--allow=$limit is for every cell" gate 0 'of 8 checks 8 passed' \
		insn insn-off-1 --allow="$limit"
done
check "... and 0.5 is less than an instruction" gate 1 \
	'--allow=0.5 (* * * cost): 0.5 allowed, 2 checks' insn insn-on-1 \
	--allow=0.5
rules 'insn * * 64 cost 0'
check "... a file's rules are its exceptions" gate 1 \
	'+1 instruction per pair (+0.01%), 0 allowed' insn insn-on-1 --allow=5 \
	-t "$tmp/rules"
for limit in ignore 1x -1 '' 1e3 1,2; do
	check "--allow=$limit is refused" fails 2 \
		"--allow=$limit: give an amount such as 5, a percentage" \
		"$pcpubench" gate "$tmp/insn.jsonl" "$tmp/insn-again.jsonl" \
		--allow="$limit"
done
# Of an instrument that this program does not have, nor the defaults.
for name in insn insn-again; do
	sed 's/"instrument":"insn"/"instrument":"joules"/;
		s/"unit":"insn"/"unit":"ns"/' "$tmp/$name.jsonl" \
		>"$tmp/$name-joules.jsonl"
done
check "a cell without a rule does not pass" gate 3 'no rule for it' \
	insn-joules insn-again-joules
rules '* * * * cost 0' '* * * * off 0' '* * * * on 0'
check "on is judged where it has a rule" gate 1 'baseline: on: ' \
	insn insn-on-1 -t "$tmp/rules"

check "bytes that are the same pass" gate 0 'pass: of 7 checks 7 passed' \
	life life-again
check "a byte more of a cgroup than allowed is a regression" \
	gate 1 'baseline: bytes: 25232 to 25392, +160 B per cgroup (+0.63%), 0 allowed' \
	life life-160
check "... and the only one" gate 1 'of 7 checks 1 regressed, 6 passed' \
	life life-160
check "a byte less is better" gate 0 '-160 B per cgroup' life-160 life
for limit in 160 0.7% 1,1%; do
	rules "insn memcg-life * * bytes $limit"
	check "bytes below a limit of $limit pass" gate 0 \
		"bytes): ${limit/1,1%/1 or 1%} allowed" life life-160 -t "$tmp/rules"
done
rules 'insn memcg-life * * bytes 159'
check "... and above it they do not" gate 1 '+160 B per cgroup' life life-160 \
	-t "$tmp/rules"
rules '* * * * cost ignore' '* * * * off ignore'
check "a gate may be of bytes alone" gate 1 'of 7 checks 1 regressed, 4 passed, 2 ignored' \
	life life-160 -t "$tmp/rules"
rules '* * * * bytes ignore'
check "bytes can be ignored" gate 0 '1 ignored' life life-160 -t "$tmp/rules"
check "--allow is not of bytes" gate 1 '+160 B per cgroup (+0.63%), 0 allowed' \
	life life-160 --allow=1000
check "bytes that NEW does not tell do not pass" \
	gate 3 'bytes: NEW: its bytes were not measured' life life-untold
check "... nor those that OLD does not" \
	gate 3 'bytes: OLD: its bytes were not measured' life-untold life
check "bytes of something else are not compared" \
	gate 3 'bytes: the two sides tell bytes of something else' life life-memcg
check "... nor those of a file that tells fewer parts" \
	gate 3 'bytes: the two sides tell bytes of something else' life life-part
check "boots that differ in bytes do not pass" \
	gate 3 'bytes: NEW: boots differ in bytes' life-twice life-unlike
check "a cell that tells no bytes has no check of them" \
	gate 0 'lines 25, 26, 31, 32, 36, 37: matched nothing' insn insn-again
check "more obj_exts are more bytes an object" \
	gate 1 'bytes: 131.66 to 146.29, +14.63 B per object' share share-wide
# wrong COLUMN RULE: a file with this rule is refused, by line and column.
wrong() {
	printf '# a comment\n%b\n' "$2" >"$tmp/rules"
	gate 2 "$tmp/rules: line 2, column $1: " insn insn-again -t "$tmp/rules"
}
while IFS='|' read -r column rule; do
	check "rule '$rule' is refused at column $column" wrong "$column" "$rule"
done <<'END'
13|* * * cost 0
16|* * * * cost 0 0
7|* * * 9-1 cost 0
7|* * * 1,024 cost 0
7|* * * 99999999999999999999 cost 0
9|* * * * all 0
14|* * * * cost -1
14|* * * * cost 1x
14|* * * * cost nan
14|* * * * cost 0x10
14|* * * * cost 1e3
14|* * * * cost 200,1
14|* * * * cost 1,000
14|* * * * cost 1.000.000
14|* * * * cost 1,000%,2
14|* * * * cost 1%,2%
14|* * * * cost 5,
1|ins * * * cost 200
3|* percpu_alloc * * cost 0
3|* percpu-alloc/array * * cost 0
3|* bpf-percpu-map/arry * * cost 0
5|* * 176c * cost 0
2|*\0* * * * cost 0
END
printf '\xef\xbb\xbfinsn * * * cost 0\n' >"$tmp/rules"
check "a byte order mark is refused" gate 2 'line 1, column 1: a byte order' \
	insn insn-again -t "$tmp/rules"
iconv -t UTF-16LE ci/thresholds >"$tmp/rules"
check "UTF-16 is refused" gate 2 'line 1, column 2: a zero byte' insn \
	insn-again -t "$tmp/rules"
yes '* * * * cost 1' | head -n 1000 >"$tmp/many"
check "rules without end are refused" gate 2 'more than 1000 rules' \
	insn insn-again -t "$tmp/many"
rules '# none'
check "a file without a rule is refused" gate 2 'has no rule in it' \
	insn insn-again -t "$tmp/rules"
rules 'insn * * * cost 0' 'time * * * cost 1%' '* * * 65 cost 9' \
	'ins[pn] *alloc 176c* * off 0' 'insn * * * cost 2'
check "rules that matched nothing are told" \
	gate 0 'lines 2, 3: matched nothing' insn insn-on-1 -t "$tmp/rules"
check "... and those that a later one overrules" \
	gate 0 'line 1: overruled by later rules wherever they match' \
	insn insn-on-1 -t "$tmp/rules"
check "... and those that counted, as they were understood" \
	gate 0 'line 5 (insn * * cost): 2 allowed, 2 checks' \
	insn insn-on-1 -t "$tmp/rules"
rules '* * * * cost 1,5%' '* * * * off 0'
check "an amount and a percentage are told as both" \
	gate 0 'line 1 (* * * cost): 1 or 5% allowed, the larger, 2 checks' \
	insn insn-on-1 -t "$tmp/rules"
printf 'insn\t* * * cost 0\r\ninsn * * * off 0' >"$tmp/rules"
check "CRLF, tabs and no newline at the end are taken" \
	gate 0 'pass: of 8 checks 8 passed' insn insn-again -t "$tmp/rules"

same_everywhere() {
	"$pcpubench" gate -f text="$tmp/o.txt" -f md="$tmp/o.md" \
		-f ktap="$tmp/o.ktap" -f junit="$tmp/o.xml" \
		-f github="$tmp/o.gh" "$tmp/insn.jsonl" "$tmp/$1.jsonl" 2>/dev/null
	[ $? = "$2" ]
}

ktap_counts() {
	same_everywhere "$1" "$2" || return
	head -n 1 "$tmp/o.ktap" | grep -qx 'KTAP version 1' &&
		[ "$(grep -c '^ok ' "$tmp/o.ktap")" = "$3" ] &&
		[ "$(grep -c '^not ok ' "$tmp/o.ktap")" = "$4" ] &&
		grep -qx "1..$(($3 + $4))" "$tmp/o.ktap" && ! grep -v \
		'^KTAP version 1$\|^1\.\.[0-9]*$\|^# \|^ok [0-9]* \|^not ok [0-9]* ' \
		"$tmp/o.ktap"
}
check "KTAP has every check" ktap_counts insn-again 0 8 0
check "KTAP: a regression is not ok" ktap_counts insn-on-1 1 7 1
check "KTAP: what cannot be told is not ok" ktap_counts insn-missing 3 6 2

junit_counts() {
	same_everywhere "$1" "$2" || return
	/usr/bin/python3 - "$tmp/o.xml" "$3" "$4" "$5" <<'END'
import sys
import xml.etree.ElementTree as tree

suite = tree.parse(sys.argv[1]).getroot().find("testsuite")
got = [len(suite.findall("testcase")), len(suite.findall("*/failure")),
       len(suite.findall("*/error"))]
want = [int(n) for n in sys.argv[2:]]
said = [int(suite.get(key)) for key in ("tests", "failures", "errors")]
sys.exit(None if got == want == said else "%s %s %s" % (got, want, said))
END
}
check "JUnit has every check" junit_counts insn-again 0 8 0 0
check "JUnit: a regression is a failure" junit_counts insn-on-1 1 8 1 0
check "JUnit: what cannot be told is an error" junit_counts insn-missing 3 8 0 2

github_says() {
	same_everywhere "$1" "$2" && [ "$(grep -c '^::error ' "$tmp/o.gh")" = "$3" ] &&
		! grep -v '^::\(error\|notice\) title=[^:]*::' "$tmp/o.gh"
}
check "GitHub: a pass is no error" github_says insn-again 0 0
check "GitHub: a regression is an error, and so is the sum" \
	github_says insn-on-1 1 2
check "GitHub: what cannot be told is an error" github_says insn-missing 3 3
github_starts_with_the_worst() {
	"$pcpubench" gate -f github "$tmp/many.jsonl" "$tmp/many-worse.jsonl" \
		>"$tmp/o.gh" 2>/dev/null
	[ $? = 1 ] && /usr/bin/python3 - "$tmp/o.gh" <<'END'
import re
import sys

lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
assert lines[0].startswith("::error title=pcpubench gate::regression: of 28"), \
    lines[0]
assert "%0Acompared: baseline " in lines[0] and "matched nothing" in lines[0]
worst = [line for line in lines[1:] if line.startswith("::error ")]
assert worst == lines[1:11], lines
assert all(" regression::" in line for line in worst), worst
more = [float(re.search(r"\(\+([0-9.]+)%25\)", line)[1]) for line in worst]
assert more == sorted(more, reverse=True) and more[0] > more[-1] > 0, more
assert lines[11] == "::group::4 more" and lines[16:] == ["::endgroup::"], lines
assert all(line.startswith("inconclusive: ") for line in lines[12:16]), lines
END
}
check "GitHub: the sum and the worst ten come first" \
	github_starts_with_the_worst
github_escapes() {
	same_everywhere insn-on-1 1 && grep -q '(+0.01%25)' "$tmp/o.gh"
}
check "GitHub: a percent sign is escaped" github_escapes

narrow() {
	same_everywhere "$1" "$2" && ! grep -E '^.{73}' "$tmp/o.txt"
}
check "text has 72 columns" narrow insn-on-1 1
md_names() {
	same_everywhere insn-on-1 1 && grep -q '^### gate: regression' "$tmp/o.md" &&
		grep -q '^- .*cost: 978 to 979' "$tmp/o.md"
}
check "Markdown names the regression" md_names

full() {
	"$pcpubench" gate "$tmp/insn.jsonl" "$tmp/insn-again.jsonl" >/dev/full \
		2>/dev/null
	[ $? = 3 ]
}
check "a pass that cannot be written does not pass" full
unwritable() {
	"$pcpubench" gate -f junit=/nowhere/x.xml "$tmp/insn.jsonl" \
		"$tmp/insn-again.jsonl" 2>/dev/null
	[ $? = 3 ]
}
check "... to a file neither" unwritable
lost_regression() {
	fails 1 'gate: regression: of 8 checks 1 regressed, 7 passed; cannot write /nowhere/x.xml' \
		"$pcpubench" gate -f junit=/nowhere/x.xml -f md="$tmp/lost.md" \
		"$tmp/insn.jsonl" "$tmp/insn-on-1.jsonl" &&
		grep -q '^### gate: regression' "$tmp/lost.md"
}
check "a regression that cannot be written is one, and the rest is written" \
	lost_regression

check "two builds of one name are told apart" \
	gate 1 "mine (image $(printf image1 | sha256sum | head -c 6)) 6.12.117 with mine (image " \
	mine-1 mine-2
check "... by their patches, where these are others" \
	gate 1 ': count) 6.12.117 with mine (image ' mine-1 mine-3
check "... and a check has the same name with every build" \
	gate 1 '64 mine: cost: 979 to 980' mine-1 mine-2

check "no side is a usage error" fails 2 'give two sides' "$pcpubench" gate
check "three sides are a usage error" fails 2 'give two sides' \
	"$pcpubench" gate a b c
check "a format nobody knows is a usage error" fails 2 "no format 'xml'" \
	"$pcpubench" gate -f xml a b
check "a kernel that is not there is a usage error" \
	fails 2 "has no kernel 'v9': there is baseline" \
	"$pcpubench" gate "$tmp/insn.jsonl:v9" "$tmp/insn-again.jsonl"
check "a level that is none is a usage error" fails 2 'alpha=2' \
	"$pcpubench" gate --alpha=2 a b

make_gate() {
	make -s gate OLD="$tmp/insn.jsonl" NEW="$tmp/insn-again.jsonl" &&
		make -s gate OLD="$tmp/insn.jsonl" NEW="$tmp/insn-on-1.jsonl" ALLOW=1 &&
		! make -s gate OLD="$tmp/insn.jsonl" NEW="$tmp/insn-on-1.jsonl"
}
check "make gate passes, and fails" make_gate
finish
