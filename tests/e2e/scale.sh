#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A sweep of 10 000 boots within bounded memory, its results computed.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# KiB, twice what is told in docs/sweep.md: all of it counts, the libraries too.
bounded() {
	(ulimit -v 1500000 && "$@")
}

plan() {
	bounded "$pcpubench" sweep baseline d --cpus=1..1000 --boots=5 --sizes=64 \
		--dry-run | grep -q '^10000 of 10000 boots to run'
}

# The third shard ended with its node, 1000 boots before the others.
shards() {
	local shard
	for shard in 1 2 3 4; do
		tests/scale_data.py --kernels=10 --topologies=1000 --sizes=1 \
			--sweep --shard="$shard"/4 \
			"$([ "$shard" = 3 ] && echo --lost=1500-2499 || echo --lost=)" \
			>"$tmp/$shard.jsonl" || return 1
	done
}

merge() {
	bounded "$pcpubench" merge --output="$tmp/all.jsonl" "$tmp"/[1-4].jsonl \
		2>"$tmp/err" >"$tmp/out" || { cat "$tmp/err"; return 1; }
	grep -q '^1000 of 10000 wanted boots are missing: k0 609c2n, ' "$tmp/err" ||
		{ cat "$tmp/err"; return 1; }
}

report() {
	bounded "$pcpubench" report --format=csv "$tmp/all.jsonl" >"$tmp/csv" &&
		[ "$(grep -c ',1$' "$tmp/csv")" = 9000 ]
}

check "10 000 boots are planned" plan
check "their results are written in four shards, one of them cut short" shards
check "merge says which boots are missing" merge
check "all that are there are reported" report

# lines SIZES: how many lines of bars.py run to write so many of two kernels.
lines() {
	PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 - "$1" "$tmp/bars.json" <<'END'
import io, json, sys
sys.path.insert(0, "plots")
import bars

place = {"topology": "16c1n", "instrument": "insn", "bench": "percpu-alloc"}
kernels = [{"name": n, "subject": "", "release": "6.12", "config": ""} for n in ("baseline", "d")]
sizes = range(int(sys.argv[1]))
rows = [dict(place, param=s, kernel=k["name"], valid=True, off=100, on=110, cost=10, cost_pct=10)
        for s in sizes for k in kernels]
cells = [dict(place, param=s, quantity="cost", diff=1, diff_pct=1, verdict="more",
              kernel_old="baseline", kernel_new="d") for s in sizes]
with open(sys.argv[2], "w") as f:
    json.dump({"rows": rows, "kernels": kernels, "compare": cells,
               "unit": {"insn": "insn"}, "per": {"percpu-alloc": "pair"}}, f)
ran = 0


def trace(frame, event, arg):
    global ran
    ran += event == "line" and frame.f_code.co_filename == bars.__file__
    return trace


sys.argv = ["bars.py", sys.argv[2], "--text"]
out, sys.stdout = sys.stdout, io.StringIO()
sys.settrace(trace)
bars.main()
sys.settrace(None)
assert sys.stdout.getvalue().count("d - baseline: +1 ") == len(sizes)
print(ran, file=out)
END
}
letters() {
	local few many

	few=$(lines 50) && many=$(lines 400) || return
	[ "$few" -gt 1000 ] && [ "$many" -lt $((12 * few)) ] && return
	echo "$few lines for 50 sizes, $many for 400"
	return 1
}
check "eight times the sizes in letters take eight times the steps" letters
finish
