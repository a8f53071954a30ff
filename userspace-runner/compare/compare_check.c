// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks whether two sides are comparable: a line for each difference. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/text_stream.h"
#include "compare/compare.h"
#include "compare/sides.h"
#include "plan/bench.h"
#include "results/boots.h"
#include "results/record.h"

static int add_line(struct compare *c, char ***lines, size_t *nr,
		    const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Add a line once, also if it applies to many boots. */
static int add_line(struct compare *c, char ***lines, size_t *nr,
		    const char *fmt, ...)
{
	const size_t number = c->nr_differs + c->nr_unknown;
	size_t had = number;
	char *text, *key;
	va_list ap;
	int len, e;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		return no_memory();
	len = asprintf(&key, "%d %s", lines == &c->differs, text);
	e = len < 0 ? no_memory() : index_add(&c->lines, key, number, &had);
	if (len >= 0)
		free(key);
	if (!e && had == number)
		e = array_room(lines, *nr, sizeof(**lines));
	if (e || had != number) {
		free(text);
		return e;
	}
	(*lines)[(*nr)++] = text;
	return 0;
}

/* Neither side tells @what, so it may differ. */
static int unknown(struct compare *c, const char *what)
{
	return add_line(c, &c->unknown, &c->nr_unknown, "%s", what);
}

static int check_text(struct compare *c, const char *what, const char *old,
		      const char *new, int digits)
{
	old = text_known(old);
	new = text_known(new);
	if (strcmp(old, new))
		return add_line(c, &c->differs, &c->nr_differs,
				"%s: %.*s in OLD, %.*s in NEW", what, digits,
				old, digits, new);
	return strcmp(old, "unknown") ? 0 : unknown(c, what);
}

static int check_number(struct compare *c, const char *where, const char *what,
			long long old, long long new)
{
	char text[128];

	if (old != new)
		return add_line(c, &c->differs, &c->nr_differs,
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
	       add_line(c, &c->differs, &c->nr_differs,
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

/*
 * The loops are the module's: another source of it has other counts. A series that
 * changes a header changes the module of one source, too, so where the images differ
 * only one tool's modules are surely of one source.
 */
static int check_modules(struct compare *c, const struct compare_pair *p)
{
	const struct table_kernel *old = &c->old.kernels[p->old];
	const struct table_kernel *new = &c->new.kernels[p->new];
	const char *had = text_known(c->old.runs[old->run].tool);
	const char *has = text_known(c->new.runs[new->run].tool);

	if (!old->module_sha256 || !new->module_sha256 ||
	    !strcmp(old->module_sha256, new->module_sha256) ||
	    (!strcmp(had, has) &&
	     !same_text(old->image_sha256, new->image_sha256)))
		return 0;
	return add_line(c, &c->differs, &c->nr_differs,
			"pcpubench's module: %.*s by %s in OLD, %.*s by %s in NEW: measure both by one",
			DIGITS, old->module_sha256, had, DIGITS,
			new->module_sha256, has);
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
	out = text_stream(plan, &len);
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

	snprintf(what, sizeof(what), "%s: type of CPU", where);
	if (!same_text(record_string(old->record, "cpu_type"),
		       record_string(new->record, "cpu_type")))
		return check_text(c, what, record_string(old->record, "cpu_type"),
				  record_string(new->record, "cpu_type"), WHOLE);
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

/* Number of layouts of the boots that succeeded; @seed: receives one of them. */
static int layouts_of(const struct table *t, const struct table_tally *tally,
		      size_t *nr, long long *seed)
{
	struct index had = { NULL };
	const struct table_boot *b;
	size_t place;
	char key[24];
	int e = 0;

	*nr = 0;
	for (size_t i = 0; tally && i < tally->nr && !e; i++) {
		b = &t->boots[tally->boots[i]];
		if (b->status != BOOT_OK)
			continue;
		snprintf(key, sizeof(key), "%lld", b->layout);
		e = index_add(&had, key, *nr, &place);
		*nr += place == *nr;
		*seed = b->layout;
	}
	index_free(&had);
	return e;
}

/*
 * Another layout changes the counts. A single layout must be the same on both
 * sides; with several on both sides compare_layouts() tells their effect.
 */
static int check_layouts(struct compare *c, const struct compare_group *g,
			 const struct table_tally *of_old,
			 const struct table_tally *of_new)
{
	long long old_seed = 0, new_seed = 0;
	size_t old, new;

	if (layouts_of(&c->old, of_old, &old, &old_seed) ||
	    layouts_of(&c->new, of_new, &new, &new_seed))
		return EX_FAIL;
	if ((old > 1 && new > 1) ||
	    (old == 1 && new == 1 && old_seed == new_seed))
		return 0;
	return old == new ?
	       check_number(c, g->topology, "seed of the code's layout",
			    old_seed, new_seed) :
	       check_number(c, g->topology, "layouts of the code", old, new);
}

static const struct table_boot *first_ok(const struct table *t,
					 const struct table_tally *tally)
{
	for (size_t i = 0; tally && i < tally->nr; i++)
		if (t->boots[tally->boots[i]].status == BOOT_OK)
			return &t->boots[tally->boots[i]];
	return NULL;
}

/*
 * Compare all boots of NEW with OLD's first, and OLD's with NEW's first, so
 * that one odd boot is found on either side.
 */
static int check_group(struct compare *c, const struct compare_group *g)
{
	const struct compare_pair *p = &c->pairs[g->pair];
	const struct table_tally *of_old = table_tally(&c->old, &g->old, p->old);
	const struct table_tally *of_new = table_tally(&c->new, &g->new, p->new);
	const struct table_boot *old1 = first_ok(&c->old, of_old), *b;
	const struct table_boot *new1 = first_ok(&c->new, of_new);
	bool exact = instrument_find(g->instrument)->exact;
	size_t i;
	int e = 0;

	if (!old1 || !new1)
		return 0;
	for (i = 0; i < of_new->nr && !e; i++) {
		b = &c->new.boots[of_new->boots[i]];
		if (b->status == BOOT_OK)
			e = check_boots(c, g->topology, exact, old1, b);
	}
	for (i = 0; i < of_old->nr && !e; i++) {
		b = &c->old.boots[of_old->boots[i]];
		if (b->status == BOOT_OK)
			e = check_boots(c, g->topology, exact, b, new1);
	}
	if (!e && exact)
		e = check_modules(c, p);
	return e ? e : check_layouts(c, g, of_old, of_new);
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
	return add_line(c, &c->differs, &c->nr_differs,
			"control: kernel %s is another build than OLD's %s",
			k->name, old->name);
}

/* ------------------------------------------------- a thing and the thing itself */

static const struct boots *file_of(const struct table *t,
				   const struct table_boot *b)
{
	return &t->runs[b->run].boots;
}

/* Are these two records of the same boot? If in doubt, yes. */
static bool same_boot(const struct table *a, const struct table_boot *x,
		      const struct table *b, const struct table_boot *y)
{
	char *one, *other;
	bool same;

	if (!boots_share_run(file_of(a, x), file_of(b, y)))
		return false;
	one = boot_identity(file_of(a, x), x->record, x->cells);
	other = boot_identity(file_of(b, y), y->record, y->cells);
	same = !one || !other || !strcmp(one, other);
	free(one);
	free(other);
	return same;
}

static bool share_runs(const struct table *a, const struct table *b)
{
	for (size_t i = 0; i < a->nr_runs; i++)
		for (size_t k = 0; k < b->nr_runs; k++)
			if (boots_share_run(&a->runs[i].boots,
					    &b->runs[k].boots))
				return true;
	return false;
}

/*
 * What two records of a boot have in common, and hardly any other boot, with the
 * kernel of the second.
 */
static int boot_key(const struct table *t, const struct table_boot *b,
		    unsigned int kernel, char key[40])
{
	char *text = boot_identity(file_of(t, b), b->record, b->cells);

	snprintf(key, 40, "%u %016" PRIx64, kernel,
		 hash_text(HASH_START, text ? text : ""));
	free(text);
	return text ? 0 : EX_FAIL;
}

static int index_boots(struct index *x, const struct table *t)
{
	size_t had;
	char key[40];
	int e = 0;

	for (size_t i = 0; i < t->nr_boots && !e; i++) {
		if (!t->boots[i].record)
			continue;
		e = boot_key(t, &t->boots[i], t->boots[i].kernel, key);
		if (!e)
			e = index_add(x, key, i, &had);
	}
	return e;
}

/*
 * A boot of a side that another table has, too.
 * @of: the other's kernel that each of the side's is compared with
 * @boot: receives its place in the side, or INDEX_NONE
 */
static int shared_boot(const struct table *side, const struct table *other,
		       const unsigned int *of, size_t *boot)
{
	struct index x = { NULL };
	const struct table_boot *b;
	size_t i, place;
	char key[40];
	int e = 0;

	*boot = INDEX_NONE;
	if (!share_runs(side, other))
		return 0;
	e = index_boots(&x, other);
	for (i = 0; i < side->nr_boots && !e && *boot == INDEX_NONE; i++) {
		b = &side->boots[i];
		if (!b->record || of[b->kernel] == COMPARE_NO_KERNEL)
			continue;
		e = boot_key(side, b, of[b->kernel], key);
		place = e ? INDEX_NONE : index_get(&x, key);
		if (place != INDEX_NONE &&
		    same_boot(side, b, other, &other->boots[place]))
			*boot = i;
	}
	index_free(&x);
	return e;
}

/* The kernels that a side's are compared with, or those of the control. */
static unsigned int *others_of(const struct compare *c, bool old, bool control)
{
	const size_t nr = old ? c->old.nr_kernels : c->new.nr_kernels;
	unsigned int *of = calloc(nr + 1, sizeof(*of)), kernel;
	const struct compare_pair *p;

	if (!of)
		no_memory();
	for (size_t i = 0; of && i < nr; i++)
		of[i] = COMPARE_NO_KERNEL;
	for (size_t i = 0; of && i < c->nr_pairs; i++) {
		p = &c->pairs[i];
		kernel = old ? p->old : p->new;
		if (kernel != COMPARE_NO_KERNEL)
			of[kernel] = control ? compare_control_kernel(c, p) :
				     p->new;
	}
	return of;
}

static int refuse_side(const struct compare *c, bool old, bool control)
{
	const struct table *side = old ? &c->old : &c->new;
	const struct table_boot *b;
	unsigned int *of = others_of(c, old, control);
	size_t boot;
	int e;

	if (!of)
		return EX_FAIL;
	e = shared_boot(side, control ? &c->control : &c->new, of, &boot);
	free(of);
	if (e || boot == INDEX_NONE)
		return e;
	b = &side->boots[boot];
	if (control)
		return err(EX_USE, "--control has boots of run %s, which is one of the sides: measure OLD once more",
			   side->runs[b->run].id);
	return err(EX_USE, "%s of run %s is on both sides: give another run as NEW, or two kernels of one as FILE:KERNEL FILE:KERNEL",
		   side->kernels[b->kernel].name, side->runs[b->run].id);
}

/* Refuse to compare boots with themselves, which would always pass. */
static int refuse_itself(const struct compare *c)
{
	int e = refuse_side(c, true, false);

	if (!e)
		e = refuse_side(c, true, true);
	return e ? e : refuse_side(c, false, true);
}

int compare_check(struct compare *c)
{
	const struct compare_group *g;
	const struct compare_pair *p;
	struct index had = { NULL };
	size_t i, place;
	char *key;
	int e = 0;

	for (i = 0; i < c->nr_groups; i++)
		if (instrument_find(c->groups[i].instrument)->function)
			return err(EX_INVALID, "%s under %s: the figures mean nothing, so there is nothing to compare: measure by time",
				   c->groups[i].bench, c->groups[i].instrument);
	/* No boot is of two kernels of a table. */
	if (!c->borrowed)
		e = refuse_itself(c);
	for (p = c->pairs; p < c->pairs + c->nr_pairs && !e; p++)
		if (p->old != COMPARE_NO_KERNEL && p->new != COMPARE_NO_KERNEL) {
			e = check_kernels(c, &c->old.kernels[p->old],
					  &c->new.kernels[p->new]);
			if (!e)
				e = check_control(c, p);
		}
	/* What is checked is of the place, whatever the bench. */
	for (i = 0; i < c->nr_groups && !e; i++) {
		g = &c->groups[i];
		if (asprintf(&key, "%zu\n%s\n%s", g->pair, g->topology,
			     g->instrument) < 0)
			key = NULL;
		e = key ? index_add(&had, key, i, &place) : no_memory();
		free(key);
		if (!e && place == i)
			e = check_group(c, g);
	}
	index_free(&had);
	return e;
}
