#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A CI job in plain shell: build the kernels BASE and HEAD, measure both in one
# run, and gate them. Copy it or call it; the workflows beside it call it.
#
#   ci/gate.sh [BASE] HEAD
#
# BASE and HEAD are names of kernels or paths of patches (with a slash in them):
# a folder, an mbox, a quilt series. The default BASE is `baseline`, the
# unpatched kernel. Exits as `pcpubench gate` does: 0 no regression, 1 a
# regression, 2 wrong usage, 3 no clear result, also when a kernel does not
# build.
#
# In the environment:
#   OUT          folder of what is kept (pcpubench-gate): results.jsonl, gate.txt,
#                gate.md, gate.xml (JUnit), gate.ktap, compare.txt, compare.csv, plots/,
#                page.html (docs/page.md)
#   TOPOLOGY     of the guests (176c1n,80c2n)
#   SIZES        of the objects (64,256,1024,4096,8192)
#   BOOTS        of each kernel (1, which is enough for instructions)
#   AGAIN        anything: boot also what is known from earlier jobs (docs/sweep.md)
#   ALLOW        how much more than BASE any cell may take (ci/thresholds)
#   THRESHOLDS   a file of more rules, for the cells that they match
#   SANDBOX      no: build also where bubblewrap does not work; the patches' makefiles
#                then run as this job (yes)
#   KERNEL KERNEL_SRC CONFIG JOBS   as `make` takes them
set -u

case $# in
1) base=baseline head=$1 ;;
2) base=$1 head=$2 ;;
*)
	echo "ci/gate.sh: give [BASE] HEAD, kernels or paths of patches" >&2
	exit 2 ;;
esac
# BASE and HEAD are relative to the caller's folder, programs to ours.
for side in base head; do
	if [ -e "${!side}" ] && [[ ${!side} == */* || -f ${!side} ]]; then
		printf -v "$side" %s "$(realpath "${!side}")"
	fi
done
mkdir -p "${OUT:=pcpubench-gate}" || exit 2
out=$(realpath "$OUT")
rules=${THRESHOLDS:+$(realpath -m "$THRESHOLDS")}
cd "$(dirname "$0")/.." || exit 2
# Remove files of an earlier job, but nobody else's.
if [ ! -e "$out/results.jsonl" ] && { [ -e "$out/page.html" ] || [ -e "$out/plots" ]; }; then
	echo "ci/gate.sh: OUT=$OUT has a page or plots of something else: give a folder of its own" >&2
	exit 2
fi
rm -rf "$out"/results.jsonl "$out"/gate.{txt,md,xml,ktap} \
	"$out"/compare.{txt,csv} "$out"/page.html "$out"/plots

pcpubench=build/pcpubench
make -s deps || exit 3
export SANDBOX=${SANDBOX:-yes}
if [ "$SANDBOX" = yes ]; then
	why=$(kernel-patches/build-kernel --try-sandbox)
	if [ -n "$why" ]; then
		echo "ci/gate.sh: no sandbox for the patches' makefiles: $why; a container needs what ci/github-actions.yml gives it; SANDBOX=no builds without, as this job" >&2
		exit 2
	fi
fi
make -s all || exit 3

# The results have failed boots, where the gate finds them.
"$pcpubench" sweep --topologies="${TOPOLOGY:-176c1n,80c2n}" \
	--sizes="${SIZES:-64,256,1024,4096,8192}" --boots="${BOOTS:-1}" \
	${AGAIN:+--again} \
	--output="$out/results.jsonl" "$base" "$head" >/dev/null
code=$?
if [ ! -s "$out/results.jsonl" ]; then
	echo "ci/gate.sh: nothing was measured" >&2
	[ "$code" = 2 ] && exit 2
	exit 3
fi

rules=(${ALLOW:+--allow="$ALLOW"} ${rules:+--thresholds="$rules"})
# For people; these do not affect the exit code.
"$pcpubench" page --old="$out/results.jsonl:$base" --new=":$head" "${rules[@]}" \
	--output="$out/page.html" "$out/results.jsonl" >/dev/null
"$pcpubench" compare "$out/results.jsonl:$base" ":$head" >"$out/compare.txt"
if "$pcpubench" compare --format=csv "$out/results.jsonl:$base" ":$head" \
	>"$out/compare.csv"; then
	plots/compare_bars.py "$out/compare.csv" "$out/plots"
fi

formats=(-f text -f text="$out/gate.txt" -f md="$out/gate.md"
	-f junit="$out/gate.xml" -f ktap="$out/gate.ktap")
[ -z "${GITHUB_ACTIONS:-}" ] || formats+=(-f github)
"$pcpubench" gate "${rules[@]}" "${formats[@]}" \
	"$out/results.jsonl:$base" ":$head"
code=$?
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f "$out/gate.md" ]; then
	cat "$out/gate.md" >>"$GITHUB_STEP_SUMMARY"
fi
exit "$code"
