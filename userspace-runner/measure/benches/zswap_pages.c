// SPDX-License-Identifier: GPL-2.0-or-later
/* Pages that go out to zswap and come back. */
#include <linux/mempolicy.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "measure/benches/zswap_pages.h"

#define BYTES	(ZSWAP_PAGES * ZSWAP_PAGE)
/* What one page table maps; madvise() writes out the pages of one at once. */
#define TABLE	(512UL * ZSWAP_PAGE)

/* 100 to 2900 random bytes, then a pattern: objects of eight size classes. */
void zswap_page_fill(char *page, unsigned int nr)
{
	const unsigned int random = 100 + nr % 8 * 400;
	uint32_t x = 2463534242U + nr * 2654435769U;

	for (unsigned int i = 0; i < ZSWAP_PAGE; i++) {
		/* xorshift32 of Marsaglia, "Xorshift RNGs", 2003 */
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		page[i] = i < random ? (char)(x >> 24) : (char)(i % 16);
	}
	memcpy(page, &nr, sizeof(nr));
}

/* A page on each node with memory in turn. */
static int spread(const struct target *t, char *pages)
{
	unsigned long mask[PCPU_BENCH_MAX_NODES / 64 + 1] = { 0 };

	for (unsigned int node = 0; node < PCPU_BENCH_MAX_NODES; node++)
		if (t->node_memory[node])
			mask[node / 64] |= 1UL << node % 64;
	if (syscall(SYS_mbind, pages, BYTES, MPOL_INTERLEAVE, mask,
		    PCPU_BENCH_MAX_NODES + 1, 0))
		return err_errno(EX_FAIL, "cannot spread pages over nodes");
	return 0;
}

int zswap_pages_make(const struct target *t, unsigned int first, char **pages)
{
	char *at = mmap(NULL, 2 * TABLE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int ret;

	if (at == MAP_FAILED)
		return err_errno(EX_FAIL, "cannot map pages");
	*pages = (char *)(((uintptr_t)at + TABLE - 1) / TABLE * TABLE);
	/* A kernel without huge pages refuses. */
	madvise(*pages, BYTES, MADV_NOHUGEPAGE);
	ret = spread(t, *pages);
	for (unsigned int i = 0; i < ZSWAP_PAGES && !ret; i++)
		zswap_page_fill(*pages + i * ZSWAP_PAGE, first + i);
	return ret;
}

int zswap_pages_out(char *pages)
{
	return madvise(pages, BYTES, MADV_PAGEOUT) ?
	       err_errno(EX_FAIL, "cannot write pages out") : 0;
}

/* By a read alone a page would keep its place on the device. */
void zswap_pages_in(char *pages, unsigned int step)
{
	for (unsigned int i = 0; i < ZSWAP_PAGES; i += step)
		*(volatile char *)&pages[i * ZSWAP_PAGE] = (char)i;
}

static int count(const char *key, long long *value)
{
	char text[32];

	if (!read_field("/proc/vmstat", key, text, sizeof(text)))
		return err(EX_FAIL, "/proc/vmstat has no line '%s'", key);
	*value = atoll(text);
	return 0;
}

int zswap_counts(struct zswap_counts *c)
{
	long long out = 0;
	int ret = count("zswpout", &c->out);

	if (!ret)
		ret = count("zswpin", &c->in);
	if (!ret)
		ret = count("pswpout", &out);
	if (!ret)
		ret = count("pswpin", &c->device);
	if (!ret)
		c->device += out;
	return ret;
}

/* Only a kernel that accounts by node has the row. */
static int sum_nodes(const struct cgroup *cg, long long *sum)
{
	long long node[PCPU_BENCH_MAX_NODES];
	char path[CGROUP_PATH + 20];
	bool has;
	char *text;
	int ret;

	*sum = -1;
	snprintf(path, sizeof(path), "%s/memory.numa_stat", cg->path);
	text = read_text(path);
	if (!text)
		return err_errno(EX_FAIL, "cannot read %s", path);
	has = strstr(text, "\nzswap N");
	free(text);
	if (!has)
		return 0;
	ret = cgroup_node_bytes(cg, "zswap", node, PCPU_BENCH_MAX_NODES);
	*sum = 0;
	for (unsigned int i = 0; i < PCPU_BENCH_MAX_NODES && !ret; i++)
		*sum += node[i];
	return ret;
}

int zswap_bytes(const struct cgroup *cg, struct zswap_bytes *bytes)
{
	char path[CGROUP_PATH + 24], text[32];
	int ret;

	snprintf(path, sizeof(path), "%s/memory.zswap.current", cg->path);
	ret = cgroup_stat_bytes(cg, "zswapped", &bytes->pages);
	if (!ret)
		ret = cgroup_stat_bytes(cg, "zswap", &bytes->stored);
	if (!ret)
		ret = read_file(path, text, sizeof(text));
	if (ret)
		return ret;
	bytes->current = atoll(text);
	return sum_nodes(cg, &bytes->nodes);
}

int zswap_keep(const struct cgroup *cg)
{
	char path[CGROUP_PATH + 24];

	snprintf(path, sizeof(path), "%s/memory.zswap.writeback", cg->path);
	return access(path, W_OK) ? 0 : write_file(path, "0");
}
