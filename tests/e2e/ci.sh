#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The whole shell workflow, called as by a CI: from another folder, with paths.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

root=$PWD
export TOPOLOGY=1c1n SIZES=64,1024

# job CODE OUT args...: the job exits with CODE.
job() {
	local want=$1 code
	shift
	export OUT=$1
	shift
	(cd "$tmp" && "$root/ci/gate.sh" "$@") >"$tmp/log" 2>&1
	code=$?
	[ "$code" = "$want" ] || { echo "exit code $code:"; cat "$tmp/log"; return 1; }
}

kept() {
	local file
	for file in results.jsonl gate.txt gate.md gate.xml gate.ktap compare.txt page.html; do
		[ -s "$tmp/$1/$file" ] || { echo "no $file"; cat "$tmp/log"; return 1; }
	done
	ls "$tmp/$1"/plots/*.png
}

check "a patch that changes no instruction passes" \
	job 0 good "$root/tests/patches/renamed"
check "... and results, plots and every format are kept" kept good
cp -r tests/patches/one-more "$tmp/mine"
check "one instruction more fails, by a relative path" job 1 bad ./mine
check "... and everything is kept as well" kept bad
names_it() {
	grep -q '+1 instruction per pair' "$tmp/bad/gate.md" &&
		grep -c '<failure ' "$tmp/bad/gate.xml" | grep -qx 2
}
check "... and named" names_it
check "the other way round it passes" \
	job 0 better "$root/tests/patches/one-more" "$root/tests/patches/renamed"

github() {
	GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=$tmp/summary job 1 gh ./mine &&
		grep -q '^::error title=pcpubench regression::' "$tmp/log" &&
		grep -q '^### gate: regression' "$tmp/summary"
}
check "on GitHub there are annotations and a summary" github

sed 's/obj_cgroup_get(objcg)/obj_cgroup_gets(objcg)/' \
	tests/patches/one-more/0001-*.patch >"$tmp/old.patch"
check "a patch that does not apply does not pass" job 3 good "$tmp/old.patch"
nothing_old() {
	[ ! -e "$tmp/good/gate.txt" ] && [ ! -e "$tmp/good/results.jsonl" ]
}
check "... and nothing of the job before is left" nothing_old
check "a series that is not there is wrong usage" job 2 none nowhere/at-all
check "no argument is wrong usage" job 2 none
# As in a container that may make no namespaces.
needs_sandbox() {
	(
		unset SANDBOX
		fails 2 'ci/gate.sh: no sandbox for' unshare -Ur sh -c \
			'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"' _ \
			env OUT="$tmp/none" ci/gate.sh ./tests/patches/renamed
	)
}
check "without a sandbox nothing is built" needs_sandbox

yaml_is_read() {
	/usr/bin/python3 - <<'END'
import yaml

github = yaml.safe_load(open("ci/github-actions.yml", encoding="utf-8"))
gitlab = yaml.safe_load(open("ci/gitlab-ci.yml", encoding="utf-8"))
steps = " ".join(s.get("run", "") for s in github["jobs"]["gate"]["steps"])
script = " ".join(gitlab["pcpubench"]["script"])
assert "pcpubench/ci/gate.sh" in steps and "pcpubench/ci/gate.sh" in script
assert github["permissions"] == {"contents": "read"}
assert all(not s["with"]["persist-credentials"] for s in github["jobs"]["gate"]["steps"]
           if "checkout" in s.get("uses", ""))
assert gitlab["pcpubench"]["artifacts"]["reports"]["junit"] == "gate/gate.xml"
END
}
check "the workflows are YAML and call it" yaml_is_read

tree_of() {
	mkdir -p "$tmp/tree/tests/static"
	cp tests/check "$tmp/tree/tests/"
	printf '#!/bin/sh\necho "ok 1 - it works"\n%s\n' "$1" \
		>"$tmp/tree/tests/static/one.sh"
	chmod +x "$tmp/tree/tests/static/one.sh"
	"$tmp/tree/tests/check" static >"$tmp/said" 2>&1
}
check "tests/check: a test that works" tree_of :
lost() {
	! tree_of 'rm -r build' && grep -q '^0 passed, 1 failed' "$tmp/said"
}
check "tests/check: one whose log is gone has failed" lost
finish
