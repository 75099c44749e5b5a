"""``workspace ports``: the registry, and sharing."""

import pytest

from tests.cli.conftest import CommandLine
from tests.cli.test_listing import Study
from workspace_cli.core.host import Host


@pytest.fixture(autouse=True)
def database(host: Host) -> None:
    host.settings.hub_dir.mkdir(parents=True, exist_ok=True)


def test_every_mapping_is_listed_with_its_owner_running_or_not(
    workspace: CommandLine, study: Study
) -> None:
    study("study", "-p", "6006")
    workspace.ok("stop", "study")
    listed = workspace.ok("ports", "--json").json
    assert listed["range"] == [29200, 29203]
    assert [(row["container"], row["host"]) for row in listed["ports"]] == [
        (8080, 29200),
        (6006, 29201),
    ]
    assert {row["state"] for row in listed["ports"]} == {"exited"}
    assert listed["free"] == 2
    told = workspace.ok("ports")
    assert "http://127.0.0.1:29201/" in told.out
    assert "2 of 4 ports from 29200 to 29203 are free" in told.err
    assert workspace.ok("ports", "--owner", "lee", "--json").json["ports"] == []


def test_a_port_is_shared_and_withdrawn(workspace: CommandLine, study: Study) -> None:
    study("study", "-p", "6006")
    made = workspace.ok("ports", "share", "study", "6006", "--with", "lee", "--for", "2h").out
    assert "/hub/shared/kim/study/6006/" in made
    listed = workspace.ok("ports", "--json").json
    assert [row["shared_with"] for row in listed["ports"]] == [[], ["lee"]]
    workspace.ok("ports", "share", "study", "8501", "--with", "park")
    assert "kim/study" in workspace.ok("ports").out.partition("SHARED ")[2]
    workspace.ok("ports", "unshare", "study", "6006", "--with", "lee")
    left = workspace.ok("ports", "--json").json["shares"]
    assert [(one["port"], one["with"]) for one in left] == [(8501, "park")]
    assert workspace("ports", "unshare", "study", "6006").code == 3


@pytest.mark.parametrize(
    "arguments, code",
    [
        (("8080", "--with", "lee"), 2),
        (("6006", "--with", "kim"), 2),
        (("6006", "--with", "lee", "--for", "soon"), 2),
        (("6006", "--with", "lee", "--for", "1s"), 2),
        (("6006",), 2),
        (("x", "--with", "lee"), 2),
    ],
)
def test_a_share_that_makes_no_sense_is_refused(
    workspace: CommandLine, study: Study, arguments: tuple[str, ...], code: int
) -> None:
    study()
    assert workspace("ports", "share", "study", *arguments).code == code
    assert workspace.ok("ports", "--json").json["shares"] == []
