"""Tells each workspace that holds GPUs which they are and until when, for its terminals."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from hub import languages, notice_texts
from hub.languages import gettext_ as _
from hub.machine import Machine
from workspace_cli.core import gpu_inventory, inside, leases
from workspace_cli.core.gpu_inventory import Gpu
from workspace_cli.core.host import Host
from workspace_cli.core.leases import Term
from workspace_cli.core.models import Workspace
from workspace_cli.core.reading import list_workspaces

Lines = dict[str, str]
"""Language → what the greeting says."""


class GpuLines:
    """Remembers what each container was told, so that nothing is sent twice for nothing."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._told: dict[str, Lines] = {}

    async def tell(self) -> None:
        """Hand every running workspace with GPUs its line where that has changed."""
        wanted = await self._machine.ask(_wanted, self._machine.host)
        self._told = {key: told for key, told in self._told.items() if key in wanted}
        await asyncio.gather(*(self._show(*one) for one in wanted.values()))

    async def _show(self, workspace: Workspace, lines: Lines) -> None:
        key = workspace.container.id
        if self._told.get(key) == lines:
            return
        if await self._machine.ask(inside.show_gpus, self._machine.host, workspace, lines):
            self._told[key] = lines


def _wanted(host: Host) -> dict[str, tuple[Workspace, Lines]]:
    running = [row for row in list_workspaces(host) if row.container.state == "running"]
    found = leases.terms(host, running)
    if not found:
        return {}
    backend = gpu_inventory.choose_backend(host.settings, host.info)
    known = {gpu.id: gpu for gpu in gpu_inventory.inventory(backend)}
    zone = host.settings.timezone
    return {
        row.container.id: (row, lines(found[row.reference], known, zone, shared=row.has_seats))
        for row in running
        if row.reference in found
    }


def lines(term: Term, known: Mapping[str, Gpu], timezone: str, *, shared: bool = False) -> Lines:
    """Return the line on a lease in every language; moments in the lab's time zone.

    Whoever has a seat on a ``shared`` GPU is told that its memory is anybody's.
    """
    names = ", ".join(_name(known.get(gpu), gpu) for gpu in term.gpus)
    found = {}
    for language in languages.LANGUAGES:
        token = languages.current.set(language)
        try:
            line = _line(names, term.ends, timezone)
            found[language] = f"{line} {_beside_others()}" if shared else line
        finally:
            languages.current.reset(token)
    return found


def _beside_others() -> str:
    return _("(others may use it too: nothing keeps its memory for you)")


def _line(names: str, ends: float | None, timezone: str) -> str:
    if ends is None:
        return names
    when = notice_texts.moment(ends, timezone)
    return _("%(gpus)s until %(when)s") % {"gpus": names, "when": when}


def _name(gpu: Gpu | None, own: str) -> str:
    """Return a GPU's model, where it is known, and as much of its UUID as people compare."""
    short = own[:12]
    return f"{gpu.name} ({short})" if gpu and gpu.name else short
