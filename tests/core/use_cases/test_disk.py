"""The disk ledger: what is counted for whom, and what somebody over a limit may still do."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from workspace_cli.core import disk, disk_limits, disk_measure, disk_room, folders, workspaces
from workspace_cli.core.disk import Usage
from workspace_cli.core.disk_room import Room
from workspace_cli.core.environments import commit
from workspace_cli.core.errors import DiskFullError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import Image, WorkspaceSpec

Specs = Callable[..., WorkspaceSpec]
MIB = 2**20
GIB = 2**30
OWNER = "kunyoung"


@pytest.fixture(autouse=True)
def roomy(monkeypatch: pytest.MonkeyPatch) -> list[Room]:
    """Give the machine one disk with room; a test may put another in its place."""
    disks = [Room("/var/lib/labdock", 900 * GIB, 1000 * GIB)]
    monkeypatch.setattr(disk_room, "rooms", lambda host: tuple(disks))
    return disks


@pytest.fixture
def policy(host: Host) -> Callable[[str], None]:
    host.settings.hub_dir.mkdir(parents=True, exist_ok=True)
    return host.settings.policy_file.write_text  # type: ignore[return-value]


@pytest.fixture
def home(host: Host) -> Path:
    folders.ensure(host.settings, OWNER)
    return folders.home(host.settings, OWNER)


def fill(path: Path, size: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(os.urandom(size))


def measured(host: Host, owner: str = OWNER) -> Usage:
    usage = disk_measure.measure(host, owner)
    assert usage is not None
    return usage


# what is counted -----------------------------------------------------------
def test_a_home_is_counted_with_its_caches_told_apart(host: Host, home: Path) -> None:
    fill(home / "data" / "a.bin", 3 * MIB)
    fill(home / ".cache" / "huggingface" / "model", 2 * MIB)
    fill(home / ".cache" / "other", MIB)
    usage = measured(host)
    assert 6 * MIB <= usage.home < 6 * MIB + 200_000
    assert 2 * MIB <= usage.caches["/workspace/.cache/huggingface"] < 2 * MIB + 50_000
    assert MIB <= usage.caches["/workspace/.cache"] < MIB + 50_000


def test_a_file_with_two_names_is_counted_once_and_a_hole_not_at_all(
    host: Host, home: Path
) -> None:
    fill(home / "a", 2 * MIB)
    (home / "b").hardlink_to(home / "a")
    with (home / "sparse").open("wb") as file:
        file.truncate(GIB)
    assert measured(host).home < 3 * MIB


@pytest.mark.parametrize("link", ["outside", ".cache"])
def test_links_lead_the_count_nowhere(host: Host, home: Path, tmp_path: Path, link: str) -> None:
    fill(tmp_path / "elsewhere" / "pip" / "big", 4 * MIB)
    (home / link).symlink_to(tmp_path / "elsewhere")
    usage = measured(host)
    assert usage.home < MIB
    assert usage.caches == {}


@pytest.mark.parametrize("name", ["new\nline", "tab\tbed", "-n", "ünï", "12\t/workspace"])
def test_odd_names_are_counted(host: Host, home: Path, name: str) -> None:
    fill(home / name / "a", 2 * MIB)
    assert 2 * MIB <= measured(host).home < 2 * MIB + 100_000


def test_somebody_with_nothing_uses_nothing(host: Host) -> None:
    assert measured(host, "nobody").total == 0


def test_a_container_counts_with_what_was_written_to_it(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    made = workspaces.launch(host, spec())
    other = workspaces.launch(host, spec("paper"))
    stranger = workspaces.launch(host, spec(owner="lee"))
    engine.made(made.container.name).write("opt/env/big", bytes(5000))
    engine.made(other.container.name).write("tmp/x", bytes(70))
    engine.made(stranger.container.name).write("tmp/y", bytes(9))
    assert measured(host).layers == {"study": 5000, "paper": 70}
    assert measured(host, "lee").layers == {"study": 9}


def test_an_environment_counts_with_what_it_adds(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    made = workspaces.launch(host, spec())
    container = engine.made(made.container.name)
    container.write("opt/env/a", bytes(1000))
    commit(host, made, "study:1")
    container.write("opt/env/b", bytes(500))
    commit(host, made, "study:2")
    usage = measured(host)
    # The second holds what has changed since the first.
    assert sorted(usage.environments.values()) == [500, 1000]
    assert usage.total == usage.home + 1500 + 1500


def test_the_layer_that_a_workspace_was_made_anew_from_is_its_own(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    made = workspaces.launch(host, spec(limits=replace(spec().limits, shm_size=64 * MIB)))
    engine.made(made.container.name).write("opt/env/a", bytes(1000))
    workspaces.stop(host, made)
    workspaces.bring_up(host, spec(limits=replace(spec().limits, shm_size=128 * MIB)))
    usage = measured(host)
    assert usage.layers == {"study": 1000}
    assert usage.environments == {}


def image(name: str, *layers: str, created: float = 0.0) -> Image:
    return Image(
        id=name,
        tags=(name,),
        size=0,
        created=created,
        labels={},
        environment={},
        layers=layers,
        config={},
    )


def test_shared_layers_are_counted_once_for_the_oldest() -> None:
    images = [image("new", "base", "a", "c", created=2), image("old", "base", "a", "b", created=1)]
    sizes = {"new": (100, 20, 5), "old": (100, 20, 7)}
    assert disk_measure.added_bytes(images, [("base",)], sizes) == {"old": 27, "new": 5}


def test_the_same_layer_above_another_one_is_another_layer() -> None:
    images = [image("one", "x", "a"), image("two", "y", "a", created=1)]
    sizes = {"one": (1, 10), "two": (2, 10)}
    assert disk_measure.added_bytes(images, [], sizes) == {"one": 11, "two": 12}


# the ledger ----------------------------------------------------------------
def test_what_was_measured_is_kept(host: Host, home: Path, clock: Callable[[], float]) -> None:
    fill(home / "a", MIB)
    usage = measured(host)
    assert disk.read(host.settings, OWNER) == usage
    assert usage.measured == clock()
    assert disk.read_all(host.settings) == {OWNER: usage}
    disk.forget(host.settings, OWNER)
    assert disk.read(host.settings, OWNER) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"owner": "kunyoung"}', "null"])
def test_a_damaged_ledger_is_as_good_as_none(host: Host, text: str) -> None:
    disk.write(host.settings, Usage(owner=OWNER, measured=1.0))
    (disk.folder(host.settings) / f"{OWNER}.json").write_text(text)
    assert disk.read(host.settings, OWNER) is None
    assert disk.read_all(host.settings) == {}


def test_owners_of_all_kinds_are_known(host: Host, spec: Specs) -> None:
    workspaces.launch(host, spec())
    folders.ensure(host.settings, "who-has-left")
    assert disk_measure.owners(host) == [OWNER, "who-has-left"]


# limits --------------------------------------------------------------------
def test_without_limits_everybody_may(host: Host, home: Path) -> None:
    disk.write(host.settings, Usage(owner=OWNER, measured=0.0, home=10**15))
    disk_limits.check_new_work(host, OWNER)
    assert disk_limits.standing(host, OWNER).level == "ok"


@pytest.mark.parametrize(
    "used, level", [(0, "ok"), (99, "ok"), (100, "soft"), (199, "soft"), (200, "hard")]
)
def test_the_level_follows_from_the_limits(
    host: Host, policy: Callable[[str], None], used: int, level: str
) -> None:
    policy('[roles.member]\ndisk_soft = "100g"\ndisk_hard = "20%"\n')
    disk.write(host.settings, Usage(owner=OWNER, measured=host.clock(), home=used * GIB))
    assert disk_limits.standing(host, OWNER).level == level


def test_above_the_hard_limit_nothing_new_starts_and_nothing_is_saved(
    host: Host, home: Path, policy: Callable[[str], None], engine: FakeEngine, spec: Specs
) -> None:
    made = workspaces.launch(host, spec())
    policy('[roles.member]\ndisk_hard = "1m"\n')
    fill(home / "a", 2 * MIB)
    measured(host)
    before = len(engine.containers()), len(engine.images())
    for new_work in (
        lambda: workspaces.launch(host, spec("paper")),
        lambda: workspaces.bring_up(host, spec("paper")),
        lambda: commit(host, made),
    ):
        with pytest.raises(DiskFullError, match="kunyoung uses 2 MiB of the disk") as refused:
            new_work()
        assert "installed in workspaces" in str(refused.value)
    assert (len(engine.containers()), len(engine.images())) == before


def test_what_exists_can_still_be_stopped_and_started(
    host: Host, home: Path, policy: Callable[[str], None], engine: FakeEngine, spec: Specs
) -> None:
    made = workspaces.launch(host, spec())
    policy('[roles.member]\ndisk_hard = "1m"\n')
    fill(home / "a", 2 * MIB)
    measured(host)
    workspaces.stop(host, made)
    workspaces.bring_up(host, spec())
    assert engine.made(made.container.name).running
    workspaces.restart(host, made)
    assert engine.made(made.container.name).running


def test_whoever_has_cleaned_up_is_measured_again_before_a_refusal(
    host: Host, home: Path, policy: Callable[[str], None], spec: Specs
) -> None:
    policy('[roles.member]\ndisk_hard = "1m"\n')
    disk.write(host.settings, Usage(owner=OWNER, measured=host.clock() - 3600, home=5 * GIB))
    steps: list[str] = []
    workspaces.launch(host, spec(), lambda step: steps.append(step.text))
    assert steps[0] == "Measuring how much of the disk is used"
    usage = disk.read(host.settings, OWNER)
    assert usage is not None
    assert usage.home < MIB


def test_an_admin_may_set_a_members_limit_aside(
    host: Host, home: Path, policy: Callable[[str], None], spec: Specs
) -> None:
    policy('[roles.member]\ndisk_hard = "1m"\n')
    fill(home / "a", 2 * MIB)
    measured(host)
    workspaces.launch(host, spec(override="the paper is due"))


def test_a_group_with_more_room_lifts_the_limit(
    host: Host, policy: Callable[[str], None], spec: Specs
) -> None:
    from workspace_cli.core import members

    policy('[roles.member]\ndisk_hard = "1m"\n[groups.vision]\ndisk_hard = "1g"\n')
    disk.write(host.settings, Usage(owner=OWNER, measured=host.clock(), home=5 * MIB))
    assert disk_limits.standing(host, OWNER).level == "hard"
    members.remember(host, OWNER, "member", ["vision"])
    assert disk_limits.standing(host, OWNER).level == "ok"


def test_a_disk_that_is_nearly_full_takes_nothing_new(
    host: Host, roomy: list[Room], engine: FakeEngine, spec: Specs
) -> None:
    made = workspaces.launch(host, spec())
    roomy[0] = Room("/var/lib/labdock", 4 * GIB, 1000 * GIB)
    for new_work in (
        lambda: workspaces.launch(host, spec("paper", override="even so")),
        lambda: commit(host, made),
    ):
        with pytest.raises(DiskFullError, match=r"4\.0 GiB are free"):
            new_work()
    workspaces.restart(host, made)


def test_every_disk_counts(host: Host, roomy: list[Room], policy: Callable[[str], None]) -> None:
    policy('[disk]\nfree = "10g"\nsafe_mode = "1g"\n')
    roomy.append(Room("/var/lib/docker", 2 * GIB, 1000 * GIB))
    with pytest.raises(DiskFullError, match="/var/lib/docker"):
        disk_room.check_room(host)
    assert not disk_room.is_full(host)
    roomy[1] = Room("/var/lib/docker", GIB - 1, 1000 * GIB)
    assert disk_room.is_full(host)


def test_on_a_full_disk_a_workspace_is_stopped_all_the_same(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    made = workspaces.launch(host, spec())
    engine.fail_on("update", DiskFullError("The engine's disk is full."))
    workspaces.stop(host, made)
    assert not engine.made(made.container.name).running
