// SPDX-License-Identifier: GPL-2.0-or-later
/* Parses two sides, FILE[,FILE...][:KERNEL], and pairs their kernels. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/text.h"
#include "compare/sides.h"

void side_free(struct side *s)
{
	free(s->text);
	free(s->files);
}

static int split_files(struct side *s, char *text)
{
	char *save = NULL, *file;

	for (file = strtok_r(text, ",", &save); file;
	     file = strtok_r(NULL, ",", &save)) {
		if (array_room(&s->files, s->nr_files, sizeof(*s->files)))
			return EX_FAIL;
		s->files[s->nr_files++] = file;
	}
	return 0;
}

/*
 * The colon before the kernel: the first one behind a file that is there, as the name
 * of a kernel may have one, or a file's; else the last.
 */
static char *find_colon(char *text)
{
	const char *file = text;
	bool there;
	char *at;

	for (at = text; (at = strpbrk(at, ",:")); at++) {
		if (at == text)
			break;
		if (*at == ':') {
			*at = '\0';
			there = !access(file, F_OK);
			*at = ':';
			if (there)
				break;
		} else {
			file = at + 1;
		}
	}
	return at ? at : strrchr(text, ':');
}

int side_parse(struct side *s, const char *arg, const struct side *base)
{
	char *colon;
	int e;

	*s = (struct side){ .text = strdup(arg) };
	if (!s->text)
		return no_memory();
	if (access(arg, F_OK)) {
		colon = find_colon(s->text);
		if (colon) {
			*colon = '\0';
			s->kernel = colon + 1;
		}
	}
	if (s->kernel && !*s->kernel)
		return err(EX_USE, "'%s': no kernel after the colon: give FILE:KERNEL",
			   arg);
	if (!access(s->text, F_OK)) {
		if (array_room(&s->files, 0, sizeof(*s->files)))
			return EX_FAIL;
		s->files[s->nr_files++] = s->text;
		return 0;
	}
	e = split_files(s, s->text);
	if (e || s->nr_files)
		return e;
	if (!base)
		return err(EX_USE, "'%s': no results file: give FILE[:KERNEL]",
			   arg);
	for (; s->nr_files < base->nr_files; s->nr_files++) {
		if (array_room(&s->files, s->nr_files, sizeof(*s->files)))
			return EX_FAIL;
		s->files[s->nr_files] = base->files[s->nr_files];
	}
	return 0;
}

/* ---------------------------------------------------------------- kernels */

unsigned int compare_kernel(const struct table *t, const char *name)
{
	unsigned int i;

	for (i = 0; name && i < t->nr_kernels; i++)
		if (table_is_kernel(&t->kernels[i], name))
			return i;
	return COMPARE_NO_KERNEL;
}

static int no_kernel(const struct table *t, const struct side *s,
		     const char *what)
{
	char names[256] = "";
	size_t i, len = 0;

	for (i = 0; i < t->nr_kernels && len < sizeof(names); i++)
		len += snprintf(names + len, sizeof(names) - len, "%s%s",
				i ? ", " : "", t->kernels[i].name);
	return err(EX_USE, "%s %s: there %s %s", s->files[0], what,
		   t->nr_kernels == 1 ? "is" : "are",
		   t->nr_kernels ? names : "none");
}

int side_kernel(const struct side *s, const struct table *t,
		unsigned int *kernel)
{
	char what[128];

	*kernel = compare_kernel(t, s->kernel);
	if (!s->kernel || *kernel != COMPARE_NO_KERNEL)
		return 0;
	snprintf(what, sizeof(what), "has no kernel '%s'", s->kernel);
	return no_kernel(t, s, what);
}

static int add_pair(struct compare_pair **pairs, size_t *nr,
		    const struct compare *c, unsigned int old, unsigned int new)
{
	struct compare_pair p = { .old = old, .new = new };

	if (old != COMPARE_NO_KERNEL)
		p.old_name = c->old.kernels[old].name;
	if (new != COMPARE_NO_KERNEL)
		p.new_name = c->new.kernels[new].name;
	if (!p.old_name)
		p.old_name = p.new_name;
	if (!p.new_name)
		p.new_name = p.old_name;
	if (array_room(pairs, *nr, sizeof(p)))
		return EX_FAIL;
	(*pairs)[(*nr)++] = p;
	return 0;
}

/* The kernel of one side if only the other's was named. */
static int only_or_named(const struct table *t, const struct side *s,
			 const char *name, unsigned int *index)
{
	char what[160];

	*index = t->nr_kernels == 1 ? 0 : compare_kernel(t, name);
	if (*index != COMPARE_NO_KERNEL)
		return 0;
	snprintf(what, sizeof(what), "has no kernel '%s', so say which with FILE:KERNEL",
		 name);
	return no_kernel(t, s, what);
}

int pair_add(struct compare *c, unsigned int old, unsigned int new)
{
	return add_pair(&c->pairs, &c->nr_pairs, c, old, new);
}

/* A control must be invalid on both sides, so do not compare it. */
static int add_named(struct compare *c, unsigned int old, unsigned int new)
{
	const struct table_kernel *k = old != COMPARE_NO_KERNEL ?
				       &c->old.kernels[old] :
				       &c->new.kernels[new];

	if (table_is_control(k))
		return add_pair(&c->controls, &c->nr_controls, c, old, new);
	return pair_add(c, old, new);
}

/* What compare_kernel() finds, for many names. */
static int index_kernels(struct index *x, const struct table *t)
{
	const struct table_kernel *k;
	size_t had;
	int e = 0;

	for (size_t i = 0; i < t->nr_kernels && !e; i++) {
		k = &t->kernels[i];
		e = index_add(x, k->name, i, &had);
		if (!e && !k->by_release)
			e = index_add(x, k->given, i, &had);
	}
	return e;
}

static int pair_by_name(struct compare *c, const struct side *old,
			const struct side *new)
{
	struct index of_old = { NULL }, of_new = { NULL };
	unsigned int i, other, both = 0;
	int e = index_kernels(&of_old, &c->old);

	if (!e)
		e = index_kernels(&of_new, &c->new);
	for (i = 0; i < c->old.nr_kernels && !e; i++) {
		/* INDEX_NONE becomes COMPARE_NO_KERNEL. */
		other = (unsigned int)index_get(&of_new, c->old.kernels[i].name);
		both += other != COMPARE_NO_KERNEL &&
			!table_is_control(&c->old.kernels[i]);
		e = add_named(c, i, other);
	}
	for (i = 0; i < c->new.nr_kernels && !e; i++)
		if (index_get(&of_old, c->new.kernels[i].name) == INDEX_NONE)
			e = add_named(c, COMPARE_NO_KERNEL, i);
	index_free(&of_old);
	index_free(&of_new);
	if (!e && !both)
		e = err(EX_USE, "%s and %s have no kernel of the same name: say which with FILE:KERNEL",
			old->files[0], new->files[0]);
	return e;
}

int pair_kernels(struct compare *c, const struct side *old,
		 const struct side *new)
{
	unsigned int o = 0, n = 0;
	int e;

	if (!c->old.nr_kernels || !c->new.nr_kernels)
		return err(EX_USE, "%s has no kernel in it, nothing was measured: give another file",
			   c->old.nr_kernels ? new->files[0] : old->files[0]);
	if (!old->kernel && !new->kernel &&
	    (c->old.nr_kernels != 1 || c->new.nr_kernels != 1))
		return pair_by_name(c, old, new);
	e = old->kernel ? side_kernel(old, &c->old, &o) :
	    new->kernel ? only_or_named(&c->old, old, new->kernel, &o) : 0;
	if (!e)
		e = new->kernel ? side_kernel(new, &c->new, &n) :
		    old->kernel ? only_or_named(&c->new, new, old->kernel, &n) :
		    0;
	return e ? e : pair_add(c, o, n);
}

bool compare_same_build(const struct table_kernel *a,
			const struct table_kernel *b)
{
	return a->image_sha256 && same_text(a->image_sha256, b->image_sha256) &&
	       same_text(a->module_sha256, b->module_sha256) &&
	       same_text(a->cmdline, b->cmdline);
}

void compare_name(const struct compare *c, const struct compare_pair *p,
		  bool old, char name[COMPARE_NAME_LEN])
{
	const struct table_kernel *k, *other;
	bool differ;

	snprintf(name, COMPARE_NAME_LEN, "%s", old ? p->old_name : p->new_name);
	if (p->old == COMPARE_NO_KERNEL || p->new == COMPARE_NO_KERNEL ||
	    strcmp(p->old_name, p->new_name))
		return;
	k = &c->old.kernels[p->old];
	other = &c->new.kernels[p->new];
	if (compare_same_build(k, other))
		return;
	differ = strcmp(k->subject, other->subject);
	k = old ? k : other;
	snprintf(name, COMPARE_NAME_LEN, "%s (image %.6s%s%.80s)", k->name,
		 k->image_sha256 ? k->image_sha256 : "unknown",
		 differ ? ": " : "",
		 !differ ? "" : k->subject[0] ? k->subject : "no patch");
}

/* The named kernel, the only one, or the one with OLD's name. */
unsigned int compare_control_kernel(const struct compare *c,
				    const struct compare_pair *p)
{
	if (c->control_kernel != COMPARE_NO_KERNEL)
		return c->control_kernel;
	return c->control.nr_kernels == 1 ? 0 :
	       compare_kernel(&c->control, p->old_name);
}
