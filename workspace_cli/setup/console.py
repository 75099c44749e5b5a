"""How set-up tells a person what it does, without knowing how that is shown."""

from __future__ import annotations

from typing import Protocol


class Console(Protocol):
    """Where the steps of a set-up are told."""

    def step(self, text: str) -> None:
        """Tell that a step begins."""

    def line(self, text: str) -> None:
        """Tell a detail of the current step, for example a line of a build's output."""

    def warn(self, text: str) -> None:
        """Tell something that a person should look after and that stops nothing."""


class PlainConsole:
    """Plain lines on standard output, for programs that have no command line around them."""

    def step(self, text: str) -> None:
        """Print the step."""
        print(f"==> {text}", flush=True)  # noqa: T201 - printing is what it is for

    def line(self, text: str) -> None:
        """Print the detail, indented."""
        print(f"    {text}", flush=True)  # noqa: T201

    def warn(self, text: str) -> None:
        """Print the warning."""
        print(f"warning: {text}", flush=True)  # noqa: T201
