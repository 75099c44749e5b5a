"""Runs one answer against its check, in this process, and says what came of it.

The limits (time, memory, files, network) are the caller's: see `sandbox`.
"""

import ast
import traceback
import types
from dataclasses import dataclass, field
from typing import Any

from lessons import limits
from lessons.grading import Check, FailedCheckError, Learner
from lessons.rules import first_violation


@dataclass(frozen=True)
class Verdict:
    """What came of a check: `kind` names the mistake, None where the answer passes."""

    exercise: str
    ok: bool
    kind: str | None = None
    values: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The verdict as the portal and `--json` know it."""
        return {"exercise": self.exercise, "ok": self.ok, "kind": self.kind, "values": self.values}


def judge(check: Check, source: str, seed: int) -> Verdict:
    """Runs the answer's source, then the check on it; never raises for what the learner wrote."""
    try:
        _run(check, source, seed)
    except FailedCheckError as failure:
        values = {key: str(value) for key, value in failure.values.items()}
        return Verdict(check.exercise, False, failure.kind, values)
    return Verdict(check.exercise, True)


def _run(check: Check, source: str, seed: int) -> None:
    filename = f"{check.exercise}.py"
    try:
        tree = ast.parse(source, filename)
        code = compile(tree, filename, "exec")
    except (SyntaxError, ValueError) as problem:
        raise FailedCheckError("syntax", line=getattr(problem, "lineno", None) or 1) from problem
    violation = first_violation(tree, check.forbids, check.allows)
    if violation is not None:
        raise FailedCheckError("forbidden", name=violation)
    # torch.nn.Module and dataclasses look their module up by name.
    module = types.ModuleType("answer")
    try:
        exec(code, module.__dict__)  # noqa: S102 - this is what grading is
        check.run(Learner(source, module.__dict__, seed))
    except FailedCheckError:
        raise
    except BaseException as problem:
        raise _failure_for(problem, filename) from problem


def _failure_for(problem: BaseException, filename: str) -> FailedCheckError:
    if isinstance(problem, NotImplementedError):
        return FailedCheckError("not_implemented")
    # torch has no exception of its own for it on the CPU.
    if isinstance(problem, MemoryError) or "can't allocate memory" in str(problem):
        return FailedCheckError("too_big")
    if isinstance(problem, limits.BarredError):
        return FailedCheckError("forbidden", name=str(problem))
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(problem.__traceback__)
        if frame.filename == filename
    ]
    if lines:
        text = f"{type(problem).__name__}: {problem}"
        kind = "undefined" if isinstance(problem, NameError) else "raised"
        return FailedCheckError(kind, what=text[:200], line=lines[-1])
    # The check stumbled over what the answer returned: None where an array was to be, say.
    return FailedCheckError("wrong_type", what=f"{type(problem).__name__}: {problem}"[:200])
