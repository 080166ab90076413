"""Fixtures from inferactively-pymdp 1.0.4 (JAX, float64): random models replayed by pymdp itself.

    python Tests/Golden/make_pymdp_1.py            # writes Tests/Golden/pymdp-1.0.4/*.json
    python Tests/Golden/make_pymdp_1.py soft exact # only these

Every number under "expected" comes out of a pymdp call; this script only draws models and records, and combines outputs.
"""

import itertools
import math
import sys
from functools import partial
from importlib.metadata import version

import equinox
import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)

from pymdp import control
from pymdp.agent import Agent

import fixture
from fixture import counts, dense, sharp
from from_pymdp import convert

TARGET = fixture.HERE / "pymdp-1.0.4"
SEED = 20260904
TERMS = {"utility": "use_utility", "stateInformationGain": "use_states_info_gain",
         "parameterInformationGain": "use_param_info_gain", "inductive": "use_inductive"}


# Replay


@equinox.filter_jit
def infer(agent, observation, prior):
    """Beliefs, free energy, policy posterior, negative expected free energy: pymdp's step before the choice."""
    beliefs, info = agent.infer_states(observation, prior, return_info=True)
    posterior, value = agent.infer_policies(beliefs)
    return beliefs, info["vfe"], posterior, value


@equinox.filter_jit
def infer_window(agent, observations, actions):
    """The same for vmp and mmp, which read all steps so far and start from D.

    At the first step `actions` is an empty array: with None, pymdp's vmp leaves D out.
    """
    beliefs, info = agent.infer_states(observations, agent.D, past_actions=actions, return_info=True)
    posterior, value = agent.infer_policies(beliefs)
    return beliefs, info["vfe"], posterior, value


@equinox.filter_jit
def predict(agent, action, beliefs):
    return agent.update_empirical_prior(action, beliefs)


@equinox.filter_jit
def learn(agent, beliefs, observation, action, pair, rates):
    return agent.infer_parameters(beliefs, observation, action, beliefs_B=pair, lr_pA=rates[0], lr_pB=rates[1])


@equinox.filter_jit
def terms(agent, beliefs):
    """The parts of the negative expected free energy, each by switching the others off in pymdp's own function."""
    last = [belief[:, -1] for belief in beliefs]
    parts = {}
    for term, flag in TERMS.items():
        score = partial(control.update_posterior_policies_inductive, agent.policies.policy_arr,
                        A_dependencies=agent.A_dependencies, B_dependencies=agent.B_dependencies,
                        **{name: name == flag and getattr(agent, flag) for name in TERMS.values()})
        _, parts[term] = jax.vmap(score)(last, agent.A, agent.B, agent.C, agent.E, agent.pA, agent.pB, I=agent.I,
                                         gamma=agent.gamma, inductive_epsilon=agent.inductive_epsilon)
    return parts


def replay(agent, model, data, rates, with_terms):
    """What pymdp believes and prefers at every step of a record, and the counts it ends with."""
    controls = [each["size"] for each in model["controls"]]
    policies = control._construct_policies_tuple(controls, controls, agent.policies.horizon)
    if "policies" in model:
        policies = model["policies"]["list"]
    windowed = agent.inference_algo in ("vmp", "mmp")
    observed = [[jnp.array([o[m]]) for m in range(agent.num_modalities)] for o in data["observations"]]
    taken = [agent.encode_multi_actions(jnp.array([action])) for action in data["actions"]]
    prior, previous, steps = agent.D, None, []
    for t, observation in enumerate(observed):
        if windowed:
            window = [jnp.stack([o[m] for o in observed[:t + 1]], axis=1) for m in range(agent.num_modalities)]
            actions = jnp.stack(taken[:t], axis=1) if t else jnp.zeros((1, 0, agent.num_factors), dtype=int)
            beliefs, energy, posterior, value = infer_window(agent, window, actions)
        else:
            beliefs, energy, posterior, value = infer(agent, observation, prior)
        posterior, value = np.asarray(posterior[0]), np.asarray(value[0])
        step = {
            "beliefs": [np.asarray(belief[0, -1]).tolist() for belief in beliefs],
            "freeEnergy": float(energy[0]),
            "negativeExpectedFreeEnergy": value.tolist(),
            "policyPosterior": posterior.tolist(),
            "actionMarginals": fixture.first_action_marginals(posterior, policies, controls),
        }
        if windowed:
            step["smoothedBeliefs"] = [[np.asarray(belief[0, k]).tolist() for belief in beliefs] for k in range(t + 1)]
        if with_terms:
            step["terms"] = {term: np.asarray(part[0]).tolist() for term, part in terms(agent, beliefs).items()}
        if agent.action_selection == "deterministic":
            choice = fixture.clear_choice(posterior, policies, controls, agent.sampling_mode)
            if choice is not None:
                assert choice == np.asarray(agent.decode_multi_actions(agent.sample_action(posterior[None])))[0].tolist()
                step["action"] = choice
        steps.append(step)
        if agent.learn_A or agent.learn_B:
            pair = [jnp.concatenate(each, axis=1) for each in zip(previous, beliefs)] if t else beliefs
            action = taken[t - 1] if t else jnp.zeros((1, agent.num_factors), dtype=int)
            agent = learn(agent, beliefs, [o[:, None] if o.ndim == 1 else o[:, None, :] for o in observation], action, pair, rates)
        previous = beliefs
        if not windowed and t < len(taken):
            prior = predict(agent, taken[t], beliefs)
    return {"steps": steps, "final": {"concentration": convert(agent)[0].get("concentration", {})}}


# Random agents


def structure(rng, factors=(1, 4), modalities=(1, 4), horizon=1, local=False, most_policies=48):
    """Sizes and parents small enough for a fixture: a dictionary with states, outcomes, controls, A_parents, B_parents."""
    while True:
        number = int(rng.integers(factors[0], factors[1] + 1))
        states = [int(n) for n in rng.integers(1, 6, number)]
        outcomes = [int(n) for n in rng.integers(2, 6, rng.integers(modalities[0], modalities[1] + 1))]
        controls = [int(n) for n in rng.choice([1, 1, 2, 3, 4], number)]
        A_parents = [rng.permutation(number)[:rng.integers(1, min(number, 3) + 1)].tolist() for _ in outcomes]
        B_parents = []
        for f in range(number):
            others = [g for g in rng.permutation(number).tolist() if g != f][:0 if local else int(rng.integers(0, 3))]
            B_parents.append(rng.permutation([f] + others).tolist())
        sizes = [n * math.prod(states[f] for f in parents) for n, parents in zip(outcomes, A_parents)]
        sizes += [states[f] * math.prod(states[g] for g in B_parents[f]) * controls[f] for f in range(number)]
        if max(sizes) <= 240 and math.prod(states) >= 3 and 2 <= math.prod(controls) ** horizon <= most_policies:
            return {"states": states, "outcomes": outcomes, "controls": controls, "A_parents": A_parents, "B_parents": B_parents}


def tables(rng, s, draw_A=dense, draw_B=dense):
    """Agent arguments for a structure: A, B, C, D and who depends on what."""
    states = s["states"]
    return {
        "A": [draw_A(rng, (n, *[states[f] for f in parents])) for n, parents in zip(s["outcomes"], s["A_parents"])],
        "B": [draw_B(rng, (states[f], *[states[g] for g in s["B_parents"][f]], n)) for f, n in enumerate(s["controls"])],
        "C": [rng.normal(0, 1.5, n) for n in s["outcomes"]],
        "D": [draw_B(rng, (n,)) for n in states],
        "A_dependencies": s["A_parents"],
        "B_dependencies": s["B_parents"],
        "gamma": float(rng.choice([0.5, 1, 4, 16])),
    }


def with_counts(rng, arguments, which):
    """The same arguments with positive counts for A, B or both, which A and B are the mean of."""
    for table in which:
        arguments["p" + table] = [counts(rng, each.shape) for each in arguments[table]]
        arguments[table] = [each / each.sum(axis=0) for each in arguments["p" + table]]
    return arguments


def case(rng, name, arguments, steps=5, rates=(1.0, 1.0), surprising=False, soft=False, with_terms=False, data=None):
    """Build the agent, let its model yield a record unless one is given, replay the record."""
    agent = Agent(**arguments, categorical_obs=soft)
    model, settings = convert(agent, name=name, lr_pA=rates[0], lr_pB=rates[1])
    if data is None:
        data = fixture.simulate(rng, model, steps, surprising)
    if soft:
        data["observations"] = [
            [(0.6 * np.eye(n)[o] + 0.4 * dense(rng, (n,))).tolist() for o, n in zip(row, agent.num_obs)]
            for row in data["observations"]
        ]
    expected = replay(agent, model, data, rates, with_terms)
    return {"name": name, "model": model, "agent": settings, "data": data, "expected": expected}


# Themes: a generator of cases each


def factors(rng):
    """1 to 4 factors and modalities, parents in any order, factors that drive each other."""
    for i in range(28):
        horizon = int(rng.integers(1, 3))
        s = structure(rng, factors=(1 + i % 4, 1 + i % 4), horizon=horizon)
        yield case(rng, f"factors {i}", {**tables(rng, s), "policy_len": horizon}, steps=4 + i % 5)


def controls(rng):
    """Factors under several controls, under none, and controls that several factors share."""
    for i in range(18):
        while True:
            s = structure(rng, factors=(1, 3), modalities=(1, 2))
            sizes = [int(n) for n in rng.choice([1, 2, 3], rng.integers(1, 4))]
            drives = [rng.permutation(len(sizes))[:rng.integers(0, len(sizes) + 1)].tolist() for _ in s["states"]]
            used = set(itertools.chain.from_iterable(drives))
            horizon = int(rng.integers(1, 3))
            if len(used) == len(sizes) and 2 <= math.prod(sizes) ** horizon <= 40:
                break
        arguments = tables(rng, s)
        arguments["B"] = [
            dense(rng, (n, *[s["states"][g] for g in parents], *[sizes[c] for c in driving]))
            for n, parents, driving in zip(s["states"], s["B_parents"], drives)
        ]
        if i % 3 == 2:
            with_counts(rng, arguments, "B")
        yield case(rng, f"controls {i}", {**arguments, "num_controls": sizes, "B_action_dependencies": drives,
                                          "policy_len": horizon, "learn_B": i % 3 == 2})


def policies(rng):
    """Lists of policies, habits, precision, horizons of 1 to 3, marginal and full choice."""
    for i in range(20):
        horizon = 1 + i % 3
        s = structure(rng, factors=(1, 3), modalities=(1, 3), horizon=horizon)
        arguments = {**tables(rng, s), "policy_len": horizon, "sampling_mode": ("full", "marginal")[i % 2]}
        arguments["gamma"] = (0.5, 1.0, 4.0, 16.0)[i % 4]
        every = list(itertools.product(*[range(n) for n in s["controls"] * horizon]))
        if i % 3:
            chosen = rng.permutation(len(every))[:rng.integers(2, 9)]
            every = [every[k] for k in chosen]
            arguments["policies"] = np.array(every).reshape(-1, horizon, len(s["controls"]))
        if i % 4:
            arguments["E"] = dense(rng, (len(every),))
        yield case(rng, f"policies {i}", arguments)


def preferences(rng):
    """C for every planning step, with as many rows as the horizon, more, or fewer."""
    for i in range(14):
        horizon = 1 + i % 3
        s = structure(rng, factors=(1, 2), modalities=(1, 3), horizon=horizon)
        arguments = {**tables(rng, s), "policy_len": horizon}
        arguments["C"] = [rng.normal(0, 2, (max(1, horizon + (i + m) % 3 - 1), n) if (i + m) % 4 else n)
                          for m, n in enumerate(s["outcomes"])]
        yield case(rng, f"preferences {i}", arguments)


def soft(rng):
    """Observations that are distributions over outcomes."""
    for i in range(14):
        s = structure(rng, modalities=(1, 3))
        arguments = tables(rng, s, draw_A=sharp if i % 2 else dense)
        if i % 3 == 0:
            arguments = {**with_counts(rng, arguments, "A"), "learn_A": True}
        yield case(rng, f"soft {i}", arguments, soft=True)


def sharp_models(rng):
    """Structural zeros in A, B and D, observations the model can yield."""
    for i in range(18):
        horizon = int(rng.integers(1, 3))
        s = structure(rng, factors=(1, 3), horizon=horizon)
        yield case(rng, f"sharp {i}", {**tables(rng, s, sharp, sharp), "policy_len": horizon}, steps=6)


def surprising(rng):
    """Observations drawn from all outcomes alike, on models without zeros."""
    for i in range(12):
        yield case(rng, f"surprising {i}", tables(rng, structure(rng)), steps=7, surprising=True)


def switches(rng):
    """Every combination of the terms of expected free energy."""
    flags = itertools.product((True, False), (True, False), (None, "A", "B", "AB"), (True, False))
    for i, (utility, information, counted, inductive) in enumerate(flags):
        s = structure(rng, factors=(1, 3), modalities=(1, 3), horizon=2, local=True)
        arguments = {**tables(rng, s), "policy_len": 2, "use_utility": utility, "use_states_info_gain": information}
        if counted:
            arguments = {**with_counts(rng, arguments, counted), "use_param_info_gain": True}
        if inductive:
            arguments = {**arguments, **goals(rng, s)}
        yield case(rng, f"switches {i}", arguments, steps=4, with_terms=True)


def goals(rng, s):
    """Arguments of inductive planning: goal states for some factors."""
    H = [(rng.random(n) < 0.3).astype(float) for n in s["states"]]
    H[int(np.argmax(s["states"]))][0] = 1.0
    return {"use_inductive": True, "H": H, "inductive_depth": int(rng.integers(1, 6)),
            "inductive_threshold": float(rng.choice([0.0625, 0.1, 0.3, 0.5])),
            "inductive_epsilon": float(rng.choice([1e-3, 1e-2, 1e-6]))}


def novelty(rng):
    """Parameter information gain, counts from tiny to large, some of them zero."""
    for i in range(14):
        horizon = int(rng.integers(1, 3))
        s = structure(rng, factors=(1, 3), modalities=(1, 3), horizon=horizon)
        arguments = tables(rng, s, sharp, sharp) if i % 2 else tables(rng, s)
        for table in ("A", "B", "AB")[i % 3]:
            arguments["p" + table] = [each * 10.0 ** rng.uniform(-2, 3, (1, *each.shape[1:])) for each in arguments[table]]
        yield case(rng, f"novelty {i}", {**arguments, "use_param_info_gain": True, "policy_len": horizon},
                   steps=4, with_terms=True)


def inductive(rng):
    """Goal states, sharp transitions, depth, threshold and epsilon."""
    for i in range(14):
        s = structure(rng, factors=(1, 3), modalities=(1, 2), horizon=1 + i % 2, local=True)
        arguments = {**tables(rng, s, draw_B=sharp), **goals(rng, s), "policy_len": 1 + i % 2}
        if i % 4 == 3:
            arguments = {**with_counts(rng, arguments, "B"), "learn_B": True}
        yield case(rng, f"inductive {i}", arguments, with_terms=True)


def learning(rng):
    """Counts of A and B learned online, with rates, novelty on or off."""
    for i in range(18):
        s = structure(rng, modalities=(1, 3))
        which = ("A", "B", "AB")[i % 3]
        arguments = with_counts(rng, tables(rng, s), which)
        arguments |= {f"learn_{table}": True for table in which} | {"use_param_info_gain": i % 2 == 1}
        rates = (1.0, 1.0) if i < 6 else (float(rng.choice([0.1, 0.5, 2.0])), float(rng.choice([0.25, 0.75, 3.0])))
        yield case(rng, f"learning {i}", arguments, steps=6 + i % 3, rates=rates)


def iterations(rng):
    """Fixed-point iteration of 1 to 16 sweeps."""
    for i in range(16):
        s = structure(rng, factors=(2, 4), modalities=(1, 4))
        yield case(rng, f"iterations {i + 1}", {**tables(rng, s, draw_A=sharp if i % 3 == 2 else dense), "num_iter": i + 1}, steps=4)


def exact(rng):
    """The exact filter, which pymdp has for one factor."""
    for i in range(12):
        horizon = 1 + i % 3
        s = structure(rng, factors=(1, 1), modalities=(1, 4), horizon=horizon)
        yield case(rng, f"exact {i}", {**tables(rng, s, *(sharp, sharp) if i % 3 == 2 else ()),
                                       "policy_len": horizon, "inference_algo": "exact"}, steps=6)


def window(rng):
    """vmp and mmp over all steps so far; freeEnergy is that of the whole window."""
    for i in range(12):
        s = structure(rng, factors=(1, 3), modalities=(1, 3), most_policies=12)
        yield case(rng, f"window {i}", {**tables(rng, s), "inference_algo": ("vmp", "mmp")[i % 2],
                                        "num_iter": (16, 16, 4, 1)[i // 2 % 4]}, steps=5)


THEMES = (factors, controls, policies, preferences, soft, sharp_models, surprising, switches, novelty, inductive,
          learning, iterations, exact, window)


def main(names):
    for number, theme in enumerate(THEMES):
        title = theme.__name__.replace("_", "-")
        if names and title not in names:
            continue
        seed = [SEED, number]
        provenance = {"tool": "inferactively-pymdp", "version": version("inferactively-pymdp"),
                      "script": "Tests/Golden/make_pymdp_1.py", "theme": theme.__doc__, "numpy": np.__version__,
                      "jax": jax.__version__, "float": "float64", "seed": seed}
        fixture.write(TARGET / f"{title}.json", provenance, list(theme(np.random.default_rng(seed))))


if __name__ == "__main__":
    main(sys.argv[1:])
