// SPDX-License-Identifier: GPL-2.0-or-later
/* Are two sides comparable? What is not the same, is said. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "compare/compare.h"
#include "results/record.h"

static int differ(struct compare *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Each once, however many boots it is true of. */
static int differ(struct compare *c, const char *fmt, ...)
{
	char *text;
	va_list ap;
	size_t i;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		return no_memory();
	for (i = 0; i < c->nr_differs && strcmp(c->differs[i], text); i++)
		;
	if (i < c->nr_differs) {
		free(text);
		return 0;
	}
	if (array_room(&c->differs, c->nr_differs, sizeof(*c->differs))) {
		free(text);
		return EX_FAIL;
	}
	c->differs[c->nr_differs++] = text;
	return 0;
}

static const char *known(const char *text)
{
	return text && *text ? text : "unknown";
}

static int check_text(struct compare *c, const char *what, const char *old,
		      const char *new, int digits)
{
	old = known(old);
	new = known(new);
	if (!strcmp(old, new))
		return 0;
	return differ(c, "%s: %.*s in OLD, %.*s in NEW", what, digits, old,
		      digits, new);
}

static int check_number(struct compare *c, const char *where, const char *what,
			long long old, long long new)
{
	if (old == new)
		return 0;
	return differ(c, "%s: %s: %lld in OLD, %lld in NEW", where, what, old,
		      new);
}

#define WHOLE	1000
#define DIGITS	12	/* of a hash */

static int check_kernels(struct compare *c, const struct table_kernel *old,
			 const struct table_kernel *new)
{
	return check_text(c, "compiler", old->compiler, new->compiler, WHOLE) ||
	       check_text(c, "kernel config", old->config_sha256,
			  new->config_sha256, DIGITS) ||
	       check_text(c, "harness patches", old->harness, new->harness,
			  WHOLE) ? EX_FAIL : 0;
}

/*
 * How a boot was told to measure: "cmdline -- plan" without the words that name
 * what to measure, and those the series adds.
 */
static int plan_of(const struct table *t, const struct table_boot *b,
		   char **plan)
{
	const char *cmdline = record_string(table_record(t, b), "cmdline");
	const char *own = t->kernels[b->kernel].cmdline;
	char *copy, *save = NULL, *word;
	size_t len;
	FILE *out;

	*plan = NULL;
	copy = strdup(known(cmdline));
	out = open_memstream(plan, &len);
	if (copy && out)
		for (word = strtok_r(copy, " ", &save); word;
		     word = strtok_r(NULL, " ", &save))
			if (strncmp(word, "--sizes=", 8) &&
			    strncmp(word, "--bench=", 8) &&
			    !(own && *own && strstr(own, word)))
				fprintf(out, "%s ", word);
	free(copy);
	if (!out || fclose(out) || !copy) {
		free(*plan);
		*plan = NULL;
		return no_memory();
	}
	return 0;
}

static int check_plans(struct compare *c, const char *where,
		       const struct table *old_table,
		       const struct table_boot *old, const struct table_boot *new)
{
	char what[128], *a = NULL, *b = NULL;
	int e;

	e = plan_of(old_table, old, &a);
	if (!e)
		e = plan_of(&c->new, new, &b);
	snprintf(what, sizeof(what), "%s: command line", where);
	if (!e)
		e = check_text(c, what, a, b, WHOLE);
	free(a);
	free(b);
	return e;
}

/* Where no guest was booted, the host's kernel is the one that is compared. */
static int check_hosts(struct compare *c, const struct table_run *old,
		       const struct table_run *new, bool guest)
{
	return check_text(c, "host CPU", old->host_cpu, new->host_cpu, WHOLE) ||
	       check_number(c, "host", "CPUs", old->host_cpus,
			    new->host_cpus) ||
	       (guest && check_text(c, "host kernel", old->host_kernel,
				    new->host_kernel, WHOLE)) ? EX_FAIL : 0;
}

/*
 * Settings of the machine that make its times other ones. The load and the
 * mitigations that a kernel has are not settings.
 */
static int check_state(struct compare *c, const char *where,
		       const struct table *old_table,
		       const struct table_boot *old,
		       const struct table_boot *new)
{
	static const char *const settings[] = {
		"governor", "turbo", "smt", "numa", "watchdog", "kmem",
		"clock", "isolated",
	};
	const json_t *a = record_at(table_record(old_table, old), "state");
	const json_t *b = record_at(table_record(&c->new, new), "state");
	char what[128];

	if (!a || !b)
		return 0;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		snprintf(what, sizeof(what), "%s: %s", where, settings[i]);
		if (check_text(c, what, record_string(a, settings[i]),
			       record_string(b, settings[i]), WHOLE))
			return EX_FAIL;
	}
	return 0;
}

static int check_boots(struct compare *c, const char *topology, bool exact,
		       const struct table_boot *old, const struct table_boot *new)
{
	if (check_text(c, "QEMU", old->qemu, new->qemu, WHOLE) ||
	    check_text(c, "CPU model", old->cpu_model, new->cpu_model, WHOLE) ||
	    check_number(c, topology, "MiB of memory", old->memory_mib,
			 new->memory_mib) ||
	    check_number(c, topology, "possible CPUs", old->possible_cpus,
			 new->possible_cpus) ||
	    check_number(c, topology, "online CPUs", old->online_cpus,
			 new->online_cpus) ||
	    check_number(c, topology, "nodes", old->nodes, new->nodes) ||
	    check_number(c, topology, "NODES_SHIFT", old->nodes_shift,
			 new->nodes_shift) ||
	    check_number(c, topology, "bytes of a percpu unit", old->unit_size,
			 new->unit_size) ||
	    check_plans(c, topology, &c->old, old, new) ||
	    check_state(c, topology, &c->old, old, new))
		return EX_FAIL;
	/* Instructions are the same on every host; times are not. */
	return exact ? 0 : check_hosts(c, &c->old.runs[old->run],
				       &c->new.runs[new->run],
				       old->qemu || new->qemu);
}

static bool boot_of(const struct table *t, const struct table_boot *b,
		    unsigned int kernel, const struct compare_group *g)
{
	return b->status == BOOT_OK && b->kernel == kernel &&
	       !strcmp(t->topologies.name[b->topology], g->topology) &&
	       !strcmp(t->instruments.name[b->instrument], g->instrument);
}

/*
 * All boots of NEW with the first of OLD, and OLD's with NEW's first, so that
 * one odd boot of several files is found on either side.
 */
static int check_group(struct compare *c, const struct compare_group *g)
{
	const struct compare_pair *p = &c->pairs[g->pair];
	const struct table_boot *old, *new, *old1 = NULL, *new1 = NULL;
	bool exact = instrument_is_exact(g->instrument);
	int e = 0;

	for (old = c->old.boots; old < c->old.boots + c->old.nr_boots; old++)
		if (!old1 && boot_of(&c->old, old, p->old, g))
			old1 = old;
	for (new = c->new.boots; new < c->new.boots + c->new.nr_boots; new++)
		if (!new1 && boot_of(&c->new, new, p->new, g))
			new1 = new;
	if (!old1 || !new1)
		return 0;
	for (new = new1; new < c->new.boots + c->new.nr_boots && !e; new++)
		if (boot_of(&c->new, new, p->new, g))
			e = check_boots(c, g->topology, exact, old1, new);
	for (old = old1; old < c->old.boots + c->old.nr_boots && !e; old++)
		if (boot_of(&c->old, old, p->old, g))
			e = check_boots(c, g->topology, exact, old, new1);
	return e;
}

/* A control of another build would measure the difference it is to rule out. */
static int check_control(struct compare *c, const struct compare_pair *p)
{
	const struct table_kernel *old = &c->old.kernels[p->old], *k;
	size_t i;

	for (i = 0; i < c->control.nr_kernels; i++) {
		k = &c->control.kernels[i];
		if (c->control_kernel != COMPARE_NO_KERNEL ?
		    c->control_kernel != i : c->control.nr_kernels > 1 &&
					     strcmp(k->name, p->old_name))
			continue;
		if (!same_text(k->image_sha256, old->image_sha256) ||
		    !same_text(k->module_sha256, old->module_sha256) ||
		    !same_text(k->cmdline, old->cmdline))
			return differ(c, "control: kernel %s is another build than OLD's %s",
				      k->name, old->name);
	}
	return 0;
}

int compare_check(struct compare *c)
{
	const struct compare_pair *p;
	size_t i;
	int e = 0;

	for (p = c->pairs; p < c->pairs + c->nr_pairs && !e; p++)
		if (p->old != COMPARE_NO_KERNEL && p->new != COMPARE_NO_KERNEL) {
			e = check_kernels(c, &c->old.kernels[p->old],
					  &c->new.kernels[p->new]);
			if (!e)
				e = check_control(c, p);
		}
	for (i = 0; i < c->nr_groups && !e; i++)
		e = check_group(c, &c->groups[i]);
	return e;
}
