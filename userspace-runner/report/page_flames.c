// SPDX-License-Identifier: GPL-2.0-or-later
/* The flame graphs of a page: the calls of each profiled cell. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "profile/print.h"
#include "report/page_parts.h"
#include "results/record.h"

/* One operation's part of a function, with and without what it calls. */
struct frame {
	double self[2], whole[2];	/* off, on */
};

/* Children come after their parents: from the last to the first. */
static struct frame *frames_of(const struct stack_node *nodes, size_t nr)
{
	struct frame *frames = calloc(nr + 1, sizeof(*frames));
	size_t i, arm;

	for (i = nr; frames && i--;) {
		frames[i].self[0] = nodes[i].before;
		frames[i].self[1] = nodes[i].self;
		for (arm = 0; arm < 2; arm++) {
			frames[i].whole[arm] += frames[i].self[arm];
			if (nodes[i].parent != PROFILE_ROOT)
				frames[nodes[i].parent].whole[arm] +=
					frames[i].whole[arm];
		}
	}
	return frames;
}

/* [{parent, function, whole: {off, on, cost}, self}]; the parent -1 for none. */
static json_t *calls_json(const struct profile *p)
{
	struct stack_node *nodes;
	struct frame *frames;
	json_t *list = NULL;
	size_t nr, i;

	if (profile_stacks(p, NULL, WEIGHT_ON, &nodes, &nr))
		return NULL;
	frames = frames_of(nodes, nr);
	if (frames)
		list = json_array();
	for (i = 0; list && i < nr; i++) {
		const struct frame *f = &frames[i];

		json_array_append_new(list, json_pack(
			"{s:i, s:s, s:{s:f, s:f, s:f}, s:{s:f, s:f, s:f}}",
			"parent", nodes[i].parent == PROFILE_ROOT ? -1 :
				  (int)nodes[i].parent,
			"function", nodes[i].function,
			"whole", "off", f->whole[0], "on", f->whole[1],
			"cost", f->whole[1] - f->whole[0],
			"self", "off", f->self[0], "on", f->self[1],
			"cost", f->self[1] - f->self[0]));
	}
	free(frames);
	free(nodes);
	return list;
}

/* What tables call the kernel that @run's file calls @name. */
static const char *kernel_name(const struct table *t, size_t run,
			       const char *name)
{
	for (size_t i = 0; i < t->nr_boots; i++)
		if (t->boots[i].run == run &&
		    !strcmp(t->kernels[t->boots[i].kernel].given, name))
			return t->kernels[t->boots[i].kernel].name;
	return name;
}

static bool has_profiles(const struct table_run *run)
{
	json_t *record;
	size_t i;

	json_array_foreach(run->boots.file.records, i, record)
		if (record_is(record, "profile"))
			return true;
	return false;
}

static int add_run(json_t *list, const struct table *t, size_t run)
{
	const struct profile_filter all = { .param = -1 };
	char *path = t->runs[run].boots.file.path;
	struct profile_set set;
	json_t *cell;
	int e = profile_set_load(&set, &path, 1, &all);

	if (e)
		return e;
	for (size_t i = 0; i < set.nr && !e; i++) {
		const struct profile *p = &set.profiles[i];

		cell = json_pack("{s:s, s:s, s:s, s:I, s:s, s:o}",
				 "kernel", kernel_name(t, run, p->kernel),
				 "topology", p->topology, "bench", p->bench,
				 "param", (json_int_t)p->param,
				 "unit", strcmp(profile_unit(p), "ns") ?
					 "instructions" : "ns",
				 "calls", calls_json(p));
		if (!cell || json_array_append_new(list, cell))
			e = no_memory();
	}
	profile_set_free(&set);
	return e;
}

json_t *page_flames(const struct table *t, int *e)
{
	json_t *list = json_array();

	*e = list ? 0 : no_memory();
	for (size_t i = 0; i < t->nr_runs && !*e; i++)
		if (has_profiles(&t->runs[i]))
			*e = add_run(list, t, i);
	if (!*e)
		return list;
	json_decref(list);
	return NULL;
}
