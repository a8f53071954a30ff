// SPDX-License-Identifier: GPL-2.0-or-later
/* Proofs and samples without holes in the first percpu chunk. */
#include "measure/benches/guarded.h"

#define TRIES	3

int guarded_weigh(int guard, struct proof *p, int (*weigh)(void *arg), void *arg)
{
	bool any = true;
	int ret = 0;

	for (int i = 0; i < TRIES && any && !ret; i++) {
		any = false;
		ret = device_guard_again(guard);
		p->first_chunk = 0;
		if (!ret)
			ret = weigh(arg);
		if (!ret)
			ret = device_holes(guard, &any);
	}
	p->first_chunk += any;
	return ret;
}

int guarded_samples(int guard, const struct plan *plan,
		    struct pcpu_bench_sample *const *samples, size_t nr, size_t at)
{
	bool any = false;
	int ret = 0;

	if (plan->instrument == INSTRUMENT_TIME)
		ret = device_holes(guard, &any);
	for (size_t i = 0; i < nr && any; i++)
		if (samples[i])
			samples[i][at].disturbed |= GUARDED_HOLES;
	return ret;
}
