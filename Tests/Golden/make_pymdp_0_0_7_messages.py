"""Fixtures of inferactively-pymdp 0.0.7.1's message passing by policy: `Agent(inference_algo="MMP")`.

    python Tests/Golden/make_pymdp_0_0_7_messages.py   # writes Tests/Golden/pymdp-0.0.7.1/messages*.json

Needs NumPy below 2, as `make_pymdp_0_0_7.py`. Every number under "expected" comes out of a pymdp call, made on an agent
that does what the record says: it infers, weighs its policies, and is told which action it took.

What is left out or helped, because pymdp has no numbers for it or plainly wrong ones:

* Windows of one step: there `prev_actions[-(inference_horizon - 1):]` is all actions instead of none, so that policies are
  read as if they began with the episode. The agent's lists are emptied before each such step; its prior stays.
* Novelty of B under MMP ends in an IndexError: only counts of A are given.
* C by time has a column more than a policy has actions: the time just observed is the first, and fewer are an IndexError.
* No factor and no modality has size 1 (pymdp squeezes them away), and nothing is learned (its updates do not fit beliefs by policy).
"""

import itertools
import math
from importlib.metadata import version

import numpy as np
from pymdp import control, inference, utils
from pymdp.agent import Agent
from pymdp.envs import TMazeEnv, TMazeEnvNullOutcome

import fixture
from fixture import counts, dense, sharp
from from_pymdp import convert
from make_pymdp_0_0_7 import TARGET, objects, tmaze_agent

SEED = 20220108
# Of so many policies the beliefs at the last step are kept; of more those of the first and the last.
KEPT = 3


# Replay


def average(beliefs, posterior):
    """Beliefs about one time, averaged over policies by pymdp."""
    return [belief.tolist() for belief in inference.average_states_over_policies(beliefs, posterior)]


def replay(agent, model, data):
    """What pymdp believes and prefers at every step of a record."""
    controls = [each["size"] for each in model["controls"]]
    steps = []
    for t, outcome in enumerate(data["observations"]):
        if agent.inference_horizon == 1:
            agent.prev_obs, agent.prev_actions = [], None
        agent.infer_states(outcome)
        posterior, value = agent.infer_policies()
        count = len(agent.policies)
        now = len(agent.qs[0]) - agent.policy_len - 1
        step = {
            "beliefs": average([agent.qs[k][now] for k in range(count)], posterior),
            "policyFreeEnergy": agent.F.tolist(),
            "negativeExpectedFreeEnergy": value.tolist(),
            "policyPosterior": posterior.tolist(),
            "actionMarginals": fixture.first_action_marginals(posterior, agent.policies, controls),
        }
        if t == len(data["observations"]) - 1:
            step["windowStart"] = t - now
            step["smoothedBeliefs"] = [average([agent.qs[k][i] for k in range(count)], posterior) for i in range(now + 1)]
            step["policyBeliefs"] = [
                [[belief.tolist() for belief in factors] for factors in agent.qs[k]] if count <= KEPT or k in (0, count - 1) else None
                for k in range(count)]
        choice = fixture.clear_choice(posterior, agent.policies, controls, agent.sampling_mode)
        if choice is not None:
            # Not agent.sample_action, which takes what it chose for what was done.
            choose = control.sample_action if agent.sampling_mode == "marginal" else control.sample_policy
            assert choice == choose(posterior, agent.policies, agent.num_controls).astype(int).tolist()
            step["action"] = choice
        steps.append(step)
        if t < len(data["actions"]):
            agent.action = np.array(data["actions"][t], dtype=float)
            agent.step_time()
    return {"steps": steps, "final": {"concentration": convert(agent)[0].get("concentration", {})}}


def record(name, arguments, parameters, data_of):
    """A case: the agent converted, a record for its model, the record replayed."""
    agent = Agent(**arguments)
    agent.inference_params |= parameters
    model, settings = convert(agent, name=name)
    data = data_of(model)
    return {"name": name, "model": model, "agent": settings, "data": data, "expected": replay(agent, model, data)}


# Random agents


def arguments_of(rng, factors, modalities, length, draw_A, draw_B):
    """Agent arguments of a random model: A over all factors, B over its own, one control a factor."""
    while True:
        states = [int(n) for n in rng.integers(2, 4, factors)]
        outcomes = [int(n) for n in rng.integers(2, 4, modalities)]
        controls = [int(n) for n in rng.choice([1, 2, 3], factors)]
        if max(outcomes) * math.prod(states) <= 54 and 2 <= math.prod(controls) ** length <= (16 if length == 4 else 9):
            break
    B = []
    for n, u in zip(states, controls):
        # A third of the factors that nobody steers never change.
        B.append(np.eye(n)[:, :, None] if u == 1 and rng.random() < 1 / 3 else draw_B(rng, (n, n, u)))
    return {
        "A": objects([draw_A(rng, (n, *states)) for n in outcomes]),
        "B": objects(B),
        "C": objects([rng.normal(0, 1.5, n) for n in outcomes]),
        "D": objects([draw_B(rng, (n,)) for n in states]),
        "policy_len": length,
        "gamma": float(rng.choice([0.5, 1, 4, 16])),
        "inference_algo": "MMP",
    }


def messages(rng):
    """Windows of 1 to 5 steps, policies of 1 to 4 actions, episodes of 2 to 7 steps; tau, sweeps, E, C by time, lists of policies."""
    for i in range(112):
        length = 1 + i // 3 % 4
        draw_A, draw_B = [(dense, dense), (dense, dense), (dense, dense), (sharp, sharp)][i % 4]
        arguments = arguments_of(rng, 1 + i % 3, 1 + i // 2 % 3, length, draw_A, draw_B)
        arguments["inference_horizon"] = horizon = 1 + i % 5
        arguments["sampling_mode"] = ("marginal", "full")[i // 5 % 2]
        controls = [b.shape[2] for b in arguments["B"]]
        number = math.prod(controls) ** length
        if i % 6 == 5:
            arguments["C"] = objects([rng.normal(0, 2, (len(c), length + 1)) for c in arguments["C"]])
        if i % 7 == 3:
            every = np.array(list(itertools.product(*[range(n) for n in controls * length])))
            chosen = sorted({0, number - 1, *rng.integers(number, size=2).tolist()})
            arguments["policies"] = list(every[chosen].reshape(-1, length, len(controls)))
            number = len(chosen)
        if i % 2:
            arguments["E"] = dense(rng, (number,))
        if i % 8 == 6:
            drawn = objects([counts(rng, each.shape) for each in arguments["A"]])
            arguments |= {"pA": drawn, "A": utils.norm_dist_obj_arr(drawn), "use_param_info_gain": True}
        arguments |= {"use_utility": i % 9 != 7, "use_states_info_gain": i % 10 != 8}
        parameters = {} if i % 3 == 0 else {"num_iter": int(rng.choice([1, 3, 10, 16])), "tau": float(rng.uniform(0.1, 0.5))}
        steps = 2 + (i + i // 5) % 6
        yield record(f"messages {i}", arguments, parameters,
                     lambda model: fixture.simulate(rng, model, steps, surprising=i % 8 == 2))


# Named agents


def named():
    """G7 of reference notes, which has come to rest after 200 sweeps, and pymdp's T-mazes."""
    tables = {"A": objects([[[.9, .2], [.1, .8]]]), "B": objects([np.array([[.8, .3], [.2, .7]])[:, :, None]])}
    seen = fixture.data([[o] for o in (0, 0, 1, 1, 0)], [[0]] * 4)
    yield record("G7", {**tables, "inference_algo": "MMP", "inference_horizon": 5}, {"num_iter": 200}, lambda model: seen)
    for environment, no_cue, shown in ((TMazeEnv(), 0, 0), (TMazeEnvNullOutcome(), 0, 1)):
        seen = fixture.data([[0, 0, no_cue], [3, 0, shown], [1, 1, no_cue]], [[3, 0], [1, 0]])
        for horizon in (1, 2):
            for window in (2, 3):
                arguments = tmaze_agent(environment, horizon) | {"inference_algo": "MMP", "inference_horizon": window}
                yield record(f"{type(environment).__name__} horizon {horizon}, window {window}", arguments, {}, lambda model: seen)


def main():
    provenance = {"tool": "inferactively-pymdp", "version": version("inferactively-pymdp"),
                  "script": "Tests/Golden/make_pymdp_0_0_7_messages.py", "theme": messages.__doc__, "numpy": np.__version__,
                  "float": "float64", "seed": SEED}
    fixture.write(TARGET / "messages.json", provenance, [*messages(np.random.default_rng(SEED)), *named()])


if __name__ == "__main__":
    main()
