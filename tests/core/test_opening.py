"""What a link may name, and which repositories the lab's list lets through."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from workspace_cli.core.errors import InvalidOptionError, NotAllowedError
from workspace_cli.core.opening import (
    OpenRules,
    parse_branch,
    parse_path,
    parse_repository,
    parse_wanted,
)

NORMAL = re.compile(r"https?://[a-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9_~.][A-Za-z0-9_~.-]*)+", re.ASCII)


@pytest.mark.parametrize(
    "given_, url, folder",
    [
        ("https://github.com/our-lab/course", "https://github.com/our-lab/course", "course"),
        (" HTTPS://GitHub.COM:443/Our/C.git/ ", "https://github.com/Our/C.git", "C"),
        ("http://git.lab:8080/c", "http://git.lab:8080/c", "c"),
        ("https://git.lab/a/b/c/.github", "https://git.lab/a/b/c/.github", "github"),
        ("https://git.lab/a/..git", "https://git.lab/a/..git", "repository"),
    ],
)
def test_an_address_is_put_together_anew(given_: str, url: str, folder: str) -> None:
    repository = parse_repository(given_)
    assert (repository.url, repository.folder) == (url, folder)
    assert parse_repository(url) == repository


@pytest.mark.parametrize(
    "text",
    [
        "",
        "github.com/our-lab/course",
        "git@github.com:our-lab/course.git",
        "ssh://git@github.com/our-lab/course",
        "file:///etc/passwd",
        "ext::sh -c id",
        "--upload-pack=touch /tmp/x",
        "https://--upload-pack=x/a",
        "https://kim:secret@github.com/our-lab/course",
        "https://github.com@evil.example/our-lab/course",
        "https://github.com\\@evil.example/our-lab/course",
        "https://github.com:443@evil.example/a",
        "https://github.com./our-lab/course",
        "https://github.com",
        "https://github.com/",
        "https://github.com/our-lab/../evil/course",
        "https://github.com/our-lab/./course",
        "https://github.com/our-lab//course",
        "https://github.com/our-lab/-course",
        "https://github.com/our-lab/%2e%2e/course",
        "https://github.com/our-lab/course?x=1",
        "https://github.com/our-lab/course#main",
        "https://github.com/our-lab/course\nhttps://evil.example/a",
        "https://github.com/our-lab/cou rse",
        "https://gith\u212bub.com/our-lab/course",
        "https://\u212aernel.org/our-lab/course",
        "https://github.com:0/a",
        "https://github.com:65536/a",
        "https://[::1]/a",
        "https://github.com/a/.git",
        "https://github.com/" + "a" * 300,
        "https://github.com" + "/a" * 21,
    ],
)
def test_what_is_no_plain_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidOptionError):
        parse_repository(text)


@given(st.text(max_size=60) | st.from_regex(r"https?://[ -~]{1,50}", fullmatch=True))
def test_whatever_comes_is_refused_or_normal(text: str) -> None:
    try:
        repository = parse_repository(text)
    except InvalidOptionError:
        return
    assert NORMAL.fullmatch(repository.url)
    assert not {".", "..", ".git"} & {*repository.path, repository.folder}
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_~.-]*", repository.folder)


@pytest.mark.parametrize("name", ["", "main", "v1.0", "feature/한글", "a+b", "release_2"])
def test_a_branch_is_taken_as_it_is(name: str) -> None:
    assert parse_branch(f" {name} ") == name


@pytest.mark.parametrize(
    "name",
    [
        *("-x", "--upload-pack=x", "a..b", "a b", "/a", "a/", "a//b", ".a", "a.lock", "a."),
        *("a@{1}", "a~1", "a^", "a:b", "a\\b", "a*", "x" * 101, "a/-b"),
    ],
)
def test_what_git_would_read_as_something_else_is_no_branch(name: str) -> None:
    with pytest.raises(InvalidOptionError):
        parse_branch(name)


@pytest.mark.parametrize(
    "text, path",
    [("", ""), ("/a//b/./c.ipynb", "a/b/c.ipynb"), ("과제/하나 둘.ipynb", "과제/하나 둘.ipynb")],
)
def test_a_path_stays_in_the_repository(text: str, path: str) -> None:
    assert parse_path(text) == path


@pytest.mark.parametrize("text", ["..", "a/../../b", ".git/config", "a/.GIT", "a\\b", "a\nb"])
def test_a_path_that_leads_out_is_refused(text: str) -> None:
    with pytest.raises(InvalidOptionError):
        parse_path(text)


@given(st.text(max_size=60))
def test_a_path_never_leads_out(text: str) -> None:
    try:
        path = parse_path(text)
    except InvalidOptionError:
        return
    assert not path.startswith("/")
    assert not {"", ".", ".."} & set(path.split("/")) or path == ""


RULES = OpenRules(
    allow=(
        "https://GitHub.com/our-lab/*",
        "https://git.example.org/course.git",
        "https://gitlab.example.org/group/**",
        "http://git.lab:8080/*/homework",
    )
)


@pytest.mark.parametrize(
    "url, allowed",
    [
        ("https://github.com/our-lab/course", True),
        ("https://github.com/our-lab/course.git", True),
        ("https://GITHUB.com:443/our-lab/course/", True),
        ("http://github.com/our-lab/course", False),
        ("https://github.com:8443/our-lab/course", False),
        ("https://github.com/our-lab", False),
        ("https://github.com/our-lab/course/wiki", False),
        ("https://github.com/Our-Lab/course", False),
        ("https://github.com/our-lab-evil/course", False),
        ("https://www.github.com/our-lab/course", False),
        ("https://github.com.evil.example/our-lab/course", False),
        ("https://git.example.org/course", True),
        ("https://git.example.org/course2", False),
        ("https://gitlab.example.org/group/a/b/c", True),
        ("https://gitlab.example.org/group", False),
        ("http://git.lab:8080/kim/homework.git", True),
        ("http://git.lab/kim/homework", False),
    ],
)
def test_the_list_lets_through_what_it_names(url: str, allowed: bool) -> None:
    assert RULES.allows(parse_repository(url)) is allowed


def test_nothing_is_allowed_at_first() -> None:
    with pytest.raises(NotAllowedError, match="no repositories"):
        OpenRules().check(parse_repository("https://github.com/our-lab/course"))
    with pytest.raises(NotAllowedError, match="not on the lab's list"):
        RULES.check(parse_repository("https://evil.example/our-lab/course"))
    RULES.check(parse_wanted("https://github.com/our-lab/course", "main", "a.ipynb").repository)


@pytest.mark.parametrize(
    "rule",
    [
        *("*", "https://*/our-lab", "https://*.example.org/a", "https://github.com"),
        *("file:///srv/**", "ssh://git@h/a", "https://h/a/**/b", "https://h/a*"),
        *("https://u:p@h/a", "https://h/../a"),
    ],
)
def test_a_rule_that_would_let_too_much_through_is_a_mistake(rule: str) -> None:
    with pytest.raises(ValidationError, match="write repositories as"):
        OpenRules(allow=(rule,))


@given(st.from_regex(r"https?://[a-z.]{1,12}(:[0-9]{1,5})?/[A-Za-z0-9./_-]{1,20}", fullmatch=True))
def test_a_repository_is_allowed_by_its_own_address_alone(url: str) -> None:
    try:
        repository = parse_repository(url)
    except InvalidOptionError:
        return
    assert OpenRules(allow=(repository.url,)).allows(repository)
    assert not OpenRules(allow=(f"{repository.site}/x/{'/'.join(repository.path)}",)).allows(
        repository
    )
