# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For test scripts: source it from the root of the tree, then say
#   check "what should hold" command...
# which prints a TAP line, and the command's output when it fails. End with
# `finish`.

set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
# shellcheck source=tests/kernel.sh
. tests/kernel.sh
# shellcheck disable=SC2034 # for the scripts
pcpubench=$PWD/build/pcpubench
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
nr=0
nr_bad=0

check() {
	local what=$1 out
	shift
	nr=$((nr + 1))
	if out=$("$@" 2>&1); then
		printf 'ok %d - %s\n' "$nr" "$what"
	else
		printf 'not ok %d - %s\n' "$nr" "$what"
		printf '# %s\n' "${out:-no output}"
		nr_bad=$((nr_bad + 1))
	fi
}

# told TEXT: it is in $tmp/out, wherever lines are broken.
told() {
	tr -s '\n ' ' ' <"$tmp/out" | grep -qE -- "$1" && return
	cat "$tmp/out" "$tmp/err"
	return 1
}

# skip WHAT WHY: what should hold is not tested here.
skip() {
	nr=$((nr + 1))
	printf 'ok %d - %s # SKIP %s\n' "$nr" "$1" "$2"
}

# fails CODE TEXT command...: the command exits with CODE, and TEXT is in its
# only line on standard error.
fails() {
	local code=$1 text=$2 got err
	shift 2
	err=$("$@" 2>&1 >/dev/null </dev/null)
	got=$?
	if [ "$got" != "$code" ]; then
		echo "exit code $got instead of $code: $err"
		return 1
	fi
	if [ "$(grep -c . <<<"$err")" != 1 ] || [[ $err != *"$text"* ]]; then
		echo "'$text' should be in the one line: $err"
		return 1
	fi
}

# boot_to NAME WORD...: boot with these words: NAME.jsonl, NAME.txt and NAME.err in
# $tmp.
boot_to() {
	local name=$1
	shift
	"$pcpubench" boot "$@" -o "$tmp/$name.jsonl" >"$tmp/$name.txt" \
		2>"$tmp/$name.err" || { cat "$tmp/$name.err"; return 1; }
}

# self_test VERSION WORD...: `selftest` with these words; what did not pass.
self_test() {
	KERNEL=$1 "$pcpubench" selftest "${@:2}" >"$tmp/out" 2>"$tmp/err" &&
		return
	cat "$tmp/err"
	grep -v '^    ok [0-9]* - [^#]*$' "$tmp/out"
	return 1
}

# cids VERSION SERIES: the mm_cids that tasks find in a guest with four CPUs, with
# CONFIG=rseq: $tmp/cids.
cids() {
	KERNEL=$1 build/guest/run build/guest/cid_init "$2" 4c1n "" 4 \
		>"$tmp/cids" 2>&1 && ! grep '^not ok' "$tmp/cids" &&
		grep -q '^ok .* - a process with threads executes$' "$tmp/cids"
}

# alike CSV KERNEL: how many of KERNEL's cells are valid, of two boots. Boots that
# differ make a cell invalid.
alike() {
	awk -F, -v kernel="$2" '$1 == kernel && $11 == 2 && $12 == 1' "$1" | wc -l
}

# compares FILE CELL [KERNEL]: `compare` of FILE's baseline and d has the cell.
compares() {
	"$pcpubench" compare "$1:baseline" ":${3:-d}" >"$tmp/compare" &&
		grep "$2" "$tmp/compare"
}

# gate_finds FILE CELL [KERNEL]: `gate` says that CELL of FILE costs more in KERNEL (d).
gate_finds() {
	"$pcpubench" gate "$1:baseline" ":${3:-d}" >"$tmp/gate" 2>/dev/null
	if [ "$?" != 1 ] || ! grep "$2 baseline to ${3:-d}: cost" "$tmp/gate"; then
		cat "$tmp/gate"
		return 1
	fi
}

finish() {
	printf '1..%d\n' "$nr"
	[ "$nr_bad" = 0 ]
	exit
}
