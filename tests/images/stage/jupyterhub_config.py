"""A real hub for the tests of the image: the test itself starts the container it asks for."""

import asyncio
import json
from pathlib import Path
from typing import Any

from jupyterhub.spawner import Spawner

STAGE = Path("/stage")


class StageSpawner(Spawner):  # type: ignore[misc]
    """Leaves the server's variables in a file and takes the address from another."""

    async def start(self) -> tuple[str, int]:
        self.ip, self.port = "0.0.0.0", 8080
        asked = STAGE / f"{self.user.name}.asked"
        asked.with_suffix(".part").write_text(json.dumps(self.get_env()))
        asked.with_suffix(".part").rename(asked)
        started = STAGE / f"{self.user.name}.started"
        while not started.exists():  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(0.05)
        return started.read_text(), 8080

    async def poll(self) -> int | None:
        return None if (STAGE / f"{self.user.name}.started").exists() else 0

    async def stop(self, now: bool = False) -> None:
        (STAGE / f"{self.user.name}.started").unlink(missing_ok=True)


c: Any = get_config()  # type: ignore[name-defined] # noqa: F821 - given by JupyterHub
settings = json.loads((STAGE / "settings.json").read_text())
c.JupyterHub.bind_url = "http://:8000"
c.JupyterHub.hub_ip = "0.0.0.0"
c.JupyterHub.hub_connect_ip = settings["name"]
c.JupyterHub.spawner_class = StageSpawner
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = settings["password"]
c.Authenticator.allow_all = True
c.JupyterHub.db_url = "sqlite:///:memory:"
c.JupyterHub.cookie_secret = bytes(32)
c.JupyterHub.services = [{"name": "tests", "api_token": settings["token"]}]
c.JupyterHub.load_roles = [
    {
        "name": "tests",
        "services": ["tests"],
        "scopes": ["admin:users", "admin:servers", "tokens", "access:servers"],
    }
]
