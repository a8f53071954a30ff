// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernels of a table are called. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/text.h"
#include "results/kernel_label.h"
#include "results/table_names.h"

static bool is_taken(const struct table *t, const struct table_kernel *k,
		     const char *name)
{
	for (size_t i = 0; i < t->nr_kernels; i++)
		if (&t->kernels[i] != k && !strcmp(t->kernels[i].name, name))
			return true;
	return false;
}

/* Call @k what @label says, or "LABEL-2". Frees @label, which may be NULL. */
static int set_name(const struct table *t, struct table_kernel *k, char *label)
{
	unsigned int nr = 2;
	char *name = label ? strdup(label) : NULL;

	while (name && is_taken(t, k, name)) {
		free(name);
		if (asprintf(&name, "%s-%u", label, nr++) < 0)
			name = NULL;
	}
	free(label);
	if (!name)
		return no_memory();
	free(k->label);
	k->label = name;
	k->name = name;
	return 0;
}

int table_name_kernel(const struct table *t, struct table_kernel *k)
{
	k->subject = kernel_subject(k->record);
	return k->subject ? set_name(t, k, kernel_label(k->record)) : EX_FAIL;
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
	char *label, *name;
	int len;

	for (k = t->kernels; k < t->kernels + t->nr_kernels; k++) {
		several = false;
		alike = false;
		if (!k->release)
			continue;
		len = base_release(k->release);
		for (other = t->kernels; other < t->kernels + t->nr_kernels;
		     other++) {
			if (strcmp(other->given, k->given) ||
			    same_text(other->release, k->release))
				continue;
			several = true;
			if (other->release &&
			    !strncmp(other->release, k->release, len + 1))
				alike = true;
		}
		k->by_release = several;
		if (!several)
			continue;
		name = kernel_label(k->record);
		if (!name)
			return EX_FAIL;
		if (asprintf(&label, "%s-%.*s", name,
			     alike ? (int)strlen(k->release) : len,
			     k->release) < 0)
			label = NULL;
		free(name);
		if (set_name(t, k, label))
			return EX_FAIL;
	}
	return 0;
}
