/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The statistics of two groups of boots. Each number is one boot's result
 * (never one of its loops), so that numbers are independent of each other.
 * docs/gate.md has the formulas and tells how they were checked.
 */
#ifndef PCPUBENCH_STATS_STATS_H
#define PCPUBENCH_STATS_STATS_H

#include <stddef.h>

/* Boots of both groups together up to which mann_whitney() is exact. */
#define MANN_WHITNEY_EXACT	60

/* The fewest numbers that median_interval_of() has an interval of at 0.95. */
#define MEDIAN_INTERVAL_LEAST	6

/*
 * Sorts @nr numbers and returns their median: the mean of the two in the middle
 * when @nr is even, NaN when it is 0.
 */
double median_of(double *x, size_t nr);

/**
 * mann_whitney - do the numbers of two groups have the same distribution?
 * @u: U of @y, 0 to nr_x * nr_y: pairs in which y is above x, ties counting half
 * @p: two-sided, 0 to 1
 *
 * H. B. Mann, D. R. Whitney, Ann. Math. Statist. 18 (1947) 50. Exact up to
 * MANN_WHITNEY_EXACT numbers, with ties too: the distribution of the sum of
 * midranks over all choices of nr_y of the numbers, by the shift algorithm of
 * B. Streitberg and J. Roehmel, Statistical Software Newsletter 12 (1986) 10; p
 * is twice the smaller tail. Above that normal, corrected for ties and
 * continuity. An empty group gives p = 1 and U = 0. Returns 0, or EX_FAIL with
 * err() when memory ran out.
 */
int mann_whitney(const double *x, size_t nr_x, const double *y, size_t nr_y,
		 double *u, double *p);

/* The smallest p that mann_whitney() can give without ties, for exact sizes. */
double mann_whitney_least_p(size_t nr_x, size_t nr_y);

/**
 * mann_whitney_boots - boots of each group needed to find @effect
 * @effect: P(y > x) + P(y = x) / 2, that is U / (nr_x * nr_y)
 * @alpha: two-sided level, above 0, below 1
 * @power: wanted, above 0, below 1
 *
 * G. E. Noether, J. Amer. Statist. Assoc. 82 (1987) 645, for groups of the same
 * size. Rounded up; SIZE_MAX where there is no effect (0.5).
 */
size_t mann_whitney_boots(double effect, double alpha, double power);

/**
 * median_interval - confidence interval of median(y) - median(x)
 * @level: of confidence, above 0, below 1, such as 0.95
 * @low, @high: its ends, in the unit of @x
 *
 * By the percentile bootstrap (B. Efron, Ann. Statist. 7 (1979) 1), both groups
 * drawn with replacement. Computes the limit for infinitely many draws and
 * draws nothing: a median can only be one of the numbers or the middle of two,
 * with known probabilities (J. S. Maritz, R. G. Jarrett, J. Amer. Statist.
 * Assoc. 73 (1978) 194). So the result needs no seed. An empty group gives -inf
 * and +inf. Returns 0, or EX_FAIL with err() when memory ran out.
 */
int median_interval(const double *x, size_t nr_x, const double *y, size_t nr_y,
		    double level, double *low, double *high);

/**
 * median_interval_of - confidence interval of one group's median
 *
 * From the k-th lowest of the numbers to the k-th highest, k by the binomial
 * distribution (W. R. Thompson, Ann. Math. Statist. 7 (1936) 122): the true median is
 * in there at least as often as @level says, whatever the distribution. The bootstrap
 * of one median holds it in 87 % of all groups of seven at 0.95, and in half of all
 * pairs. -inf and +inf if even all the numbers are too few, at 0.95 below
 * MEDIAN_INTERVAL_LEAST. Returns 0, or EX_FAIL with err() when memory ran out.
 */
int median_interval_of(const double *x, size_t nr, double level, double *low,
		       double *high);

/**
 * false_discovery - adjust p-values for their number
 * @p: @nr of them, 0 to 1
 * @q: the adjusted ones, in the same order; may be @p
 *
 * Y. Benjamini, Y. Hochberg, J. R. Statist. Soc. B 57 (1995) 289: among all with
 * q <= alpha the expected share of false ones is at most alpha. Returns 0, or
 * EX_FAIL with err() when memory ran out.
 */
int false_discovery(const double *p, size_t nr, double *q);

/**
 * split_floor - the noise: how far apart two halves of the same boots are
 * @level: quantile of all halvings to take, above 0, below 1
 * @floor: the difference of medians, not negative, in the unit of @x
 *
 * The control when nothing was measured twice: @x is split into two groups, of
 * nr / 2 and the rest, in every way (if there are more than 500, in 500 ways
 * drawn with a fixed seed). @floor is the quantile of the absolute differences
 * of medians, divided by sqrt(2), as medians of half groups scatter that much
 * more. Fewer than SPLIT_LEAST numbers give 0. Returns 0, or EX_FAIL with err() when
 * memory ran out.
 */
int split_floor(const double *x, size_t nr, double level, double *floor);

/* The quantile of split_floor() that counts as noise. */
#define SPLIT_LEVEL	0.95

/* The fewest numbers that can be split. */
#define SPLIT_LEAST	4

/*
 * The fewest whose halves have an interval: of 4 to 7 normal numbers median_interval()
 * at 0.95 holds 0 in 67, 80, 90 and 91 % only, of 8 in 93 %, of 9 and more in 95 to 97 %.
 */
#define SPLIT_INTERVAL_LEAST	8

/*
 * @floor: of split_floor() at SPLIT_LEVEL
 * @low, @high: median_interval() at 0.95 of one half's median less the other's; NaN
 *	below SPLIT_INTERVAL_LEAST numbers
 * @p: of mann_whitney(), that the halves are alike
 */
struct split_control {
	double floor, low, high, p;
};

/**
 * split_control - the A/A control: the same kernel's boots against each other
 * @x: in the order of the boots, at least SPLIT_LEAST
 *
 * The halves are the first, third, ... and the second, fourth, ... boot, as
 * kernels that are booted in turn lie among each other. Returns 0, or EX_FAIL
 * with err() when memory ran out.
 */
int split_control(const double *x, size_t nr, struct split_control *c);

#endif
