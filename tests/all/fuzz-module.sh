#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A hostile root: random calls of the module by several tasks on two CPUs, at least
# FUZZ_CALLS (1000000) on a kernel with KASAN, UBSAN, lockdep, kmemleak and allocations
# that fail, and for FUZZ_RACES (600) seconds on one with KCSAN. A boot of the first kernel
# has FUZZ_SECONDS (300) for calls. With FUZZ_CALLS=0 or FUZZ_RACES=0 there is one kernel
# only. FUZZ_SEED=N (1) is the first boot's seed. Prints which of the module's lines were
# not reached.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

calls=${FUZZ_CALLS:-1000000}
each=${FUZZ_SECONDS:-300}
races=${FUZZ_RACES:-600}
first_seed=${FUZZ_SEED:-1}
deadline=1500	# of a boot: a scan of kmemleak takes minutes on a busy machine
memory=2048	# MiB
at_once=2	# boots: the tasks of one wait most of the time
# RCU complains where a task keeps a CPU for long. On a busy machine the guest may not
# run for longer. The emulator's TSC is good, though the kernel does not see that.
words="no_timer_check tsc=reliable oops=panic rcupdate.rcu_cpu_stall_timeout=300 FUZZ_CHECKED=1"
# KCSAN waits for up to 1 ms at about each hundredth access of the module: a race shows when
# another CPU comes by. A long loop then keeps its CPU for minutes. The second CPU does not
# find out how fast it is, on which waits depend, so it is told.
watch="lpj=20000000 kcsan.skip_watch=200 kcsan.udelay_task=1000 kcsan.udelay_interrupt=1000"
watch+=" rcupdate.rcu_cpu_stall_suppress=1"
least=95	# per cent of the lines that KASAN's kernel is to reach

# What a guest said besides its tests and figures. The kernel counts what it lost
# itself as a leak, too, so the guest looks at what each one is.
faults() {
	grep -v -e '^ok ' -e '^#' -e '^1\.\.' "$1" |
		grep -v '^not ok - log: .*kmemleak: [0-9]* new suspected memory leaks'
}

# boot SEED SECONDS WORDS: calls in one boot, into $tmp/CONFIG-SEED.
boot() {
	local log=$tmp/$CONFIG-$1

	build/guest/run build/guest/fuzz_init baseline 4c2n \
		"$words $3 FUZZ_SECONDS=$2 FUZZ_SEED=$1" \
		2 "$memory" "$deadline" >"$log" 2>"$log.err"
	if [ -n "$(faults "$log")" ] || ! grep -q '^# calls: ' "$log"; then
		grep -hv -e '^# code' -e '^ok ' "$log" "$log.err"
		echo "FUZZ_SEED=$1"
		return 1
	fi
}

# Calls of all boots so far.
made() {
	awk '/^# calls: / { last[FILENAME] = $3 }
		END { for (f in last) sum += last[f]; print sum + 0 }' \
		"$tmp/$CONFIG"-*[0-9]
}

# Boot after boot, until the calls are made.
fuzz() {
	local seed=$first_seed i pid
	local -a pids

	while :; do
		pids=()
		for ((i = 0; i < at_once; i++)); do
			boot "$seed" "$each" FUZZ_LEAKS=1 &
			pids+=($!)
			seed=$((seed + 1))
		done
		for pid in "${pids[@]}"; do
			wait "$pid" || return 1
		done
		[ "$(made)" -lt "$calls" ] || break
	done
	tell "$each" >&3
}

# tell SECONDS: the calls of all boots, and what happened to them.
tell() {
	gawk -v seconds="$1" -v config="$CONFIG" -v first="$first_seed" '
		BEGINFILE { boots++ }
		match($0, /^# (\S+): ([0-9]+) calls, ([0-9]+) worked, ([0-9]+) us/, m) {
			if (!(m[1] in calls))
				order[++nr] = m[1]
			calls[m[1]] += m[2]
			worked[m[1]] += m[3]
			us[m[1]] += m[2] * m[4]
			sum += m[2]
		}
		match($0, /^# (\S+): ([0-9]+) times (.*)$/, m) {
			refused[m[1]][m[3]] += m[2]
		}
		match($0, /^# ([0-9]+) tasks .* CPU went ([0-9]+) .* module ([0-9]+)/, m) {
			killed += m[1]; gone += m[2]; unloaded += m[3]
		}
		match($0, /^# ([0-9]+) bytes of answers/, m) { bytes += m[1] }
		match($0, /^# KCSAN setup_watchpoints: ([0-9]+)/, m) { watched += m[1] }
		END {
			printf "# %s: %d calls in %d boots of %d s, seeds from %d\n",
				config, sum, boots, seconds, first
			for (i = 1; i <= nr; i++) {
				c = order[i]
				printf "#   %-10s %8d calls, %8d worked, %6d us each\n",
					c, calls[c], worked[c], us[c] / (calls[c] + !calls[c])
				if (!isarray(refused[c]))
					continue
				PROCINFO["sorted_in"] = "@val_num_desc"
				for (e in refused[c])
					printf "#   %19d %s\n", refused[c][e], e
			}
			printf "#   %d tasks were killed, a CPU went %d times, the module %d times\n",
				killed, gone, unloaded
			printf "#   %d bytes of answers were read\n", bytes
			if (watched)
				printf "#   KCSAN watched an access %d times\n", watched
		}' "$tmp/$CONFIG"-*[0-9]
}

# The lines that all boots reached.
reaches() {
	local manifest

	manifest=$(kernel-patches/build-kernel baseline 2>/dev/null | cut -f2)
	tests/guest/coverage.py "$(dirname "$manifest")/pcpu_bench.ko" kmod-bench \
		"$tmp/$CONFIG"-*[0-9] >"$tmp/code" || return
	grep '^#' "$tmp/code" >&3
	awk -v least="$least" 'END { print; exit !($1 >= least) }' "$tmp/code"
}

# A count that all calls raise, without a lock: KCSAN sees it, or it sees nothing.
sees_a_race() {
	mkdir "$tmp/raced" && cp -r kernel-patches kmod-bench "$tmp/raced/" || return
	sed -i '/^static long pcpu_bench_ioctl/,/^}/s/^\tlong ret;/&\n\tstatic long raced;\n\n\traced++;/' \
		"$tmp/raced/kmod-bench/main.c"
	! cmp -s {,"$tmp/raced/"}kmod-bench/main.c || return
	PCPUBENCH_DATADIR=$tmp/raced boot "$first_seed" 30 "$watch" >"$tmp/raced/said"
	if ! grep 'BUG: KCSAN: data-race in pcpu_bench_ioctl' "$tmp/raced/said"; then
		cat "$tmp/raced/said"
		return 1
	fi
	rm "$tmp/$CONFIG-"*
}

races() {
	boot "$first_seed" "$races" "$watch" || return
	tell "$races" >&3
}

exec 3>&1
if [ "$calls" != 0 ]; then
	export CONFIG=debug+fuzz
	check "KASAN, UBSAN, lockdep, kmemleak: nothing is reported" fuzz
	check "$least % of the module's lines are reached" reaches
fi
if [ "$races" != 0 ]; then
	export CONFIG=kcsan+fuzz
	check "KCSAN finds a race that was put into the module" sees_a_race
	check "... and none in the module as it is" races
fi
finish
