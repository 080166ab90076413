"""What the two fixture generators share: random models, records of data, and the file format.

A case is {"name", "model", "agent", "data", "expected"}; README.md says what each holds.
"""

import json
import pathlib
import sys

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "Notebooks"))  # from_pymdp.py


def dense(rng, shape):
    """Random columns (axis 0) without a zero."""
    table = rng.gamma(1.0, size=shape) + 0.05
    return table / table.sum(axis=0)


def sharp(rng, shape):
    """Random columns of which a third of the entries are structural zeros and some are deterministic."""
    table = rng.gamma(1.0, size=shape) * (rng.random(shape) > 0.35)
    survivor = rng.integers(shape[0], size=shape[1:])
    table += np.moveaxis(np.eye(shape[0])[survivor], -1, 0) * (table.sum(axis=0) == 0)
    return table / table.sum(axis=0)


def counts(rng, shape):
    """Random Dirichlet counts, all positive."""
    return rng.gamma(2.0, size=shape) + 0.1


def simulate(rng, model, steps, surprising=False):
    """Random actions and what the model itself yields under them, or, if `surprising`, any outcomes at all."""
    factors = [entry["name"] for entry in model["factors"]]
    controls = [entry["name"] for entry in model["controls"]]
    actions = [[int(rng.integers(control["size"])) for control in model["controls"]] for _ in range(steps - 1)]
    observations = []
    states = [draw(rng, entry["probability"]) for entry in model["D"]]
    for t in range(steps):
        if t > 0:
            at = {**dict(zip(factors, states)), **dict(zip(controls, actions[t - 1]))}
            states = [draw(rng, column(entry, entry["given"] + entry["controls"], at)) for entry in model["B"]]
        at = dict(zip(factors, states))
        outcomes = [column(entry, entry["given"], at) for entry in model["A"]]
        if surprising:
            outcomes = [np.full(len(each), 1 / len(each)) for each in outcomes]
        observations.append([draw(rng, each) for each in outcomes])
    return data(observations, actions)


def data(observations, actions):
    """A record in `aif.data/1`."""
    return {"format": "aif.data/1", "observations": observations, "actions": actions}


def column(entry, parents, at):
    """The distribution an A or B entry gives, its parents having the values in `at`."""
    return np.asarray(entry["probability"])[(slice(None), *[at[parent] for parent in parents])]


def draw(rng, distribution):
    """One value drawn from a distribution."""
    cumulative = np.cumsum(distribution)
    return int(np.searchsorted(cumulative, rng.random() * cumulative[-1], side="right"))


def first_action_marginals(posterior, policies, controls):
    """The policy posterior summed by the first action of every control."""
    first = np.asarray(policies)[:, 0, :]
    return [[float(posterior[first[:, c] == u].sum()) for u in range(size)] for c, size in enumerate(controls)]


def clear_choice(posterior, policies, controls, mode, gap=1e-6):
    """The deterministic choice, or None where the best two are closer than `gap`."""
    if mode == "full":
        best = np.asarray(policies)[posterior > posterior.max() - gap, 0, :]
        return best[0].tolist() if np.all(best == best[0]) else None
    choice = []
    for marginal in first_action_marginals(posterior, policies, controls):
        order = np.argsort(marginal)
        if len(order) > 1 and marginal[order[-1]] - marginal[order[-2]] <= gap:
            return None
        choice.append(int(order[-1]))
    return choice


def write(path, provenance, cases, **more):
    """Write one fixture file, one case a line, every float so that it reads back the same."""
    path.parent.mkdir(exist_ok=True)
    dump = lambda value: json.dumps(value, separators=(",", ":"), allow_nan=False)
    lines = ",\n".join(dump(case) for case in cases)
    head = "".join(f"{dump(key)}:{dump(value)},\n" for key, value in {"provenance": provenance, **more}.items())
    path.write_text(f'{{{head}"cases":[\n{lines}\n]}}\n', encoding="utf-8")
    print(f"{path.relative_to(HERE)}: {len(cases)} cases, {path.stat().st_size / 1024:.0f} KiB")
