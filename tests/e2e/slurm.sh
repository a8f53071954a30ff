#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs the output of `sweep --emit=slurm` in a real Slurm of this test:
# controller and node on this machine, in a temporary directory.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

for tool in munged slurmctld slurmd sbatch squeue; do
	if ! PATH=$PATH:/usr/sbin command -v "$tool" >/dev/null; then
		echo "ok 1 - Slurm runs the shards # SKIP no $tool: as root, ci/deps slurm"
		exit 0
	fi
done
if [ "$(id -u)" != 0 ]; then
	echo "ok 1 - Slurm runs the shards # SKIP not root"
	exit 0
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
install -d -m 755 "$tmp/run" "$tmp/state" "$tmp/spool"
head -c 1024 /dev/urandom >"$tmp/munge/key"
chmod 600 "$tmp/munge/key"
export SLURM_CONF=$tmp/slurm.conf
cat >"$SLURM_CONF" <<EOF
ClusterName=pcpubench
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$tmp/run/munge
CredType=cred/munge
StateSaveLocation=$tmp/state
SlurmdSpoolDir=$tmp/spool
SlurmctldPidFile=$tmp/run/slurmctld.pid
SlurmdPidFile=$tmp/run/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=4096
PartitionName=all Nodes=$(hostname -s) Default=YES State=UP
EOF
munged --foreground --force --key-file="$tmp/munge/key" --socket="$tmp/run/munge" \
	--pid-file="$tmp/run/munged.pid" --log-file="$tmp/munge/log" \
	--seed-file="$tmp/munge/seed" >"$tmp/munged.log" 2>&1 &
pids+=($!)
for ((i = 0; i < 50; i++)); do [ -S "$tmp/run/munge" ] && break; sleep 0.1; done
slurmctld -D >"$tmp/slurmctld.log" 2>&1 &
pids+=($!)
slurmd -D >"$tmp/slurmd.log" 2>&1 &
pids+=($!)

node_is_up() {
	local i
	for ((i = 0; i < 100; i++)); do
		sinfo -h -o %T 2>/dev/null | grep -qE 'idle|mixed|alloc' && return
		sleep 0.3
	done
	tail -n 5 "$tmp"/slurm*.log "$tmp/munged.log"
	return 1
}
check "a Slurm of our own is up" node_is_up

runs() {
	local dir=$tmp/tree i

	install -d "$dir/results"
	ln -sfn "$PWD/build" "$dir/build"
	"$pcpubench" sweep --again baseline --cpus=1,2,4,..,16 --sizes=64,1024 \
		--emit=slurm --shards=2 >"$dir/batch" || return
	(cd "$dir" && sbatch batch) || return
	for ((i = 0; i < 600; i++)); do
		[ -n "$(squeue -h)" ] || break
		sleep 0.5
	done
	cat "$dir"/slurm-*.out
	[ "$(find "$dir" -name 'slurm-*_[12].out' | wc -l)" = 2 ] &&
		"$pcpubench" merge -o "$tmp/merged.jsonl" \
			"$dir"/results/shard-[12].jsonl &&
		[ "$(grep -c '"status":"ok"' "$tmp/merged.jsonl")" = 5 ] &&
		grep -q '"type":"end","boots":5,"failed":0,"cells":10,"invalid":0' \
			"$tmp/merged.jsonl"
}
check "sbatch runs the shards, and they merge into the whole" runs
finish
