"""What the lab's machine asks of this server, and tells it: activity, and notices for the member.

Each handler takes the server's own key (the hub's token, or name and password)
as well as the member's login.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jupyter_server.base.handlers import APIHandler
from tornado import web

from . import safe_mode

CGROUPS = ("/sys/fs/cgroup/cpu.stat", "/sys/fs/cgroup/cpuacct/cpuacct.usage")
GPUS_FILE = "gpus"
"""In the server's runtime folder, where /etc/labdock/greeting.bash reads it."""
_NOTICES = "labdock_notices"
_LARGEST = 50


def cpu_seconds() -> float | None:
    """CPU time of everything in the container but this server; None where it is not told."""
    own = sum(os.times()[:2])
    for name in CGROUPS:
        try:
            text = Path(name).read_text(encoding="ascii")
        except OSError:
            continue
        if text.startswith("usage_usec "):
            return int(text.split()[1]) / 1e6 - own
        if text.strip().isdecimal():
            return int(text) / 1e9 - own
    return None


class Activity(APIHandler):  # type: ignore[misc]
    """Tells what runs here: cells, kernels, terminals, CPU time."""

    # Nobody's hand asks this: the member's last activity stays what it was.
    _track_activity = False

    @web.authenticated
    def get(self) -> None:
        """Answer with numbers alone."""
        kernels = self.settings["kernel_manager"]
        states = [
            getattr(kernels.get_kernel(kernel), "execution_state", "")
            for kernel in kernels.list_kernel_ids()
        ]
        terminals = self.settings.get("terminal_manager")
        self.finish(
            json.dumps(
                {
                    "running_cells": sum(state == "busy" for state in states),
                    "kernels": len(states),
                    "terminals": len(terminals.list()) if terminals else 0,
                    "cpu_seconds": cpu_seconds(),
                    "safe_mode": os.environ.get(safe_mode.VARIABLE, ""),
                }
            )
        )


class Notices(APIHandler):  # type: ignore[misc]
    """Keeps the notices that JupyterLab shows; new ones are written into open terminals too."""

    _track_activity = False

    @web.authenticated
    def get(self) -> None:
        """List them, for the page."""
        own = safe_mode.notice(os.environ)
        self.finish(json.dumps([*own, *self.settings.get(_NOTICES, [])]))

    @web.authenticated
    def put(self) -> None:
        """Replace them all."""
        found = self.get_json_body()
        if not isinstance(found, list) or len(found) > _LARGEST:
            raise web.HTTPError(400, "A list of notices is expected.")
        known = {(note["id"], note["text"]["en"]) for note in self.settings.get(_NOTICES, [])}
        for note in found:
            if (note["id"], note["text"]["en"]) not in known:
                self._write_to_terminals(note)
        self.settings[_NOTICES] = found
        self.finish("{}")

    def _write_to_terminals(self, note: dict[str, Any]) -> None:
        manager = self.settings.get("terminal_manager")
        text = f"\r\n\x1b[7m Labdock \x1b[0m {note['text']['ko']}\r\n {note['text']['en']}\r\n"
        for terminal in getattr(manager, "terminals", {}).values():
            for client in list(terminal.clients):
                # To whoever looks at it, past the shell: nothing that runs there reads it.
                client.on_pty_read(text)


class Gpus(APIHandler):  # type: ignore[misc]
    """Keeps what the greeting of new terminals says of GPUs: which, and until when."""

    _track_activity = False

    @web.authenticated
    def put(self) -> None:
        """Take one line a language; none where the workspace holds no GPU any more."""
        found = self.get_json_body()
        texts = found.items() if isinstance(found, dict) else [("", None)]
        if not all(isinstance(text, str) and text.isprintable() for _, text in texts):
            raise web.HTTPError(400, "A line a language is expected.")
        lines = (f"{key}\t{text}\n" for key, text in texts if text)
        (Path(self.serverapp.runtime_dir) / GPUS_FILE).write_text("".join(lines), encoding="utf-8")
        self.finish("{}")


class Forward(APIHandler):  # type: ignore[misc]
    """Passes a click in JupyterLab on to the hub, which decides."""

    def initialize(self, target: str, method: str) -> None:
        """Take the hub's path, with ``{0}`` for what the address names, and the method there."""
        self.target = target
        self.method = method

    @web.authenticated
    async def post(self, name: str = "") -> None:
        """Ask the hub and answer what it answers."""
        # Here, not above: a server that stands by itself has no hub to ask.
        from .hub_auth import fetch

        api = os.environ.get("JUPYTERHUB_API_URL", "")
        token = getattr(self.identity_provider, "token", "")
        if not api or not token:
            raise web.HTTPError(404, "This workspace was not started by the hub.")
        url = f"{api}/{self.target.format(name, **_place())}"
        headers = {"Authorization": f"token {token}", "Content-Type": "application/json"}
        body = None if self.method == "DELETE" else "{}"
        try:
            reply = await fetch(
                url, method=self.method, headers=headers, data=body, raise_for_status=False
            )
        except OSError as error:
            raise web.HTTPError(502, "The hub does not answer; try again.") from error
        self.set_status(reply.status)
        self.finish(await reply.text() or "{}")


def _place() -> dict[str, str]:
    """Who and what this is, as parts of a path."""
    found = {name: os.environ.get(f"LABDOCK_{name.upper()}", "") for name in ("owner", "workspace")}
    return {name: quote(value, safe="") for name, value in found.items()}


HANDLERS: list[tuple[Any, ...]] = [
    ("labdock/activity", Activity),
    ("labdock/notices", Notices),
    ("labdock/gpus", Gpus),
    (
        "labdock/extend",
        Forward,
        {"target": "leases/{owner}/{workspace}/extend", "method": "POST"},
    ),
    ("labdock/keep", Forward, {"target": "idle/{owner}/{workspace}/keep", "method": "POST"}),
    (
        "labdock/notices/([0-9a-f]{32})/dismiss",
        Forward,
        {"target": "notices/{owner}/{0}", "method": "DELETE"},
    ),
]
