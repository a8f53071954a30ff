#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# BPF percpu maps in guests: what each kind is charged, to the byte, with the
# kernel as it is and with bpf-charge; what is left behind; what is refused.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/kernel.sh
. tests/kernel.sh
code=0
for topology in 16c2n 176c1n; do
	for kernel in baseline bpf-charge; do
		build/guest/run build/guest/bpf_init "$kernel" "$topology" \
			"pcpubench_kernel=$kernel" || code=1
	done
done
exit "$code"
