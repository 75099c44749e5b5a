"""What a workspace may have: the lab's defaults, the image's row, the owner's bounds."""

from collections.abc import Callable
from pathlib import Path

import pytest

from workspace_cli.core import members
from workspace_cli.core.catalogue import Catalogue, CatalogueImage
from workspace_cli.core.errors import InvalidOptionError, InvalidSettingError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.limits import bounds_of, check_bounds, granted, usual_limits
from workspace_cli.core.models import Limits, WorkspaceSpec
from workspace_cli.core.options import parse_options
from workspace_cli.core.workspaces import launch

Specs = Callable[..., WorkspaceSpec]
GIB = 2**30
MACHINE = 32 * GIB


@pytest.fixture
def policy(host: Host) -> Callable[[str], None]:
    """Write the lab's policy."""

    def write(text: str) -> None:
        host.settings.policy_file.parent.mkdir(parents=True, exist_ok=True)
        host.settings.policy_file.write_text(text)

    host.settings.hub_dir.mkdir(parents=True, exist_ok=True)
    return write


@pytest.fixture(autouse=True)
def many_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workspace_cli.core.limits.most_open_files", lambda: 2**20)


def test_a_workspace_that_chose_nothing_has_the_labs_defaults(host: Host, spec: Specs) -> None:
    limits = granted(host, spec())
    assert limits == Limits(
        memory=MACHINE * 3 // 4,
        shm_size=GIB,
        pids=4096,
        open_files=65536,
        log_size=10 * 2**20,
        log_files=3,
    )


def test_a_gpu_workspace_has_more_shared_memory(host: Host, spec: Specs) -> None:
    assert granted(host, spec(gpus=1)).shm_size == 4 * GIB
    assert granted(host, spec(gpus="shared:1")).shm_size == 4 * GIB


def test_what_was_chosen_stands(host: Host, spec: Specs) -> None:
    chosen = Limits(cpus=2, memory=4 * GIB, swap=GIB, shm_size=2 * GIB, pids=99, open_files=512)
    limits = granted(host, spec(limits=chosen))
    assert (limits.cpus, limits.memory, limits.swap) == (2, 4 * GIB, GIB)
    assert (limits.shm_size, limits.pids, limits.open_files) == (2 * GIB, 99, 512)


def test_the_policy_changes_the_defaults_at_once(
    host: Host, spec: Specs, policy: Callable[[str], None]
) -> None:
    policy('[defaults]\nmemory = "2g"\ncpus = 1.5\nshm = "512m"\nswap = "1g"\nlog_files = 5\n')
    limits = granted(host, spec())
    assert (limits.memory, limits.cpus, limits.swap) == (2 * GIB, 1.5, GIB)
    assert (limits.shm_size, limits.log_files) == (GIB // 2, 5)


def test_an_images_row_comes_before_the_policy(host: Host, engine: FakeEngine, spec: Specs) -> None:
    rows = (
        CatalogueImage(name="labdock/base", workspace=True),
        CatalogueImage(
            name="labdock/pytorch", workspace=True, limits={"shm": "8g", "memory": "50%"}
        ),
    )
    offering = Host(host.engine, host.settings, Catalogue.of(rows), host.clock)
    assert granted(offering, spec()).shm_size == GIB
    limits = granted(offering, spec(image="labdock/pytorch"))
    assert (limits.shm_size, limits.memory) == (8 * GIB, MACHINE // 2)
    engine.add_image("labdock/kim/mine:1", labels={"labdock.parent": "labdock/pytorch:latest"})
    assert granted(offering, spec(image="labdock/kim/mine:1")).shm_size == 8 * GIB


def test_a_row_that_cannot_be_read_is_named(host: Host, spec: Specs) -> None:
    rows = (CatalogueImage(name="labdock/base", workspace=True, limits={"shmm": "8g"}),)
    offering = Host(host.engine, host.settings, Catalogue.of(rows), host.clock)
    object.__setattr__(offering.catalogue, "path", Path("catalog.toml"))
    with pytest.raises(InvalidSettingError, match="labdock/base: shmm"):
        granted(offering, spec())


def test_the_engine_is_told_what_was_granted(host: Host, engine: FakeEngine, spec: Specs) -> None:
    launch(host, spec())
    made = engine.made("labdock-kunyoung--study")
    assert made.limits.memory == MACHINE * 3 // 4
    assert made.limits.open_files == 65536


def test_a_choice_beyond_the_role_is_refused_with_the_bound(
    host: Host, policy: Callable[[str], None]
) -> None:
    policy('[roles.member]\nmax_cpus = 2\nmax_memory = "4g"\nmax_pids = 5000\n')
    for options, bound in (
        ({"cpus": "3"}, "cpus: 3 is more than kim .* bound is 2"),
        ({"memory": "5g"}, "memory: 5 GiB is more .* bound is 4 GiB"),
        ({"shm_size": "5g"}, "shm_size: 5 GiB .* 4 GiB"),
        ({"pids": "5001"}, "pids: 5001 .* 5000"),
    ):
        with pytest.raises(InvalidOptionError, match=bound):
            parse_options(options, host, owner="kim")
    assert parse_options({"cpus": 2, "memory": "4g"}, host, owner="kim").cpus == 2


def test_another_role_and_a_group_may_have_more(host: Host, policy: Callable[[str], None]) -> None:
    policy(
        '[roles.member]\nmax_memory = "4g"\n[roles.instructor]\nmax_memory = "8g"\n'
        '[groups.vision]\nmax_memory = "16g"\n'
    )
    members.remember(host, "lee", "instructor")
    members.remember(host, "kim", "member", ["vision"])
    assert bounds_of(host, "somebody").memory == 4 * GIB
    assert bounds_of(host, "lee").memory == 8 * GIB
    assert bounds_of(host, "kim").memory == 16 * GIB
    with pytest.raises(InvalidOptionError):
        parse_options({"memory": "9g"}, host, owner="lee")
    assert parse_options({"memory": "9g"}, host, owner="kim").memory == 9 * GIB


def test_a_default_is_cut_down_to_the_owners_bound(
    host: Host, spec: Specs, policy: Callable[[str], None]
) -> None:
    policy('[roles.member]\nmax_memory = "4g"\nmax_pids = 1000\n')
    limits = granted(host, spec())
    assert (limits.memory, limits.pids) == (4 * GIB, 1000)
    assert usual_limits(host, "kunyoung").memory == 4 * GIB
    members.remember(host, "kunyoung", "admin")
    assert granted(host, spec()).memory == MACHINE * 3 // 4


def test_what_everybody_may_have_asks_no_database(
    host: Host, spec: Specs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "member", lambda host, name: pytest.fail("asked"))
    granted(host, spec(limits=Limits(memory=GIB)))
    check_bounds(Limits(memory=GIB, cpus=1), host, "kim")


def test_bounds_never_exceed_the_machine(host: Host, policy: Callable[[str], None]) -> None:
    policy('[roles.member]\nmax_cpus = 500\nmax_memory = "4000g"\n')
    bounds = bounds_of(host, "kim")
    assert (bounds.cpus, bounds.memory) == (8, MACHINE)


def test_no_more_open_files_than_the_machine_gives(
    host: Host, spec: Specs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workspace_cli.core.limits.most_open_files", lambda: 20000)
    assert granted(host, spec()).open_files == 20000


def test_ports_are_counted_over_all_of_a_members_workspaces(
    host: Host, spec: Specs, policy: Callable[[str], None]
) -> None:
    policy("[roles.member]\nmax_ports = 3\n")
    launch(
        host,
        spec("one", kind="hub", ports=parse_options({"ports": "6006,6007"}, host, owner="x").ports),
    )
    parse_options({"ports": "8888"}, host, owner="kunyoung", workspace="two")
    with pytest.raises(InvalidOptionError, match="hold 2; 3 is the most"):
        parse_options({"ports": "8888,8889"}, host, owner="kunyoung", workspace="two")
    # Its own ports are those it is about to have.
    parse_options({"ports": "8888,8889,8890"}, host, owner="kunyoung", workspace="one")
