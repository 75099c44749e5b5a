"""What counts as abandoned, and what never does."""

from dataclasses import replace

from workspace_cli.core import idle
from workspace_cli.core.idle import Sample, Verdict
from workspace_cli.core.policy import Idle

LIMITS = Idle(after=7200.0, grace=1800.0, gpu_percent=5, cpu_percent=10)
MINUTE = 60.0
QUIET = Sample(0.0, running_cells=0, cpu_seconds=0.0, gpu_percent=0.0)


def verdicts(
    work: "dict[int, dict[str, float]]", minutes: int, *, gpu: bool = True
) -> list[Verdict]:
    """Look once a minute; ``work`` says what differs from quiet in which minute."""
    watch = idle.first(QUIET)
    cpu = 0.0
    given: list[Verdict] = []
    for minute in range(1, minutes + 1):
        changes = dict(work.get(minute, {}))
        cpu += changes.pop("cpu", 0.0)
        sample = replace(QUIET, at=minute * MINUTE, cpu_seconds=cpu, **changes)  # type: ignore[arg-type]
        watch = idle.look(watch, sample, LIMITS)
        given.append(idle.verdict(watch, holds_gpu=gpu, limits=LIMITS))
        if given[-1] == "warn":
            watch = idle.warned(watch)
    return given


def test_an_abandoned_notebook_is_warned_then_stopped_after_the_grace() -> None:
    given = verdicts({}, 151)
    assert given[:119] == ["active"] * 119
    assert given[119] == "warn"
    assert given[120:149] == ["idle"] * 29
    assert given[149] == "stop"


def test_a_training_without_a_browser_is_never_idle() -> None:
    assert set(verdicts({minute: {"gpu_percent": 80.0} for minute in range(1, 400)}, 399)) == {
        "active"
    }
    assert set(verdicts({minute: {"cpu": 30.0} for minute in range(1, 400)}, 399)) == {"active"}


def test_a_cell_that_runs_is_work_even_where_it_only_waits() -> None:
    assert set(verdicts({minute: {"running_cells": 1} for minute in range(1, 400)}, 399)) == {
        "active"
    }


def test_work_after_the_warning_takes_it_back() -> None:
    given = verdicts({130: {"cpu": 60.0}}, 260)
    assert given[119] == "warn"
    assert given[129] == "active"
    assert "stop" not in given[:250]
    assert given[249] == "warn"


def test_a_server_s_own_trickle_of_cpu_is_no_work() -> None:
    given = verdicts({minute: {"cpu": 0.5} for minute in range(1, 400)}, 150)
    assert given[119] == "warn"


def test_without_a_gpu_nothing_is_stopped_unless_the_policy_says_so() -> None:
    assert set(verdicts({}, 400, gpu=False)) == {"active"}


def test_one_of_which_nothing_is_known_counts_as_working() -> None:
    blind = Sample(10_000.0)
    watch = idle.look(idle.first(QUIET), blind, LIMITS)
    assert watch.worked == 10_000.0


def test_a_counter_that_starts_anew_is_no_work_by_itself() -> None:
    before = replace(QUIET, cpu_seconds=5000.0)
    assert not idle.at_work(before, replace(QUIET, at=60.0, cpu_seconds=1.0), LIMITS)


def test_a_warning_says_when_the_stop_comes() -> None:
    watch = idle.warned(idle.first(QUIET))
    assert idle.stops_at(watch, LIMITS) == 1800.0
    assert idle.stops_at(idle.first(QUIET), LIMITS) is None
