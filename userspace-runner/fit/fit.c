// SPDX-License-Identifier: GPL-2.0-or-later
/* Searches a model for each kernel and size, and finds its errors. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/list.h"
#include "base/memory.h"
#include "fit/fit.h"

/* By default every 4th topology is held out. */
#define HOLD_EVERY	4
#define HOLD_FIRST	2
/* With fewer topologies none is held out. */
#define HOLD_FROM	8
/* A term must lower the error of predictions to this share. */
#define TERM_GAIN	0.9
/* Relative error of a fit that is exact but for rounding. */
#define EXACT		1e-9
/* Fewer topologies are not fitted. */
#define MIN_POINTS	3
/* From this many on a fit has at least two points more than terms, else one. */
#define MANY_POINTS	6

double fit_error(double a, double b)
{
	return b ? fabs(a - b) / fabs(b) : fabs(a - b);
}

const char *fit_at(const struct fit_point *p, char text[FIT_AT_LEN])
{
	int len = snprintf(text, FIT_AT_LEN, "%s", p->at.topo.name);

	if (p->at.above)
		snprintf(text + len, FIT_AT_LEN - len, " depth=%u",
			 p->at.above + 1);
	return text;
}

double fit_predict(const struct fit_model *m, const struct model_at *at)
{
	double row[LSQ_MAX_TERMS] = { 0 };

	for (size_t j = 0; j < m->lsq.nr_terms; j++)
		row[j] = model_terms[m->terms[j]].value(at);
	return lsq_predict(&m->lsq, row);
}

/* ------------------------------------------------------------- one model */

/* Weigh costs below one instruction like one instruction. */
static double weight(const struct fit_point *p)
{
	return 1 / fmax(p->cost * p->cost, 1);
}

/* Fit @m's terms to the points that are not held out. */
static int solve(struct fit_model *m, const struct fit *f, size_t nr_terms)
{
	size_t i, j, n = 0, room = f->nr_points;
	double *x = calloc(room * nr_terms, sizeof(*x));
	double *y = calloc(room, sizeof(*y)), *w = calloc(room, sizeof(*w));
	int ret;

	for (i = 0; x && y && w && i < room; i++) {
		const struct fit_point *p = &f->points[i];

		if (p->held_out)
			continue;
		for (j = 0; j < nr_terms; j++)
			x[n * nr_terms + j] =
				model_terms[m->terms[j]].value(&p->at);
		y[n] = p->cost;
		w[n] = weight(p);
		n++;
	}
	ret = x && y && w ? lsq_fit(&m->lsq, x, y, w, n, nr_terms, FIT_LEVEL) :
	      no_memory();
	free(x);
	free(y);
	free(w);
	return ret;
}

static void judge(struct fit_model *m, const struct fit *f)
{
	m->held_within = 0;
	m->held_worst = m->fit_worst = 0;
	for (size_t i = 0; i < f->nr_points; i++) {
		const struct fit_point *p = &f->points[i];
		double e = fit_error(fit_predict(m, &p->at), p->cost);

		if (p->held_out) {
			m->held_within += e <= FIT_WITHIN;
			if (e >= m->held_worst) {
				m->held_worst = e;
				m->held_worst_at = i;
			}
		} else if (e >= m->fit_worst) {
			m->fit_worst = e;
			m->fit_worst_at = i;
		}
	}
}

static bool insn(const struct fit *f)
{
	return !strcmp(f->unit, "insn");
}

static bool is_known(const struct model_term *t)
{
	return t->least || t->most;
}

/* The last term whose coefficient its mechanism cannot explain, or 0 */
static size_t implausible(const struct fit_model *m, const struct fit *f)
{
	const struct model_term *t;
	size_t j;

	if (!insn(f))
		return 0;
	for (j = m->lsq.nr_terms - 1; j; j--) {
		t = &model_terms[m->terms[j]];
		if (is_known(t) &&
		    (m->lsq.coef[j] < t->least || m->lsq.coef[j] > t->most))
			break;
	}
	return j;
}

/*
 * May @m's last term be used? Not if these points cannot tell it from others.
 * Not if only one point has it, since it would fit any value; unless its
 * mechanism is known and so limits the value.
 */
static bool may_take(const struct fit_model *m, size_t alone,
		     const struct fit *f)
{
	const struct model_term *last =
		&model_terms[m->terms[m->lsq.nr_terms - 1]];

	return !m->lsq.rank_deficient &&
	       (m->lsq.alone == alone || (insn(f) && is_known(last)));
}

/* Are there enough points for @nr + 1 terms? */
static bool room_for_term(const struct fit *f, size_t nr)
{
	size_t points = f->nr_points - f->nr_held;

	return nr < LSQ_MAX_TERMS &&
	       nr + 1 + (points < MANY_POINTS ? 1 : 2) <= points;
}

static bool has_term(const struct fit_model *m, size_t nr, size_t term)
{
	for (size_t j = 0; j < nr; j++)
		if (m->terms[j] == term)
			return true;
	return false;
}

/*
 * Add the best term, if one is good enough. Skip terms that are combinations of
 * others on these topologies, as nothing could tell them apart.
 */
static int grow(struct fit_model *m, const struct fit *f, bool *grown)
{
	struct fit_model best = *m, trial = *m;
	size_t nr = m->lsq.nr_terms, term;
	int ret = 0;

	*grown = false;
	if (!room_for_term(f, nr) || m->lsq.press < EXACT)
		return 0;
	for (term = 0; term < model_nr_terms && !ret; term++) {
		if (has_term(m, nr, term))
			continue;
		trial.terms[nr] = term;
		ret = solve(&trial, f, nr + 1);
		if (!ret && may_take(&trial, m->lsq.alone, f) &&
		    !implausible(&trial, f) && trial.lsq.press < best.lsq.press - EXACT)
			best = trial;
	}
	if (!ret && best.lsq.press < TERM_GAIN * m->lsq.press) {
		*m = best;
		*grown = true;
	}
	return ret;
}

static int take_out(struct fit_model *m, const struct fit *f, size_t j)
{
	size_t nr = m->lsq.nr_terms;

	memmove(&m->terms[j], &m->terms[j + 1],
		(nr - j - 1) * sizeof(m->terms[0]));
	return solve(m, f, nr - 1);
}

/* Remove the term that predictions need least, if they hardly need it. */
static int shrink(struct fit_model *m, const struct fit *f, bool *shrunk)
{
	struct fit_model trial, best = *m;
	size_t nr = m->lsq.nr_terms, j;
	int ret = 0;

	*shrunk = false;
	for (j = 1; j < nr && !ret; j++) {
		trial = *m;
		ret = take_out(&trial, f, j);
		if (ret || implausible(&trial, f) ||
		    (*shrunk && trial.lsq.press >= best.lsq.press))
			continue;
		best = trial;
		*shrunk = true;
	}
	if (*shrunk && best.lsq.press * TERM_GAIN <= m->lsq.press + EXACT)
		*m = best;
	else
		*shrunk = false;
	return ret;
}

/* Remove the least certain term whose interval contains 0. */
static int drop_unsure(struct fit_model *m, const struct fit *f, bool *dropped)
{
	size_t nr = m->lsq.nr_terms, j, worst = 0;
	double ratio, most = 1;

	*dropped = false;
	for (j = 1; j < nr; j++) {
		ratio = m->lsq.half[j] / fabs(m->lsq.coef[j]);
		if (ratio > most) {
			most = ratio;
			worst = j;
		}
	}
	if (!worst)
		return 0;
	*dropped = true;
	return take_out(m, f, worst);
}

/*
 * Take all terms that these topologies can tell apart. A term may be
 * implausible until the others are there, so check that at the end.
 */
static int everything(struct fit_model *m, const struct fit *f)
{
	struct fit_model trial = *m;
	size_t term;
	int ret = 0;

	for (term = 0; term < model_nr_terms && !ret; term++) {
		size_t nr = m->lsq.nr_terms;

		if (has_term(m, nr, term) || !room_for_term(f, nr))
			continue;
		trial = *m;
		trial.terms[nr] = term;
		ret = solve(&trial, f, nr + 1);
		if (!ret && may_take(&trial, m->lsq.alone, f))
			*m = trial;
	}
	while (!ret && (term = implausible(m, f)))
		ret = take_out(m, f, term);
	return ret;
}

static int improve(struct fit_model *m, const struct fit *f,
		   int (*step)(struct fit_model *m, const struct fit *f,
			       bool *changed))
{
	bool changed = true;
	int ret = 0;

	while (changed && !ret)
		ret = step(m, f, &changed);
	return ret;
}

/* Take @m, unless @f's model is almost as good. */
static int take_better(struct fit *f, const struct fit_model *m)
{
	struct fit_model trial = *m;
	int ret = improve(&trial, f, shrink);

	if (!ret && trial.lsq.press < TERM_GAIN * f->model.lsq.press)
		f->model = trial;
	return ret;
}

/*
 * Search upwards from the constant, upwards from the plain model, and downwards
 * from all terms: a term may help only together with another.
 */
static int search(struct fit *f)
{
	struct fit_model up, start = { 0 };
	int ret = solve(&start, f, 1), from;

	f->model = start;
	for (from = 0; from < 2 && !ret; from++) {
		up = start;
		ret = improve(&up, f, grow);
		if (!ret)
			ret = take_better(f, &up);
		up = start;
		if (!ret)
			ret = everything(&up, f);
		if (!ret)
			ret = take_better(f, &up);
		start = f->plain;
		if (!room_for_term(f, start.lsq.nr_terms - 1) ||
		    start.lsq.alone)
			break;
	}
	return ret ? ret : improve(&f->model, f, drop_unsure);
}

bool fit_varies(const struct fit *f, size_t term)
{
	double (*value)(const struct model_at *) = model_terms[term].value;

	for (size_t i = 1; i < f->nr_points; i++)
		if (value(&f->points[i].at) != value(&f->points[0].at))
			return true;
	return false;
}

bool fit_has_depths(const struct fit *f)
{
	for (size_t i = 1; i < f->nr_points; i++)
		if (f->points[i].at.above != f->points[0].at.above)
			return true;
	return false;
}

static int solve_plain(struct fit *f)
{
	size_t i, nr = 0;

	for (i = 0; i < model_nr_terms; i++)
		if (model_is_plain(&model_terms[i]) && (!i || fit_varies(f, i)))
			f->plain.terms[nr++] = i;
	return solve(&f->plain, f, nr);
}

/* lsq has only the points that are not held out: find its @nr'th. */
static size_t fitted_point(const struct fit *f, size_t nr)
{
	size_t i = 0;

	while (f->points[i].held_out || nr--)
		i++;
	return i;
}

static void give_verdict(struct fit *f)
{
	const struct fit_model *m = &f->model;

	f->worst = m->fit_worst;
	f->worst_at = m->fit_worst_at;
	if (f->nr_held && m->held_worst > f->worst) {
		f->worst = m->held_worst;
		f->worst_at = m->held_worst_at;
	}
	if (!f->nr_held && m->lsq.left_out_worst > f->worst) {
		f->worst = m->lsq.left_out_worst;
		f->worst_at = fitted_point(f, m->lsq.left_out_at);
	}
	f->verdict = f->worst <= FIT_WITHIN ? FIT_HOLDS :
		     f->worst <= FIT_LIMIT ? FIT_ROUGH : FIT_FAILS;
}

static int fit_one(struct fit *f)
{
	size_t i;
	int ret;

	ret = solve_plain(f);
	if (!ret)
		ret = search(f);
	if (ret)
		return ret;
	judge(&f->plain, f);
	judge(&f->model, f);
	give_verdict(f);
	for (i = 0; i < f->nr_points; i++)
		f->points[i].predicted = fit_predict(&f->model,
						     &f->points[i].at);
	return 0;
}

/* ------------------------------------------------------------ what to fit */

static int by_place(const void *a, const void *b)
{
	const struct topology *p = &((const struct fit_point *)a)->at.topo;
	const struct topology *q = &((const struct fit_point *)b)->at.topo;

	if (p->cpus != q->cpus)
		return p->cpus < q->cpus ? -1 : 1;
	if (p->nodes != q->nodes)
		return p->nodes < q->nodes ? -1 : 1;
	if (p->empty_nodes != q->empty_nodes)
		return p->empty_nodes < q->empty_nodes ? -1 : 1;
	if (p->mem_nodes != q->mem_nodes)
		return p->mem_nodes < q->mem_nodes ? -1 : 1;
	return (int)((const struct fit_point *)a)->at.above -
	       (int)((const struct fit_point *)b)->at.above;
}

static bool is_in(const char *list, const char *name)
{
	size_t len = strlen(name);
	const char *p = list;

	while ((p = strstr(p, name))) {
		if ((p == list || p[-1] == ',') &&
		    (p[len] == ',' || !p[len]))
			return true;
		p += len;
	}
	return false;
}

static void hold_out(struct fit *f, const char *list)
{
	for (size_t i = 0; i < f->nr_points; i++) {
		struct fit_point *p = &f->points[i];

		p->held_out = list ? is_in(list, p->at.topo.name) :
			      f->nr_points >= HOLD_FROM &&
			      i % HOLD_EVERY == HOLD_FIRST &&
			      i + 1 < f->nr_points;
		f->nr_held += p->held_out;
	}
}

static int check_name(char *name, void *table)
{
	const struct table *t = table;
	struct topology topo;
	int ret = topology_parse(name, &topo);

	for (size_t i = 0; i < t->topologies.nr && !ret; i++)
		if (!strcmp(name, t->topologies.name[i]))
			return 0;
	return ret ? ret : err(EX_USE, "cannot hold out %s: it was not measured",
			       name);
}

/* The fit of a cell of the bench @name; made for its first cell. */
static struct fit *get_fit(struct fit_set *set, const struct table_cell *c,
			   const char *name)
{
	char key[CELL_NAME_LEN + 80];
	size_t bench, place;
	struct fit *f;

	snprintf(key, sizeof(key), "%u %u %lld %s", c->kernel, c->instrument,
		 c->param, name);
	if (index_add(&set->benches, name, c->bench, &bench) ||
	    index_add(&set->cells, key, set->nr, &place))
		return NULL;
	if (place < set->nr)
		return &set->fits[place];
	if (array_room(&set->fits, set->nr, sizeof(*f)))
		return NULL;
	f = &set->fits[set->nr++];
	*f = (struct fit){
		.kernel = c->kernel, .bench = (unsigned int)bench,
		.instrument = c->instrument, .param = c->param,
		.unit = c->unit,
	};
	snprintf(f->name, sizeof(f->name), "%s", name);
	return f;
}

static int add_cell(struct fit_set *set, const struct table *t,
		    const struct table_cell *c)
{
	struct fit_point p = { .cost = c->cost, .off = c->off };
	char name[CELL_NAME_LEN];
	struct fit *f;

	if (!c->valid) {
		set->invalid++;
		return 0;
	}
	/* Skip an unknown topology's name, which does not tell the CPUs. */
	if (topology_parse(t->topologies.name[c->topology], &p.at.topo)) {
		set->foreign++;
		return 0;
	}
	p.at.size = c->param;
	p.at.in_mm = model_size(record_int(c->values->record, "mm.percpu"),
				p.at.topo.cpus);
	p.at.above = cell_name_depth(t->benches.name[c->bench], name) - 1;
	f = get_fit(set, c, name);
	if (!f || array_room(&f->points, f->nr_points, sizeof(p)))
		return EX_FAIL;
	f->points[f->nr_points++] = p;
	return 0;
}

/* By bench and instrument, then kernel and parameter. */
static int by_cell(const void *a, const void *b)
{
	const struct fit *p = a, *q = b;

	if (p->bench != q->bench)
		return p->bench < q->bench ? -1 : 1;
	if (p->instrument != q->instrument)
		return p->instrument < q->instrument ? -1 : 1;
	if (p->kernel != q->kernel)
		return p->kernel < q->kernel ? -1 : 1;
	return p->param < q->param ? -1 : p->param > q->param;
}

int fit_table(struct fit_set *set, const struct table *t, const char *list)
{
	size_t i, kept = 0;
	int ret = 0;

	*set = (struct fit_set){ 0 };
	if (list)
		ret = list_each("topology", list, check_name, (void *)t);
	for (i = 0; i < t->nr_cells && !ret; i++)
		ret = add_cell(set, t, &t->cells[i]);
	index_free(&set->benches);
	index_free(&set->cells);
	if (set->nr)
		qsort(set->fits, set->nr, sizeof(*set->fits), by_cell);
	for (i = 0; i < set->nr && !ret; i++) {
		struct fit f = set->fits[i];

		set->fits[i].points = NULL;
		qsort(f.points, f.nr_points, sizeof(*f.points), by_place);
		hold_out(&f, list);
		if (f.nr_points - f.nr_held < MIN_POINTS) {
			set->skipped++;
			free(f.points);
			continue;
		}
		ret = fit_one(&f);
		set->fits[kept++] = f;
	}
	if (!ret) {
		set->nr = kept;
		return 0;
	}
	fit_free(set);
	return ret;
}

void fit_free(struct fit_set *set)
{
	for (size_t i = 0; i < set->nr; i++)
		free(set->fits[i].points);
	free(set->fits);
	*set = (struct fit_set){ 0 };
}
