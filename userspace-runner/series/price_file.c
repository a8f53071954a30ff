// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the steps and prices of a results file. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "results/record.h"
#include "results/table_load.h"
#include "series/price.h"

json_t *price_record(const struct price *p)
{
	json_t *steps = json_array(), *step;

	for (size_t i = 0; i < p->nr; i++) {
		step = json_pack("{s:s, s:s, s:s}",
				 "kernel", p->steps[i].kernel,
				 "subject", p->steps[i].subject,
				 "id", p->steps[i].id);
		if (p->why[i][0])
			json_object_set_new(step, "error",
					    json_string(p->why[i]));
		json_array_append_new(steps, step);
	}
	return json_pack("{s:s, s:o}", "name", p->name, "steps", steps);
}

static int read_step(struct price *p, const json_t *from)
{
	const char *kernel = record_string(from, "kernel");
	const char *subject = record_string(from, "subject");
	const char *id = record_string(from, "id");
	const char *why = record_string(from, "error");
	struct step *s = &p->steps[p->nr];

	if (!kernel || !subject || !id)
		return EX_USE;
	if (why)
		snprintf(p->why[p->nr], KERNEL_WHY_LEN, "%s", why);
	p->nr++;
	s->kernel = strdup(kernel);
	s->subject = strdup(subject);
	s->id = strdup(id);
	return s->kernel && s->subject && s->id ? 0 : no_memory();
}

int price_read(struct price *p, const char *path)
{
	char *paths[] = { (char *)path };
	const json_t *run, *steps, *step;
	size_t i;
	int ret;

	memset(p, 0, sizeof(*p));
	ret = table_load(&p->table, paths, 1);
	if (ret)
		return ret;
	run = json_array_get(p->table.runs[0].boots.file.records, 0);
	steps = record_at(run, "series.steps");
	/* The table owns this and all other texts. */
	p->name = record_string(run, "series.name");
	p->steps = calloc(json_array_size(steps) + 1, sizeof(*p->steps));
	p->why = calloc(json_array_size(steps) + 1, sizeof(*p->why));
	if (!p->steps || !p->why)
		ret = no_memory();
	json_array_foreach(steps, i, step)
		if (!ret)
			ret = read_step(p, step);
	if (!ret && (!p->name || p->nr < 2))
		ret = EX_USE;
	if (ret == EX_USE)
		err(EX_USE, "%s has no prices of patches: 'pcpubench price NAME' makes such files",
		    path);
	if (ret)
		price_free(p);
	return ret;
}

void price_free(struct price *p)
{
	steps_free(p->steps, p->nr);
	free(p->why);
	table_free(&p->table);
	memset(p, 0, sizeof(*p));
}
