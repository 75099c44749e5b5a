"""What changes something with a cookie must come from a page of ours."""

from __future__ import annotations

import httpx
import pytest

from hub.portal.access import COOKIE
from hub.portal.hub_calls import refusal
from hub.portal.xsrf import HEADER, Xsrf
from tests.hub.portal.conftest import Stage
from workspace_cli.core.errors import HubUnreachableError, NotAllowedError, NotFoundError


def post(stage: Stage, who: str, given: str) -> httpx.Response:
    headers = {"Cookie": f"{COOKIE}=token-{who}", HEADER: given}
    return stage.call("POST", "lessons/submissions", None, headers=headers, json={})


def test_a_cookie_with_the_pages_token_may_write(stage: Stage) -> None:
    # It gets as far as the body, which is empty.
    assert post(stage, "kim", stage.portal.xsrf.token("token-kim")).status_code == 422


@pytest.mark.parametrize("given", ["", "x", "0" * 64])
def test_a_cookie_with_another_token_may_not(stage: Stage, given: str) -> None:
    answer = post(stage, "kim", given)
    assert answer.status_code == 403


def test_a_token_of_somebody_else_is_worth_nothing(stage: Stage) -> None:
    assert post(stage, "kim", stage.portal.xsrf.token("token-park")).status_code == 403


def test_a_token_depends_on_the_portals_key() -> None:
    assert Xsrf(b"one").token("s") != Xsrf(b"two").token("s")
    with pytest.raises(NotAllowedError):
        Xsrf(b"one").check("", Xsrf(b"one").token(""))


def test_what_the_hub_refuses_is_told_in_its_words() -> None:
    found = refusal(404, b'{"status": 404, "message": "No such user"}')
    assert isinstance(found, NotFoundError)
    assert found.message == "No such user"
    assert isinstance(refusal(404, b'{"status": 404, "message": ""}'), NotFoundError)
    assert isinstance(refusal(502, b"<html>"), HubUnreachableError)
    assert isinstance(refusal(404, b"<html>"), HubUnreachableError)
