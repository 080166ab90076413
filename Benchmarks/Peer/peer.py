"""The other side of the comparison: pymdp's own T-maze, driven by commands on standard input.

Each command is a JSON object on a line and is answered by one. pymdp is used as it comes: jitted,
in float32, on every core that XLA takes. `peer.py --once AGENTS HORIZON STEPS` runs one closed loop
in a process of its own, for its start and its memory.
"""

import json
import os
import sys
import time

import jax
import jax.numpy as jnp
import jax.random as jr
from importlib.metadata import version
from pymdp.agent import Agent
from pymdp.envs import TMaze
from pymdp.envs.rollout import infer_and_plan, rollout


def make_agent(env, agents, horizon):
    """An agent that prefers what our T-maze prefers: reward 2 nats, punishment -3."""
    preferences = [jnp.zeros(a.shape[0]) for a in env.A]
    preferences[1] = jnp.array([0.0, 2.0, -3.0])
    return Agent(
        A=env.A, B=env.B, C=preferences, D=env.D,
        A_dependencies=env.A_dependencies, B_dependencies=env.B_dependencies,
        policy_len=horizon, batch_size=agents, inference_algo="fpi", num_iter=16,
        learn_A=False, learn_B=False, action_selection="deterministic",
    )


def closed_loop(agents, horizon, steps):
    """Agents in mazes of their own: all actions, and what each was rewarded with in the end."""
    env = TMaze()
    agent = make_agent(env, agents, horizon)

    def loop(key):
        # pymdp counts the steps after the first one.
        last, info = rollout(agent, env, steps - 1, key)
        return info["action"], last["observation"][1]

    return jax.jit(loop)


def walk(horizon, observations, actions):
    """One agent on a record of observations and actions; the posterior over policies by step.

    The action before the first of an episode is -1, upon which pymdp begins with D.
    """
    agent = make_agent(TMaze(), 1, horizon)
    observations = [jnp.array(o, jnp.int32).reshape(-1, 1, 1) for o in zip(*observations)]
    # pymdp counts a control of one action, which does nothing, for the context.
    actions = jnp.array([[[move, 0]] for move in actions], jnp.int32)

    def step(beliefs, now):
        observation, last_action, key = now
        _, action, beliefs, info = infer_and_plan(
            agent, beliefs, observation, action_prev=last_action, rng_key=key
        )
        return [b[:, -1:, ...] for b in beliefs], (action, info["qpi"])

    def follow(key):
        beliefs = [jnp.expand_dims(d, -2) for d in agent.D]
        keys = jr.split(key, actions.shape[0])
        return jax.lax.scan(step, beliefs, (observations, actions, keys))[1]

    return jax.jit(follow)


def peak_memory():
    """The most memory this process has held, in bytes."""
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM"):
                return 1024 * int(line.split()[1])


def answer(command, state):
    do = command["do"]
    if do == "hello":
        return {
            "pymdp": version("inferactively-pymdp"), "jax": version("jax"),
            "python": sys.version.split()[0], "precision": str(jnp.zeros(1).dtype),
            "pid": os.getpid(),
        }
    if do == "prepare":
        began = time.perf_counter()
        if command["observations"] is None:
            work = closed_loop(command["agents"], command["horizon"], command["steps"])
        else:
            work = walk(command["horizon"], command["observations"], command["actions"])
        state["work"] = work
        jax.block_until_ready(work(jr.PRNGKey(0)))
        return {"seconds": time.perf_counter() - began}
    if do == "run":
        keys = list(jr.split(jr.PRNGKey(command["seed"]), command["repetitions"]))
        jax.block_until_ready(keys)
        began = time.perf_counter()
        for key in keys:
            result = jax.block_until_ready(state["work"](key))
        seconds = time.perf_counter() - began
        state["result"] = result
        return {"seconds": seconds}
    if do == "rewarded":
        return {"share": float(jnp.mean(state["result"][1] == 1))}
    if do == "posterior":
        return {"posterior": state["result"][1][:, 0, :].tolist()}
    raise ValueError(do)


def main():
    if sys.argv[1:2] == ["--once"]:
        agents, horizon, steps = map(int, sys.argv[2:5])
        action, _ = closed_loop(agents, horizon, steps)(jr.PRNGKey(0))
        print("action", int(action[0, 0, 0]), flush=True)
        print(peak_memory(), flush=True)
        return
    state = {}
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line), state)), flush=True)


main()
