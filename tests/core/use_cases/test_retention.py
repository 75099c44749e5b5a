"""Which environments are kept: pins, quotas, retention, removal by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.core.use_cases.conftest import BASE, Clock, State
from workspace_cli.core import audit, discard, members, pins, quotas, sharing
from workspace_cli.core.actors import Actor
from workspace_cli.core.environments import commit
from workspace_cli.core.errors import (
    AllowanceError,
    ConflictError,
    ImageNotFoundError,
    InvalidOptionError,
    NotAllowedError,
    NotFoundError,
)
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.lineage import environments, history, last_saved
from workspace_cli.core.models import ContainerRequest, Workspace, WorkspaceSpec
from workspace_cli.core.policy import Retention
from workspace_cli.core.reading import find
from workspace_cli.core.retention import preview, prune
from workspace_cli.core.safety_saves import safety_save
from workspace_cli.core.sharing import Recipient
from workspace_cli.core.workspaces import launch, roll_back

Specs = Callable[..., WorkspaceSpec]
KUNYOUNG = Actor("kunyoung")
ADMIN = Actor("admin", admin=True)
DAY = 86400.0
LAST_TWO = Retention(keep_last=2)


@pytest.fixture
def workspace(host: Host, spec: Specs) -> Workspace:
    return launch(host, spec())


def saved(host: Host, workspace: Workspace, clock: Clock, *tags: str) -> list[str]:
    """Save a workspace under each tag, a day apart, with a file more each time."""
    found = []
    for tag in tags:
        clock.now += DAY
        assert isinstance(host.engine, FakeEngine)
        host.engine.made(workspace.container.name).write(f"opt/{tag.replace(':', '-')}", b"x" * 100)
        found.append(commit(host, find(host, workspace.reference), tag).reference)
    return found


def left(host: Host) -> set[str]:
    return {one.reference for one in environments(host, "kunyoung")}


def going(host: Host, rule: Retention) -> list[str]:
    return [one.environment.reference for one in preview(host, rule) if one.goes]


def policy(host: Host, text: str) -> None:
    file: Path = host.settings.policy_file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


# removal by hand ------------------------------------------------------------
def test_an_owner_removes_their_own_with_its_grants_and_its_pin(
    host: Host, workspace: Workspace, clock: Clock
) -> None:
    (name,) = saved(host, workspace, clock, "nlp:v1")
    sharing.share(host, name, Recipient("lab"), KUNYOUNG)
    pins.pin(host, name, KUNYOUNG, "for the paper")
    with pytest.raises(ImageNotFoundError):
        discard.discard(host, name, Actor("lee"))
    clock.now += 1
    assert discard.discard(host, name, KUNYOUNG).reference == name
    assert left(host) == set()
    assert sharing.grants(host) == []
    assert pins.pins(host) == {}
    assert audit.entries(host)[0].action == "rmi"


def test_a_pin_with_the_same_note_again_is_nothing_that_was_done(
    host: Host, workspace: Workspace, clock: Clock
) -> None:
    (name,) = saved(host, workspace, clock, "nlp:v1")
    first = pins.pin(host, name, KUNYOUNG, "for the paper")
    clock.now += 1
    assert pins.pin(host, name, ADMIN, "for the paper") == first
    assert len(audit.entries(host)) == 1
    clock.now += 1
    pins.pin(host, name, ADMIN, "for the thesis")
    assert [one.detail for one in audit.entries(host)] == ["for the thesis", "for the paper"]


def test_the_labs_images_are_removed_by_nobody_here(host: Host, workspace: Workspace) -> None:
    with pytest.raises(NotAllowedError):
        discard.discard(host, BASE, ADMIN)
    with pytest.raises(ImageNotFoundError):
        discard.discard(host, "nginx", ADMIN)


def test_what_any_container_stands_on_is_not_removed(
    host: Host, engine: FakeEngine, workspace: Workspace, clock: Clock, spec: Specs, state: State
) -> None:
    name, other = saved(host, workspace, clock, "nlp:v1", "nlp:v2")
    used = launch(host, spec("copy", owner="lee", image=name))
    engine.stop(used.container.name)
    request = ContainerRequest(name="by-hand", image=other, command=("sleep", "1"))
    engine.create(request)
    before = state()
    with pytest.raises(ConflictError, match="in use by lee/copy"):
        discard.discard(host, name, ADMIN)
    with pytest.raises(ConflictError, match="in use by by-hand"):
        discard.discard(host, other, ADMIN)
    assert state() == before


def test_a_parent_may_go_and_the_history_tells_so(
    host: Host, workspace: Workspace, clock: Clock
) -> None:
    (first,) = saved(host, workspace, clock, "nlp:v1")
    roll_back(host, workspace, first)
    (second,) = saved(host, workspace, clock, "nlp:v2")
    roll_back(host, workspace, second)
    discard.discard(host, first, KUNYOUNG)
    assert [(branch.name, branch.environment is None) for branch in history(host, second)] == [
        (first, True),
        (second, False),
    ]


# retention ------------------------------------------------------------------
def test_without_a_rule_nothing_goes(host: Host, workspace: Workspace, clock: Clock) -> None:
    saved(host, workspace, clock, "nlp:v1", "nlp:v2", "nlp:v3")
    clock.now += 3650 * DAY
    assert going(host, host.policy.retention) == []
    assert prune(host, ADMIN).gone == ()


def test_the_newest_of_each_name_stay(host: Host, workspace: Workspace, clock: Clock) -> None:
    names = saved(host, workspace, clock, "nlp:v1", "cv:v1", "nlp:v2", "nlp:v3")
    assert going(host, LAST_TWO) == [names[0]]
    done = prune(host, ADMIN, LAST_TWO)
    assert [one.reference for one in done.gone] == [names[0]]
    assert left(host) == set(names[1:])
    assert audit.entries(host)[0].action == "prune"


def test_only_the_old_go_and_never_the_newest(
    host: Host, workspace: Workspace, clock: Clock
) -> None:
    names = saved(host, workspace, clock, "nlp:v1", "nlp:v2", "nlp:v3")
    clock.now += 8.5 * DAY
    assert going(host, Retention(older_than=10 * DAY)) == [names[0]]
    clock.now += 100 * DAY
    assert going(host, Retention(older_than=10 * DAY)) == names[:2]


def test_what_is_in_use_pinned_or_shared_stays_and_says_why(
    host: Host, workspace: Workspace, clock: Clock, spec: Specs
) -> None:
    names = saved(host, workspace, clock, "nlp:v1", "nlp:v2", "nlp:v3", "nlp:v4", "nlp:v5")
    launch(host, spec("copy", image=names[0]))
    pins.pin(host, names[1], KUNYOUNG, "for the paper")
    sharing.share(host, names[2], Recipient("lab"), KUNYOUNG)
    rule = Retention(keep_last=1)
    reasons = {one.environment.reference: one.reason for one in preview(host, rule)}
    assert reasons[names[0]] == "in use by kunyoung/copy"
    assert reasons[names[1]] == "pinned: for the paper"
    assert reasons[names[2]] == "shared"
    assert going(host, rule) == [names[3]]


def test_what_was_saved_before_a_rollback_goes_first_and_counts_for_nothing(
    host: Host, workspace: Workspace, clock: Clock
) -> None:
    names = saved(host, workspace, clock, "study:v1")
    clock.now += DAY
    safety = safety_save(host, workspace).reference
    names += saved(host, workspace, clock, "study:v2", "study:v3")
    assert going(host, LAST_TWO) == [names[0]]
    clock.now += 7 * DAY
    assert going(host, LAST_TWO) == [safety, names[0]]
    assert going(host, Retention(safety_saves=DAY)) == [safety]


def test_one_that_is_taken_into_use_meanwhile_stays(
    host: Host, workspace: Workspace, clock: Clock, spec: Specs, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = saved(host, workspace, clock, "nlp:v1", "nlp:v2", "nlp:v3", "nlp:v4")
    look = discard.check

    def late(host: Host, reference: str, actor: Actor) -> object:
        if reference == names[0]:
            request = ContainerRequest(name="late", image=reference, command=("sleep", "1"))
            host.engine.create(request)
        return look(host, reference, actor)

    monkeypatch.setattr(discard, "check", late)
    done = prune(host, ADMIN, LAST_TWO)
    assert [one.reference for one in done.gone] == [names[1]]
    assert isinstance(done.failed[names[0]], ConflictError)
    assert names[0] in left(host)


# pins -----------------------------------------------------------------------
def test_a_pin_has_a_note_and_is_taken_away_by_its_owner_or_an_admin(
    host: Host, workspace: Workspace, clock: Clock
) -> None:
    (name,) = saved(host, workspace, clock, "nlp:v1")
    pins.pin(host, name, KUNYOUNG, "first")
    assert pins.pin(host, name, ADMIN, "second").note == "second"
    assert pins.pins(host)[name].made_by == "admin"
    with pytest.raises(NotFoundError):
        pins.unpin(host, name, Actor("lee"))
    with pytest.raises(ImageNotFoundError):
        pins.pin(host, name, Actor("lee"))
    with pytest.raises(InvalidOptionError, match="1000"):
        pins.pin(host, name, KUNYOUNG, "x" * 1001)
    assert pins.unpin(host, name, KUNYOUNG).reference == name
    with pytest.raises(NotFoundError, match="not pinned"):
        pins.unpin(host, name, KUNYOUNG)


# quotas ---------------------------------------------------------------------
def test_a_save_beyond_the_number_is_refused_before_anything_is_written(
    host: Host, engine: FakeEngine, workspace: Workspace, clock: Clock, state: State
) -> None:
    policy(host, "[roles.member]\nenvironments = 2\n")
    names = saved(host, workspace, clock, "nlp:v1", "nlp:v2")
    before, calls = state(), len(engine.calls)
    with pytest.raises(AllowanceError, match="may have 2") as refused:
        commit(host, workspace, "nlp:v3")
    assert state() == before
    assert "commit" not in [call for call, _ in engine.calls[calls:]]
    assert ", ".join(names) in refused.value.remedy
    assert commit(host, workspace, "nlp:v2", replace=True).reference == names[1]
    discard.discard(host, names[0], KUNYOUNG)
    assert commit(host, workspace, "nlp:v3").reference


def test_the_refusal_names_only_what_could_go(
    host: Host, workspace: Workspace, clock: Clock, spec: Specs
) -> None:
    policy(host, "[roles.member]\nenvironments = 2\n")
    names = saved(host, workspace, clock, "nlp:v1", "nlp:v2")
    pins.pin(host, names[0], KUNYOUNG)
    with pytest.raises(AllowanceError) as refused:
        commit(host, workspace, "nlp:v3")
    assert names[0] not in refused.value.remedy
    assert names[1] in refused.value.remedy
    launch(host, spec("copy", image=names[1]))
    with pytest.raises(AllowanceError, match="in use or pinned"):
        commit(host, workspace, "nlp:v3")


def test_a_save_beyond_the_bytes_is_refused(
    host: Host, engine: FakeEngine, workspace: Workspace, clock: Clock, state: State
) -> None:
    size = 200 * 2**20
    policy(host, '[roles.member]\nenvironments_size = "100m"\n')
    engine.made(workspace.container.name).write("opt/big", b"x" * size)
    before = state()
    with pytest.raises(AllowanceError, match="200 MiB"):
        commit(host, workspace, "nlp:v1")
    assert state() == before
    policy(host, '[roles.member]\nenvironments_size = "200m"\n')
    commit(host, workspace, "nlp:v1")
    with pytest.raises(AllowanceError, match="200 MiB of 200 MiB"):
        commit(host, workspace, "nlp:v2")


def test_a_group_gives_more_room_than_the_role(
    host: Host, workspace: Workspace, clock: Clock
) -> None:
    policy(host, "[roles.member]\nenvironments = 1\n[groups.nlp]\nenvironments = 3\n")
    saved(host, workspace, clock, "nlp:v1")
    with pytest.raises(AllowanceError):
        commit(host, workspace, "nlp:v2")
    members.remember(host, "kunyoung", "member", ["nlp"])
    saved(host, workspace, clock, "nlp:v2", "nlp:v3")
    found = quotas.quota(host, "kunyoung")
    assert (found.count, found.most, found.most_size) == (3, 3, None)
    assert found.size > 0


# going back -----------------------------------------------------------------
def test_going_back_without_a_name_passes_over_safety_saves(
    host: Host, workspace: Workspace, clock: Clock
) -> None:
    assert last_saved(host, workspace) == BASE
    names = saved(host, workspace, clock, "study:v1")
    clock.now += DAY
    safety_save(host, workspace)
    assert last_saved(host, workspace) == names[0]
