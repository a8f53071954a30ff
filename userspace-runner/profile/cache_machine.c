// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the model's machine, and turns its events into cycles. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../tcg-plugin/cache.h"
#include "base/err.h"
#include "base/memory.h"
#include "base/paths.h"
#include "profile/cache_machine.h"

static const char *const latency_name[NR_LATENCIES] = {
	"l2", "l3", "memory", "stlb", "walk",
};

const char *const machine_factor_name[NR_FACTORS] = {
	"insn", "string", "load", "store",
};

char *machine_path(const char *name)
{
	char *path = NULL;
	int n;

	if (strchr(name, '/'))
		n = asprintf(&path, "%s", name);
	else
		n = asprintf(&path, "%s/machines/%s.machine", path_data(),
			     name);
	if (n < 0) {
		no_memory();
		return NULL;
	}
	return path;
}

static int find(const char *const *names, int nr, const char *name)
{
	int i;

	for (i = 0; i < nr && strcmp(names[i], name); i++)
		;
	return i < nr ? i : -1;
}

/* The plugin reads the lines of the levels. */
static void read_line(struct machine *m, const char *line)
{
	char word[32];
	double val;
	int i;

	if (sscanf(line, "name %79[^\n]", m->name) == 1)
		return;
	if (sscanf(line, "latency %31s %lf", word, &val) == 2) {
		i = find(latency_name, NR_LATENCIES, word);
		if (i >= 0)
			m->latency[i] = val;
	} else if (sscanf(line, "factor %31s %lf", word, &val) == 2) {
		i = find(machine_factor_name, NR_FACTORS, word);
		if (i >= 0)
			m->factor[i] = val;
	}
}

int machine_read(struct machine *m, const char *path)
{
	FILE *f = fopen(path, "r");
	struct cache *cache;
	char line[256], why[160];
	int i;

	if (!f)
		return err_errno(EX_USE, "no machine %s (--machine takes a name in machines/, or a file)",
				 path);
	m->name[0] = '\0';
	for (i = 0; i < NR_LATENCIES; i++)
		m->latency[i] = NAN;
	for (i = 0; i < NR_FACTORS; i++)
		m->factor[i] = NAN;
	while (fgets(line, sizeof(line), f))
		read_line(m, line);
	rewind(f);
	cache = cache_new(f, why, sizeof(why));
	fclose(f);
	if (!cache)
		return err(EX_USE, "machine %s: %s", path, why);
	cache_free(cache);
	if (!m->name[0])
		return err(EX_USE, "machine %s: it has no name", path);
	for (i = 0; i < NR_LATENCIES; i++)
		if (!(m->latency[i] >= 0))
			return err(EX_USE, "machine %s: no 'latency %s' in cycles",
				   path, latency_name[i]);
	for (i = 0; i < NR_FACTORS; i++)
		if (!(m->factor[i] >= 0))
			return err(EX_USE, "machine %s: no 'factor %s'", path,
				   machine_factor_name[i]);
	return 0;
}

/* Latency of misses at three levels: each pays for the level with its line. */
static double latency(const struct machine *m, double l1, double l2, double l3)
{
	return m->latency[LATENCY_L2] * (l1 - l2) +
	       m->latency[LATENCY_L3] * (l2 - l3) +
	       m->latency[LATENCY_MEMORY] * l3;
}

double machine_cycles(const struct machine *m, double insns, double string,
		      const double *ev)
{
	double load = latency(m, ev[CACHE_L1D_LOAD_MISS],
			      ev[CACHE_L2_LOAD_MISS], ev[CACHE_L3_LOAD_MISS]);
	double store = latency(m, ev[CACHE_L1D_STORE_MISS],
			       ev[CACHE_L2_STORE_MISS],
			       ev[CACHE_L3_STORE_MISS]);
	double tlb = m->latency[LATENCY_STLB] *
		     (ev[CACHE_DTLB_MISS] - ev[CACHE_STLB_MISS]) +
		     m->latency[LATENCY_WALK] * ev[CACHE_STLB_MISS];

	return m->factor[FACTOR_INSN] * (insns - string) +
	       m->factor[FACTOR_STRING] * string +
	       m->factor[FACTOR_LOAD] * (load + tlb) +
	       m->factor[FACTOR_STORE] * store;
}

int machine_is_string(const char *function)
{
	return !strncmp(function, "memset", 6) ||
	       !strncmp(function, "memcpy", 6) ||
	       !strncmp(function, "__memset", 8) ||
	       !strncmp(function, "__memcpy", 8);
}
