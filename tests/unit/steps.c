// SPDX-License-Identifier: GPL-2.0-or-later
/* Counts for -fsanitize-coverage=trace-pc, of which this file itself has none. */
#include "steps.h"

unsigned long long steps;

/* The compiler puts a call into each basic block. */
void __sanitizer_cov_trace_pc(void);

void __sanitizer_cov_trace_pc(void)
{
	steps++;
}
