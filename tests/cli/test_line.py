"""GPUs from the command line: waiting, ends of leases, reservations, overrides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine, Ended
from tests.stand_in_nvml.cdi import write_specification
from workspace_cli.core import audit, broker, gpu_inventory, workspaces
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host

UUID = "GPU-0000-0000-aaaa"
Study = Callable[..., Ended]


@pytest.fixture(autouse=True)
def one_gpu(engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the machine have one GPU that CDI hands out."""
    write_specification(tmp_path / "cdi", (UUID,))
    monkeypatch.setattr(gpu_inventory, "CDI_FOLDERS", (tmp_path / "cdi",))
    engine.engine_info = replace(engine.engine_info, cdi=True)
    engine.devices = {UUID}


@pytest.fixture
def busy(study: Study) -> None:
    """Let kim hold the GPU."""
    study("study", "--gpus", "1")


@pytest.fixture
def pause(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Do something while a command line waits in line."""

    def doing(act: Callable[[], None]) -> None:
        monkeypatch.setattr("workspace_cli.in_line.time.sleep", lambda seconds: act())

    return doing


def give_back(host: Host) -> None:
    holder = workspaces.find(host, "kim/study")
    if holder.holds_gpus:
        workspaces.stop(host, holder)


def deeds(host: Host) -> list[tuple[str, str, str]]:
    return [(one.action, one.subject, one.detail) for one in audit.entries(host)]


def test_nothing_free_is_4_and_says_who_holds_what_since_when_until_when(
    workspace: CommandLine, busy: None
) -> None:
    ended = workspace("run", "train", "--owner", "lee", "--gpus", "1", "--detach")
    assert ended.code == 4
    assert f"{UUID} is held by kim/study since 2" in ended.err
    assert " until 2" in ended.err
    assert "--wait" in ended.err
    assert workspace.ok("queue").out == "Nobody waits for a GPU.\n"


def test_with_wait_it_starts_on_its_turn(
    workspace: CommandLine, host: Host, busy: None, pause: Callable[..., None]
) -> None:
    pause(lambda: give_back(host))
    made = workspace.ok("run", "train", "--owner", "lee", "--gpus", "1", "--wait", "--detach")
    assert "Waiting in line for GPUs: first, turn about " in made.err
    assert "held by kim/study" in made.err
    assert workspaces.find(host, "lee/train").gpus == (UUID,)
    assert broker.line(host) == []


@pytest.mark.parametrize("verb", ["start", "restart"])
def test_a_stopped_one_waits_for_its_turn_as_well(
    workspace: CommandLine, host: Host, study: Study, pause: Callable[..., None], verb: str
) -> None:
    study("train", "--gpus", "1", owner="lee")
    workspace.ok("stop", "lee/train")
    study("study", "--gpus", "1")
    assert workspace(verb, "lee/train", "--detach").code == 4
    assert broker.line(host) == []
    pause(lambda: give_back(host))
    ended = workspace.ok(verb, "lee/train", "--wait", "--detach")
    assert "Waiting in line" in ended.err
    assert workspaces.find(host, "lee/train").holds_gpus


def test_ctrl_c_leaves_the_line(
    workspace: CommandLine, host: Host, busy: None, pause: Callable[..., None]
) -> None:
    def interrupt() -> None:
        assert [place.request.owner for place in broker.line(host)] == ["lee"]
        raise KeyboardInterrupt

    pause(interrupt)
    ended = workspace("run", "train", "--owner", "lee", "--gpus", "1", "--wait", "--detach")
    assert ended.code == 130
    assert broker.line(host) == []


def test_a_request_that_somebody_cancels_ends_the_wait(
    workspace: CommandLine, host: Host, busy: None, pause: Callable[..., None]
) -> None:
    pause(lambda: [broker.withdraw(host, place.request.id) for place in broker.line(host)])
    ended = workspace("run", "train", "--owner", "lee", "--gpus", "1", "--wait", "--detach")
    assert ended.code == 4
    assert "cancelled" in ended.err


def test_an_engine_that_is_restarted_costs_no_place(
    workspace: CommandLine, host: Host, engine: FakeEngine, busy: None, pause: Callable[..., None]
) -> None:
    left = [lambda: give_back(host), lambda: None]

    def go_on() -> None:
        engine.unreachable = not engine.unreachable and bool(left)
        if not engine.unreachable and left:
            left.pop()()

    pause(go_on)
    made = workspace.ok("run", "train", "--owner", "lee", "--gpus", "1", "--wait", "--detach")
    assert "The engine does not answer; the place in line is kept" in made.err
    assert workspaces.find(host, "lee/train").gpus == (UUID,)


def test_a_taken_name_does_not_wait_first(workspace: CommandLine, host: Host, busy: None) -> None:
    ended = workspace("run", "study", "--owner", "kim", "--gpus", "1", "--wait", "--detach")
    assert ended.code == 4
    assert "already" in ended.err
    assert broker.line(host) == []


def test_the_queue_shows_who_waits_in_order_and_an_admin_cancels(
    workspace: CommandLine, host: Host, busy: None
) -> None:
    for owner in ("lee", "park"):
        broker.ask(host, owner, "train", 1, kind="hub")
    rows = workspace.ok("queue", "--json").json
    assert [(row["position"], row["owner"]) for row in rows] == [(1, "lee"), (2, "park")]
    assert rows[0]["holders"] == [{"gpu": UUID, "name": "kim/study"}]
    assert rows[0]["estimate"] > 0
    lines = workspace.ok("queue").out.splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [["1", "lee/train"], ["2", "park/train"]]
    assert workspace.ok("queue", "--cancel", "lee/train").out == "lee/train\n"
    assert [row["owner"] for row in workspace.ok("queue", "--json").json] == ["park"]
    assert deeds(host) == [("cancel-request", "lee/train", "")]
    assert workspace("queue", "--cancel", "lee/train").code == 3


def test_the_end_of_a_lease_is_shown(workspace: CommandLine, busy: None, study: Study) -> None:
    study("plain", owner="lee")
    rows = {row["reference"]: row["lease_ends"] for row in workspace.ok("ls", "--json").json}
    assert rows["lee/plain"] is None
    assert rows["kim/study"].endswith("Z")
    shown = workspace.ok("show", "study", "--json").json["lease"]
    assert (shown["ends"], shown["extensions_left"]) == (rows["kim/study"], 3)
    assert "to be extended 3 more times" in workspace.ok("show", "study").out
    (line,) = [one for one in workspace.ok("ls").out.splitlines() if "kim/study" in one]
    assert "until " in line
    workspace.ok("stop", "study")
    assert workspace.ok("show", "study", "--json").json["lease"] is None


def test_a_lease_is_extended_by_the_policys_step_as_often_as_it_says(
    workspace: CommandLine, host: Host, busy: None
) -> None:
    (before,) = (row["lease_ends"] for row in workspace.ok("ls", "--json").json)
    ends = [workspace.ok("extend", "study", "--json").json["ends"] for _ in range(3)]
    assert sorted([before, *ends]) == [before, *ends]
    ended = workspace("extend", "study")
    assert ended.code == 5
    assert "as often as the lab allows" in ended.err
    assert deeds(host) == []
    # The admin's word counts all the same, and is recorded.
    assert workspace.ok("extend", "study", "--by", "4h").out.startswith("kim/study ends 2")
    assert [deed[:2] for deed in deeds(host)] == [("extend", "kim/study")]


def test_only_a_lease_is_extended_and_by_a_time(
    workspace: CommandLine, study: Study, busy: None
) -> None:
    study("plain", owner="lee")
    assert workspace("extend", "plain").code == 4
    assert workspace("extend", "study", "--by", "soon").code == 2
    assert workspace("extend", "nobody").code == 3


def test_a_reservation_is_made_listed_and_taken_away(workspace: CommandLine, host: Host) -> None:
    made = workspace.ok("reserve", "1", "--for", "nlp", "--to", "8h", "--note", "course", "--json")
    (row,) = made.json
    assert (row["for"], row["gpus"], row["note"]) == ("nlp", [UUID], "course")
    assert workspace.ok("reserve", "ls", "--json").json == [row]
    assert "nlp" in workspace.ok("reserve", "ls").out
    ended = workspace("run", "train", "--owner", "lee", "--gpus", "1", "--detach")
    assert ended.code == 4
    assert "reserved for nlp" in ended.err
    assert workspace("reserve", "1", "--for", "@kim", "--to", "8h").code == 4
    assert workspace.ok("reserve", "rm", row["id"]).out == f"{row['id']}\n"
    assert workspace.ok("reserve", "ls").out == "Nothing is reserved.\n"
    assert workspace("reserve", "rm", row["id"]).code == 3
    assert [deed[0] for deed in deeds(host)] == ["withdraw-reservation", "reserve"]


@pytest.mark.parametrize(
    "options",
    [
        ("1",),
        ("1", "--for", "@", "--to", "8h"),
        ("1", "--for", "nlp"),
        ("1", "--for", "nlp", "--to", "tomorrow"),
        ("rm",),
    ],
)
def test_a_reservation_that_says_too_little_is_wrong_usage(
    workspace: CommandLine, options: tuple[str, ...]
) -> None:
    assert workspace("reserve", *options).code == 2


def test_an_override_of_the_line_is_recorded(workspace: CommandLine, host: Host) -> None:
    workspace.ok("reserve", "1", "--for", "nlp", "--to", "8h")
    options = ("--gpus", "1", "--override", "the paper is due", "--detach")
    workspace.ok("run", "train", "--owner", "lee", *options)
    assert deeds(host)[0] == ("override", "lee/train", "the paper is due")


def test_an_override_of_a_bound_is_recorded_with_what_is_beyond_it(
    workspace: CommandLine, host: Host
) -> None:
    host.settings.policy_file.write_text("[roles.member]\nmax_cpus = 2\n")
    asked = ("run", "train", "--owner", "lee", "--cpus", "4", "--detach")
    refused = workspace(*asked)
    assert refused.code == 2
    assert "--override" in refused.err
    workspace.ok(*asked, "--override", "a large test", "--dry-run")
    assert deeds(host) == []
    workspace.ok(*asked, "--override", "a large test")
    ((action, subject, detail),) = deeds(host)
    assert (action, subject) == ("override", "lee/train")
    assert detail.startswith("a large test (cpus: 4 is more than lee may have")


def test_a_seat_on_a_shared_gpu_says_what_that_means(workspace: CommandLine, host: Host) -> None:
    host.settings.policy_file.write_text(
        f'[[gpu]]\nid = "{UUID}"\nholders = 2\nshare_memory = true\n'
    )
    made = workspace.ok("run", "train", "--owner", "lee", "--gpus", "shared", "--detach")
    assert "Its share of the memory is 50% (LABDOCK_GPU_MEMORY_SHARE)" in made.out
    assert "Nothing enforces" in made.out
