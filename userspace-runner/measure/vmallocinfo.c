// SPDX-License-Identifier: GPL-2.0-or-later
/* The areas of vmalloc(): "0xADDR-0xEND SIZE CALLER pages=N vmalloc N0=N N1=N". */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/memory.h"
#include "measure/device.h"
#include "measure/vmallocinfo.h"

bool vmalloc_parse(const char *line, struct vmalloc_area *area)
{
	const char *pages = strstr(line, " pages=");
	unsigned long long end;

	*area = (struct vmalloc_area){ 0 };
	if (!strstr(line, " vmalloc") ||
	    sscanf(line, "0x%llx-0x%llx %llu %63s", &area->addr, &end,
		   &area->size, area->caller) != 4)
		return false;
	return !pages || sscanf(pages, " pages=%u", &area->pages) == 1;
}

unsigned long long vmalloc_bytes(const struct vmalloc_area *area)
{
	return area->size - sysconf(_SC_PAGESIZE);
}

int vmalloc_each(line_fn take, void *arg)
{
	static const char path[] = "/proc/vmallocinfo";
	/* kptr_restrict=1 shows addresses to root. */
	int ret = write_file("/proc/sys/kernel/kptr_restrict", "1");

	if (ret)
		return ret;
	ret = read_lines(path, take, arg);
	return ret < 0 ? err_errno(EX_FAIL, "cannot read %s", path) : ret;
}

bool vmalloc_is_exts(const struct vmalloc_area *area, unsigned long long unit)
{
	const unsigned long long bytes = vmalloc_bytes(area);

	return area->pages == bytes / sysconf(_SC_PAGESIZE) &&
	       (bytes == 2 * unit || bytes == 4 * unit);
}

int vmalloc_too_many(void)
{
	return err(EX_FAIL, "more than %u areas of vmalloc() may be obj_exts",
		   PCPU_BENCH_MAX_AREAS);
}

/*
 * @areas: those of the right size
 * @space: of chunks
 */
struct reading {
	struct percpu_exts *exts;
	struct vmalloc_area areas[PCPU_BENCH_MAX_AREAS];
	unsigned int nr;
	unsigned long long space;
};

static int take_line(char *line, void *arg)
{
	struct reading *r = arg;
	struct vmalloc_area a;

	if (!vmalloc_parse(line, &a))
		return 0;
	if (!a.pages && !(a.size % r->exts->unit)) {
		r->space += a.size;
		return 0;
	}
	if (!vmalloc_is_exts(&a, r->exts->unit))
		return 0;
	if (r->nr == PCPU_BENCH_MAX_AREAS)
		return vmalloc_too_many();
	r->areas[r->nr++] = a;
	return 0;
}

/* The area that the module finds to be the array of the object of @fd, if any. */
static int find_array(const struct reading *r, int fd, unsigned int nr_nodes,
		      const struct vmalloc_area **found)
{
	static struct pcpu_bench_area at[PCPU_BENCH_MAX_AREAS];
	struct pcpu_bench_walk_node *nodes = calloc(nr_nodes, sizeof(*nodes));
	__u32 *pages = calloc((size_t)nr_nodes * PCPU_BENCH_MAX_AREAS,
			      sizeof(*pages));
	struct pcpu_bench_walk w = {
		.size = sizeof(w), .nr_nodes = nr_nodes, .nr_areas = r->nr,
		.nodes = (uintptr_t)nodes, .areas = (uintptr_t)at,
		.area_nodes = (uintptr_t)pages,
	};
	int ret = nodes && pages ? 0 : no_memory();

	for (unsigned int i = 0; i < r->nr; i++)
		at[i] = (struct pcpu_bench_area){
			r->areas[i].addr,
			vmalloc_bytes(&r->areas[i]),
		};
	if (!ret && ioctl(fd, PCPU_BENCH_WALK, &w))
		ret = err_errno(EX_FAIL, "the module cannot walk the objects");
	*found = NULL;
	for (size_t i = 0; !ret && i < (size_t)nr_nodes * r->nr && !*found; i++)
		if (pages[i])
			*found = &r->areas[i / nr_nodes];
	free(nodes);
	free(pages);
	return ret;
}

static void count(struct reading *r, const struct vmalloc_area *found,
		  unsigned int cpus)
{
	struct percpu_exts *exts = r->exts;

	exts->chunks = r->space / exts->unit / cpus;
	for (unsigned int i = 0; found && i < r->nr; i++)
		if (!strcmp(r->areas[i].caller, found->caller)) {
			exts->arrays++;
			exts->bytes += vmalloc_bytes(&r->areas[i]);
		}
}

int percpu_exts_read(int fd, struct percpu_exts *exts)
{
	static struct reading r;
	struct pcpu_bench_alloc alloc = {
		.size = sizeof(alloc), .bytes = 64, .align = 8, .count = 1,
		.flags = PCPU_BENCH_ALLOC_ACCOUNT,
	};
	const struct vmalloc_area *found;
	struct pcpu_bench_info info;
	int ret = device_info(fd, &info, NULL, 0);

	r = (struct reading){ .exts = exts };
	*exts = (struct percpu_exts){ .unit = ret ? 0 : info.unit_size };
	if (ret || !exts->unit)
		return ret;
	if (ioctl(fd, PCPU_BENCH_ALLOC, &alloc))
		ret = err_errno(EX_FAIL, "cannot allocate a percpu object");
	if (!ret)
		ret = vmalloc_each(take_line, &r);
	if (!ret)
		ret = find_array(&r, fd, info.nr_node_ids, &found);
	if (!ret)
		count(&r, found, info.possible_cpus);
	return device_release(fd) && !ret ? EX_FAIL : ret;
}
