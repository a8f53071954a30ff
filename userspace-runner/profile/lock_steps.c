// SPDX-License-Identifier: GPL-2.0-or-later
/* The steps of a pair: folds those of samples, pair upon pair. */
#include "profile/lock_steps.h"

void lock_steps_add(struct lock_steps *l, const struct stream *stream,
		    const struct stream_sample *s, long long pairs)
{
	const struct stream_step *step = &stream->steps[s->step];
	/* The last step of a pair and the first of the next are one. */
	size_t a_pair = s->nr_steps ? (s->nr_steps - 1) / pairs : 0, at;

	if (!s->nr_steps || (s->nr_steps - 1) % pairs || a_pair > LOCK_STEPS) {
		l->unlike = true;
		return;
	}
	/* An empty loop takes no lock. */
	if (!a_pair)
		a_pair = 1;
	if (l->nr && l->nr != a_pair) {
		l->unlike = true;
		return;
	}
	for (size_t i = 0; i < s->nr_steps; i++) {
		at = i % a_pair;
		if (!l->nr && i < a_pair)
			l->held[at] = step[i].held;
		if (l->held[at] != step[i].held)
			l->unlike = true;
		l->insns[at] += step[i].insns;
	}
	l->nr = a_pair;
}

json_t *lock_steps_json(const struct lock_steps *l)
{
	json_t *steps;

	if (!l->nr || l->unlike)
		return NULL;
	steps = json_array();
	for (unsigned int i = 0; i < l->nr; i++)
		json_array_append_new(steps, json_pack("[i, I]",
			(int)l->held[i], (json_int_t)l->insns[i]));
	return steps;
}
