"""Writes tensors.json: the tensors of pymdp's GeneralizedTMazeEnv, entry for entry, in double precision.

    python make_tensors.py > tensors.json

in an environment with inferactively-pymdp 1.0.4. Make them anew only when the environment's version
changes or pymdp's own tensors do. Of each table only the entries that are not zero are written, for almost
all are.
"""

import importlib.metadata
import json

import jax

jax.config.update("jax_enable_x64", True)

import jax.random as jr
import numpy as np
from pymdp.envs.generalized_tmaze import GeneralizedTMazeEnv, get_maze_matrix, parse_maze


def table(array):
    array = np.asarray(array, dtype=np.float64)
    offsets = np.flatnonzero(array)
    return {
        "shape": list(array.shape),
        "offsets": offsets.tolist(),
        "values": array.ravel()[offsets].tolist(),
    }


def case(maze, ours, seed):
    info = parse_maze(np.asarray(maze), jr.PRNGKey(seed))
    world = GeneralizedTMazeEnv(info)
    places = [["first", "second"][int(place)] for place in info["reward_locations"]]
    return {
        "parameters": {**ours, "rewardPlaces": " ".join(places)},
        "A": [table(a) for a in world.A],
        "B": [table(b) for b in world.B],
        "D": [table(d) for d in world.D],
        "A_dependencies": world.A_dependencies,
        "B_dependencies": world.B_dependencies,
    }


def drawn(maze, seed):
    text = "|".join(" ".join(str(code) for code in row) for row in maze)
    return case(maze, {"map": text}, seed)


cases = [
    *(case(get_maze_matrix(small=True), {"maze": "small"}, seed) for seed in range(4)),
    *(case(get_maze_matrix(small=False), {"maze": "large"}, seed) for seed in range(2)),
    drawn([[4, 2, 5], [0, 1, 0], [2, 3, 2]], 0),
    drawn([[4, 0, 0, 5], [2, 2, 0, 2], [1, 0, 0, 3]], 1),
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
