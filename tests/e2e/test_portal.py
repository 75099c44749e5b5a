"""The portal in the real stack: handing in, grading, who sees what, and its pages in a browser."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.e2e.conftest import Account, Stack, docker, log_in
from tests.e2e.words import IN_BOTH_LANGUAGES, Words
from tests.support import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.engine, pytest.mark.timeout(600)]

REPOSITORY = Path(__file__).parents[2]
LESSON = "a1-netpath"
SOLUTIONS = REPOSITORY / "lessons/solutions/workspace/a1_netpath"
API = "/services/portal/api/v1"
SECONDS = 120.0
"""How long grading may take beside everything else that the machine does."""


@dataclass
class Lab:
    """A stack with an instructor and two members, and calls with a token of each."""

    stack: Stack
    accounts: dict[str, Account]
    tokens: dict[str, str]

    def call(self, who: str, method: str, path: str, body: object = None) -> httpx.Response:
        """Call the portal's API as somebody, through the proxy."""
        return self.stack.api(self.tokens[who], method, path, body)

    def hand_in(self, who: str, **answers: str) -> str:
        """Hand answers in and return the submission's id."""
        exercises = {
            name: (SOLUTIONS / name / f"{answer}.py").read_text()
            for name, answer in answers.items()
        }
        body = {"lesson": LESSON, "exercises": exercises}
        answer = self.call(who, "POST", "lessons/submissions", body)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def graded(self, who: str, submission: str) -> dict[str, bool]:
        """Wait until it is graded; return what was verified."""

        def ended() -> bool:
            answer = self.call(who, "GET", f"lessons/submissions/{submission}")
            # The portal itself may be on its way up.
            return answer.status_code == 200 and answer.json()["state"] in ("done", "failed")

        eventually(ended, SECONDS)
        found = self.call(who, "GET", f"lessons/submissions/{submission}").json()
        assert found["state"] == "done", found
        return {one["exercise"]: one["ok"] for one in found["verdicts"]}


@pytest.fixture(scope="module")
def stack(shared_stack: Stack) -> Stack:
    return shared_stack


@pytest.fixture(scope="module")
def lab(stack: Stack) -> Lab:
    accounts = {name: stack.add_member(name) for name in ("noh", "bang", "cheon")}
    tokens = {name: stack.token(name) for name in accounts}
    admin = stack.token()
    with httpx.Client(
        base_url=f"{stack.url}/hub/api", headers={"Authorization": f"token {admin}"}
    ) as hub:
        hub.post("/groups/instructors").raise_for_status()
        hub.post("/groups/instructors/users", json={"users": ["cheon"]}).raise_for_status()
    return Lab(stack, accounts, tokens)


def test_what_a_member_hands_in_is_graded_and_nobody_else_reads_it(lab: Lab) -> None:
    submission = lab.hand_in("noh", route="reference", broken_hop="reference")
    assert lab.graded("noh", submission) == {"route": True, "broken_hop": True}
    for other in ("bang", "cheon"):
        answer = lab.call(other, "GET", f"lessons/submissions/{submission}")
        assert answer.status_code == 404
    (lesson,) = lab.call("noh", "GET", "lessons/progress").json()["lessons"]
    assert (lesson["lesson"], lesson["verified"]) == (LESSON, True)
    assert lab.call("bang", "GET", "lessons/progress").json()["lessons"] == []
    nothing_stays(lab)


def test_a_wrong_answer_is_told_by_kind_and_counts_in_the_class(lab: Lab) -> None:
    submission = lab.hand_in("bang", route="mutant_same_port")
    assert lab.graded("bang", submission) == {"route": False}
    assert lab.call("bang", "GET", "lessons/class").status_code == 403
    # A portal that has just come up is still reading the list of lessons.
    eventually(lambda: len(lab.call("cheon", "GET", "lessons/class").json()["lessons"]) >= 40, 60)
    shown = lab.call("cheon", "GET", "lessons/class").json()
    assert {"noh", "cheon", "bang"} <= {row["member"] for row in shown["learners"]}
    assert [one["exercise"] for one in shown["mistakes"] if one["lesson"] == LESSON] == ["route"]
    table = lab.call("cheon", "GET", "lessons/class.csv")
    assert table.content.startswith(b"\xef\xbb\xbfmember,")


def test_a_killed_portal_loses_nothing(lab: Lab) -> None:
    submission = lab.hand_in("bang", broken_hop="reference")
    state = json.loads(docker("inspect", "labdock-portal"))[0]["State"]
    # Not `docker kill`, after which the engine leaves it down. PID 1 is the init program.
    os.kill(state["Pid"], signal.SIGKILL)
    assert lab.graded("bang", submission) == {"broken_hop": True}
    nothing_stays(lab)


def test_a_workspaces_own_token_hands_in_from_inside(lab: Lab) -> None:
    admin = lab.stack.token()
    headers = {"Authorization": f"token {admin}"}
    server = f"{lab.stack.url}/hub/api/users/noh/server"
    options = {"user_options": {"image": "labdock/base"}}
    httpx.post(server, json=options, headers=headers, timeout=120).raise_for_status()
    user = f"{lab.stack.url}/hub/api/users/noh"
    eventually(
        lambda: httpx.get(user, headers=headers).json()["servers"].get("", {}).get("ready"), 120
    )
    mounts = json.loads(docker("inspect", "labdock-noh--default"))[0]["Mounts"]
    (folder,) = (Path(one["Source"]) for one in mounts if one["Destination"] == "/run/labdock")
    kept = [file.read_text() for file in folder.rglob("*") if file.is_file()]
    (token,) = {
        json.loads(text)["JUPYTERHUB_API_TOKEN"] for text in kept if "JUPYTERHUB_API_TOKEN" in text
    }
    program = (
        "import sys, urllib.request as r;"
        f"q = r.Request('http://labdock-portal:8082{API}/lessons/progress',"
        "headers={'Authorization': 'token ' + sys.stdin.read().strip()});"
        "print(r.urlopen(q, timeout=30).read().decode())"
    )
    inside = ["docker", "exec", "-i", "labdock-noh--default", "python3", "-c", program]
    done = subprocess.run(inside, input=token, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["member"] == "noh"


@pytest.mark.parametrize(
    "locale, words",
    [("en-US", ("The class", "See the class")), ("ko-KR", ("수강생 현황", "수강생 현황 보기"))],
)
def test_an_instructor_opens_the_class_from_the_hubs_pages(
    lab: Lab,
    browser: Browser,
    contexts: list[BrowserContext],
    locale: str,
    words: tuple[str, str],
) -> None:
    page = log_in(browser, contexts, lab.stack, lab.accounts["cheon"], locale)
    complaints: list[str] = []
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    page.click("nav a[href$='/services/portal/lessons']")
    page.wait_for_url("**/services/portal/lessons")
    keep(page.screenshot(full_page=True), f"portal-lessons-{locale[:2]}.png")
    page.get_by_role("link", name=words[1]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words[0])
    row = page.get_by_role("row").filter(has_text="noh")
    expect(row).to_contain_text("✓")
    keep(page.screenshot(full_page=True), f"portal-class-{locale[:2]}.png")
    with page.expect_download() as download:
        page.locator("a[href$='/class.csv']").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\xef\xbb\xbfmember,")
    assert complaints == []


@IN_BOTH_LANGUAGES
def test_a_member_sees_their_own_page_and_not_the_class(
    lab: Lab, browser: Browser, contexts: list[BrowserContext], locale: str
) -> None:
    page, say = log_in(browser, contexts, lab.stack, lab.accounts["noh"], locale), Words(locale)
    page.goto(f"{lab.stack.url}/services/portal/lessons")
    row = page.get_by_role("row").filter(has_text=LESSON).last
    expect(row).to_contain_text(say("verified"))
    expect(page.get_by_role("link", name=say("See the class"))).to_have_count(0)
    answer = page.goto(f"{lab.stack.url}/services/portal/lessons/class")
    assert answer is not None
    assert answer.status == 403
    # Logging out ends it here as well, at once.
    page.goto(f"{lab.stack.url}/hub/logout")
    page.goto(f"{lab.stack.url}/services/portal/lessons")
    expect(page.locator("input[name=password]")).to_be_visible()


def nothing_stays(lab: Lab) -> None:
    """Wait until none of this stack's containers that grade, or list the lessons, is left."""
    root = f"label=labdock.root={lab.stack.environ['WORKSPACE_ROOT']}"
    ours = ("ps", "-aq", "--filter", "label=labdock.grading", "--filter", root)
    eventually(lambda: docker(*ours) == "", 60)


def keep(picture: bytes, name: str) -> None:
    """Keep a screenshot where LABDOCK_SHOTS names a folder."""
    if folder := os.environ.get("LABDOCK_SHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        Path(folder, name).write_bytes(picture)
