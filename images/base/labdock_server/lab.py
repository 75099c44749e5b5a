"""JupyterLab's page, from its prebuilt files, without importing the `jupyterlab` package.

That package adds a builder, an extension manager that runs pip in the server's environment and
a news feed, none of which a shared machine wants; importing it costs 0.14 s and 9 MB. The parts
of the page that would ask for them are switched off in its own settings/page_config.json.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import metadata
from typing import Any

from jupyter_server._version import version_info

from .environment import VARIABLE_OF_SAFE_MODE
from .stand_ins import module, standing_in

# For lists of extensions to allow or block, fetched from addresses that only a configuration
# file could name. With what it brings it is a seventh of this server's start, and 4 MB.
with standing_in({"requests": module("requests")}):
    from jupyterlab_server import LabServerApp
    from jupyterlab_server.config import get_static_page_config

APP_DIR = f"{sys.prefix}/share/jupyter/lab"
# What a member installs into their environment shows up in the page: files, never imports.
MEMBER_EXTENSIONS = "/opt/env/share/jupyter/labextensions"


class WorkspaceLab(LabServerApp):  # type: ignore[misc]
    """The `/lab` page."""

    name = "lab"
    app_name = "JupyterLab"
    load_other_extensions = False
    default_url = "/lab"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.app_version = metadata.version("jupyterlab")
        self.app_settings_dir = f"{APP_DIR}/settings"
        self.schemas_dir = f"{APP_DIR}/schemas"
        self.static_dir = f"{APP_DIR}/static"
        self.templates_dir = f"{APP_DIR}/static"
        self.themes_dir = f"{APP_DIR}/themes"
        self.labextensions_path = [f"{sys.prefix}/share/jupyter/labextensions"]
        # One that is broken may keep the page from opening.
        safe = os.environ.get(VARIABLE_OF_SAFE_MODE)
        self.extra_labextensions_path = [] if safe else [MEMBER_EXTENSIONS]
        self.cache_files = False

    def parse_command_line(self, argv: list[str] | None = None) -> None:
        """Take no arguments."""

    def load_config_file(self, suppress_errors: bool = True) -> None:
        """Read no configuration file."""

    def initialize_settings(self) -> None:
        """Place what the member changes in the page beside their files."""
        config_dir = self.serverapp.config_dir
        self.user_settings_dir = f"{config_dir}/lab/user-settings"
        self.workspaces_dir = f"{config_dir}/lab/workspaces"
        super().initialize_settings()

    def initialize_templates(self) -> None:
        """Point at the prebuilt page; templates find the page's own style switch."""
        super().initialize_templates()
        self.static_url_prefix = f"{self.serverapp.base_url}static/lab/"

    def _prepare_templates(self) -> None:
        super()._prepare_templates()
        self.jinja2_env.globals.update(custom_css=False)

    def initialize_handlers(self) -> None:
        """Describe this server to the page, then add the handlers."""
        self.serverapp.web_app.settings.setdefault("page_config_data", {}).update(
            self._page_config()
        )
        super().initialize_handlers()

    def _page_config(self) -> dict[str, Any]:
        page: dict[str, Any] = get_static_page_config(logger=self.log, level="all")
        contents = self.serverapp.contents_manager
        page.update(
            buildAvailable=False,
            buildCheck=False,
            devMode=False,
            exposeAppInBrowser=False,
            quitButton=False,
            token="",
            allow_hidden_files=contents.allow_hidden,
            delete_to_trash=contents.delete_to_trash,
            news={"disabled": True},
            # The page expects this one number as JSON text.
            notebookVersion=json.dumps(version_info),
        )
        return page
