#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# percpu-contend, from the command line to the tables, on emulated CPUs.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

p=$pcpubench
contend=(--bench=percpu-contend --gfp=nowait --sizes=64)

check "an emulated CPU that spins is no measurement: insn is refused" \
	fails 2 "how long an emulated CPU spins for a lock is the emulator's doing" \
	"$p" boot baseline "${contend[@]}"
check "so is profile" fails 2 "emulator's doing" \
	"$p" boot baseline "${contend[@]}" --instrument=profile
check "run cannot profile it either" fails 2 "not by profile" \
	"$p" run "${contend[@]}" --instrument=profile
check "other benches are counted and not emulated" fails 2 "use insn" \
	"$p" boot baseline --instrument=emulated
check "other benches have no tasks" fails 2 "has no such option" \
	"$p" boot baseline --threads=2
check "so many tasks has no machine" fails 2 "not a number from 0 to 8192" \
	"$p" boot baseline "${contend[@]}" --threads=8193
check "whose memcg?" fails 2 "memcgs" \
	"$p" boot baseline "${contend[@]}" --memcgs=none
check "a window has as many pairs as it has" fails 2 "takes at most 1" \
	"$p" boot baseline "${contend[@]}" --instrument=emulated --pairs=2

check "no batch is cold in a window" fails 2 "leave out ':cold'" \
	"$p" boot baseline "${contend[@]}" --instrument=emulated \
	--shape=batch:4:cold

measure() {
	boot_to "$@" -t 4c1n --instrument=emulated --rounds=4
}

# fact NAME THREADS EXPRESSION: of the cell with so many tasks, in Python: c
fact() {
	/usr/bin/python3 - "$@" "$tmp/$1.jsonl" <<-'EOF'
	import json
	import sys
	threads, expression, file = sys.argv[2:5]
	with open(file, encoding="utf-8") as f:
	    records = [json.loads(line) for line in f]
	found = [c for c in records if c["type"] == "cell" and
	         c["contention"]["threads"] == int(threads)]
	print(found)
	assert len(found) == 1
	c = found[0]
	ops = [c["contention"][arm]["ops"] for arm in ("off", "on")]
	sys.exit(not eval(expression))
	EOF
}

check "one task, then two" measure fair baseline "${contend[@]}" --memcgs=own \
	--threads=2
check "all tasks were in every window, and something was done" fact fair 2 \
	"c['contention']['present'] == 2 and all(map(sum, ops))"
check "nothing is charged in any of their cgroups afterwards" fact fair 2 \
	"c['valid'] and c['proof']['after'] == c['proof']['before']"
check "time of a pair and pairs in the windows agree" fact fair 2 \
	"min(c['arms']['off']['ticks']) <= 1000 * c['contention']['off']['window_ns'] / sum(ops[0]) <= max(c['arms']['off']['ticks'])"
says_that_it_means_nothing() {
	grep -qF '4c1n, percpu-contend gfp=nowait memcgs=own, emulated: the figures' \
		"$tmp/fair.txt" || { cat "$tmp/fair.txt"; return 1; }
}
check "the table says that its figures mean nothing" says_that_it_means_nothing
check "compare refuses them" fails 3 "the figures mean nothing" \
	"$p" compare "$tmp/fair.jsonl" "$tmp/fair.jsonl"
check "so does gate" fails 3 "the figures mean nothing" \
	"$p" gate "$tmp/fair.jsonl" "$tmp/fair.jsonl"

check "four tasks on a kernel without tracepoints" measure four baseline \
	"${contend[@]}" --threads=4
check "are not valid: nothing proves that they contended" fact four 4 \
	"not c['valid'] and 'no tracepoints' in c['reason']"

# A cell that claims to be valid, and is not.
sed 's/"valid":false/"valid":true/; s/"reason":"nothing[^"]*",//' \
	"$tmp/four.jsonl" | sed 's/"invalid":1/"invalid":0/' >"$tmp/claims.jsonl"
not_believed() {
	"$p" report "$tmp/claims.jsonl" >"$tmp/claims.txt" || return
	grep -q 'nothing proves contention' "$tmp/claims.txt" ||
		{ cat "$tmp/claims.txt"; return 1; }
}
check "a reader does not believe a file that says they are" not_believed

check "a kernel that gives the lock to one CPU" measure unfair \
	tests/wrong/unfair "${contend[@]}" --threads=2
check "is found: that CPU did nearly all" fact unfair 2 \
	"ops[0][0] > 5 * ops[0][1] and ops[1][0] > 5 * ops[1][1]"
fairness() {
	# A long label has a line of its own.
	grep -A3 'off, fairness' "$tmp/$1.txt" | awk 'NF { last = $NF } END { print last }'
}
check "the table shows it" eval "[[ \$(fairness unfair) == 0.[5-7]* ]]"
finish
