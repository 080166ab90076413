"""Named goldens from inferactively-pymdp 1.0.4: agents of its demonstrations, and numbers of its functions.

    python Tests/Golden/make_pymdp_1_named.py      # writes Tests/Golden/pymdp-1.0.4/goldens.json

G1 to G6 and G8 are the names these have in our notes on pymdp. G2 and G5 are "numbers", not cases: G5 are values of single
functions, and the agent of G2 has an A that is not the mean of its pA, which aif.model/1 does not allow.
"""

from importlib.metadata import version

import jax
import jax.numpy as jnp
import numpy as np

import make_pymdp_1 as random_models  # switches jax to float64
from pymdp import maths
from pymdp.agent import Agent
from pymdp.envs.tmaze import SimplifiedTMaze, TMaze
from pymdp.legacy.default_models import generate_epistemic_MAB_model

import fixture


def bandit(**more):
    """The epistemic bandit: a hidden reward state, three places; place 1 pays, place 2 tells."""
    A, B, C, _ = generate_epistemic_MAB_model()
    return {"A": list(A), "B": list(B), "C": list(C), "D": [np.array([0.5, 0.5]), np.array([1.0, 0.0, 0.0])], **more}


def maze(environment, preference, **more):
    """The agent whose model is a T-maze of pymdp."""
    A, B, D = ([np.asarray(each) for each in tables] for tables in (environment.A, environment.B, environment.D))
    C = [np.array(preference) if m == 1 else np.zeros(len(a)) for m, a in enumerate(A)]
    return {"A": A, "B": B, "C": C, "D": D, "A_dependencies": environment.A_dependencies,
            "B_dependencies": environment.B_dependencies, **more}


def cases():
    """Every golden that is a model with a record."""
    def named(name, arguments, observations, actions=()):
        return random_models.case(None, name, arguments, data=fixture.data(observations, list(actions)), with_terms=True)

    yield named("G1 epistemic bandit", bandit(gamma=16.0), [[1, 2, 0], [0, 2, 2]], [[0, 2]])

    yield named("G3 T-maze", maze(TMaze(), [0.0, 2.0, -3.0]), [[0, 0, 0]])

    simplified = SimplifiedTMaze(cue_validity=1.0, reward_probability=0.98, dependent_outcomes=True)
    yield named("G4 simplified T-maze", maze(simplified, [0.0, 2.0, -3.0], policy_len=2), [[0, 0], [3, 0]], [[3, 0]])

    two_factors = {
        "A": [np.array([[[0.8, 0.3], [0.4, 0.1]], [[0.2, 0.7], [0.6, 0.9]]]), np.array([[0.9, 0.2], [0.1, 0.8]])],
        "B": [np.eye(2)[:, :, None], np.eye(2)[:, :, None]],
        "C": [np.zeros(2), np.zeros(2)],
        "D": [np.array([0.6, 0.4]), np.array([0.3, 0.7])],
        "A_dependencies": [[0, 1], [1]],
    }
    for sweeps in (1, 2, 16):
        yield named(f"G6 fixed-point iteration, {sweeps}", {**two_factors, "num_iter": sweeps}, [[0, 1]])

    line = {
        "A": [np.eye(4)],
        "B": [np.stack([np.eye(4)[:, [0, 0, 1, 2]], np.eye(4)[:, [1, 2, 3, 3]]], axis=-1)],
        "C": [np.zeros(4)], "D": [np.eye(4)[0]], "H": [np.eye(4)[3]],
        "policy_len": 2, "use_inductive": True, "inductive_depth": 5,
    }
    yield named("G8 inductive line", line, [[0]])


def numbers():
    """Goldens of single functions, by name; in G2 only the last outcome is learned."""
    A, counted = bandit()["A"], [a + 1 for a in bandit()["A"]]
    agent = Agent(**bandit(pA=counted, use_utility=False, use_states_info_gain=False, use_param_info_gain=True, learn_A=True))
    observed = [jnp.array([o]) for o in (1, 2, 0)]
    beliefs, _, _, novelty = random_models.infer(agent, observed, agent.D)
    moved = jnp.array([[0, 2]])
    observed = [jnp.array([o]) for o in (0, 2, 2)]
    beliefs, _, _, _ = random_models.infer(agent, observed, random_models.predict(agent, moved, beliefs))
    learned = random_models.learn(agent, beliefs, [o[:, None] for o in observed], moved, beliefs, (1.0, 1.0))
    posterior, prior = jnp.array([[2.0, 1.0], [3.0, 4.0]]), jnp.array([[1.0, 1.0], [1.0, 2.0]])
    return {
        "G2": {
            "A": [a.tolist() for a in A], "pA": [a.tolist() for a in counted],
            "observations": [[1, 2, 0], [0, 2, 2]], "actions": [[0, 2]],
            "firstNovelty": np.asarray(novelty[0]).tolist(),
            "lastBeliefs": [np.asarray(each[0, -1]).tolist() for each in beliefs],
            "lastCounts": [np.asarray(each[0]).tolist() for each in learned.pA],
        },
        "G5": {
            "counts": [[1.0, 2.0], [3.0, 4.0]],
            "spm_wnorm": np.asarray(maths.spm_wnorm(jnp.array([[1.0, 2.0], [3.0, 4.0]]))).tolist(),
            "posterior": posterior.tolist(), "prior": prior.tolist(),
            "dirichlet_kl_divergence": float(maths.dirichlet_kl_divergence(posterior, prior)),
        },
    }


if __name__ == "__main__":
    provenance = {"tool": "inferactively-pymdp", "version": version("inferactively-pymdp"),
                  "script": "Tests/Golden/make_pymdp_1_named.py", "theme": cases.__doc__, "numpy": np.__version__,
                  "jax": jax.__version__, "float": "float64", "seed": None}
    fixture.write(random_models.TARGET / "goldens.json", provenance, list(cases()), numbers=numbers())
