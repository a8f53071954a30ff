#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A sweep is complete whatever happens to it. `KILLS=50 tests/check e2e/sweep`
# kills it 50 times instead of 4.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

p=$pcpubench
kills=${KILLS:-4}

check "list that does not arrive" fails 2 "does not reach 9" \
	"$p" sweep baseline --dry-run --cpus=1,2,4,..,9
check "list without a step" fails 2 "two numbers at least" \
	"$p" sweep baseline --dry-run --cpus=1,..,8
check "list of neither kind" fails 2 "has neither equal" \
	"$p" sweep baseline --dry-run --cpus=1,2,5,..,9
check "nodes without CPUs" fails 2 "give --cpus" \
	"$p" sweep baseline --dry-run --nodes=2
check "more nodes than CPUs" fails 2 "more nodes than CPUs" \
	"$p" sweep baseline --dry-run --cpus=1 --nodes=2
check "shard 0/4" fails 2 "not a number from 1" \
	"$p" sweep baseline --dry-run --shard=0/4
check "shard 5/4" fails 2 "to 4" "$p" sweep baseline --dry-run --shard=5/4
check "emit for nobody" fails 2 "slurm, parallel or github" \
	"$p" sweep baseline --emit=cron
check "emit of one shard" fails 2 "leave out --shard" \
	"$p" sweep baseline --emit=slurm --shard=1/2
check "results of something else" fails 2 "give a file that pcpubench wrote" \
	"$p" sweep baseline -t 1c1n -o Makefile
printf 'no newline' >"$tmp/other"
check "a file without a line" fails 2 "no complete line" \
	"$p" sweep baseline -t 1c1n -o "$tmp/other"
untouched() {
	[ "$(cat "$tmp/other")" = 'no newline' ]
}
check "a file that is not a sweep's is left as it was" untouched

cat >"$tmp/grid" <<'EOF'
# comment
kernels=baseline sizes=64,1024	# two
cpus=1,2,4,..,16 nodes=1..2 mem-nodes=0
topologies=16c1n,3c3n
EOF
grid_file() {
	local want="1c1n 2c1n 2c2n 4c1n 4c2n 8c1n 8c2n 16c1n 16c2n 3c3n"

	"$p" sweep --file="$tmp/grid" --dry-run >"$tmp/out" || return
	cat "$tmp/out"
	[ "$(awk '/c[0-9]+n/ { print $1 }' "$tmp/out" | xargs)" = "$want" ] &&
		grep -q 'sizes 64 1024$' "$tmp/out" &&
		grep -q '^10 of 10 boots to run' "$tmp/out"
}
check "a description file" grid_file
empty_nodes() {
	local want="4c2n 4c2n+1m 4c2n-1m 4c2n-1m+1m 4c2n-2m+1m"

	"$p" sweep baseline --dry-run --cpus=4 --nodes=2 --empty-nodes=0..2 \
		--mem-nodes=0,1 >"$tmp/out" || return
	cat "$tmp/out"
	[ "$(awk '/c[0-9]+n/ { print $1 }' "$tmp/out" | xargs)" = "$want" ] &&
		grep -q '^combinations left out: 1 ' "$tmp/out"
}
check "nodes without memory, and what cannot be is counted" empty_nodes
check "a kernel that is not there" fails 2 "no series 'nosuch'" \
	"$p" sweep nosuch --dry-run
check "... among others, and before a script is written" \
	fails 2 "no series 'nosuch'" "$p" sweep baseline nosuch --emit=slurm
cp -r tests/patches/one-more "$tmp/old"
sed -i 's/obj_cgroup_get(objcg)/obj_cgroup_gets(objcg)/' "$tmp"/old/*.patch
does_not_apply() {
	"$p" sweep baseline "$tmp/old" --dry-run >"$tmp/out" 2>"$tmp/err"
	[ $? = 1 ] && grep -q 'does not apply .* at line 1647$' "$tmp/err" &&
		[ ! -s "$tmp/out" ] && return
	cat "$tmp/out" "$tmp/err"
	return 1
}
check "a kernel whose patch does not apply" does_not_apply
check "a kernel twice" fails 2 "kernel baseline is given twice" \
	"$p" sweep baseline d baseline --dry-run
echo 'kernels=baseline topologies=1c1n sizes=64 boots=2' >"$tmp/option"
option_wins() {
	local order

	for order in "--sizes=256 --boots=3 --file=$tmp/option" \
		"--file=$tmp/option --sizes=256 --boots=3"; do
		# shellcheck disable=SC2086 # are words
		"$p" sweep --dry-run $order >"$tmp/out" || return
		cat "$tmp/out"
		grep -q 'sizes 256$' "$tmp/out" &&
			grep -q '^3 of 3 boots' "$tmp/out" || return
	done
}
check "an option counts and not the file, wherever it stands" option_wins
printf 'cpus=4\nkernel=x\n' >"$tmp/bad"
check "a wrong description file" fails 2 "bad: line 2: unknown key 'kernel'" \
	"$p" sweep --file="$tmp/bad" --dry-run

# The measurements of a sweep, without fields that differ from run to run.
cells() {
	grep '"type":"cell"' "$1" | sed 's/"boot":[0-9]*/"boot":0/' |
		/usr/bin/python3 -c 'import json, sys
for line in sys.stdin:
    print(json.dumps(json.loads(line), sort_keys=True))' | sort
}

sweep() {
	"$p" sweep --again --file="$tmp/grid" -o "$@"
}

# Check boots, cells and `end` of a file: each wanted cell once, the end
# correct.
whole() {
	local file=$1 boots=$2

	[ "$(grep -c '"type":"boot".*"status":"ok"' "$file")" = "$boots" ] &&
		[ "$(grep -c '"type":"cell"' "$file")" = $((2 * boots)) ] &&
		[ "$(grep -c '"type":"end"' "$file")" = 1 ] &&
		[ "$(cells "$file" | uniq -d | wc -l)" = 0 ] &&
		"$p" report --format=csv "$file" >/dev/null
}

check "a sweep in one go" sweep "$tmp/whole.jsonl"
check "it is whole" whole "$tmp/whole.jsonl" 10
nothing_left() {
	cp "$tmp/whole.jsonl" "$tmp/before"
	sweep "$tmp/whole.jsonl" && cmp "$tmp/before" "$tmp/whole.jsonl"
}
check "again it changes nothing" nothing_left
check "with other sizes it is another sweep" fails 2 "with other sizes" \
	"$p" sweep --file="$tmp/grid" --sizes=64 -o "$tmp/whole.jsonl"

# SIGKILL the runner at any moment; guests die with it.
survives() {
	local file=$tmp/killed.jsonl pid i

	for ((i = 0; i < kills; i++)); do
		"$p" sweep --again --file="$tmp/grid" -o "$file" >/dev/null 2>&1 &
		pid=$!
		sleep "$((RANDOM % 3)).$((RANDOM % 1000 + 1000))"
		kill -KILL "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
		# It was done already: start again.
		if grep -q '"type":"end"' "$file" 2>/dev/null; then
			whole "$file" 10 || return
			cmp <(cells "$file") <(cells "$tmp/whole.jsonl") || return
			rm "$file"
		fi
	done
	sweep "$file" && whole "$file" 10 &&
		cmp <(cells "$file") <(cells "$tmp/whole.jsonl")
}
check "$kills kills at random moments lose and repeat nothing" survives

# Cut the file at every place that a power cut may leave.
any_cut() {
	local file=$tmp/cut.jsonl size cut

	size=$(stat -c %s "$tmp/whole.jsonl")
	for cut in 0 1 100 $((size / 3)) $((size / 2)) $((size - 1)); do
		head -c "$cut" "$tmp/whole.jsonl" >"$file"
		sweep "$file" 2>/dev/null && whole "$file" 10 || return
		cmp <(cells "$file") <(cells "$tmp/whole.jsonl") || return
	done
}
check "a file cut anywhere is made whole" any_cut

twice_failed() {
	local file=$tmp/failed.jsonl

	"$p" sweep baseline -t 2c1n --sizes=64 --append=rdinit=/none \
		-o "$file" 2>"$tmp/err"
	[ $? = 1 ] && [ "$(grep -c '"status":"failed"' "$file")" = 2 ] &&
		grep -q '"type":"end","boots":2,"failed":2' "$file" &&
		grep -q 'trying once more' "$tmp/err" &&
		grep -q 'failed 2 times' "$tmp/err" && return
	cat "$tmp/err"
	return 1
}
check "a boot that fails is tried twice, and counted" twice_failed

two_writers() {
	local file=$tmp/two.jsonl pid code

	"$p" sweep baseline -t 16c1n --boots=50 --again -s 64 -o "$file" \
		>/dev/null 2>&1 &
	pid=$!
	until [ -s "$file" ]; do sleep 0.1; done
	"$p" sweep baseline -t 16c1n --boots=50 --again -s 64 -o "$file" 2>&1 |
		grep 'is being written by another process'
	code=$?
	kill "$pid"
	wait "$pid"
	return "$code"
}
check "two sweeps do not write one file" two_writers

shards() {
	local k

	for k in 1 2 3; do
		sweep "$tmp/shard-$k.jsonl" --shard="$k/3" || return
	done
	"$p" merge -o "$tmp/merged.jsonl" "$tmp"/shard-?.jsonl || return
	whole "$tmp/merged.jsonl" 10 &&
		cmp <(cells "$tmp/merged.jsonl") <(cells "$tmp/whole.jsonl")
}
check "three shards merge into the whole" shards
goes_on() {
	sweep "$tmp/merged.jsonl" 2>&1 | grep 'has 10 of 10 boots'
}
check "a merged sweep is one to go on with" goes_on
missing() {
	"$p" merge -o "$tmp/part.jsonl" "$tmp"/shard-[12].jsonl 2>&1 |
		grep 'of 10 wanted boots are missing' &&
		sweep "$tmp/part.jsonl" && whole "$tmp/part.jsonl" 10
}
check "a missing shard is told, and can be made up for" missing
duplicates() {
	local out

	out=$("$p" merge -o "$tmp/dup.jsonl" "$tmp"/shard-?.jsonl \
		"$tmp/whole.jsonl" 2>&1) || return
	grep -q '10 boots were there twice' <<<"$out" &&
		whole "$tmp/dup.jsonl" 10
}
check "what several files have is kept once" duplicates
sed '0,/"on":{"ticks":\[\([0-9]*\)/s//"on":{"ticks":[9\1/' "$tmp/whole.jsonl" \
	>"$tmp/conflict.jsonl"
check "another count for the same cell is a conflict" fails 3 "disagree" \
	"$p" merge -o "$tmp/bad.jsonl" "$tmp/merged.jsonl" "$tmp/conflict.jsonl"
no_file() {
	[ ! -e "$tmp/bad.jsonl" ]
}
check "a conflict leaves no file" no_file

# The jobs that --emit writes are the whole sweep; run by hand.
emitted_parallel() {
	local dir=$tmp/emit

	mkdir -p "$dir/results"
	ln -sfn "$PWD/build" "$dir/build"
	"$p" sweep --file="$tmp/grid" --emit=parallel --shards=2 >"$dir/go" &&
		bash -n "$dir/go" || return
	(cd "$dir" && grep 'build/pcpubench sweep' go | bash -e >/dev/null 2>&1 &&
		tail -n 1 go | bash -e) || return
	whole "$dir/sweep.jsonl" 10 &&
		cmp <(cells "$dir/sweep.jsonl") <(cells "$tmp/whole.jsonl")
}
check "what --emit=parallel writes makes the whole" emitted_parallel
# For every option that decides what is measured.
emits_all() {
	# shellcheck disable=SC2054 # commas are the options' own
	local option options=(--bench=bpf-percpu-map/hash --sizes=8,72
		--entries=3 --rounds=5 --pairs=2 --boots=3 --instrument=profile
		--append="quiet x='1'" --memory=4096 --deadline=77 --plain
		--topologies=1c1n,2c2n)

	KERNEL=6.12 CONFIG=nr512 "$p" sweep baseline v1@2 "${options[@]}" \
		--emit=parallel --shards=2 >"$tmp/all" || return
	grep 'build/pcpubench sweep' "$tmp/all" | head -n1 >"$tmp/line"
	for option in "${options[@]}" KERNEL=6.12 CONFIG=nr512 baseline v1@2 --shard=1/2; do
		eval "set -- $(cat "$tmp/line")"
		[[ " $* " == *" $option "* ]] ||
			{ echo "no $option in $(cat "$tmp/line")"; return 1; }
	done
}
check "a shard is told all that a sweep is" emits_all
emitted_slurm() {
	local dir=$tmp/emit

	"$p" sweep --file="$tmp/grid" --emit=slurm --shards=2 >"$dir/batch" &&
		bash -n "$dir/batch" && grep -q '^#SBATCH --array=1-2$' "$dir/batch" ||
		return
	rm -f "$dir"/results/*
	for SLURM_ARRAY_TASK_ID in 1 2; do
		export SLURM_ARRAY_TASK_ID SLURM_CPUS_PER_TASK=2
		(cd "$dir" && bash batch) || return
	done
	"$p" merge -o "$dir/slurm.jsonl" "$dir"/results/shard-*.jsonl &&
		whole "$dir/slurm.jsonl" 10
}
check "what --emit=slurm writes makes the whole" emitted_slurm
emitted_github() {
	"$p" sweep --file="$tmp/grid" --emit=github --shards=3 >"$tmp/w.yml"
	/usr/bin/python3 - "$tmp/w.yml" <<'EOF'
import sys, yaml
w = yaml.safe_load(open(sys.argv[1]))
assert w["jobs"]["shard"]["strategy"]["matrix"]["shard"] == [1, 2, 3]
assert w["jobs"]["merge"]["needs"] == "shard"
assert "--shard=${{ matrix.shard }}/3" in w["jobs"]["shard"]["steps"][-2]["run"]
EOF
}
check "what --emit=github writes is a workflow" emitted_github
# shellcheck disable=SC2016 # GitHub's, not the shell's
check "no expression of GitHub's gets into it" \
	fails 2 'in it, which GitHub replaces' "$p" sweep --file="$tmp/grid" --emit=github \
	--shards=3 '--append=x=${{ secrets.TOKEN }}'
# A tag can be moved, a commit's hash cannot.
pinned_actions() {
	grep -h 'uses:' "$tmp/w.yml" ci/github-actions.yml >"$tmp/uses" &&
		! grep -v 'uses: actions/[a-z-]*@[0-9a-f]\{40\} # v[0-9.]*$' "$tmp/uses"
}
check "... whose actions are named by the hash of a commit" pinned_actions
finish
