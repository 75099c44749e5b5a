"""Ports shared with named members for a time."""

from collections.abc import Callable

import pytest

from tests.core.use_cases.conftest import Clock
from workspace_cli.core.errors import InvalidOptionError, NotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.models import WorkspaceSpec
from workspace_cli.core.port_shares import (
    active,
    forget_member,
    forget_workspace,
    share,
    shares,
    withdraw,
)
from workspace_cli.core.workspaces import launch, remove

PLACE = ("kunyoung", "study", 6006)


@pytest.fixture(autouse=True)
def database(host: Host) -> None:
    host.settings.hub_dir.mkdir(parents=True)


def test_a_share_holds_for_one_member_one_port_and_its_time(host: Host, clock: Clock) -> None:
    made = share(host, *PLACE, "lee", 3600)
    assert active(host, *PLACE, "lee")
    assert not active(host, *PLACE, "park")
    assert not active(host, "kunyoung", "study", 6007, "lee")
    assert not active(host, "kunyoung", "other", 6006, "lee")
    assert not active(host, "park", "study", 6006, "lee")
    assert made.path == "shared/kunyoung/study/6006/"
    clock.now += 3600
    assert not active(host, *PLACE, "lee")
    assert shares(host) == []


def test_the_owner_needs_no_share(host: Host) -> None:
    assert active(host, *PLACE, "kunyoung")


def test_sharing_again_sets_another_end(host: Host, clock: Clock) -> None:
    share(host, *PLACE, "lee", 3600)
    later = share(host, *PLACE, "lee", 7200)
    assert shares(host, with_member="lee") == [later]


def test_what_was_withdrawn_is_over_at_once(host: Host) -> None:
    made = share(host, *PLACE, "lee")
    with pytest.raises(NotFoundError):
        withdraw(host, made.id, "park")
    withdraw(host, made.id, "kunyoung")
    assert not active(host, *PLACE, "lee")
    with pytest.raises(NotFoundError):
        withdraw(host, made.id, "kunyoung")


@pytest.mark.parametrize(
    "port, visitor, seconds",
    [
        (8080, "lee", 60),
        (0, "lee", 60),
        (65536, "lee", 60),
        (6006, "kunyoung", 60),
        (6006, "lee", 0),
        (6006, "lee", 31 * 86400),
    ],
)
def test_what_must_not_be_shared_is_refused(
    host: Host, port: int, visitor: str, seconds: float
) -> None:
    with pytest.raises(InvalidOptionError):
        share(host, "kunyoung", "study", port, visitor, seconds)
    assert shares(host) == []


def test_a_workspace_that_is_removed_takes_its_shares_along(
    host: Host, spec: Callable[..., WorkspaceSpec]
) -> None:
    workspace = launch(host, spec())
    share(host, *PLACE, "lee")
    share(host, "kunyoung", "other", 6006, "lee")
    remove(host, workspace)
    assert [one.workspace for one in shares(host)] == ["other"]


def test_an_account_that_is_removed_takes_what_it_gave_and_got(host: Host) -> None:
    share(host, *PLACE, "lee")
    share(host, "lee", "study", 6006, "park")
    share(host, "park", "study", 6006, "kunyoung")
    forget_member(host, "lee")
    assert [one.owner for one in shares(host)] == ["park"]
    forget_workspace(host, "park", "study")
    assert shares(host) == []
