"""Runs a script that knows nothing of Coppice."""

import ast
import builtins
import json
import os
import pathlib
import sys
import traceback
import types
import warnings


class Script:
    """A script, or the code of a notebook's cells, each of which runs by itself."""

    def __init__(self, path):
        self.path = str(path)
        text = pathlib.Path(path).read_text()
        # (first line, text, whether its author has seen it fail) of what runs as one piece.
        self.pieces = [(1, text, False)]
        if self.path.endswith(".ipynb"):
            self.pieces = list(self._cells(json.loads(text)["cells"]))
        self.text = "".join(text for _, text, _ in self.pieces)

    @staticmethod
    def _cells(cells):
        line = 1
        for cell in cells:
            if cell["cell_type"] != "code":
                continue
            lines = "".join(cell["source"]).splitlines()
            # What is IPython's own, and no Python.
            text = "".join(f"{'pass' if one.startswith(('%', '!')) else one}\n" for one in lines)
            failed = any(one.get("output_type") == "error" for one in cell.get("outputs", ()))
            yield line, text, failed
            line += len(lines)

    def place(self, line):
        """Where a line is, for people."""
        if line is None:
            return self.path
        if len(self.pieces) == 1:
            return f"{self.path}:{line}"
        number = max(k for k, (first, _, _) in enumerate(self.pieces) if first <= line)
        return f"{self.path}: code cell {number + 1}, line {line - self.pieces[number][0] + 1}"


class Outcome:
    """How a script ended."""

    def __init__(self, error=None, line=None, trace=""):
        self.error, self.line, self.trace = error, line, trace


def run(script):
    """Runs the script as Python would, without windows and files of figures."""
    os.environ["MPLBACKEND"] = "Agg"
    _silence_figures()
    module = types.ModuleType("__main__")
    module.__file__ = script.path
    module.__builtins__ = builtins
    old = sys.modules["__main__"], sys.argv, sys.path[0]
    sys.modules["__main__"], sys.argv = module, [script.path]
    sys.path[0] = str(pathlib.Path(script.path).resolve().parent)
    try:
        for first, text, may_fail in script.pieces:
            outcome = _piece(script.path, first, text, module.__dict__)
            if outcome is not None and (outcome.error is None or not may_fail):
                return outcome
        return Outcome()
    finally:
        sys.modules["__main__"], sys.argv, sys.path[0] = old


def _piece(path, first, text, namespace):
    """Runs one piece; how the script ended, if it did."""
    try:
        tree = ast.parse(text, path)
        exec(compile(ast.increment_lineno(tree, first - 1), path, "exec"), namespace)
    except SystemExit as end:
        return Outcome() if end.code in (None, 0) else Outcome(f"exit code {end.code}")
    except Exception as error:
        return Outcome(f"{type(error).__name__}: {_last_words(error)}", _line(error, path),
                       traceback.format_exc())
    return None


def _last_words(error):
    """The reason behind an error: Brian wraps those of its objects."""
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _line(error, path):
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__)
             if frame.filename == path]
    return lines[0] if lines else None


def _silence_figures():
    try:
        import matplotlib
        import matplotlib.figure
        import matplotlib.pyplot
    except ImportError:
        return
    matplotlib.use("Agg", force=True)
    matplotlib.pyplot.show = lambda *arguments, **options: None
    # A figure of empty recordings must not replace one that the user has.
    matplotlib.figure.Figure.savefig = lambda *arguments, **options: None
    warnings.filterwarnings("ignore", module="matplotlib")


def may_run_after(text, line):
    """Whether a call of `run` may follow a line at which a script ended."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        # Of a cell that its author has seen fail.
        return True
    running = {"run"}
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for _ in functions:
        running |= {one.name for one in functions if _calls(one) & running}
    for statement in tree.body:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)):
            continue
        behind = statement.lineno > line
        within = statement.lineno <= line <= statement.end_lineno
        # A statement that spans several lines may come back to its run.
        compound = isinstance(statement, (ast.For, ast.While, ast.With, ast.Try, ast.If, ast.Expr))
        if (behind or within and compound) and _calls(statement) & running:
            return True
    return False


def _calls(node):
    """Names of what is called anywhere in a piece of a script."""
    found = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Call):
            name = one.func
            found.add(name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", ""))
    return found
