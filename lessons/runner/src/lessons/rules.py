"""What an answer may not use, read from its syntax tree before any of it runs.

Two sets of rules. The exercise's own (`forbids`) keep it an exercise: no `torch.optim` where an
optimiser is to be written. The general ones keep an answer to computing: it has no business with
the system, with the runner that grades it, or with Python's insides.
"""

import ast
from collections.abc import Iterator, Sequence
from typing import TypeGuard


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SCIENCE = _words("numpy scipy pandas sklearn torch keras matplotlib tqdm")

# The part of the standard library with which one computes.
COMPUTING = _words(
    "__future__ abc array bisect cmath collections copy csv dataclasses datetime decimal difflib "
    "enum fractions functools hashlib heapq io itertools json math numbers operator random re "
    "shlex statistics string struct textwrap time typing unicodedata zlib"
)

INSIDES = _words(
    "__import__ breakpoint compile delattr eval exec getattr globals locals open setattr vars"
)

# torch.sys.modules and the like lead back to everything.
DOORS = _words(
    "attrgetter builtins cpp_extension ctypes ctypeslib gc importlib inspect lessons "
    "methodcaller modules os socket subprocess sys"
)

# What a class defines to take part in +, [], len() and calls; the rest leads into the insides.
PROTOCOL = frozenset(
    f"__{name}__"
    for name in _words(
        "abs add and bool call class contains doc enter eq exit float floordiv ge "
        "getitem gt hash iadd imul init int invert isub iter itruediv le len lt matmul mod "
        "mul name ne neg next or pos post_init pow radd repr rmatmul rmul rpow rsub rtruediv "
        "setitem str sub truediv xor"
    )
)

SYNTAX: dict[str, tuple[type[ast.AST], ...]] = {
    "for": (ast.For, ast.comprehension),
    "while": (ast.While,),
    "import": (ast.Import, ast.ImportFrom),
    "lambda": (ast.Lambda,),
    "if": (ast.If, ast.IfExp),
    "try": (ast.Try,),
    "class": (ast.ClassDef,),
}


def first_violation(
    tree: ast.Module, forbids: Sequence[str] = (), allows: Sequence[str] = ()
) -> str | None:
    """The first thing that the answer uses and may not, as a person would name it."""
    names = _Names(tree)
    harmless = {id(node.func) for node in ast.walk(tree) if _harmless_getattr(node)}
    for node in ast.walk(tree):
        for found in _general(node, allows):
            if id(node) not in harmless:
                return found
        for rule in forbids:
            if isinstance(node, SYNTAX.get(rule, ())):
                return rule
            dotted = names.dotted(node)
            if dotted is not None and _below(dotted, rule):
                return rule
    return None


def _harmless_getattr(node: ast.AST) -> TypeGuard[ast.Call]:
    # getattr(model, "bias", None): what could as well stand behind a dot.
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return False
    if node.func.id != "getattr" or len(node.args) < 2:
        return False
    name = node.args[1].value if isinstance(node.args[1], ast.Constant) else None
    return isinstance(name, str) and name.isidentifier() and name not in DOORS and name[:2] != "__"


def _below(dotted: str, rule: str) -> bool:
    return dotted == rule or dotted.startswith(f"{rule}.")


def _general(node: ast.AST, allows: Sequence[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        modules = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        modules = [node.module or "."] if not node.level else ["."]
        modules += [alias.name for alias in node.names if alias.name in DOORS]
    else:
        modules = []
    yield from (one for one in modules if not _importable(one, allows))
    name = node.id if isinstance(node, ast.Name) else None
    name = node.attr if isinstance(node, ast.Attribute) else name
    if name is None or name in allows:
        return
    if isinstance(node, ast.Name) and name in INSIDES:
        yield name
    if isinstance(node, ast.Attribute) and name in DOORS:
        yield name
    if name.startswith("__") and name.endswith("__") and name not in PROTOCOL:
        yield name


def _importable(module: str, allows: Sequence[str]) -> bool:
    top = module.partition(".")[0]
    if top in allows or module in allows:
        return True
    if any(part in DOORS for part in module.split(".")):
        return False
    return top in COMPUTING or top in SCIENCE


class _Names:
    """What each name of the answer stands for, as far as imports and aliases tell."""

    def __init__(self, tree: ast.Module) -> None:
        self._known: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    whole = alias.name if alias.asname else alias.name.partition(".")[0]
                    self._known[alias.asname or whole] = whole
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    self._known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        self._follow_assignments(tree)

    def _follow_assignments(self, tree: ast.Module) -> None:
        # `o = torch.optim` makes `o.SGD` what it is.
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                target, dotted = node.targets[0], self.dotted(node.value)
                if isinstance(target, ast.Name) and dotted and "." in dotted:
                    self._known.setdefault(target.id, dotted)

    def dotted(self, node: ast.AST) -> str | None:
        """`F.mse_loss` as torch.nn.functional.mse_loss; a bare built-in's own name."""
        if isinstance(node, ast.Name):
            return self._known.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            left = self.dotted(node.value)
            return f"{left}.{node.attr}" if left else None
        if isinstance(node, ast.ImportFrom):
            return node.module
        return None
