#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel's own tests: a series has baseline's results, and the kernel that does
# not account kernel memory is told from it.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

kselftest() {
	"$pcpubench" selftest --kselftest=cgroup "$@"
}

kselftest --json d >"$tmp/d.json" 2>"$tmp/d.err"
code=$?
check "d has the same results" [ "$code" = 0 ]
check "and that were many" /usr/bin/python3 - "$tmp/d.json" <<'EOF'
import json, sys
run = json.load(open(sys.argv[1]))
base, other = run["kernels"]["baseline"], run["kernels"]["d"]
assert run["differences"] == 0 and base.keys() == other.keys()
programs = {name.split(":")[0] for name in base}
assert {"test_kmem", "test_memcontrol", "test_zswap"} <= programs, programs
assert len(base) >= 20, base
passed = {name for name in base if base[name]["result"] == "ok"}
assert "test_kmem: test_kmem_kernel_stacks" in passed, passed
assert "ran to the end" in passed and "nothing in the log" in passed, passed
EOF

kselftest nokmem >"$tmp/nokmem" 2>"$tmp/nokmem.err"
code=$?
check "one that accounts nothing has others: exit code 1" [ "$code" = 1 ]
check "and that is said in one line" \
	grep -qx 'pcpubench: .* not .* baseline.*' "$tmp/nokmem.err"
check "the test is marked in the table" \
	grep -A1 'test_kmem_kernel_stacks' "$tmp/nokmem"
check "with both results" grep -qE 'ok +! fail' "$tmp/nokmem"
check "why one is skipped is said" \
	grep -q "(zswap isn't configured)" "$tmp/nokmem"
check "JSON of what prints none" fails 2 "--json is of --kselftest" \
	"$pcpubench" selftest --json baseline
check "a suite that there is not" fails 2 "no suite 'mm' of tests" \
	"$pcpubench" selftest --kselftest=mm baseline
finish
