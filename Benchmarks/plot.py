"""Draws how the cost of a step grows: plot.py results/latest.json growth.svg."""

import json
import sys

import matplotlib

matplotlib.use("svg")
# The same numbers are to give the same file.
matplotlib.rcParams.update({
    "svg.fonttype": "none", "svg.hashsalt": "growth", "font.size": 8, "font.family": "sans-serif",
    "axes.spines.top": False, "axes.spines.right": False,
})
import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

PANELS = {
    "states": "states (one factor, horizon 2)",
    "factors": "factors (3 states each, 9 policies)",
    "policies": "actions (8 states, actions² policies)",
    "horizon": "horizon (T-maze, 5ⁿ policies)",
    "agents": "agents (T-maze, 125 policies, all cores)",
    "threads": "threads (10,000 agents, 125 policies)",
}
LINEAR = ("factors", "horizon", "threads")


def peer_on_record(report):
    """What pymdp took by horizon, where it took the same steps."""
    return sorted(
        (case["horizon"], case["peer"]["sample"]["blocks"])
        for case in report["comparisons"] if case["name"] == "on a record" and "peer" in case)


def median(values):
    values = sorted(values)
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def draw(axes, points, label):
    style = {"color": "0.5", "linestyle": "--"} if label == "pymdp" else {}
    axes.plot(
        [x for x, _ in points], [median(blocks) / 1000 for _, blocks in points],
        marker="o", markersize=3, linewidth=1, label=label, **style)


def main(source, target):
    with open(source) as file:
        report = json.load(file)
    figure, grid = plt.subplots(2, 3, figsize=(9, 5), layout="constrained")
    for axes, (panel, title) in zip(grid.flat, PANELS.items()):
        for growth in report["growth"]:
            if growth["panel"] == panel:
                points = [(p["x"], p["sample"]["blocks"]) for p in growth["points"]]
                draw(axes, points, growth["series"])
        if panel == "horizon" and (points := peer_on_record(report)):
            draw(axes, points, "pymdp")
        if panel in LINEAR:
            axes.xaxis.get_major_locator().set_params(integer=True)
        else:
            axes.set_xscale("log")
        if panel == "threads":
            axes.set_ylim(bottom=0)
        else:
            axes.set_yscale("log")
        for axis in (axes.xaxis, axes.yaxis):
            if axis.get_scale() == "log":
                sparse = axis is axes.xaxis and panel != "policies"
                axis.set_major_locator(LogLocator(subs=(1,) if sparse else (1, 2, 5)))
                axis.set_minor_locator(NullLocator())
                axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        axes.set_xlabel(title)
        axes.legend(frameon=False)
    for axes in grid[:, 0]:
        axes.set_ylabel("µs a step of one agent")
    machine = report["machine"]
    figure.suptitle(f"{machine['processor']}, {machine['cores']} cores", fontsize=8)
    figure.savefig(target, metadata={"Date": None, "Creator": None})


main(*sys.argv[1:3])
