"""The formulas that no library gives ready made, each short enough to check by eye.

Everything else in `values.py` is a call of scikit-learn, scipy, statsmodels or fairlearn.
Nothing here was taken from, or compared with, the engine that these numbers are there to test.
"""

from fractions import Fraction

import numpy as np
from scipy import optimize, stats
from statsmodels.stats.proportion import score_test_proportions_2indep

Z = stats.norm.ppf(0.975)


# ---- AUC: DeLong's variance with the midranks of Sun and Xu (2014) ----


def delong(y, s):
    """AUC and its variance. `y` is 0/1, a higher `s` means 1. Ties count one half."""
    x, z = s[y == 1], s[y == 0]
    m, n = len(x), len(z)
    ranks = stats.rankdata(np.concatenate([x, z]))
    v10 = (ranks[:m] - stats.rankdata(x)) / n
    v01 = 1 - (ranks[m:] - stats.rankdata(z)) / m
    auc = (ranks[:m].sum() - m * (m + 1) / 2) / (m * n)
    variance = np.var(v10, ddof=1) / m + np.var(v01, ddof=1) / n
    return auc, variance


def delong_by_pairs(y, s):
    """The same by comparing every pair: the definition, slow. Used to check `delong`."""
    x, z = s[y == 1], s[y == 0]
    psi = (x[:, None] > z[None, :]) + 0.5 * (x[:, None] == z[None, :])
    v10, v01 = psi.mean(axis=1), psi.mean(axis=0)
    return psi.mean(), np.var(v10, ddof=1) / len(x) + np.var(v01, ddof=1) / len(z)


# ---- bins: always (low, high], the first one closed below ----


def place(values, inner):
    """Index of the bin of each value; a value equal to an edge goes below it."""
    return np.searchsorted(inner, values, side="left")


def width_edges(m):
    """Inner edges k/m of [0, 1], each the correctly rounded quotient."""
    return np.array([k / m for k in range(1, m)])


def mass_edges(values, m):
    """Inner edges at the type-7 quantiles k/m, repeated edges taken once."""
    return np.unique(np.quantile(values, [k / m for k in range(1, m)], method="linear"))


def mass_edges_exact(values, m):
    """The same in exact rational arithmetic, to prove that no value sits on a rounding."""
    v = np.sort(values)
    edges = set()
    for k in range(1, m):
        h = Fraction(k, m) * (len(v) - 1)
        i = int(h)
        a = Fraction(float(v[i]))
        edges.add(a if h == i else a + (h - i) * (Fraction(float(v[i + 1])) - a))
    return sorted(edges)


def same_bins(values, inner, exact):
    """Whether float edges and exact edges put every distinct value in the same bin."""
    distinct = np.unique(values)
    if len(inner) != len(exact):
        return False
    below = [0] * len(distinct)
    j = 0
    for i, v in enumerate(distinct):
        f = Fraction(float(v))
        while j < len(exact) and f > exact[j]:
            j += 1
        below[i] = j
    return bool(np.array_equal(place(distinct, inner), np.array(below)))


def reliability(y, s, inner, w):
    """Of each bin that is not empty: index, rows, weight, mean score, mean label."""
    b = place(s, inner)
    out = []
    for k in range(len(inner) + 1):
        at = b == k
        if at.any():
            out.append((k, int(at.sum()), w[at].sum(), np.average(s[at], weights=w[at]), np.average(y[at], weights=w[at])))
    return out


def ece(points):
    total = sum(p[2] for p in points)
    return sum(p[2] / total * abs(p[4] - p[3]) for p in points)


def mce(points):
    return max(abs(p[4] - p[3]) for p in points)


def hosmer_lemeshow(points):
    """Statistic and p-value with (bins that are not empty − 2) degrees of freedom."""
    h = sum(n * (o - e) ** 2 / (e * (1 - e)) for _, n, _, e, o in points)
    return h, stats.chi2.sf(h, len(points) - 2), len(points) - 2


# ---- cumulative gain: tied scores are shared out in proportion ----


def gain(y, s, w, share):
    """Share of the positives among the `share` of rows with the highest scores."""
    distinct, block = np.unique(-s, return_inverse=True)
    rows = np.concatenate([[0.0], np.cumsum(np.bincount(block, weights=w, minlength=len(distinct)))])
    hits = np.concatenate([[0.0], np.cumsum(np.bincount(block, weights=w * y, minlength=len(distinct)))])
    return np.interp(share * rows[-1], rows, hits) / hits[-1]


# ---- inequality of benefits, b = decision − label + 1 (Speicher and others 2018) ----


def entropy(y, d, w, alpha):
    """Generalised entropy index; alpha 1 is Theil's."""
    b = d - y + 1.0
    r = b / np.average(b, weights=w)
    if alpha == 1:
        logs = np.where(r > 0, r * np.log(np.where(r > 0, r, 1.0)), 0.0)
        return np.average(logs, weights=w)
    return np.average(r**alpha - 1, weights=w) / (alpha * (alpha - 1))


# ---- drift ----

FLOOR = 1e-4


def psi(reference, current):
    """Population stability index of two lists of shares; a share below the floor is the floor."""
    p, q = np.maximum(reference, FLOOR), np.maximum(current, FLOOR)
    return float(np.sum((q - p) * np.log(q / p)))


def hellinger(p, q):
    return float(np.sqrt(np.sum((np.sqrt(p) - np.sqrt(q)) ** 2) / 2))


def total_variation(p, q):
    return float(np.abs(p - q).sum() / 2)


# ---- ratio of two rates: Koopman's score interval by inverting the test ----


def koopman(k1, n1, k2, n2):
    """Every ratio that the score test (statsmodels, no correction) does not reject; the upper end is
    None when the reference's count is zero.

    statsmodels' own closed form agrees (see `values.py`), but is wrong when a rate is one: for 5 of 9
    against 3 of 3 it gives a lower end above the ratio.
    """
    if not (n1 and n2) or (k1 == 0 and k2 == 0):
        return None

    def excess(log_ratio):
        test = score_test_proportions_2indep(k1, n1, k2, n2, value=np.exp(log_ratio), compare="ratio", correction=False)
        return abs(test.statistic) - Z

    observed = np.log(k1 / n1 / (k2 / n2)) if k1 and k2 else (-12.0 if k2 else 12.0)
    ends = []
    for side in (-1, 1):
        if (side < 0 and k1 == 0) or (side > 0 and k2 == 0):
            ends.append(0.0 if side < 0 else None)
            continue
        start, reach = observed + side * 1e-9, 0.25
        while excess(start + side * reach) < 0:
            reach *= 2
        ends.append(float(np.exp(optimize.brentq(excess, start, start + side * reach, xtol=1e-14, rtol=1e-14))))
    return ends
