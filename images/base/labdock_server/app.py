"""The server: jupyter_server with one page, terminals, kernels, files, and one of two doors."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import hmac
import json
import os
import re
import secrets as random_secrets
import warnings
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import JupyterServerAuthWarning
from tornado import web
from traitlets.config import Config

from . import course, logs, look, opening, proxy, safe_mode
from .environment import SECRETS
from .member import WORKSPACE

PORT = 8080
HEALTH = "/labdock-health"


class WorkspaceServer(ServerApp):  # type: ignore[misc]
    """ServerApp without what a container has no use for: files and arguments to configure it.

    A member's own jupyter_server_config.py is not read: it would run inside the server, and a
    broken one would lock them out of the page where they could mend it.
    """

    no_browser_open_file = True

    def parse_command_line(self, argv: list[str] | None = None) -> None:
        """Take no arguments: there is nobody to type them."""

    def migrate_config(self) -> None:
        """Look for no configuration of Jupyter before version 4."""

    def load_config_file(self, suppress_errors: bool = True) -> None:
        """Read no configuration file."""

    def write_server_info_file(self) -> None:
        """Leave no file for `jupyter server list`: it would hold this server's address."""

    def remove_server_info_file(self) -> None:
        """Have nothing to remove."""

    def remove_browser_open_files(self) -> None:
        """Have nothing to remove."""

    async def _post_start(self) -> None:
        await super()._post_start()
        # The hub's door reports activity from now on; the other has nothing to start.
        started = getattr(self.identity_provider, "started", None)
        if started is not None:
            started(self)

    def start_app(self) -> None:
        """Add the health page and say one line, instead of ten about URLs and Control-C."""
        self.web_app.add_handlers(".*", [(HEALTH, Health)])
        base = self.base_url
        ours = (*look.HANDLERS, *course.HANDLERS, *opening.HANDLERS, *proxy.HANDLERS)
        self.web_app.add_handlers(".*", [(re.escape(base) + path, *rest) for path, *rest in ours])
        # Of the run before, whose GPUs are another's by now.
        with contextlib.suppress(OSError):
            os.unlink(f"{self.runtime_dir}/{look.GPUS_FILE}")  # noqa: PTH108
        self._listen_for_answers()
        self.log.info("Ready on port %d at %s", self.port, self.base_url)
        # What lives now lives until the end: no collection need look at it again. One now would
        # find a hundredth of it to free, and cost an eighth of the start.
        gc.freeze()
        gc.enable()

    def _listen_for_answers(self) -> None:
        """Let the member's `lessons submit` in, where a hub gave this server a token."""
        if os.environ.get("JUPYTERHUB_API_URL"):
            from . import submitting

            submitting.listen(self, self.identity_provider.token, self.runtime_dir)


class Health(web.RequestHandler):
    """Tell the container's health check that the loop turns."""

    @allow_unauthenticated  # type: ignore[untyped-decorator]
    def get(self) -> None:
        self.set_status(204)


def read_secrets(pipe: int) -> dict[str, str]:
    """What the start program put into the pipe; the pipe is closed."""
    with os.fdopen(pipe, "rb") as file:
        found: dict[str, str] = json.load(file)
    return {key: found[key] for key in SECRETS if key in found}


def cookie_secret(folder: str, *credentials: str) -> bytes:
    """The key that signs cookies: the same at the next start, another with other credentials.

    Kept with the member's files and never in the layer, so that two containers made from one
    committed image do not accept each other's cookies; where those cannot be written to, it
    lasts until the next start.
    """
    kept = folder.startswith(WORKSPACE)
    key = kept_key(f"{folder}/cookie-secret") if kept else random_secrets.token_bytes(32)
    text = "\0".join(credentials)
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256)


def kept_key(path: str) -> bytes:
    """The 32 random bytes in a private file, made where it is not there; fresh ones at worst."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            key = file.read()
            if len(key) < 32:
                key = random_secrets.token_bytes(32)
                file.seek(0)
                file.write(key)
    except OSError:
        key = random_secrets.token_bytes(32)
    return key


def common_config() -> Config:
    """Settings that both doors share."""
    return Config(
        ServerApp={
            "ip": "",
            "port": PORT,
            "port_retries": 0,
            "root_dir": WORKSPACE,
            "default_url": "/lab",
            "allow_root": True,  # a member whose folder is root's is root in their own container
            "allow_remote_access": True,
            "allow_unauthenticated_access": False,
            "open_browser": False,
            "quit_button": False,
            "answer_yes": True,
            "kernel_spec_manager_class": "labdock_server.kernelspecs.WorkspaceKernelSpecs",
        },
        FileContentsManager={"delete_to_trash": False},
    )


def configuration(secrets: dict[str, str], env: dict[str, str]) -> Config:
    """The server's whole configuration, for the hub's door or the container's own."""
    folder = env["JUPYTER_DATA_DIR"]
    config = common_config()
    credentials: tuple[str, ...]
    if token := secrets.get("JUPYTERHUB_API_TOKEN"):
        from .hub import hub_config

        config.merge(hub_config(token, env))
        credentials = ("hub", env.get("JUPYTERHUB_CLIENT_ID", ""))
    else:
        from .standalone import standalone_config

        name, password = secrets["WORKSPACE_AUTH_USER"], secrets["WORKSPACE_AUTH_PASSWORD"]
        config.merge(standalone_config(name, password))
        credentials = ("standalone", name, password)
    config.ServerApp.cookie_secret = cookie_secret(folder, *credentials)
    if env.get(safe_mode.VARIABLE):
        config.ServerApp.terminado_settings = {"shell_command": list(safe_mode.SHELL)}
        config.NotebookNotary.db_file = ":memory:"
    settings = config.ServerApp.get("tornado_settings", {})
    config.ServerApp.tornado_settings = {"log_function": logs.log_request, **settings}
    return config


def main(pipe: int) -> None:
    """Serve until told to stop."""
    # The terminals' websocket carries no mark that it asks for a login; it is asked for one all
    # the same, because `allow_unauthenticated_access` is off.
    warnings.filterwarnings("ignore", category=JupyterServerAuthWarning)
    config = configuration(read_secrets(pipe), dict(os.environ))
    extensions: dict[str, Any] = {"labdock_server": True, "jupyter_server_terminals": True}
    server = WorkspaceServer.instance(config=config, jpserver_extensions=extensions)
    server.initialize(argv=[], find_extensions=False)
    server.start()
