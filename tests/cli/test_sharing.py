"""``share``, ``pin``, ``rmi`` and ``prune``."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from operator import add

import pytest

from tests.cli.conftest import CommandLine, Ended
from workspace_cli import way_back
from workspace_cli.core import audit, members, workspaces
from workspace_cli.core.errors import StartFailedError
from workspace_cli.core.reading import find
from workspace_cli.invocation import Invocation

Study = Callable[..., Ended]
VISION = "labdock/kim/vision:v1"


@pytest.fixture
def vision(workspace: CommandLine, study: Study) -> str:
    """An environment of kim's, in a lab with lee (of the group nlp) and park."""
    members.remember(workspace.host, "lee", "member", ["nlp"])
    members.remember(workspace.host, "park", "member")
    study()
    workspace.ok("commit", "kim/study", "vision:v1", "-m", "with figlet")
    return VISION


def save(workspace: CommandLine, *tags: str) -> None:
    for tag in tags:
        workspace.engine.made("labdock-kim--study").write(f"/opt/{tag}")
        workspace.ok("commit", "kim/study", tag)


def names(workspace: CommandLine) -> set[str]:
    return set(workspace.ok("images", "--owner", "kim", "-q").out.split())


def test_share_lists_who_may_start_and_who_does(workspace: CommandLine, vision: str) -> None:
    rows = workspace.ok("share", "kim/vision:v1", "--with", "lee", "--with", "lab", "--json").json
    assert [(row["with"], row["owner"], row["used_by"]) for row in rows] == [
        ("lab", "kim", []),
        ("lee", "kim", []),
    ]
    workspace.ok("run", "copy", "--owner", "lee", "--image", vision, "--detach")
    (row, _) = workspace.ok("share", "--json").json
    assert (row["reference"], row["used_by"]) == (vision, ["lee/copy"])
    assert "group:nlp" in workspace.ok("share", vision, "--with", "group:nlp").out
    assert {entry.action for entry in audit.entries(workspace.host)} == {"share"}


def test_withdrawing_says_who_goes_on_using_it(workspace: CommandLine, vision: str) -> None:
    workspace.ok("share", vision, "--with", "group:nlp", "--with", "park")
    workspace.ok("run", "copy", "--owner", "lee", "--image", vision, "--detach")
    ended = workspace.ok("share", vision, "--withdraw", "--with", "group:nlp")
    assert ended.out == f"{vision} group:nlp\n"
    assert "lee/copy still stand on it" in ended.err
    assert workspace.ok("share", vision, "--withdraw").out == f"{vision} park\n"
    assert workspace.ok("share", "--json").json == []
    assert workspace("share", vision, "--withdraw").code == 3


@pytest.mark.parametrize(
    "argv, code",
    [
        (("share", "kim/nothing", "--with", "lab"), 3),
        (("share", VISION, "--with", "nobody"), 3),
        (("share", VISION, "--with", "kim"), 2),
        (("share", VISION, "--with", "group:"), 2),
        (("share", "labdock/base", "--with", "lee"), 5),
        (("share", "--with", "lee"), 2),
        (("share", "--withdraw"), 2),
        (("pin", "kim/nothing"), 3),
        (("unpin", VISION), 3),
        (("rmi", "labdock/base"), 5),
        (("rmi", "nginx"), 3),
        (("prune",), 2),
        (("prune", "--keep-last", "0"), 2),
        (("prune", "--older-than", "soon"), 2),
    ],
)
@pytest.mark.usefixtures("vision")
def test_what_cannot_be_is_refused_and_changes_nothing(
    workspace: CommandLine, argv: tuple[str, ...], code: int
) -> None:
    assert workspace(*argv).code == code
    assert workspace.ok("share", "--json").json == []
    assert names(workspace) == {VISION}


def test_with_one_wrong_recipient_nobody_gets_it(workspace: CommandLine, vision: str) -> None:
    assert workspace("share", vision, "--with", "lee", "--with", "a b").code == 2
    assert workspace.ok("share", "--json").json == []


def test_rmi_says_what_goes_asks_and_refuses_what_is_in_use(
    workspace: CommandLine, vision: str
) -> None:
    workspace.ok("share", vision, "--with", "lab")
    workspace.ok("pin", vision, "-m", "for the paper")
    told = workspace.ok("rmi", "--dry-run", "kim/vision:v1").out
    assert "with figlet" in told
    assert "what lab may start from" in told
    assert "its pin" in told
    assert workspace.ok("rmi", vision, stdin="n\n", terminal=True).out == ""
    workspace.ok("run", "copy", "--owner", "lee", "--image", vision, "--detach")
    workspace.ok("stop", "lee/copy")
    ended = workspace("rmi", "-f", vision)
    assert ended.code == 4
    assert "lee/copy" in ended.err
    assert names(workspace) == {vision}
    workspace.ok("rm", "-f", "lee/copy")
    assert workspace.ok("rmi", "-f", vision).out == f"{vision}\n"
    assert names(workspace) == set()
    assert workspace.ok("pin", "--json").json == []


def test_one_that_cannot_go_keeps_no_other_from_going(workspace: CommandLine, vision: str) -> None:
    save(workspace, "old")
    ended = workspace("rmi", "kim/nothing", vision, "labdock/kim/old")
    assert ended.code == 3
    assert ended.out == f"{vision}\nlabdock/kim/old\n".replace("old", "old:latest")
    assert names(workspace) == set()


def test_prune_shows_first_and_removes_only_when_told(workspace: CommandLine, vision: str) -> None:
    save(workspace, "vision:v2", "vision:v3")
    workspace.ok("pin", vision, "-m", "for the paper")
    rows = workspace.ok("prune", "--keep-last", "1", "--dry-run", "--json").json
    assert [(row["reference"], row["goes"]) for row in rows if row["goes"]] == [
        ("labdock/kim/vision:v2", True)
    ]
    assert "pinned: for the paper" in workspace.ok("prune", "--keep-last", "1", "--dry-run").out
    assert workspace("prune", "--keep-last", "1").code == 2
    assert workspace.ok("prune", "--keep-last", "1", stdin="n\n", terminal=True).out == ""
    assert len(names(workspace)) == 3
    assert workspace.ok("prune", "--keep-last", "1", "-f", "--owner", "lee").out == ""
    assert workspace.ok("prune", "--keep-last", "1", "-f").out == "labdock/kim/vision:v2\n"
    assert names(workspace) == {vision, "labdock/kim/vision:v3"}


def test_prune_takes_the_labs_rule(workspace: CommandLine, vision: str) -> None:
    save(workspace, "vision:v2")
    workspace.host.settings.policy_file.parent.mkdir(parents=True, exist_ok=True)
    workspace.host.settings.policy_file.write_text("[retention]\nkeep_last = 1\n")
    assert workspace.ok("prune", "-f").out == f"{vision}\n"


def test_two_rollbacks_in_a_row_do_not_lead_there_and_back(
    workspace: CommandLine, vision: str
) -> None:
    for later in (60, 120):
        workspace.host = replace(workspace.host, clock=partial(add, time.time(), later))
        workspace.ok("rollback", "--detach", "kim/study")
        (row,) = workspace.ok("ls", "-a", "--json").json
        assert row["image"] == vision
    assert len([name for name in names(workspace) if ":before-rollback-" in name]) == 2


def test_a_start_that_fails_names_the_way_back(
    workspace: CommandLine, vision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    way_back.worked(Invocation(host=workspace.host), find(workspace.host, "kim/study"))
    workspace.ok("stop", "kim/study")

    def broken(*_: object, **__: object) -> None:
        raise StartFailedError("The server did not come up.", "Start it again.")

    monkeypatch.setattr(workspaces, "start", broken)
    ended = workspace("start", "kim/study")
    assert ended.code == 1
    assert f"workspace rollback kim/study {vision}" in ended.err
