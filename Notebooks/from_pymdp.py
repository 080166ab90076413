"""The way in for pymdp users: a pymdp Agent becomes `aif.model/1` and `aif.agent/1`.

As a library:

    from from_pymdp import convert, save
    model, agent = convert(my_agent)                      # two dictionaries, ready for json.dump
    save(my_agent, "model.json", "agent.json")            # or straight to files

From the command line, for a Python file that builds an agent (or a function without arguments that returns one):

    python from_pymdp.py my_model.py:my_agent --model model.json --agent agent.json

and then

    aif validate model.json
    aif replay model.json --agent agent.json --data data.json

Both inferactively-pymdp 1.x (JAX) and 0.0.7 (NumPy) agents are read; which one is detected. Nothing but NumPy and the
pymdp that made the agent is needed.

What becomes of what

* One control a factor, `control_<f>`, also where it has a single action, so that actions have one entry a factor, as in
  pymdp. With `B_action_dependencies` the controls are pymdp's original `num_controls` and every factor's action axes are
  un-flattened, in the order of its list; a factor without any has `controls: []`. Choosing by marginals then means the
  marginals of the original controls, not of pymdp's flattened ones (which it decodes into inconsistent actions).
* Factors are `factor_<f>`, modalities `modality_<m>`; pass `factor_labels`, `modality_labels`, `control_labels` (a list of
  labels for each, or None) to name what is inside.
* Of a batch of 1.x agents, `batch_index` is converted.
* C is [step][outcome] here; the columns of 0.0.7's time-indexed C become rows. 1.x uses C as it stands and 0.0.7 uses its
  log softmax: the presets `pymdp-1` and `pymdp-0.0.7` say so, and hold every constant of the version.
* Where counts are given, A and B must be their mean: pymdp 1.x keeps both and they may disagree until the first update,
  aif does not.
* Learning. 1.x: what `learn_A` and `learn_B` say, with the rates `lr_pA` and `lr_pB` of `infer_parameters` passed here.
  0.0.7 learns when the user calls `update_A`, `update_B`, `update_D`: say which with `learn="ABD"`; rates and subsets are
  the agent's. aif counts every datum once and never revives a cell of count zero.
* 0.0.7's `inference_algo="MMP"` is `mmp-legacy`; `inference.policyMessages.tau` is the inverse of its `tau`.
* Numbers go through float64 as they are. Only where a column sums to 1 to no better than 1e-9, as it does in JAX's default
  float32, is it divided by its sum: aif requires 1e-6.

What cannot be expressed raises a ValueError that names the place and what to do.
"""

import argparse
import importlib.util
import itertools
import json
import pathlib

import numpy as np

_EXACT_SUM = 1e-9   # a column whose sum is closer to 1 is left as it is
_FLOAT32_SUM = 2e-5  # a column whose sum is farther from 1 is an error
_COUNT_MEAN = 1e-6  # how closely A must agree with the mean of its counts


def convert(agent, *, batch_index=0, name="pymdp", lr_pA=1.0, lr_pB=1.0, learn="",
            factor_labels=None, modality_labels=None, control_labels=None):
    """The pymdp `agent` as a pair of dictionaries: `aif.model/1` and `aif.agent/1`."""
    if type(agent).__module__.startswith("pymdp.legacy"):
        raise ValueError("pymdp.legacy agents are neither 1.x nor 0.0.7: build a pymdp.agent.Agent")
    if hasattr(agent, "batch_size"):
        source = _Agent1(agent, batch_index, {"A": lr_pA, "B": lr_pB})
    else:
        source = _Agent007(agent, learn)
    labels = {"factor": factor_labels, "modality": modality_labels, "control": control_labels}
    return _model(source, name, labels), source.settings()


def save(agent, model_path, agent_path, **options):
    """Write `convert(agent, **options)` to two JSON files."""
    for path, document in zip((model_path, agent_path), convert(agent, **options)):
        text = json.dumps(document, separators=(",", ":"), allow_nan=False)
        pathlib.Path(path).write_text(text + "\n", encoding="utf-8")


# What the two versions have in common


def _model(source, name, labels):
    """The `aif.model/1` of what a source says in one way for both versions."""
    model = {"format": "aif.model/1", "name": name}
    model["factors"] = _variables("factor", source.states, labels["factor"])
    model["modalities"] = _variables("modality", source.outcomes, labels["modality"])
    model["controls"] = _variables("control", source.controls, labels["control"])

    model["A"] = [
        {"modality": f"modality_{m}", "given": [f"factor_{f}" for f in source.A_given[m]],
         "probability": _probability(a, f"A[{m}]").tolist()}
        for m, a in enumerate(source.A)
    ]
    model["B"] = [
        {"factor": f"factor_{f}", "given": [f"factor_{g}" for g in source.B_given[f]],
         "controls": [f"control_{c}" for c in source.B_controls[f]],
         "probability": _probability(b, f"B[{f}]").tolist()}
        for f, b in enumerate(source.B)
    ]
    model["C"] = [
        {"modality": f"modality_{m}", "logPreference": _finite(c, f"C[{m}]").tolist()} for m, c in enumerate(source.C)
    ]
    model["D"] = [
        {"factor": f"factor_{f}", "probability": _probability(d, f"D[{f}]").tolist()} for f, d in enumerate(source.D)
    ]

    policies = [np.asarray(policy) for policy in source.policies]
    if len({policy.shape for policy in policies}) > 1:
        raise ValueError("policies: they differ in length; give them all the same number of steps")
    habit = _probability(source.E, "E")
    if np.any(habit != habit[0]):
        model["E"] = {"probability": habit.tolist()}
    if not source.enumerates_all:
        model["policies"] = {"list": [policy.astype(int).tolist() for policy in policies]}

    counts = {
        "A": _counts(source.pA, model["A"], "modality", "A"),
        "B": _counts(source.pB, model["B"], "factor", "B"),
        "D": _counts(source.pD, model["D"], "factor", "D"),
    }
    counts = {table: entries for table, entries in counts.items() if entries}
    if counts:
        model["concentration"] = counts
    if source.goals:
        model["H"] = [{"factor": f"factor_{f}", "goal": goal.tolist()} for f, goal in source.goals.items()]
    return model


def _variables(kind, sizes, labels):
    """Named variables, with labels where they are given."""
    if labels and len(labels) != len(sizes):
        raise ValueError(f"{kind}_labels: {len(labels)} entries, expected {len(sizes)}")
    variables = []
    for i, size in enumerate(sizes):
        own = labels[i] if labels else None
        if own is not None and len(own) != size:
            raise ValueError(f"{kind}_labels[{i}]: {len(own)} labels for {size} values")
        variables.append({"name": f"{kind}_{i}", **({"size": int(size)} if own is None else {"labels": list(own)})})
    return variables


def _finite(array, place):
    """The array in float64, every entry finite."""
    array = np.asarray(array, dtype=np.float64)
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{place}: holds NaN or an infinity")
    return array


def _probability(array, place):
    """The array in float64, its columns (axis 0) non-negative and summing to 1."""
    array = _finite(array, place)
    if np.any(array < 0):
        raise ValueError(f"{place}: holds a negative probability")
    sums = array.sum(axis=0)
    error = np.abs(sums - 1)
    if np.any(error > _FLOAT32_SUM):
        worst = np.argmax(error)
        column = ", ".join(str(int(i)) for i in np.unravel_index(worst, error.shape))
        raise ValueError(f"{place}{f', column ({column})' if column else ''}: sums to {np.ravel(sums)[worst]}, not 1; "
                         "divide it by its sum")
    return np.where(error > _EXACT_SUM, array / sums, array)


def _counts(tables, entries, key, kind):
    """Dirichlet counts, checked against the probabilities beside which they will stand."""
    result = []
    for i, table in enumerate([] if tables is None else tables):
        if table is None:
            continue
        place = f"p{kind}[{i}]"
        table = _finite(table, place)
        if np.any(table < 0) or np.any(table.sum(axis=0) <= 0):
            raise ValueError(f"{place}: a count is negative or a column holds none; give every column a positive count")
        mean = table / table.sum(axis=0)
        if np.max(np.abs(mean - np.asarray(entries[i]["probability"]))) > _COUNT_MEAN:
            raise ValueError(f"{kind}[{i}] is not the mean of {place}, which aif.model/1 requires where counts are given: "
                             f"build the agent with {kind}[{i}] = {place} / {place}.sum(0), or leave {place} out")
        result.append({key: entries[i][key], "counts": table.tolist()})
    return result


def _all_sequences(controls, horizon):
    """All policies, the last control of the last step varying fastest."""
    sequences = itertools.product(*[range(size) for size in list(controls) * horizon])
    return np.array(list(sequences), dtype=int).reshape(-1, horizon, len(controls))


def _planning(agent, horizon, gamma):
    """The planning keys that both versions have."""
    return {
        "method": "enumerate",
        "horizon": int(horizon),
        "gamma": float(gamma),
        "utility": bool(agent.use_utility),
        "stateInformationGain": bool(agent.use_states_info_gain),
        "parameterInformationGain": bool(agent.use_param_info_gain),
    }


class _Agent1:
    """What a pymdp 1.x agent says."""

    def __init__(self, agent, batch_index, rates):
        if not 0 <= batch_index < agent.batch_size:
            raise ValueError(f"batch_index: {batch_index} in a batch of {agent.batch_size}")
        self.agent, self.batch, self.rates = agent, batch_index, rates
        self.states, self.outcomes = agent.num_states, agent.num_obs
        self.A, self.C, self.D, self.E = map(self._of_batch, (agent.A, agent.C, agent.D, agent.E))
        self.A_given, self.B_given = agent.A_dependencies, agent.B_dependencies
        self.pA, self.pD = self._of_batch(agent.pA), None
        self.policies = np.asarray(agent.policies.policy_arr)

        maps = agent.action_maps
        if maps is None:
            self.controls = agent.num_controls
            self.B_controls = [[f] for f in range(agent.num_factors)]
            self.enumerates_all = np.array_equal(self.policies, _all_sequences(self.controls, agent.policy_len))
        else:
            self.controls = agent.num_controls_multi
            self.B_controls = [list(each["multi_dependency"]) for each in maps]
            self.enumerates_all = True
        self.B, self.pB = map(self._unflatten, (self._of_batch(agent.B), self._of_batch(agent.pB)))
        self.goals = self._goals()

    def _of_batch(self, arrays):
        """One agent's arrays out of the batch."""
        if arrays is None:
            return None
        if not isinstance(arrays, (list, tuple)):
            return np.asarray(arrays)[self.batch]
        return [None if array is None else np.asarray(array)[self.batch] for array in arrays]

    def _unflatten(self, tables):
        """B or pB with an axis for each control its factor depends on."""
        if tables is None or self.agent.action_maps is None:
            return tables
        return [table.reshape(table.shape[:-1] + tuple(each["multi_dims"]))
                for table, each in zip(tables, self.agent.action_maps)]

    def _goals(self):
        """Goal states by factor; a factor whose H is zero everywhere has none."""
        agent = self.agent
        if not agent.use_inductive:
            return {}
        if agent.H is None:
            raise ValueError("use_inductive without H: give goal states H, a precomputed I cannot be expressed")
        goals = {f: _finite(h, f"H[{f}]") for f, h in enumerate(self._of_batch(agent.H)) if np.any(h)}
        for f, goal in goals.items():
            if not np.all(np.isin(goal, (0, 1))):
                raise ValueError(f"H[{f}]: goal states are marked by 1, all others by 0")
            if list(agent.B_dependencies[f]) != [f]:
                raise ValueError(f"H[{f}]: pymdp plans inductively only over factors that depend on themselves alone")
        return goals

    def settings(self):
        """The `aif.agent/1` of this agent."""
        agent, batch = self.agent, self.batch
        algorithm = agent.inference_algo
        if algorithm not in ("fpi", "exact", "vmp", "mmp"):
            raise ValueError(f"inference_algo {algorithm!r}: not in aif.agent/1; use fpi, exact, vmp or mmp"
                             + (" (ovf filters as fpi does)" if algorithm == "ovf" else ""))
        inference = {"algorithm": algorithm}
        if algorithm != "exact":
            inference["iterations"] = int(agent.num_iter)
        if algorithm in ("vmp", "mmp"):
            inference["horizon"] = agent.inference_horizon

        planning = _planning(agent, self.policies.shape[1], agent.gamma[batch])
        planning["informationGain"] = "perModality"
        planning["novelty"] = "exact"
        planning["inductive"] = None
        if self.goals:
            planning["inductive"] = {
                "depth": int(agent.inductive_depth),
                "threshold": float(agent.inductive_threshold[batch]),
                "epsilon": float(agent.inductive_epsilon[batch]),
            }

        learning = {}
        for table, on, counts in (("A", agent.learn_A, agent.pA), ("B", agent.learn_B, agent.pB)):
            if not on:
                continue
            if counts is None:
                raise ValueError(f"learn_{table} without p{table}: give the counts to learn")
            if agent.learning_mode != "online":
                raise ValueError(f"learning_mode {agent.learning_mode!r}: aif learns at every step; use 'online'")
            learning[table] = {"rate": float(self.rates[table])}
        return {
            "format": "aif.agent/1", "preset": "pymdp-1", "inference": inference, "planning": planning,
            "action": {"selection": agent.action_selection, "mode": agent.sampling_mode, "alpha": float(agent.alpha[batch])},
            "learning": learning,
        }


class _Agent007:
    """What a pymdp 0.0.7 agent says."""

    def __init__(self, agent, learn):
        self.agent, self.learn = agent, learn
        self.states, self.outcomes, self.controls = agent.num_states, agent.num_obs, agent.num_controls
        factors = range(agent.num_factors)
        self.A, self.B, self.D, self.E = agent.A, agent.B, agent.D, agent.E
        self.C = [np.asarray(c).T for c in agent.C]
        self.pA, self.pB, self.pD = agent.pA, agent.pB, agent.pD
        self.A_given = [list(factors)] * agent.num_modalities
        self.B_given = self.B_controls = [[f] for f in factors]
        self.policies = agent.policies
        every = _all_sequences(self.controls, agent.policy_len)
        self.enumerates_all = len(every) == len(agent.policies) and all(map(np.array_equal, every, agent.policies))
        self.goals = {}

    def settings(self):
        """The `aif.agent/1` of this agent."""
        agent = self.agent
        planning = _planning(agent, len(agent.policies[0]), agent.gamma)
        planning["informationGain"] = "joint"
        planning["novelty"] = "heuristic"
        return {
            "format": "aif.agent/1", "preset": "pymdp-0.0.7",
            "inference": self._inference(),
            "planning": planning,
            "action": {"selection": agent.action_selection, "mode": agent.sampling_mode, "alpha": float(agent.alpha)},
            "learning": {table: self._rule(table) for table in self.learn},
        }

    def _inference(self):
        """How states are inferred: by fixed-point iteration, or by messages under each policy."""
        agent = self.agent
        parameters = agent.inference_params
        if agent.inference_algo == "VANILLA":
            return {"algorithm": "fpi", "iterations": int(parameters["num_iter"]),
                    "tolerance": float(parameters["dF_tol"])}
        if agent.inference_algo != "MMP":
            raise ValueError(f"inference_algo {agent.inference_algo!r}: of 0.0.7 only VANILLA and MMP can be expressed")
        if not parameters["grad_descent"]:
            raise ValueError("inference_params: grad_descent False cannot be expressed; leave it True")
        if not agent.edge_handling_params["use_BMA"]:
            raise ValueError("use_BMA, policy_sep_prior: only windows that begin with the average over policies can be "
                             "expressed; leave use_BMA True and policy_sep_prior False")
        return {"algorithm": "mmp-legacy", "iterations": int(parameters["num_iter"]),
                "horizon": int(agent.inference_horizon), "policyMessages": {"tau": 1 / float(parameters["tau"])}}

    def _rule(self, table):
        """How the counts of a table are learned: the agent's rate and its subset, if any."""
        agent = self.agent
        if table not in ("A", "B", "D"):
            raise ValueError(f"learn={self.learn!r}: 0.0.7 learns A, B and D")
        if getattr(agent, f"p{table}") is None:
            raise ValueError(f"learn={self.learn!r} without p{table}: give the counts to learn")
        rule = {"rate": float(getattr(agent, f"lr_p{table}"))}
        kind, subset = ("modality", agent.modalities_to_learn) if table == "A" else ("factor", agent.factors_to_learn)
        if subset != "all":
            rule["modalities" if table == "A" else "factors"] = [f"{kind}_{i}" for i in subset]
        return rule


def _main():
    parser = argparse.ArgumentParser(description="Turn a pymdp agent into aif.model/1 and aif.agent/1 files.")
    parser.add_argument("source", metavar="FILE.py:NAME", help="a Python file and the agent in it, or a function returning one")
    parser.add_argument("--model", default="model.json", help="where the model goes (model.json)")
    parser.add_argument("--agent", default="agent.json", help="where the agent goes (agent.json)")
    parser.add_argument("--batch-index", type=int, default=0, help="which agent of a 1.x batch (0)")
    parser.add_argument("--learn", default="", help="what a 0.0.7 agent learns, such as ABD (nothing)")
    arguments = parser.parse_args()
    path, separator, name = arguments.source.rpartition(":")
    if not separator:
        parser.error("name the agent: FILE.py:NAME")
    specification = importlib.util.spec_from_file_location("pymdp_source", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    agent = getattr(module, name)
    if not hasattr(agent, "infer_states"):
        agent = agent()
    save(agent, arguments.model, arguments.agent, batch_index=arguments.batch_index, learn=arguments.learn)


if __name__ == "__main__":
    _main()
