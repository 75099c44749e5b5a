"""Names that are safe whatever a person is called."""

from __future__ import annotations

import re
from functools import partial
from pathlib import PurePosixPath

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.support import error_of
from workspace_cli.core import naming
from workspace_cli.core.errors import InvalidNameError

HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
REPOSITORY = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*")


def _allowed(name: str) -> bool:
    try:
        naming.check_owner(name)
    except InvalidNameError:
        return False
    return True


owners = st.text(min_size=1, max_size=64).filter(_allowed)
workspaces = st.from_regex(r"[a-z0-9](-?[a-z0-9]){0,29}", fullmatch=True).filter(
    lambda name: len(name) <= 30
)


@pytest.mark.parametrize("name", ["kunyoung", "a", "foo-bar", "x1", "a" * 27])
def test_a_plain_name_is_its_own_slug(name: str) -> None:
    assert naming.owner_slug(name) == name


@pytest.mark.parametrize("name", ["foo.bar", "Foo-bar", "foo--bar", "-foo", "김철수", "a" * 28])
def test_any_other_name_is_told_apart_by_a_hash(name: str) -> None:
    assert re.fullmatch(r"(.*-)?[0-9a-f]{10}", naming.owner_slug(name))


def test_a_slug_keeps_what_is_readable() -> None:
    assert naming.owner_slug("Jürgen.Müller").startswith("jurgen-muller-")


def test_a_name_that_looks_like_a_slug_cannot_be_taken_for_another() -> None:
    victim = naming.owner_slug("foo.bar")
    assert naming.owner_slug(victim) != victim


@given(owners, owners)
@example("foo.bar", "foo-bar")
@example("foo_bar", "foo-bar")
@example("Foo", "foo")
@example("김철수", "김철순")
@example("a" * 63, "a" * 64)
@example("foo", "foo-")
def test_two_owners_never_share_a_name(one: str, other: str) -> None:
    assume(one != other)
    assert naming.owner_slug(one) != naming.owner_slug(other)
    assert naming.container_name(one, "default") != naming.container_name(other, "default")
    assert naming.network_name(one) != naming.network_name(other)


@given(owners)
def test_a_slug_is_a_host_name_a_path_segment_and_an_image_name(owner: str) -> None:
    slug = naming.owner_slug(owner)
    assert len(slug) <= 27
    assert "--" not in slug
    assert HOST_NAME.fullmatch(slug)
    assert REPOSITORY.fullmatch(slug)
    assert PurePosixPath("/homes", slug).parts == ("/", "homes", slug)


@given(owners, workspaces, owners, workspaces)
@example("a", "b-c", "a-b", "c")
def test_owner_and_workspace_can_be_told_apart(
    owner: str, workspace: str, other_owner: str, other_workspace: str
) -> None:
    assume((owner, workspace) != (other_owner, other_workspace))
    name = naming.container_name(owner, workspace)
    assert name != naming.container_name(other_owner, other_workspace)
    assert len(name) <= 63
    assert HOST_NAME.fullmatch(name)


@given(st.text(max_size=80))
def test_any_text_is_a_name_or_a_clear_error(text: str) -> None:
    for check in (naming.owner_slug, naming.workspace_slug, naming.network_name):
        error = error_of(partial(check, text))
        assert error is None or (isinstance(error, InvalidNameError) and error.remedy)


@pytest.mark.parametrize(
    "owner", ["", "a" * 65, " a", "a ", "a\n", "a\0b", "a/b", "../etc", "a\u202eb", "a\ud800"]
)
def test_an_owner_that_no_account_can_have_is_refused(owner: str) -> None:
    with pytest.raises(InvalidNameError):
        naming.check_owner(owner)


@pytest.mark.parametrize("name", ["", "a" * 31, "A", "-a", "a-", "a--b", "a.b", "a/b", "김", "a\n"])
def test_a_workspace_that_the_hub_cannot_have_is_refused(name: str) -> None:
    with pytest.raises(InvalidNameError, match="cannot name a workspace"):
        naming.check_workspace(name)


@given(workspaces.filter(lambda name: name != "default"))
def test_a_workspace_and_its_server_name_each_other(workspace: str) -> None:
    assert naming.workspace_of_server(naming.server_name(workspace)) == workspace


def test_the_unnamed_server_is_the_default_workspace() -> None:
    assert naming.server_name("default") == ""
    assert naming.workspace_of_server("") == "default"
    with pytest.raises(InvalidNameError, match="first workspace"):
        naming.workspace_of_server("default")


@pytest.mark.parametrize(
    "reference, parts",
    [("nlp", (None, "nlp")), ("kim/nlp", ("kim", "nlp")), ("foo.bar/nlp", ("foo.bar", "nlp"))],
)
def test_a_reference_is_split(reference: str, parts: tuple[str | None, str]) -> None:
    assert naming.split_reference(reference) == parts


@pytest.mark.parametrize("reference", ["/nlp", "a/b/c"])
def test_a_reference_with_an_impossible_owner_is_refused(reference: str) -> None:
    with pytest.raises(InvalidNameError):
        naming.split_reference(reference)
