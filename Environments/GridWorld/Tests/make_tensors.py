"""Writes tensors.json: the tensors of pymdp's GridWorld, entry for entry, in double precision.

    python make_tensors.py > tensors.json

in an environment with inferactively-pymdp 1.0.4. Make them anew only when the environment's version
changes or pymdp's own tensors do.
"""

import importlib.metadata
import json

import jax

jax.config.update("jax_enable_x64", True)

import numpy as np
from pymdp.envs.grid_world import GridWorld


def table(array):
    array = np.asarray(array, dtype=np.float64)
    return {"shape": list(array.shape), "values": array.ravel().tolist()}


def case(shape=(3, 3), walls=None, initial_position=None, include_stay=True, success_prob=1.0):
    world = GridWorld(
        shape=shape,
        walls=walls,
        initial_position=initial_position,
        include_stay=include_stay,
        success_prob=success_prob,
    )
    ours = {
        "rows": shape[0],
        "columns": shape[1],
        "includeStay": include_stay,
        "successProbability": success_prob,
    }
    if walls is not None:
        ours["walls"] = " ".join(f"({row},{column})" for row, column in walls)
    if initial_position is not None:
        ours["start"] = "({},{})".format(*initial_position)
    return {
        "parameters": ours,
        "A": table(world.A[0]),
        "B": table(world.B[0]),
        "D": table(world.D[0]),
    }


cases = [
    case(),
    case(initial_position=(0, 0), include_stay=False),
    case(success_prob=0.9),
    case(success_prob=0.0, initial_position=(1, 1)),
    case(shape=(2, 5), walls=[(0, 2)], initial_position=(0, 0), success_prob=0.7),
    case(shape=(4, 3), walls=[(1, 0), (1, 1), (3, 0)], success_prob=0.85, include_stay=False),
    case(shape=(1, 4)),
    case(shape=(1, 1)),
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
