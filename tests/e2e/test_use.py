"""What a workspace uses, in the real stack: the card follows before a kernel dies."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.conftest import Account, Stack, docker, log_in
from tests.e2e.words import LOCALES, Words
from tests.support import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.engine, pytest.mark.timeout(600)]

MEMBER = "yuna"
CONTAINER = f"labdock-{MEMBER}--default"
SECONDS = 120.0
MIB = 2**20
FILL = "import time; held = b'x' * (440 << 20); time.sleep(600)"
"""What a member's program does that takes too much: with the server itself over nine tenths."""


@pytest.fixture(scope="module")
def stack(shared_stack: Stack) -> Stack:
    return shared_stack


@pytest.fixture(scope="module")
def member(stack: Stack) -> Account:
    """A member whose workspace runs, with 512 MiB."""
    account = stack.add_member(MEMBER)
    body = {"options": {"image": "labdock/base:latest", "memory": "512m"}}
    token = stack.token(MEMBER)
    answer = stack.api(token, "POST", f"workspaces/{MEMBER}/default/start", body)
    assert answer.status_code == 202, answer.text
    eventually(lambda: figures(stack, token)["memory_used"] is not None, SECONDS)
    return account


def figures(stack: Stack, token: str) -> dict[str, float | None]:
    found: dict[str, float | None] = stack.api(token, "GET", f"workspaces/{MEMBER}/default").json()
    return found


def test_the_api_tells_what_the_engine_counts(stack: Stack, member: Account) -> None:
    found = figures(stack, stack.token(MEMBER))
    assert found["memory_limit"] == 512 * MIB
    assert 10 * MIB < (found["memory_used"] or 0) < 400 * MIB
    assert (found["cpu_seconds"] or 0) > 0.1


def test_an_open_card_says_that_memory_is_almost_full_in_each_language(
    stack: Stack, member: Account, browser: Browser, contexts: list[BrowserContext]
) -> None:
    pages = []
    for locale in LOCALES:
        page = log_in(browser, contexts, stack, member, locale=locale)
        page.goto(f"{stack.url}/services/portal/")
        page.evaluate("window.stayed = true")
        card, say = page.locator("[data-name=default]"), Words(locale)
        expect(card.get_by_label(say("Memory in use"))).to_be_visible()
        expect(card.get_by_text(say("almost full"))).to_have_count(0)
        pages.append((page, card, say))
    docker("exec", "--detach", CONTAINER, "python", "-c", FILL)
    for page, card, say in pages:
        expect(card.get_by_text(say("almost full"))).to_be_visible(timeout=SECONDS * 1000)
        assert page.evaluate("window.stayed") is True


def test_prometheus_reads_it(stack: Stack, member: Account) -> None:
    text = stack.api(stack.token(), "GET", "metrics").text
    found = {
        sample.name: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.labels.get("owner") == MEMBER and "workspace" in sample.labels
    }
    assert found["labdock_workspace_memory_limit_bytes"] == 512 * MIB
    assert 440 * MIB < found["labdock_workspace_memory_bytes"] <= 512 * MIB
    assert found["labdock_workspace_cpu_seconds_total"] > 0.1
