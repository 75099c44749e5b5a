"""Environments that leave the lab as a file and come to another one, on the fake engine."""

from __future__ import annotations

import io
import os
import stat
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.core.use_cases.conftest import BASE, Clock, State
from tests.support import error_of
from workspace_cli.core import audit, labels, trust
from workspace_cli.core.actors import Actor
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.choices import choices
from workspace_cli.core.engine import Progress
from workspace_cli.core.environments import commit
from workspace_cli.core.errors import (
    AllowanceError,
    ArchiveError,
    CommitFailedError,
    DiskFullError,
    EngineUnreachableError,
    ImageNotFoundError,
    InvalidInputError,
    InvalidNameError,
    NameTakenError,
    NotAllowedError,
)
from workspace_cli.core.exporting import export
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.importing import import_file, spooled
from workspace_cli.core.lab_key import own_key
from workspace_cli.core.lineage import environments
from workspace_cli.core.models import WorkspaceSpec
from workspace_cli.core.settings import Settings
from workspace_cli.core.sharing import Recipient, share
from workspace_cli.core.transfer_journal import FOLDER, Passing, passing
from workspace_cli.core.workspaces import launch

Spec = Callable[..., WorkspaceSpec]


@pytest.fixture
def saved(host: Host, engine: FakeEngine, spec: Spec) -> str:
    """Give an environment with something installed."""
    workspace = launch(host, spec())
    engine.made(workspace.container.name).write("/opt/env/figlet")
    return commit(host, workspace, "vision:v2", note="with figlet").reference


@pytest.fixture
def other(tmp_path: Path, clock: Clock) -> Host:
    """Give another lab's machine, with nothing on it."""
    settings = Settings(root=tmp_path / "other", port_range=(29210, 29219))
    return Host(FakeEngine(clock), settings, Catalogue.of(()), clock)


def written(host: Host, reference: str) -> bytes:
    file = io.BytesIO()
    export(host, reference, file, "admin")
    return file.getvalue()


def brought(host: Host, content: bytes, owner: str = "lee", **options: object) -> str:
    arrival = import_file(host, io.BytesIO(content), owner, "admin", **options)  # type: ignore[arg-type]
    return arrival.reference


def test_an_environment_comes_whole_to_another_lab(host: Host, saved: str, other: Host) -> None:
    steps: list[Progress] = []
    arrival = import_file(
        other, io.BytesIO(written(host, saved)), "lee", "admin", report=steps.append
    )
    assert arrival.reference == "labdock/lee/vision:v2"
    assert not arrival.trusted
    assert arrival.server
    assert arrival.fingerprint == own_key(host.settings).public.fingerprint
    here, there = host.engine.image(saved), other.engine.image(arrival.reference)
    assert there.layers == here.layers
    assert there.environment == here.environment
    assert there.config["Entrypoint"] == here.config["Entrypoint"]
    assert there.labels[labels.OWNER] == "lee"
    assert there.labels[labels.NOTE] == "with figlet"
    assert "kunyoung/vision:v2" in there.labels[labels.IMPORTED]
    assert labels.SAVED_FROM not in there.labels
    assert there.labels["maintainer"] == "lab"
    assert {"Checking the file", "Loading the image"} <= {step.text for step in steps}
    [row] = environments(other)
    assert (row.reference, row.trusted, row.parent) == (arrival.reference, False, "")


def test_only_layers_that_are_missing_are_loaded(
    host: Host, saved: str, engine: FakeEngine
) -> None:
    content = written(host, saved)
    engine.remove("labdock-kunyoung--study", force=True)
    engine.remove_image(saved)
    reference = brought(host, content)
    image = engine.image(reference)
    # Its parent is known by its layers, whatever the file says.
    assert image.labels[labels.PARENT] == BASE
    assert image.labels[labels.PARENT_ID] == engine.image(BASE).id


def test_an_export_of_this_lab_is_trusted_when_it_comes_back(host: Host, saved: str) -> None:
    arrival = import_file(host, io.BytesIO(written(host, saved)), "lee", "admin")
    assert arrival.trusted
    assert arrival.signed_by == "this lab"


def test_what_a_known_lab_has_signed_is_trusted(host: Host, saved: str, other: Host) -> None:
    fingerprint = own_key(host.settings).public.fingerprint
    trust.trust_key(other, fingerprint, "vision-lab", "admin")
    arrival = import_file(other, io.BytesIO(written(host, saved)), "lee", "admin")
    assert arrival.trusted
    assert arrival.signed_by == "vision-lab"
    trust.forget_key(other, fingerprint, "admin")
    again = import_file(other, io.BytesIO(written(host, saved)), "min", "admin")
    assert not again.trusted


def test_what_is_untrusted_where_it_comes_from_stays_so(
    host: Host, saved: str, other: Host, tmp_path: Path, clock: Clock
) -> None:
    reference = brought(other, written(host, saved))
    third = Host(
        FakeEngine(clock), replace(other.settings, root=tmp_path / "third"), Catalogue.of(()), clock
    )
    trust.trust_key(third, own_key(other.settings).public.fingerprint, "other", "admin")
    assert not import_file(third, io.BytesIO(written(other, reference)), "x", "admin").trusted
    # Nor does a way through one's own lab help.
    assert not import_file(other, io.BytesIO(written(other, reference)), "min", "admin").trusted


def test_members_start_an_imported_image_once_it_is_trusted(
    host: Host, saved: str, other: Host, spec: Spec
) -> None:
    reference = brought(other, written(host, saved))
    wanted = spec(owner="lee", image=reference)
    with pytest.raises(NotAllowedError, match="no admin has allowed it") as told:
        launch(other, wanted)
    assert f"workspace trust {reference}" in told.value.remedy
    with pytest.raises(NotAllowedError):
        trust.check_shared(other, other.engine.image(reference), reference)
    with pytest.raises(NotAllowedError):
        share(other, reference, Recipient("lab"), Actor("admin", admin=True))
    assert [one.reference for one in choices(other, "lee")] == []
    launch(other, spec(owner="admin", name="look", image=reference))
    trust.allow(other, other.engine.image(reference), reference, "admin", "looked at it")
    assert [one.reference for one in choices(other, "lee")] == [reference]
    share(other, reference, Recipient("lab"), Actor("lee"))
    workspace = launch(other, wanted)
    trust.check_shared(other, other.engine.image(reference), reference)
    # What is saved on top stands and falls with it.
    child = commit(other, workspace, "child:1").reference
    assert trust.is_trusted(other, other.engine.image(child))
    trust.disallow(other, other.engine.image(reference), reference, "admin")
    assert not trust.is_trusted(other, other.engine.image(child))
    with pytest.raises(NotAllowedError):
        launch(other, spec(owner="lee", name="again", image=child))
    assert other.engine.container(workspace.container.name).state == "running"


def test_trusting_the_same_again_is_nothing_that_was_done(
    host: Host, saved: str, other: Host
) -> None:
    reference = brought(other, written(host, saved))
    image = other.engine.image(reference)

    def done() -> list[str]:
        return [one.action for one in audit.entries(other) if "trust" in one.action]

    trust.disallow(other, image, reference, "admin")
    assert done() == []
    trust.allow(other, image, reference, "admin", "looked at it")
    trust.allow(other, image, reference, "dean", "looked at it")
    assert done() == ["trust"]
    trust.allow(other, image, reference, "dean", "looked again")
    trust.disallow(other, image, reference, "admin")
    trust.disallow(other, image, reference, "admin")
    assert sorted(done()) == ["trust", "trust", "untrust"]
    key = trust.trust_key(other, "f" * 64, "vision-lab", "admin")
    assert trust.trust_key(other, "f" * 64, "vision-lab", "dean") == key
    assert trust.trust_key(other, "f" * 64, "vision", "dean") != key
    assert done().count("trust-key") == 2


def test_an_image_that_was_made_here_needs_no_trust(host: Host, saved: str) -> None:
    image = host.engine.image(saved)
    assert trust.is_trusted(host, image)
    for call in (trust.allow, trust.disallow):
        with pytest.raises(InvalidInputError, match="was made here"):
            call(host, image, saved, "admin")


def test_a_child_is_not_barred_while_its_parent_is_trusted(
    host: Host, saved: str, other: Host, spec: Spec
) -> None:
    reference = brought(other, written(host, saved))
    trust.allow(other, other.engine.image(reference), reference, "admin")
    child = commit(other, launch(other, spec(owner="lee", image=reference)), "child:1").reference
    with pytest.raises(InvalidInputError, match="stands on an imported image"):
        trust.disallow(other, other.engine.image(child), child, "admin")


def test_labels_in_the_file_are_not_believed(other: Host, engine: FakeEngine, host: Host) -> None:
    known = brought(other, written(host, BASE), name="base:1")
    trusted_id = other.engine.image(known).id
    trust.allow(other, other.engine.image(known), known, "admin")
    engine.add_image(
        "evil",
        labels={
            labels.IMPORTED: "here",
            labels.IMPORTED_ID: trusted_id,
            labels.OWNER: "admin",
            labels.SERVER: "1",
            labels.PARENT: BASE,
        },
    )
    reference = brought(other, b"".join(engine.save("evil")), name="evil:1")
    image = other.engine.image(reference)
    assert not trust.is_trusted(other, image)
    assert labels.IMPORTED_ID not in image.labels
    assert labels.SERVER not in image.labels
    assert image.labels[labels.OWNER] == "lee"


def test_a_docker_archive_needs_a_name(host: Host, engine: FakeEngine, other: Host) -> None:
    content = b"".join(engine.save("nginx"))
    with pytest.raises(InvalidInputError, match="does not say how"):
        brought(other, content)
    assert brought(other, content, name="web") == "labdock/lee/web:latest"
    assert [image.tags for image in other.engine.images()] == [("labdock/lee/web:latest",)]


@pytest.mark.parametrize("name", ["labdock/kim/x", "UPPER", "../x", "x@sha256:1", "labdock/hub"])
def test_a_name_outside_the_owner_s_own_is_refused(
    host: Host, saved: str, other: Host, name: str
) -> None:
    with pytest.raises(InvalidNameError):
        brought(other, written(host, saved), name=name)
    assert other.engine.images() == []


def test_a_name_that_is_taken_is_kept_unless_told(
    host: Host, saved: str, other: Host, clock: Clock
) -> None:
    content = written(host, saved)
    reference = brought(other, content)
    first = other.engine.image(reference).id
    with pytest.raises(NameTakenError):
        brought(other, content)
    assert other.engine.image(reference).id == first
    clock.now += 10
    brought(other, content, replace=True)
    assert other.engine.image(reference).id != first
    with pytest.raises(ImageNotFoundError):
        other.engine.image(first)  # nothing named it any more


def test_a_disk_that_is_full_leaves_everything_as_it_was(
    host: Host, saved: str, engine: FakeEngine, state: State
) -> None:
    content = written(host, saved)
    before = state()
    engine.disk_full = True
    with pytest.raises(DiskFullError):
        brought(host, content)
    engine.disk_full = False
    assert state() == before
    assert leftovers(host) == []


def test_a_member_s_share_of_the_disk_holds(host: Host, saved: str, other: Host) -> None:
    other.settings.root.mkdir(parents=True, exist_ok=True)
    other.settings.policy_file.write_text('[roles.member]\ndisk_hard = "2k"\n')
    content = written(host, saved)
    with pytest.raises(DiskFullError, match="the limit is"):
        brought(other, content)
    assert other.engine.images() == []
    brought(other, content, owner="admin")


@pytest.mark.parametrize("limit", ["environments = 0", 'environments_size = "1k"'])
def test_what_a_member_may_keep_of_environments_holds(
    host: Host, saved: str, other: Host, limit: str
) -> None:
    other.settings.root.mkdir(parents=True, exist_ok=True)
    other.settings.policy_file.write_text(f"[roles.member]\n{limit}\n")
    content = written(host, saved)
    with pytest.raises(AllowanceError, match="may"):
        brought(other, content)
    assert other.engine.images() == []
    brought(other, content, owner="admin")


def test_room_is_looked_at_before_anything_is_written(host: Host, saved: str, other: Host) -> None:
    content = written(host, saved)
    other.settings.root.mkdir(parents=True, exist_ok=True)
    other.settings.policy_file.write_text('[disk]\nfree = "100%"\n')
    with pytest.raises(DiskFullError):
        brought(other, content)
    assert other.engine.images() == []


CALLS_OF_IMPORT = 9


@pytest.mark.parametrize("done", [False, True], ids=["refused", "lost answer"])
@pytest.mark.parametrize("number", range(1, CALLS_OF_IMPORT + 1))
def test_an_engine_that_fails_at_any_step_leaves_the_old_state(
    host: Host, saved: str, engine: FakeEngine, state: State, number: int, done: bool, clock: Clock
) -> None:
    content = written(host, saved)
    clock.now += 10
    before, first = state(), engine.image(saved).id
    began = len(engine.calls)
    engine.fail_call(number, EngineUnreachableError("gone", ""), done=done)
    error = error_of(lambda: brought(host, content, owner="kunyoung", replace=True))
    assert len(engine.calls) - began >= number
    with passing(host, Passing()):
        pass  # the next one takes back what could not be taken back then
    assert leftovers(host) == []
    if error is None:
        # Only tidying failed; the new image has the name, and nothing is left of the old one.
        assert engine.image(saved).id != first
        assert all(image.tags for image in engine.store.stored.values())
    else:
        assert state() == before


def test_the_containerd_store_is_told_plainly(host: Host, saved: str, engine: FakeEngine) -> None:
    content = written(host, saved)
    engine.engine_info = replace(engine.engine_info, containerd_image_store=True)
    fresh = Host(engine, host.settings, host.catalogue, host.clock)
    with pytest.raises(CommitFailedError, match="containerd"):
        brought(fresh, content)
    with pytest.raises(CommitFailedError, match="containerd"):
        written(fresh, saved)


def test_a_stream_is_kept_on_the_disk_only_while_it_is_read(
    host: Host, saved: str, other: Host
) -> None:
    read, write = os.pipe()
    content = written(host, saved)
    with os.fdopen(write, "wb") as sink:
        sink.write(content)
    with os.fdopen(read, "rb") as stream, spooled(other, stream) as file:
        kept = Path(file.name)
        assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
        import_file(other, file, "lee", "admin")
    assert not kept.exists()
    assert leftovers(other) == []


def test_what_a_killed_import_left_goes_with_the_next(host: Host) -> None:
    folder = host.settings.root / FOLDER
    folder.mkdir(parents=True)
    (folder / "ab.spool").write_bytes(b"half")
    (folder / "ab.json").write_text('{"tag": ""}')
    (folder / "cd.lock").touch()
    (folder / "ef.new").touch()
    os.utime(folder / "ef.new", (0, 0))
    with passing(host, Passing()):
        pass
    assert leftovers(host) == []


def test_what_another_process_still_does_is_left_alone(host: Host) -> None:
    with passing(host, Passing()) as spool:
        spool.write_bytes(b"half")
        with passing(host, Passing()):
            assert spool.exists()
    assert leftovers(host) == []


def test_two_imports_of_one_name_at_once_leave_one_and_no_image_without_a_name(
    host: Host, saved: str, other: Host
) -> None:
    content = written(host, saved)
    together = threading.Barrier(2)

    def bring() -> None:
        together.wait()
        with suppress(NameTakenError):
            brought(other, content)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(bring) for _ in range(2)]:
            done.result()
    assert isinstance(other.engine, FakeEngine)
    [image] = other.engine.store.stored.values()
    assert image.tags == {"labdock/lee/vision:v2"}
    assert leftovers(other) == []


def test_a_name_that_is_given_away_meanwhile_is_not_taken(
    host: Host, saved: str, other: Host
) -> None:
    content = written(host, saved)
    assert isinstance(other.engine, FakeEngine)
    engine = other.engine

    def meanwhile(method: str) -> None:
        # All images are listed once the name was found to be free.
        if method == "images" and not engine.store.stored:
            engine.add_image("labdock/lee/vision:v2")

    engine.before = meanwhile
    with pytest.raises(NameTakenError, match="just given"):
        brought(other, content)
    assert len(engine.store.stored) == 1


def test_an_export_that_fails_says_why_and_writes_no_end(
    host: Host, saved: str, engine: FakeEngine
) -> None:
    engine.fail_on("save", EngineUnreachableError("gone", ""))
    file = io.BytesIO()
    with pytest.raises(EngineUnreachableError):
        export(host, saved, file, "admin")
    with pytest.raises(ArchiveError):
        brought(host, file.getvalue())


def leftovers(host: Host) -> list[str]:
    return sorted(path.name for path in (host.settings.root / FOLDER).glob("*"))
