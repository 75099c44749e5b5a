"""What our own API handlers share: calls in threads, and errors as JSON."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar

from jupyterhub.apihandlers.base import APIHandler
from tornado.web import Finish, HTTPError

from hub.languages import translate
from hub.machine import Machine
from workspace_cli.core.errors import InvalidInputError, InvalidOptionError, LabdockError
from workspace_cli.core.host import Host

T = TypeVar("T")


class JsonHandler(APIHandler):  # type: ignore[misc] # JupyterHub ships no types
    """A handler whose errors are JSON: ``status``, ``message``, ``remedy``."""

    async def attempt(self, call: Callable[[], T]) -> T:
        """Return what a call in a thread returns; a LabdockError becomes the answer."""
        try:
            return await asyncio.to_thread(call)
        except LabdockError as exc:
            self.fail(exc)

    def fail(self, exc: LabdockError) -> NoReturn:
        """Answer with an error in the language that the request asks for, and end it."""
        self.set_status(exc.http_status)
        answer = {
            "status": exc.http_status,
            "message": translate(exc.message),
            "remedy": translate(exc.remedy),
        }
        self.finish(json.dumps(answer))
        raise Finish

    def body(self, known: set[str]) -> Mapping[str, Any]:
        """Return the body's fields; InvalidInputError for anything but known ones."""
        try:
            body = json.loads(self.request.body or b"{}")
        except ValueError as exc:
            raise InvalidInputError("The body is no JSON.", "Send a JSON object.") from exc
        if not isinstance(body, dict):
            raise InvalidInputError("The body is no JSON object.", 'Send {"name": …}.')
        if unknown := set(body) - known:
            raise InvalidOptionError(
                f"There is no field {', '.join(map(repr, sorted(unknown)))}.",
                f"Known: {', '.join(sorted(known))}.",
            )
        return body


class MachineHandler(JsonHandler):
    """A handler for who has logged in, that asks the machine."""

    machine: Machine

    async def prepare(self) -> None:
        """Refuse whoever has not logged in: a program has no use for the login page."""
        await super().prepare()
        if not self.current_user:
            raise HTTPError(403, "Missing or invalid credentials.")

    @property
    def host(self) -> Host:
        """The machine as use cases take it."""
        return self.machine.host

    async def asked(self, call: Any, *arguments: Any) -> Any:
        """Return what a call in a thread returns; a LabdockError becomes the answer."""
        try:
            return await self.machine.ask(call, *arguments)
        except LabdockError as exc:
            self.fail(exc)
