// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks whether two sides are comparable: a line for each difference. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/text.h"
#include "compare/compare.h"
#include "compare/sides.h"
#include "plan/bench.h"
#include "results/boots.h"
#include "results/record.h"

static int add_line(char ***lines, size_t *nr, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Add a line once, also if it applies to many boots. */
static int add_line(char ***lines, size_t *nr, const char *fmt, ...)
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
	for (i = 0; i < *nr && strcmp((*lines)[i], text); i++)
		;
	if (i < *nr) {
		free(text);
		return 0;
	}
	if (array_room(lines, *nr, sizeof(**lines))) {
		free(text);
		return EX_FAIL;
	}
	(*lines)[(*nr)++] = text;
	return 0;
}

/* Neither side tells @what, so it may differ. */
static int unknown(struct compare *c, const char *what)
{
	return add_line(&c->unknown, &c->nr_unknown, "%s", what);
}

static int check_text(struct compare *c, const char *what, const char *old,
		      const char *new, int digits)
{
	old = text_known(old);
	new = text_known(new);
	if (strcmp(old, new))
		return add_line(&c->differs, &c->nr_differs,
				"%s: %.*s in OLD, %.*s in NEW", what, digits,
				old, digits, new);
	return strcmp(old, "unknown") ? 0 : unknown(c, what);
}

static int check_number(struct compare *c, const char *where, const char *what,
			long long old, long long new)
{
	char text[128];

	if (old != new)
		return add_line(&c->differs, &c->nr_differs,
				"%s: %s: %lld in OLD, %lld in NEW", where,
				what, old, new);
	snprintf(text, sizeof(text), "%s: %s", where, what);
	return old < 0 ? unknown(c, text) : 0;
}

#define WHOLE	1000
#define DIGITS	12	/* of a hash */

/* Compare patches by hash: a name does not tell their content. */
static int check_harness(struct compare *c, const struct table_kernel *old,
			 const struct table_kernel *new)
{
	const char *had = old->harness ? old->harness : "none";
	const char *has = new->harness ? new->harness : "none";

	if (strcmp(had, has))
		return check_text(c, "harness patches", had, has, WHOLE);
	return json_equal(record_at(old->record, "harness"),
			  record_at(new->record, "harness")) ||
	       !old->harness ? 0 :
	       add_line(&c->differs, &c->nr_differs,
			"harness patches: other ones in NEW by the same names: %s",
			had);
}

static const char *setting(const json_t *config, const char *name)
{
	const char *value = record_string(config, name);

	return value && *value ? value : "not set";
}

/* Compare settings by name, if both sides have them. */
static int check_settings(struct compare *c, const struct table_kernel *old,
			  const struct table_kernel *new)
{
	json_t *had = json_object_get(old->record, "config");
	json_t *has = json_object_get(new->record, "config");
	const char *name;
	json_t *all, *value;
	char what[128];
	int e = 0;

	if (!had || !has)
		return 0;
	all = json_copy(had);
	json_object_update(all, has);
	json_object_foreach(all, name, value) {
		snprintf(what, sizeof(what), "kernel config, %s", name);
		if (!e)
			e = check_text(c, what, setting(had, name),
				       setting(has, name), WHOLE);
	}
	json_decref(all);
	return e;
}

static int check_kernels(struct compare *c, const struct table_kernel *old,
			 const struct table_kernel *new)
{
	return check_text(c, "compiler", old->compiler, new->compiler, WHOLE) ||
	       check_settings(c, old, new) ||
	       check_text(c, "kernel config", old->config_sha256,
			  new->config_sha256, DIGITS) ||
	       check_harness(c, old, new) ? EX_FAIL : 0;
}

/* Options of a bench are in the cell's name. */
static bool is_bench_option(const char *word)
{
	size_t len = strcspn(word, "=");

	for (const struct opt *o = bench_opts; o->name; o++)
		if (!strncmp(word, "--", 2) && strlen(o->name) + 2 == len &&
		    !strncmp(word + 2, o->name, len - 2))
			return true;
	return false;
}

/*
 * How a boot measured: its "cmdline -- plan" without the words for what to
 * measure and without the series' words.
 */
static int plan_of(const struct table *t, const struct table_boot *b,
		   char **plan)
{
	const char *cmdline = record_string(b->record, "cmdline");
	const char *own = t->kernels[b->kernel].cmdline;
	char *copy, *save = NULL, *word;
	size_t len;
	FILE *out;

	*plan = NULL;
	copy = strdup(text_known(cmdline));
	out = open_memstream(plan, &len);
	if (copy && out)
		for (word = strtok_r(copy, " ", &save); word;
		     word = strtok_r(NULL, " ", &save))
			if (strncmp(word, "--sizes=", 8) &&
			    strncmp(word, "--bench=", 8) &&
			    !is_bench_option(word) &&
			    !cmdline_has(own, word))
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

/* On metal the host's kernel is the one that is compared. */
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
 * Settings of the machine that change its times. The load and a kernel's
 * mitigations are not settings.
 */
static int check_state(struct compare *c, const char *where,
		       const struct table_boot *old,
		       const struct table_boot *new)
{
	static const char *const settings[] = {
		"governor", "turbo", "smt", "numa", "watchdog", "kmem",
		"clock", "isolated",
	};
	const json_t *a = record_at(old->record, "state");
	const json_t *b = record_at(new->record, "state");
	char what[128];

	if (!a && !b)
		return 0;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		snprintf(what, sizeof(what), "%s: %s", where, settings[i]);
		if (check_text(c, what, record_string(a, settings[i]),
			       record_string(b, settings[i]), WHOLE))
			return EX_FAIL;
	}
	return 0;
}

static int check_guests(struct compare *c, const char *topology,
			const struct table_boot *old,
			const struct table_boot *new)
{
	return check_text(c, "QEMU", old->qemu, new->qemu, WHOLE) ||
	       check_text(c, "CPU model", old->cpu_model, new->cpu_model,
			  WHOLE) ||
	       check_number(c, topology, "MiB of memory", old->memory_mib,
			    new->memory_mib) ? EX_FAIL : 0;
}

static int check_boots(struct compare *c, const char *topology, bool exact,
		       const struct table_boot *old, const struct table_boot *new)
{
	bool guest = old->qemu || new->qemu;

	if ((guest && check_guests(c, topology, old, new)) ||
	    check_number(c, topology, "possible CPUs", old->possible_cpus,
			 new->possible_cpus) ||
	    check_number(c, topology, "online CPUs", old->online_cpus,
			 new->online_cpus) ||
	    check_number(c, topology, "nodes", old->nodes, new->nodes) ||
	    check_number(c, topology, "NODES_SHIFT", old->nodes_shift,
			 new->nodes_shift) ||
	    check_number(c, topology, "bytes of a percpu unit", old->unit_size,
			 new->unit_size) ||
	    (old->beyond >= 0 && new->beyond >= 0 &&
	     check_number(c, topology, "bytes charged for each of an object beyond its copies",
			  old->beyond, new->beyond)) ||
	    check_plans(c, topology, &c->old, old, new) ||
	    check_state(c, topology, old, new))
		return EX_FAIL;
	/* Counts are the same on every host; times are not. */
	return exact ? 0 : check_hosts(c, &c->old.runs[old->run],
				       &c->new.runs[new->run], guest);
}

static bool boot_of(const struct table *t, const struct table_boot *b,
		    unsigned int kernel, const struct compare_group *g)
{
	return b->status == BOOT_OK && b->kernel == kernel &&
	       !strcmp(t->topologies.name[b->topology], g->topology) &&
	       !strcmp(t->instruments.name[b->instrument], g->instrument);
}

/* Number of layouts of a side's kernel; @seed: receives one of them. */
static size_t layouts_of(const struct table *t, unsigned int kernel,
			 const struct compare_group *g, long long *seed)
{
	const struct table_boot *b, *before;
	size_t nr = 0;

	for (b = t->boots; b < t->boots + t->nr_boots; b++) {
		if (!boot_of(t, b, kernel, g))
			continue;
		for (before = t->boots; !boot_of(t, before, kernel, g) ||
		     before->layout != b->layout; before++)
			;
		nr += before == b;
		*seed = b->layout;
	}
	return nr;
}

/*
 * Another layout changes the counts. A single layout must be the same on both
 * sides; with several on both sides compare_layouts() tells their effect.
 */
static int check_layouts(struct compare *c, const struct compare_group *g)
{
	const struct compare_pair *p = &c->pairs[g->pair];
	long long old_seed = 0, new_seed = 0;
	size_t old = layouts_of(&c->old, p->old, g, &old_seed);
	size_t new = layouts_of(&c->new, p->new, g, &new_seed);

	if ((old > 1 && new > 1) ||
	    (old == 1 && new == 1 && old_seed == new_seed))
		return 0;
	return old == new ?
	       check_number(c, g->topology, "seed of the code's layout",
			    old_seed, new_seed) :
	       check_number(c, g->topology, "layouts of the code", old, new);
}

/*
 * Compare all boots of NEW with OLD's first, and OLD's with NEW's first, so
 * that one odd boot is found on either side.
 */
static int check_group(struct compare *c, const struct compare_group *g)
{
	const struct compare_pair *p = &c->pairs[g->pair];
	const struct table_boot *old, *new, *old1 = NULL, *new1 = NULL;
	bool exact = instrument_find(g->instrument)->exact;
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
	return e ? e : check_layouts(c, g);
}

/* The control must be the same build, or it measures another difference. */
static int check_control(struct compare *c, const struct compare_pair *p)
{
	const struct table_kernel *old = &c->old.kernels[p->old], *k;
	unsigned int control = compare_control_kernel(c, p);

	if (control == COMPARE_NO_KERNEL)
		return 0;
	k = &c->control.kernels[control];
	if (same_text(k->image_sha256, old->image_sha256) &&
	    same_text(k->module_sha256, old->module_sha256) &&
	    same_text(k->cmdline, old->cmdline))
		return 0;
	return add_line(&c->differs, &c->nr_differs,
			"control: kernel %s is another build than OLD's %s",
			k->name, old->name);
}

/* ------------------------------------------------- a thing and the thing itself */

/* Are these two records of the same boot? If in doubt, yes. */
static bool same_boot(const struct table *a, const struct table_boot *x,
		      const struct table *b, const struct table_boot *y)
{
	const struct boots *in_a = &a->runs[x->run].boots;
	const struct boots *in_b = &b->runs[y->run].boots;
	const json_t *wall_a = record_at(x->record, "wall_s");
	const json_t *wall_b = record_at(y->record, "wall_s");
	char *one, *other;
	bool same;

	/* Compare the times first, as most boots differ there. */
	if (((wall_a || wall_b) && !json_equal(wall_a, wall_b)) ||
	    !boots_share_run(in_a, in_b))
		return false;
	one = boot_identity(in_a, x->record, x->cells);
	other = boot_identity(in_b, y->record, y->cells);
	same = !one || !other || !strcmp(one, other);
	free(one);
	free(other);
	return same;
}

/* A boot of these kernels that both tables have, or NULL. */
static const struct table_boot *shared_boot(const struct table *a,
					    unsigned int kernel_a,
					    const struct table *b,
					    unsigned int kernel_b)
{
	const struct table_boot *x, *y;

	for (x = a->boots; x < a->boots + a->nr_boots; x++)
		for (y = b->boots; y < b->boots + b->nr_boots; y++)
			if (x->kernel == kernel_a && y->kernel == kernel_b &&
			    x->record && y->record && same_boot(a, x, b, y))
				return x;
	return NULL;
}

/* Refuse to compare boots with themselves, which would always pass. */
static int refuse_itself(const struct compare *c, const struct compare_pair *p)
{
	unsigned int control = compare_control_kernel(c, p);
	const struct table_boot *b;

	b = shared_boot(&c->old, p->old, &c->new, p->new);
	if (b)
		return err(EX_USE, "%s of run %s is on both sides: give another run as NEW, or two kernels of one as FILE:KERNEL FILE:KERNEL",
			   p->old_name, c->old.runs[b->run].id);
	b = shared_boot(&c->control, control, &c->old, p->old);
	if (!b)
		b = shared_boot(&c->control, control, &c->new, p->new);
	if (b)
		return err(EX_USE, "--control has boots of run %s, which is one of the sides: measure OLD once more",
			   c->control.runs[b->run].id);
	return 0;
}

int compare_check(struct compare *c)
{
	const struct compare_pair *p;
	size_t i;
	int e = 0;

	for (i = 0; i < c->nr_groups; i++)
		if (instrument_find(c->groups[i].instrument)->function)
			return err(EX_INVALID, "%s under %s: the figures mean nothing, so there is nothing to compare: measure by time",
				   c->groups[i].bench, c->groups[i].instrument);
	for (p = c->pairs; p < c->pairs + c->nr_pairs && !e; p++)
		e = refuse_itself(c, p);
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
