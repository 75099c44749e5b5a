"""Logging in with a name and password of an LDAP directory, against a real server."""

from __future__ import annotations

import gc
import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.directory import Directory
from hub.outside import FILE, Ldap
from tests.hub import slapd
from tests.hub.running_hub import add_images, running_hub
from tests.hub.slapd import LdapServer
from tests.hub.visitor import PASSWORD, is_in, log_in, visitor
from workspace_cli.core.errors import UnreachableError
from workspace_cli.core.fake_engine import FakeEngine

# The library for LDAP uses names that the library below it would rather not have.
pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("default")]

DN = "uid={username},ou=people,dc=lab"
SEO = "seo in the directory"


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Collect what the library leaves open where no connection came about."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LdapServer]:
    with slapd.running(tmp_path_factory.mktemp("ldap")) as server:
        yield server


def settings(server: LdapServer, **changes: Any) -> dict[str, Any]:
    return {
        "title": "Our directory",
        "server": "127.0.0.1",
        "port": server.port,
        "user_dn": [DN],
        "ca_file": str(server.certificate),
        "join": "open",
        **changes,
    }


def hub_with(tmp_path: Path, lines: dict[str, Any]) -> Any:
    folder = tmp_path / "root" / "hub"
    folder.mkdir(parents=True)
    text = "\n".join(f"{name} = {json.dumps(value)}" for name, value in lines.items())
    (folder / FILE).write_text(f"[ldap]\n{text}\n[ldap.groups]\n'cn=gpu,dc=lab' = 'vision'\n")
    engine = FakeEngine()
    add_images(engine)
    return running_hub(tmp_path / "root", engine)


async def test_the_directorys_members_log_in_beside_the_labs(
    tmp_path: Path, server: LdapServer
) -> None:
    async with hub_with(tmp_path, settings(server)) as hub, visitor(hub) as browser:
        assert (await log_in(browser, "seo", "wrong")).status_code == 403
        assert (await hub.api("GET", "/accounts/seo")).status_code == 404
        assert (await log_in(browser, "Seo", SEO)).status_code == 302
        assert await is_in(browser)
        user = (await hub.api("GET", "/users/seo")).json()
        assert (user["groups"], user["admin"]) == (["vision"], False)
        # Whoever has an account here keeps it, whatever the directory says of the name.
        await hub.add("lee")
        assert (await hub.log_in("lee", "lee in the directory")).status_code == 403
        assert (await hub.log_in("lee", PASSWORD)).status_code == 302
        # Its password is the directory's to change, and an admin ends it here.
        await browser.get("/account")
        form = {"current": SEO, "password": "one of my own", "again": "one of my own"}
        assert (await browser.post("/account/password", form)).status_code == 422
        await hub.api("PATCH", "/accounts/seo", {"state": "disabled"})
        assert (await hub.log_in("seo", SEO)).status_code == 403


async def test_a_first_login_waits_for_approval(tmp_path: Path, server: LdapServer) -> None:
    async with hub_with(tmp_path, settings(server, join="approval")) as hub:
        for _ in range(2):
            waiting = await hub.log_in("seo", SEO)
            assert waiting.status_code == 403
            assert "approval" in waiting.text
        await hub.api("POST", "/accounts/seo/approve")
        assert (await hub.log_in("seo", SEO)).status_code == 302


@pytest.mark.parametrize(
    "name", ["*", "seo)(uid=*", "seo,ou=people", "", "\udc80", "s" * 300], ids=ascii
)
async def test_a_name_is_no_way_into_the_directorys_language(server: LdapServer, name: str) -> None:
    directory = Directory(Ldap(**settings(server)))
    assert await directory.find(name, SEO) is None


async def test_no_password_is_no_login(server: LdapServer) -> None:
    # A bind without one is anonymous, and succeeds.
    assert await Directory(Ldap(**settings(server))).find("seo", " ") is None


async def test_a_certificate_that_nobody_vouches_for_gets_no_password(server: LdapServer) -> None:
    with pytest.raises(UnreachableError, match="Our directory"):
        await Directory(Ldap(**settings(server, ca_file=None))).find("seo", SEO)


async def test_a_directory_that_is_down_is_told(server: LdapServer) -> None:
    with pytest.raises(UnreachableError, match="does not answer"):
        await Directory(Ldap(**settings(server, port=1))).find("seo", SEO)
