"""Building on a machine in memory."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.core.use_cases.builder import ENDS, PROGRAMS, Builder, answering, builder
from tests.core.use_cases.conftest import Clock, State
from workspace_cli.core import (
    build_trial,
    labels,
)
from workspace_cli.core.build_catalogue import offer
from workspace_cli.core.build_image import Wish, build_image, reference_for
from workspace_cli.core.build_source import Source, read_source
from workspace_cli.core.catalogue import ADDED_FILE, Catalogue
from workspace_cli.core.choices import choices
from workspace_cli.core.errors import (
    ImageNotFoundError,
    InvalidInputError,
    InvalidOptionError,
    NameTakenError,
    NoServerError,
    NotAllowedError,
    SetupError,
    StartFailedError,
)
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerRequest
from workspace_cli.core.references import owner_repository
from workspace_cli.core.removal import reap

__all__ = ["answering", "builder"]


@pytest.fixture
def packages(tmp_path: Path) -> Source:
    folder = tmp_path / "vision"
    folder.mkdir()
    (folder / "environment.toml").write_text('pip = ["einops"]\n')
    return read_source(folder)


def dockerfile(tmp_path: Path, text: str) -> Source:
    (tmp_path / "Dockerfile").write_text(text)
    return read_source(tmp_path)


# build ------------------------------------------------------------------------
def test_a_build_is_tried_out_and_named_with_its_lineage(
    host: Host, builder: Builder, packages: Source
) -> None:
    made = build_image(host, builder, packages, Wish(owner="kim", note="for figures"))
    image = host.engine.image("labdock/kim/vision:latest")
    assert (made.reference, made.id, made.parent) == (
        "labdock/kim/vision:latest",
        image.id,
        "labdock/pytorch",
    )
    told = {name: value for name, value in image.labels.items() if labels.in_namespace(name)}
    assert told == {
        labels.SERVER: "1",
        labels.OWNER: "kim",
        labels.PARENT: "labdock/pytorch",
        labels.PARENT_ID: host.engine.image("labdock/pytorch").id,
        labels.NOTE: "for figures",
    }
    assert host.engine.containers() == []
    assert [one.reference for one in choices(host, "kim")][-1] == made.reference


def test_labels_of_ours_in_a_dockerfile_mean_nothing(
    host: Host, builder: Builder, tmp_path: Path
) -> None:
    builder.labels = {"labdock.owner": "park", "labdock.gpus": "all", "theirs": "kept"}
    build_image(
        host, builder, dockerfile(tmp_path, "FROM labdock/base"), Wish(owner="kim", name="x")
    )
    found = host.engine.image("labdock/kim/x").labels
    assert found[labels.OWNER] == "kim"
    assert "labdock.gpus" not in found
    assert found["theirs"] == "kept"


def test_what_came_from_elsewhere_stays_so_whatever_a_dockerfile_says(
    host: Host, builder: Builder, engine: FakeEngine, tmp_path: Path
) -> None:
    foreign = {labels.SERVER: "1", labels.IMPORTED: "another lab"}
    base = engine.add_image("labdock/kim/foreign:v1", labels=foreign)
    builder.base = "labdock/kim/foreign:v1"
    builder.labels = {labels.IMPORTED_ID: "sha256:trusted"}
    source = dockerfile(tmp_path, "FROM labdock/kim/foreign:v1")
    with pytest.raises(NotAllowedError, match="elsewhere"):
        build_image(host, builder, source, Wish(owner="kim", name="x"))
    build_image(host, builder, source, Wish(name="x"))
    found = engine.image("labdock/lab/x").labels
    assert (found[labels.IMPORTED], found[labels.IMPORTED_ID]) == ("another lab", base)


@pytest.mark.parametrize(
    "config, words",
    [
        ({"Entrypoint": ["sh"]}, "Entrypoint"),
        ({"Cmd": ["bash"]}, "Cmd"),
        ({"User": "1000"}, "User"),
    ],
)
def test_what_no_longer_starts_the_server_is_refused_and_gone(
    host: Host,
    builder: Builder,
    state: State,
    tmp_path: Path,
    config: dict[str, Any],
    words: str,
) -> None:
    builder.config = config
    before = state()
    with pytest.raises(NoServerError, match=words):
        build_image(host, builder, dockerfile(tmp_path, "FROM labdock/base"), Wish(name="x"))
    assert state() == before


def test_a_password_in_a_dockerfile_is_refused(
    host: Host, builder: Builder, state: State, tmp_path: Path
) -> None:
    builder.environment = {"WORKSPACE_AUTH_PASSWORD": "hunter2"}
    before = state()
    with pytest.raises(InvalidInputError, match="WORKSPACE_AUTH_PASSWORD") as raised:
        build_image(host, builder, dockerfile(tmp_path, "FROM labdock/base"), Wish(name="x"))
    assert "hunter2" not in str(raised.value)
    assert state() == before


def test_a_result_that_stands_on_another_image_is_refused(
    host: Host, builder: Builder, tmp_path: Path
) -> None:
    builder.base = "nginx"
    with pytest.raises(NoServerError, match="does not stand"):
        build_image(host, builder, dockerfile(tmp_path, "FROM labdock/base"), Wish(name="x"))


def test_steps_of_an_earlier_build_of_the_base_are_not_taken(
    host: Host, builder: Builder, tmp_path: Path
) -> None:
    builder.cached_base = "nginx"
    build_image(host, builder, dockerfile(tmp_path, "FROM labdock/base"), Wish(name="x"))
    assert [recipe.fresh for recipe in builder.recipes] == [False, True]


def test_only_what_has_a_server_can_be_built_on(
    host: Host, builder: Builder, tmp_path: Path
) -> None:
    with pytest.raises(NoServerError, match="nginx") as raised:
        build_image(host, builder, dockerfile(tmp_path, "FROM nginx"), Wish(name="x"))
    assert "workspace adopt nginx" in raised.value.remedy
    with pytest.raises(NoServerError):
        build_image(host, builder, dockerfile(tmp_path, "FROM scratch"), Wish(name="x"))
    with pytest.raises(ImageNotFoundError):
        build_image(host, builder, dockerfile(tmp_path, "FROM labdock/absent"), Wish(name="x"))
    assert builder.recipes == []


def test_a_member_builds_only_on_what_they_may_start_from(
    host: Host, builder: Builder, engine: FakeEngine, tmp_path: Path
) -> None:
    engine.add_image("labdock/park/own:v1", labels={labels.SERVER: "1", labels.OWNER: "park"})
    source = dockerfile(tmp_path, "FROM labdock/base\nCOPY --from=labdock/park/own:v1 / /x")
    with pytest.raises(InvalidOptionError, match="not on offer"):
        build_image(host, builder, source, Wish(owner="kim", name="x", restricted=True))
    build_image(host, builder, source, Wish(owner="kim", name="x"))


def test_on_means_something_only_where_the_dockerfile_asks(
    host: Host, builder: Builder, tmp_path: Path
) -> None:
    wish = Wish(name="x", on="labdock/pytorch")
    source = dockerfile(tmp_path, "FROM labdock/base")
    with pytest.raises(InvalidOptionError, match="names what it builds on"):
        build_image(host, builder, source, wish)
    source = dockerfile(tmp_path, "ARG BASE=labdock/base\nFROM ${BASE}")
    assert build_image(host, builder, source, wish).parent == "labdock/pytorch"


def test_a_name_in_use_is_kept_unless_it_is_to_be_replaced(
    host: Host, builder: Builder, packages: Source, state: State
) -> None:
    build_image(host, builder, packages, Wish(owner="kim"))
    before = state()
    with pytest.raises(NameTakenError):
        build_image(host, builder, packages, Wish(owner="kim"))
    assert state() == before
    build_image(host, builder, packages, Wish(owner="kim", note="again", replace=True))
    assert host.engine.image("labdock/kim/vision").labels[labels.NOTE] == "again"
    assert len(state()["images"]) == len(before["images"])  # type: ignore[arg-type]


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_does_not_come_up_is_gone(
    host: Host,
    builder: Builder,
    packages: Source,
    state: State,
    monkeypatch: pytest.MonkeyPatch,
    answering: Callable[[str, int], None],
    program: str,
) -> None:
    answering(program, 1)
    monkeypatch.setattr(build_trial, "LONGEST_SECONDS", 0.3)
    before = state()
    with pytest.raises(StartFailedError, match="built"):
        build_image(host, builder, packages, Wish(owner="kim"))
    assert state() == before


def test_a_start_program_that_ends_is_told_with_its_log(
    host: Host, builder: Builder, packages: Source, state: State
) -> None:
    builder.config = {}
    engine = builder.engine
    engine.add_image(
        "labdock/ends", labels={labels.SERVER: "1"}, config={"Cmd": ["false"], "Entrypoint": None}
    )
    before = state()
    with pytest.raises(StartFailedError, match="code 1"):
        build_image(host, builder, packages, Wish(owner="kim", on="labdock/ends"))
    assert state() == before


@pytest.mark.parametrize("error", [SetupError("no"), KeyboardInterrupt()])
def test_a_build_that_fails_or_is_interrupted_leaves_nothing(
    host: Host, builder: Builder, packages: Source, state: State, error: BaseException
) -> None:
    builder.error = error
    before = state()
    with pytest.raises(type(error)):
        build_image(host, builder, packages, Wish(owner="kim"))
    assert state() == before


@ENDS
def test_a_failure_at_any_call_of_the_engine_leaves_nothing(
    host: Host,
    builder: Builder,
    packages: Source,
    state: State,
    engine: FakeEngine,
    error: BaseException,
    done: bool,
) -> None:
    before = {**state(), "homes": []}
    name = "labdock/kim/vision:latest"
    for steps in range(1, 60):
        engine.fail_call(steps, error, done=done)
        first = len(engine.calls)
        with suppress(type(error)):
            build_image(host, builder, packages, Wish(owner="kim"))
            if len(engine.calls) - first < steps:
                break
            engine.remove_image(name)  # the error was passed over
        assert {**state(), "homes": []} == before, f"step {steps}"
    assert 5 < steps < 59


def test_what_a_dead_client_left_is_reaped_after_an_hour(
    host: Host, engine: FakeEngine, clock: Clock
) -> None:
    from workspace_cli.core.clean_image import unfinished_prefix

    marks = build_trial.marks(host)
    engine.add_image(f"{unfinished_prefix(host)}1-x", labels=marks)
    engine.create(ContainerRequest(name="labdock-trial-x", image="nginx", labels=marks))
    engine.start("labdock-trial-x")
    assert reap(host) == []
    clock.now += build_trial.LEFTOVER_SECONDS + 1
    assert len(build_trial.reap(host)) == 2
    assert engine.containers() == []


# the lab's own list --------------------------------------------------------------
def test_what_the_lab_builds_is_offered_to_everybody(
    host: Host, builder: Builder, packages: Source
) -> None:
    offering = Host(
        host.engine,
        host.settings,
        Catalogue.of(host.catalogue.images, host.settings.root / ADDED_FILE),
        host.clock,
    )
    wish = Wish(name="vision:v2")
    assert reference_for(packages, wish) == "labdock/lab/vision:v2"
    made = build_image(offering, builder, packages, wish)
    assert made.reference not in [one.reference for one in choices(offering, "kim")]
    for title in ("Vision", 'Vision "2"'):
        offer(offering, made.reference, title=title, description="한글", parent=made.parent)
    (row,) = [one for one in choices(offering, "kim") if one.reference == made.reference]
    assert (row.origin, row.title["en"], row.description["ko"]) == ("lab", 'Vision "2"', "한글")
    assert offering.catalogue.find("labdock/lab/vision:v2") is not None
    assert "build" not in {one.build for one in offering.catalogue.added}


def test_the_lab_never_takes_the_place_of_what_labdock_brings(tmp_path: Path) -> None:
    added = tmp_path / "catalog.toml"
    added.write_text('[[image]]\nname = "labdock/base"\ntitle = { en = "evil" }\n')
    found = Catalogue(added=added)
    assert [one.name for one in found if one.name == "labdock/base"] == ["labdock/base"]
    entry = found.find("labdock/base")
    assert entry is not None
    assert entry.title["en"] != "evil"


def test_a_member_called_lab_saves_elsewhere() -> None:
    assert owner_repository("kim") == "labdock/kim/"
    for name in ("lab", "adopted"):
        assert owner_repository(name).startswith(f"labdock/{name}-")
