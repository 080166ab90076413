"""What the generators that ask SPM share: GNU Octave, there and back."""

import pathlib
import subprocess
import tempfile

import numpy as np

import fixture


def version():
    """What Octave calls itself."""
    return subprocess.run(["octave-cli", "--version"], capture_output=True, text=True).stdout.split("\n")[0]


def matlab(array):
    """An array as an Octave expression, every number so that it reads back the same."""
    array = np.asarray(array, dtype=float)
    shape = array.shape + (1,) * (2 - array.ndim)
    numbers = " ".join(repr(float(x)) for x in array.flatten(order="F"))
    return f"reshape([{numbers}], [{' '.join(map(str, shape))}])"


def run(script, spm, structures):
    """What a script next to this file prints of some MDPs, each of which is the lines of Octave that build it.

    A line is `NAME NUMBER... : VALUE...`: here the words before the colon and an array of the values after it, in order.
    """
    with tempfile.TemporaryDirectory() as folder:
        cases, results = pathlib.Path(folder, "cases.m"), pathlib.Path(folder, "results")
        lines = ["cases = {};"]
        for structure in structures:
            lines += ["MDP = struct();", *structure, "cases{end + 1} = MDP;"]
        cases.write_text("\n".join(lines) + "\n")
        subprocess.run(
            ["octave-cli", "--no-window-system", str(fixture.HERE / script), spm, str(cases), str(results)], check=True
        )
        for line in results.read_text().splitlines():
            head, _, values = line.partition(" :")
            yield head.split(), np.array([float(x) for x in values.split()])
