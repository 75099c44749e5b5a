"""What is sent to registries and fetched from them, on the fake engine."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.core.use_cases.conftest import State
from tests.support import error_of
from workspace_cli.core import labels, registries, trust
from workspace_cli.core.engine import Progress
from workspace_cli.core.environments import commit
from workspace_cli.core.errors import (
    ArchiveError,
    DiskFullError,
    EngineUnreachableError,
    ImageNotFoundError,
    InvalidNameError,
    NameTakenError,
    NotAllowedError,
    RegistryUnreachableError,
)
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import WorkspaceSpec
from workspace_cli.core.registries import pull, push, registry_of
from workspace_cli.core.transfer_journal import FOLDER, Passing, passing
from workspace_cli.core.workspaces import launch

Spec = Callable[..., WorkspaceSpec]
TARGET = "registry.lab:5000/kunyoung/vision:v2"


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workspace_cli.core.registries.PAUSES", (0.0, 0.0))


@pytest.fixture
def saved(host: Host, engine: FakeEngine, spec: Spec) -> str:
    workspace = launch(host, spec())
    engine.made(workspace.container.name).write("/opt/env/figlet")
    return commit(host, workspace, "vision:v2", note="with figlet").reference


def policy(host: Host, text: str) -> None:
    host.settings.root.mkdir(parents=True, exist_ok=True)
    host.settings.policy_file.write_text(text)


def leftovers(host: Host) -> list[str]:
    return sorted(path.name for path in (host.settings.root / FOLDER).glob("*"))


def test_a_push_leaves_no_name_behind(host: Host, saved: str, state: State) -> None:
    before = state()
    steps: list[Progress] = []
    sent = push(host, saved, TARGET, "admin", steps.append)
    assert sent.target == TARGET
    assert sent.digest == host.engine.resolve(TARGET)
    assert steps
    assert state() == before
    assert leftovers(host) == []


def test_a_push_gives_a_name_back_to_the_image_that_had_it(host: Host, saved: str) -> None:
    host.engine.tag("nginx", TARGET)
    push(host, saved, TARGET, "admin")
    assert host.engine.image(TARGET).id == host.engine.image("nginx").id


def test_without_a_name_the_policy_says_where_to(host: Host, saved: str) -> None:
    with pytest.raises(InvalidNameError, match="names no registry") as told:
        push(host, saved, None, "admin")
    assert "push_to" in told.value.remedy
    policy(host, '[registries]\npush_to = "registry.lab:5000"\n')
    assert push(host, saved, None, "admin").target == TARGET


@pytest.mark.parametrize(
    "target", ["vision", "kim/vision:v2", "registry.lab/UPPER", f"r.lab/x@sha256:{'1' * 64}", "a b"]
)
def test_a_name_that_no_registry_has_is_refused(host: Host, saved: str, target: str) -> None:
    with pytest.raises(InvalidNameError):
        push(host, saved, target, "admin")


def test_a_connection_that_breaks_is_tried_again(
    host: Host, saved: str, engine: FakeEngine, state: State
) -> None:
    before = state()
    engine.registry.lost = 2
    steps: list[Progress] = []
    push(host, saved, TARGET, "admin", steps.append)
    assert [step.warning for step in steps].count(True) == 2
    engine.registry.lost = 5
    with pytest.raises(RegistryUnreachableError):
        push(host, saved, TARGET, "admin")
    assert state() == before
    assert leftovers(host) == []


def test_a_registry_that_refuses_is_not_asked_again(
    host: Host, saved: str, engine: FakeEngine
) -> None:
    engine.registry.closed = True
    with pytest.raises(NotAllowedError):
        push(host, saved, TARGET, "admin")
    assert [call for call, _ in engine.calls].count("push") == 1


def test_what_is_pulled_is_clean_and_untrusted(host: Host, saved: str, state: State) -> None:
    sent = push(host, saved, TARGET, "admin")
    arrival = pull(host, TARGET, "lee", "admin")
    assert arrival.reference == "labdock/lee/vision:v2"
    assert (arrival.digest, arrival.trusted, arrival.server) == (sent.digest, False, True)
    image = host.engine.image(arrival.reference)
    assert image.layers == host.engine.image(saved).layers
    assert image.labels[labels.OWNER] == "lee"
    assert image.labels[labels.IMPORTED] == f"{TARGET}@{sent.digest}"
    assert labels.SAVED_FROM not in image.labels
    with pytest.raises(ImageNotFoundError):
        host.engine.image(TARGET)
    assert leftovers(host) == []
    assert {row.name for row in host.engine.containers()} == {"labdock-kunyoung--study"}


def test_what_a_trusted_registry_gives_is_trusted(host: Host, saved: str) -> None:
    push(host, saved, TARGET, "admin")
    policy(host, '[registries]\ntrusted = ["registry.lab:5000"]\n')
    assert pull(host, TARGET, "lee", "admin").trusted
    push(host, saved, "other.lab/vision:v2", "admin")
    assert not pull(host, "other.lab/vision:v2", "min", "admin").trusted


def test_an_untrusted_image_is_not_sent_on(host: Host, saved: str) -> None:
    push(host, saved, TARGET, "admin")
    reference = pull(host, TARGET, "lee", "admin").reference
    with pytest.raises(NotAllowedError, match="no admin has allowed it"):
        push(host, reference, "other.lab/vision:v2", "admin")
    trust.allow(host, host.engine.image(reference), reference, "admin")
    push(host, reference, "other.lab/vision:v2", "admin")


def test_labels_from_a_registry_are_not_believed(host: Host, engine: FakeEngine) -> None:
    engine.offer_image(
        "evil.lab/x:1",
        labels={labels.SERVER: "1", labels.OWNER: "admin", labels.IMPORTED_ID: "sha256:1"},
    )
    arrival = pull(host, "evil.lab/x:1", "lee", "admin")
    assert not arrival.server
    found = host.engine.image(arrival.reference).labels
    assert found[labels.OWNER] == "lee"
    assert labels.SERVER not in found
    assert labels.IMPORTED_ID not in found


def test_names_of_this_machine_are_asked_of_no_registry(host: Host, engine: FakeEngine) -> None:
    with pytest.raises(InvalidNameError, match="asked of no registry"):
        pull(host, "labdock/kim/vision:v2", "lee", "admin")
    assert "resolve" not in {call for call, _ in engine.calls}


def test_a_tag_of_this_machine_is_not_moved_by_a_pull(host: Host, saved: str) -> None:
    push(host, saved, TARGET, "admin")
    host.engine.tag("nginx", TARGET)
    pull(host, TARGET, "lee", "admin")
    assert host.engine.image(TARGET).id == host.engine.image("nginx").id


def test_a_name_that_is_taken_is_refused_before_anything_is_fetched(
    host: Host, saved: str, engine: FakeEngine
) -> None:
    push(host, saved, TARGET, "admin")
    pull(host, TARGET, "lee", "admin")
    asked = len(engine.calls)
    with pytest.raises(NameTakenError):
        pull(host, TARGET, "lee", "admin")
    assert "pull" not in {call for call, _ in engine.calls[asked:]}
    assert pull(host, TARGET, "lee", "admin", replace_own=True).reference


def test_an_image_for_another_processor_is_refused(
    host: Host, engine: FakeEngine, state: State
) -> None:
    engine.offer_image("r.lab/arm:1")
    engine.registry.pull("r.lab/arm:1")
    config = dict(engine.store.stored[engine.store.find("r.lab/arm:1")].config)
    engine.store.put({**config, "architecture": "s390x"}, {}, "r.lab/arm:2")
    engine.registry.offer("r.lab/arm:2", engine.store.find("r.lab/arm:2"))
    engine.remove_image("r.lab/arm:1")
    engine.remove_image("r.lab/arm:2")
    before = state()
    with pytest.raises(ArchiveError, match="s390x"):
        pull(host, "r.lab/arm:2", "lee", "admin")
    assert state() == before


CALLS_OF_PULL = 10


@pytest.mark.parametrize("done", [False, True], ids=["refused", "lost answer"])
@pytest.mark.parametrize("number", range(1, CALLS_OF_PULL + 1))
def test_an_engine_that_fails_at_any_step_of_a_pull_leaves_nothing(
    host: Host, saved: str, engine: FakeEngine, state: State, number: int, done: bool
) -> None:
    push(host, saved, TARGET, "admin")
    before, began = state(), len(engine.calls)
    engine.fail_call(number, EngineUnreachableError("gone", ""), done=done)
    error = error_of(lambda: pull(host, TARGET, "lee", "admin"))
    assert len(engine.calls) - began >= number
    with passing(host, Passing()):
        pass
    assert leftovers(host) == []
    if error is not None:
        assert state() == before
        pull(host, TARGET, "lee", "admin")
    assert host.engine.image("labdock/lee/vision:v2").layers == host.engine.image(saved).layers
    assert all(image.tags for image in engine.store.stored.values())


@pytest.mark.parametrize("done", [False, True], ids=["refused", "lost answer"])
@pytest.mark.parametrize("number", range(1, 6))
def test_an_engine_that_fails_at_any_step_of_a_push_leaves_names_as_they_were(
    host: Host, saved: str, engine: FakeEngine, state: State, number: int, done: bool
) -> None:
    host.engine.tag("nginx", TARGET)
    before, began = state(), len(engine.calls)
    engine.fail_call(number, EngineUnreachableError("gone", ""), done=done)
    error_of(lambda: push(host, saved, TARGET, "admin"))
    assert len(engine.calls) - began >= number
    with passing(host, Passing()):
        pass
    assert state() == before
    assert leftovers(host) == []


def test_a_full_disk_stops_a_pull(host: Host, saved: str, engine: FakeEngine, state: State) -> None:
    push(host, saved, TARGET, "admin")
    before = state()
    engine.disk_full = True
    with pytest.raises(DiskFullError):
        pull(host, TARGET, "lee", "admin")
    engine.disk_full = False
    assert state() == before


@pytest.mark.parametrize(
    "reference, registry",
    [
        ("nginx", ""),
        ("kim/nginx:1", ""),
        ("localhost/nginx", "localhost"),
        ("localhost:5000/a/b:1", "localhost:5000"),
        ("r.lab/x", "r.lab"),
    ],
)
def test_a_registry_is_told_from_a_name(reference: str, registry: str) -> None:
    assert registry_of(reference) == registry


def test_pauses_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert list(registries.PAUSES) == sorted(registries.PAUSES)
    assert sum(registries.PAUSES) < 30
