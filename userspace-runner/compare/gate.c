// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes the checks of a gate from a comparison. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/text_stream.h"
#include "compare/gate.h"
#include "doc/figures.h"
#include "results/record.h"
#include "stats/stats.h"

const char *gate_state_name(enum gate_state state)
{
	static const char * const names[] = {
		[GATE_PASS] = "pass",
		[GATE_IMPROVED] = "improved",
		[GATE_IGNORED] = "ignored",
		[GATE_INCONCLUSIVE] = "inconclusive",
		[GATE_REGRESSION] = "regression",
	};

	return names[state];
}

/* A check under construction: first its name, then its text. */
struct draft {
	struct gate_check check;
	FILE *text;
	size_t len;
};

static int begin(struct draft *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static int begin(struct draft *d, const char *fmt, ...)
{
	va_list ap;
	int len;

	*d = (struct draft){ .check.state = GATE_PASS };
	va_start(ap, fmt);
	len = vasprintf(&d->check.name, fmt, ap);
	va_end(ap);
	if (len < 0) {
		d->check.name = NULL;
		return no_memory();
	}
	d->text = text_stream(&d->check.text, &d->len);
	if (d->text)
		return 0;
	free(d->check.name);
	return no_memory();
}

static int finish(struct gate *g, struct draft *d, enum gate_state state)
{
	d->check.state = state;
	if (fclose(d->text) ||
	    array_room(&g->checks, g->nr, sizeof(*g->checks))) {
		free(d->check.name);
		free(d->check.text);
		return no_memory();
	}
	g->checks[g->nr++] = d->check;
	g->count[state]++;
	return 0;
}

/* ------------------------------------------------------------------- runs */

static int check_files(struct gate *g, const char *side, const struct table *t)
{
	const struct table_run *r;
	struct draft d;
	bool whole;

	for (r = t->runs; r < t->runs + t->nr_runs; r++) {
		if (begin(&d, "%s %s is whole", side, r->boots.file.path))
			return EX_FAIL;
		whole = r->boots.file.ended && !r->boots.file.torn;
		if (!whole)
			fprintf(d.text, "the run was interrupted or the file is cut off: measure again");
		if (finish(g, &d, whole ? GATE_PASS : GATE_INCONCLUSIVE))
			return EX_FAIL;
	}
	return 0;
}

/* Check all boots of one kernel, on any topology, also those without cells. */
static int check_boots(struct gate *g, const char *side, const struct table *t,
		       unsigned int kernel)
{
	const struct table_boot *b;
	size_t ok = 0, bad = 0, i;
	struct draft d;

	if (kernel == COMPARE_NO_KERNEL)
		return 0;
	if (begin(&d, "%s boots of %s", side, t->kernels[kernel].name))
		return EX_FAIL;
	for (i = t->kernels[kernel].first_boot; i != INDEX_NONE;
	     i = t->boots[i].next) {
		b = &t->boots[i];
		if (b->status == BOOT_OK) {
			ok++;
			continue;
		}
		fprintf(d.text, "%s%s boot %lld: %s", bad ? "; " : "",
			t->topologies.name[b->topology], b->number,
			b->status == BOOT_FAILED ? b->reason :
			"interrupted before its end");
		bad++;
	}
	if (!ok && !bad)
		fprintf(d.text, "not booted at all");
	return finish(g, &d, ok && !bad ? GATE_PASS : GATE_INCONCLUSIVE);
}

static int check_pair(struct gate *g, const struct compare_pair *p)
{
	return check_boots(g, "OLD", &g->compare->old, p->old) ||
	       check_boots(g, "NEW", &g->compare->new, p->new) ? EX_FAIL : 0;
}

/* Print why the control @kernel of @t proves nothing, if so. */
static bool is_bad_control(FILE *text, const char *side, const struct table *t,
			   unsigned int kernel)
{
	size_t all, valid = table_valid_cells(t, kernel, &all);

	if (kernel == COMPARE_NO_KERNEL)
		return false;
	if (valid)
		fprintf(text, "%s: %zu of its %zu cells count as accounted, so no proof can be trusted",
			side, valid, all);
	else if (!all)
		fprintf(text, "%s: no cell of it was measured", side);
	return valid || !all;
}

/* Check that all cells of a kernel without accounting are invalid. */
static int check_control(struct gate *g, const struct compare_pair *p)
{
	const struct compare *c = g->compare;
	struct draft d;
	bool bad;

	if (begin(&d, "control %s is invalid", p->old_name))
		return EX_FAIL;
	bad = is_bad_control(d.text, "OLD", &c->old, p->old) ||
	      is_bad_control(d.text, "NEW", &c->new, p->new);
	return finish(g, &d, bad ? GATE_INCONCLUSIVE : GATE_PASS);
}

/*
 * A control that is compared with nothing, as a kernel was chosen, tells of the proofs
 * of its file, too. It is no check where it is as it should be.
 */
static int check_alone(struct gate *g, const char *side, const struct table *t)
{
	struct draft d;

	for (unsigned int i = 0; i < t->nr_kernels; i++) {
		size_t all;

		if (!table_is_control(&t->kernels[i]) ||
		    !table_valid_cells(t, i, &all))
			continue;
		if (begin(&d, "%s control %s is invalid", side,
			  t->kernels[i].name))
			return EX_FAIL;
		is_bad_control(d.text, side, t, i);
		if (finish(g, &d, GATE_INCONCLUSIVE))
			return EX_FAIL;
	}
	return 0;
}

static int check_runs(struct gate *g)
{
	const struct compare *c = g->compare;
	size_t i;

	if (check_files(g, "OLD", &c->old) || check_files(g, "NEW", &c->new) ||
	    check_files(g, "control", &c->control))
		return EX_FAIL;
	for (i = 0; i < c->nr_pairs; i++)
		if (check_pair(g, &c->pairs[i]))
			return EX_FAIL;
	for (i = 0; i < c->nr_controls; i++)
		if (check_pair(g, &c->controls[i]) ||
		    check_control(g, &c->controls[i]))
			return EX_FAIL;
	return c->nr_controls ? 0 : check_alone(g, "OLD", &c->old) ||
				    check_alone(g, "NEW", &c->new) ? EX_FAIL : 0;
}

/* ------------------------------------------------------------------ cells */

/*
 * What boots have in common that were to measure the same cells: the words that they
 * were booted with. "" of a boot of which nobody knows, as of a machine that ran.
 */
static int plan_key(const struct table *t, size_t boot, char **key)
{
	const struct table_boot *b = &t->boots[boot];
	const char *cmdline = record_string(b->record, "cmdline");

	if (asprintf(key, "%u %u %u\n%s", b->kernel, b->topology,
		     b->instrument, cmdline ? cmdline : "") < 0)
		return no_memory();
	if (!cmdline || b->boot_id)
		**key = '\0';
	return 0;
}

/* How many good boots of each plan there are. */
static int count_plans(struct index *plans, const struct table *t)
{
	size_t i, had;
	char *key;
	int e = 0;

	for (i = 0; i < t->nr_boots && !e; i++) {
		if (t->boots[i].status != BOOT_OK)
			continue;
		e = plan_key(t, i, &key);
		if (e)
			break;
		had = index_get(plans, key);
		e = index_set(plans, key, had == INDEX_NONE ? 1 : had + 1);
		free(key);
	}
	return e;
}

/* Count in @boots how many good boots there are of the plan of @boot, once. */
static int add_plan(const struct index *plans, struct index *had,
		    const struct table *t, size_t boot, size_t *boots)
{
	size_t place;
	char *key;
	int e = plan_key(t, boot, &key);

	if (e)
		return e;
	e = *key ? index_add(had, key, boot, &place) : 0;
	if (*key && !e && place == boot)
		*boots += index_get(plans, key);
	free(key);
	return e;
}

/* How many good boots were to measure @c and have nothing of it. */
static int count_missing(const struct index *plans, const struct table *t,
			 const struct table_cell *c, size_t *missing)
{
	size_t boots = 0, have = c->nr_values + c->nr_invalid, i;
	struct index had = { NULL };
	int e = 0;

	for (i = 0; i < c->nr_values && !e; i++)
		e = add_plan(plans, &had, t, c->values[i].boot, &boots);
	for (i = 0; i < c->nr_invalid && !e; i++)
		e = add_plan(plans, &had, t, c->invalid[i].boot, &boots);
	index_free(&had);
	*missing = boots > have ? boots - have : 0;
	return e;
}

/* Print how many boots of a valid cell are invalid or missing. */
static bool lost_boots(FILE *text, const char *side, const struct table_cell *c,
		       const struct index *plans, const struct table *t)
{
	size_t have = c->nr_values + c->nr_invalid, missing;

	if (c->nr_invalid) {
		fprintf(text, "%s: %zu of %zu boots do not count: %s", side,
			c->nr_invalid, have,
			c->reason ? c->reason : "no reason given");
		return true;
	}
	if (count_missing(plans, t, c, &missing)) {
		fprintf(text, "%s: %s", side, err_message());
		return true;
	}
	if (missing)
		fprintf(text, "%s: %zu of %zu boots did not measure it", side,
			missing, have + missing);
	return missing;
}

/*
 * What only some pairs of a sample do, another number of pairs does more or less
 * often. Of times the number is found anew in each boot.
 */
static bool other_pairs(FILE *text, const struct compare_cell *cell)
{
	long long a = record_int(cell->old->values[0].record, "pairs");
	long long b = record_int(cell->new->values[0].record, "pairs");

	if (!cell->exact)
		return false;
	if (a != b)
		fprintf(text, "pairs in a sample: %lld in OLD, %lld in NEW", a, b);
	return a != b;
}

static void put_figures(FILE *text, const struct compare_cell *cell,
			const struct compare_group *g, enum quantity q,
			double allowed)
{
	const struct compare_diff *d = &cell->diff[q];
	char old[FIGURE_LEN], new[FIGURE_LEN], diff[FIGURE_LEN];
	char limit[FIGURE_LEN];
	const bool exact = compare_is_exact(cell, q), bytes = q == QUANTITY_BYTES;
	bool one = !strcmp(g->unit, "insn") && fabs(d->diff) == 1;

	fprintf(text, "%s to %s, %s %s per %s",
		figure(old, d->old, false, exact),
		figure(new, d->new, false, exact),
		figure(diff, d->diff, true, exact),
		bytes ? "B" : one ? "instruction" : compare_unit(g),
		bytes ? compare_bytes_per(cell) : bench_op(g->bench));
	if (d->scale)
		fprintf(text, " (%+.2f%%)", compare_percent(d, d->diff));
	fprintf(text, ", %s allowed", figure(limit, allowed, false, exact));
}

static size_t fewer(const struct compare_cell *cell)
{
	return cell->nr_old < cell->nr_new ? cell->nr_old : cell->nr_new;
}

/*
 * Boots that would probably suffice. If the difference is below the limit:
 * until the interval's upper end is below, too; it narrows with the root of the
 * boots. If it is above: until that is significant with a chance of 80 %.
 */
static double boots_wanted(const struct compare *c,
			   const struct compare_cell *cell,
			   const struct compare_diff *d, double allowed)
{
	double have = (double)fewer(cell), want;

	if (d->diff < allowed)
		want = have * pow((d->high - d->diff) / (allowed - d->diff), 2);
	else
		want = (double)mann_whitney_boots(d->effect,
						  c->opt.alpha / c->nr_tests,
						  0.8);
	return fmax(ceil(want), have + 1);
}

static void put_boots_wanted(FILE *text, const struct compare_cell *cell,
			     double want)
{
	double more = want - (double)fewer(cell);

	if (more < 1000)
		fprintf(text, "need about %.0f more %s of each side", more,
			more < 1.5 ? "boot" : "boots");
	else
		fprintf(text, "need more than 1000 more boots of each side");
}

/* A significant increase, unless moving the code has as much effect. */
static enum gate_state regressed(FILE *text, const struct compare *c,
				 const struct compare_cell *cell,
				 enum quantity q)
{
	const struct compare_diff *d = &cell->diff[q];
	double worth = compare_layouts(c, cell, q);

	if (!(d->diff <= worth))
		return GATE_REGRESSION;
	fprintf(text, ": the code's layout alone has an effect of %.2f%%",
		compare_percent(d, worth));
	return GATE_INCONCLUSIVE;
}

static enum gate_state judge_timed(const struct gate *g, FILE *text,
				   const struct compare_cell *cell,
				   enum quantity q, double allowed)
{
	const struct compare *c = g->compare;
	const struct compare_diff *d = &cell->diff[q];

	fprintf(text, "; interval %+.2f%% to %+.2f%%, q %.3g",
		compare_percent(d, d->low), compare_percent(d, d->high), d->q);
	if (d->verdict == VERDICT_MORE && d->diff > allowed)
		return regressed(text, c, cell, q);
	if (d->verdict == VERDICT_FEW) {
		fprintf(text, ": too few boots to find anything, ");
		put_boots_wanted(text, cell, (double)cell->need);
		return GATE_INCONCLUSIVE;
	}
	if (c->opt.control && d->floor > allowed) {
		fprintf(text, ": two runs of OLD are %.2f%% apart, which is more than what is allowed",
			compare_percent(d, d->floor));
		return GATE_INCONCLUSIVE;
	}
	if (d->high <= allowed)
		return d->verdict == VERDICT_LESS ? GATE_IMPROVED : GATE_PASS;
	fprintf(text, ": the interval ends above that, ");
	put_boots_wanted(text, cell, boots_wanted(c, cell, d, allowed));
	return GATE_INCONCLUSIVE;
}

static enum gate_state judge(const struct gate *g, FILE *text,
			     const struct compare_group *group,
			     const struct compare_cell *cell, enum quantity q,
			     const struct threshold *rule)
{
	const struct compare_diff *d = &cell->diff[q];
	char high[FIGURE_LEN];
	double allowed;

	if (!rule) {
		fprintf(text, "no rule for it: --thresholds takes a file with one");
		return GATE_INCONCLUSIVE;
	}
	if (rule->ignore) {
		fprintf(text, "ignored by %s, line %zu",
			threshold_source(g->thresholds, rule), rule->line);
		return GATE_IGNORED;
	}
	if (cell->reason[0]) {
		fprintf(text, "%s", cell->reason);
		return GATE_INCONCLUSIVE;
	}
	if (lost_boots(text, "OLD", cell->old, &g->old_plans, &g->compare->old) ||
	    lost_boots(text, "NEW", cell->new, &g->new_plans, &g->compare->new) ||
	    other_pairs(text, cell))
		return GATE_INCONCLUSIVE;
	if (q == QUANTITY_BYTES && cell->no_bytes) {
		fprintf(text, "%s", cell->no_bytes);
		return GATE_INCONCLUSIVE;
	}
	allowed = threshold_allowed(rule, d);
	put_figures(text, cell, group, q, allowed);
	if (!compare_is_exact(cell, q))
		return judge_timed(g, text, cell, q, allowed);
	if (d->diff > allowed)
		return regressed(text, g->compare, cell, q);
	if (d->high > allowed) {
		fprintf(text, ": %s in a layout of the code",
			figure(high, d->high, true, true));
		return GATE_INCONCLUSIVE;
	}
	return d->diff < 0 ? GATE_IMPROVED : GATE_PASS;
}

static int check_cell(struct gate *g, const struct compare_group *group,
		      const struct compare_cell *cell, enum quantity q)
{
	const struct compare_pair *p = &g->compare->pairs[group->pair];
	const struct threshold *rule = thresholds_find(g->thresholds, group,
						       cell->param, q);
	const struct compare_diff *diff = &cell->diff[q];
	enum gate_state state;
	struct draft d;

	if (!compare_has(cell, q) ||
	    (!rule && (q == QUANTITY_ON || q == QUANTITY_BYTES)))
		return 0;
	if (begin(&d, "%s %s %s %lld %s%s%s: %s", group->topology,
		  group->instrument, group->bench, cell->param, p->old_name,
		  strcmp(p->old_name, p->new_name) ? " to " : "",
		  strcmp(p->old_name, p->new_name) ? p->new_name : "",
		  quantity_name(q)))
		return EX_FAIL;
	state = judge(g, d.text, group, cell, q, rule);
	if (rule)
		g->judged[rule - g->thresholds->rules]++;
	if (state == GATE_REGRESSION)
		d.check.above = compare_percent(diff, diff->diff -
						threshold_allowed(rule, diff));
	return finish(g, &d, state);
}

void gate_select(struct compare *c, const struct thresholds *t)
{
	size_t i, k, q;

	for (i = 0; i < c->nr_groups; i++)
		for (k = 0; k < c->groups[i].nr_cells; k++)
			for (q = 0; q < NR_QUANTITIES; q++) {
				struct compare_cell *cell =
					&c->groups[i].cells[k];
				const struct threshold *rule;

				rule = thresholds_find(t, &c->groups[i],
						       cell->param, q);
				cell->judged[q] = rule && !rule->ignore &&
						  compare_has(cell, q);
			}
}

int gate_judge(struct gate *g, const struct compare *c,
	       const struct thresholds *t)
{
	size_t i, k, q, judged = 0;
	struct draft d;

	*g = (struct gate){
		.compare = c, .thresholds = t,
		.judged = calloc(t->nr, sizeof(*g->judged)),
	};
	if (!g->judged) {
		no_memory();
		goto fail;
	}
	if (count_plans(&g->old_plans, &c->old) ||
	    count_plans(&g->new_plans, &c->new) || check_runs(g))
		goto fail;
	for (i = 0; i < c->nr_groups; i++)
		for (k = 0; k < c->groups[i].nr_cells; k++)
			for (q = 0; q < NR_QUANTITIES; q++) {
				const struct compare_cell *cell =
					&c->groups[i].cells[k];

				if (check_cell(g, &c->groups[i], cell, q))
					goto fail;
				judged += cell->judged[q];
			}
	/* A gate without judged cells must not pass. */
	if (!judged) {
		if (begin(&d, "there is something to judge"))
			goto fail;
		fprintf(d.text, "no cell was measured that a rule judges");
		if (finish(g, &d, GATE_INCONCLUSIVE))
			goto fail;
	}
	if (gate_notes(g))
		goto fail;
	return 0;
fail:
	gate_free(g);
	return EX_FAIL;
}

void gate_free(struct gate *g)
{
	size_t i;

	for (i = 0; i < g->nr; i++) {
		free(g->checks[i].name);
		free(g->checks[i].text);
	}
	for (i = 0; i < g->nr_notes; i++)
		free(g->notes[i].text);
	free(g->checks);
	free(g->notes);
	free(g->judged);
	index_free(&g->old_plans);
	index_free(&g->new_plans);
	memset(g, 0, sizeof(*g));
}

int gate_exit(const struct gate *g)
{
	return g->count[GATE_REGRESSION] ? EX_FAIL :
	       g->count[GATE_INCONCLUSIVE] ? EX_INVALID : 0;
}
