/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BPF percpu maps by the bpf() syscall: their kinds, and why one is refused. */
#ifndef PCPUBENCH_MEASURE_BENCHES_BPF_MAP_H
#define PCPUBENCH_MEASURE_BENCHES_BPF_MAP_H

#include <stdbool.h>
#include <stddef.h>

struct bpf_map_kind {
	const char *name;	/* as in bpf-percpu-map/NAME */
	unsigned int type;	/* enum bpf_map_type */
	unsigned int flags;	/* map_flags of BPF_MAP_CREATE */
};

/* The @i'th kind, NULL past the last. */
const struct bpf_map_kind *bpf_map_kind(unsigned int i);

/* Can elements be added and deleted? An array always has all of them. */
bool bpf_map_has_elements(const struct bpf_map_kind *kind);

/**
 * bpf_map_values - the number of values that a new map has allocated
 *
 * @entries, or with BPF_F_NO_PREALLOC one for the free list of each of the
 * @cpus possible CPUs (prefill_mem_cache(), kernel/bpf/memalloc.c). -1 before
 * 6.8: up to four for each CPU, as many as atomic allocations got.
 */
long long bpf_map_values(const struct bpf_map_kind *kind, unsigned int entries,
			 unsigned int cpus);

/* A descriptor, or -1 with errno. Keys have 4 bytes. */
int bpf_map_make(const struct bpf_map_kind *kind, unsigned int value_size,
		 unsigned int entries);

/* Add a new element (BPF_NOEXIST). 0, or -1 with errno. */
int bpf_map_add(int fd, unsigned int key, const void *value);
int bpf_map_del(int fd, unsigned int key);

/* A descriptor of a small map that is not a percpu map, and its id; or -1 */
int bpf_map_anchor(unsigned int *id);

/* The map's size in bytes by fdinfo, -1 if that does not tell. */
long long bpf_map_memlock(int fd);

/**
 * bpf_map_usable - can this process make maps, and does the kernel charge them?
 * @reason: why a cell is not valid, or ""
 *
 * 0; or EX_FAIL, with what to do, when no map can be made: no bpf() in the
 * kernel, no capability, RLIMIT_MEMLOCK of a kernel before 5.11.
 */
int bpf_map_usable(char *reason, size_t room);

/* The reason why the kernel refused this map with the errno @error. */
void bpf_map_refused(const struct bpf_map_kind *kind, unsigned int value_size,
		     unsigned int entries, int error, char *reason,
		     size_t room);

#endif
