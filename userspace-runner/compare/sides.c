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

/* All kernels of @t, or those that its files call @word. */
static void list_kernels(const struct table *t, const char *word, char *names,
			 size_t room)
{
	size_t len = 0;

	names[0] = '\0';
	for (size_t i = 0; i < t->nr_kernels && len < room; i++)
		if (!word || !strcmp(t->kernels[i].given, word))
			len += snprintf(names + len, room - len, "%s%s",
					len ? ", " : "", t->kernels[i].name);
}

/* The kernel of @t that @word means; EX_USE with @hint what to do if none is. */
static int find_kernel(const struct table *t, const struct side *s,
		       const char *word, const char *hint, unsigned int *kernel)
{
	char names[256];

	*kernel = table_kernel(t, word);
	if (*kernel == TABLE_KERNELS) {
		list_kernels(t, word, names, sizeof(names));
		return err(EX_USE, "%s has several kernels '%s': give one of %s",
			   s->files[0], word, names);
	}
	if (*kernel != TABLE_NO_KERNEL)
		return 0;
	list_kernels(t, NULL, names, sizeof(names));
	return err(EX_USE, "%s has no kernel '%s'%s: there %s %s", s->files[0],
		   word, hint, t->nr_kernels == 1 ? "is" : "are",
		   t->nr_kernels ? names : "none");
}

int side_kernel(const struct side *s, const struct table *t,
		unsigned int *kernel)
{
	*kernel = COMPARE_NO_KERNEL;
	return s->kernel ? find_kernel(t, s, s->kernel, "", kernel) : 0;
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
	*index = 0;
	return t->nr_kernels == 1 ? 0 :
	       find_kernel(t, s, name, ", so say which with FILE:KERNEL", index);
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

/* Kernels of NEW by what its files call them, by their names, and with a pair. */
struct mates {
	struct index given, names;
	bool *paired;
};

static int index_kernels(struct mates *m, const struct table *t)
{
	size_t had;
	int e = 0;

	m->paired = calloc(t->nr_kernels + 1, sizeof(*m->paired));
	if (!m->paired)
		return no_memory();
	for (size_t i = 0; i < t->nr_kernels && !e; i++) {
		const struct table_kernel *k = &t->kernels[i];

		e = index_add(&m->names, k->name, i, &had);
		if (!e && !k->by_release)
			e = index_add(&m->given, k->given, i, &had);
	}
	return e;
}

/* INDEX_NONE becomes COMPARE_NO_KERNEL. */
static unsigned int mate_given(const struct mates *m,
			       const struct table_kernel *k)
{
	return k->by_release ? COMPARE_NO_KERNEL :
	       (unsigned int)index_get(&m->given, k->given);
}

static unsigned int mate_named(const struct mates *m,
			       const struct table_kernel *k)
{
	unsigned int i = (unsigned int)index_get(&m->names, k->name);

	return i == COMPARE_NO_KERNEL || m->paired[i] ? COMPARE_NO_KERNEL : i;
}

/*
 * A name of the files goes before a label: those of one path, or of one plain name,
 * are a pair, and what then is left may be two paths with one label.
 */
static int pair_all(struct compare *c, struct mates *m, unsigned int *both)
{
	const struct table *old = &c->old, *new = &c->new;
	unsigned int i, other;
	int e = 0;

	for (i = 0; i < old->nr_kernels; i++) {
		other = mate_given(m, &old->kernels[i]);
		if (other != COMPARE_NO_KERNEL)
			m->paired[other] = true;
	}
	for (i = 0; i < old->nr_kernels && !e; i++) {
		other = mate_given(m, &old->kernels[i]);
		if (other == COMPARE_NO_KERNEL)
			other = mate_named(m, &old->kernels[i]);
		if (other != COMPARE_NO_KERNEL) {
			m->paired[other] = true;
			*both += !table_is_control(&old->kernels[i]);
		}
		e = add_named(c, i, other);
	}
	for (i = 0; i < new->nr_kernels && !e; i++)
		if (!m->paired[i])
			e = add_named(c, COMPARE_NO_KERNEL, i);
	return e;
}

static int pair_by_name(struct compare *c, const struct side *old,
			const struct side *new)
{
	struct mates m = { .paired = NULL };
	unsigned int both = 0;
	int e = index_kernels(&m, &c->new);

	if (!e)
		e = pair_all(c, &m, &both);
	index_free(&m.given);
	index_free(&m.names);
	free(m.paired);
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

/* The named kernel, the only one, or the one that is called as OLD's. */
unsigned int compare_control_kernel(const struct compare *c,
				    const struct compare_pair *p)
{
	const struct table *t = &c->control;
	const struct table_kernel *k = p->old != COMPARE_NO_KERNEL ?
				       &c->old.kernels[p->old] :
				       &c->new.kernels[p->new];
	unsigned int i;

	if (c->control_kernel != COMPARE_NO_KERNEL)
		return c->control_kernel;
	if (t->nr_kernels == 1)
		return 0;
	for (i = 0; i < t->nr_kernels && !k->by_release; i++)
		if (table_is_given(&t->kernels[i], k->given))
			return i;
	for (i = 0; i < t->nr_kernels; i++)
		if (!strcmp(t->kernels[i].name, k->name))
			return i;
	return COMPARE_NO_KERNEL;
}
