"""Writes tensors.json: the tensors of pymdp's CueChainingEnv, entry for entry, in double precision.

    python make_tensors.py > tensors.json

in an environment with inferactively-pymdp 1.0.4. Make them anew only when the environment's version
changes or pymdp's own tensors do. Of each table only the entries that are not zero are written, for almost
all are.
"""

import importlib.metadata
import json

import jax

jax.config.update("jax_enable_x64", True)

import numpy as np
from pymdp.envs.cue_chaining import CueChainingEnv


def table(array):
    array = np.asarray(array, dtype=np.float64)
    offsets = np.flatnonzero(array)
    return {
        "shape": list(array.shape),
        "offsets": offsets.tolist(),
        "values": array.ravel()[offsets].tolist(),
    }


def cells(pairs):
    return " ".join(f"({row},{column})" for row, column in pairs)


def case(**settings):
    world = CueChainingEnv(**settings)
    ours = {}
    if "grid_shape" in settings:
        ours["rows"], ours["columns"] = settings["grid_shape"]
    for theirs, name in [("start_location", "start"), ("cue1_location", "cue1")]:
        if theirs in settings:
            ours[name] = cells([settings[theirs]])
    for theirs, name in [("cue2_locations", "cue2"), ("reward_locations", "rewards")]:
        if theirs in settings:
            ours[name] = cells(settings[theirs])
    if "cue2_state" in settings:
        ours["activeCue2"] = f"L{settings['cue2_state'] + 1}"
    if "reward_condition" in settings:
        ours["rewardCondition"] = ["top", "bottom"][settings["reward_condition"]]
    return {
        "parameters": ours,
        "A": [table(a) for a in world.A],
        "B": [table(b) for b in world.B],
        "D": [table(d) for d in world.D],
        "A_dependencies": world.A_dependencies,
        "B_dependencies": world.B_dependencies,
    }


cases = [
    case(),
    case(cue2_state=0, reward_condition=1),
    case(cue2_state=3, reward_condition=0),
    case(reward_locations=[(2, 2), (2, 4)], cue2_state=0),
    case(
        grid_shape=(3, 4),
        start_location=(2, 3),
        cue1_location=(0, 0),
        cue2_locations=[(0, 3), (1, 1), (2, 0)],
        reward_locations=[(2, 2), (0, 1)],
        cue2_state=2,
    ),
    case(
        grid_shape=(1, 2),
        start_location=(0, 0),
        cue1_location=(0, 0),
        cue2_locations=[(0, 0)],
        reward_locations=[(0, 0), (0, 1)],
    ),
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
