#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Depths, owners and places to free of percpu-alloc, from the command line to the table.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

p=$pcpubench
kernel-patches/build-kernel baseline >/dev/null || exit 1

measure() {
	boot_to "$@" -t 16c2n --again
}

# costs NAME: bench, off and on - off of each cell
costs() {
	"$p" report --format=csv "$tmp/$1.jsonl" | awk -F, 'NR > 1 { print $4, $6, $8 }'
}

cells() {
	grep '"type":"cell"' "$tmp/$1.jsonl"
}

check "three depths in a boot, twice" measure depths baseline --sizes=1024 \
	--depth=1,2,4 --boots=2
# Two statistics of a pair, each updated twice, at each level: more than 20 instructions.
grows_by_level() {
	costs depths
	costs depths | awk '
		{ cost[$1 $2] = $NF; off[NR] = $(NF - 1) }
		END {
			one = cost["percpu-allocdepth=2"]
			exit !(off[1] == off[2] && off[1] == off[3] && NR == 3)
		}' &&
	costs depths | awk '{ cost[NR] = $NF } END {
		a = cost[2] - cost[1]; b = (cost[3] - cost[2]) / 2
		exit !(a > 20 && a < 60 && b / a > 0.9 && b / a < 1.1) }'
}
check "each level costs the same, and only if accounted" grows_by_level
counts_alike() {
	[ "$(cells depths | sed 's/"boot":[0-9]*,//' | sort -u | wc -l)" = 3 ]
}
check "both boots count the same" counts_alike
proves_levels() {
	cells depths
	[ "$(cells depths | grep -c '"valid":true')" = 6 ] &&
		[ "$(cells depths | grep -c '"expected":18432,.*"astray":0,')" = 6 ] &&
		[ "$(cells depths | grep -o '"depth":[0-9]*' | sort -u | tr '\n' ' ')" = \
			'"depth":1 "depth":2 "depth":4 ' ]
}
check "the proof is of every level, and the record has the depth" proves_levels
check "one depth of them alone" measure alone baseline --sizes=1024 --depth=4
same_alone() {
	costs alone
	[ "$(costs alone)" = "$(costs depths | grep depth=4)" ]
}
check "counts the same" same_alone

check "two owners" measure owners baseline --sizes=64 --owners=2 --depth=2
proves_each() {
	cells owners
	cells owners | grep '"valid":true' | grep -q \
		'"proof":{"expected":1152,.*"proof_other":{"expected":1152,.*"held":1152,' &&
		grep -qF '16c2n, percpu-alloc depth=2 owners=2, insn' "$tmp/owners.txt"
}
check "are proved each, and named" proves_each
costs_more() {
	local one two
	one=$(costs depths | awk '/depth=2/ { print $NF }')
	two=$(costs owners | awk '{ print $NF }')
	echo "one owner: $one, two: $two"
	awk "BEGIN { exit !($two > $one + 100) }"
}
check "cost more, as each evicts the other's stock" costs_more
lost_proof() {
	sed 's/"proof_other":{[^}]*}/"other":{}/' "$tmp/owners.jsonl" >"$tmp/lost.jsonl"
	"$p" report "$tmp/lost.jsonl" | tee "$tmp/lost"
	grep -q "the other owner's charge is not proved" "$tmp/lost"
}
check "a cell without the other's proof is not valid" lost_proof
finds_what_is_not_charged() {
	measure wrong tests/wrong/undercharged --sizes=8192 --owners=2 --depth=2 ||
		return
	cells wrong
	cells wrong | grep -q 'the charge is wrong: 131072 of 147456 B'
}
check "a charge that is too small is found" finds_what_is_not_charged

for from in other softirq; do
	check "free from $from" measure "$from" baseline --sizes=64 --free-from="$from" \
		--shape=batch:10:reverse
done
check "free from self" measure self baseline --sizes=64 --shape=batch:10:reverse
costs_nothing() {
	local cost
	for from in self other softirq; do
		costs "$from"
	done
	cost=$(costs self | awk '{ print $NF }')
	[ "$(costs other | awk '{ print $NF }')" = "$cost" ] &&
		[ "$(costs softirq | awk '{ print $NF }')" = "$cost" ]
}
check "where an object is freed adds nothing to on - off" costs_nothing
merges() {
	local files=("$tmp"/{self,other,softirq}.jsonl)

	"$p" merge -o "$tmp/all.jsonl" "${files[@]}" "$tmp/softirq.jsonl" &&
		[ "$(cells all | wc -l)" = 3 ]
}
check "merged, they are three cells of three boots" merges
check "other benches have no depth" fails 2 "has no such option" \
	"$p" boot baseline --bench=bpf-percpu-map --depth=2
echo "kernels=baseline topologies=16c1n depth=1,2,99" >"$tmp/a.sweep"
check "a sweep's file has depths, too" fails 2 \
	"line 1: depth: '99' is not a number from 1 to 16" \
	"$p" sweep --file="$tmp/a.sweep" --dry-run
finish
