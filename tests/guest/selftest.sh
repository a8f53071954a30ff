#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The self-test passes on all kernels, and fails on each kernel that is wrong on
# purpose; below are the lines that show each fault.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# subtest FILE KERNEL: print the kernel's subtest.
subtest() {
	sed -n "\,# Subtest: $2\$,,\,ok [0-9]* - $2\$,p" "$1"
}

# says FILE KERNEL PATTERN...: its subtest has a line for each pattern.
says() {
	local file=$1 kernel=$2 pattern
	shift 2

	for pattern in "$@"; do
		if ! subtest "$file" "$kernel" | grep -qE -e "$pattern"; then
			echo "nothing like '$pattern' in what was said of $kernel:"
			subtest "$file" "$kernel"
			return 1
		fi
	done
}

# No case may be left out unnoticed: check the skipped ones, and the number of
# others.
counts() {
	local file=$1 kernel=$2 passed=$3 skipped=$4 ok skip

	ok=$(subtest "$file" "$kernel" | grep '^    ok ' | grep -vc '# SKIP')
	skip=$(subtest "$file" "$kernel" | grep -c '^    ok .*# SKIP')
	if [ "$ok" != "$passed" ] || [ "$skip" != "$skipped" ]; then
		echo "$ok passed and $skip were skipped, not $passed and $skipped"
		subtest "$file" "$kernel" | grep -v '^    ok'
		return 1
	fi
}

"$pcpubench" selftest >"$tmp/right" 2>"$tmp/right.err"
code=$?
check "exit code 0 when all kernels are right" [ "$code" = 0 ]
# Three cases need a checked kernel. Of the others, the baseline has a total.
check "baseline: the totals are right, nodes are skipped" \
	counts "$tmp/right" baseline 34 40
check "baseline: it says why" says "$tmp/right" baseline \
	'64 B: nodes # SKIP memory.numa_stat of this kernel has no row percpu'
for kernel in v1 a b c d; do
	check "$kernel: all totals and nodes are right" \
		counts "$tmp/right" "$kernel" 64 10
done
check "the control that accounts nothing is left out" \
	[ "$(grep -c '# Subtest: nokmem' "$tmp/right")" = 0 ]

# With an empty node there are two more cases, and none that needs two
# memory-only nodes.
"$pcpubench" selftest -t 16c2n-1m v1 a b c d static tests/wrong/cpu-node \
	>"$tmp/empty" 2>"$tmp/empty.err"
code=$?
check "exit code 1 when some of these are wrong" [ "$code" = 1 ]
for kernel in v1 a b c d; do
	check "$kernel: a node without memory is right" \
		counts "$tmp/empty" "$kernel" 56 18
	check "$kernel: and that was tried" says "$tmp/empty" "$kernel" \
		'   ok [0-9]+ - node without memory, 64 B: nodes$'
done
check "found: a page taken to be on the node of its CPU" \
	says "$tmp/empty" tests/wrong/cpu-node \
	'not ok [0-9]+ - node without memory, 64 B: nodes' \
	'node 0 held: expected [0-9]+ B, seen [0-9]+ B'
check "found: the number of CPUs of a node taken for what is on it" \
	says "$tmp/empty" static 'not ok [0-9]+ - 64 B: nodes' \
	'not ok [0-9]+ - node without memory, 64 B: nodes' \
	'   ok [0-9]+ - node without memory, 64 B: total'

# Charges and rows as other series have them.
"$pcpubench" selftest tests/patches/copies-alone tests/patches/page-row \
	>"$tmp/other" 2>"$tmp/other.err"
code=$?
check "exit code 0 when both are right" [ "$code" = 0 ]
check "right: charged for the copies alone" \
	counts "$tmp/other" tests/patches/copies-alone 34 40
check "and that is said" says "$tmp/other" tests/patches/copies-alone \
	'# charged for each byte .*: 0 B and not 2 B'
check "right: nodes told in pages" \
	counts "$tmp/other" tests/patches/page-row 64 10
check "and that is said" says "$tmp/other" tests/patches/page-row \
	'# nodes by row kernel .*, in pages: right within 256 KiB'

cd tests/wrong || exit 1
wrong=(straddle obj-exts failed fast-path page-row stale undercharged late
	going)
"$pcpubench" selftest "${wrong[@]/#/.\/}" >"$tmp/wrong" 2>"$tmp/wrong.err"
code=$?
check "exit code 1 when one is wrong" [ "$code" = 1 ]
check "and how many are" grep -q '9 of 9 kernels failed' "$tmp/wrong.err"
node='# .*node [0-9] .*: expected [0-9]+ B, seen [0-9]+ B'
check "found: bytes over a page boundary on the wrong node" \
	says "$tmp/wrong" ./straddle 'not ok [0-9]+ - across nodes, .*: nodes' \
	"$node" '   ok [0-9]+ - 32 KiB: nodes'
check "found: obj_exts forgotten on free" \
	says "$tmp/wrong" ./obj-exts 'not ok [0-9]+ - 64 B: total' \
	'# freed: expected 0 B, seen [0-9]+ B' "$node"
check "found: failed allocation not returned" says "$tmp/wrong" ./failed \
	'not ok [0-9]+ - no room after the charge, 32 KiB: total' \
	'# .*expected a charge of about 0 B, seen [0-9]+ B'
check "found: the way of one node taken on two" says "$tmp/wrong" ./fast-path \
	'not ok [0-9]+ - 64 B: nodes' "$node" '   ok [0-9]+ - 64 B: total'
check "found: the same where nodes are told in pages" \
	says "$tmp/wrong" ./page-row 'not ok [0-9]+ - 8 KiB: nodes' \
	'node 1 held: expected a charge of about [0-9]+ B, seen 0 B' \
	'   ok [0-9]+ - 8 KiB: total'
check "found: a stale node used for a page that came back" \
	says "$tmp/wrong" ./stale \
	'not ok [0-9]+ - depopulated and repopulated: nodes' "$node"
check "found: obj_exts not charged for large areas" \
	says "$tmp/wrong" ./undercharged 'not ok [0-9]+ - 8 KiB: total' \
	'# .*expected [0-9]+ B, seen [0-9]+ B' '   ok [0-9]+ - 64 B: total'
check "found: an area taken off when it may be somebody else's" \
	says "$tmp/wrong" ./late \
	'not ok [0-9]+ - at the same time on several CPUs: total'
# Of slab objects, too; but on a busy machine it can be that none comes late enough.
check "found: nobody charged for what comes while the cgroup is removed" \
	says "$tmp/wrong" ./going \
	'not ok [0-9]+ - allocated while the cgroup is removed: total' \
	'# [0-9]+ accounted objects have no owner in obj_exts' \
	'   ok [0-9]+ - freed while the cgroup is removed: total'
cd ../.. || exit 1

# A machine whose first $TRIPS starts die as if on code that the kernel patches,
# with $LAST as the last line.
mkdir "$tmp/trip"
cat >"$tmp/trip/qemu-system-x86_64" <<'END'
#!/bin/bash
case $* in *-serial*) ;; *) exec "$REAL" "$@" ;; esac
nr=$(($(cat "$COUNT" 2>/dev/null) + 1))
echo "$nr" >"$COUNT"
[ "$nr" -le "$TRIPS" ] || exec "$REAL" "$@"
while [ $# -gt 0 ]; do
	[ "$1" != -debugcon ] || echo '{"type": "init"}' >>"${2#file:}"
	shift
done
echo "$LAST" >&2
END
chmod +x "$tmp/trip/qemu-system-x86_64"
# trip TRIPS LAST-WORDS
trip() {
	rm -f "$tmp/count"
	REAL=$(command -v qemu-system-x86_64) COUNT=$tmp/count TRIPS=$1 LAST=$2 \
		PATH=$tmp/trip:$PATH \
		"$pcpubench" selftest -t 2c1n baseline >"$tmp/trip.out" \
		2>"$tmp/trip.err"
}

int3='Oops: int3: 0000 [#1] PREEMPT SMP'
# The machine that runs may trip, too: of three starts, one is left for that. In an
# interrupt its last words are others, as the panic comes after the breakpoint.
trip 1 "$int3"
again() {
	cat "$tmp/trip.err"
	[ "$1" = 0 ] && [ "$(<"$tmp/count")" -ge 2 ] &&
		grep -q 'baseline: .*int3: 0000.*: once more' "$tmp/trip.err" &&
		[ "$(grep -c 'baseline: .*: once more' "$tmp/trip.err")" = \
			$(($(<"$tmp/count") - 1)) ]
}
check "a guest that tripped is tried again, and that is said each time" again $?
trip 9 "$int3"
check "one that always trips has failed after three" \
	[ "$?$(<"$tmp/count")" = 13 ]
trip 9 'Oops: general protection fault: 0000 [#1] PREEMPT SMP'
check "a guest that dies of anything else has failed" \
	[ "$?$(<"$tmp/count")" = 11 ]

some_cases() {
	"$pcpubench" selftest -t 2c1n --case=limit,leaked baseline >"$tmp/some" ||
		{ cat "$tmp/some"; return 1; }
	sed -n 's/^    ok [0-9]* - \([^:]*\): total.*/\1/p' "$tmp/some" |
		diff - <(printf '%s\n' 'limit reached, 8 KiB' \
			'limit reached, 64 B, atomic' 'no memory leaked')
}
check "only the cases that are asked for" some_cases
no_case() {
	! "$pcpubench" selftest -t 2c1n --case=nonsense baseline >"$tmp/some" &&
		grep "no case has 'nonsense' in its name" "$tmp/some"
}
check "a case that there is not has failed" no_case

"$pcpubench" list >"$tmp/list"
check "no wrong kernel is offered" \
	[ "$(grep -ciE 'wrong|straddle|stale' "$tmp/list")" = 0 ]
check "more CPUs than can be plugged in" fails 2 'at most 254 CPUs' \
	"$pcpubench" selftest -t 300c2n baseline
check "a folder without a series" fails 2 "tests/unit: no series file and no" \
	"$pcpubench" selftest tests/unit
finish
