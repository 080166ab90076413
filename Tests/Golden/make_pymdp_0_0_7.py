"""Fixtures from inferactively-pymdp 0.0.7.1 (NumPy): random models, its T-mazes and the hint bandit.

    python Tests/Golden/make_pymdp_0_0_7.py        # writes Tests/Golden/pymdp-0.0.7.1/*.json

Needs NumPy below 2: this version of pymdp assigns arrays of one element to scalars. Every number under "expected" comes
out of a pymdp call. No factor or modality has size 1: pymdp 0.0.7.1 squeezes those axes away and broadcasts wrongly.
"""

import itertools
import math
from importlib.metadata import version

import numpy as np
from pymdp import control, maths, utils
from pymdp.agent import Agent
from pymdp.envs import TMazeEnv, TMazeEnvNullOutcome

import fixture
from fixture import counts, dense, sharp
from from_pymdp import convert

TARGET = fixture.HERE / "pymdp-0.0.7.1"
SEED = 20220107


def objects(arrays):
    """A pymdp object array."""
    result = utils.obj_array(len(arrays))
    for i, array in enumerate(arrays):
        result[i] = np.asarray(array, dtype=float)
    return result


# Replay


def replay(agent, model, data, learn):
    """What pymdp believes and prefers at every step of a record, and the counts it ends with."""
    controls = [each["size"] for each in model["controls"]]
    steps = []
    for t, outcome in enumerate(data["observations"]):
        previous = agent.qs
        prior = agent.D if t == 0 else control.get_expected_states(previous, agent.B, agent.action.reshape(1, -1))[0]
        soft = isinstance(outcome[0], list)
        observation = objects(outcome) if soft else outcome
        beliefs = agent.infer_states(observation, distr_obs=soft)
        one_hot = utils.process_observation(observation, agent.num_modalities, agent.num_obs)
        likelihood = maths.spm_log_single(maths.get_joint_likelihood(agent.A, one_hot, agent.num_states))
        energy = maths.calc_free_energy(beliefs, maths.spm_log_obj_array(prior), agent.num_factors, likelihood)
        posterior, value = agent.infer_policies()
        step = {
            "beliefs": [belief.tolist() for belief in beliefs],
            "freeEnergy": float(np.squeeze(energy)),
            "negativeExpectedFreeEnergy": value.tolist(),
            "policyPosterior": posterior.tolist(),
            "actionMarginals": fixture.first_action_marginals(posterior, agent.policies, controls),
            "terms": terms(agent),
        }
        choice = fixture.clear_choice(posterior, agent.policies, controls, agent.sampling_mode)
        if choice is not None:
            assert choice == agent.sample_action().astype(int).tolist()
            step["action"] = choice
        steps.append(step)
        if "A" in learn:
            agent.update_A(observation)
        if "B" in learn and t > 0:
            agent.action = np.array(data["actions"][t - 1])
            agent.update_B(previous)
        if "D" in learn and t == 0:
            agent.update_D(beliefs)
        if t < len(data["actions"]):
            agent.action = np.array(data["actions"][t])
    return {"steps": steps, "final": {"concentration": convert(agent)[0].get("concentration", {})}}


def terms(agent):
    """The parts of the negative expected free energy, from pymdp's function of each."""
    parts = {"utility": [], "stateInformationGain": [], "parameterInformationGain": []}
    for policy in agent.policies:
        states = control.get_expected_states(agent.qs, agent.B, policy)
        outcomes = control.get_expected_obs(states, agent.A)
        learned = 0.0
        if agent.use_param_info_gain and agent.pA is not None:
            learned = learned + control.calc_pA_info_gain(agent.pA, outcomes, states)
        if agent.use_param_info_gain and agent.pB is not None:
            learned = learned + control.calc_pB_info_gain(agent.pB, states, agent.qs, policy)
        parts["utility"].append(control.calc_expected_utility(outcomes, agent.C) if agent.use_utility else 0.0)
        parts["stateInformationGain"].append(control.calc_states_info_gain(agent.A, states) if agent.use_states_info_gain else 0.0)
        parts["parameterInformationGain"].append(learned)
    return {**{term: [float(np.squeeze(x)) for x in values] for term, values in parts.items()},
            "inductive": [0.0] * len(agent.policies)}


def record(name, arguments, learn, data_of):
    """A case: the agent converted, a record for its model, the record replayed."""
    agent = Agent(**arguments)
    model, settings = convert(agent, name=name, learn=learn)
    data = data_of(model)
    return {"name": name, "model": model, "agent": settings, "data": data, "expected": replay(agent, model, data, learn)}


# Random agents


def arguments_of(rng, factors, modalities, horizon=1, draw_A=dense, draw_B=dense):
    """Agent arguments of a random model: A over all factors, B over its own, one control a factor."""
    while True:
        states = [int(n) for n in rng.integers(2, 5, factors)]
        outcomes = [int(n) for n in rng.integers(2, 5, modalities)]
        controls = [int(n) for n in rng.choice([1, 2, 3], factors)]
        if max(outcomes) * math.prod(states) <= 150 and 2 <= math.prod(controls) ** horizon <= 36:
            break
    return {
        "A": objects([draw_A(rng, (n, *states)) for n in outcomes]),
        "B": objects([draw_B(rng, (n, n, u)) for n, u in zip(states, controls)]),
        "C": objects([rng.normal(0, 1.5, n) for n in outcomes]),
        "D": objects([draw_B(rng, (n,)) for n in states]),
        "policy_len": horizon,
        "gamma": float(rng.choice([0.5, 1, 4, 16])),
    }


def with_counts(rng, arguments, which):
    """The same arguments with positive counts, which A, B or D are the mean of."""
    for table in which:
        drawn = objects([counts(rng, each.shape) for each in arguments[table]])
        arguments |= {"p" + table: drawn, table: utils.norm_dist_obj_arr(drawn)}
    return arguments


def planning(rng):
    """Fixed-point iteration, joint information gain, log softmax C, habits, policy lists, both ways to choose."""
    for i in range(24):
        horizon = 1 + i // 3 % 2
        draw = (sharp, sharp) if i % 4 == 3 else (dense, dense)
        arguments = arguments_of(rng, 1 + i % 3, 1 + i // 2 % 3, horizon, *draw)
        arguments["sampling_mode"] = ("marginal", "full")[i % 2]
        controls = [b.shape[2] for b in arguments["B"]]
        number = math.prod(controls) ** horizon
        if i % 5 == 4:
            arguments["C"] = objects([rng.normal(0, 2, (len(c), horizon)) for c in arguments["C"]])
        if i % 6 == 5:
            every = np.array(list(itertools.product(*[range(n) for n in controls * horizon])))
            chosen = sorted({0, number - 1, *rng.integers(number, size=3).tolist()})
            arguments["policies"] = list(every[chosen].reshape(-1, horizon, len(controls)))
            number = len(chosen)
        if i % 2:
            arguments["E"] = dense(rng, (number,))
        arguments |= {"use_utility": i % 7 != 6, "use_states_info_gain": i % 8 != 7}
        yield record(f"planning {i}", arguments, "", lambda model: fixture.simulate(rng, model, 6))


def soft(rng):
    """Observations that are distributions over outcomes."""
    def softened(model):
        data = fixture.simulate(rng, model, 5)
        sizes = [each["size"] for each in model["modalities"]]
        data["observations"] = [[(0.6 * np.eye(n)[o] + 0.4 * dense(rng, (n,))).tolist() for o, n in zip(row, sizes)]
                                for row in data["observations"]]
        return data

    for i in range(6):
        yield record(f"soft {i}", arguments_of(rng, 1 + i % 3, 2 + i % 2), "", softened)


def learning(rng):
    """Counts of A, B and D learned with rates and subsets, heuristic novelty."""
    for i in range(18):
        which = ("A", "B", "D", "AB", "AD", "ABD")[i % 6]
        arguments = with_counts(rng, arguments_of(rng, 1 + i % 3, 1 + i % 2), which)
        arguments["use_param_info_gain"] = i % 4 != 0 and which != "D"
        arguments |= {f"lr_p{table}": float(rng.choice([0.1, 0.5, 1.0, 2.0])) for table in which}
        if i >= 12:
            arguments |= {"modalities_to_learn": [0], "factors_to_learn": [len(arguments["B"]) - 1]}
        yield record(f"learning {i}", arguments, which, lambda model: fixture.simulate(rng, model, 6))


def novelty(rng):
    """The weights 1/a0 - 1/a for counts from tiny to large, some of them zero."""
    for i in range(8):
        arguments = arguments_of(rng, 1 + i % 3, 1 + i % 2, 1 + i % 2, *((sharp, sharp) if i % 2 else (dense, dense)))
        for table in ("A", "B", "AB")[i % 3]:
            arguments["p" + table] = objects([each * 10.0 ** rng.uniform(-2, 3, (1, *each.shape[1:])) for each in arguments[table]])
        arguments["use_param_info_gain"] = True
        yield record(f"novelty {i}", arguments, "", lambda model: fixture.simulate(rng, model, 4))


# Named agents


def tmaze_agent(environment, horizon):
    """The T-maze agent of pymdp's demonstration: C +-3, start in the centre, context unknown."""
    A, B = environment.get_likelihood_dist(), environment.get_transition_dist()
    C = utils.obj_array_zeros(environment.num_obs)
    C[1][1], C[1][2] = 3.0, -3.0
    D = utils.obj_array_uniform(environment.num_states)
    D[0] = utils.onehot(0, environment.num_locations)
    return {"A": A, "B": B, "C": C, "D": D, "policy_len": horizon}


def tmaze(rng):
    """T-mazes with a random and with a null cue off the cue location: stay or look first, then take the arm."""
    for environment, no_cue, shown in ((TMazeEnv(), 0, 0), (TMazeEnvNullOutcome(), 0, 1)):
        kind = type(environment).__name__
        seen = fixture.data([[0, 0, no_cue], [3, 0, shown], [1, 1, no_cue]], [[3, 0], [1, 0]])
        for horizon in (1, 2):
            yield record(f"{kind} horizon {horizon}", tmaze_agent(environment, horizon), "", lambda model: seen)


def hint_bandit(rng):
    """Explore or exploit: hint .7, reward .8, loss -4, reward 2; the hint says left twice. And with a loss of 0."""
    A = utils.obj_array_zeros([[3, 2, 4], [3, 2, 4], [4, 2, 4]])      # hint, reward, choice | context, choice
    start, hint, left, right = range(4)
    for choice in range(4):
        A[0][0, :, choice], A[1][0, :, choice] = 1.0, 1.0
        A[2][choice, :, choice] = 1.0
    A[0][:, :, hint] = [[0.0, 0.0], [0.7, 0.3], [0.3, 0.7]]
    A[1][:, :, left] = [[0.0, 0.0], [0.2, 0.8], [0.8, 0.2]]           # none, loss, reward
    A[1][:, :, right] = [[0.0, 0.0], [0.8, 0.2], [0.2, 0.8]]
    B = objects([np.eye(2)[:, :, None], np.stack([np.tile(np.eye(4)[:, [u]], (1, 4)) for u in range(4)], axis=-1)])
    twice_left = fixture.data([[0, 0, start], [1, 0, hint], [1, 0, hint]], [[0, hint], [0, hint]])
    for loss in (-4.0, 0.0):
        C = utils.obj_array_zeros([3, 3, 4])
        C[1][1:] = [loss, 2.0]
        D = objects([[0.5, 0.5], utils.onehot(start, 4)])
        yield record(f"hint bandit, loss {loss:g}", {"A": A, "B": B, "C": C, "D": D}, "", lambda model: twice_left)


THEMES = (planning, soft, learning, novelty, tmaze, hint_bandit)


def main():
    for number, theme in enumerate(THEMES):
        seed = [SEED, number]
        provenance = {"tool": "inferactively-pymdp", "version": version("inferactively-pymdp"),
                      "script": "Tests/Golden/make_pymdp_0_0_7.py", "theme": theme.__doc__, "numpy": np.__version__,
                      "float": "float64", "seed": seed}
        fixture.write(TARGET / f"{theme.__name__.replace('_', '-')}.json", provenance, list(theme(np.random.default_rng(seed))))


if __name__ == "__main__":
    main()
