/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCPUBENCH_MEASURE_BENCHES_LRU_BATCH_H
#define PCPUBENCH_MEASURE_BENCHES_LRU_BATCH_H

/**
 * lru_batch_settle - put the pages that this CPU has gathered on their lists
 *
 * A new page first waits in a batch of the CPU (lru_add(), mm/swap.c). The next
 * process that exits on it moves all of them, also those of others: some 300
 * instructions a page. Only where instructions are counted. 0 or EX_FAIL.
 */
int lru_batch_settle(void);

#endif
