"""What JupyterHub loads; everything is decided in ``configuration.py``."""

from typing import Any

from hub.configuration import configure
from workspace_cli.core.host import open_host

c: Any = get_config()  # type: ignore[name-defined] # noqa: F821 - given by JupyterHub
configure(c, open_host())
