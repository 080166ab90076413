"""Writes tensors.json: the tensors of pymdp's T-mazes, entry for entry, in double precision.

    python make_tensors.py > tensors.json

in an environment with inferactively-pymdp 1.0.4. Make them anew only when an environment's version
changes or pymdp's own tensors do.
"""

import importlib.metadata
import json

import jax

jax.config.update("jax_enable_x64", True)

import numpy as np
from pymdp.envs.tmaze import SimplifiedTMaze, TMaze
from pymdp.legacy.envs.tmaze import TMazeEnv, TMazeEnvNullOutcome


def table(array):
    array = np.asarray(array, dtype=np.float64)
    return {"shape": list(array.shape), "values": array.ravel().tolist()}


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def parameters(settings):
    """Our names and values; a fixed reward condition is named by its side."""
    result = {camel(name): value for name, value in settings.items()}
    if "rewardCondition" in result:
        result["rewardCondition"] = ["left", "right"][result["rewardCondition"]]
    return result


def current(identifier, kind, **settings):
    world = kind(**settings)
    return {
        "environment": identifier,
        "parameters": parameters(settings),
        "A": [table(a) for a in world.A],
        "B": [table(b) for b in world.B],
        "D": [table(d) for d in world.D],
    }


def legacy(kind, null_cue, **settings):
    world = kind(**settings)
    ours = {"nullCue": null_cue}
    if "reward_probs" in settings:
        ours["rewardProbability"] = settings["reward_probs"][0]
    return {
        "environment": "tmaze-legacy",
        "parameters": ours,
        "A": [table(a) for a in world.get_likelihood_dist()],
        "B": [table(b) for b in world.get_transition_dist()],
        # Legacy environments have no D: reset() puts the agent at 0 and draws the condition.
        "D": [table([1, 0, 0, 0]), table([0.5, 0.5])],
    }


SETTINGS = [
    {},
    {"reward_condition": 0},
    {"reward_condition": 1, "cue_validity": 0.7},
    {"reward_probability": 0.98, "punishment_probability": 0.6, "cue_validity": 1.0},
    {"reward_probability": 0.98, "dependent_outcomes": True},
    {"reward_probability": 0.8, "punishment_probability": 0.3, "dependent_outcomes": True},
    {"reward_probability": 0.0, "punishment_probability": 0.0, "cue_validity": 0.0},
]

cases = [
    *(current("tmaze", TMaze, **settings) for settings in SETTINGS),
    *(current("tmaze-simplified", SimplifiedTMaze, **settings) for settings in SETTINGS),
    legacy(TMazeEnv, False),
    legacy(TMazeEnv, False, reward_probs=[0.75, 0.25]),
    legacy(TMazeEnvNullOutcome, True),
    legacy(TMazeEnvNullOutcome, True, reward_probs=[0.75, 0.25]),
]
provenance = {
    "tool": "inferactively-pymdp",
    "version": importlib.metadata.version("inferactively-pymdp"),
    "jax": importlib.metadata.version("jax"),
    "numpy": np.__version__,
    "script": "make_tensors.py",
}
lines = ",\n".join(json.dumps(case) for case in cases)
print(f'{{"provenance": {json.dumps(provenance)},\n"cases": [\n{lines}\n]}}')
