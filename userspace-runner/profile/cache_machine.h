/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The model's machine: a file machines/NAME.machine with the caches, for the
 * plugin (tcg-plugin/cache.h), and their costs, which are read here.
 */
#ifndef PCPUBENCH_PROFILE_CACHE_MACHINE_H
#define PCPUBENCH_PROFILE_CACHE_MACHINE_H

#include <stdint.h>

enum machine_latency {
	LATENCY_L2,
	LATENCY_L3,
	LATENCY_MEMORY,
	LATENCY_STLB,
	LATENCY_WALK,
	NR_LATENCIES
};

/*
 * FACTOR_INSN: cycles an instruction, hits in L1 included
 * FACTOR_STRING: the same in memset() and memcpy(): a loop in a guest without
 *	ERMS, one instruction on such a machine
 * FACTOR_LOAD, FACTOR_STORE: the share of a miss's latency that is not hidden
 */
enum machine_factor {
	FACTOR_INSN,
	FACTOR_STRING,
	FACTOR_LOAD,
	FACTOR_STORE,
	NR_FACTORS
};

extern const char *const machine_factor_name[NR_FACTORS];

struct machine {
	char name[80];
	double latency[NR_LATENCIES];	/* cycles */
	double factor[NR_FACTORS];
};

/**
 * machine_path - the file of machine @name, or @name itself if it has a slash
 *
 * For free(). NULL when memory ran out, with err().
 */
char *machine_path(const char *name);

/* 0, or EX_USE when the file does not exist or lacks a value. */
int machine_read(struct machine *m, const char *path);

/**
 * machine_cycles - the model's cycles
 * @insns: all instructions, @string: those of them in string functions
 * @events: as tcg-plugin/cache.h numbers them
 *
 * Linear in all of them: a sum's cycles are the sum of the cycles.
 */
double machine_cycles(const struct machine *m, double insns, double string,
		      const double *events);

/* Does FACTOR_STRING apply to the function of this name? */
int machine_is_string(const char *function);

#endif
