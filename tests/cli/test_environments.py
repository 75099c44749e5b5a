"""``images``, ``history`` and ``rollback``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.cli.conftest import CommandLine, Ended
from tests.cli.hub_stub import TOKEN, running_hub
from workspace_cli.core.models import ContainerRequest

Study = Callable[..., Ended]
CONTAINER = "labdock-kim--study"


def installed(workspace: CommandLine, name: str) -> None:
    workspace.engine.made(CONTAINER).write(f"/opt/env/{name}")


def has(workspace: CommandLine, name: str) -> bool:
    return workspace.engine.has_path(CONTAINER, f"/opt/env/{name}")


def saved(workspace: CommandLine, tag: str, note: str = "") -> str:
    answer = workspace.ok("commit", "kim/study", tag, "-m", note, "--json").json
    return str(answer["reference"])


def test_images_lists_the_labs_first_and_where_the_others_come_from(
    workspace: CommandLine, study: Study
) -> None:
    study()
    saved(workspace, "vision:v1", "with figlet")
    rows = workspace.ok("images", "--json").json
    assert [row["reference"] for row in rows] == [
        "labdock/base:latest",
        "labdock/pytorch:latest",
        "labdock/kim/vision:v1",
    ]
    base, _, vision = rows
    assert base["used_by"] == ["kim/study"]
    assert base["offered"]
    assert (vision["owner"], vision["saved_from"], vision["note"]) == (
        "kim",
        "kim/study",
        "with figlet",
    )
    assert vision["parent_id"] == base["id"]
    assert workspace.ok("images", "--owner", "kim", "-q").out == "labdock/kim/vision:v1\n"
    assert "nginx" not in workspace.ok("images").out


def test_history_draws_the_tree_of_an_environment(workspace: CommandLine, study: Study) -> None:
    study()
    saved(workspace, "vision:v1", "first")
    workspace.ok("rollback", "--detach", "kim/study", "kim/vision:v1", "--no-save", "-f")
    saved(workspace, "vision:v2", "second")
    saved(workspace, "other:v1")
    lines = workspace.ok("history", "kim/vision:v2").out.splitlines()
    assert [line.split("   2")[0].rstrip() for line in lines] == [
        "labdock/base",
        "└─ labdock/kim/vision:v1",
        "   └─ labdock/kim/vision:v2 *",
        "   └─ labdock/kim/other:v1",
    ]
    assert '"second"' in lines[2]
    assert "from kim/study" in lines[2]
    depths = [row["depth"] for row in workspace.ok("history", "kim/vision:v1", "--json").json]
    assert depths == [0, 1, 2, 2]


def test_history_says_where_a_parent_is_gone(workspace: CommandLine, study: Study) -> None:
    study()
    first = saved(workspace, "vision:v1")
    workspace.ok("rollback", "--detach", "kim/study", first, "--no-save", "-f")
    second = saved(workspace, "vision:v2")
    workspace.ok("rm", "-f", "kim/study")
    workspace.engine.remove_image(first)
    lines = workspace.ok("history", second).out.splitlines()
    assert lines[0] == "labdock/kim/vision:v1 (removed)"
    assert lines[1].startswith("└─ labdock/kim/vision:v2 *")


def test_history_of_what_is_no_environment_is_exit_3(workspace: CommandLine) -> None:
    ended = workspace("history", "nginx")
    assert ended.code == 3
    assert "workspace images" in ended.err


def test_rollback_brings_back_what_was_saved_last(workspace: CommandLine, study: Study) -> None:
    study()
    port = workspace.ok("show", "study", "--json").json["ports"]
    installed(workspace, "good")
    saved(workspace, "v:1")
    installed(workspace, "bad")
    ended = workspace.ok("rollback", "--detach", "study")
    assert has(workspace, "good")
    assert not has(workspace, "bad")
    shown = workspace.ok("show", "study", "--json").json
    assert (shown["image"], shown["state"], shown["ports"]) == (
        "labdock/kim/v:1",
        "running",
        port,
    )
    # What was rolled back can be rolled back to.
    kept = ended.err.split("kept as ")[1].split()[0].rstrip(".")
    workspace.ok("rollback", "--detach", "study", kept, "--no-save", "-f")
    assert has(workspace, "bad")


def test_rollback_to_the_same_image_begins_anew(workspace: CommandLine, study: Study) -> None:
    study()
    installed(workspace, "bad")
    workspace.ok("rollback", "--detach", "study", "--no-save", "-f")
    assert not has(workspace, "bad")
    assert workspace.ok("show", "study", "--json").json["image"] == "labdock/base"


def test_rollback_to_what_is_not_there_changes_nothing(
    workspace: CommandLine, study: Study
) -> None:
    study()
    installed(workspace, "good")
    before = workspace.engine.container(CONTAINER).id
    ended = workspace("rollback", "--detach", "study", "kim/nothing:v1")
    assert ended.code == 3
    assert workspace.engine.container(CONTAINER).id == before
    assert has(workspace, "good")
    assert workspace.ok("images", "--owner", "kim", "-q").out == ""


def test_rollback_that_loses_something_asks_first(workspace: CommandLine, study: Study) -> None:
    study()
    before = workspace.engine.container(CONTAINER).id
    assert workspace("rollback", "--detach", "study", "--no-save").code == 2
    ended = workspace.ok("rollback", "--detach", "study", stdin="n\n", terminal=True)
    assert "stays as it is" in ended.err
    assert workspace.engine.container(CONTAINER).id == before


def test_a_rollback_that_fails_leaves_what_was_there(workspace: CommandLine, study: Study) -> None:
    study()
    installed(workspace, "good")
    saved(workspace, "v:1")
    before = workspace.engine.container(CONTAINER).id
    workspace.engine.fail_on("create", OSError("broken pipe"))
    assert workspace("rollback", "--detach", "study", "--no-save", "-f").code != 0
    assert workspace.engine.container(CONTAINER).id == before
    assert has(workspace, "good")
    names = [row.name for row in workspace.engine.containers()]
    assert names == [CONTAINER]


def test_rollback_of_the_hubs_workspace_goes_through_the_hub(workspace: CommandLine) -> None:
    with running_hub() as hub:
        hub.accounts["lee"] = {"name": "lee", "admin": False, "state": "active"}
        settings = replace(workspace.host.settings, port=hub.port)
        settings.hub_dir.mkdir()
        settings.api_token.write_text(f"{TOKEN}\n")
        workspace.host = replace(workspace.host, settings=settings)
        workspace.engine.create(
            ContainerRequest(
                name="labdock-lee--default",
                image="labdock/base",
                restart="unless-stopped",
                labels={
                    "labdock.owner": "lee",
                    "labdock.workspace": "default",
                    "labdock.kind": "hub",
                    "labdock.image": "labdock/base",
                    "labdock.restart": "unless-stopped",
                    "labdock.ports": "9205:8888",
                },
            )
        )
        workspace.engine.start("labdock-lee--default")
        hub.servers["lee/"] = "ready"
        # What the hub would refuse lee is refused before anything is saved or stopped.
        workspace.engine.add_image("labdock/kim/own:v1", labels={"labdock.owner": "kim"})
        ended = workspace("rollback", "--detach", "lee/default", "kim/own:v1")
        assert (ended.code, hub.requests) == (2, [])
        workspace.ok("rollback", "--detach", "lee/default", "--no-save", "-f")
        assert hub.mentioned("DELETE") == ["users/lee/server"]
        posted = [body for method, _, body in hub.requests if method == "POST"]
        assert posted[-1] == {
            "image": "labdock/base",
            "replace_image": True,
            "fresh": True,
            "ports": ["9205:8888"],
            "shm_size": 2**26,
        }


@pytest.mark.parametrize("verb", ["images", "history"])
def test_an_engine_that_is_down_is_exit_6(workspace: CommandLine, verb: str) -> None:
    workspace.engine.unreachable = True
    assert workspace(*([verb] if verb == "images" else [verb, "x"])).code == 6
