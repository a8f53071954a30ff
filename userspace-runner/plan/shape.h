/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shapes: how a bench strings its operations. */
#ifndef PCPUBENCH_PLAN_SHAPE_H
#define PCPUBENCH_PLAN_SHAPE_H

#include <stdbool.h>

#include "pcpu_bench.h"

#define SHAPE_FORM	"pair or batch:K[:same|reverse|random][:cold]"
#define SHAPE_LEN	48

/* Fields of struct pcpu_bench_shape. A batch of 0 is the pair. */
struct shape {
	unsigned int batch;
	unsigned int order;	/* enum pcpu_bench_order_of */
	bool cold;
};

/* A shape as the value of an option; the pair is 0. */
int shape_pack(const struct shape *shape);
struct shape shape_of(int packed);

/* Objects of @bytes at once, with those that keep its pages; 0 of a pair. */
unsigned int shape_objects(const struct shape *shape, unsigned int bytes);

/* Read SHAPE_FORM. EX_USE. */
int shape_parse(const char *text, struct shape *shape);

/* The same shape always has the same text. */
const char *shape_text(const struct shape *shape, char text[SHAPE_LEN]);

#endif
