#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Memory runs out, at each allocation of a report in turn, and at many of other commands:
# none crashes, and none ends as if nothing had been lost.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/faults.sh
. tests/faults.sh

data=tests/unit/data/metal.jsonl
bench=results/reference/bench-6.12.jsonl
check "report" short_of_memory 1 "$pcpubench" report $data
for format in csv json md; do
	check "report --format=$format" short_of_memory 10 \
		"$pcpubench" report --format=$format $data
done
check "compare" short_of_memory 211 "$pcpubench" compare $bench:baseline :d
check "gate, of a regression" short_of_memory 211 "$pcpubench" gate $bench:baseline :d
check "gate, of none" short_of_memory 211 \
	"$pcpubench" gate --allow=1000 $bench:baseline :d
check "profile" short_of_memory 1009 \
	"$pcpubench" profile results/reference/bpf-profile-6.12.jsonl
check "fit" short_of_memory 1009 "$pcpubench" fit results/reference/depth-6.12.jsonl
check "lkml" short_of_memory 2003 "$pcpubench" lkml $bench
cat "$tmp/told"
finish
