"""Fits the two rational functions in Sources/CVectorMath/digamma.c; prints them and their errors.

    python3 -m venv .venv && .venv/bin/pip install mpmath==1.3.0
    .venv/bin/python fit_digamma.py

Each is fitted by the method of Sanathanan and Koerner (1963): least squares of f Q - P, divided by
the Q of the iterate before, at Chebyshev nodes and 70 digits; Lawson's weights (1961) level the
error. It is printed before and after the coefficients are rounded to double, relative to psi(1 + t)
and to psi(x + 1) - ln x.
"""

from mpmath import cos, digamma, findroot, log, lu_solve, matrix
from mpmath import mp, mpf, nstr, pi, polyval, psi, sqrt

mp.dps = 70
ROOT = findroot(digamma, mpf("1.46163214496836234126"))
SEAM = mpf(9) / 8


def fit(function, weight, end, numerator, denominator, rounds=16, nodes=120):
    """P and Q, constant term first and Q[0] = 1, with P / Q near `function` on 0 ... `end`."""
    xs = [end / 2 * (1 - cos(pi * i / nodes)) for i in range(nodes + 1)]
    powers = [[x**j for j in range(max(numerator, denominator) + 1)] for x in xs]
    values = [function(x) for x in xs]
    weights = [weight(x) for x in xs]
    lawson = [mpf(1)] * len(xs)
    divisors = [mpf(1)] * len(xs)
    unknowns = numerator + 1 + denominator
    best = None
    for _ in range(rounds):
        normal, right = matrix(unknowns, unknowns), matrix(unknowns, 1)
        for i, value in enumerate(values):
            scale = lawson[i] * (weights[i] / divisors[i]) ** 2
            row = powers[i][: numerator + 1] + [-value * p for p in powers[i][1 : denominator + 1]]
            for a in range(unknowns):
                right[a] += scale * row[a] * value
                for b in range(unknowns):
                    normal[a, b] += scale * row[a] * row[b]
        solution = list(lu_solve(normal, right))
        p, q = solution[: numerator + 1], [mpf(1)] + solution[numerator + 1 :]
        divisors = [polyval(q[::-1], x) for x in xs]
        errors = [
            abs(w * (v - polyval(p[::-1], x) / d))
            for w, v, x, d in zip(weights, values, xs, divisors)
        ]
        worst = max(errors)
        if best is None or worst < best[0]:
            best = (worst, p, q)
        lawson = [l * (e / worst + mpf("1e-3")) for l, e in zip(lawson, errors)]
        mean = sum(lawson) / len(lawson)
        lawson = [l / mean for l in lawson]
    p, q = ([mpf(float(c)) for c in part] for part in best[1:])
    rounded = max(
        abs(w * (v - polyval(p[::-1], x) / polyval(q[::-1], x)))
        for w, v, x in zip(weights, values, xs)
    )
    return best[0], rounded, p, q


def near_root(t):
    """psi(1 + t) / (1 + t - root) - 1."""
    distance = 1 + t - ROOT
    quotient = psi(1, ROOT) if abs(distance) < mpf(10) ** -25 else digamma(1 + t) / distance
    return quotient - 1


def tail(z):
    """(ln x - 1 / 2x - psi(x)) x^2 where z = 1 / x^2; by its series where that would cancel."""
    if z < mpf(10) ** -7:
        series = [mpf(1) / 12, -mpf(1) / 120, mpf(1) / 252, -mpf(1) / 240, mpf(1) / 132]
        return polyval((series + [-mpf(691) / 32760, mpf(1) / 12])[::-1], z)
    x = 1 / sqrt(z)
    return (log(x) - 1 / (2 * x) - digamma(x)) * x * x


def tail_weight(z):
    """How an error of `tail` shows in psi(x + 1) - ln x = 1 / 2x - z tail(z), relative to it."""
    return mpf(1) / 1000 + (z / (sqrt(z) / 2 - z * tail(z)) if z else 0)


for name, result in {
    "near the root, t in 0 ... 9/8": fit(near_root, lambda t: 1 / (1 + near_root(t)), SEAM, 6, 6),
    "tail, z in 0 ... (8/9)^2": fit(tail, tail_weight, 1 / SEAM**2, 7, 8),
}.items():
    print(f"{name}: error {nstr(result[0], 3)}, with rounded coefficients {nstr(result[1], 3)}")
    for letter, coefficients in zip("PQ", result[2:]):
        print(f"  {letter}:", ", ".join(repr(float(c)) for c in coefficients))
