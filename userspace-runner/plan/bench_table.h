/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The benches, a row each: BENCH(ID, fields of struct bench). measure_ID() in
 * measure/benches/ measures it. Each includer defines BENCH() for what it makes
 * of the rows; hence no guard.
 */

BENCH(percpu_alloc,
	.name = "percpu-alloc",
	.what = "__alloc_percpu_gfp()/free_percpu() pair of SIZE bytes",
	.one = "a pair",
	.adds = "What __GFP_ACCOUNT adds to an allocation and its free",
	.min = 4, .max = BENCH_MAX_OBJECT, .multiple = 4,
	.rounds = BENCH_ROUNDS, .time_rounds = BENCH_TIME_ROUNDS,
	.pairs = PCPU_BENCH_MAX_PAIRS,
	.length = 1,
	.options = 1 << BENCH_SHAPE | 1 << BENCH_GFP | 1 << BENCH_DEPTH |
		   1 << BENCH_OWNERS | 1 << BENCH_FREE_FROM)

BENCH(bpf_map,
	.name = "bpf-percpu-map",
	.what = "create a BPF percpu map of values of SIZE bytes and destroy it, until its memory is back",
	.one = "an operation",
	.adds = "What accounting adds to making a BPF percpu map and destroying it",
	.min = 1, .max = BENCH_MAX_VALUE, .multiple = 1,
	.rounds = BENCH_MAP_ROUNDS, .time_rounds = BENCH_MAP_TIME_ROUNDS,
	.pairs = BENCH_MAX_MAPS, .length = 10,
	.by_syscalls = true, .in_us = true,
	.kinds = map_kinds, .options = 1 << BENCH_ENTRIES,
	.beside = "percpu-alloc")

BENCH(bpf_map_ops,
	.name = "bpf-percpu-map-ops",
	.what = "create, update, delete and destroy that map, each measured alone",
	.one = "an operation",
	.adds = "What accounting adds to each operation on a BPF percpu map",
	.min = 1, .max = BENCH_MAX_VALUE, .multiple = 1,
	.rounds = BENCH_MAP_ROUNDS, .time_rounds = BENCH_MAP_TIME_ROUNDS,
	.pairs = BENCH_MAX_MAPS, .length = 10,
	.by_syscalls = true, .interleaved = true, .in_us = true,
	.kinds = map_ops_kinds, .options = 1 << BENCH_ENTRIES)

BENCH(percpu_contend,
	.name = "percpu-contend",
	.what = "that pair by many tasks at once: the time in which they all together do one",
	.one = "a pair",
	.adds = "What __GFP_ACCOUNT adds where many CPUs allocate and free at once",
	.min = 4, .max = BENCH_MAX_OBJECT, .multiple = 4,
	.rounds = BENCH_WINDOWS, .time_rounds = BENCH_WINDOWS,
	.pairs = 1, .length = 10, .parallel = true,
	.options = 1 << BENCH_SHAPE | 1 << BENCH_GFP | 1 << BENCH_THREADS |
		   1 << BENCH_MEMCGS)

BENCH(load,
	.name = "load",
	.what = "start a program, or make a BPF percpu map, by many processes at once: the time in which they all together do one",
	.one = "an operation",
	.adds = "What a memory cgroup adds where many processes work at once",
	.multiple = 1,
	.rounds = BENCH_WINDOWS, .time_rounds = BENCH_WINDOWS,
	.pairs = 1, .length = 10, .in_us = true, .parallel = true,
	.kinds = load_kinds,
	.options = 1 << BENCH_THREADS | 1 << BENCH_MEMCGS)

BENCH(memcg,
	.name = "memcg",
	.what = "make a memory cgroup and remove it, and read its statistics",
	.one = "an operation",
	.adds = "What accounting adds to making a memory cgroup, removing it, and reading its statistics",
	.multiple = 1,
	.rounds = BENCH_MAP_ROUNDS, .time_rounds = BENCH_MAP_TIME_ROUNDS,
	.pairs = 1, .length = 10,
	.by_syscalls = true, .interleaved = true, .in_us = true,
	.kinds = memcg_kinds)

BENCH(memcg_life,
	.name = "memcg-life",
	.what = "make a memory cgroup, enter it, hold objects, leave, remove it, and free them, with all that the kernel does for it later",
	.one = "an operation",
	.adds = "What the memory controller adds to the life of a cgroup",
	.multiple = 1,
	.rounds = BENCH_LIFE_ROUNDS, .time_rounds = BENCH_LIFE_ROUNDS,
	.pairs = 1, .length = 40,
	.by_syscalls = true, .interleaved = true, .counted = true,
	.other = true,
	.kinds = life_kinds,
	.options = 1 << BENCH_DEPTH | 1 << BENCH_OBJECTS |
		   1 << BENCH_GENERATIONS | 1 << BENCH_BESIDE)

BENCH(mm_life,
	.name = "mm-life",
	.what = "fork, exec, create a thread, and touch a page, by a process of five mappings",
	.one = "an operation",
	.adds = "What accounting adds to the life of processes, threads and pages",
	.multiple = 1,
	.rounds = BENCH_MAP_ROUNDS, .time_rounds = BENCH_MAP_TIME_ROUNDS,
	.pairs = 1, .length = 10,
	.by_syscalls = true, .in_us = true,
	.kinds = mm_kinds)

BENCH(percpu_counter,
	.name = "percpu-counter",
	.what = "make percpu_counters, destroy them, add to one, sum it up, each measured alone",
	.one = "an operation",
	.adds = "What accounting adds to each operation on a percpu_counter",
	.multiple = 1,
	.rounds = BENCH_ROUNDS, .time_rounds = BENCH_TIME_ROUNDS,
	.pairs = BENCH_MAX_COUNTERS, .length = 2,
	.kinds = counter_kinds)

BENCH(slab_alloc,
	.name = "slab-alloc",
	.what = "allocate slab objects of SIZE bytes and free them, from caches of its own or by kmalloc()",
	.one = "an object",
	.adds = "What __GFP_ACCOUNT adds to a slab object and its free",
	.min = 8, .max = BENCH_MAX_SLAB, .multiple = 8,
	.rounds = BENCH_ROUNDS, .time_rounds = BENCH_TIME_ROUNDS,
	.pairs = PCPU_BENCH_MAX_PAIRS / BENCH_MAX_SLAB_TURNS, .length = 2,
	.slab = true, .other = true,
	.kinds = slab_kinds, .options = 1 << BENCH_SHAPE | 1 << BENCH_OWNERS)

BENCH(slab_share,
	.name = "slab-share",
	.what = "allocate slab objects of SIZE bytes for many memory cgroups and free others, in one cache or one for each, and find how full the slabs are",
	.one = "an object",
	.adds = "What __GFP_ACCOUNT adds to a slab object of many memory cgroups",
	.min = 8, .max = BENCH_MAX_SLAB, .multiple = 8,
	.rounds = BENCH_MAP_ROUNDS, .time_rounds = BENCH_MAP_ROUNDS,
	.pairs = 1, .length = 20,
	.by_syscalls = true, .counted = true, .other = true,
	.owners = BENCH_SHARE_OWNERS, .kinds = share_kinds)

BENCH(zswap_life,
	.name = "zswap-life",
	.what = "write pages out to zswap, and touch them again",
	.one = "a page",
	.adds = "What accounting adds to a page that goes to zswap and comes back",
	.multiple = 1,
	.rounds = BENCH_MAP_ROUNDS, .time_rounds = BENCH_MAP_ROUNDS,
	.pairs = 1, .length = 20,
	.by_syscalls = true, .interleaved = true, .counted = true,
	.kinds = zswap_kinds)
