#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A hostile root: random calls of the module by several tasks on two CPUs, for
# FUZZ_SECONDS (900) on a kernel with KASAN, UBSAN, lockdep, kmemleak and allocations
# that fail. FUZZ_SEED=N (1) is the first boot's seed. Prints which of the module's lines
# were not reached.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

seconds=${FUZZ_SECONDS:-900}
first_seed=${FUZZ_SEED:-1}
each=300	# seconds of calls in a boot at most
deadline=1500	# of a boot: a scan of kmemleak takes minutes on a busy machine
memory=2048	# MiB
# RCU complains where a task keeps a CPU for long. On a busy machine the guest may not
# run for longer.
words="no_timer_check oops=panic rcupdate.rcu_cpu_stall_timeout=300 FUZZ_CHECKED=1"
least=90	# per cent of the lines

# What a guest said besides its tests and figures. The kernel counts what it lost
# itself as a leak, too, so the guest looks at what each one is.
faults() {
	grep -v -e '^ok ' -e '^#' -e '^1\.\.' "$1" |
		grep -v '^not ok - log: .*kmemleak: [0-9]* new suspected memory leaks'
}

# Boot after boot, until the seconds are over; the logs are $tmp/CONFIG-N.
fuzz() {
	local left=$seconds nr=0 seed=$first_seed log now

	while [ "$left" -gt 0 ]; do
		nr=$((nr + 1))
		log=$tmp/$CONFIG-$nr
		now=$((left < each ? left : each))
		build/guest/run build/guest/fuzz_init baseline 4c2n \
			"$words FUZZ_SECONDS=$now FUZZ_SEED=$seed" \
			2 "$memory" "$deadline" >"$log" 2>&1
		if [ -n "$(faults "$log")" ] || ! grep -q '^# calls: ' "$log"; then
			grep -v -e '^# code' -e '^ok ' "$log"
			echo "FUZZ_SEED=$seed"
			return 1
		fi
		left=$((left - now))
		seed=$((seed + 1))
	done
	tell "$nr" "$((seed - 1))" >&3
}

# tell BOOTS LAST_SEED: the calls of all boots, and what happened to them.
tell() {
	gawk -v boots="$1" -v seconds="$seconds" -v config="$CONFIG" \
		-v seeds="$first_seed to $2" '
		match($0, /^# (\S+): ([0-9]+) calls, ([0-9]+) worked, ([0-9]+) us/, m) {
			if (!(m[1] in calls))
				order[++nr] = m[1]
			calls[m[1]] += m[2]
			worked[m[1]] += m[3]
			us[m[1]] += m[2] * m[4]
			sum += m[2]
		}
		match($0, /^# (.*): ([0-9]+) times$/, m) { error[m[1]] += m[2] }
		match($0, /^# ([0-9]+) tasks .* CPU went ([0-9]+) .* module ([0-9]+)/, m) {
			killed += m[1]; gone += m[2]; unloaded += m[3]
		}
		match($0, /^# ([0-9]+) bytes of answers/, m) { bytes += m[1] }
		END {
			printf "# %s: %d calls in %d boots of %d s, seeds %s\n",
				config, sum, boots, seconds, seeds
			for (i = 1; i <= nr; i++) {
				c = order[i]
				printf "#   %-10s %8d calls, %8d worked, %6d us each\n",
					c, calls[c], worked[c], us[c] / (calls[c] + !calls[c])
			}
			for (e in error)
				printf "#   %s: %d times\n", e, error[e] | "sort"
			close("sort")
			printf "#   %d tasks were killed, a CPU went %d times, the module %d times\n",
				killed, gone, unloaded
			printf "#   %d bytes of answers were read\n", bytes
		}' "$tmp/$CONFIG"-*
}

# The lines that all boots reached.
reaches() {
	local manifest

	manifest=$(kernel-patches/build-kernel baseline 2>/dev/null | cut -f2)
	tests/guest/coverage.py "$(dirname "$manifest")/pcpu_bench.ko" kmod-bench \
		"$tmp/$CONFIG"-* >"$tmp/code" || return
	grep '^#' "$tmp/code" >&3
	awk -v least="$least" 'END { print; exit !($1 >= least) }' "$tmp/code"
}

exec 3>&1
export CONFIG=debug+fuzz
check "KASAN, UBSAN, lockdep, kmemleak: nothing is reported" fuzz
check "$least % of the module's lines are reached" reaches
finish
