#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Known boots: taken where nothing that they are a function of differs, measured
# again in turn, and never taken where they are damaged, failed or other ones.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

p=$pcpubench
kernel-patches/build-kernel baseline nokmem >"$tmp/kernels" 2>/dev/null
manifest=$(sed -n 's/^baseline\t//p' "$tmp/kernels" | cut -f1)
module=$(dirname "$manifest")/pcpu_bench.ko
image=$(dirname "$(dirname "$manifest")")/vmlinux

# All that is kept of kernels, and boots of our own.
for entry in "${XDG_CACHE_HOME:-$HOME/.cache}"/pcpubench/*; do
	mkdir -p "$tmp/cache/pcpubench"
	[ "$(basename "$entry")" = boots ] ||
		ln -s "$entry" "$tmp/cache/pcpubench/"
done
export XDG_CACHE_HOME=$tmp/cache
boots=$XDG_CACHE_HOME/pcpubench/boots

file=$tmp/run.jsonl
# run OPTION...: two kernels measured into $file, what was said in $tmp/said.
run() {
	rm -f "$file"
	"$p" sweep baseline nokmem --jobs=2 -t "${topologies:-1c1n,2c1n}" \
		-s "${sizes:-64}" -o "$file" "$@" \
		>/dev/null 2>"$tmp/said"
}
# has N FIELD: so many boots of the file have it.
has() {
	local have
	have=$(grep '"type":"boot"' "$file" | grep -c "\"$2\":{")
	[ "$have" = "$1" ] || { echo "$have boots have $2"; cat "$tmp/said"; return 1; }
}
said() {
	grep -qE "$1" "$tmp/said" || { cat "$tmp/said"; return 1; }
}
whole() {
	[ "$(grep -c '"type":"boot"' "$file")" = 4 ] &&
		tail -n1 "$file" | grep -q '"type":"end","boots":4,"failed":0'
}

measures_all() {
	run && whole && has 0 taken && has 0 again && cp "$file" "$tmp/first.jsonl"
}
check "what nobody has measured is measured" measures_all
takes() {
	run && whole && has 3 taken && has 1 again &&
		said '^4 of 4 boots known, 0 measured, and 1 of the known again'
}
check "what is known is taken, and one of it measured again" takes
same_table() {
	"$p" report --format=csv "$tmp/first.jsonl" >"$tmp/a" &&
		"$p" report --format=csv "$file" >"$tmp/b" && diff "$tmp/a" "$tmp/b"
}
check "... the table is the same" same_table
is_told() {
	"$p" report "$file" | grep -q 'Boots known from earlier runs: 3 of 4' &&
		"$p" report --all "$file" >"$tmp/report" &&
		[ "$(grep -c 'boots: .*; known from earlier runs: [12] of 2' \
			"$tmp/report")" = 2 ] &&
		tr -s '\n ' ' ' <"$tmp/report" >"$tmp/in-one" &&
		grep -q 'measured by run [0-9TZ]*-[0-9a-f]*, started [^ ]*: 3' "$tmp/in-one" &&
		grep -q 'measured again, and the same as by run' "$tmp/in-one"
}
check "... and tells what it is from" is_told
fits_schema() {
	/usr/bin/python3 tests/schema_test.py "$file" "$boots"/*/*.jsonl
}
check "... as the schema says" fits_schema
once() {
	"$p" merge -o "$tmp/merged.jsonl" "$tmp/first.jsonl" "$file" \
		2>"$tmp/said" && said '3 boots were there twice' &&
		[ "$(grep -c '"type":"boot"' "$tmp/merged.jsonl")" = 4 ]
}
check "a boot and what was taken of it are merged as one" once
compares() {
	"$p" compare "$tmp/first.jsonl:baseline" "$file:baseline" >"$tmp/out" &&
		grep -q 'measured by run' "$tmp/out" &&
		"$p" gate "$tmp/first.jsonl:baseline" "$file:baseline" >/dev/null
}
check "compare and gate take it, and tell what it is from" compares
other() {
	local known=$1
	shift
	run "$@" && has "$known" taken
}
sizes=128
check "another size" other 0
sizes=
check "another command line" other 0 --append=quiet
check "another CPU" other 0 --cpu=+erms
check "another instrument" other 0 -i profile
topologies=1c1n,2c1n,3c1n
check "another topology" other 3
topologies=
check "a second boot of each" other 3 --boots=2
check "... which the next run knows" other 7 --boots=2
check "--again" other 0 --again

# one_image MODULE: two boots of the image with it.
one_image() {
	rm -f "$file"
	"$p" boot --image="$image" --module="$1" --boots=2 -t 3c3n -s 64 \
		-o "$file" >/dev/null 2>"$tmp/said" || { cat "$tmp/said"; return 1; }
}
other_module() {
	{ cat "$module"; echo; } >"$tmp/other.ko"
	one_image "$module" && has 0 taken &&
		one_image "$module" && has 1 taken &&
		one_image "$tmp/other.ko" && has 0 taken
}
check "another module" other_module
other_init() {
	mkdir -p "$tmp/data/build"
	ln -s "$PWD"/{kernel-patches,kmod-bench} "$tmp/data/"
	ln -s "$PWD/build/profile.so" "$tmp/data/build/"
	{ cat build/init; echo; } >"$tmp/data/build/init"
	chmod +x "$tmp/data/build/init"
	PCPUBENCH_DATADIR=$tmp/data one_image "$module" && has 0 taken
}
check "another /init" other_init

never_failed() {
	run --append=rdinit=/none
	run --append=rdinit=/none
	[ "$(grep -c '"status":"failed"' "$file")" = 8 ] && ! said known
}
check "a failed boot is not known" never_failed

# Cut off after the first boot, as a kill leaves it.
goes_on() {
	local part=$tmp/part.jsonl
	sed '/"type":"boot"/q' "$tmp/first.jsonl" >"$part"
	"$p" sweep baseline nokmem --jobs=2 -t 1c1n,2c1n -s 64 -o "$part" \
		>/dev/null 2>"$tmp/said" || return
	file=$part
	whole && has 2 taken && said '^3 of 3 boots known' &&
		[ "$(grep '"type":"boot"' "$part" | sed 's/"boot":[0-9]*//' |
			sort -u | wc -l)" = 4 ]
}
check "a sweep that goes on takes the rest" goes_on
killed() {
	local pid kept
	rm -rf "$boots"
	for _ in 1 2 3; do
		"$p" sweep baseline nokmem --jobs=2 -t 1c1n,2c1n -s 64 \
			-o "$tmp/killed.jsonl" >/dev/null 2>&1 &
		pid=$!
		sleep 0.$((RANDOM % 9))
		sleep 1
		kill -9 "$pid"
		wait "$pid"
	done
	for kept in "$boots"/*/*.jsonl; do
		[ ! -e "$kept" ] || "$p" report "$kept" >/dev/null || return
	done
	rm -f "$tmp/killed.jsonl"
	run && whole && ! said damaged
} 2>/dev/null
check "kill -9 leaves no half of one" killed
two_at_once() {
	local one two
	rm -rf "$boots"
	(run && whole) &
	one=$!
	(file=$tmp/two.jsonl && run && whole) &
	two=$!
	wait "$one" && wait "$two" && run && whole && has 3 taken
}
check "two runs at once keep the same" two_at_once

# plant: make all that is known of baseline one instruction dearer.
plant() {
	/usr/bin/python3 - "$boots"/*/*.jsonl <<'END'
import json
import sys


def fnv(data):
    h = 0xcbf29ce484222325
    for byte in data:
        h = (h ^ byte) * 0x100000001b3 & (1 << 64) - 1
    return "%016x" % h


for path in sys.argv[1:]:
    lines = [json.loads(line) for line in open(path, encoding="utf-8")]
    for record in lines:
        if record["type"] == "cell":
            record["arms"]["on"]["ticks"][0] += 1
    text = [json.dumps(line) + "\n" for line in lines[1:]]
    lines[0]["known"]["sum"] = fnv("".join(text).encode())
    with open(path, "w", encoding="utf-8") as out:
        out.write(json.dumps(lines[0]) + "\n" + "".join(text))
END
}
finds_wrong() {
	local code
	plant
	run
	code=$?
	[ "$code" = 3 ] && said '(baseline|nokmem) [12]c1n: run [0-9TZ]*-[0-9a-f]* measured another count.*percpu-alloc 64, arms.on.ticks\[0\]: [0-9]+ and [0-9]+:' &&
		has 0 taken &&
		[ "$(find "$boots" -name '*.jsonl' | wc -l)" = 3 ]
}
check "a wrong value is found, named, and known no more" finds_wrong
mends() {
	run --again && whole && run && whole && has 3 taken && same_table
}
check "... and --again measures it" mends
damaged() {
	local one
	one=$(find "$boots" -name '*.jsonl' | head -n1)
	sed -i "$1" "$one"
	run && whole && has 2 taken && same_table &&
		said 'is measured and not taken: .*' && run && has 3 taken
}
check "one with another digit is measured" damaged '3s/[0-9]\]/7&/'
check "one that lacks a line is measured" damaged '4d'
check "one that is no JSON is measured" damaged '2s/{//'
check "one that is empty is measured" damaged 'd'

lists() {
	"$p" cache boots >"$tmp/out" && grep -q '^boots .* boots of ' "$tmp/out" &&
		"$p" cache remove boots >/dev/null && run && has 0 taken
}
check "the cache lists and removes them" lists
finish
