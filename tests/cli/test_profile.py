"""``workspace profile``: what the lab offers."""

from __future__ import annotations

import pytest

from tests.cli.conftest import CommandLine
from workspace_cli.core import profiles

COURSE = ("profile", "save", "Course notebook", "--image", "labdock/base", "--memory", "4g")


def test_an_admin_offers_a_profile_and_takes_it_back(workspace: CommandLine) -> None:
    (made,) = workspace.ok(*COURSE, "-p", "9210:8888", "-p", "6006", "--json").json
    assert made["options"] == {"image": "labdock/base", "memory": "4g", "ports": "8888,6006"}
    assert (made["group"], made["made_by"]) == ("", "admin")
    assert [one.name for one in profiles.offered(workspace.host, "kim")] == ["Course notebook"]
    assert "everybody" in workspace.ok("profile", "ls").out
    (changed,) = workspace.ok("profile", "save", "course NOTEBOOK", "--group", "nlp", "--json").json
    assert changed["group"] == "nlp"
    assert workspace.ok("profile", "ls", "--json").json == [changed]
    assert profiles.offered(workspace.host, "kim") == []
    assert workspace.ok("profile", "rm", "Course Notebook").out == "course NOTEBOOK\n"
    assert workspace.ok("profile", "ls").out == "The lab offers no profile.\n"


@pytest.mark.parametrize(
    "arguments, code",
    [
        (("rm", "Course"), 3),
        (("save", "a/b"), 2),
        (("save", "Course", "--image", "labdock/pytroch"), 2),
        (("save", "Course", "--memory", "much"), 2),
        (("save", "Course", "--group", "no group"), 2),
    ],
)
def test_what_cannot_be_is_refused(
    workspace: CommandLine, arguments: tuple[str, ...], code: int
) -> None:
    assert workspace("profile", *arguments).code == code
    assert profiles.of_the_lab(workspace.host) == []
