"""Who may start from whose environment, and what taking that back does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.core.use_cases.conftest import BASE, Clock
from workspace_cli.core import audit, members, sharing
from workspace_cli.core.actors import Actor
from workspace_cli.core.choices import choices, startable
from workspace_cli.core.environments import commit
from workspace_cli.core.errors import (
    ImageNotFoundError,
    InvalidNameError,
    InvalidOptionError,
    NotAllowedError,
    NotFoundError,
    UserNotFoundError,
)
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import WorkspaceSpec
from workspace_cli.core.options import parse_options
from workspace_cli.core.reading import find
from workspace_cli.core.sharing import Recipient, parse_recipient
from workspace_cli.core.workspaces import launch, remove, start, stop

Specs = Callable[..., WorkspaceSpec]
NLP = "labdock/kunyoung/nlp:v1"
KUNYOUNG = Actor("kunyoung")
ADMIN = Actor("admin", admin=True)


@pytest.fixture(autouse=True)
def nlp(host: Host, spec: Specs) -> str:
    """An environment of kunyoung's, in a lab with lee (of the group nlp) and park."""
    members.remember(host, "lee", "member", ["nlp"])
    members.remember(host, "park", "member")
    return commit(host, launch(host, spec()), "nlp:v1", note="with apt").reference


def may_start(host: Host, owner: str, reference: str = NLP) -> bool:
    try:
        return startable(host, owner, reference) == reference
    except InvalidOptionError:
        return False


@pytest.mark.parametrize(
    "text, recipient",
    [
        ("lee", Recipient("member", "lee")),
        ("@lab", Recipient("member", "lab")),
        ("lab", Recipient("lab")),
        ("group:nlp", Recipient("group", "nlp")),
    ],
)
def test_a_recipient_is_read_as_it_is_written(text: str, recipient: Recipient) -> None:
    assert parse_recipient(text) == recipient
    assert str(recipient) == text


@pytest.mark.parametrize("text", ["", "group:", "group:a/b", "a b", "@", "lee/kim"])
def test_what_names_nobody_is_no_recipient(text: str) -> None:
    with pytest.raises(InvalidNameError):
        parse_recipient(text)


@pytest.mark.parametrize(
    "recipient, whose",
    [("lee", {"lee"}), ("group:nlp", {"lee"}), ("lab", {"lee", "park"}), ("park", {"park"})],
)
def test_those_it_is_shared_with_may_start_from_it(
    host: Host, recipient: str, whose: set[str]
) -> None:
    sharing.share(host, NLP, parse_recipient(recipient), KUNYOUNG)
    assert {name for name in ("lee", "park") if may_start(host, name)} == whose
    for name in whose:
        found = next(one for one in choices(host, name) if one.reference == NLP)
        assert (found.origin, found.owner) == ("shared", "kunyoung")
        assert (found.title["en"], found.description["en"]) == ("nlp:v1", "with apt")


def test_without_a_grant_nobody_else_starts_from_it_or_sees_it(host: Host) -> None:
    assert may_start(host, "kunyoung")
    assert not may_start(host, "lee")
    assert NLP not in [one.reference for one in choices(host, "lee")]


def test_no_other_spelling_gets_round_it(host: Host, engine: FakeEngine) -> None:
    image = engine.image(NLP)
    engine.add_image("labdock/lee/mine:v1", labels={"labdock.owner": "lee"})
    tricks = (
        *(image.id, image.id.removeprefix("sha256:"), image.id[7:19]),
        *(f"docker.io/{NLP}", f"index.docker.io/{NLP}", f"localhost/{NLP}"),
        *("LABDOCK/kunyoung/nlp:v1", "labdock/KUNYOUNG/nlp:v1", f"{NLP}@{image.id}"),
        *("labdock/lee/../kunyoung/nlp:v1", f"labdock/lee/mine@{image.id}", "kunyoung/nlp:v1"),
        *("labdock/kunyoung/nlp", " " + NLP + ":v1"),
    )
    for trick in tricks:
        with pytest.raises(InvalidOptionError):
            parse_options({"image": trick}, host, owner="lee")
    assert parse_options({"image": "labdock/lee/mine:v1"}, host, owner="lee").image


def test_a_tag_in_ones_own_namespace_does_not_make_anothers_image_ones_own(
    host: Host, engine: FakeEngine
) -> None:
    engine.tag(NLP, "labdock/lee/mine:v1")
    assert not may_start(host, "lee", "labdock/lee/mine:v1")
    with pytest.raises(ImageNotFoundError):
        sharing.share(host, "labdock/lee/mine:v1", Recipient("lab"), Actor("lee"))


def test_only_its_owner_or_an_admin_shares_it(host: Host) -> None:
    with pytest.raises(ImageNotFoundError, match="of yours"):
        sharing.share(host, NLP, Recipient("lab"), Actor("lee"))
    with pytest.raises(ImageNotFoundError, match="no environment"):
        sharing.share(host, "labdock/kunyoung/nothing", Recipient("lab"), ADMIN)
    with pytest.raises(NotAllowedError, match="the lab's"):
        sharing.share(host, BASE, Recipient("member", "lee"), ADMIN)
    assert sharing.grants(host) == []
    assert sharing.share(host, NLP, Recipient("lab"), ADMIN).owner == "kunyoung"
    with pytest.raises(NotFoundError, match="not shared"):
        sharing.withdraw(host, NLP, None, Actor("lee"))
    assert may_start(host, "park")


def test_it_is_shared_with_members_that_exist_and_not_with_oneself(host: Host) -> None:
    with pytest.raises(UserNotFoundError, match="nobody"):
        sharing.share(host, NLP, Recipient("member", "nobody"), KUNYOUNG)
    with pytest.raises(InvalidOptionError, match="owns"):
        sharing.share(host, NLP, Recipient("member", "kunyoung"), KUNYOUNG)


def test_sharing_twice_is_one_grant_and_is_on_record_once(host: Host, clock: Clock) -> None:
    first = sharing.share(host, NLP, Recipient("lab"), KUNYOUNG)
    clock.now += 60
    assert sharing.share(host, NLP, Recipient("lab"), KUNYOUNG) == first
    assert sharing.grants(host, owner="kunyoung") == [first]
    told = [(one.actor, one.action, one.subject, one.detail) for one in audit.entries(host)]
    assert told == [("kunyoung", "share", NLP, "lab")]


def test_withdrawing_names_who_uses_it_and_lets_them_keep_what_they_run(
    host: Host, spec: Specs
) -> None:
    sharing.share(host, NLP, Recipient("group", "nlp"), KUNYOUNG)
    sharing.share(host, NLP, Recipient("member", "park"), KUNYOUNG)
    used = launch(host, spec("copy", owner="lee", image=NLP))
    launch(host, spec("copy", owner="park", image=NLP))
    assert sharing.users(host, NLP, "kunyoung") == ("lee/copy", "park/copy")
    withdrawn = sharing.withdraw(host, NLP, Recipient("group", "nlp"), KUNYOUNG)
    assert withdrawn.users == ("lee/copy",)
    assert [str(one.recipient) for one in withdrawn.grants] == ["group:nlp"]
    assert not may_start(host, "lee")
    assert may_start(host, "park")
    stop(host, used)
    start(host, used)
    assert host.engine.container(used.container.name).state == "running"
    assert {one.action for one in audit.entries(host)} == {"share", "withdraw"}


def test_all_grants_go_with_one_word_also_when_the_image_is_gone(
    host: Host, engine: FakeEngine
) -> None:
    for recipient in ("lee", "park", "lab"):
        sharing.share(host, NLP, parse_recipient(recipient), KUNYOUNG)
    remove(host, find(host, "kunyoung/study"))
    engine.remove_image(NLP)
    assert not may_start(host, "lee")
    assert len(sharing.withdraw(host, NLP, None, KUNYOUNG).grants) == 3
    with pytest.raises(NotFoundError):
        sharing.withdraw(host, NLP, None, KUNYOUNG)


def test_a_grant_means_the_owners_image_and_no_other_under_its_name(
    host: Host, engine: FakeEngine
) -> None:
    sharing.share(host, NLP, Recipient("lab"), KUNYOUNG)
    remove(host, find(host, "kunyoung/study"))
    engine.remove_image(NLP)
    engine.add_image(NLP, labels={"labdock.owner": "mallory", "labdock.server": "1"})
    assert not may_start(host, "lee")
    assert NLP not in [one.reference for one in choices(host, "lee")]


def test_an_admin_shares_what_is_nobodys_own(host: Host, engine: FakeEngine) -> None:
    vendor = "labdock/adopted/vendor:v1"
    engine.add_image(vendor, labels={"labdock.server": "1", "labdock.parent": "vendor"})
    assert not may_start(host, "adopted", vendor)
    with pytest.raises(ImageNotFoundError):
        sharing.share(host, vendor, Recipient("lab"), Actor("adopted"))
    sharing.share(host, vendor, Recipient("group", "nlp"), ADMIN)
    assert may_start(host, "lee", vendor)
    assert vendor in [one.reference for one in choices(host, "lee")]
    assert not may_start(host, "park", vendor)


def test_an_account_that_is_gone_leaves_no_grant_to_the_next_of_its_name(host: Host) -> None:
    sharing.share(host, NLP, Recipient("member", "park"), KUNYOUNG)
    sharing.share(host, NLP, Recipient("group", "nlp"), KUNYOUNG)
    with host.database.begin() as connection:
        sharing.forget_member(connection, "park")
    assert not may_start(host, "park")
    assert may_start(host, "lee")
