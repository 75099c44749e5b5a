"""How a repository comes into a workspace: what is fetched, and that nothing of a member's goes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from images.base.labdock_server import opening_page, pulling
from tests.images.containers import Workspace, docker

SERVER = Path(__file__).parents[1] / "git_server.py"
URL = "http://127.0.0.1:8700/lab/course"
MAKE = """
mkdir -p /tmp/git/lab /tmp/git/other /tmp/seed && cd /tmp/seed
git init -q -b main . && git config user.name lab && git config user.email lab@example.org
printf 'one\\ntwo\\nthree\\n' > one.txt && echo '{}' > '과제.ipynb' && git add . && git commit -qm 1
git tag v1
git clone -q --bare . /tmp/git/lab/course.git && git clone -q --bare . /tmp/git/other/course.git
git init -q --bare /tmp/git/lab/empty.git
git remote add up /tmp/git/lab/course.git && git push -qu up main
"""


@pytest.fixture(scope="module")
def workspace() -> Iterator[Workspace]:
    """A workspace beside a git server."""
    mounts = (f"--volume={SERVER}:/git_server.py:ro",)
    with Workspace("labdock/base", mounts) as found:
        found.ready().shell(MAKE)
        served = ("exec", "--detach", found.name, "python3", "/git_server.py", "/tmp/git", "8700")
        docker(*served)
        found.shell("until curl -sf 127.0.0.1:8700/lab/course.git/HEAD; do sleep 0.1; done")
        yield found


def fetch(workspace: Workspace, url: str = URL, *, branch: str = "", path: str = "") -> Any:
    """Fetch as the server does; the last line, and what git said before."""
    folder = url.rpartition("/")[2].removesuffix(".git")
    command = ("/opt/labdock/bin/python", "-I", "-m", "labdock_server.pulling")
    said = workspace.member(*command, url, folder, branch, path, check=False)
    return json.loads(said.splitlines()[-1])


def change(workspace: Workspace, script: str) -> None:
    """Change the repository at its server."""
    workspace.shell(f"cd /tmp/seed && {script} && git add -A && git commit -qm x && git push -q up")


@pytest.mark.engine
def test_what_a_member_changed_outlives_every_opening(workspace: Workspace) -> None:
    assert fetch(workspace, path="과제.ipynb") == {"done": "course/과제.ipynb"}
    workspace.shell("cd course && sed -i s/two/mine/ one.txt && echo own > new.txt")
    change(workspace, "sed -i s/two/theirs/ one.txt && echo a > later.txt && echo b > new.txt")
    assert fetch(workspace) == {"done": "course"}
    assert workspace.shell("cat course/one.txt").split() == ["one", "mine", "three"]
    assert workspace.shell("cat course/later.txt course/new.txt course/new__*") == "a\nb\nown"
    assert workspace.shell("git -C course log -1 --format=%an main").strip() == "nbgitpuller"


@pytest.mark.engine
def test_a_file_of_ones_own_with_a_korean_name_is_kept_aside(workspace: Workspace) -> None:
    fetch(workspace)
    workspace.shell("echo own > course/답안.txt")
    change(workspace, "echo theirs > 답안.txt")
    assert fetch(workspace) == {"done": "course"}
    assert workspace.shell("cat course/답안.txt course/답안__*") == "theirs\nown"


@pytest.mark.engine
def test_another_repository_of_the_name_goes_beside_it(workspace: Workspace) -> None:
    fetch(workspace)
    other = "http://127.0.0.1:8700/other/course"
    assert fetch(workspace, other) == {"done": "course-2"}
    assert fetch(workspace, f"{other}.git") == {"done": "course-2"}
    assert fetch(workspace, branch="v1", path="one.txt") == {"done": "course-3/one.txt"}
    assert fetch(workspace, branch="v1", path="one.txt") == {"done": "course-3/one.txt"}
    workspace.shell("rm -r course-2 course-3")


@pytest.mark.engine
def test_a_merge_that_is_not_finished_stays_the_members(workspace: Workspace) -> None:
    fetch(workspace)
    workspace.shell("touch course/.git/MERGE_HEAD")
    assert fetch(workspace)["failed"] == "unfinished"
    workspace.shell("rm course/.git/MERGE_HEAD")


@pytest.mark.engine
@pytest.mark.parametrize(
    "url, branch, why",
    [
        ("http://127.0.0.1:8700/lab/none", "", "missing"),
        ("http://127.0.0.1:8700/lab/empty", "", "empty"),
        (URL, "no-such-branch", "branch"),
        ("http://127.0.0.1:8701/lab/course", "", "unreachable"),
        ("http://no-such-host.invalid/lab/course", "", "unreachable"),
        ("file:///tmp/git/lab/course.git", "", "strange"),
        ("--upload-pack=touch", "", "strange"),
    ],
)
def test_a_failure_is_told_by_its_cause(
    workspace: Workspace, url: str, branch: str, why: str
) -> None:
    assert fetch(workspace, url, branch=branch)["failed"] == why


@pytest.mark.engine
def test_a_file_that_is_not_there_is_told_with_the_folder(workspace: Workspace) -> None:
    assert fetch(workspace, path="no.ipynb") == {"done": "course", "missing": "no.ipynb"}


@pytest.mark.engine
def test_a_workspace_without_a_hub_opens_no_links(workspace: Workspace) -> None:
    number = "0" * 32
    page = workspace.api(f"/labdock/opening/{number}")
    assert page.status == 200
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src")
    assert "Opening a repository" in page.text
    assert not re.search(r"<script(?![^>]*src=)|<style|style=|https?://", page.text)
    for file in ("opening.js", "opening.css"):
        assert workspace.api(f"/lab/extensions/labdock/static/{file}").status == 200
    answer = workspace.api(f"/labdock/open/{number}?lang=ko", "POST")
    assert answer.status == 404
    assert "허브" in answer.json()["message"]


@pytest.mark.engine
def test_a_server_that_opened_nothing_has_loaded_nothing_for_it(workspace: Workspace) -> None:
    code = (
        "import sys, labdock_server.app, labdock_server.opening; "
        "print('nbgitpuller' in sys.modules, 'labdock_server.pulling' in sys.modules)"
    )
    assert workspace.exec("/opt/labdock/bin/python", "-I", "-c", code).strip() == "False False"


def test_every_failure_has_words_in_both_languages() -> None:
    assert opening_page.FAILURES["en"].keys() == opening_page.FAILURES["ko"].keys()
    assert opening_page.TEXTS["en"].keys() == opening_page.TEXTS["ko"].keys()
    told = {*pulling._SIGNS, "branch", "empty", "taken", "unfinished", "git"}
    assert told <= opening_page.FAILURES["en"].keys()


@pytest.mark.parametrize(
    "text, why",
    [
        ("fatal: unable to access 'x': Could not resolve host: github.com", "unreachable"),
        ("fatal: unable to access 'x': Failed to connect to h port 443", "unreachable"),
        ("remote: Repository not found.", "missing"),
        ("fatal: could not read Username for 'x': terminal prompts disabled", "missing"),
        ("fatal: unable to access 'x': SSL certificate problem: unable to get", "certificate"),
        ("error: file write error: No space left on device", "disk"),
        ("Automatic merge failed; fix conflicts and then commit the result.", "conflict"),
        ("fatal: something new", "git"),
    ],
)
def test_what_git_says_is_understood(text: str, why: str) -> None:
    assert pulling.failure(RuntimeError(), text).why == why


def test_a_line_of_the_process_becomes_what_the_page_shows() -> None:
    told = opening_page.told(b'{"done": "course/\\uacfc\\uc81c 1.ipynb"}', "en", "/user/kim/")
    assert told == {"url": "/user/kim/lab/tree/course/%EA%B3%BC%EC%A0%9C%201.ipynb"}
    missing = opening_page.told(b'{"done": "course", "missing": "a.ipynb"}', "ko", "/")
    assert "a.ipynb" in missing["failed"]
    assert missing["url"] == "/lab/tree/course"
    assert opening_page.told(b'{"line": "x"}', "en", "/") == {"line": "x"}


def test_two_spellings_of_an_address_are_one_repository() -> None:
    assert pulling.same_address("https://H.org/a/b.git", "https://h.org/a/b/")
    assert not pulling.same_address("https://h.org/a/b", "https://h.org/a/B")
    assert not pulling.same_address("", "https://h.org/a/b")
