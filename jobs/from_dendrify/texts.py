"""Brian's expressions and statements in the words of a job."""

import ast
import re

import numpy as np
from brian2 import TimedArray
from brian2.core.functions import DEFAULT_CONSTANTS, DEFAULT_FUNCTIONS, Function
from brian2.core.namespace import DEFAULT_UNITS
from brian2.core.variables import ArrayVariable, Constant
from brian2.units.fundamentalunits import get_dimensions
from brian2.utils.stringtools import get_identifiers

from .capture import AMOUNT
from .quantities import term

# Functions that mean the same in Brian and in a job.
FUNCTIONS = {
    "exp", "log", "log10", "expm1", "log1p", "exprel", "sqrt", "abs", "sign", "floor", "ceil",
    "clip", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "rand",
    "randn", "poisson", "timestep", "int",
}
# Names that a job gives a meaning of its own, so that a constant cannot have them.
RESERVED = {"min", "max", "w"}
WORDS = {"and", "or", "not", "True", "False", "if", "else"}


def renamed(text, names):
    """A text with some of its names replaced."""
    if not names:
        return text
    choice = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"(?<![\w.])({choice})(?!\w)", lambda match: names[match[1]], text)


def one_line(text):
    """Statements on one line, without comments."""
    lines = (line.split("#")[0].strip().rstrip(";").strip() for line in str(text).splitlines())
    return "; ".join(line for line in lines if line)


def statements(text):
    """The statements of such a line."""
    return [one.strip() for one in one_line(text).split(";") if one.strip()]


def assigned(text):
    """Names that statements set."""
    found = set()
    for one in statements(text):
        match = re.match(r"([A-Za-z_]\w*)\s*(?:[-+*/%]|\*\*|//)?=(?!=)", one)
        if match:
            found.add(match[1])
    return found


def calls(text, name):
    """Where a function is called: (start, end, arguments)."""
    for match in re.finditer(rf"(?<![\w.]){re.escape(name)}\s*\(", text):
        depth, place = 1, match.end()
        arguments, last = [], match.end()
        while depth and place < len(text):
            letter = text[place]
            depth += (letter in "([") - (letter in ")]")
            if depth == 1 and letter == ",":
                arguments.append(text[last:place].strip())
                last = place + 1
            place += 1
        arguments.append(text[last:place - 1].strip())
        yield match.start(), place, arguments


class Meaning:
    """What the names of a group's texts mean: constants to write, arrays over time to drive."""

    def __init__(self, group, namespace, findings, what, line):
        self.group, self.namespace = group, namespace
        self.findings, self.what, self.line = findings, what, line
        # Name in the job -> (value in SI, dimension)
        self.constants = {}
        # Name in the job -> (array over time, columns or None)
        self.arrays = {}
        # Name in the job -> name in the script
        self.sources = {}

    def refuse(self, key, **details):
        self.findings.refuse(key, self.what, self.line, **details)

    def variable(self, name):
        return self.group.variables.get(name)

    def lookup(self, name, namespace=None):
        """What a name stands for outside of the group; None if for nothing."""
        try:
            return self.group._resolve_external(
                name, run_namespace=self.namespace if namespace is None else namespace,
                user_identifier=False)
        except KeyError:
            return None

    def text(self, text, namespace=None, own=()):
        """An expression or a statement of the group; `own` are names of its place."""
        text = str(text)
        names = {}
        for name in sorted(get_identifiers(text)):
            if name in WORDS or name in own or self.variable(name) is not None:
                continue
            if name == "xi" or name.startswith("xi_") or name in DEFAULT_CONSTANTS:
                continue
            found = self.lookup(name, namespace)
            if found is None:
                continue
            if isinstance(found, TimedArray):
                text = self.timed(text, name, found)
            elif isinstance(found, Function):
                if name not in FUNCTIONS or found is not DEFAULT_FUNCTIONS.get(name):
                    self.refuse("function", name=name)
            elif name not in DEFAULT_UNITS:
                new = self._constant(name, found)
                if new != name:
                    names[name] = new
        return renamed(text, names)

    def _constant(self, name, found):
        value, dimension = number_of(found)
        if value is None or not np.isfinite(value):
            self.refuse("value", name=name, value=value)
            return name
        if name == AMOUNT:
            return f"({term(value, dimension)})"
        new = name
        if name in RESERVED or name in FUNCTIONS:
            new = f"{name}_constant"
        if self.constants.get(new, (value, dimension)) != (value, dimension):
            # The same name means another number in another text.
            return f"({term(value, dimension)})"
        self.constants[new] = value, dimension
        self.sources[new] = name
        return new

    def timed(self, text, name, array):
        for start, end, arguments in reversed(list(calls(text, name))):
            columns = None
            right = arguments[0] == "t" and len(arguments) == array.values.ndim
            if right and array.values.ndim == 2:
                columns = self._columns(arguments[1])
                right = columns is not None
            if not right:
                self.refuse("timed-array", call=text[start:end])
                return text
            text = text[:start] + self._driven(name, array, columns) + text[end:]
        return text

    def _driven(self, name, array, columns):
        new = name
        while new in self.arrays and not _same(self.arrays[new], (array, columns)):
            new += "_"
        self.arrays[new] = array, columns
        return new

    def _columns(self, expression):
        """The column of each neuron, if that is fixed."""
        known = {"i": np.arange(len(self.group)), "N": len(self.group)}
        for name in get_identifiers(expression) - set(known):
            variable = self.variable(name)
            if not isinstance(variable, ArrayVariable) or not variable.constant:
                return None
            known[name] = np.array(variable.get_value())
        try:
            tree = ast.parse(expression, mode="eval")
            if any(isinstance(node, (ast.Call, ast.Attribute)) for node in ast.walk(tree)):
                return None
            found = eval(compile(tree, "columns", "eval"), {"__builtins__": {}}, known)
        except (SyntaxError, TypeError, ValueError):
            return None
        return np.broadcast_to(np.asarray(found, np.int64), (len(self.group),))


def _same(one, other):
    return one[0] is other[0] and np.array_equal(one[1], other[1]) if (
        one[1] is not None and other[1] is not None) else one[0] is other[0] and one[1] is other[1]


def number_of(found):
    """The value in SI and the dimension of what a name stands for."""
    if isinstance(found, Constant):
        return float(found.value), found.dim
    if isinstance(found, ArrayVariable):
        value = np.asarray(found.get_value())
        return (float(value.flat[0]) if value.size == 1 else None), found.dim
    return float(found), get_dimensions(found)
