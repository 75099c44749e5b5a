"""What one call of the command line works with."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from workspace_cli.output import Console

if TYPE_CHECKING:
    from workspace_cli.core.host import Host
    from workspace_cli.core.hub_client import HubClient
    from workspace_cli.core.models import Workspace
    from workspace_cli.core.settings import Settings

REPOSITORY = Path(__file__).parent.parent
"""The checkout that an editable installation runs from; its ``.env`` counts everywhere."""


class Invocation:
    """Console, settings, host and hub of one call; each is opened when first used.

    Tests hand over a host on a fake engine; without one, the machine's is opened.
    """

    def __init__(self, console: Console | None = None, host: Host | None = None) -> None:
        self.console = console or Console()
        self._host = host

    @classmethod
    def of(cls, context: typer.Context) -> Invocation:
        """Return the invocation that a command belongs to."""
        found: Invocation = context.find_root().obj
        return found

    @cached_property
    def settings(self) -> Settings:
        """The machine's settings: environment, then ``.env`` here, else the checkout's."""
        from workspace_cli.core.settings import load_settings

        if self._host is not None:
            return self._host.settings
        return load_settings(env_file=self.settings_file)

    @property
    def settings_file(self) -> Path:
        """The ``.env`` that counts, there or not."""
        here = Path(".env")
        return here if here.is_file() else REPOSITORY / ".env"

    @cached_property
    def host(self) -> Host:
        """The machine: engine, settings and catalogue."""
        from workspace_cli.core.host import open_host

        return self._host or open_host(self.settings)

    @cached_property
    def hub(self) -> HubClient:
        """The hub's API."""
        from workspace_cli.core.hub_client import HubClient

        return HubClient(self.settings)

    def find(self, reference: str) -> Workspace:
        """Return the workspace that ``NAME`` or ``OWNER/NAME`` means."""
        from workspace_cli.core.reading import find

        return find(self.host, reference)


def command_app() -> typer.Typer:
    """Return an empty set of commands; help is plain text, which is quick to print."""
    return typer.Typer(rich_markup_mode=None, add_completion=False)


def examples(*lines: str) -> str:
    """Return the end of a command's help: its examples, one a line, not wrapped."""
    # A paragraph that begins with a backspace is printed as it is written.
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])
