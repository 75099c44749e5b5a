"""How a test makes the fake engine's calls fail, and sees which calls were made."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from workspace_cli.core.errors import EngineUnreachableError

P = ParamSpec("P")
T = TypeVar("T")
F = TypeVar("F", bound="Faults")


@dataclass
class _Fault:
    error: BaseException
    done: bool
    number: int | None = None
    method: str | None = None


class Faults:
    """Counts calls and lets the wanted ones fail.

    ``calls`` holds ``(method, first argument)`` of every call so far; while
    ``unreachable`` is set every call fails; ``before`` is run before each call
    with the method's name, outside the engine's own lock.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.unreachable = False
        self.before: Callable[[str], None] | None = None
        self._faults: list[_Fault] = []
        self._lock = threading.RLock()

    def fail_call(self, number: int, error: BaseException, *, done: bool = False) -> None:
        """Let the ``number``-th call from now on (1 is the next) fail once.

        With ``done`` the engine has done its work when the error is raised, as
        when a client is interrupted while it waits for the answer.
        """
        self._faults.append(_Fault(error, done, number=len(self.calls) + number))

    def fail_on(self, method: str, error: BaseException, *, done: bool = False) -> None:
        """Let the next call of a method fail once."""
        self._faults.append(_Fault(error, done, method=method))

    def begin(self, method: str, subject: str) -> BaseException | None:
        """Count one call; raise an early failure, return a late one."""
        if self.before is not None:
            self.before(method)
        with self._lock:
            self.calls.append((method, subject))
            if self.unreachable:
                raise EngineUnreachableError("No Docker engine answers.", "Start it.")
            for fault in self._faults:
                if fault.method == method or fault.number == len(self.calls):
                    self._faults.remove(fault)
                    if not fault.done:
                        raise fault.error
                    return fault.error
        return None

    @property
    def alone(self) -> threading.RLock:
        """The lock under which each call runs."""
        return self._lock


def call(method: Callable[Concatenate[F, P], T]) -> Callable[Concatenate[F, P], T]:
    """Make a method one of the calls that are counted and may fail."""

    def run(self: F, /, *args: P.args, **kwargs: P.kwargs) -> T:
        late = self.begin(method.__name__, str(args[0]) if args else "")
        with self.alone:
            result = method(self, *args, **kwargs)
        if late is not None:
            raise late
        return result

    functools.update_wrapper(run, method)
    return run
