#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The benches of BPF percpu maps, from the command line to the table.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

p=$pcpubench
kernel-patches/build-kernel baseline v1 bpf-charge >/dev/null || exit 1

check "unknown kind of map" fails 2 "there is no 'ring', but array, hash, " \
	"$p" boot baseline --bench=bpf-percpu-map/ring
check "half a name" fails 2 "did you mean 'bpf-percpu-map/hash'?" \
	"$p" boot baseline --bench=bpf-percpu-map/has
check "a kind of what has none" fails 2 "percpu-alloc has no kinds" \
	"$p" boot baseline --bench=percpu-alloc/hash
check "an operation that an array has not" fails 2 "there is no 'update', but" \
	"$p" boot baseline --bench=bpf-percpu-map-ops/array/update
# Each that `list` prints is one that --bench takes.
listed() {
	local kind instrument n=0 all

	all=$("$p" list --json | /usr/bin/python3 -c '
import json
import sys

kinds = [k for bench in json.load(sys.stdin)["benches"].values()
         for k in bench.get("kinds", [])]
print(sum(1 + len(k.get("operations", [])) for k in kinds))')
	while read -r kind; do
		n=$((n + 1))
		instrument=insn
		[[ $kind == load/* ]] && instrument=emulated
		"$p" sweep baseline -t 1c1n -i "$instrument" --dry-run --bench="$kind" |
			grep -q "^bench $kind," || { echo "$kind"; return 1; }
	done < <("$p" list | awk '/^  [a-z]/ { bench = $1 } /^    \// {
		print bench $1
		for (i = 3; i <= NF; i++)
			if ($i ~ /^\//)
				print bench $1 $i }')
	[ "$n" -gt 0 ] && [ "$n" = "$all" ] && return
	echo "$n names of $all"
	return 1
}
check "list has all kinds and operations, as an option takes them" listed
check "no profile of single operations" fails 2 "not by profile" \
	"$p" boot baseline -i profile --bench=bpf-percpu-map-ops
check "no entries" fails 2 "entries" "$p" boot baseline --entries=0
check "a value of no bytes" fails 2 "not a number from 1" \
	"$p" boot baseline --bench=bpf-percpu-map --sizes=0

boot() {
	local name=$1
	shift
	"$p" "$@" --bench="$bench" -o "$tmp/$name.jsonl" >"$tmp/$name.txt" 2>"$tmp/$name.err" ||
		{ cat "$tmp/$name.err"; return 1; }
}

says() {
	grep -qF -e "$2" "$tmp/$1.txt" || { cat "$tmp/$1.txt"; return 1; }
}

cells() {
	local n
	n=$(grep '"type":"cell"' "$tmp/$1.jsonl" | grep -c "$2")
	[ "$n" = "$3" ] || { echo "$n cells instead of $3"; return 1; }
}

bench=bpf-percpu-map
check "all kinds, 16c2n" boot all boot baseline -t 16c2n --sizes=64,1000
check "each kind is a cell, and so is the allocation" \
	cells all '"valid":true' 10
check "nothing charged is printed as found" says all \
	"charged 0 of 1024 B (64), 0 of 16000 B"
# Below the tables of three kinds of four, which are charged none.
slab_is_told() {
	local n
	n=$(tr -s ' \n' ' ' <"$tmp/all.txt" |
		grep -o 'no percpu memory: ACCT COST is that of slab' | wc -l)
	[ "$n" = 3 ] || { echo "$n times"; cat "$tmp/all.txt"; return 1; }
}
check "... and that ACCT COST is of slab then" slab_is_told
check "as is what is charged" says all "charged 18432 of 16384 B (64)"
check "the share of percpu accounting is told" says all \
	"percpu accounting in on:"
# Every sample of every cell, with the interrupts it met, boot by boot.
samples() {
	grep '"type":"cell"' "$tmp/$1.jsonl" | sed 's/"boot":[0-9]*,//' | sort
}
same_again() {
	"$p" boot baseline -t 16c2n --sizes=64,1000 --bench=bpf-percpu-map \
		-o "$tmp/again.jsonl" >/dev/null 2>&1 &&
		diff <(samples all) <(samples again)
}
check "another boot gives the same, to the last sample" same_again
# When boots of one cell are merged, the cell is invalid if they differ.
merges() {
	local n
	n=$("$p" report --format=csv "$tmp/all.jsonl" "$tmp/again.jsonl" |
		grep -c ',insn,2,1$')
	[ "$n" = 10 ] || { echo "$n cells instead of 10"; return 1; }
}
check "and can be merged" merges

# Earlier cells of the boot do not matter either, but for a few instructions.
alone() {
	"$p" boot baseline -t 16c2n --sizes=1000 --bench=bpf-percpu-map/array \
		-o "$tmp/alone.jsonl" >/dev/null 2>&1 || return 1
	"$p" report --format=csv "$tmp/all.jsonl" >"$tmp/all.csv"
	"$p" report --format=csv "$tmp/alone.jsonl" >"$tmp/alone.csv"
	awk -F, '$4 == "bpf-percpu-map/array" && $5 == 1000 {
			off[NR != FNR] = $6; cost[NR != FNR] = $8 }
		 END { d = off[0] - off[1]; d = d < 0 ? -d : d
			print off[0], off[1], cost[0], cost[1]
			exit !(off[0] > 0 && d <= 8 && cost[0] == cost[1]) }' \
		"$tmp/all.csv" "$tmp/alone.csv"
}
check "nor does what was measured before" alone

# Values of more than a chunk, for longer than a tick's period.
bench=bpf-percpu-map/hash-noprealloc
check "a map of several chunks" boot chunks boot baseline -t 64c1n \
	--sizes=32768
check "is measured" cells chunks '"valid":true' 2

profiled() {
	"$p" boot baseline -i profile -t 16c2n --sizes=64 \
		--bench=bpf-percpu-map -o "$tmp/profile.jsonl" \
		>/dev/null 2>"$tmp/profile.err" ||
		{ cat "$tmp/profile.err"; return 1; }
	"$p" profile -b bpf-percpu-map/array "$tmp/profile.jsonl" \
		--format=folded --arm=off | tee "$tmp/stacks"
	# Only a worker frees, so nobody else has the free in a stack.
	grep -q '^worker_thread;process_one_work;bpf_map_free_deferred;array_map_free;' "$tmp/stacks" &&
		! grep -q '__schedule;.*array_map_free' "$tmp/stacks"
}
check "where a map's instructions are" profiled
# An array is charged no percpu memory, only slab; a hash without preallocation
# both. The parts add up to what the functions do.
parts() {
	"$p" profile --parts --format=csv "$tmp/profile.jsonl" >"$tmp/parts.csv" &&
		"$p" profile --format=csv "$tmp/profile.jsonl" >"$tmp/functions.csv" &&
		awk -F, 'FNR == 1 { next }
			NR != FNR { off[$3] += $6; next }
			{ cost[$3 "/" $5] = $10; sum[$3] += $6; print }
			END { a = "bpf-percpu-map/array"; h = a; sub("array", "hash-noprealloc", h)
			exit !(cost[a "/percpu"] == 0 && cost[a "/slab"] > 0 &&
				cost[h "/percpu"] > 0 && cost[h "/slab"] > 0 &&
				off[a] > 0 && sum[a] / off[a] - 1 < 1e-6 &&
				1 - sum[a] / off[a] < 1e-6) }' \
			"$tmp/parts.csv" "$tmp/functions.csv"
}
check "and whose: percpu's, slab's, neither's" parts
check "a table of parts is no comparison" fails 2 "leave out --diff" \
	"$p" profile --parts --diff baseline v1 "$tmp/profile.jsonl"

bench=bpf-percpu-map/array
check "a kernel that charges" boot both sweep --again baseline bpf-charge -t 16c2n \
	--sizes=64 --entries=3
"$p" report --all "$tmp/both.jsonl" >"$tmp/both.txt"
check "does so to the byte" says both "bpf-charge: charged 3456 of 3072 B"
check "of maps of three entries" says both "16c2n, bpf-percpu-map/array entries=3, insn"
check "and is compared with baseline" says both "on, against baseline's"

bench=bpf-percpu-map-ops
check "every operation" boot ops boot baseline -t 16c2n --sizes=256
check "of every kind that has it" cells ops '"valid":true' 18
heading() {
	"$p" report "$tmp/ops.jsonl" | tr '\n' ' ' |
		grep -o 'bpf-percpu-map-ops/array/destroy-wait' | head -n1
}
bench=$(heading)
check "one of them, as the report's heading has it" boot one boot baseline \
	-t 16c2n --sizes=256
same_cost() {
	local n
	n=$(for name in ops one; do
		"$p" report --format=csv "$tmp/$name.jsonl" | grep ",$bench,256," |
			cut -d, -f8
	done | uniq -c | tr -s ' ')
	grep -q '^ 2 [0-9]' <<<"$n" || { echo "$n"; return 1; }
}
check "is one cell" cells one '"valid":true' 1
check "... of the same cost" same_cost
bench='bpf-percpu-map/array entries=3'
check "a heading with options" boot entries boot baseline -t 16c2n --sizes=64
check "... is taken with them" cells entries '"options":{"entries":3}' 1

# Half of the guest's memory: each map needs the memory of the one before.
bench=bpf-percpu-map-ops/hash-noprealloc
check "a map of 254 MB, time and again" boot large boot baseline -t 176c1n \
	--sizes=8192 --rounds=1
check "is measured, longer than from tick to tick" cells large '"valid":true' 5
# measured NAME N: N cells of the bench have figures.
measured() {
	"$p" report --format=csv "$tmp/$1.jsonl" | tee "$tmp/$1.csv"
	[ "$(grep -c ",$bench.*,insn,1,1\$" "$tmp/$1.csv")" = "$2" ]
}
check "in each of its operations" measured large 5

# Maps of 127 MB; v1's walk of all pages takes longer than a tick's period.
bench=bpf-percpu-map/hash-noprealloc
check "a map that is longer for its accounting" boot walk boot v1 -t 176c1n \
	--sizes=4096 --rounds=2
check "is measured" measured walk 1

# A map that the kernel refuses is in the table, and the others are measured.
bench=bpf-percpu-map/hash
check "a value above the limit" boot big boot baseline -t 3c3n \
	--sizes=32768,32776
check "is refused in words" says big \
	"baseline 32776: refused: a value of 32776 B is above the"
check "and the one below is measured" cells big '"valid":true' 2

bench=bpf-percpu-map/array
check "cgroup.memory=nobpf" boot nobpf boot baseline -t 3c3n --sizes=64 \
	--append=cgroup.memory=nobpf
check "is no measurement" says nobpf "no BPF map is charged"
check "no accounting at all" boot nokmem boot nokmem -t 3c3n --sizes=64
check "is none either" says nokmem "nothing was charged"

# Maps take minutes; after an early end the file is usable.
interrupted() {
	local pid
	"$p" boot baseline -t 176c1n --bench=bpf-percpu-map-ops \
		-o "$tmp/int.jsonl" >/dev/null 2>&1 &
	pid=$!
	sleep 4
	kill -INT "$pid"
	wait "$pid"
	[ $? = 130 ] && ! pgrep -P "$pid" >/dev/null &&
		[ "$(head -c 13 "$tmp/int.jsonl")" != "" ] &&
		! grep -q '"type":"end"' "$tmp/int.jsonl"
}
check "Ctrl-C ends the guest" interrupted
finish
