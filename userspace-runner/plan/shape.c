// SPDX-License-Identifier: GPL-2.0-or-later
/* Shapes: how a bench strings its operations. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/options.h"
#include "base/page_size.h"
#include "plan/shape.h"

#define BATCH		"batch:"
#define ORDER_SHIFT	21
#define COLD_SHIFT	23
#define ORDER_MASK	3
#define BATCH_MASK	((1 << ORDER_SHIFT) - 1)

_Static_assert(PCPU_BENCH_MAX_PAIRS <= BATCH_MASK, "a batch fits");
_Static_assert(PCPU_BENCH_NR_ORDERS <= ORDER_MASK + 1, "an order fits");

static const char *const orders[PCPU_BENCH_NR_ORDERS] = {
	[PCPU_BENCH_FREE_SAME] = "same",
	[PCPU_BENCH_FREE_REVERSE] = "reverse",
	[PCPU_BENCH_FREE_RANDOM] = "random",
};

int shape_pack(const struct shape *s)
{
	return (int)(s->batch | s->order << ORDER_SHIFT) |
	       s->cold << COLD_SHIFT;
}

struct shape shape_of(int packed)
{
	return (struct shape){
		.batch = packed & BATCH_MASK,
		.order = packed >> ORDER_SHIFT & ORDER_MASK,
		.cold = packed >> COLD_SHIFT,
	};
}

unsigned int shape_objects(const struct shape *s, unsigned int bytes)
{
	return !s->batch || s->cold ? s->batch :
	       s->batch + pcpu_bench_keepers(bytes, s->batch, PAGE);
}

/* Word @nr after K: the first may be an order, the last cold. */
static int take_word(const char *word, unsigned int nr, struct shape *s)
{
	for (unsigned int i = 0; !nr && i < PCPU_BENCH_NR_ORDERS; i++)
		if (!strcmp(word, orders[i])) {
			s->order = i;
			return 0;
		}
	if (!strcmp(word, "cold") && !s->cold) {
		s->cold = true;
		return 0;
	}
	return EX_USE;
}

int shape_parse(const char *text, struct shape *s)
{
	char copy[SHAPE_LEN], *rest = copy, *word;
	unsigned int words = 0;
	int ret = 0;

	*s = (struct shape){ 0 };
	if (!strcmp(text, "pair"))
		return 0;
	if (strlen(text) >= sizeof(copy) || strncmp(text, BATCH, strlen(BATCH)))
		return err(EX_USE, "--shape=%s: give " SHAPE_FORM, text);
	strcpy(copy, text + strlen(BATCH));
	word = strsep(&rest, ":");
	ret = parse_count("--shape=batch:K", word, 1, PCPU_BENCH_MAX_PAIRS,
			  &s->batch);
	if (ret)
		return ret;
	while (!ret && (word = strsep(&rest, ":")))
		ret = take_word(word, words++, s);
	return ret ? err(EX_USE, "--shape=%s: give " SHAPE_FORM, text) : 0;
}

const char *shape_text(const struct shape *s, char text[SHAPE_LEN])
{
	if (!s->batch)
		return "pair";
	snprintf(text, SHAPE_LEN, "batch:%u%s%s%s", s->batch,
		 s->order ? ":" : "", s->order ? orders[s->order] : "",
		 s->cold ? ":cold" : "");
	return text;
}
