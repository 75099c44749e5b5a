"""Who a token is, and for how long that is believed."""

from __future__ import annotations

import pytest

from hub.portal.access import COOKIE, bearer
from hub.portal.callers import KEPT_SECONDS, Caller, Callers
from tests.hub.portal.conftest import Stage
from workspace_cli.core.errors import NotAllowedError, NotLoggedInError


@pytest.mark.parametrize(
    "name, expected",
    [("kim", ("kim", "member")), ("lee", ("lee", "instructor")), ("root", ("root", "admin"))],
)
def test_roles_come_from_the_accounts_and_the_hubs_groups(
    stage: Stage, name: str, expected: tuple[str, str]
) -> None:
    found = stage.portal.callers.caller(f"token-{name}")
    assert (found.name, found.role) == expected


def test_what_the_hub_said_is_kept_for_a_short_while(stage: Stage) -> None:
    now = [0.0]
    callers = Callers(stage.hub, stage.portal.accounts, lambda: now[0])
    callers.caller("token-kim")
    stage.hub.revoked.add("token-kim")
    now[0] = KEPT_SECONDS - 1
    assert callers.caller("token-kim") == Caller("kim", "member")
    with pytest.raises(NotLoggedInError):
        callers.caller("token-kim", fresh=True)
    assert stage.hub.asked == 2


def test_a_revoked_token_is_worth_nothing_after_that(stage: Stage) -> None:
    now = [0.0]
    callers = Callers(stage.hub, stage.portal.accounts, lambda: now[0])
    callers.caller("token-kim")
    stage.hub.revoked.add("token-kim")
    now[0] = KEPT_SECONDS + 1
    with pytest.raises(NotLoggedInError):
        callers.caller("token-kim")


def test_a_disabled_account_is_out_at_once(stage: Stage) -> None:
    stage.portal.callers.caller("token-kim")
    stage.portal.accounts.set_state("kim", "disabled")
    with pytest.raises(NotAllowedError):
        stage.portal.callers.caller("token-kim")


@pytest.mark.parametrize("name", ["labdock-cli", "stranger"])
def test_services_and_strangers_are_nobody_here(stage: Stage, name: str) -> None:
    with pytest.raises(NotAllowedError):
        stage.portal.callers.caller(f"token-{name}")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic a2lt", "abc"])
def test_other_headers_hold_no_token(header: str | None) -> None:
    assert bearer(header) is None


def test_a_cookie_alone_reads_and_never_changes(stage: Stage) -> None:
    cookie = {"Cookie": f"{COOKIE}=token-kim"}
    assert stage.call("GET", "lessons/progress", None, headers=cookie).status_code == 200
    body = {"lesson": "c2-loss", "exercises": {"mse": ""}}
    answer = stage.call("POST", "lessons/submissions", None, headers=cookie, json=body)
    assert answer.status_code == 403


def test_no_answer_tells_a_token(stage: Stage) -> None:
    for who in ("kim", "nobody-knows"):
        stage.hub.revoked.add("token-nobody-knows")
        for path in ("lessons/class", "lessons/submissions?limit=x", "lessons/none"):
            answer = stage.call("GET", path, who)
            assert f"token-{who}" not in answer.text + str(answer.headers)
