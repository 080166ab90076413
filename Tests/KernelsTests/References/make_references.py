"""Writes exp.txt, log.txt, digamma.txt and digamma_excess.txt, which KernelsTests read.

    python3 -m venv .venv && .venv/bin/pip install mpmath==1.3.0
    .venv/bin/python make_references.py

A line is an argument, the function there as correctly rounded, both as the bits of a double, and
what the rounding left out, in hundredths of the result's ulp. It writes the same files every time.
"""

import math
import random
import struct
from pathlib import Path

import mpmath
from mpmath import mp, mpf

RANDOM = random.Random(20260101)
INFINITY = math.inf
LEAST, GREATEST = 5e-324, 1.7976931348623157e308
ROOT = 1.4616321449683623


def bits(x):
    return struct.unpack("<Q", struct.pack("<d", x))[0]


def rounded(y):
    """The double nearest to `y`, and the rest in hundredths of its ulp."""
    step = max(int(mpmath.floor(mpmath.log(abs(y), 2))) - 52, -1074) if y else -1074
    count = int(mpmath.nint(mpmath.ldexp(y, -step)))
    try:
        nearest = math.ldexp(count, step)
    except OverflowError:
        return math.copysign(INFINITY, count), 0
    rest = (y - mpf(nearest)) / mpf(math.ulp(nearest))
    return nearest, int(mpmath.nint(rest * 100))


def digamma_excess(a):
    """psi(a + 1) - ln a, which cancels all but 1 / 2a."""
    return mpmath.digamma(a + 1) - mpmath.log(a)


def in_binade(exponent):
    """A number of 2^exponent ... 2^(exponent + 1), with as many random digits as fit there."""
    least = math.ldexp(1.0, exponent)
    return least + math.ldexp(RANDOM.random(), exponent)


def around(x, count):
    """`x` and its `count` neighbours on each side."""
    above, below = [x], [x]
    for _ in range(count):
        above.append(math.nextafter(above[-1], INFINITY))
        below.append(math.nextafter(below[-1], -INFINITY))
    return below[1:] + above


def approaching(x, count):
    """Numbers that come nearer to `x` from both sides, down to its neighbours."""
    gaps = [math.ldexp(1 + RANDOM.random(), -RANDOM.randint(1, 52)) for _ in range(count)]
    return [x + gap for gap in gaps] + [x - gap for gap in gaps]


def uniform(low, high, count):
    return [RANDOM.uniform(low, high) for _ in range(count)]


def positive_scales():
    """Every binade near 1, every third elsewhere, the subnormal ones and both ends included."""
    near = [in_binade(e) for e in range(-64, 65) for _ in range(2)]
    far = [in_binade(e) for e in range(-1074, 1024, 3) if abs(e) > 64]
    return near + far + [LEAST, 2.2250738585072014e-308, 1e-300, 1e300, GREATEST]


def exp_arguments():
    sizes = [in_binade(e) for e in range(-60, 10) for _ in range(3)]
    sizes += [in_binade(e) for e in range(-1074, -60, 16)] + [LEAST]
    both = [sign * size for size in sizes for sign in (1, -1)]
    # Where the nearest power of 2 changes.
    halves = [(k + 0.5) * math.log(2) for k in range(-1074, 1024, 24)]
    # Where the result overflows, becomes subnormal, and becomes 0.
    seams = (709.782712893384, -708.3964185322641, -745.1332191019411)
    ends = [y for x in seams for y in around(x, 3)]
    ends += uniform(709, 709.8, 60) + uniform(-745.2, -708, 150)
    return [x for x in both + halves + ends if -746 < x < 710]


def log_arguments():
    scales = [in_binade(e) for e in range(-1074, 1024)] + [LEAST, GREATEST]
    # Where the nearest power of 2 changes.
    seams = [y for k in (-1, 0, 1) for y in around(math.ldexp(math.sqrt(2), k), 10)]
    return scales + around(1.0, 10) + approaching(1.0, 100) + seams + uniform(0.5, 2, 100)


def digamma_arguments():
    seams = [y for x in (1.0, 9 / 8, 2.0, 17 / 8) for y in around(x, 5)]
    # Where -1/x overflows.
    seams += around(5.56268464626801e-309, 3)
    near = around(ROOT, 20) + approaching(ROOT, 100)
    return positive_scales() + seams + near + uniform(0.25, 3, 300) + uniform(3, 40, 150)


def digamma_excess_arguments():
    seams = [y for x in (1.0, 9 / 8) for y in around(x, 5)]
    return positive_scales() + seams + uniform(0.25, 3, 300) + uniform(3, 40, 150)


def write(name, formula, function, arguments):
    lines = [
        f"# {formula}: argument, result correctly rounded (bits of doubles), rest in ulp / 100.",
        f"# Made by make_references.py with mpmath {mpmath.__version__}; see there.",
    ]
    for x in sorted(set(x for x in arguments if x)):
        # Enough for what cancels in the excess of a large count, and next to the root of psi.
        mp.prec = 300 + 2 * max(0, math.frexp(x)[1])
        value, rest = rounded(function(mpf(x)))
        lines.append(f"{bits(x):x} {bits(value):x} {rest}")
    Path(__file__).with_name(name + ".txt").write_text("\n".join(lines) + "\n")
    print(f"{name}: {len(lines) - 2} arguments")


write("exp", "exp(x)", mpmath.exp, exp_arguments())
write("log", "ln x", mpmath.log, log_arguments())
write("digamma", "psi(x)", mpmath.digamma, digamma_arguments())
write("digamma_excess", "psi(a + 1) - ln a", digamma_excess, digamma_excess_arguments())
