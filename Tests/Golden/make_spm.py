"""Fixtures from SPM itself: spm_MDP_VB_X on random models, with outcomes and actions given.

    python Tests/Golden/make_spm.py SPM_FOLDER        # writes Tests/Golden/spm/*.json

Needs NumPy and GNU Octave, and a copy of SPM (github.com/spm/spm). `run_spm.m` runs it. Every number under "expected" is
SPM's, reordered; but for `actionMarginals`, which are the posterior over policies summed by the action of the step.
"""

import sys

import numpy as np

import fixture
import octave
from fixture import counts, dense, sharp
from octave import matlab

TARGET = fixture.HERE / "spm"
SEED = 20160101


# Models


def random_case(rng, name, table=dense, learn="", **settings):
    """A model of 1 to 3 factors and modalities in which each outcome depends on all factors, as SPM has it."""
    states = [int(n) for n in rng.integers(2, 4, size=rng.integers(1, 4))]
    actions = [int(n) for n in rng.integers(1, 4, size=len(states))]
    actions[0] = max(actions[0], 2)
    outcomes = [int(n) for n in rng.integers(2, 5, size=rng.integers(1, 3))]
    horizon = int(rng.integers(1, 4))
    factors = [f"factor_{f}" for f in range(len(states))]
    driven = [f for f in range(len(states)) if actions[f] > 1]
    model = {
        "format": "aif.model/1",
        "name": name,
        "factors": [{"name": f, "size": n} for f, n in zip(factors, states)],
        "modalities": [{"name": f"modality_{m}", "size": n} for m, n in enumerate(outcomes)],
        "controls": [{"name": f"control_{f}", "size": actions[f]} for f in driven],
        "A": [
            {"modality": f"modality_{m}", "given": factors, "probability": table(rng, (n, *states)).tolist()}
            for m, n in enumerate(outcomes)
        ],
        "B": [
            {
                "factor": factors[f],
                "given": [factors[f]],
                "controls": [f"control_{f}"] if f in driven else [],
                "probability": table(rng, (n, n, actions[f]) if f in driven else (n, n)).tolist(),
            }
            for f, n in enumerate(states)
        ],
        "D": [{"factor": f, "probability": dense(rng, (n,)).tolist()} for f, n in zip(factors, states)],
    }
    timed = rng.random() < 0.3
    model["C"] = [
        {"modality": f"modality_{m}", "logPreference": rng.normal(0, 2, (horizon + 1, n) if timed else n).tolist()}
        for m, n in enumerate(outcomes)
    ]
    policies = int(rng.integers(2, 6))
    model["policies"] = {
        "list": [[[int(rng.integers(actions[f])) for f in driven] for _ in range(horizon)] for _ in range(policies)]
    }
    if rng.random() < 0.5:
        model["E"] = {"probability": dense(rng, (policies,)).tolist()}
    concentration = {}
    if "A" in learn:
        concentration["A"] = [
            {"modality": e["modality"], "counts": counts(rng, np.shape(e["probability"])).tolist()} for e in model["A"]
        ]
    if "B" in learn:
        concentration["B"] = [
            {"factor": e["factor"], "counts": counts(rng, np.shape(e["probability"])).tolist()} for e in model["B"]
        ]
    if "D" in learn:
        concentration["D"] = [
            {"factor": e["factor"], "counts": counts(rng, np.shape(e["probability"])).tolist()} for e in model["D"]
        ]
    if "E" in learn:
        concentration["E"] = {"counts": counts(rng, (policies,)).tolist()}
        model.pop("E", None)
    for letter, entries in concentration.items():
        if letter == "E":
            continue
        for entry, tabled in zip(entries, model[letter]):
            mean = np.asarray(entry["counts"])
            tabled["probability"] = (mean / mean.sum(axis=0)).tolist()
    if concentration:
        model["concentration"] = concentration
    data = fixture.simulate(rng, model, horizon + 1, surprising=rng.random() < 0.3)
    if rng.random() < 0.8:
        # What some policy says, so that beliefs and actions agree.
        data["actions"] = model["policies"]["list"][int(rng.integers(policies))]
    return {"name": name, "model": model, "data": data, "settings": settings, "learn": learn}


def cases(seed):
    """All cases by file."""
    rng = np.random.default_rng(seed)
    constants = lambda: {
        "tau": float(rng.uniform(1, 6)), "erp": float(rng.uniform(1, 6)), "zeta": float(rng.uniform(0.5, 4)),
        "beta": float(rng.uniform(0.25, 2)), "sweeps": int(rng.integers(1, 24)),
    }
    return {
        "defaults": [random_case(rng, f"defaults-{i}") for i in range(40)],
        "sharp": [random_case(rng, f"sharp-{i}", sharp) for i in range(24)],
        "constants": [random_case(rng, f"constants-{i}", **constants()) for i in range(24)],
        "fixed-precision": [random_case(rng, f"fixed-{i}", fixed=True, beta=float(rng.uniform(0.25, 2))) for i in range(8)],
        "novelty": [random_case(rng, f"novelty-{i}", learn=["A", "B", "D", "ABD"][i % 4]) for i in range(16)],
        "learning": [random_case(rng, f"learning-{i}", learn=["A", "B", "D", "E", "ABDE"][i % 5]) for i in range(15)],
    }


# To Octave and back


def structure(case):
    """The lines that build a case's MDP."""
    model, data, settings = case["model"], case["data"], case["settings"]
    driven = [entry["controls"] for entry in model["B"]]
    names = [control["name"] for control in model["controls"]]

    def of_factors(action):
        return [action[names.index(controls[0])] + 1 if controls else 1 for controls in driven]

    lines = []
    for letter, key in (("A", "probability"), ("B", "probability"), ("D", "probability")):
        for i, entry in enumerate(model[letter]):
            lines.append(f"MDP.{letter}{{{i + 1}}} = {matlab(entry[key])};")
    for i, entry in enumerate(model["C"]):
        lines.append(f"MDP.C{{{i + 1}}} = {matlab(np.asarray(entry['logPreference']).T)};")
    for letter, entries in model.get("concentration", {}).items():
        if letter == "E":
            lines.append(f"MDP.e = {matlab(entries['counts'])};")
            continue
        for i, entry in enumerate(entries):
            lines.append(f"MDP.{letter.lower()}{{{i + 1}}} = {matlab(entry['counts'])};")
    if "E" in model:
        lines.append(f"MDP.E = {matlab(model['E']['probability'])};")
    policies = np.array([[of_factors(action) for action in policy] for policy in model["policies"]["list"]])
    lines.append(f"MDP.V = {matlab(policies.transpose(1, 0, 2))};")
    lines.append(f"MDP.o = {matlab(np.array(data['observations']).T + 1)};")
    lines.append(f"MDP.s = {matlab(np.ones((len(driven), len(data['observations']))))};")
    lines.append(f"MDP.u = {matlab(np.array([of_factors(action) for action in data['actions']]).T)};")
    for name in ("tau", "erp", "zeta", "beta"):
        if name in settings:
            lines.append(f"MDP.{name} = {settings[name]!r};")
    lines.append("MDP.alpha = 1;")  # P is then the marginal itself.
    lines.append(f"MDP.sweeps = {settings.get('sweeps', 16)};")
    lines.append(f"MDP.fixed = {int(settings.get('fixed', False))};")
    return lines


def run(spm, cases):
    """What SPM prints of each case: (name, array) pairs in order."""
    found = []
    for (name, *shape), values in octave.run("run_spm.m", spm, map(structure, cases)):
        if name == "case":
            found.append([])
        else:
            found[-1].append((name, values.reshape([int(n) for n in shape], order="F")))
    return found


# Expected values


def expect(case, found):
    """The steps of a case, the counts after it, and what the physiology module makes of it."""
    model = case["model"]
    controls = [control["size"] for control in model["controls"]]
    policies = np.array(model["policies"]["list"])
    horizon = policies.shape[1]
    steps, tail = [], {}
    for name, array in found:
        if name == "step":
            steps.append({})
        into = steps[-1] if name in ("step", "F", "G", "H", "u", "w", "X", "x") else tail
        into.setdefault(name, []).append(array)
    result = []
    for t, step in enumerate(steps):
        u = step["u"][0].flatten()
        # At the last observation policies say no more: their last action stands.
        acts = policies[:, min(t, horizon - 1), :]
        one = {
            "beliefs": [X[:, t].tolist() for X in step["X"]],
            "freeEnergy": -float(step["H"][0].item()),
            "negativeExpectedFreeEnergy": step["G"][0].flatten().tolist(),
            "policyFreeEnergy": (-step["F"][0].flatten()).tolist(),
            "policyPosterior": u.tolist(),
            "actionMarginals": [[float(u[acts[:, c] == a].sum()) for a in range(n)] for c, n in enumerate(controls)],
            "precision": step["w"][0].flatten().tolist(),
            "beliefsOverTime": [[X[:, j].tolist() for X in step["X"]] for j in range(horizon + 1)],
        }
        if t == len(steps) - 1:
            kept = [k for k in range(len(policies)) if u[k] > 0]
            one["policyBeliefs"] = [
                [[x.reshape(*x.shape[:2], -1)[:, j, k].tolist() for x in step["x"]] for j in range(horizon + 1)]
                if k in kept else None
                for k in range(len(policies))
            ]
        result.append(one)
    expected = {"steps": result}
    concentration = {}
    if case["learn"] and "learning" in case["name"]:
        for letter, key, of in (("A", "modality", "a"), ("B", "factor", "b"), ("D", "factor", "d")):
            if of in tail:
                concentration[letter] = [
                    {key: entry[key], "counts": array.reshape(np.shape(entry["counts"])).tolist()}
                    for entry, array in zip(model["concentration"][letter], tail[of])
                ]
        if "e" in tail:
            concentration["E"] = {"counts": tail["e"][0].flatten().tolist()}
    else:
        concentration = {k: v for k, v in model.get("concentration", {}).items()}
    expected["final"] = {"concentration": concentration}
    return expected, tail


def agent(case):
    """The `aif.agent/1` of a case."""
    settings = case["settings"]
    inference = {"algorithm": "mmp-spm"}
    spm = {name: settings[name] for name in ("tau", "erp", "zeta") if name in settings}
    if spm:
        inference |= {"policyMessages": spm, "iterations": settings["sweeps"]}
    planning = {}
    if settings.get("fixed"):
        planning = {"precision": None, "gamma": 1 / settings["beta"]}
    elif "beta" in settings:
        planning = {"precision": {"beta": settings["beta"], "updates": settings["sweeps"]}}
    document = {"format": "aif.agent/1", "preset": "spm", "inference": inference}
    if planning:
        document["planning"] = planning
    if "learning" in case["name"]:
        document["learning"] = {letter: {"rate": 1} for letter in case["learn"]}
    return document


def physiology(tail, steps, horizon):
    """Firing rates [factor][state][believed time][bin], potentials alike, and dopamine [bin]."""
    rates = [xn.transpose(1, 2, 3, 0).reshape(xn.shape[1], xn.shape[2], -1) for xn in tail["xn"]]
    waves = [
        lfp.T.reshape(xn.shape[2], xn.shape[1], -1).transpose(1, 0, 2) for lfp, xn in zip(tail["lfp"], tail["xn"])
    ]
    return {
        "firingRates": [each.tolist() for each in rates],
        "localFieldPotentials": [each.tolist() for each in waves],
        "dopamine": tail["dn"][0].flatten().tolist(),
    }


def main(spm):
    provenance = {
        "tool": "SPM, spm_MDP_VB_X", "script": "make_spm.py", "octave": octave.version(), "numpy": np.__version__,
        "float": "float64", "seed": SEED,
    }
    written = []
    for theme, of in cases(SEED).items():
        entries = []
        for case, found in zip(of, run(spm, of)):
            expected, tail = expect(case, found)
            entry = {
                "name": case["name"], "model": case["model"], "agent": agent(case), "data": case["data"],
                "expected": expected,
            }
            entries.append(entry)
            if theme in ("defaults", "constants") and len(written) < 6:
                numbers = physiology(tail, expected["steps"], len(case["model"]["policies"]["list"][0]))
                written.append({**entry, "expected": numbers})
        fixture.write(TARGET / f"{theme}.json", {**provenance, "theme": theme}, entries)
    fixture.write(TARGET / "physiology.json", {**provenance, "theme": "physiology"}, written)


if __name__ == "__main__":
    main(sys.argv[1])
