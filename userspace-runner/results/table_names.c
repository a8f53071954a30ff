// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernels of a table are called. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "results/kernel_label.h"
#include "results/table_names.h"

static bool is_taken(const struct table *t, const char *name)
{
	for (size_t i = 0; i < t->nr_kernels; i++)
		if (!strcmp(t->kernels[i].name, name))
			return true;
	return false;
}

int table_name_kernel(const struct table *t, struct table_kernel *k)
{
	unsigned int nr = 2;
	char *label = kernel_label(k->record);

	k->subject = kernel_subject(k->record);
	k->label = label ? strdup(label) : NULL;
	while (k->label && is_taken(t, k->label)) {
		free(k->label);
		if (asprintf(&k->label, "%s-%u", label, nr++) < 0)
			k->label = NULL;
	}
	free(label);
	k->name = k->label;
	return k->name && k->subject ? 0 : no_memory();
}

/* "6.12" of "6.12.117", @len characters. */
static int base_release(const char *release)
{
	const char *dot = strchr(release, '.');

	dot = dot ? strchr(dot + 1, '.') : NULL;
	return dot ? (int)(dot - release) : (int)strlen(release);
}

int table_name_releases(struct table *t)
{
	struct table_kernel *k, *other;
	bool several, alike;
	char *label;
	int len;

	for (k = t->kernels; k < t->kernels + t->nr_kernels; k++) {
		several = false;
		alike = false;
		if (!k->release)
			continue;
		len = base_release(k->release);
		for (other = t->kernels; other < t->kernels + t->nr_kernels;
		     other++) {
			if (other == k || strcmp(other->given, k->given))
				continue;
			several = true;
			if (other->release &&
			    !strncmp(other->release, k->release, len + 1))
				alike = true;
		}
		k->by_release = several;
		if (!several)
			continue;
		label = kernel_label(k->record);
		if (!label)
			return EX_FAIL;
		free(k->label);
		if (asprintf(&k->label, "%s-%.*s", label,
			     alike ? (int)strlen(k->release) : len,
			     k->release) < 0)
			k->label = NULL;
		free(label);
		k->name = k->label;
		if (!k->label)
			return no_memory();
	}
	return 0;
}
