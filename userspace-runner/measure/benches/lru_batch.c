// SPDX-License-Identifier: GPL-2.0-or-later
/* Empties this CPU's batches of pages. */
#include <sys/mman.h>

#include "base/err.h"
#include "base/page_size.h"
#include "measure/benches/lru_batch.h"

/* mlock() and munlock() do so (mlock_vma_pages_range()). */
int lru_batch_settle(void)
{
	static char page[PAGE] __attribute__((aligned(PAGE)));

	if (mlock(page, PAGE) || munlock(page, PAGE))
		return err_errno(EX_FAIL, "cannot lock a page in memory");
	return 0;
}
