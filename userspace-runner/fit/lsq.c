// SPDX-License-Identifier: GPL-2.0-or-later
/* Weighted linear least squares, by GSL. */
#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit.h>
#include <math.h>

#include "base/err.h"
#include "base/gsl.h"
#include "base/memory.h"
#include "fit/lsq.h"

/* Singular values below this share of the largest count as none. */
#define TOLERANCE	1e-10

/* Above this a point alone decides its value: others cannot predict it. */
#define LEVERAGE_MAX	(1 - 1e-9)

struct work {
	gsl_matrix *x, *cov;
	gsl_vector *y, *w, *c, *cx;
	gsl_multifit_linear_workspace *gsl;
};

static void work_free(struct work *k)
{
	gsl_matrix_free(k->x);
	gsl_matrix_free(k->cov);
	gsl_vector_free(k->y);
	gsl_vector_free(k->w);
	gsl_vector_free(k->c);
	gsl_vector_free(k->cx);
	gsl_multifit_linear_free(k->gsl);
}

static int work_alloc(struct work *k, const double *x, const double *y,
		      const double *w, size_t nr, size_t terms)
{
	gsl_tame();
	*k = (struct work){
		.x = gsl_matrix_alloc(nr, terms),
		.cov = gsl_matrix_alloc(terms, terms),
		.y = gsl_vector_alloc(nr),
		.w = gsl_vector_alloc(nr),
		.c = gsl_vector_alloc(terms),
		.cx = gsl_vector_alloc(terms),
		.gsl = gsl_multifit_linear_alloc(nr, terms),
	};
	if (!k->x || !k->cov || !k->y || !k->w || !k->c || !k->cx || !k->gsl) {
		work_free(k);
		return no_memory();
	}
	for (size_t i = 0; i < nr; i++) {
		for (size_t j = 0; j < terms; j++)
			gsl_matrix_set(k->x, i, j, x[i * terms + j]);
		gsl_vector_set(k->y, i, y[i]);
		gsl_vector_set(k->w, i, w[i]);
	}
	return 0;
}

/* Compute leverages from k->cov, which is (X' W X)^-1. */
static void leave_out(struct lsq *fit, struct work *k, size_t nr)
{
	double sum = 0, e, h, w;
	gsl_vector_view row;

	for (size_t i = 0; i < nr; i++) {
		row = gsl_matrix_row(k->x, i);
		w = gsl_vector_get(k->w, i);
		gsl_blas_ddot(&row.vector, k->c, &e);
		e = gsl_vector_get(k->y, i) - e;
		gsl_blas_dsymv(CblasUpper, 1, k->cov, &row.vector, 0, k->cx);
		gsl_blas_ddot(&row.vector, k->cx, &h);
		h *= w;
		if (h > LEVERAGE_MAX) {
			fit->alone++;
			continue;
		}
		e = sqrt(w) * fabs(e) / (1 - h);
		sum += e * e;
		if (e >= fit->left_out_worst) {
			fit->left_out_worst = e;
			fit->left_out_at = i;
		}
	}
	fit->press = fit->alone < nr ? sqrt(sum / (nr - fit->alone)) : 0;
}

int lsq_fit(struct lsq *fit, const double *x, const double *y, const double *w,
	    size_t nr, size_t nr_terms, double level)
{
	double chisq, variance, t;
	struct work k;
	size_t rank;
	int bad;

	*fit = (struct lsq){ .nr_terms = nr_terms };
	if (nr < nr_terms || !nr_terms || nr_terms > LSQ_MAX_TERMS)
		return err(EX_FAIL, "%zu points are too few for %zu terms",
			   nr, nr_terms);
	bad = work_alloc(&k, x, y, w, nr, nr_terms);
	if (bad)
		return bad;
	bad = gsl_multifit_wlinear_tsvd(k.x, k.w, k.y, TOLERANCE, k.c, k.cov,
					&chisq, &rank, k.gsl);
	if (bad) {
		work_free(&k);
		return err(EX_FAIL, "the fit failed: %s", gsl_strerror(bad));
	}
	/*
	 * GSL's covariance is (X' W X)^-1, for weights that are inverse
	 * variances. Ours are that only up to a factor.
	 */
	variance = nr > nr_terms ? chisq / (nr - nr_terms) : NAN;
	t = nr > nr_terms ? gsl_cdf_tdist_Pinv(1 - (1 - level) / 2,
					       nr - nr_terms) : NAN;
	for (size_t j = 0; j < nr_terms; j++) {
		fit->coef[j] = gsl_vector_get(k.c, j);
		fit->half[j] = t * sqrt(variance * gsl_matrix_get(k.cov, j, j));
	}
	fit->rank_deficient = rank < nr_terms;
	leave_out(fit, &k, nr);
	work_free(&k);
	return 0;
}

double lsq_predict(const struct lsq *fit, const double *row)
{
	double sum = 0;

	for (size_t j = 0; j < fit->nr_terms; j++)
		sum += fit->coef[j] * row[j];
	return sum;
}
