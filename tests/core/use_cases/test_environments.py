import io
import json
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.core.use_cases.conftest import Clock
from workspace_cli.core import labels
from workspace_cli.core.catalogue import Catalogue, CatalogueImage
from workspace_cli.core.choices import choices
from workspace_cli.core.clean_image import unfinished_prefix
from workspace_cli.core.engine import Progress
from workspace_cli.core.environments import commit
from workspace_cli.core.errors import (
    CommitFailedError,
    DiskFullError,
    EngineUnreachableError,
    InvalidNameError,
    InvalidOptionError,
    LabdockError,
    NameTakenError,
)
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import Workspace, WorkspaceSpec
from workspace_cli.core.workspaces import bring_up, launch, reap

Specs = Callable[..., WorkspaceSpec]
TOKENS = ("tok-env-1", "tok-auth-2", "tok-secret-3", "tok-label-4", "tok-url-5")


@pytest.fixture
def workspace(host: Host, engine: FakeEngine, spec: Specs) -> Workspace:
    """A workspace with a token in every place that a container's configuration has."""
    wanted = spec(
        environment={
            "API": TOKENS[0],
            "WORKSPACE_AUTH_PASSWORD": TOKENS[1],
            "DATABASE": f"postgresql://me:{TOKENS[4]}@db/x",
        },
        secrets={"OTHER": TOKENS[2]},
        labels={"note": TOKENS[3]},
    )
    workspace = launch(host, wanted)
    engine.made(workspace.container.name).write("usr/lib/installed", b"with apt")
    return workspace


def members(archive: bytes) -> Iterator[bytes]:
    """Yield an archive's bytes and, again, those of every archive inside it."""
    yield archive
    try:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            for member in tar:
                file = tar.extractfile(member)
                if file:
                    yield from members(file.read())
    except tarfile.TarError:
        return


def test_a_commit_holds_the_layer_and_no_secret(
    host: Host, engine: FakeEngine, workspace: Workspace
) -> None:
    saved = commit(host, workspace, note="with apt")
    everything = b"".join(members(b"".join(engine.save(saved.reference))))
    assert b"with apt" in everything
    for token in TOKENS:
        assert token.encode() not in everything
        assert token not in repr(engine.store.stored)


def test_a_commit_of_a_recreated_workspace_holds_no_secret_either(
    host: Host, engine: FakeEngine, workspace: Workspace, spec: Specs
) -> None:
    bring_up(host, spec(environment={"API": TOKENS[0]}, secrets={"B": TOKENS[2]}))
    saved = commit(host, workspace)
    everything = b"".join(members(b"".join(engine.save(saved.reference))))
    assert b"with apt" in everything
    assert not [token for token in TOKENS if token.encode() in everything]
    assert saved.parent == "labdock/base"


def test_a_commit_keeps_what_the_parent_image_defined(
    host: Host, engine: FakeEngine, workspace: Workspace
) -> None:
    saved = commit(host, workspace, note="메모")
    image = engine.image(saved.reference)
    assert image.environment == {"PATH": "/opt/env/bin:/usr/bin", "LANG": "C.UTF-8"}
    assert image.config["Entrypoint"] == ["/usr/bin/tini", "--"]
    assert image.config["Cmd"] == ["sleep", "infinity"]
    own = (labels.CONTAINER, labels.READ, labels.BASE_LAYERS)
    assert image.labels[labels.CONTAINER] == workspace.container.id
    assert image.labels[labels.BASE_LAYERS] == "1"
    assert {name: text for name, text in image.labels.items() if name not in own} == {
        "maintainer": "lab",
        labels.SERVER: "1",
        labels.OWNER: "kunyoung",
        labels.PARENT: "labdock/base",
        labels.PARENT_ID: engine.image("labdock/base").id,
        labels.SAVED_FROM: "kunyoung/study",
        labels.NOTE: "메모",
    }


def test_no_image_without_a_name_is_left(
    host: Host, engine: FakeEngine, workspace: Workspace
) -> None:
    before = set(engine.store.stored)
    saved = commit(host, workspace)
    assert set(engine.store.stored) - before == {saved.id}


def test_it_is_told_what_was_saved_and_what_was_not(
    host: Host, engine: FakeEngine, workspace: Workspace, clock: Callable[[], float]
) -> None:
    steps: list[Progress] = []
    saved = commit(host, workspace, report=steps.append)
    assert saved.reference == "labdock/kunyoung/study:20231114-221320"
    assert {mount.target for mount in saved.not_saved} == {"/workspace", "/shared", "/datasets"}
    assert saved.added == len(b"with apt")
    assert len(steps) >= 2


def test_a_workspace_is_made_from_what_was_saved(
    host: Host, engine: FakeEngine, workspace: Workspace, spec: Specs
) -> None:
    saved = commit(host, workspace)
    again = launch(host, spec("again", image=saved.reference))
    assert engine.made(again.container.name).files["usr/lib/installed"] == b"with apt"
    assert engine.made(again.container.name).labels[labels.WORKSPACE] == "again"


@pytest.mark.parametrize(
    "wanted, full",
    [
        ("nlp", "labdock/kunyoung/nlp:latest"),
        ("nlp:v2", "labdock/kunyoung/nlp:v2"),
        ("labdock/kunyoung/nlp:v2", "labdock/kunyoung/nlp:v2"),
        ("a/b", "labdock/kunyoung/a/b:latest"),
    ],
)
def test_a_wanted_name_stays_in_the_owners_space(
    host: Host, workspace: Workspace, wanted: str, full: str
) -> None:
    assert commit(host, workspace, wanted).reference == full


def test_an_admin_may_name_an_image_anywhere(host: Host, workspace: Workspace) -> None:
    assert commit(host, workspace, "lab/nlp:v1", anywhere=True).reference == "lab/nlp:v1"


@pytest.mark.parametrize(
    "wanted",
    ["labdock/base", "labdock/other/nlp", "UPPER", "a b", "a:b:c", "-x", "../x", "x" * 300, "/"],
)
def test_an_impossible_name_is_refused(
    host: Host, workspace: Workspace, wanted: str, state: Callable[[], object]
) -> None:
    before = state()
    with pytest.raises(InvalidNameError):
        commit(host, workspace, wanted)
    assert state() == before


def test_even_an_admin_cannot_take_labdocks_own_repositories(
    host: Host, workspace: Workspace
) -> None:
    with pytest.raises(InvalidNameError):
        commit(host, workspace, "labdock/internal:x", anywhere=True)


def test_a_taken_tag_is_refused_and_replaced_only_when_told(
    host: Host, engine: FakeEngine, workspace: Workspace
) -> None:
    first = commit(host, workspace, "nlp:v1")
    engine.made(workspace.container.name).write("later", b"")
    with pytest.raises(NameTakenError, match="--force"):
        commit(host, workspace, "nlp:v1")
    assert engine.image("labdock/kunyoung/nlp:v1").id == first.id
    second = commit(host, workspace, "nlp:v1", replace=True)
    assert engine.image("labdock/kunyoung/nlp:v1").id == second.id != first.id
    assert first.id not in engine.store.stored


def test_another_owners_image_is_never_replaced(
    host: Host, engine: FakeEngine, workspace: Workspace
) -> None:
    with pytest.raises(InvalidNameError):
        commit(host, workspace, "labdock/base:latest", anywhere=True, replace=True)


@pytest.mark.parametrize(
    "name",
    [
        "labdock/other/nlp:v1",
        "labdock/pytorch-cuda",
        "docker.io/labdock/pytorch:v2",
        "index.docker.io/labdock/other/nlp",
    ],
)
def test_nobody_saves_under_the_labs_or_anothers_name_not_even_an_admin(
    host: Host, workspace: Workspace, name: str
) -> None:
    with pytest.raises(InvalidNameError, match="not among the environments of kunyoung"):
        commit(host, workspace, name, anywhere=True, replace=True)


def test_the_name_of_an_image_on_offer_is_taken_before_it_is_built(
    host: Host, workspace: Workspace
) -> None:
    offered = (*host.catalogue.images, CatalogueImage(name="lab/nlp", workspace=True))
    with pytest.raises(NameTakenError, match="the lab offers"):
        commit(replace(host, catalogue=Catalogue.of(offered)), workspace, "lab/nlp", anywhere=True)


def test_a_note_that_is_too_long_is_refused(host: Host, workspace: Workspace) -> None:
    with pytest.raises(InvalidOptionError, match="1000"):
        commit(host, workspace, note="x" * 1001)


def test_the_containerd_store_is_refused_in_words(
    host: Host, engine: FakeEngine, workspace: Workspace, state: Callable[[], object]
) -> None:
    engine.engine_info = replace(engine.engine_info, containerd_image_store=True)
    fresh = Host(host.engine, host.settings, host.catalogue, host.clock)
    before = state()
    with pytest.raises(CommitFailedError, match="containerd"):
        commit(fresh, workspace)
    assert state() == before


def test_a_full_disk_leaves_nothing(
    host: Host, engine: FakeEngine, workspace: Workspace, state: Callable[[], object]
) -> None:
    before = state()
    engine.disk_full = True
    with pytest.raises(DiskFullError):
        commit(host, workspace)
    assert state() == before


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    "error",
    [EngineUnreachableError("gone"), LabdockError("odd"), KeyboardInterrupt()],
    ids=["unreachable", "failure", "ctrl-c"],
)
@pytest.mark.parametrize("taken", [False, True], ids=["new", "replaced"])
@pytest.mark.parametrize("deep", [False, True], ids=["shallow", "deep"])
def test_a_failure_at_any_call_leaves_no_image_behind(
    host: Host,
    engine: FakeEngine,
    workspace: Workspace,
    state: Callable[[], dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    done: bool,
    taken: bool,
    deep: bool,
) -> None:
    if deep:
        monkeypatch.setattr("workspace_cli.core.clean_image.MOST_LAYERS", 2)
    if taken:
        commit(host, workspace, "nlp")
        engine.made(workspace.container.name).write("later", b"")
    before = state()
    failed = []
    for number in range(1, 60):
        engine.fail_call(number, error, done=done)
        calls = len(engine.calls)
        try:
            saved = commit(host, workspace, "nlp", replace=taken)
        except type(error):
            failed.append(engine.calls[calls + number - 1][0])
            if done and failed[-1] == "import_filesystem":
                # Its id was never told; it has no name, and no secret either.
                flat = next(key for key, image in engine.store.stored.items() if not image.tags)
                engine.remove_image(flat)
            if taken and engine.image("labdock/kunyoung/nlp").id not in before["images"]:
                assert all(image.tags for image in engine.store.stored.values())
                break  # all was done, and the image that was replaced goes last
            assert state() == before, f"call {number}: {failed[-1]}"
        else:
            if len(engine.calls) - calls < number or taken:
                break
            engine.remove_image(saved.reference)
    assert {"commit", "load", "remove_image"} <= set(failed)
    assert not [token for token in TOKENS if token in repr(engine.store.stored)]


def test_reap_removes_a_commit_that_was_never_cleaned(
    host: Host, engine: FakeEngine, workspace: Workspace, clock: Clock
) -> None:
    name = f"{unfinished_prefix(host)}{int(clock.now)}-ab"
    engine.commit(workspace.container.name, reference=name)
    engine.commit(workspace.container.name, reference="labdock/unfinished:another-root-1-ab")
    assert reap(host) == []
    clock.now += 3601
    assert reap(host) == [name]
    engine.remove_image("labdock/unfinished:another-root-1-ab")
    assert not [token for token in TOKENS if token in repr(engine.store.stored)]


def test_choices_are_the_catalogues_and_the_owners_own(
    host: Host, engine: FakeEngine, workspace: Workspace, spec: Specs
) -> None:
    commit(host, workspace, "nlp", note="with apt")
    commit(host, launch(host, spec(owner="other")), "secret")
    found = choices(host, "kunyoung")
    assert [choice.reference for choice in found] == [
        "labdock/base",
        "labdock/pytorch",
        "labdock/kunyoung/nlp:latest",
    ]
    assert [choice.origin for choice in found] == ["lab", "lab", "own"]
    assert found[2].description["en"] == "with apt"


def test_the_archive_that_is_loaded_holds_no_layer(
    host: Host, engine: FakeEngine, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[bytes] = []
    load = engine.load

    def spy(archive: io.BytesIO) -> None:
        loaded.append(archive.getvalue())
        load(archive)

    monkeypatch.setattr(engine, "load", spy)
    commit(host, workspace)
    with tarfile.open(fileobj=io.BytesIO(loaded[0])) as tar:
        names = tar.getnames()
        manifest = json.load(tar.extractfile("manifest.json"))  # type: ignore[arg-type]
    assert names == ["manifest.json", manifest[0]["Config"]]
