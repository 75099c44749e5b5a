"""Reservations over HTTP: ``/hub/api/reservations``, for admins (scope ``admin:servers``).

The hub decides, as it does of every GPU: it sees the inventory.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jupyterhub.scopes import needs_scope

from hub.json_handler import MachineHandler
from hub.machine import Machine
from workspace_cli.core import reservations
from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.core.reservations import Reservation
from workspace_cli.core.values import parse_gpus

LONGEST_NOTE = 200


class ReservationsHandler(MachineHandler):
    """Lists and makes them."""

    def initialize(self, machine: Machine) -> None:
        """Take the machine that the configuration hands over."""
        self.machine = machine

    @needs_scope("admin:servers")  # type: ignore[untyped-decorator]
    async def get(self) -> None:
        """List what is reserved now and later, by its begin."""
        found = await self.asked(reservations.reservations, self.host)
        self.write(json.dumps([model(one) for one in found]))

    @needs_scope("admin:servers")  # type: ignore[untyped-decorator]
    async def post(self) -> None:
        """Keep ``gpus`` from ``begins`` to ``ends`` for a ``group`` or an ``owner``."""
        made = await self.attempt(self._reserve)
        self.set_status(201)
        self.write(json.dumps(model(made)))

    def _reserve(self) -> Reservation:
        body = self.body({"gpus", "group", "owner", "begins", "ends", "note"})
        begins = body.get("begins")
        return reservations.reserve(
            self.host,
            parse_gpus(_text(body, "gpus") or ""),
            begins=self.host.clock() if begins is None else _seconds(body, "begins"),
            ends=_seconds(body, "ends"),
            made_by=self.current_user.name,
            group=_text(body, "group"),
            owner=_text(body, "owner"),
            note=(_text(body, "note") or "")[:LONGEST_NOTE],
        )


class ReservationHandler(MachineHandler):
    """Takes one away."""

    def initialize(self, machine: Machine) -> None:
        """Take the machine that the configuration hands over."""
        self.machine = machine

    @needs_scope("admin:servers")  # type: ignore[untyped-decorator]
    async def delete(self, reservation: str) -> None:
        """Withdraw it: from now on its GPUs are anybody's."""
        await self.asked(reservations.withdraw, self.host, reservation, self.current_user.name)
        self.set_status(204)


def model(one: Reservation) -> dict[str, Any]:
    """Return a reservation as JSON; times in seconds since the epoch."""
    return {**vars(one), "gpus": list(one.gpus)}


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is None or isinstance(value, str):
        return value or None
    raise InvalidOptionError(f"{name} is a text, not {value!r}.", "Send a JSON string.")


def _seconds(body: Mapping[str, Any], name: str) -> float:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1e11:
        raise InvalidOptionError(f"{name} is a moment in seconds.", "Send a JSON number.")
    return float(value)


def handlers(machine: Machine) -> list[tuple[Any, ...]]:
    """Return the routes, for JupyterHub's ``extra_handlers``."""
    given = {"machine": machine}
    return [
        (r"/api/reservations", ReservationsHandler, given),
        (r"/api/reservations/([0-9a-f]+)", ReservationHandler, given),
    ]
