"""What an author's checks.py uses: `check`, `Learner`, `close`, `expect`, `fail`.

A check calls the learner's code on fresh inputs and compares it with an oracle of its own. It
says which kind of mistake was made, never the value and never the answer.
"""

import ast
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

from lessons.comparing import NotComparableError, matches, shape_of

# The kinds that the runner itself explains; every other kind is the lesson's own text.
GENERIC_KINDS = (
    "wrong_value",
    "wrong_shape",
    "wrong_type",
    "not_implemented",
    "missing",
    "raised",
    "undefined",
    "syntax",
    "too_slow",
    "too_big",
    "forbidden",
)


class FailedCheckError(Exception):
    """The learner's code does not pass, because of this kind of mistake."""

    def __init__(self, kind: str, **values: object) -> None:
        super().__init__(kind)
        self.kind = kind
        self.values = values


@dataclass(frozen=True)
class Check:
    """A check function with what its exercise forbids and allows."""

    exercise: str
    run: Callable[["Learner"], None]
    forbids: tuple[str, ...] = ()
    allows: tuple[str, ...] = ()


Function = TypeVar("Function", bound=Callable[["Learner"], None])


def check(
    exercise: str, forbids: tuple[str, ...] = (), allows: tuple[str, ...] = ()
) -> Callable[[Function], Function]:
    """Marks the function that checks an exercise.

    `forbids` names what the answer may not use: dotted names ("torch.optim", also everything
    below), built-in names ("sum"), or syntax ("for", "while", "import", "lambda").
    `allows` names modules that an answer usually may not import ("os", "threading").
    """

    def mark(function: Function) -> Function:
        setattr(function, "__lessons_check__", Check(exercise, function, forbids, allows))  # noqa: B010
        return function

    return mark


def checks_of(module: types.ModuleType) -> dict[str, Check]:
    """The checks of a checks.py, by exercise."""
    marked = (getattr(value, "__lessons_check__", None) for value in vars(module).values())
    return {one.exercise: one for one in marked if isinstance(one, Check)}


class Learner:
    """The learner's answer to one exercise, already run, and fresh randomness to try it with."""

    def __init__(self, source: str, names: Mapping[str, Any], seed: int) -> None:
        self._source = source
        self._names = names
        self.seed = seed
        self._rng: Any = None

    @property
    def rng(self) -> Any:
        """A numpy Generator; the same one each time, so inputs differ from draw to draw."""
        if self._rng is None:
            import numpy as np

            self._rng = np.random.default_rng(self.seed)
        return self._rng

    @property
    def random(self) -> Any:
        """The standard library's Random with the same seed, for lessons without numpy."""
        import random

        if not hasattr(self, "_random"):
            self._random = random.Random(self.seed)  # noqa: S311 - exercises, not secrets
        return self._random

    def generator(self) -> Any:
        """A torch Generator on the CPU, seeded freshly at each call."""
        import torch

        return torch.Generator().manual_seed(self.seed % 2**63)

    def function(self, name: str) -> Callable[..., Any]:
        """The learner's function or class; fails with `missing` or `wrong_type` by itself."""
        found = self.value(name)
        if not callable(found):
            raise FailedCheckError("wrong_type", name=name)
        return found  # type: ignore[no-any-return]

    def value(self, name: str) -> Any:
        """A variable of the learner's module; fails with `missing` by itself."""
        if name not in self._names:
            raise FailedCheckError("missing", name=name)
        value = self._names[name]
        if value is NotImplemented or value is Ellipsis:
            raise FailedCheckError("not_implemented")
        return value

    def source(self, name: str | None = None) -> str:
        """The text of one function or class of the answer, or of all of it."""
        if name is None:
            return self._source
        for node in ast.walk(ast.parse(self._source)):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
                return ast.get_source_segment(self._source, node) or ""
        raise FailedCheckError("missing", name=name)


def fail(kind: str) -> NoReturn:
    """Ends the check: this kind of mistake was made."""
    raise FailedCheckError(kind)


def expect(condition: object, kind: str) -> None:
    """Fails with `kind` unless the condition holds (arrays: all of it)."""
    import math

    try:
        holds = bool(condition)
    except (TypeError, ValueError, RuntimeError):
        # More than one truth value: every one must hold.
        holds = bool(condition.all())  # type: ignore[attr-defined]
    if not holds or (isinstance(condition, float) and math.isnan(condition)):
        raise FailedCheckError(kind)


def close(
    actual: object,
    truth: object,
    *,
    rtol: float = 1e-6,
    atol: float = 1e-12,
    mistakes: Mapping[str, object] | None = None,
) -> None:
    """Fails unless `actual` is `truth` within |actual - truth| <= atol + rtol*|truth|.

    Takes numbers, nested lists, numpy arrays and torch tensors. Where a value of `mistakes` is
    what the learner returned, the failure is of that kind; a value of None is left out.
    """
    try:
        if matches(actual, truth, rtol, atol):
            return
        for kind, wrong in (mistakes or {}).items():
            if wrong is not None and matches(actual, wrong, rtol, atol):
                raise FailedCheckError(kind)
        same_shape = shape_of(actual) == shape_of(truth)
    except NotComparableError as problem:
        raise FailedCheckError("wrong_type") from problem
    raise FailedCheckError("wrong_value" if same_shape else "wrong_shape")
