"""The command line away from the host, over a portal that answers."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.hub.portal.conftest import BASE, Make, Stage
from workspace_cli.core.errors import LabdockError
from workspace_cli.output import Console
from workspace_cli.remote import program
from workspace_cli.remote.calls import Call
from workspace_cli.remote.client import Remote
from workspace_cli.remote.ways import ByAddress


@dataclass
class Ended:
    """How one command line ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ended]


@pytest.fixture
def run(stage: Stage, make: Make) -> Run:
    """Return a runner of command lines, as kim inside the workspace ``study``."""
    make()
    address = str(stage.client.base_url).rstrip("/")

    def ran(*argv: str, who: str = "kim", here: str = "kim/study") -> Ended:
        stage.clock.now += 1
        out, err = io.StringIO(), io.StringIO()
        remote = Remote(ByAddress(address, f"token-{who}"), who, pause=lambda _: None)
        call = Call(Console(out, err, io.StringIO()), remote, here)
        try:
            code = program.run(argv, call)
        except LabdockError as error:
            call.console.error(error)
            code = error.exit_code
        return Ended(code, out.getvalue(), err.getvalue())

    return ran


def test_commit_without_a_name_saves_the_workspace_that_one_is_in(run: Run) -> None:
    done = run("commit", "-m", "figlet")
    assert done.code == 0, done.err
    assert re.search(r"saved +labdock/kim/study:\d{8}-\d{6}\n", done.out)
    assert "figlet" in done.out


def test_one_name_with_a_colon_is_the_environments(run: Run) -> None:
    assert run("commit", "vision:v1", "--json").json["reference"] == "labdock/kim/vision:v1"
    assert run("commit", "study", "vision:v2", "--json").json["reference"] == (
        "labdock/kim/vision:v2"
    )
    again = run("commit", "vision:v1")
    assert again.code == 4
    assert "already" in again.err


def test_the_listings_are_those_of_the_api(run: Run) -> None:
    run("commit", "vision:v1", "-m", "first")
    assert run("images", "-q").out.split() == [BASE, "labdock/kim/vision:v1"]
    assert "first" in run("images").out
    assert run("images", "-q", who="park").out.split() == [BASE]
    assert run("history", "vision:v1").out.splitlines()[1].startswith("└─ labdock/kim/vision:v1 *")
    found = run("diff", "vision:v1", "--json").json
    assert (found["old"], found["new"]) == ("labdock/kim/vision:v1", "kim/study")
    assert run("commit", "--preview", "--json").json["workspace"] == "kim/study"


def test_a_rollback_asks_the_hub_as_the_member(run: Run, stage: Stage) -> None:
    run("commit", "vision:v1")
    done = run("rollback", "study", "vision:v1")
    assert done.code == 0, done.err
    assert "before-rollback" in done.err
    assert stage.hub.servers[-1][:3] == ("start", "token-kim", "kim/study")
    assert run("rollback", "study", "--no-save").code == 2


def test_sharing_withdrawing_and_deleting(run: Run) -> None:
    run("commit", "vision:v1")
    assert "park" in run("share", "vision:v1", "--with", "park").out
    assert "labdock/kim/vision:v1" in run("images", "-q", who="park").out
    assert run("rmi", "-f", "kim/vision:v1", who="park").code == 3
    assert run("share", "vision:v1", "--withdraw").code == 0
    assert "labdock/kim/vision:v1" not in run("images", "-q", who="park").out
    assert run("rmi", "vision:v1").code == 2
    assert run("rmi", "-f", "vision:v1").code == 0


@pytest.mark.parametrize(
    "argv, code, words",
    [
        (("up",), 5, "lab's machine alone"),
        (("nonsense",), 2, "No such command"),
        (("commit", "--nonsense"), 2, "No such option"),
        (("commit", "other"), 3, "no workspace"),
        (("history", "nope:v1"), 3, "no environment"),
        (("commit", "Not:Allowed name"), 2, "cannot name an image"),
    ],
)
def test_failures_are_told_in_words_with_the_exit_codes_of_the_host(
    run: Run, argv: tuple[str, ...], code: int, words: str
) -> None:
    done = run(*argv)
    assert (done.code, words in done.err) == (code, True), done.err
    assert done.out == ""


def test_a_token_that_is_no_longer_valid_is_told(run: Run, stage: Stage) -> None:
    stage.hub.revoked.add("token-kim")
    done = run("images")
    assert (done.code, "token" in done.err) == (5, True)


def test_without_a_workspace_around_it_a_name_is_asked_for(run: Run) -> None:
    assert run("commit", here="").code == 2


def test_a_workspace_that_the_hub_has_not_started_says_so(tmp_path: Any) -> None:
    err = io.StringIO()
    environ = {"JUPYTER_RUNTIME_DIR": str(tmp_path), "LABDOCK_OWNER": "kim"}
    code = program.run_inside(["images"], Console(io.StringIO(), err), environ)
    assert code == 6
    assert "has not started it" in err.getvalue()


def test_help_needs_no_lab(tmp_path: Any) -> None:
    out = io.StringIO()
    console = Console(out, io.StringIO())
    assert program.run_inside(["--help"], console, {"JUPYTER_RUNTIME_DIR": str(tmp_path)}) == 0
