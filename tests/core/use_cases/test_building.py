"""Building and adopting on a machine in memory, with a builder that a test steers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.core.use_cases.conftest import Clock, State
from workspace_cli.core import adopt, adopt_container, build_trial, fake_containers, labels
from workspace_cli.core.build import Recipe
from workspace_cli.core.build_catalogue import offer
from workspace_cli.core.build_image import Wish, build_image, reference_for
from workspace_cli.core.build_source import Source, read_source
from workspace_cli.core.catalogue import ADDED_FILE, Catalogue
from workspace_cli.core.choices import choices
from workspace_cli.core.engine import Report
from workspace_cli.core.errors import (
    ImageNotFoundError,
    InvalidInputError,
    InvalidNameError,
    InvalidOptionError,
    LabdockError,
    NameTakenError,
    NoServerError,
    NotAllowedError,
    SetupError,
    StartFailedError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerRequest, Mount, PortMapping
from workspace_cli.core.references import owner_repository
from workspace_cli.core.removal import reap
from workspace_cli.core.workspaces import list_workspaces, remove

PROGRAMS = ("/opt/labdock/bin/python", "/usr/local/bin/labdock-enter")
FACTS: Mapping[str, Any] = {
    "release": {"ID": "debian"},
    "libc": "glibc 2.41",
    "shell": True,
    "apt": True,
    "users": {},
    "groups": {},
    "pythons": [],
}


@dataclass
class Builder:
    """Puts one layer on the base of a recipe, as a test says."""

    engine: FakeEngine
    facts_told: Mapping[str, Any] = field(default_factory=lambda: dict(FACTS))
    config: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    base: str = ""
    error: BaseException | None = None
    recipes: list[Recipe] = field(default_factory=list)

    def build(
        self, recipe: Recipe, tag: str, labels: Mapping[str, str], report: Report | None
    ) -> None:
        self.recipes.append(recipe)
        if self.error:
            raise self.error
        given = recipe.arguments
        name = self.base or given.get("BASE") or given.get("IMAGE") or "labdock/base"
        below = self.engine.store.stored[self.engine.store.find(name)]
        server = {"labdock.server": "1"} if recipe.target == "result" else {}
        config = {
            **below.config["config"],
            **self.config,
            "Labels": {
                **(below.config["config"].get("Labels") or {}),
                **server,
                **self.labels,
                **labels,
            },
        }
        config["Env"] = [
            *(config.get("Env") or []),
            *(f"{name}={value}" for name, value in self.environment.items()),
        ]
        parent = self.engine.store.find(name)
        self.engine.store.add(
            self.engine.clock(), {"built": b"yes"}, config, parent=parent, reference=tag
        )

    def facts(self, recipe: Recipe, report: Report | None) -> Mapping[str, Any]:
        self.recipes.append(recipe)
        return self.facts_told


@pytest.fixture(autouse=True)
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    """Let the programs that a trial runs inside exist, and say how each of them ends."""

    def ends(program: str, code: int) -> None:
        monkeypatch.setitem(
            fake_containers.PROGRAMS,
            program,
            lambda container, arguments: (code, b"ModuleNotFoundError: ipykernel\n"),
        )

    for program in PROGRAMS:
        ends(program, 0)
    return ends


@pytest.fixture
def builder(engine: FakeEngine) -> Builder:
    return Builder(engine)


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


ENDS = pytest.mark.parametrize(
    "error, done",
    [
        (LabdockError("The engine failed."), False),
        (KeyboardInterrupt(), False),
        (KeyboardInterrupt(), True),
    ],
)
"""How a call of the engine ends: failed, interrupted before its work, or after it."""


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


# adopt -----------------------------------------------------------------------------
def test_an_adopted_image_has_a_server_and_knows_where_it_is_from(
    host: Host, builder: Builder, engine: FakeEngine
) -> None:
    engine.add_image("group/vision:v3", environment={"PATH": "/opt/conda/bin"})
    origin = engine.image("group/vision:v3")
    looked = adopt.look(host, builder, Path("images/adopt"), "group/vision:v3")
    name = adopt.reference_for("group/vision:v3")
    made = adopt.adopt(host, builder, Path("images/adopt"), looked, name)
    image = engine.image("labdock/adopted/vision:v3")
    assert made.reference == "labdock/adopted/vision:v3"
    assert image.labels[labels.SERVER] == "1"
    assert image.labels[labels.ADOPTED] == image.labels[labels.PARENT_ID] == origin.id
    assert image.labels[labels.PARENT] == "group/vision:v3"
    assert engine.image("group/vision:v3") == origin
    assert builder.recipes[0].arguments["FOLDERS"] == "/opt/conda/bin"


def test_what_the_preflight_refuses_is_not_built(host: Host, builder: Builder) -> None:
    builder.facts_told = {**FACTS, "libc": "musl", "release": {"ID": "alpine"}}
    looked = adopt.look(host, builder, Path("images/adopt"), "nginx")
    with pytest.raises(NoServerError, match="alpine"):
        adopt.adopt(host, builder, Path("images/adopt"), looked, "labdock/adopted/x:1")
    assert len(builder.recipes) == 1


@pytest.mark.parametrize(
    "image, wanted, owner, name",
    [
        ("nvcr.io/nvidia/pytorch:25.01-py3", "", "", "labdock/adopted/pytorch:25.01-py3"),
        ("group/vision", "", "", "labdock/adopted/vision:latest"),
        ("group/vision:v3", "own", "", "labdock/adopted/own:latest"),
        ("group/vision:v3", "own:v1", "kim", "labdock/kim/own:v1"),
    ],
)
def test_the_name_of_an_adopted_image(image: str, wanted: str, owner: str, name: str) -> None:
    assert adopt.reference_for(image, wanted, owner) == name


def test_an_image_without_a_name_needs_one() -> None:
    with pytest.raises(InvalidNameError, match="no name"):
        adopt.reference_for("sha256:" + "0" * 64)
    with pytest.raises(InvalidNameError):
        adopt.reference_for("group/vision", "Not A Name")


# containers ------------------------------------------------------------------------
OLD = ContainerRequest(
    name="ky_study",
    image="labdock/base",
    environment={
        "WORKSPACE_AUTH_USER": "kunyoung",
        "WORKSPACE_AUTH_PASSWORD": "hunter2hunter2",
        "EXTRA": "yes",
        "LABDOCK_OWNER": "somebody",
    },
    ports=(PortMapping(8080, 29201),),
    restart="always",
)


@pytest.fixture
def by_hand(engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give a container as the line of old has made it, with files of its own."""
    home = tmp_path / "kunyoung"
    home.mkdir()
    mounts = (Mount(str(home), "/workspace"),)
    engine.create(replace(OLD, mounts=mounts))
    engine.start(OLD.name)
    engine.made(OLD.name).write("/opt/kept", b"kept")
    monkeypatch.setattr(adopt_container, "wait_for_workspace", lambda *_, **__: None)
    return OLD.name


def take(host: Host, builder: Builder, name: str, **options: Any) -> adopt_container.Takeover:
    """Take a container over, and return what was planned."""
    found = adopt_container.plan(host, name)
    adopt_container.take_over(
        host,
        found,
        lambda image: adopt.look(host, builder, Path("images/adopt"), image),
        lambda looked, reference, owner, origin: adopt.adopt(
            host, builder, Path("images/adopt"), looked, reference, owner=owner, parent=origin
        ),
        **options,
    )
    return found


def test_a_container_becomes_a_workspace_with_the_same_files_ports_and_name(
    host: Host, builder: Builder, engine: FakeEngine, by_hand: str
) -> None:
    before = engine.container(by_hand)
    found = take(host, builder, by_hand)
    (made,) = list_workspaces(host)
    assert made.reference == "kunyoung/ky-study"
    now = engine.container(made.container.name)
    assert now.ports == (PortMapping(8080, 29201),)
    assert before.mounts[0] in now.mounts
    assert now.environment["EXTRA"] == "yes"
    assert engine.made(now.name).files["opt/kept"] == b"kept"
    assert "hunter2" not in repr(now)
    assert b"hunter2" not in b"".join(engine.save(found.reference))
    old = engine.container("ky_study.before-adoption")
    assert (old.id, old.state, old.restart) == (before.id, "exited", "no")


def test_the_old_container_goes_where_that_is_wanted(
    host: Host, builder: Builder, engine: FakeEngine, by_hand: str
) -> None:
    take(host, builder, by_hand, remove_old=True)
    assert [row.name for row in engine.containers()] == ["labdock-kunyoung--ky-study"]


def test_a_server_is_laid_on_what_has_none(
    host: Host, builder: Builder, engine: FakeEngine, by_hand: str
) -> None:
    engine.create(ContainerRequest(name="plain", image="nginx", ports=(PortMapping(80, 29205),)))
    engine.start("plain")
    engine.made("plain").write("/opt/kept", b"kept")
    found = take(host, builder, "plain")
    assert not found.has_server
    assert engine.image(found.reference).labels[labels.PARENT] == "nginx:latest"
    workspace = next(one for one in list_workspaces(host) if one.name == "plain")
    assert PortMapping(80, 29205) in workspace.ports
    assert engine.made(workspace.container.name).files["opt/kept"] == b"kept"
    assert not [tag for image in engine.images() for tag in image.tags if "unfinished" in tag]


def _no_server(*_: object) -> Any:
    raise AssertionError("an image with a server needs none")


@ENDS
def test_a_failure_at_any_call_lets_the_old_container_run_again(
    host: Host,
    engine: FakeEngine,
    by_hand: str,
    state: State,
    error: BaseException,
    done: bool,
) -> None:
    before = state()
    found = adopt_container.plan(host, by_hand)
    for steps in range(1, 120):
        engine.fail_call(steps, error, done=done)
        first = len(engine.calls)
        with suppress(type(error)):
            adopt_container.take_over(host, found, _no_server, _no_server)
            if len(engine.calls) - first < steps:
                break
            # The error was passed over: take back what was made all the same.
            (made,) = list_workspaces(host)
            remove(host, made)
            engine.remove_image(found.reference)
            adopt_container._run_again(host, found)
        now = state()
        assert now["containers"] == before["containers"], f"step {steps}"
        assert now["images"] == before["images"], f"step {steps}"
    assert 8 < steps < 119


def test_what_a_killed_call_left_is_taken_up(
    host: Host, builder: Builder, engine: FakeEngine, by_hand: str
) -> None:
    engine.stop(by_hand)
    engine.rename(by_hand, "ky_study.before-adoption")
    take(host, builder, by_hand)
    assert [one.reference for one in list_workspaces(host)] == ["kunyoung/ky-study"]


def test_what_cannot_be_taken_over_is_refused_before_anything_is_stopped(
    host: Host, builder: Builder, engine: FakeEngine, by_hand: str, tmp_path: Path
) -> None:
    with pytest.raises(WorkspaceNotFoundError):
        adopt_container.plan(host, "absent")
    engine.engine_info = replace(engine.engine_info, data_root=str(tmp_path))
    (tmp_path / "volumes" / "data").mkdir(parents=True)
    volume = Mount(str(tmp_path / "volumes" / "data"), "/data")
    engine.create(replace(OLD, name="volumes", ports=(), mounts=(volume,)))
    with pytest.raises(InvalidOptionError, match="/data"):
        adopt_container.plan(host, "volumes")
    engine.create(replace(OLD, name="socket", ports=(), mounts=(Mount("/", "/host"),)))
    with pytest.raises(InvalidOptionError, match="it is or holds"):
        adopt_container.plan(host, "socket")
    take(host, builder, by_hand)
    with pytest.raises(NotAllowedError):
        adopt_container.plan(host, "labdock-kunyoung--ky-study")
    engine.create(replace(OLD, ports=()))
    with pytest.raises(NameTakenError):
        adopt_container.plan(host, by_hand)
    assert adopt_container.plan(host, by_hand, wanted="other").spec.name == "other"
