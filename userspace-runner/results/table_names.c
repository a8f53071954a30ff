// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernels of a table are called. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "results/kernel_label.h"
#include "results/table_names.h"

/*
 * Call @k what @label says, or "LABEL-2". Frees @label, which may be NULL. The
 * index has the last number that a label was used with.
 */
static int set_name(struct table *t, struct table_kernel *k, char *label)
{
	char *name = label ? strdup(label) : NULL;
	size_t nr;

	while (name && (nr = index_get(&t->labels, name)) != INDEX_NONE) {
		free(name);
		nr = index_get(&t->labels, label) + 1;
		if (index_set(&t->labels, label, nr) ||
		    asprintf(&name, "%s-%zu", label, nr) < 0)
			name = NULL;
	}
	if (name && index_set(&t->labels, name, 1)) {
		free(name);
		name = NULL;
	}
	free(label);
	if (!name)
		return no_memory();
	k->label = name;
	k->name = name;
	return 0;
}

/* "6.12" of "6.12.117", @len characters. */
static int base_release(const char *release)
{
	const char *dot = strchr(release, '.');

	dot = dot ? strchr(dot + 1, '.') : NULL;
	return dot ? (int)(dot - release) : (int)strlen(release);
}

/* Releases of kernels of one name, and those of them that begin alike. */
struct releases {
	struct index all, names, bases;
};

/* "NAME 6.12." of 6.12.117, and "NAME 6.12" of 6.12 itself. A text for free(). */
static char *base_key(const struct table_kernel *k)
{
	char *key;

	if (asprintf(&key, "%s %.*s", k->given, base_release(k->release) + 1,
		     k->release) >= 0)
		return key;
	no_memory();
	return NULL;
}

static int count_one(struct index *x, const char *key)
{
	size_t had = index_get(x, key);

	return index_set(x, key, had == INDEX_NONE ? 1 : had + 1);
}

static int add_release(struct releases *r, const struct table_kernel *k)
{
	char *key = NULL, *base = base_key(k);
	size_t had = 1;
	int e = EX_FAIL;

	if (!base)
		return e;
	if (asprintf(&key, "%s %s", k->given, k->release) < 0)
		key = NULL;
	e = key ? index_add(&r->all, key, 0, &had) : no_memory();
	/* Only what is new counts: a build of a release is none more. */
	if (!e && !had) {
		e = index_set(&r->all, key, 1);
		if (!e)
			e = count_one(&r->names, k->given);
		if (!e)
			e = count_one(&r->bases, base);
	}
	free(key);
	free(base);
	return e;
}

/* Tell whether only its release tells @k apart, and whether that must be whole. */
static int count_releases(struct table_kernel *k, const struct releases *r,
			  bool *alike)
{
	char *base = base_key(k);

	if (!base)
		return EX_FAIL;
	k->by_release = index_get(&r->names, k->given) > 1;
	*alike = index_get(&r->bases, base) > 1;
	free(base);
	return 0;
}

static bool is_path(const struct table_kernel *k)
{
	return strchr(k->given, '/');
}

/* What the files call @k is its own, or nobody's if several are called so. */
static int name_plain(struct table *t, struct table_kernel *k,
		      const struct releases *r)
{
	bool alike;
	int e = count_releases(k, r, &alike);

	if (e || is_path(k))
		return e;
	return k->by_release ? index_set(&t->labels, k->given, 1) :
	       set_name(t, k, kernel_label(k->record));
}

static int name_other(struct table *t, struct table_kernel *k,
		      const struct releases *r)
{
	char *name, *label = NULL;
	bool alike;
	int e = k->label ? 0 : count_releases(k, r, &alike);

	if (e || k->label)
		return e;
	name = kernel_label(k->record);
	if (!name || !k->by_release)
		return name ? set_name(t, k, name) : EX_FAIL;
	if (asprintf(&label, "%s-%.*s", name,
		     alike ? (int)strlen(k->release) : base_release(k->release),
		     k->release) < 0)
		label = NULL;
	free(name);
	return set_name(t, k, label);
}

int table_name_kernels(struct table *t)
{
	struct releases r = { 0 };
	size_t i;
	int e = 0;

	for (i = 0; i < t->nr_kernels && !e; i++)
		e = add_release(&r, &t->kernels[i]);
	for (i = 0; i < t->nr_kernels && !e; i++)
		e = name_plain(t, &t->kernels[i], &r);
	for (i = 0; i < t->nr_kernels && !e; i++)
		e = name_other(t, &t->kernels[i], &r);
	index_free(&r.all);
	index_free(&r.names);
	index_free(&r.bases);
	return e;
}
