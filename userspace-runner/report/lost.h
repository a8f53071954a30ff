/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boots of a comparison that gave no numbers. */
#ifndef PCPUBENCH_REPORT_LOST_H
#define PCPUBENCH_REPORT_LOST_H

#include "compare/compare.h"
#include "doc/doc.h"

/*
 * Print how many boots of a side failed or had no proof, and the first's
 * reason.
 * @name: of the side
 * @new: NEW's side, else OLD's
 */
void put_lost(struct doc *d, const char *name, const struct compare *c,
	      const struct compare_group *g, bool new);

#endif
