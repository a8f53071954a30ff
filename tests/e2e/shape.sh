#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Shapes of percpu-alloc, from the command line to the table.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

p=$pcpubench
kernel-patches/build-kernel baseline >/dev/null || exit 1

measure() {
	boot_to "$@" --again
}

# cost NAME: off and on - off of each cell
cost() {
	"$p" report --format=csv "$tmp/$1.jsonl" | awk -F, 'NR > 1 { print $6, $8 }'
}

# What the loop of a batch does more than that of a pair is the empty loop's, too: it is
# not in the result. About every third sample of 1 KiB has 14 instructions more, where a
# CPU hands on its changes of statistics, and of 24 there may be one more or less. The
# others are the same to the instruction.
check "a batch of one" measure one baseline -t 16c2n --sizes=64,1024 \
	--shape=batch:1
check "a pair" measure pair baseline -t 16c2n --sizes=64,1024
least() {
	python3 -c '
import json, sys
for line in open(sys.argv[1]):
    cell = json.loads(line)
    if cell["type"] == "cell":
        arms = cell["arms"]
        print(min(arms["on"]["ticks"]) - min(arms["off"]["ticks"]))
' "$tmp/$1.jsonl"
}
costs_the_same() {
	least one
	[ "$(least one | wc -l)" = 2 ] && [ "$(least one)" = "$(least pair)" ] &&
		paste <(cost one) <(cost pair) | awk '
			{ off = $1 - $3; cost = $2 - $4 }
			off >= -5 && off <= 5 && cost > -0.6 && cost < 0.6 { same++ }
			END { exit same != 2 }'
}
check "cost the same" costs_the_same

shape=batch:1000:random:cold
check "a large cold batch, twice" measure cold baseline -t 16c2n --sizes=64 \
	--boots=2 --shape=$shape
has_its_name() {
	grep -qF "16c2n, percpu-alloc shape=$shape, insn" "$tmp/cold.txt" ||
		{ cat "$tmp/cold.txt"; return 1; }
}
check "its table has the shape" has_its_name
is_recorded() {
	grep '"type":"cell"' "$tmp/cold.jsonl" >"$tmp/cells"
	cat "$tmp/cells"
	[ "$(grep -c "\"options\":{\"shape\":\"$shape\"," "$tmp/cells")" = 2 ] &&
		[ "$(grep -c '"free_seed":1,' "$tmp/cells")" = 2 ] &&
		[ "$(grep -c '"valid":true' "$tmp/cells")" = 2 ] &&
		[ "$(grep -c '"expected":1152000,.*"held":1152000,"after":0,' \
			"$tmp/cells")" = 2 ]
}
check "so has the record, with the proof over all objects" is_recorded
counts_alike() {
	[ "$(sed 's/"boot":[0-9]*,//' "$tmp/cells" | sort -u | wc -l)" = 1 ]
}
check "both boots count the same" counts_alike
check "a warm one" measure warm baseline -t 16c2n --sizes=64 \
	--shape=batch:1000:random
pays_for_chunks() {
	cost cold
	cost warm
	paste <(cost cold) <(cost warm) | awk '{ exit !($1 > $3 + 50) }'
}
check "pays for no chunks" pays_for_chunks

finds_what_is_not_charged() {
	local cells

	measure wrong tests/wrong/undercharged -t 16c2n --sizes=64,8192 \
		--shape=batch:100 || return
	cells=$(grep '"type":"cell"' "$tmp/wrong.jsonl")
	echo "$cells"
	grep '"param":64,' <<<"$cells" | grep -q '"valid":true' &&
		grep '"param":8192,' <<<"$cells" |
		grep -q 'the charge is wrong: 13107200 of 14745600 B'
}
check "a charge that is too small is found in a batch, too" \
	finds_what_is_not_charged

check "the guest's memory grows with the batch" eval "[ \
	\$('$p' sweep baseline -t 176c1n --sizes=64 --shape=batch:100000 --dry-run |
		awk '\$1 == \"176c1n\" { print \$4 }') -gt 1400 ]"
says_what_fits() {
	measure large baseline -t 16c2n --sizes=64 --shape=batch:1000000 \
		--memory=1024 2>&1 | tee "$tmp/large"
	grep -q 'needs [0-9]* MiB for its percpu memory, not 1024' "$tmp/large"
}
check "a batch that does not fit into --memory is refused" says_what_fits
check "a batch that does not fit into this machine is refused" \
	fails 1 "with this batch needs" "$p" boot baseline -t 176c1n --sizes=8192 \
	--shape=batch:1000000
check "other benches have no shape" fails 2 "has no such option" \
	"$p" boot baseline --bench=bpf-percpu-map --shape=pair
check "a sample is whole batches" fails 2 "not a multiple of the batch's 3" \
	"$p" boot baseline --shape=batch:3 --pairs=4
finish
