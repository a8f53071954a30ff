/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Weighted linear least squares, by GSL. */
#ifndef PCPUBENCH_FIT_LSQ_H
#define PCPUBENCH_FIT_LSQ_H

#include <stddef.h>

#define LSQ_MAX_TERMS	24

/*
 * @coef, @half: coefficients, and half the width of each confidence interval;
 *	NaN if there are no more points than terms
 * @press: square root of the weighted mean of squared errors, each point
 *	predicted from all others
 * @left_out_worst: the largest of these errors, times the root of its weight, and
 *	@left_out_at its point
 * @alone: points with a term of their own; not in the errors above, as the
 *	others cannot predict them
 * @rank_deficient: some terms are, on these points, combinations of others
 */
struct lsq {
	size_t nr_terms;
	double coef[LSQ_MAX_TERMS];
	double half[LSQ_MAX_TERMS];
	double press;
	double left_out_worst;
	size_t left_out_at;
	size_t alone;
	int rank_deficient;
};

/**
 * lsq_fit - minimise sum(w * (y - X c)^2)
 * @x: @nr rows of @nr_terms values
 * @y, @w: @nr values and weights, weights above 0
 * @level: of confidence intervals, such as 0.95
 *
 * Intervals are coefficient +- t(1 - (1 - level) / 2, nr - terms) standard errors,
 * the variance of the residuals taken from the fit. The errors of prediction
 * are e_i / (1 - h_i), h_i the leverage of point i (PRESS; D. M. Allen, "The
 * relationship between variable selection and data augmentation and a method
 * for prediction", Technometrics 16, 1974). Returns 0, or EX_FAIL with err()
 * when memory ran out or there are fewer points than terms.
 */
int lsq_fit(struct lsq *fit, const double *x, const double *y, const double *w,
	    size_t nr, size_t nr_terms, double level);

/* Prediction at a row of @fit->nr_terms values. */
double lsq_predict(const struct lsq *fit, const double *row);

#endif
