#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write stats.json: what SciPy and statsmodels say of some groups of numbers.

To be run in this directory, with Debian's python3-scipy and python3-statsmodels,
when a case is added; the tests only read what it wrote.
"""
import itertools
import json

import numpy
from scipy import stats
import scipy
import statsmodels
from statsmodels.stats.multitest import multipletests

rng = numpy.random.default_rng(20260701)


def groups():
    """(name, x, y): without ties, with ties, small, odd, even, far apart."""
    yield "one each", [1.0], [2.0]
    yield "two and three", [3.0, 1.0], [2.0, 5.0, 4.0]
    yield "apart", [1.0, 2.0, 3.0, 4.0, 5.0], [6.0, 7.0, 8.0, 9.0, 10.0]
    yield "the same", [1.0, 2.0, 3.0], [1.0, 2.0, 3.0]
    yield "all equal", [7.0] * 4, [7.0] * 5
    yield "ties", [1.0, 2.0, 2.0, 3.0, 5.0], [2.0, 3.0, 3.0, 6.0]
    for n, m in ((4, 4), (5, 5), (6, 7), (8, 8), (10, 10), (12, 9), (25, 25),
                 (30, 30), (31, 30), (60, 60), (101, 80)):
        x = rng.lognormal(0, .02, n) * 1000
        y = rng.lognormal(0, .02, m) * 1008
        yield "%d and %d" % (n, m), list(x), list(y)
        if n + m < 20 or n + m > 60:
            yield ("%d and %d, rounded" % (n, m),
                   [round(v, -1) for v in x], [round(v, -1) for v in y])


def rank_sum_p(x, y):
    """Every choice of len(y) of the numbers, as the definition has it."""
    ranks = stats.rankdata(list(x) + list(y))
    seen = ranks[len(x):].sum()
    sums = [sum(c) for c in itertools.combinations(ranks, len(y))]
    low = sum(s <= seen + 1e-9 for s in sums) / len(sums)
    high = sum(s >= seen - 1e-9 for s in sums) / len(sums)
    return min(1, 2 * min(low, high))


def has_ties(x, y):
    return len(set(x + y)) < len(x) + len(y)


def mann_whitney(x, y):
    exact = len(x) + len(y) <= 60
    u = stats.mannwhitneyu(y, x, alternative="two-sided",
                           method="exact" if exact else "asymptotic")
    if exact and has_ties(x, y):
        return u.statistic, rank_sum_p(x, y), "every choice counted"
    return u.statistic, u.pvalue, "exact" if exact else "asymptotic"


def difference(x, y, axis):
    return numpy.median(y, axis=axis) - numpy.median(x, axis=axis)


def interval(x, y, level):
    """Ends, and how far to either side a share of 0.003 more or less leads."""
    ends = []
    draws = stats.bootstrap((x, y), difference, n_resamples=200000,
                            confidence_level=level, method="percentile",
                            vectorized=True, batch=2000, random_state=rng)
    ends = [draws.confidence_interval.low, draws.confidence_interval.high]
    # scipy 1.10 does not hand out the draws: the same again for the margin
    margins = []
    for delta in (-.003, .003):
        again = stats.bootstrap((x, y), difference, n_resamples=200000,
                                confidence_level=level + 2 * delta,
                                method="percentile", vectorized=True,
                                batch=2000, random_state=rng)
        margins.append([again.confidence_interval.low,
                        again.confidence_interval.high])
    low = [margins[1][0], ends[0], margins[0][0]]
    high = [margins[0][1], ends[1], margins[1][1]]
    return {"level": level, "low": [min(low), max(low)],
            "high": [min(high), max(high)]}


def main():
    cases = []
    for name, x, y in groups():
        u, p, how = mann_whitney(x, y)
        case = {"name": name, "x": x, "y": y, "u": u, "p": p, "how": how,
                "median_x": float(numpy.median(x)),
                "median_y": float(numpy.median(y))}
        if 2 <= min(len(x), len(y)) and len(x) + len(y) <= 100:
            case["intervals"] = [interval(x, y, level)
                                 for level in (.9, .95)]
        cases.append(case)
    families = []
    for p in ([.01], [.04, .01, .03, .02], [.5, .5, .5], [0, 1, .2, .2, .03],
              list(rng.uniform(0, 1, 30)), list(rng.uniform(0, 1, 25) ** 4)):
        families.append({"p": p, "q": list(multipletests(
            p, method="fdr_bh")[1])})
    noether = []
    for effect, alpha, power in ((.8, .05, .8), (.95, .01, .9), (.2, .05, .8),
                                 (.5001, .05, .8)):
        z = stats.norm.isf(alpha / 2) + stats.norm.ppf(power)
        noether.append({"effect": effect, "alpha": alpha, "power": power,
                        "boots": float(numpy.ceil(
                            z ** 2 / (12 * .25 * (effect - .5) ** 2) / 2))})
    with open("stats.json", "w", encoding="utf-8") as out:
        json.dump({"scipy": scipy.__version__,
                   "statsmodels": statsmodels.__version__,
                   "numpy": numpy.__version__, "groups": cases,
                   "families": families, "noether": noether}, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()
