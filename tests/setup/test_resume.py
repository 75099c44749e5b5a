"""What ran before a down comes back with the next up."""

from pathlib import Path

import pytest

from tests.setup.console import RecordingConsole
from workspace_cli.core import labels
from workspace_cli.core.errors import StartFailedError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.models import ContainerRequest, Mount
from workspace_cli.core.settings import Settings
from workspace_cli.setup import resume

TINY = "labdock-tests/tiny"


def workspace(engine: FakeEngine, owner: str, root: Path) -> str:
    """Run a workspace whose folders are below a data root; return its container's name."""
    name = f"labdock-{owner}--default"
    home = root / "homes" / owner
    home.mkdir(parents=True)
    engine.create(
        ContainerRequest(
            name=name,
            image=TINY,
            labels={
                labels.OWNER: owner,
                labels.WORKSPACE: "default",
                labels.RESTART: "unless-stopped",
            },
            mounts=(Mount(str(home), "/workspace"),),
            restart="unless-stopped",
        )
    )
    engine.start(name)
    return name


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Give settings whose data root is there."""
    settings.root.mkdir()
    return settings


def states(engine: FakeEngine, *names: str) -> list[tuple[str, str]]:
    return [(engine.container(name).state, engine.container(name).restart) for name in names]


def test_what_ran_comes_back_and_what_was_stopped_does_not(
    fake_engine: FakeEngine, settings: Settings, console: RecordingConsole
) -> None:
    kim, lee = (
        workspace(fake_engine, "kim", settings.root),
        workspace(fake_engine, "lee", settings.root),
    )
    fake_engine.stop(lee)
    assert resume.stop_all(settings, fake_engine, console) == 1
    assert states(fake_engine, kim) == [("exited", "no")]
    assert resume.start_all(settings, fake_engine, console) == 1
    assert states(fake_engine, kim) == [("running", "unless-stopped")]
    assert fake_engine.container(lee).state == "exited"


def test_a_second_down_forgets_nothing(
    fake_engine: FakeEngine, settings: Settings, console: RecordingConsole
) -> None:
    kim = workspace(fake_engine, "kim", settings.root)
    resume.stop_all(settings, fake_engine, console)
    lee = workspace(fake_engine, "lee", settings.root)
    resume.stop_all(settings, fake_engine, console)
    assert resume.stop_all(settings, fake_engine, console) == 0
    assert resume.remembered(settings) == [kim, lee]


def test_an_up_with_nothing_to_bring_back_starts_nothing(
    fake_engine: FakeEngine, settings: Settings, console: RecordingConsole
) -> None:
    kim = workspace(fake_engine, "kim", settings.root)
    resume.stop_all(settings, fake_engine, console)
    resume.start_all(settings, fake_engine, console)
    fake_engine.stop(kim)
    assert resume.start_all(settings, fake_engine, console) == 0
    assert fake_engine.container(kim).state == "exited"


def test_one_that_cannot_start_keeps_no_other_down(
    fake_engine: FakeEngine, settings: Settings, console: RecordingConsole
) -> None:
    gone, kim = (
        workspace(fake_engine, "gone", settings.root),
        workspace(fake_engine, "kim", settings.root),
    )
    resume.stop_all(settings, fake_engine, console)
    fake_engine.remove(gone)
    assert resume.start_all(settings, fake_engine, console) == 1
    assert fake_engine.container(kim).state == "running"


def test_an_interrupted_down_leaves_no_policy_turned_off(
    fake_engine: FakeEngine, settings: Settings, console: RecordingConsole
) -> None:
    kim = workspace(fake_engine, "kim", settings.root)
    resume.remember(settings, [kim])
    fake_engine.update(kim, restart="no")
    resume.start_all(settings, fake_engine, console)
    assert states(fake_engine, kim) == [("running", "unless-stopped")]


def test_what_a_crash_left_stopped_comes_back_but_for_the_hubs(
    fake_engine: FakeEngine, settings: Settings, console: RecordingConsole
) -> None:
    kim, lee = (
        workspace(fake_engine, "kim", settings.root),
        workspace(fake_engine, "lee", settings.root),
    )
    fake_engine.made(lee).labels[labels.KIND] = "hub"
    fake_engine.restart_engine(crash=True)
    assert resume.revive_all(settings, fake_engine, console) == 1
    assert states(fake_engine, kim, lee) == [
        ("running", "unless-stopped"),
        ("exited", "unless-stopped"),
    ]
    assert resume.revive_all(settings, fake_engine, console) == 0


def test_one_that_a_crash_took_and_that_cannot_start_is_named(
    fake_engine: FakeEngine, settings: Settings, console: RecordingConsole
) -> None:
    workspace(fake_engine, "kim", settings.root)
    fake_engine.restart_engine(crash=True)
    fake_engine.fail_on("start", StartFailedError("It did not start."))
    assert resume.revive_all(settings, fake_engine, console) == 0
    assert "kim/default did not come back" in "\n".join(console.warnings)


@pytest.mark.parametrize("text", ["", "{", '{"a": 1}', "[1, null]", '"x"'])
def test_a_spoilt_memory_is_as_good_as_none(settings: Settings, text: str) -> None:
    resume.memory_file(settings).write_text(text)
    assert resume.remembered(settings) == []


def test_workspaces_of_another_data_root_are_left_alone(
    fake_engine: FakeEngine, settings: Settings, console: RecordingConsole
) -> None:
    other = workspace(fake_engine, "other", settings.root.parent / "elsewhere")
    assert resume.stop_all(settings, fake_engine, console) == 0
    assert fake_engine.container(other).state == "running"
