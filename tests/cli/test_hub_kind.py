"""Workspaces of the hub, accounts and tokens: all through the hub's API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.cli.conftest import CommandLine
from tests.cli.hub_stub import TOKEN, StubHub, running_hub
from workspace_cli.core.engine import Progress
from workspace_cli.core.errors import HubUnreachableError, StartFailedError
from workspace_cli.core.hub_client import HubClient
from workspace_cli.core.hub_requests import HubRequests
from workspace_cli.core.models import ContainerRequest
from workspace_cli.core.settings import Settings

HubWorkspace = Callable[..., str]


@pytest.fixture
def hub() -> Iterator[StubHub]:
    with running_hub() as hub:
        hub.accounts["lee"] = {"name": "lee", "admin": False, "state": "active"}
        yield hub


@pytest.fixture
def hub_settings(settings: Settings, hub: StubHub) -> Settings:
    return replace(settings, port=hub.port)


@pytest.fixture
def lab(workspace: CommandLine, hub_settings: Settings) -> CommandLine:
    """The command line on a machine whose hub is up."""
    hub_settings.hub_dir.mkdir()
    hub_settings.api_token.write_text(f"{TOKEN}\n")
    workspace.host = replace(workspace.host, settings=hub_settings)
    return workspace


@pytest.fixture
def client(lab: CommandLine) -> HubClient:
    return HubClient(lab.host.settings)


@pytest.fixture
def hub_workspace(workspace: CommandLine, hub: StubHub) -> HubWorkspace:
    """Make a running workspace as the hub makes it."""

    def make(name: str = "default", owner: str = "lee") -> str:
        container = f"labdock-{owner}--{name}"
        workspace.engine.create(
            ContainerRequest(
                name=container,
                image="labdock/base",
                restart="unless-stopped",
                labels={
                    "labdock.owner": owner,
                    "labdock.workspace": name,
                    "labdock.kind": "hub",
                    "labdock.image": "labdock/base",
                    "labdock.restart": "unless-stopped",
                },
            )
        )
        workspace.engine.start(container)
        hub.servers[f"{owner}/{'' if name == 'default' else name}"] = "ready"
        return container

    return make


def test_start_goes_through_the_hub_and_shows_its_steps(
    lab: CommandLine, hub: StubHub, hub_workspace: HubWorkspace
) -> None:
    hub_workspace("two")
    hub.servers["lee/two"] = "stopped"
    ended = lab.ok("start", "two")
    assert "users/lee/servers/two" in hub.mentioned("POST")
    assert "Creating the container" in ended.err
    assert ended.out == f"lee/two   http://127.0.0.1:{hub.port}/user/lee/two/\n"


def test_start_of_what_runs_is_nothing(
    lab: CommandLine, hub: StubHub, hub_workspace: HubWorkspace
) -> None:
    hub_workspace()
    lab.ok("start", "lee/default")
    assert hub.mentioned("POST") == ["users/lee/server"]


@pytest.mark.parametrize(
    "status,code", [(500, 1), (409, 4), (422, 2), (403, 5), (404, 3), (507, 1), (429, 4)]
)
def test_a_refused_start_tells_the_hubs_reason(
    lab: CommandLine, hub: StubHub, hub_workspace: HubWorkspace, status: int, code: int
) -> None:
    hub_workspace()
    hub.servers["lee/"] = "stopped"
    hub.start_failure = (status, "No GPU is free")
    ended = lab("start", "default")
    assert ended.code == code
    assert "No GPU is free" in ended.err or status == 404


def test_a_start_that_fails_late_tells_why(
    hub: StubHub, client: HubClient, hub_workspace: HubWorkspace
) -> None:
    hub.late_failure = "Spawn failed: No GPU is free."
    steps: list[Progress] = []
    with pytest.raises(StartFailedError, match="No GPU is free"):
        client.start_server("lee", "default", steps.append)
    assert [step.text for step in steps] == list(hub.steps)


def test_how_an_earlier_start_failed_is_not_taken_for_this_one(
    hub: StubHub, client: HubClient
) -> None:
    hub.earlier_failure = "Spawn failed: of old."
    client.start_server("lee", "default")
    assert hub.servers["lee/"] == "ready"


def test_an_error_of_the_hubs_own_points_to_its_log(
    lab: CommandLine, hub: StubHub, hub_workspace: HubWorkspace
) -> None:
    hub_workspace()
    hub.servers["lee/"] = "stopped"
    hub.start_failure = (500, "Internal Server Error")
    assert "docker logs labdock-hub" in lab("start", "default").err


def test_stop_waits_until_the_hub_has_stopped_it(
    lab: CommandLine, hub: StubHub, hub_workspace: HubWorkspace
) -> None:
    hub_workspace()
    hub.stop_polls = 3
    lab.ok("stop", "default")
    assert hub.servers["lee/"] == "stopped"
    assert hub.mentioned("GET").count("users/lee/server") == 3


def test_stop_takes_the_container_down_where_the_hub_did_not_know_it_ran(
    lab: CommandLine, hub: StubHub, hub_workspace: HubWorkspace
) -> None:
    container = hub_workspace()
    hub.servers["lee/"] = "stopped"
    lab.ok("stop", "default")
    assert lab.engine.container(container).state == "exited"


def test_restart_stops_and_starts_through_the_hub(
    lab: CommandLine, hub: StubHub, hub_workspace: HubWorkspace
) -> None:
    hub_workspace("two")
    lab.ok("restart", "two")
    assert hub.mentioned("DELETE") == ["users/lee/servers/two"]
    assert hub.servers["lee/two"] == "ready"


def test_rm_lets_the_hub_forget_a_named_server(
    lab: CommandLine, hub: StubHub, hub_workspace: HubWorkspace
) -> None:
    container = hub_workspace("two")
    lab.ok("rm", "--force", "two")
    assert "lee/two" not in hub.servers
    assert ("DELETE", "users/lee/servers/two", {"remove": True}) in hub.requests
    assert container not in [c.name for c in lab.engine.containers()]


def test_rm_of_the_first_server_stops_it_and_removes_its_container(
    lab: CommandLine, hub: StubHub, hub_workspace: HubWorkspace
) -> None:
    hub_workspace()
    lab.ok("rm", "--force", "default")
    assert ("DELETE", "users/lee/server", None) in hub.requests
    assert lab.engine.containers() == []


def test_rm_works_where_the_account_is_gone(
    lab: CommandLine, hub: StubHub, hub_workspace: HubWorkspace
) -> None:
    hub_workspace("two", "gone")
    lab.ok("rm", "--force", "gone/two")
    assert lab.engine.containers() == []


def test_start_says_that_the_account_is_gone(lab: CommandLine, hub_workspace: HubWorkspace) -> None:
    hub_workspace("two", "gone")
    ended = lab("start", "gone/two")
    assert ended.code == 3
    assert "gone" in ended.err


def test_purge_asks_the_hub_nothing_while_the_home_is_in_use(
    lab: CommandLine, hub: StubHub, hub_workspace: HubWorkspace
) -> None:
    hub_workspace("one")
    hub_workspace("two")
    ended = lab("rm", "--force", "--purge", "one")
    assert ended.code == 4
    assert "lee/two" in ended.err
    assert hub.requests == []


def test_a_hub_that_is_down_is_exit_6_and_says_up(
    lab: CommandLine, hub: StubHub, hub_workspace: HubWorkspace
) -> None:
    hub_workspace()
    hub.page = b"<html>503</html>"
    for command in (("start", "default"), ("stop", "default"), ("users", "ls"), ("token",)):
        ended = lab(*command)
        assert ended.code == 6, command
        assert "workspace up" in ended.err


def test_nothing_at_the_port_is_exit_6(
    lab: CommandLine, hub_workspace: HubWorkspace, unused_port: int
) -> None:
    hub_workspace()
    lab.host = replace(lab.host, settings=replace(lab.host.settings, port=unused_port))
    ended = lab("restart", "default")
    assert ended.code == 6
    assert str(unused_port) in ended.err


def test_a_machine_without_labdock_says_up(lab: CommandLine) -> None:
    lab.host.settings.api_token.unlink()
    ended = lab("users", "ls")
    assert ended.code == 6
    assert "workspace up" in ended.err


def test_a_stale_token_is_exit_5(lab: CommandLine) -> None:
    lab.host.settings.api_token.write_text("stale\n")
    assert lab("users", "ls").code == 5


def test_names_are_quoted_in_addresses(client: HubClient, hub: StubHub) -> None:
    name = "김 철수?#%"
    client.add_account(name, "long enough")
    client.set_password(name, "longer still")
    assert hub.accounts[name]["password"] == "longer still"
    client.remove_account(name)
    assert name not in hub.accounts


def test_client_reaches_a_public_hub_over_the_loopback(settings: Settings) -> None:
    assert HubRequests(replace(settings, bind="0.0.0.0")).address == "http://127.0.0.1:8000"
    assert HubRequests(replace(settings, bind="::")).address == "http://[::1]:8000"
    assert HubRequests(replace(settings, bind="192.0.2.7")).address == "http://192.0.2.7:8000"


def test_hub_answers_that_are_cut_off_are_told(client: HubClient, hub: StubHub) -> None:
    hub.page = b""
    with pytest.raises(HubUnreachableError):
        client.accounts()


def test_users_add_generates_a_password_where_nobody_types_one(
    lab: CommandLine, hub: StubHub
) -> None:
    made = lab.ok("users", "add", "kim", "--json").json
    assert hub.accounts["kim"]["password"] == made["password"]
    assert len(made["password"]) >= 14


def test_users_add_reads_a_password_from_stdin_and_shows_none(
    lab: CommandLine, hub: StubHub
) -> None:
    ended = lab.ok("users", "add", "kim", "--admin", "--password-stdin", stdin="long enough\n")
    assert hub.accounts["kim"]["password"] == "long enough"
    assert hub.accounts["kim"]["admin"] is True
    assert "long enough" not in ended.out + ended.err


def test_users_passwd_changes_it(lab: CommandLine, hub: StubHub) -> None:
    lab.ok("users", "passwd", "lee", "--password-stdin", stdin="another one\n")
    assert hub.accounts["lee"]["password"] == "another one"


@pytest.mark.parametrize(
    "argv,stdin,code",
    [
        (("users", "add", "lee"), "", 4),
        (("users", "add", "a/b"), "", 2),
        (("users", "add", ""), "", 2),
        (("users", "add", "kim", "--password-stdin"), "", 2),
        (("users", "add", "kim", "--password-stdin", "--generate"), "x\n", 2),
        (("users", "passwd", "nobody", "--generate"), "", 3),
        (("users", "rm", "nobody"), "", 3),
        (("token", "--user", "nobody"), "", 3),
        (("token", "--expires", "soon"), "", 2),
        (("token", "--expires", "0"), "", 2),
        (("token", "--expires", "99999999d"), "", 2),
    ],
)
def test_bad_accounts_and_tokens_end_in_their_exit_code(
    lab: CommandLine, argv: tuple[str, ...], stdin: str, code: int
) -> None:
    ended = lab(*argv, stdin=stdin)
    assert ended.code == code, ended.err
    assert 1 <= len(ended.err.splitlines()) <= 2


def test_users_rm_asks_a_person(lab: CommandLine, hub: StubHub) -> None:
    assert "kept" in lab.ok("users", "rm", "lee", stdin="n\n", terminal=True).err
    assert "lee" in hub.accounts
    lab.ok("users", "rm", "lee", stdin="y\n", terminal=True)
    assert "lee" not in hub.accounts


def test_an_account_joins_and_leaves_groups(lab: CommandLine, hub: StubHub) -> None:
    assert lab.ok("users", "join", "lee", "vision").out == "lee is in vision\n"
    lab.ok("users", "join", "lee", "instructors")
    # Once more is no error, and makes no second group.
    lab.ok("users", "join", "lee", "vision")
    assert hub.groups == {"vision": ["lee"], "instructors": ["lee"]}
    assert lab.ok("users", "ls", "--json").json[0]["groups"] == ["instructors", "vision"]
    assert "instructors, vision" in lab.ok("users", "ls").out
    lab.ok("users", "leave", "lee", "vision")
    assert hub.groups["vision"] == []
    assert lab("users", "leave", "lee", "vision").code == 3


@pytest.mark.parametrize("name, group, code", [("nobody", "vision", 3), ("lee", "a b", 2)])
def test_who_cannot_join_is_told(
    lab: CommandLine, hub: StubHub, name: str, group: str, code: int
) -> None:
    assert lab("users", "join", name, group).code == code
    assert hub.groups == {}


def test_users_ls_lists(lab: CommandLine) -> None:
    assert "lee" in lab.ok("users", "ls").out
    assert lab.ok("users", "ls", "--json").json[0]["name"] == "lee"


def test_token_prints_the_token_alone(lab: CommandLine, hub: StubHub) -> None:
    assert lab.ok("token", "--user", "lee", "--expires", "12h", "--note", "ci").out == "fresh\n"
    assert ("POST", "users/lee/tokens", {"note": "ci", "expires_in": 43200}) in hub.requests


def test_token_for_ever_and_for_the_admin_by_default(lab: CommandLine, hub: StubHub) -> None:
    hub.accounts["admin"] = {"name": "admin"}
    shown = lab.ok("token", "--expires", "never", "--json").json
    assert shown["user"] == "admin"
    assert "hashed" not in shown
    assert hub.requests[-1][2] == {"note": "made by workspace token"}
