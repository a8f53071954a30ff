#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The schema is valid, and the program's files fit it.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

check "test data and reference results fit the schema" \
	/usr/bin/python3 tests/schema_test.py
fresh_results_fit() {
	"$pcpubench" sweep --again baseline nokmem --topologies=16c2n --sizes=64 \
		-o "$tmp/new.jsonl" >/dev/null &&
		/usr/bin/python3 tests/schema_test.py "$tmp/new.jsonl"
}
check "fresh results fit the schema" fresh_results_fit
failed_boots_fit() {
	"$pcpubench" boot baseline --topology=16c2n --append=rdinit=/none \
		-o "$tmp/bad.jsonl" >/dev/null
	/usr/bin/python3 tests/schema_test.py "$tmp/bad.jsonl"
}
check "a failed boot fits the schema" failed_boots_fit
finish
