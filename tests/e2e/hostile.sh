#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Results and rules from strangers: no name in them reaches a terminal, a shell, a CI's
# log, a document or a picture as anything but a text, and none leaves its folder.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

export PYTHONDONTWRITEBYTECODE=1
tree=$PWD
# Three levels down, so that "../../../ran" would still be in $tmp.
mkdir -p "$tmp/1/2/3" && cd "$tmp/1/2/3" || exit 1

# data NAME FROM [FIELD...]: NAME.jsonl and AGAIN-NAME.jsonl, another run of the same.
data() {
	/usr/bin/python3 "$tree/tests/e2e/hostile_data.py" "$tree/$2" "$1.jsonl" "${@:3}" &&
		sed '1s/"id": "/&again/' "$1.jsonl" >"again-$1.jsonl"
}
data typical tests/unit/data/typical.jsonl || exit 1
data troubles tests/unit/data/troubles.jsonl || exit 1
data metal tests/unit/data/metal.jsonl || exit 1
data curves results/reference/sweep-6.12.jsonl topology || exit 1
data locks results/reference/contention-6.12.jsonl topology || exit 1
data times tests/unit/data/machine-times.jsonl topology || exit 1
data counts tests/unit/data/machine-counts.jsonl topology || exit 1
data functions results/reference/profile-6.12.jsonl topology || exit 1

# clean FORMAT command...: prints what is harmless, and so is what it complains of.
clean() {
	local form=$1
	shift
	"$pcpubench" "$@" >out 2>err </dev/null
	[ ! -s err ] || { cat err; sed 's/$/ touch/' err; } |
		/usr/bin/python3 "$tree/tests/e2e/hostile_check.py" text || return
	/usr/bin/python3 "$tree/tests/e2e/hostile_check.py" "$form" <out
}

each() {
	local form=$1 file
	shift
	for file in typical troubles metal; do
		clean "$form" "$@" "$file.jsonl" || { echo "of $file.jsonl"; return 1; }
	done
}
for form in text md csv json; do
	check "report, $form" each "$form" report --all --format="$form"
	check "compare, $form" clean "$form" compare --force --format="$form" \
		typical.jsonl again-typical.jsonl
done
# Rules with hostile words; a comment may say anything.
# shellcheck disable=SC2016 # nothing must expand
printf '# $(touch ran) \033[31m\n* "$(touch..ran)"*`touch..ran`::error::*\033[31m\302\233* * * cost 5\n' \
	>rules
for form in text md ktap junit github; do
	check "gate, $form" clean "$form" gate --format="$form" --thresholds=rules \
		typical.jsonl again-typical.jsonl
	check "gate with nothing to judge by, $form" clean "$form" gate --format="$form" \
		troubles.jsonl again-troubles.jsonl
done
check "lkml" clean text lkml --full typical.jsonl
check "fit" clean text fit curves.jsonl
check "fit, json" clean json fit --json curves.jsonl
check "contention" clean text contention locks.jsonl
check "profile" clean text profile functions.jsonl
check "profile, csv" clean csv profile --format=csv functions.jsonl
check "profile, json" clean json profile --json functions.jsonl
check "validate" clean text validate times.jsonl counts.jsonl
page() {
	"$pcpubench" page -o page.html --old=typical.jsonl --new=again-typical.jsonl \
		--thresholds=rules typical.jsonl curves.jsonl functions.jsonl &&
		/usr/bin/python3 "$tree/tests/e2e/hostile_check.py" html <page.html
}
check "page" page

# A stranger's series: titles of patches, a title of its own, names of files.
bad=$'::error::x \033[31m\302\233\342\200\256\330\234\357\273\277`touch ran`$(touch ran)##[error]y;touch ran'
mkdir series
printf '# %s\n0001-x.patch\n' "$bad" >series/series
printf 'From: A <a@b>\nSubject: [PATCH] %s\n\n---\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n' \
	"$bad" >series/0001-x.patch
# harmless FILE...: what was printed into these.
harmless() {
	cat "$@" | /usr/bin/python3 "$tree/tests/e2e/hostile_check.py" text
}
imports() {
	"$tree/kernel-patches/import-series" series imported >out 2>err &&
		harmless err && harmless imported/series
}
imports_wrong() {
	mkdir wrong && printf '0001-\033[31m::touch.patch\n' >wrong/series
	! "$tree/kernel-patches/import-series" wrong nothing >out 2>err &&
		harmless err
}
# The builder's own words go past the runner to the terminal.
builds_wrong() {
	mkdir folder && printf 'from\tx\n' >folder/origin
	printf '%s\n' "${bad// /_}.patch" >folder/series
	! "$pcpubench" sweep --topologies=1c1n --output=none.jsonl ./folder >out 2>err &&
		grep 'series names' err && harmless err || return
	printf 'kernels=%s\ntopologies=1c1n\n' "${bad// /_}" >hostile.sweep
	! "$pcpubench" sweep --file=hostile.sweep --output=none.jsonl >out 2>err &&
		grep 'no series' err && harmless err
}
lists() {
	local version=${KERNEL:-7.3}
	mkdir -p "own/pcpubench/series/linux-$version" &&
		cp -r series "own/pcpubench/series/linux-$version/added" &&
		XDG_DATA_HOME=$PWD/own "$pcpubench" list >out 2>err &&
		grep '^  added ' out >line && harmless line err
}
# prints LINE: what the builder prints where a stranger's text has become a line of it.
prints() {
	mkdir -p builder/kernel-patches
	printf '#!/bin/sh\nprintf "%s"\n' "$1" >builder/kernel-patches/build-kernel
	chmod +x builder/kernel-patches/build-kernel
	! PCPUBENCH_DATADIR=$PWD/builder "$pcpubench" sweep --topologies=1c1n --sizes=64 \
		--output=forged.jsonl baseline d >out 2>err && grep "$2" err && return
	cat err
	return 1
}
check "a kernel that was not asked for is not taken" \
	prints 'baseline2\\t/none\\t\\t\\n' "'baseline2' that is not its turn"
check "... nor too few" prints '' '0 of 2 kernels'
check "what is imported, and of which titles" imports
check "why a series is not imported" imports_wrong
check "why one is not built, and which kernel there is not" builds_wrong
check "the list of series" lists

# Names of programs' and records' own kinds, where they are refused.
refused() {
	local line=$1
	printf '%s\n' '{"type":"run","version":1,"id":"x","started":"","host":{"cpu":"","cpus":1,"kernel":"","os":""}}' \
		"$line" >refused.jsonl
	! "$pcpubench" report refused.jsonl >out 2>err && ! grep -q $'\033' err &&
		[ "$(wc -l <err)" = 1 ]
}
check "a name with an escape sequence is refused, and not printed" refused \
	'{"type":"kernel","kernel":"\u001b[31m","release":"","compiler":""}'
check "a field with one in its name is refused, and not printed" refused \
	'{"type":"new","\u001b[31m":1}'

# drawn DIR command...: pictures, all in DIR, and harmless.
drawn() {
	local dir=$1 svg nr=0
	shift
	"$@" >out 2>err || { cat err; return 1; }
	for svg in "$dir"/*.svg; do
		/usr/bin/python3 "$tree/tests/e2e/hostile_check.py" svg <"$svg" ||
			{ echo "$svg"; return 1; }
		nr=$((nr + 1))
	done
	[ "$(grep -c '\.svg$' out)" = "$nr" ]
}
check "bars" drawn bars "$pcpubench" plot -o bars typical.jsonl
check "curves and maps" drawn curves "$pcpubench" plot -o curves curves.jsonl
check "distributions" drawn times "$pcpubench" plot -o times metal.jsonl
check "slopes" drawn slopes "$pcpubench" plot -o slopes --compare \
	typical.jsonl again-typical.jsonl
check "in letters" clean text plot --text curves.jsonl

nothing_ran() {
	local found
	found=$(find "$tmp" -name 'ran*' -o -name '*.tsv')
	[ -z "$found" ] || { echo "$found"; return 1; }
	[ "$(cd "$tmp" && echo *)" = 1 ]
}
check "no name was run, or was a path" nothing_ran
finish
