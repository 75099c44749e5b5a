"""What the settings make of JupyterHub's configuration."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jupyterhub.scopes import scope_definitions
from tornado.web import HTTPError
from traitlets.config import Config

from hub.authenticator import AccountAuthenticator
from hub.configuration import (
    CLI_SCOPES,
    NAMED_WORKSPACES,
    configure,
    named_workspaces,
    subdomain,
)
from hub.spawner import WorkspaceSpawner
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.settings import Settings


def configured(root: Path, **settings: Any) -> Config:
    made = Settings(root=root, **settings)
    made.hub_dir.mkdir(exist_ok=True)
    for name in ("api-token", "portal-token", "proxy-token"):
        (made.hub_dir / name).write_text(f"{name} of the tests\n")
    c = Config()
    configure(c, Host(FakeEngine(), made, Catalogue()))
    return c


def test_a_restart_of_the_hub_stops_nobody_and_no_proxy(tmp_path: Path) -> None:
    c = configured(tmp_path)
    assert c.JupyterHub.cleanup_servers is False
    assert c.JupyterHub.cleanup_proxy is False
    assert c.ConfigurableHTTPProxy.should_start is False


def test_secrets_come_from_files_of_the_hubs_folder(tmp_path: Path) -> None:
    c = configured(tmp_path)
    assert c.ConfigurableHTTPProxy.auth_token == "proxy-token of the tests"
    assert c.JupyterHub.services[0]["api_token"] == "api-token of the tests"
    assert c.JupyterHub.cookie_secret_file == str(tmp_path / "hub" / "cookie-secret")


def test_the_database_is_sqlite_unless_a_url_is_set(tmp_path: Path) -> None:
    assert configured(tmp_path).JupyterHub.db_url == f"sqlite:///{tmp_path}/hub/jupyterhub.sqlite"
    c = configured(tmp_path, database_url="postgresql://lab:secret@db/lab")
    assert c.JupyterHub.db_url == "postgresql+psycopg://lab:secret@db/lab"


def test_tls_makes_cookies_secure_and_browsers_remember_it(tmp_path: Path) -> None:
    plain = configured(tmp_path).JupyterHub.tornado_settings
    assert plain["cookie_options"] == {"samesite": "Lax", "secure": False}
    assert "Strict-Transport-Security" not in plain["headers"]
    certificate = tmp_path / "cert.pem"
    tls = configured(tmp_path, tls_cert=certificate, tls_key=certificate).JupyterHub
    assert tls.tornado_settings["cookie_options"]["secure"] is True
    assert tls.tornado_settings["headers"]["Strict-Transport-Security"]


def test_a_proxy_in_front_that_speaks_tls_makes_cookies_secure_as_well(tmp_path: Path) -> None:
    c = configured(tmp_path, url="https://lab.example.org").JupyterHub
    assert c.tornado_settings["cookie_options"]["secure"] is True
    assert c.tornado_settings["headers"]["Strict-Transport-Security"]
    assert c.public_url == "https://lab.example.org/"
    assert "subdomain_host" not in c


def test_members_get_host_names_of_their_own(tmp_path: Path) -> None:
    c = configured(tmp_path, url="https://lab.example.org:8443", subdomains=True).JupyterHub
    assert c.subdomain_host == "https://lab.example.org:8443"
    assert c.cookie_host_prefix_enabled is True
    assert c.subdomain_hook("kim", "lab.example.org", "user") == "kim.lab.example.org"
    assert c.subdomain_hook("portal", "lab.example.org", "service") == "lab.example.org"
    # A login may lead on to a member's own host, and nowhere else.
    policy = c.tornado_settings["headers"]["Content-Security-Policy"]
    assert "form-action 'self' https://*.lab.example.org:8443;" in policy


@pytest.mark.parametrize("names", [("foo.bar", "foo-bar"), ("Kim", "kim"), ("박지원", "박지연")])
def test_no_two_members_share_a_host_name(names: tuple[str, str]) -> None:
    first, second = (subdomain(name, "lab.example.org", "user") for name in names)
    assert first != second
    assert all(re.fullmatch(r"[a-z0-9-]{1,63}\.lab\.example\.org", one) for one in (first, second))


def test_nobody_is_let_in_or_made_an_admin_by_a_list_of_names(tmp_path: Path) -> None:
    c = configured(tmp_path, admin="boss")
    assert c.JupyterHub.authenticator_class is AccountAuthenticator
    assert c.JupyterHub.spawner_class is WorkspaceSpawner
    for section in (c.Authenticator, c.AccountAuthenticator, c.JupyterHub):
        for name in ("admin_users", "allowed_users", "allow_all", "admin_access"):
            assert name not in section
    assert c.AccountAuthenticator.allow_existing_users is False


def test_the_command_lines_scopes_are_jupyterhubs(tmp_path: Path) -> None:
    known = set(scope_definitions)
    for definition in scope_definitions.values():
        known |= set(definition.get("subscopes", []))
    assert set(CLI_SCOPES) <= known
    assert configured(tmp_path).JupyterHub.load_roles[0]["scopes"] == list(CLI_SCOPES)


@pytest.mark.parametrize("arguments", [["kim"], ["kim", "paper"], ["kim", ""], []])
def test_named_workspaces_are_limited(arguments: list[str]) -> None:
    assert (
        named_workspaces(SimpleNamespace(path_args=arguments, path_kwargs={})) == NAMED_WORKSPACES
    )


def test_a_second_default_is_refused() -> None:
    with pytest.raises(HTTPError, match="first workspace"):
        named_workspaces(SimpleNamespace(path_args=["kim", "default"], path_kwargs={}))
