"""What one call of the command line works with away from the host."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, cast

import typer

from workspace_cli.core.errors import InvalidInputError
from workspace_cli.output import Console
from workspace_cli.remote.client import Remote, Step

NAMESPACE = "labdock/"
Name = Annotated[
    str | None, typer.Argument(metavar="NAME", help="The workspace; inside one, it by default.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@dataclass(frozen=True)
class Call:
    """Console and lab of one call; ``here`` is the workspace that it runs in, OWNER/NAME."""

    console: Console
    remote: Remote
    here: str = ""

    @classmethod
    def of(cls, context: typer.Context) -> Call:
        """Return the call that a command belongs to."""
        found: Call = context.find_root().obj
        return found

    def workspace(self, name: str | None) -> tuple[str, str]:
        """Return owner and name of the workspace that is meant: by default this one."""
        wanted = name or self.here
        if not wanted:
            raise InvalidInputError("Which workspace?", "`workspace ls` lists yours.")
        owner, _, short = wanted.rpartition("/")
        return owner or self.remote.user, short

    def reference(self, image: str) -> str:
        """Return an environment's full name; ``OWNER/NAME`` and ``NAME:TAG`` are below labdock/."""
        if image.startswith(NAMESPACE):
            return image
        return NAMESPACE + (image if "/" in image else f"{self.remote.user}/{image}")

    def follow(self, begin: Callable[[], Mapping[str, Any]]) -> Any:
        """Begin something long, show its steps until it ends, and return its result."""
        with self.steps() as report:
            return self.remote.follow(begin(), report)

    @contextmanager
    def steps(self) -> Iterator[Callable[[Step], None]]:
        """Yield a function that shows each step."""
        with self.console.progress() as report:
            yield cast("Callable[[Step], None]", report)
