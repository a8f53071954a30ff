#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs the output of `sweep --emit=slurm` in a real Slurm of this test: controller and
# two nodes on this machine, in a temporary directory. One is lost.

# In a network of its own no port is taken, and it does not matter whether the machine
# has one: Slurm resolves no name where 127.0.0.1 is the only address.
if [ "${1:-}" != here ] && unshare --net ip link >/dev/null 2>&1; then
	exec unshare --net bash -c 'ip link set lo up &&
		ip address add 127.0.0.2/8 dev lo && exec "$@"' network "$0" here
fi
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

for tool in munged slurmctld slurmd sbatch squeue; do
	if ! PATH=$PATH:/usr/sbin command -v "$tool" >/dev/null; then
		skip "Slurm runs the shards" "no $tool: as root, ci/deps slurm"
		finish
	fi
done
if [ "$(id -u)" != 0 ]; then
	skip "Slurm runs the shards" "not root"
	finish
fi
PATH=$PATH:/usr/sbin
pids=()
tidy() {
	[ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null
	wait
	rm -rf "$tmp"
}
trap tidy EXIT

# munged insists on the permissions of its socket's directory.
chmod 755 "$tmp"
install -d -m 700 "$tmp/munge"
install -d -m 755 "$tmp/run" "$tmp/state" "$tmp/spool"/{stays,other}
head -c 1024 /dev/urandom >"$tmp/munge/key"
chmod 600 "$tmp/munge/key"
export SLURM_CONF=$tmp/slurm.conf
cat >"$SLURM_CONF" <<EOF
ClusterName=pcpubench
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=16817
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$tmp/run/munge
CredType=cred/munge
StateSaveLocation=$tmp/state
SlurmdSpoolDir=$tmp/spool/%n
SlurmctldPidFile=$tmp/run/slurmctld.pid
SlurmdPidFile=$tmp/run/slurmd-%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
NodeName=stays,other NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=16818,16819 CPUs=2 RealMemory=4096
PartitionName=all Nodes=stays,other Default=YES State=UP
EOF
munged --foreground --force --key-file="$tmp/munge/key" --socket="$tmp/run/munge" \
	--pid-file="$tmp/run/munged.pid" --log-file="$tmp/munge/log" \
	--seed-file="$tmp/munge/seed" >"$tmp/munged.log" 2>&1 &
pids+=($!)
for ((i = 0; i < 50; i++)); do [ -S "$tmp/run/munge" ] && break; sleep 0.1; done
slurmctld -D >"$tmp/slurmctld.log" 2>&1 &
pids+=($!)
slurmd -D -N stays >"$tmp/slurmd.log" 2>&1 &
pids+=($!)
# With its first process all others of it end, as if its power went.
unshare --pid --fork --kill-child --mount-proc slurmd -D -N other \
	>"$tmp/slurmd-other.log" 2>&1 &
other=$!
pids+=("$other")

nodes_are_up() {
	local i
	for ((i = 0; i < 100; i++)); do
		[ "$(sinfo -h -N -o %T 2>/dev/null | grep -c idle)" != 2 ] || return 0
		sleep 0.3
	done
	tail -n 5 "$tmp"/slurm*.log "$tmp/munged.log"
	return 1
}
check "a Slurm of our own is up" nodes_are_up

# What a lost node leaves is named, and measured elsewhere; nothing else is measured
# again.
dir=$tmp/tree
batch() {
	mkdir -p "$dir/results"
	ln -sfn "$PWD/build" "$dir/build"
	"$pcpubench" sweep --again baseline --cpus=1,2,4,..,128 --sizes=64 \
		--emit=slurm --shards=2 >"$dir/batch"
}
submit() { (cd "$dir" && sbatch "$@" batch); }
until_idle() {
	local i

	for ((i = 0; i < 1500; i++)); do
		[ -n "$(squeue -h)" ] || return 0
		sleep 0.2
	done
	squeue
	return 1
}
boots_of() { [ ! -f "$1" ] || grep -c '"type":"boot"' "$1"; }
# The shard that runs on a node.
shard_on() { squeue -h -t R -w "$1" -o %K; }
loses_a_node() {
	local i shard had=0

	batch && submit --no-requeue || return
	for ((i = 0; i < 900 && had == 0; i++)); do
		sleep 0.1
		shard=$(shard_on other)
		[ -z "$shard" ] || had=$(boots_of "$dir/results/shard-$shard.jsonl")
		: "${had:=0}"
	done
	echo "boots of shard '$shard' before its node is lost: $had"
	kill -KILL "$other"
	echo "$shard" >"$tmp/lost"
	# Slurm would see it only after minutes.
	scontrol update nodename=other state=down reason=lost
	[ "$had" -gt 0 ] && until_idle &&
		! grep '"type":"end"' "$dir/results/shard-$shard.jsonl"
}
merge() {
	rm -f "$tmp/merged.jsonl"
	"$pcpubench" merge -o "$tmp/merged.jsonl" "$dir"/results/shard-?.jsonl \
		2>"$tmp/said" || { cat "$tmp/said"; return 1; }
}
names_the_lost() {
	merge || return
	cat "$tmp/said"
	squeue -h -t all -o '%K %T' | grep -x "$lost NODE_FAIL" &&
		grep -x "shards without an end: $lost" "$tmp/said" &&
		grep -q ' of 8 wanted boots are missing: baseline [0-9]*c1n' "$tmp/said"
}
makes_up() {
	local shard was

	was=$(boots_of "$dir/results/shard-$lost.jsonl")
	md5sum "$dir"/results/shard-?.jsonl | grep -v "shard-$lost.jsonl" >"$tmp/sums"
	submit --array="$(sed -n 's/^shards without an end: //p' "$tmp/said")" &&
		until_idle && cat "$dir"/slurm-*_"$lost".out || return
	md5sum -c --quiet "$tmp/sums" && merge || return
	cat "$tmp/said"
	[ ! -s "$tmp/said" ] && [ "$(boots_of "$tmp/merged.jsonl")" = 8 ] &&
		grep -q '"type":"end","boots":8,"failed":0,"cells":8,"invalid":0' \
			"$tmp/merged.jsonl" &&
		grep "has $was of [0-9]* boots" "$dir"/slurm-*_"$lost".out
}
check "a node is lost in the middle of its shard, the other shard ends" loses_a_node
lost=$(<"$tmp/lost")
wait "$other" 2>"$tmp/log"
check "the lost shard is named, and what is missing" names_the_lost
check "submitted again, only what is missing is measured" makes_up
finish
