"""At which moments a container may be paused."""

from __future__ import annotations

from typing import Any

import pytest

from workspace_cli.core import docker_pause
from workspace_cli.core.docker_pause import is_check_due, wait_for_a_quiet_moment
from workspace_cli.core.errors import NotFoundError

NANO = 10**9


def told(status: str = "healthy", *, last: str | None = "1970-01-01T00:01:40Z") -> dict[str, Any]:
    """Return what the engine tells of a container whose last check ended at 100 s."""
    log = [{"End": last}] if last else []
    return {
        "Config": {"Healthcheck": {"Interval": 60 * NANO}},
        "State": {"StartedAt": "1970-01-01T00:00:30.5Z", "Health": {"Status": status, "Log": log}},
        "ExecIDs": None,
    }


@pytest.mark.parametrize(
    "now, due", [(101.0, False), (159.8, False), (159.95, True), (160.2, True), (160.3, False)]
)
def test_a_check_is_due_an_interval_after_the_last(now: float, due: bool) -> None:
    assert is_check_due(told(), now) is due


def test_a_container_that_comes_up_is_checked_more_often() -> None:
    assert is_check_due(told("starting"), 105.0)
    assert is_check_due(told("starting", last=None), 35.5)
    quick = told("starting")
    quick["Config"]["Healthcheck"]["StartInterval"] = 2 * NANO
    assert is_check_due(quick, 102.0)


@pytest.mark.parametrize("state", [{}, {"Health": None}])
def test_a_container_without_checks_is_always_quiet(state: dict[str, Any]) -> None:
    assert not is_check_due({"Config": {}, "State": state}, 160.0)


class Api:
    """An engine that has a command being started for its first questions."""

    def __init__(self, busy: int) -> None:
        self.busy = busy
        self.asked = 0

    def __call__(self, path: str) -> Any:
        if not path.startswith("/exec/"):
            return {"Config": {}, "State": {}, "ExecIDs": ["gone", "a"]}
        if path == "/exec/gone/json":
            raise NotFoundError("There is no such command.")
        self.asked += 1
        return {"Running": True, "Pid": 0 if self.asked <= self.busy else 42}


def test_nothing_is_held_while_a_command_is_being_started() -> None:
    api = Api(busy=3)
    wait_for_a_quiet_moment(api, "kim")
    assert api.asked == 4


def test_a_command_that_never_starts_does_not_keep_it_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(docker_pause, "PATIENCE", 0.1)
    api = Api(busy=10**9)
    wait_for_a_quiet_moment(api, "kim")
    assert api.asked > 1
