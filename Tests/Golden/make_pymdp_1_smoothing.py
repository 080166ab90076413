"""Exact smoothing of one factor by inferactively-pymdp 1.0.4 (JAX, float64).

    python Tests/Golden/make_pymdp_1_smoothing.py  # writes Tests/Golden/pymdp-1.0.4-smoothing/smoothing.json

Needs `pip install inferactively-pymdp==1.0.4`. pymdp filters and smooths; this script draws models and records without zeros, for
pymdp keeps probabilities from falling below its smallest. A case is {"A": one [outcome][state] a modality, "B":
[next][state][action], "D", "observations" [step][modality], "actions" [step], and what pymdp says: "logEvidence", "smoothed"
[step][state], "pairs" [step][next][state]}.
"""

import json

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)

from pymdp import algos, inference

import fixture


def case(rng):
    states, actions, steps = rng.integers(2, 6), rng.integers(1, 4), rng.integers(2, 13)
    A = [fixture.dense(rng, (rng.integers(2, 5), states)) for _ in range(rng.integers(1, 4))]
    B = fixture.dense(rng, (states, states, actions))
    D = fixture.dense(rng, (states,))
    done = rng.integers(actions, size=steps - 1)
    seen = np.array([[rng.integers(len(table)) for table in A] for _ in range(steps)])
    likelihood = sum(np.log(table[seen[:, m]]) for m, table in enumerate(A))
    transitions = jnp.moveaxis(jnp.asarray(B)[:, :, done], -1, 0)
    evidence, filtered, _ = algos.hmm_filter_scan_colstoch(jnp.asarray(D), transitions, jnp.asarray(likelihood))
    smoothed, pairs = inference.smoothing_exact([filtered], [jnp.asarray(B)], jnp.asarray(done)[:, None])
    plain = lambda array: np.asarray(array).tolist()
    return {"A": [plain(table) for table in A], "B": plain(B), "D": plain(D), "observations": plain(seen), "actions": plain(done),
            "logEvidence": float(evidence), "smoothed": plain(smoothed[0]), "pairs": plain(pairs[0])}


if __name__ == "__main__":
    rng = np.random.default_rng(20261121)
    target = fixture.HERE / "pymdp-1.0.4-smoothing" / "smoothing.json"
    target.parent.mkdir(exist_ok=True)
    lines = ",\n".join(json.dumps(case(rng), separators=(",", ":")) for _ in range(6))
    target.write_text(f"[\n{lines}\n]\n")
