// SPDX-License-Identifier: GPL-2.0-or-later
/* The independent computation: PCPU_BENCH_WALK and /proc/vmallocinfo. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/err.h"
#include "base/memory.h"
#include "guest/objects.h"
#include "measure/device.h"
#include "measure/vmallocinfo.h"

/* The vmalloc areas of the right size to be a chunk's obj_exts. */
struct areas {
	struct pcpu_bench_area area[PCPU_BENCH_MAX_AREAS];
	uint32_t pages[PCPU_BENCH_MAX_AREAS][MAX_NODES];
	unsigned int nr;
	uint64_t unit;		/* bytes of a CPU's copy in a chunk */
};

static int take_line(char *line, void *arg)
{
	struct areas *a = arg;
	struct vmalloc_area area;
	char *tok, *save = NULL;
	unsigned int nid, nr;

	if (!vmalloc_parse(line, &area) || !vmalloc_is_exts(&area, a->unit))
		return 0;
	if (a->nr == PCPU_BENCH_MAX_AREAS)
		return vmalloc_too_many();
	a->area[a->nr] = (struct pcpu_bench_area){
		area.addr, vmalloc_bytes(&area),
	};
	memset(a->pages[a->nr], 0, sizeof(a->pages[a->nr]));
	for (tok = strtok_r(line, " ", &save); tok;
	     tok = strtok_r(NULL, " ", &save))
		if (sscanf(tok, "N%u=%u", &nid, &nr) == 2 && nid < MAX_NODES)
			a->pages[a->nr][nid] = nr;
	a->nr++;
	return 0;
}

static int read_areas(struct areas *a, int fd)
{
	struct pcpu_bench_info info;
	int ret = device_info(fd, &info, NULL, 0);

	a->nr = 0;
	if (ret)
		return ret;
	a->unit = info.unit_size;
	return vmalloc_each(take_line, a);
}

static int walk(const struct objects *o, unsigned int nr_nodes,
		const struct areas *a, uint32_t *area_nodes,
		struct where *where)
{
	struct pcpu_bench_walk w = {
		.size = sizeof(w),
		.nr_nodes = nr_nodes,
		.nr_areas = a->nr,
		.nr_objects = where->nr_objects,
		.nodes = (uintptr_t)where->node,
		.areas = (uintptr_t)a->area,
		.area_nodes = (uintptr_t)area_nodes,
		.objects = (uintptr_t)where->object,
	};

	if (ioctl(o->fd, PCPU_BENCH_WALK, &w))
		return err_errno(EX_FAIL, "the module cannot walk the objects");
	if (w.lost)
		return err(EX_FAIL, "%u objects are in chunks whose obj_exts cannot be found",
			   w.lost);
	if (w.unowned)
		return err(EX_FAIL, "%u accounted objects have no owner in obj_exts",
			   w.unowned);
	where->nr_objects = w.nr_objects;
	return 0;
}

/* Compare both accounts of the same pages. */
static int compare_areas(const struct areas *a, const uint32_t *area_nodes,
			 unsigned int nr_nodes)
{
	unsigned int i, nid, walked;
	const uint32_t *row;

	for (i = 0; i < a->nr; i++) {
		row = &area_nodes[i * nr_nodes];
		for (walked = 0, nid = 0; nid < nr_nodes; nid++)
			walked += row[nid];
		for (nid = 0; walked && nid < nr_nodes; nid++)
			if (row[nid] != a->pages[i][nid])
				return err(EX_FAIL,
					   "obj_exts at 0x%llx: %u pages are on node %u, but vmallocinfo says %u",
					   (unsigned long long)a->area[i].addr,
					   row[nid], nid, a->pages[i][nid]);
	}
	return 0;
}

/* The module counts 2 B of a chunk's obj_exts for each byte, the pointers. */
static void add_up(struct where *w, unsigned int nr_nodes, unsigned int beyond)
{
	unsigned int i;

	for (i = 0; i < nr_nodes; i++) {
		w->expected.node[i] = w->node[i].object +
				      w->node[i].ext / 2 * beyond;
		w->expected.total += w->expected.node[i];
	}
	for (i = 0; i < w->nr_objects; i++) {
		w->straddling += !!(w->object[i].flags & PCPU_BENCH_AT_STRADDLE);
		w->mixed += !!(w->object[i].flags & PCPU_BENCH_AT_MIXED);
		w->first_chunk += !!(w->object[i].flags & PCPU_BENCH_AT_FIRST);
	}
}

int objects_where(const struct objects *o, unsigned int nr_nodes,
		  unsigned int beyond, struct where *where)
{
	static struct areas a;
	uint32_t *area_nodes = NULL;
	int ret;

	memset(where, 0, sizeof(*where));
	where->nr_objects = PCPU_BENCH_MAX_HELD;
	ret = read_areas(&a, o->fd);
	if (ret)
		return ret;
	where->object = calloc(where->nr_objects, sizeof(*where->object));
	area_nodes = calloc((size_t)a.nr * nr_nodes + 1, sizeof(*area_nodes));
	if (!where->object || !area_nodes)
		ret = no_memory();
	if (!ret)
		ret = walk(o, nr_nodes, &a, area_nodes, where);
	if (!ret)
		ret = compare_areas(&a, area_nodes, nr_nodes);
	free(area_nodes);
	if (ret) {
		free(where->object);
		where->object = NULL;
		return ret;
	}
	add_up(where, nr_nodes, beyond);
	return 0;
}
