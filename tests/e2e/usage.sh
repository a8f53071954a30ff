#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Wrong input gives one line with the error, and exit code 2.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# What is removed from a cache that is too large would be one more line.
export PCPUBENCH_CACHE_LIMIT=1T
p=$pcpubench
check "unknown command" fails 2 "unknown command 'frobnicate'" "$p" frobnicate
check "unknown kernel" fails 2 "no series 'none'" "$p" boot none
check "no kernel" fails 2 "which kernel?" "$p" boot
check "unknown topology" fails 2 "unknown topology '176'" "$p" boot baseline -t 176
check "too many CPUs" fails 2 "at most 4096 CPUs" "$p" boot baseline -t 5000c1n
check "unknown bench" fails 2 "unknown bench" "$p" boot baseline --bench=x
check "unknown instrument" fails 2 "unknown instrument" "$p" boot baseline -i ms
check "size 0" fails 2 "not a number from 4" "$p" boot baseline -s 0
check "size 66" fails 2 "multiples of 4" "$p" boot baseline -s 66
check "size above the unit" fails 2 "32768" "$p" boot baseline -s 32772
check "image without module" fails 2 "go together" "$p" boot --image=/bin/true
check "missing image" fails 2 "No such file" "$p" boot --image=/none --module=/none
check "too little memory" fails 2 "needs" "$p" boot baseline --memory=100
check "results file that exists" fails 2 "exists" "$p" boot baseline -s 64 \
	-o Makefile
check "unknown topology in a list" fails 2 "unknown topology" "$p" sweep \
	baseline -t 1c1n,x

if ! "$p" doctor | grep -q '^kvm *ok'; then
	check "time without KVM" fails 1 "instrument time needs KVM" \
		"$p" boot baseline -i time -o "$tmp/time.jsonl"
fi

examines() {
	"$p" doctor >"$tmp/doctor" && grep -q '^memory *ok' "$tmp/doctor" &&
		grep -q '^governor' "$tmp/doctor" && return
	cat "$tmp/doctor"
	return 1
}
check "doctor: all that measuring in QEMU needs is here" examines
# Without any program in PATH.
misses() {
	! PATH=$tmp "$p" doctor >"$tmp/doctor" 2>&1 &&
		grep -q "^qemu *no *no qemu-system-x86_64, so nothing is counted: run 'make deps'" "$tmp/doctor" &&
		grep -q "^kernels *no  *no .*bison" "$tmp/doctor"
}
check "doctor: names what is missing" misses

has_help() {
	"$p" "$1" --help | grep -q '^Usage: pcpubench '"$1"
}
for command in boot doctor list merge report run sweep; do
	check "$command: unknown option" fails 2 "argument '--frobnicate'" \
		"$p" "$command" --frobnicate
	check "$command: option without its value" fails 2 "argument" \
		"$p" "$command" --format
	check "$command: --help" has_help "$command"
done
check "a command that was mistyped is guessed" fails 2 "did you mean 'report'" \
	"$p" repotr x
check "an option too" fails 2 "did you mean --topolog" \
	"$p" sweep --toplogies=1c1n
check "a word that no command takes is refused" fails 2 "superfluous argument 'x'" \
	"$p" list x
check "help of what is none" fails 2 "unknown command 'none'" "$p" help none

# The last lines of a command's help: how it is called, with its own options.
has_example() {
	local help option

	help=$("$p" help "$1") || return
	diff <("$p" "$1" --help) - <<<"$help" || return
	diff <("$p" "$1" -h) - <<<"$help" || return
	sed '1,/^Example:$/d' <<<"$help" >"$tmp/example"
	grep -q "^  .*pcpubench $1" "$tmp/example" || { echo "$help"; return 1; }
	while read -r option; do
		sed '/^Example:$/,$d' <<<"$help" | grep -q -- " $option\>" ||
			{ echo "no option $option"; return 1; }
	done < <(sed 's/ -- .*//' "$tmp/example" | grep -o -- '--[a-z-]*')
}
mapfile -t commands < <("$p" --help | sed -n 's/^  \([a-z]*\) .*/\1/p')
check "there are commands" [ "${#commands[@]}" -gt 15 ]
for command in "${commands[@]}"; do
	check "$command: its help ends with an example" has_example "$command"
done
check "a bench that was mistyped is guessed" fails 2 "did you mean 'percpu-alloc'" \
	"$p" sweep baseline --bench=percpu-aloc
check "a kernel too" fails 2 "did you mean 'baseline'" "$p" boot baselin
check "a path to nothing is no series" fails 2 "no such file or directory: ./none" \
	"$p" boot ./none
check "a topology of no CPUs is told so" fails 2 "at '0c1n' there should be CPUs" \
	"$p" sweep baseline -t 0c1n
check "one without nodes too" fails 2 "at its end there should be nodes" \
	"$p" sweep baseline -t 16c
# A wrong argument gives one line, which says what to do.
while IFS='|' read -r text args; do
	read -ra words <<<"$args"
	check "$args" fails 2 "$text" "$p" "${words[@]}"
done <<'END'
did you mean 'insn'?|boot baseline -i ins
did you mean 'bpf-percpu-map/hash'?|boot baseline --bench=bpf-percpu-map/hahs
did you mean '--version'?|--vresion
did you mean 'bisect'?|help bisetc
did you mean --sizes?|boot baseline --szies=64
did you mean 'baseline'?|profile --kernel=basline results/reference/profile-6.12.jsonl
there is 80c2n, 176c1n|profile --topology=nowhere results/reference/profile-6.12.jsonl
ask for another size|profile --size=63 results/reference/profile-6.12.jsonl
there are: cgroup|selftest --kselftest=foo
there are: bench |selftest --config=foo
give words of cases' names|selftest --case=a;b
leave it out with --rss|selftest --case=while --rss=kernel
end with 28 or 32|sweep baseline --cpus=4,8,..,30
end with 16 or 32|sweep baseline --cpus=1,2,4,..,30
give the smaller one first|sweep baseline --cpus=9..3
give each node one|boot baseline -t 4c9n
leave it out|boot baseline --entries=3
give it once|boot baseline -t 1c1n -t 2c1n
name each once|sweep baseline baseline
give one of percent, off, cost,|report --only=percents results/reference/bench-6.12.jsonl
there are baseline, nokmem, v1,|compare results/reference/bench-6.12.jsonl:v9 :d
'pcpubench gate --help' has the forms|gate a
give a results file|report none.jsonl
give a number between 0 and 1000000|report --k=0 results/reference/posted-profile-7.3.jsonl
give a number between 0 and 1000000|report --k=-28 results/reference/posted-profile-7.3.jsonl
give a number between 0 and 1000000|report --k=nan results/reference/posted-profile-7.3.jsonl
give a number between 0 and 1000000|report --k=1e6 results/reference/posted-profile-7.3.jsonl
give a number between 0 and 1000000|report --k=28x results/reference/posted-profile-7.3.jsonl
one of --tune, --restore and --calibrate|doctor --calibrate --restore
give add, list or remove|kernel ad
END
calibrates() {
	"$p" doctor --calibrate --json >"$tmp/k.json" &&
		"$p" doctor --calibrate | grep -E '^k for lines in memory only: [0-9.e+-]+ \(' &&
		/usr/bin/python3 - "$tmp/k.json" <<'PY'
import json, sys

c = json.load(open(sys.argv[1]))
for name in "insn_ns", "cold_ns", "warm_ns":
    assert 0 < c[name]["least"] <= c[name]["median"] <= c[name]["most"], name
# A line of which memory has to be read or written is slower than one in L1 or L2.
assert c["cold_ns"]["median"] > c["warm_ns"]["least"], c
k = c["cold_ns"]["median"] / c["insn_ns"]["median"] - 11
assert abs(c["k_cold"]["median"] - k) < 1e-6 * abs(k), c
PY
}
check "doctor --calibrate measures this machine" calibrates
headings() {
	diff <("$p" report --only=percent,cost results/reference/bench-6.12.jsonl) \
		<("$p" report --only='ACCT COST, on - off' \
			results/reference/bench-6.12.jsonl)
}
check "what a table has above it names it" headings
sizes_go_on() {
	"$p" sweep baseline -t 1c1n --dry-run --sizes="$1" |
		grep -qx "bench percpu-alloc, insn, sizes 64 128 256 512"
}
for list in 64,128,256,..,512 64,128,256,...,512; do
	check "sizes go on as topologies do: $list" sizes_go_on "$list"
done
same_word() {
	local command

	for command in boot sweep price selftest; do
		"$p" "$command" --help | grep -q -- '--topology[ =]' ||
			{ echo "$command"; return 1; }
	done
}
check "--topology is the word everywhere" same_word
guesses_verb() {
	make -s swep 2>&1 | grep "no verb 'swep': did you mean 'sweep'?"
}
check "make: a verb that was mistyped is guessed" guesses_verb
check "make: a variable that no verb reads" fails 2 "no verb reads the variable TOPOLOGIES" \
	make -s help TOPOLOGIES=16c1n
# Those of the README, the documents and the help of the verbs.
told_are_read() {
	local name
	# shellcheck disable=SC2016 # backticks of the documents
	for name in $(grep -ohE '^    make .*|`make [^`]*`' README.md docs/*.md |
		grep -oE '\b[A-Z_]+=' | sort -u) \
		$(make -s help | grep -oE '\b[A-Z_]+='); do
		make -s help "${name}x" >/dev/null || return
	done
}
check "make: each variable that is told of is read" told_are_read
check "--version" grep -q '^pcpubench [0-9a-f]\{12\}\(-dirty\)\?$' <("$p" --version)

check "run: no other instrument" fails 2 "give one of time, profile" \
	"$p" run --instrument=insn
check "run: a profile is of time" fails 2 "does not tell time" \
	"$p" run --instrument=profile --event=cache-misses:k

check "build-kernel: unknown option" fails 2 "unknown option" \
	kernel-patches/build-kernel --frobnicate
check "build-kernel: no such source" fails 2 "no such file" \
	kernel-patches/build-kernel --source=/none baseline
mkdir "$tmp/empty"
check "build-kernel: a folder that is no kernel" fails 2 "not a kernel source" \
	kernel-patches/build-kernel --source="$tmp/empty" baseline

check "report: missing file" fails 2 "No such file" "$p" report "$tmp/none"
check "report: empty file" fails 2 "empty" "$p" report /dev/null
check "report: no file" fails 2 "file" "$p" report
one_default() {
	local version

	version=$(sed -n 's/^KERNEL *?= //p' Makefile)
	"$p" list --help | tr '\n' ' ' | grep -F "default $version)" &&
		kernel-patches/build-kernel --help | grep -F "KERNEL, default $version)"
}
check "make, the builder and the program take the same version of Linux" one_default

# As of a campaign's kernel that does not boot: what the others have in common is told.
never_came_up() {
	sed '/"kernel":"baseline","patches"/s/"config_sha256":"[0-9a-f]*",*//' \
		results/reference/bench-6.12.jsonl >"$tmp/one-less.jsonl" &&
		! cmp results/reference/bench-6.12.jsonl "$tmp/one-less.jsonl" &&
		"$p" report "$tmp/one-less.jsonl" | grep 'config [0-9a-f]\{8\}, QEMU'
}
check "a kernel that never came up makes no second config" never_came_up
finish
