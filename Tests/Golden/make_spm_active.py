"""Active learning by SPM: spm_MDP_VB_XXX on random models of one factor, with outcomes given.

    python Tests/Golden/make_spm_active.py SPM_FOLDER        # writes Tests/Golden/spm-active/counts.json

Needs NumPy and GNU Octave, and a copy of SPM (github.com/spm/spm). `run_spm_active.m` runs it. A trial that teaches A has one
observation and one that teaches B two, so that there is one update and beliefs are exact. A case is {A, B, C, D, a or b, beta,
eta, outcomes [step][modality], learned}: A and B are probabilities, left out where a and b are the counts of them; C are
probabilities; `learned` the counts afterwards.
"""

import sys

import numpy as np

import fixture
import octave
from fixture import counts, dense
from octave import matlab

SEED = 20240501


def random_case(rng, learns):
    states = int(rng.integers(2, 5))
    sizes = [int(n) for n in rng.integers(2, 5, size=rng.integers(1, 4))]
    steps = 1 if learns == "a" else 2
    case = {"C": [dense(rng, (n,)) ** 2 for n in sizes], "D": dense(rng, (states,))}
    case["C"] = [c / c.sum() for c in case["C"]]
    if learns == "a":
        case["a"] = [counts(rng, (n, states)) * rng.choice([0.1, 1, 20]) for n in sizes]
        case["B"] = dense(rng, (states, states))
    else:
        case["A"] = [dense(rng, (n, states)) for n in sizes]
        case["b"] = counts(rng, (states, states)) * rng.choice([0.1, 1, 20])
    case["beta"] = float(rng.choice([0, 0.5, 4, 64, 512]))
    case["eta"] = float(rng.choice([2, 16, 512]))
    case["outcomes"] = [[int(rng.integers(n)) for n in sizes] for _ in range(steps)]
    return case


def structure(case):
    """The lines that build a case's MDP."""
    lines = [f"MDP.T = {len(case['outcomes'])};", "MDP.U = 0;"]
    for key in ("A", "a", "C"):
        for g, table in enumerate(case.get(key, [])):
            lines.append(f"MDP.{key}{{{g + 1}}} = {matlab(table)};")
    for key in ("B", "b", "D"):
        if key in case:
            lines.append(f"MDP.{key}{{1}} = {matlab(case[key])};")
    lines += [f"MDP.o = {matlab(np.array(case['outcomes']).T + 1)};", f"MDP.beta = {case['beta']!r};"]
    lines += [f"MDP.eta = {case['eta']!r};", f"MDP.s = {matlab(np.ones((1, len(case['outcomes']))))};"]
    return lines


def run(spm, cases):
    """The counts that SPM has learned, by case."""
    found = [[] for _ in cases]
    for (number, *_), values in octave.run("run_spm_active.m", spm, map(structure, cases)):
        found[int(number) - 1].append(values)
    return found


def main(spm):
    rng = np.random.default_rng(SEED)
    cases = [random_case(rng, "a" if i % 5 < 3 else "b") for i in range(60)]
    entries = []
    for case, learned in zip(cases, run(spm, cases)):
        tables = case["a"] if "a" in case else [case["b"]]
        case["learned"] = [x.reshape(table.shape, order="F") for x, table in zip(learned, tables)]
        plain = lambda value: (
            [plain(x) for x in value] if isinstance(value, list) else getattr(value, "tolist", lambda: value)()
        )
        entries.append({key: plain(value) for key, value in case.items()})
    provenance = {
        "tool": "SPM, spm_MDP_VB_XXX", "script": "make_spm_active.py", "octave": octave.version(), "numpy": np.__version__,
        "float": "float64", "seed": SEED,
    }
    fixture.write(fixture.HERE / "spm-active" / "counts.json", provenance, entries)


if __name__ == "__main__":
    main(sys.argv[1])
