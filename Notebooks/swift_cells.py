"""Swift in a notebook: `%load_ext swift_cells`, then cells that begin with `%%swift`.

Loading the extension builds the package. A cell is then compiled with optimisation to a library of its own and runs
inside the kernel. What it defines and imports is there for the cells after it; a name that is defined again, as when a
cell is run twice, stands for its newest meaning. After `%%swift name`, what the cell prints becomes the Python variable
`name`. An error that leaves a cell is shown as Python's are; a trap, such as an index out of range, ends the kernel.

Linux only: elsewhere the Swift runtime cannot be told what to do about errors.
"""

import contextlib
import ctypes
import pathlib
import re
import subprocess
import sys
import tempfile

from IPython.core.magic import register_cell_magic

ROOT = pathlib.Path(__file__).resolve().parent.parent
RELEASE = ROOT / ".build" / "release"
PRODUCT = "ActiveInferenceNotebook"

# What a program calls when an error leaves its last line: ends the cell's thread, and hands over the message.
PRELUDE = """
import Glibc
@_silgen_name("swift_errorInMain")
public func errorLeftTheCell(_ error: any Error) { pthread_exit(strdup("\\(error)")) }
"""
DECLARATION = re.compile(
    r"^(?:@\w+(?:\([^)]*\))? +|(?:public|final|indirect|nonisolated|package|internal) +)*"
    r"(let|var|func|struct|class|enum|protocol|actor|typealias) +(\w+|\([\w, ]+\))", re.MULTILINE)
IMPORT = re.compile(r"^(?:@\w+ +)?import .+", re.MULTILINE)


class SwiftError(Exception):
    """What a cell's compiler or the cell itself had to say."""

    def _render_traceback_(self):
        return str(self).splitlines()


class Session:
    """The cells of one kernel."""

    def __init__(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="swift-cells-")
        self.folder = pathlib.Path(self.temporary.name)
        self.libc = ctypes.CDLL(None)
        self.count, self.imports, self.names = 0, [], {}
        self._run(["swift", "build", "--package-path", ROOT, "-c", "release", "--product", PRODUCT])
        search = [RELEASE / "Modules", ROOT / "Sources/COpenBLAS", ROOT / "Sources/CGSL",
                  ROOT / "Sources/CVectorMath/include", *ROOT.glob(".build/checkouts/*/Sources/*/include")]
        blas = self._run(["pkg-config", "--cflags-only-I", "openblas"]).split()
        self.search = [f"-I{folder}" for folder in [*search, self.folder]] + blas
        self.link = [f"-L{self.folder}", f"-L{RELEASE}", "-lCell0", f"-l{PRODUCT}",
                     "-Xlinker", f"-rpath={self.folder}", "-Xlinker", f"-rpath={RELEASE}"]
        (self.folder / "Prelude.swift").write_text(PRELUDE, encoding="utf-8")
        self._run(["swiftc", "-O", "-emit-library", "-module-name", "Cell0", self.folder / "Prelude.swift",
                   "-o", self.folder / "libCell0.so"])
        ctypes.CDLL(str(self.folder / "libCell0.so"), ctypes.RTLD_GLOBAL)

    def run(self, code):
        """Compiles a cell, runs it, and returns what it printed."""
        number = self.count + 1
        module, folder = f"Cell{number}", self.folder / str(number)
        folder.mkdir(exist_ok=True)
        live = sorted({owner for owner, _ in self.names.values()})
        # An import of one name wins over what modules as a whole offer.
        lines = self.imports + [f"@testable import Cell{owner}" for owner in live]
        lines += [f"@testable import {kind} Cell{owner}.{name}" for name, (owner, kind) in self.names.items()]
        (folder / "main.swift").write_text(
            "\n".join(lines) + f'\n#sourceLocation(file: "cell", line: 1)\n{code}\n', encoding="utf-8")
        built, library = folder / f"{module}.o", self.folder / f"lib{module}.so"
        # The driver would not let a library have statements of its own; the compiler proper does.
        self._run(["swiftc", "-frontend", "-c", "-O", "-enable-testing", "-swift-version", "5", *self.search,
                   "-diagnostic-style", "llvm", "-module-name", module, "-entry-point-function-name", f"{module}_main",
                   "-emit-module-path", self.folder / f"{module}.swiftmodule", folder / "main.swift", "-o", built])
        self._run(["swiftc", "-emit-library", built, *self.link, *[f"-lCell{owner}" for owner in live], "-o", library])
        entry = getattr(ctypes.CDLL(str(library), ctypes.RTLD_GLOBAL), f"{module}_main")
        self.count = number
        self.imports += [line for line in IMPORT.findall(code) if line not in self.imports]
        for kind, found in DECLARATION.findall(code):
            kind = {"let": "var", "actor": "class"}.get(kind, kind)
            self.names.update({name: (number, kind) for name in re.findall(r"\w+", found)})
        return self._call(entry)

    def _call(self, entry):
        """Runs a cell's code in a thread of its own, which an error can end."""
        thread, message = ctypes.c_ulong(), ctypes.c_void_p()
        with tempfile.TemporaryFile() as printed:
            with self._standard_output(printed):
                self.libc.pthread_create(ctypes.byref(thread), None, entry, None)
                self.libc.pthread_join(thread, ctypes.byref(message))
            printed.seek(0)
            text = printed.read().decode("utf-8", "replace")
        if message.value:
            sys.stdout.write(text)
            raise SwiftError("error: " + ctypes.string_at(message.value).decode("utf-8", "replace"))
        return text

    @contextlib.contextmanager
    def _standard_output(self, file):
        """Sends what the process prints to a file."""
        kept = self.libc.dup(1)
        self.libc.fflush(None)
        self.libc.dup2(file.fileno(), 1)
        try:
            yield
        finally:
            self.libc.fflush(None)
            self.libc.dup2(kept, 1)
            self.libc.close(kept)

    @staticmethod
    def _run(command):
        result = subprocess.run([str(word) for word in command], text=True, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, check=False)
        if result.returncode:
            raise SwiftError((result.stderr + result.stdout).strip())
        return result.stdout


def load_ipython_extension(shell):
    """Builds the package and defines `%%swift`."""
    session = Session()

    @register_cell_magic
    def swift(line, cell):
        printed = session.run(cell)
        if line.strip():
            shell.user_ns[line.strip()] = printed
        else:
            sys.stdout.write(printed)
