"""Fixtures of windows from inferactively-pymdp 1.0.4 (JAX, float64): vmp and mmp over the last steps of a record.

    python Tests/Golden/make_pymdp_1_windows.py    # writes Tests/Golden/pymdp-1.0.4/windows.json

Agent.infer_states is called over each step's window, its prior being D, or where the window has slid pymdp's own
`control.compute_expected_state` of the belief held about the step before the window when that was the newest. (pymdp's rollout
takes the smoothed belief there, which holds evidence that stays in the window.) Each last window is checked against
algos.run_vmp or run_mmp called directly. Tables are multiples of 1/64, so that the file stays small.
"""

from importlib.metadata import version

import equinox
import jax
import jax.numpy as jnp
import numpy as np

import make_pymdp_1 as random_models  # switches jax to float64
from pymdp import algos, control, inference
from pymdp.agent import Agent

import fixture
from from_pymdp import convert

SEED = [20261121, 0]
STRUCTURES, MODELS = 12, 9


def coarse(rng, shape, sharp=False):
    """Random columns in multiples of 1/64; if sharp, with structural zeros and some deterministic columns."""
    columns = int(np.prod(shape[1:], dtype=int))
    table = np.zeros((shape[0], columns), dtype=int)
    for column in range(columns):
        kept = rng.random(shape[0]) > (0.4 if sharp else 0)
        kept[rng.integers(shape[0])] = True
        weights = kept * (rng.gamma(1.0, size=shape[0]) + 0.1)
        units = np.floor(weights / weights.sum() * (64 - kept.sum())).astype(int) + kept
        units[np.argmax(units)] += 64 - units.sum()
        table[:, column] = units
    return table.reshape(shape) / 64


def structure(rng, k):
    """Sizes and parents of 1 to 3 factors of up to 3 states, which in two of three drive one another."""
    factors = 1 + k % 3
    while True:
        s = random_models.structure(rng, factors=(factors, factors), modalities=(1, 3), local=k % 9 < 3, most_policies=6)
        if max(s["states"]) <= 3 and max(s["outcomes"]) <= 3:
            return s


def arguments(rng, s, k, i):
    """An agent of the structure; in one of three models with structural zeros, in one with a factor that never changes."""
    draw = lambda rng, shape: coarse(rng, shape, sharp=i % 3 == 2)
    chosen = random_models.tables(rng, s, draw, draw)
    chosen["C"] = [np.round(c * 4) / 4 for c in chosen["C"]]
    if i % 3 == 1 and s["B_parents"][0] == [0]:
        n = s["states"][0]
        chosen["B"][0] = np.repeat(np.eye(n)[:, :, None], s["controls"][0], axis=2)
    return chosen | {"inference_algo": ("mmp", "vmp")[k // 3 % 2], "num_iter": (16, 16, 5, 1)[k // 3],
                     "inference_horizon": (None, 1, 2, 3)[k % 4]}


def soften(rng, observations, sizes):
    """Outcomes as distributions, some of them uncertain and some missing: all zero is no evidence to pymdp."""
    def one(outcome, size):
        kind = rng.integers(3)
        if kind == 0:
            return None
        if kind == 1:
            return (0.5 * np.eye(size)[outcome] + 0.5 * coarse(rng, (size,))).tolist()
        return np.eye(size)[outcome].tolist()
    return [[one(o, n) for o, n in zip(row, sizes)] for row in observations]


@equinox.filter_jit
def infer(agent, window, actions, prior):
    """Beliefs about a window, its free energy, and what follows for policies."""
    beliefs, info = agent.infer_states(window, prior, past_actions=actions, return_info=True)
    posterior, value = agent.infer_policies(beliefs)
    return beliefs, info["vfe"], posterior, value


@equinox.filter_jit
def predict(agent, belief, action):
    """The belief about the step after one that was the newest."""
    return control.compute_expected_state(belief, [b[0] for b in agent.B], action[0], agent.B_dependencies)


@equinox.filter_jit
def directly(agent, window, actions, prior):
    """The same beliefs by pymdp's functions of sequences themselves."""
    run = {"vmp": algos.run_vmp, "mmp": algos.run_mmp}[agent.inference_algo]
    A, B = [each[0] for each in agent.A], [each[0] for each in agent.B]
    observed = [each[0] for each in window]
    if not agent.categorical_obs:
        observed = [jax.nn.one_hot(each, a.shape[0]) for each, a in zip(observed, A)]
    steps = inference._condition_transitions_on_actions(B, actions[0])
    return run(A, steps, observed, [each[0] for each in prior], agent.A_dependencies, agent.B_dependencies,
               num_iter=agent.num_iter, distr_obs=True)


def named():
    """Two states, five observations: G7 of our notes, and Q2, where the state never changes and both schemes go astray."""
    for name, B in (("G7", np.array([[0.8, 0.3], [0.2, 0.7]])), ("Q2", np.eye(2))):
        for scheme in ("mmp", "vmp"):
            agent = Agent(A=[np.array([[0.9, 0.2], [0.1, 0.8]])], B=[B[:, :, None]], C=[np.zeros(2)],
                          D=[np.array([0.5, 0.5])], inference_algo=scheme)
            yield case(None, f"{name} {scheme}", agent, fixture.data([[0], [0], [1], [1], [0]], [[0]] * 4))


def random_case(rng, s, k, i):
    """A model and a record of 1 to 6 steps that it yields."""
    agent = Agent(**arguments(rng, s, k, i), categorical_obs=k % 4 == 3)
    data = fixture.simulate(rng, convert(agent)[0], 1 + (k + 3) % 6)
    return case(rng, f"windows {k}.{i}", agent, data)


def case(rng, name, agent, data):
    """A record of which each step's window is inferred."""
    model, settings = convert(agent, name=name)
    sizes = agent.num_obs
    if agent.categorical_obs:
        data["observations"] = soften(rng, data["observations"], sizes)
        vectors = [[np.zeros(n) if o is None else np.array(o) for o, n in zip(row, sizes)] for row in data["observations"]]
        observed = [[jnp.array([each]) for each in row] for row in vectors]
    else:
        observed = [[jnp.array([o]) for o in row] for row in data["observations"]]
    taken = [agent.encode_multi_actions(jnp.array([action])) for action in data["actions"]]
    controls = [each["size"] for each in model["controls"]]
    policies = control._construct_policies_tuple(controls, controls, agent.policies.horizon)
    filtered, steps = [], []
    for t in range(len(observed)):
        start = 0 if agent.inference_horizon is None else max(0, t + 1 - agent.inference_horizon)
        prior = agent.D
        if start:
            prior = [each[None] for each in predict(agent, filtered[start - 1], taken[start - 1])]
        window = [jnp.stack([row[m] for row in observed[start:t + 1]], axis=1) for m in range(agent.num_modalities)]
        # An empty array where there is none: with None, pymdp's vmp leaves D out.
        actions = jnp.stack(taken[start:t], axis=1) if t > start else jnp.zeros((1, 0, agent.num_factors), dtype=int)
        beliefs, energy, posterior, value = infer(agent, window, actions, prior)
        beliefs, posterior, value = [np.asarray(each[0]) for each in beliefs], np.asarray(posterior[0]), np.asarray(value[0])
        if t + 1 == len(observed):
            for one, other in zip(directly(agent, window, actions, prior), beliefs):
                np.testing.assert_allclose(one, other, rtol=0, atol=1e-12)
        filtered.append([jnp.array(each[-1]) for each in beliefs])
        steps.append({"beliefs": [each[-1].tolist() for each in beliefs], "freeEnergy": float(energy[0]),
                      "negativeExpectedFreeEnergy": value.tolist(), "policyPosterior": posterior.tolist(),
                      "actionMarginals": fixture.first_action_marginals(posterior, policies, controls)})
    steps[-1] |= {"windowStart": start,
                  "smoothedBeliefs": [[each[k].tolist() for each in beliefs] for k in range(t + 1 - start)]}
    return {"name": name, "model": model, "agent": settings, "data": data,
            "expected": {"steps": steps, "final": {"concentration": {}}}}


def main():
    rng = np.random.default_rng(SEED)
    provenance = {"tool": "inferactively-pymdp", "version": version("inferactively-pymdp"),
                  "script": "Tests/Golden/make_pymdp_1_windows.py",
                  "theme": "vmp and mmp over windows that slide; soft and missing observations; static factors.",
                  "numpy": np.__version__, "jax": jax.__version__, "float": "float64", "seed": SEED}
    cases = []
    for k in range(STRUCTURES):
        s = structure(rng, k)
        cases += [random_case(rng, s, k, i) for i in range(MODELS)]
    fixture.write(random_models.TARGET / "windows.json", provenance, cases + list(named()))


if __name__ == "__main__":
    main()
