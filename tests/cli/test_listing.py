"""``workspace ls`` and ``workspace show``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.cli.conftest import CommandLine, Ended
from workspace_cli.core.limits import most_open_files
from workspace_cli.core.models import Container, ContainerRequest
from workspace_cli.describe import how_it_ended, state_sentence

Study = Callable[..., Ended]


def add_hub_workspace(workspace: CommandLine, owner: str = "lee", name: str = "default") -> str:
    """Make a container as the hub makes it, stopped."""
    container = f"labdock-{owner}--{name}"
    workspace.engine.create(
        ContainerRequest(
            name=container,
            image="labdock/base",
            labels={
                "labdock.owner": owner,
                "labdock.workspace": name,
                "labdock.kind": "hub",
                "labdock.image": "labdock/base",
                "labdock.restart": "unless-stopped",
            },
        )
    )
    return container


def test_ls_shows_what_runs_and_all_with_a(workspace: CommandLine, study: Study) -> None:
    study("study")
    study("paper")
    workspace.ok("stop", "paper")
    assert "kim/paper" not in workspace.ok("ls").out
    assert "kim/paper" in workspace.ok("ls", "-a").out
    assert workspace.ok("ls", "-aq").out == "kim/paper\nkim/study\n"


def test_ls_tells_a_person_what_it_does_not_show(workspace: CommandLine, study: Study) -> None:
    study()
    workspace.ok("stop", "study")
    assert "1 workspace is stopped" in workspace.ok("ls", terminal=True).err
    assert workspace.ok("ls").err == ""


def test_ls_json_holds_what_a_script_needs(workspace: CommandLine, study: Study) -> None:
    study()
    (row,) = workspace.ok("ls", "--json").json
    assert row["reference"] == "kim/study"
    assert row["state"] == "running"
    assert row["ports"] == [{"host": 29200, "container": 8080}]
    assert row["address"] == "http://127.0.0.1:29200/"


def test_ls_of_one_owner_leaves_out_the_others(workspace: CommandLine, study: Study) -> None:
    study(owner="kim")
    study(owner="lee")
    assert workspace.ok("ls", "-q", "--owner", "lee").out == "lee/study\n"


def test_address_of_a_hub_workspace_is_behind_the_hub(workspace: CommandLine) -> None:
    add_hub_workspace(workspace, "김철수", "default")
    add_hub_workspace(workspace, "lee", "two")
    rows = workspace.ok("ls", "-a", "--json").json
    assert {row["address"] for row in rows} == {
        "http://127.0.0.1:8000/user/%EA%B9%80%EC%B2%A0%EC%88%98/",
        "http://127.0.0.1:8000/user/lee/two/",
    }


def test_show_names_variables_and_hides_their_values(workspace: CommandLine, study: Study) -> None:
    study("study", "-e", "COLOUR=very-red", "-e", "WORKSPACE_AUTH_PASSWORD=hunter22")
    shown = workspace.ok("show", "study")
    assert "COLOUR" in shown.out
    assert "very-red" not in shown.out
    assert "very-red" not in workspace.ok("show", "study", "--json").out
    assert "hunter22" not in shown.out + workspace.ok("show", "study", "--json").out


def test_show_tells_limits_as_they_were_given(workspace: CommandLine, study: Study) -> None:
    study("study", "--cpus", "1.5", "--memory", "4g", "--shm-size", "512m")
    assert "1.5 CPUs, 4g memory, 512m shared memory" in workspace.ok("show", "study").out
    limits = workspace.ok("show", "study", "--json").json["limits"]
    assert limits == {
        "cpus": 1.5,
        "memory": 4 * 2**30,
        "swap": None,
        "shm_size": 512 * 2**20,
        "pids": 4096,
        "open_files": min(65536, most_open_files()),
        "log_size": 10 * 2**20,
        "log_files": 3,
    }


def test_show_tells_the_labs_defaults_where_nobody_chose(
    workspace: CommandLine, study: Study
) -> None:
    study("study", "--memory-swap", "3g", "--memory", "2g", "--pids-limit", "500")
    shown = workspace.ok("show", "study").out
    assert "2g memory, 1g swap, 1g shared memory, 500 processes, " in shown
    assert f"{min(65536, most_open_files())} open files" in shown


def test_show_says_that_memory_ran_out(workspace: CommandLine, study: Study) -> None:
    study("study", "--memory", "4g", "--restart", "no")
    workspace.engine.end("labdock-kim--study", 137, oom_killed=True)
    assert "out of memory, its limit is 4g" in workspace.ok("show", "study").out
    assert workspace.ok("show", "study", "--json").json["oom_killed"] is True


def test_show_tells_a_newer_build_under_the_same_tag(workspace: CommandLine, study: Study) -> None:
    study("study", "--image", "labdock/base:latest")
    assert workspace.ok("show", "study", "--json").json["newer_image"] is False
    workspace.engine.add_image("labdock/base:latest", labels={"labdock.server": "1", "v": "2"})
    assert workspace.ok("show", "study", "--json").json["newer_image"] is True


def test_a_name_of_two_owners_must_be_told_apart(workspace: CommandLine, study: Study) -> None:
    study(owner="kim")
    study(owner="lee")
    ended = workspace("show", "study")
    assert ended.code == 4
    assert "kim/study" in ended.err
    assert "lee/study" in ended.err
    assert workspace.ok("show", "lee/study").out


@pytest.fixture
def container(workspace: CommandLine, study: Study) -> Container:
    study("study", "--memory", "4g", "--restart", "no")
    return workspace.engine.container("labdock-kim--study")


@pytest.mark.parametrize(
    "state,code,oom,words",
    [
        ("exited", 0, False, "ended by itself"),
        ("exited", 1, False, "it failed (exit code 1)"),
        ("exited", 137, True, "out of memory"),
        ("exited", 137, False, "did not stop in time"),
        ("exited", 139, False, "crashed"),
        ("exited", 127, False, "could not be run"),
        ("exited", 143, True, "asked to stop"),
        ("running", None, True, "a process in it was killed: out of memory"),
        ("running", None, False, ""),
        ("exited", None, False, ""),
    ],
)
def test_last_end_is_told_in_plain_words(
    container: Container, state: str, code: int | None, oom: bool, words: str
) -> None:
    ended = replace(container, state=state, exit_code=code, oom_killed=oom)  # type: ignore[arg-type]
    told = how_it_ended(ended)
    assert words in told
    assert bool(told) == bool(words)


def test_state_says_since_when(container: Container) -> None:
    assert container.started is not None
    assert state_sentence(container, container.started + 7300) == "running for 2 hours"
    stopped = replace(container, state="exited", finished=100.0)
    assert state_sentence(stopped, 160.0) == "stopped 1 minute ago"
