"""Bayesian model reduction as pymdp's legacy module and SPM's script have it.

    python Tests/Golden/make_pymdp_1_reduction.py      # writes Tests/Golden/reduction/pymdp-1.0.4.json

`F` is what `pymdp.legacy.maths.dirichlet_log_evidence` returns, the *negative* of ln P(o | reduced) - ln P(o | full).
"""

import json
import pathlib
from importlib.metadata import version

import numpy as np
import scipy
from pymdp.legacy.maths import dirichlet_log_evidence

TARGET = pathlib.Path(__file__).resolve().parent / "reduction" / "pymdp-1.0.4.json"


def case(name, posterior, prior, reduced):
    """One column and what pymdp says of it."""
    evidence, counts = dirichlet_log_evidence(*(np.asarray(each, float) for each in (posterior, prior, reduced)))
    return {"name": name, "posterior": list(posterior), "prior": list(prior), "reducedPrior": list(reduced),
            "F": float(evidence), "reducedPosterior": np.asarray(counts).tolist()}


def cases():
    """SPM's bmr_test_a (p = [1, 1], r = [1, 8]; posteriors over a grid), and random columns of 2 to 7 cells."""
    for first in range(1, 9):
        for second in range(1, 9):
            yield case(f"bmr-a-{first}-{second}", [float(first), float(second)], [1.0, 1.0], [1.0, 8.0])
    rng = np.random.default_rng(20)
    for index in range(100):
        size = int(rng.integers(2, 8))
        scale = 10 ** rng.uniform(-1, 2)
        prior = rng.gamma(1.5, scale, size) + 1e-3
        evidence = rng.gamma(0.7, 10 * scale, size) if index % 2 else rng.integers(0, 30, size).astype(float)
        reduced = rng.gamma(1.5, scale, size) + 1e-3
        yield case(f"random-{index}", (prior + evidence).tolist(), prior.tolist(), reduced.tolist())


if __name__ == "__main__":
    provenance = {"tool": "inferactively-pymdp", "version": version("inferactively-pymdp"),
                  "script": "Tests/Golden/make_pymdp_1_reduction.py", "theme": cases.__doc__,
                  "numpy": np.__version__, "scipy": scipy.__version__, "float": "float64", "seed": 20}
    lines = ",\n".join(json.dumps(each) for each in cases())
    TARGET.write_text(f'{{"provenance": {json.dumps(provenance)},\n"cases": [\n{lines}\n]}}\n')
