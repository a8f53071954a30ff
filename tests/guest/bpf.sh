#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# BPF percpu maps in guests: what each kind is charged, to the byte, with the
# kernel as it is and with bpf-charge; what is left behind; what is refused.
# And the buckets of local storage, which bpf-charge charges, too.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

slab() {
	sed -n 's/^ok .* task storage: \([0-9]*\) B of slab each$/\1/p' "$tmp/$1"
}
# buckets_charged CPUS: 16 bytes for each, of a power of 2, and a pointer.
buckets_charged() {
	local buckets=2 more
	while [ "$buckets" -lt "$1" ]; do
		buckets=$((buckets * 2))
	done
	more=$(($(slab bpf-charge) - $(slab baseline)))
	[ "$more" = $((buckets * 16 + 8)) ] || { echo "$more B more"; return 1; }
}
for topology in 16c2n 176c1n; do
	for kernel in baseline bpf-charge; do
		build/guest/run build/guest/bpf_init "$kernel" "$topology" \
			"pcpubench_kernel=$kernel" >"$tmp/$kernel" || nr_bad=1
		cat "$tmp/$kernel"
	done
	check "$topology: bpf-charge charges the buckets of local storage" \
		buckets_charged "${topology%%c*}"
done
finish
