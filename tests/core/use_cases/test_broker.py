"""The broker through its use cases: the line, the ends of leases, and clients that die."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from tests.core.use_cases.conftest import Clock
from workspace_cli.core import (
    audit,
    broker,
    gpus,
    labels,
    lease_rows,
    leases,
    members,
    reservations,
)
from workspace_cli.core.errors import (
    AllowanceError,
    ConflictError,
    EngineUnreachableError,
    NoFreeGpuError,
)
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.gpu_inventory import Gpu
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerRequest, WorkspaceSpec
from workspace_cli.core.workspaces import (
    bring_up,
    find,
    launch,
    list_workspaces,
    remove,
    restart,
    start,
    stop,
)

Specs = Callable[..., WorkspaceSpec]
HOUR = 3600.0
POLICY = """
[roles.member]
gpus = 2
gpu_time = "24h"
extend_time = "12h"
extensions = 1
[lease]
claim = "10m"
warn = "30m"
"""


@pytest.fixture
def policy(host: Host) -> Callable[[str], None]:
    def write(text: str) -> None:
        host.settings.root.mkdir(exist_ok=True)
        host.settings.policy_file.write_text(text)

    return write


@pytest.fixture(autouse=True)
def gpus_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, engine: FakeEngine, policy: Callable[[str], None]
) -> None:
    """Let this machine have two A100 and an H100."""
    names = {"GPU-a": "NVIDIA A100", "GPU-b": "NVIDIA A100", "GPU-h": "NVIDIA H100 80GB"}
    present = tuple(
        Gpu(id=uuid, uuid=uuid, index=number, name=name)
        for number, (uuid, name) in enumerate(names.items())
    )
    monkeypatch.setattr(gpus, "choose_backend", lambda settings, info: "nvidia")
    monkeypatch.setattr(gpus, "inventory", lambda backend: present)
    monkeypatch.setattr(gpus, "unready", lambda *args: {})
    engine.devices = set(names)
    policy(POLICY)


@pytest.fixture
def busy(host: Host, spec: Specs) -> None:
    """Let Ada hold one GPU and Bob two."""
    launch(host, spec("ada", owner="ada", gpus=1))
    launch(host, spec("bob", owner="bob", gpus=2))


def ask(host: Host, owner: str, wanted: Any = 1, **fields: Any) -> Any:
    return broker.ask(host, owner, "w", wanted, **{"kind": "hub", **fields})


def waiting(host: Host) -> list[str]:
    return [place.request.owner for place in broker.line(host) if place.position]


def granted(host: Host) -> dict[str, tuple[str, ...]]:
    return {one.request.owner: one.gpus for one in broker.advance(host)}


def test_a_refusal_says_who_holds_what_since_when_until_when(
    host: Host, spec: Specs, busy: None
) -> None:
    with pytest.raises(NoFreeGpuError) as refused:
        launch(host, spec("late", owner="cho", gpus=1))
    said = refused.value.message
    assert said.startswith("1 GPU was asked for, and 0 of 3 are free. GPU-a is held by ada/ada")
    assert "since 2023-11-14 22:13 UTC until 2023-11-15 22:13 UTC" in said
    assert "turn comes about 2023-11-15 22:13 UTC" in refused.value.remedy
    assert refused.value.exit_code == 4


def test_the_line_moves_in_order_as_gpus_are_given_back(
    host: Host, spec: Specs, busy: None, clock: Clock
) -> None:
    for owner in ("cho", "dan", "eve"):
        assert isinstance(ask(host, owner), broker.Waiting)
    assert waiting(host) == ["cho", "dan", "eve"]
    stop(host, find(host, "bob/bob"))
    assert granted(host) == {"cho": ("GPU-b",), "dan": ("GPU-h",)}
    # What is kept for them is nobody else's, and no longer idle.
    with pytest.raises(NoFreeGpuError, match="kept for cho/w"):
        launch(host, spec("now", owner="fay", gpus=1))
    bring_up(host, spec("w", owner="cho", gpus=1))
    assert find(host, "cho/w").gpus == ("GPU-b",)
    assert granted(host) == {"dan": ("GPU-h",)}
    assert waiting(host) == ["eve"]


def test_nobody_who_does_not_wait_overtakes_those_who_do(
    host: Host, spec: Specs, busy: None, clock: Clock
) -> None:
    ask(host, "cho", ("GPU-a", "GPU-b"))
    stop(host, find(host, "ada/ada"))
    clock.now += HOUR
    # The one that is free is the first's, but only from the end of Bob's lease on.
    quick = launch(host, spec("quick", owner="dan", gpus=1))
    term = leases.term(host, quick)
    assert term is not None
    assert (term.ends, term.latest) == (host.clock() + 23 * HOUR,) * 2
    with pytest.raises(ConflictError, match="waited for by others"):
        leases.extend(host, quick, actor="dan")


def test_a_grant_that_nobody_claims_lapses_and_goes_to_the_next(
    host: Host, busy: None, clock: Clock
) -> None:
    ask(host, "cho")
    ask(host, "dan")
    stop(host, find(host, "ada/ada"))
    assert granted(host) == {"cho": ("GPU-a",)}
    clock.now += 599
    assert granted(host) == {"cho": ("GPU-a",)}
    clock.now += 2
    assert granted(host) == {"dan": ("GPU-a",)}


def test_a_command_line_that_is_gone_loses_its_place(host: Host, busy: None, clock: Clock) -> None:
    ask(host, "cho", kind="cli")
    row = ask(host, "dan", kind="cli").request
    clock.now += 45
    assert broker.alive(host, row.id)
    clock.now += 45
    broker.advance(host)
    assert waiting(host) == ["dan"]


def test_asking_again_keeps_the_place_and_cancelling_gives_it_up(host: Host, busy: None) -> None:
    first = ask(host, "cho").request
    second = ask(host, "dan").request
    assert ask(host, "cho").request.id == first.id
    assert waiting(host) == ["cho", "dan"]
    assert [broker.place_in_line(host, one.id).ahead for one in (first, second)] == [0, 1]
    assert ask(host, "cho", 2).request.asked > second.asked
    assert waiting(host) == ["dan", "cho"]
    assert broker.withdraw(host, second.id)
    assert waiting(host) == ["cho"]


def test_an_allowance_bounds_and_blocks_nobody_else(host: Host, spec: Specs) -> None:
    launch(host, spec("one", owner="cho", gpus=2))
    with pytest.raises(AllowanceError, match="may hold 2 GPUs at once: 2 GPUs are held by cho/one"):
        launch(host, spec("two", owner="cho", gpus=1))
    with pytest.raises(AllowanceError, match="3 GPUs were asked for"):
        ask(host, "cho", 3)
    mine = ask(host, "cho", 1)
    assert mine.place.barred
    assert launch(host, spec("three", owner="dan", gpus=1)).gpus == ("GPU-h",)


def test_off_peak_hours_allow_more_until_they_end(
    host: Host, spec: Specs, policy: Callable[[str], None], clock: Clock
) -> None:
    extra = '[off_peak]\nhours = ["22:00-06:00"]\n'
    policy(POLICY.replace("gpus = 2", "gpus = 2\ngpus_off_peak = 3") + extra)
    clock.now = 1_700_000_000.0  # 22:13 in UTC
    made = launch(host, spec("night", owner="cho", gpus=3))
    term = leases.term(host, made)
    assert term is not None
    assert term.ends == 1_700_028_000.0  # 06:00


def test_groups_and_roles_allow_more(
    host: Host, spec: Specs, policy: Callable[[str], None]
) -> None:
    policy(POLICY + "[groups.nlp]\ngpus = 3\n")
    members.remember(host, "cho", "member", ["nlp"])
    assert len(launch(host, spec("one", owner="cho", gpus=3)).gpus) == 3
    assert members.member(host, "cho").groups == {"nlp"}
    assert members.member(host, host.settings.admin).role == "admin"


def test_an_override_is_recorded_and_passes_the_line(host: Host, spec: Specs, busy: None) -> None:
    ask(host, "cho")
    stop(host, find(host, "bob/bob"))
    made = launch(host, spec("demo", owner="bob", gpus=2, override="the dean comes"))
    assert len(made.gpus) == 2
    (entry,) = audit.entries(host)
    assert (entry.action, entry.subject, entry.detail) == ("override", "bob/demo", "the dean comes")


def test_models_and_named_gpus(host: Host, spec: Specs) -> None:
    made = launch(host, spec("big", owner="cho", gpus="H100:1"))
    assert made.gpus == ("GPU-h",)
    with pytest.raises(NoFreeGpuError, match=r"model h100 was asked for, and 0 of 1 are free"):
        launch(host, spec("other", owner="dan", gpus="h100:1"))
    stop(host, made)
    launch(host, spec("quick", owner="dan", gpus=("GPU-h",)))
    with pytest.raises(NoFreeGpuError, match="GPU-h is held by dan/quick"):
        start(host, find(host, "cho/big"))
    with pytest.raises(NoFreeGpuError, match="no GPU GPU-9"):
        launch(host, spec("none", gpus=("GPU-9",)))
    with pytest.raises(NoFreeGpuError, match="has none called B200"):
        launch(host, spec("none", gpus="B200:1"))


def test_seats_on_a_shared_gpu(host: Host, spec: Specs, policy: Callable[[str], None]) -> None:
    shared = '[[gpu]]\nid = "GPU-b"\nholders = 2\nshare_memory = true\n'
    policy(POLICY + shared)
    made = [launch(host, spec(name, owner=name, gpus="shared:1")) for name in ("ada", "bob")]
    assert [one.gpus for one in made] == [("GPU-b",)] * 2
    environment = host.engine.container(made[0].container.id).environment
    assert environment["LABDOCK_GPU_MEMORY_SHARE"] == "0.50"
    with pytest.raises(NoFreeGpuError, match="held by ada/ada since"):
        launch(host, spec("cho", owner="cho", gpus="shared:1"))
    # Numbers mean GPUs of one's own.
    assert launch(host, spec("dan", owner="dan", gpus=2)).gpus == ("GPU-a", "GPU-h")
    stop(host, made[0])
    start(host, find(host, "ada/ada"))
    assert find(host, "ada/ada").gpus == ("GPU-b",)


@pytest.mark.parametrize("seats", [2, 3])
def test_of_two_who_race_for_the_last_seat_one_gets_it(
    host: Host, spec: Specs, engine: FakeEngine, policy: Callable[[str], None], seats: int
) -> None:
    """A dead client's create takes effect late: it was asked for first, and shows up second."""
    policy(f'{POLICY}[[gpu]]\nid = "GPU-b"\nholders = {seats}\n')
    launch(host, spec("ada", owner="ada", gpus="shared:1"))
    late = engine.made(launch(host, spec("bob", owner="bob")).container.name)
    created: list[str] = []

    def before(method: str) -> None:
        if method == "create":
            created.append(method)
        elif created and method == "containers":
            late.labels |= {labels.GPUS: "GPU-b", labels.WANTED: "shared:1"}

    engine.before = before
    if seats == 2:
        with pytest.raises(NoFreeGpuError, match="bob/bob"):
            launch(host, spec("cho", owner="cho", gpus="shared:1"))
    else:
        launch(host, spec("cho", owner="cho", gpus="shared:1"))
    engine.before = None
    sitting = {one.owner for one in list_workspaces(host) if one.holds_gpus}
    assert sitting == ({"ada", "bob"} if seats == 2 else {"ada", "bob", "cho"})


def test_a_restart_keeps_gpus_and_term_whoever_waits(
    host: Host, spec: Specs, busy: None, clock: Clock
) -> None:
    ask(host, "cho")
    before = leases.term(host, find(host, "ada/ada"))
    clock.now += HOUR
    restart(host, find(host, "ada/ada"))
    after = leases.term(host, find(host, "ada/ada"))
    assert before == after
    assert waiting(host) == ["cho"]
    stop(host, find(host, "ada/ada"))
    assert granted(host) == {"cho": ("GPU-a",)}


def test_a_change_of_a_running_workspace_keeps_its_gpus(host: Host, spec: Specs) -> None:
    wanted = spec("w", owner="cho", kind="hub", gpus=2)
    made = bring_up(host, wanted)
    ask(host, "dan", 2)
    with_port = spec("w", owner="cho", kind="hub", gpus=2, environment={"NEW": "yes"})
    assert bring_up(host, with_port).gpus == made.gpus
    assert bring_up(host, spec("w", owner="cho", kind="hub", gpus=1)).gpus == made.gpus[:1]


def test_a_lease_ends_is_warned_of_and_extended(host: Host, spec: Specs, clock: Clock) -> None:
    made = launch(host, spec("w", owner="cho", gpus=1))
    began = clock.now
    assert leases.due(host) == leases.Due()
    clock.now = began + 23.6 * HOUR
    (soon,) = leases.due(host).warnings
    assert (soon.reference, soon.ends) == ("cho/w", began + 24 * HOUR)
    leases.warned(host, soon)
    assert leases.due(host) == leases.Due()
    assert leases.extend(host, made, actor="cho").ends == began + 36 * HOUR
    with pytest.raises(AllowanceError, match="as often as the lab allows"):
        leases.extend(host, made, actor="cho")
    leases.extend(host, made, 4 * HOUR, actor="admin", admin=True)
    assert audit.entries(host)[0].action == "extend"
    clock.now = began + 39.6 * HOUR
    assert [one.reference for one in leases.due(host).warnings] == ["cho/w"]
    clock.now = began + 40 * HOUR
    assert [one.reference for one in leases.due(host).ended] == ["cho/w"]
    stop(host, made)
    assert leases.due(host) == leases.Due()


def test_a_lease_without_a_row_ends_as_the_policy_has_it(
    host: Host, spec: Specs, engine: FakeEngine, clock: Clock
) -> None:
    launch(host, spec("w", owner="cho", gpus=1))
    stop(host, find(host, "cho/w"))
    clock.now += HOUR
    engine.start("labdock-cho--w")  # as somebody's own `docker start` does
    term = leases.term(host, find(host, "cho/w"))
    assert term is not None
    assert (term.began, term.ends) == (clock.now, clock.now + 24 * HOUR)


def test_a_reservation_keeps_gpus_and_shortens_leases(
    host: Host, spec: Specs, clock: Clock
) -> None:
    made = launch(host, spec("w", owner="cho", gpus=2))
    begins = clock.now + 5 * HOUR
    kept = reservations.reserve(
        host, 3, begins=begins, ends=begins + 8 * HOUR, made_by="admin", group="nlp"
    )
    assert set(kept.gpus) == {"GPU-a", "GPU-b", "GPU-h"}
    term = leases.term(host, made)
    assert term is not None
    assert term.ends == begins
    with pytest.raises(ConflictError, match="reserved from"):
        leases.extend(host, made, actor="cho")
    short = leases.term(host, launch(host, spec("v", owner="dan", gpus=1)))
    assert short is not None
    assert short.ends == begins
    for name in ("cho/w", "dan/v"):
        stop(host, find(host, name))
    clock.now = begins + 1
    with pytest.raises(NoFreeGpuError, match="reserved for nlp"):
        launch(host, spec("u", owner="eve", gpus=1))
    members.remember(host, "lee", "member", ["nlp"])
    assert len(launch(host, spec("u", owner="lee", gpus=2)).gpus) == 2
    with pytest.raises(ConflictError, match="0 of 3 that fit"):
        reservations.reserve(
            host, 1, begins=clock.now, ends=clock.now + 60, made_by="admin", owner="kim"
        )
    reservations.withdraw(host, kept.id, "admin")
    assert reservations.reservations(host) == []


def test_a_container_by_hand_holds_and_is_waited_for(host: Host, engine: FakeEngine) -> None:
    engine.create(
        ContainerRequest(
            name="notes", image="nginx", gpus=("GPU-a", "GPU-b", "GPU-h"), gpu_backend="nvidia"
        )
    )
    engine.start("notes")
    place = ask(host, "cho").place
    assert place.estimate is None
    assert [holder.name for _, holder in place.holders] == ["container notes"] * 3
    engine.stop("notes")
    assert list(granted(host)) == ["cho"]


def test_a_gpu_that_is_not_ready_is_not_handed_on(
    host: Host, monkeypatch: pytest.MonkeyPatch, spec: Specs
) -> None:
    monkeypatch.setattr(gpus, "unready", lambda *args: {"GPU-a": "its memory is in use"})
    assert launch(host, spec("w", owner="cho", gpus=1)).gpus == ("GPU-b",)
    with pytest.raises(NoFreeGpuError, match="GPU-a is not ready: its memory is in use"):
        launch(host, spec("v", owner="dan", gpus=("GPU-a",)))


# Clients that die -----------------------------------------------------------


class KilledError(BaseException):
    """Stands for SIGKILL: nothing that would tidy up runs after it."""


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch, engine: FakeEngine) -> Iterator[Callable[..., None]]:
    """Let a client die at its n-th call of the engine, with no chance to undo anything."""
    from workspace_cli.core.undo import Undo

    def kill(number: int, call: Callable[[], object]) -> None:
        begun = len(engine.calls)

        def before(method: str) -> None:
            if len(engine.calls) - begun >= number:
                raise KilledError

        engine.before = before
        with monkeypatch.context() as patch:
            patch.setattr(Undo, "__exit__", lambda *args: None)
            patch.setattr(broker, "withdraw", lambda *args: False)
            with suppress(KilledError):
                call()
        engine.before = None

    yield kill
    engine.before = None


@pytest.mark.parametrize("step", range(16))
def test_a_client_that_dies_between_any_two_steps_loses_nothing(
    host: Host,
    spec: Specs,
    clock: Clock,
    engine: FakeEngine,
    killed: Callable[..., None],
    step: int,
) -> None:
    killed(step, lambda: launch(host, spec("dies", owner="cho", gpus=2)))
    holders = [one for one in list_workspaces(host) if one.holds_gpus]
    given_out = [gpu for one in holders for gpu in one.gpus]
    assert len(given_out) == len(set(given_out))
    # After a minute what was created and never started is reaped; a workspace that runs counts.
    clock.now += 61
    from workspace_cli.core.removal import reap

    # The fake's containers have no mounts of ours before they are created.
    reap(host)
    broker.advance(host)
    for one in list_workspaces(host):
        if one.container.state == "running":
            assert leases.term(host, one) is not None
            remove(host, one)
    clock.now += 600
    everything = launch(host, spec("all", owner=host.settings.admin, gpus="all"))
    assert len(everything.gpus) == 3
    assert broker.line(host) == []


@pytest.mark.parametrize("step", range(14))
def test_a_member_whose_turn_has_come_keeps_it_when_the_hub_dies(
    host: Host,
    spec: Specs,
    busy: None,
    clock: Clock,
    engine: FakeEngine,
    killed: Callable[..., None],
    step: int,
) -> None:
    ask(host, "cho")
    ask(host, "dan")
    stop(host, find(host, "ada/ada"))
    assert granted(host) == {"cho": ("GPU-a",)}
    killed(step, lambda: bring_up(host, spec("w", owner="cho", kind="hub", gpus=1)))
    # The next hub finds the grant, or the workspace that runs with it; nobody overtakes.
    later = granted(host)
    if "cho" in later:
        bring_up(host, spec("w", owner="cho", kind="hub", gpus=1))
    assert find(host, "cho/w").gpus == ("GPU-a",)
    assert find(host, "cho/w").container.state == "running"
    assert granted(host) == {}
    assert waiting(host) == ["dan"]


@pytest.mark.parametrize("state", ["running", "exited"])
def test_a_container_that_goes_while_somebody_asks_is_no_error(
    host: Host, spec: Specs, engine: FakeEngine, state: str
) -> None:
    """As when a client gives up what it has just made: it is in the list and no longer there."""
    other = launch(host, spec("ada", owner="ada", gpus=("GPU-a",)))
    ask(host, "cho")
    engine.made(other.container.name).state = state  # type: ignore[assignment]
    with host.database.begin() as connection:
        lease_rows.drop(connection, other.container.name)
    listed: list[str] = []
    gone: list[str] = []

    def before(method: str) -> None:
        if method == "containers":
            listed.append(method)
        elif method == "container" and listed and not gone:
            gone.append(method)
            engine.remove(other.container.id, force=True)

    engine.before = before
    if state == "running":
        assert [place.request.owner for place in broker.line(host)] == ["cho"]
    else:
        assert launch(host, spec("bob", owner="bob", gpus=("GPU-a",))).gpus == ("GPU-a",)
    assert gone


def test_an_engine_that_is_gone_leaves_the_line_as_it_is(
    host: Host, engine: FakeEngine, busy: None
) -> None:
    ask(host, "cho")
    engine.unreachable = True
    with pytest.raises(EngineUnreachableError):
        broker.advance(host)
    engine.unreachable = False
    assert waiting(host) == ["cho"]


def test_what_a_stopped_workspace_had_does_not_come_back_with_the_engine(
    host: Host, spec: Specs, engine: FakeEngine
) -> None:
    first = launch(host, spec("w", owner="cho", gpus=("GPU-a",), restart="always"))
    engine.stop(first.container.id)  # as somebody's own `docker stop` does
    launch(host, spec("v", owner="dan", gpus=("GPU-a",)))
    engine.restart_engine()
    running = [one for one in list_workspaces(host) if one.container.state == "running"]
    assert [one.reference for one in running] == ["dan/v"]
    assert host.engine.container(first.container.name).labels[labels.GPUS] == "GPU-a"
