// SPDX-License-Identifier: GPL-2.0-or-later
/* Empties and fills a CPU's stock of a memory cgroup's charge. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/err.h"
#include "base/file.h"
#include "base/page_size.h"
#include "measure/stock.h"

/* Of a batch of 64, so that as many may come back before the stock has too many. */
#define USED	16L

static int write_high(const struct cgroup *cg, const char *value)
{
	char path[CGROUP_PATH + 20];

	snprintf(path, sizeof(path), "%s/memory.high", cg->path);
	return write_file(path, value);
}

/*
 * A memory.high that is below the counter drains the stocks, and only then reclaims
 * (memory_high_write(), mm/memcontrol.c). A page less is enough where a stock has one, as
 * its pages are in the counter; else little is reclaimed, or nothing.
 */
int stock_drain(const struct cgroup *cg)
{
	char path[CGROUP_PATH + 20], text[32];
	long long bytes;
	int ret;

	snprintf(path, sizeof(path), "%s/memory.current", cg->path);
	if (!read_first(path, text, sizeof(text)))
		return err(EX_FAIL, "cannot read %s", path);
	bytes = atoll(text) - PAGE;
	if (bytes < 0)
		return 0;
	snprintf(text, sizeof(text), "%lld", bytes);
	ret = write_high(cg, text);
	return write_high(cg, "max") ? EX_FAIL : ret;
}

/* Anonymous pages use up the stock, and are not given back to it. */
static int touch_pages(void)
{
	volatile char *pages = mmap(NULL, USED * PAGE, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		return err_errno(EX_FAIL, "cannot map %ld pages", USED);
	for (long i = 0; i < USED; i++)
		pages[i * PAGE] = 1;
	munmap((void *)pages, USED * PAGE);
	return 0;
}

int stock_settle(const struct cgroup *cg)
{
	int ret = stock_drain(cg);

	if (!ret)
		ret = cgroup_take_stock(cg);
	if (!ret)
		ret = touch_pages();
	return cgroup_leave(cg) ? EX_FAIL : ret;
}
