"""The decisions of the start program and of the login page, without a container."""

from __future__ import annotations

import doctest
import socket
import threading
from pathlib import Path

import pytest

from images.base.labdock_server import (
    environment,
    healthcheck,
    login_page,
    member,
    start,
    threads,
    throttle,
)

PASSWD = (
    "root:x:0:0:root:/root:/bin/bash\n"
    "www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n"
    "member:x:1000:990::/home/member:/bin/bash\n"
)


@pytest.mark.parametrize("module", [threads, login_page])
def test_the_examples_in_the_docstrings_hold(module: object) -> None:
    results = doctest.testmod(module)  # type: ignore[arg-type]
    assert results.attempted > 0
    assert results.failed == 0


# CPU quota


@pytest.mark.parametrize(
    "files, quota",
    [
        ({"cpu.max": "150000 100000\n"}, 1.5),
        ({"cpu.max": "max 100000\n"}, None),
        ({"cpu/cpu.cfs_quota_us": "50000", "cpu/cpu.cfs_period_us": "100000"}, 0.5),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, None),
        ({"cpu/cpu.cfs_quota_us": "50000", "cpu/cpu.cfs_period_us": "0"}, None),
        ({}, None),
    ],
)
def test_quota_is_read_from_either_cgroup_version(
    tmp_path: Path, files: dict[str, str], quota: float | None
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert threads.cpu_quota(str(tmp_path)) == quota


@pytest.mark.parametrize(
    "quota, cpus, count", [(None, 4, 4), (1.0, 4, 1), (1.01, 4, 2), (16.0, 4, 4), (0.1, 4, 1)]
)
def test_threads_are_the_quota_rounded_up(quota: float | None, cpus: int, count: int) -> None:
    assert threads.thread_count(quota, cpus) == count


# Who the member is


@pytest.mark.parametrize(
    "owner, empty, expected",
    [
        (0, True, member.Member(1000, 990, hand_over=True)),
        (0, False, member.Member(0, 990)),
        (1000, True, member.Member(1000, 990)),
        (5000, False, member.Member(5000, 990)),
    ],
)
def test_member_is_the_folders_owner(owner: int, empty: bool, expected: member.Member) -> None:
    assert member.member_for(owner, empty=empty) == expected


def test_account_takes_on_a_free_uid_in_place() -> None:
    changed = member.passwd_with_uid(PASSWD, 5000).splitlines()
    assert changed[:2] == PASSWD.splitlines()[:2]
    assert changed[2] == "member:x:5000:990::/home/member:/bin/bash"


def test_account_comes_first_when_another_has_its_uid() -> None:
    changed = member.passwd_with_uid(PASSWD, 33).splitlines()
    assert changed[0] == "member:x:33:990::/home/member:/bin/bash"
    assert changed[1:] == PASSWD.splitlines()[:2]


def test_account_goes_back_when_the_next_folder_has_another_owner() -> None:
    there = member.passwd_with_uid(PASSWD, 33)
    back = member.passwd_with_uid(there, 1000)
    assert sorted(back.splitlines()) == sorted(PASSWD.splitlines())


def test_account_that_somebody_removed_is_written_anew() -> None:
    changed = member.passwd_with_uid("root:x:0:0:root:/root:/bin/bash\n", 5000)
    assert changed.splitlines()[0].startswith("root:")
    assert changed.splitlines()[1] == "member:x:5000:990::/home/member:/bin/bash"


def test_account_file_is_left_alone_where_nothing_changes(tmp_path: Path) -> None:
    path = tmp_path / "passwd"
    path.write_text(PASSWD)
    path.chmod(0o400)
    before = path.stat().st_mtime_ns
    for uid in (1000, 0):
        member.write_account(uid, str(path))
    assert (path.stat().st_mtime_ns, path.read_text()) == (before, PASSWD)


# What the member's programs inherit


def test_secrets_are_taken_out_and_the_admins_choices_kept(tmp_path: Path) -> None:
    given = {
        "WORKSPACE_AUTH_PASSWORD": "1234",
        "JUPYTERHUB_API_TOKEN": "t",
        "JPY_API_TOKEN": "t",
        "OMP_NUM_THREADS": "3",
        "PATH": "/usr/bin:/opt/cuda/bin",
        "HOME": "/root",
    }
    env = environment.member_environment(given, uid=5000, cgroup=str(tmp_path))
    assert not set(env) & set(environment.SECRETS)
    assert env["OMP_NUM_THREADS"] == "3"
    assert int(env["MKL_NUM_THREADS"]) >= 1
    assert (env["HOME"], env["USER"]) == ("/home/member", "member")
    path = env["PATH"].split(":")
    assert (path[0], path[-1]) == ("/opt/env/bin", "/opt/cuda/bin")
    assert len(path) == len(set(path))


def test_entering_twice_changes_nothing(tmp_path: Path) -> None:
    once = environment.member_environment({"PATH": "/bin"}, uid=0, cgroup=str(tmp_path))
    assert environment.member_environment(once, uid=0, cgroup=str(tmp_path)) == once


# Starting


@pytest.mark.parametrize("text", ["{", "[]", '{"A": 1}', "\xff"])
def test_bad_secrets_are_an_error_for_people(tmp_path: Path, text: str) -> None:
    path = tmp_path / "environment.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(start.StartError, match=r"environment\.json"):
        start.read_secrets(str(path))


def test_no_secrets_are_mounted_for_a_plain_docker_run(tmp_path: Path) -> None:
    assert start.read_secrets(str(tmp_path / "environment.json")) == {}


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"WORKSPACE_AUTH_USER": "kim"},
        {"WORKSPACE_AUTH_USER": "kim", "WORKSPACE_AUTH_PASSWORD": ""},
        {"JUPYTERHUB_API_TOKEN": ""},
    ],
)
def test_an_open_server_is_refused(env: dict[str, str]) -> None:
    with pytest.raises(start.StartError, match="WORKSPACE_AUTH_PASSWORD"):
        start.require_door(env)


def test_either_door_will_do() -> None:
    start.require_door({"JUPYTERHUB_API_TOKEN": "t"})
    start.require_door({"WORKSPACE_AUTH_USER": "kim", "WORKSPACE_AUTH_PASSWORD": "1234"})


# The login page


def test_typed_text_and_address_are_escaped() -> None:
    page = login_page.login_page("en", xsrf=b"", next_url='"><script>', error="wrong")
    assert "<script>" not in page
    assert "&quot;&gt;&lt;script&gt;" in page


class Clock:
    """Time that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_ten_wrong_tries_a_minute_from_one_address() -> None:
    clock = Clock()
    guard = throttle.Throttle(clock)
    for _ in range(throttle.PER_ADDRESS):
        assert guard.wait("a") == 0
        guard.failed("a")
        clock.now += 1
    assert guard.wait("a") == throttle.WINDOW - throttle.PER_ADDRESS
    assert guard.wait("b") == 0
    clock.now += guard.wait("a")
    assert guard.wait("a") == 0


def test_many_addresses_together_are_slowed_down_too() -> None:
    clock = Clock()
    guard = throttle.Throttle(clock)
    for number in range(throttle.IN_ALL):
        guard.failed(f"address {number}")
    assert guard.wait("another") == throttle.WINDOW
    clock.now += throttle.WINDOW
    assert guard.wait("another") == 0


# The health check


def test_health_is_any_http_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def answer(reply: bytes) -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(reply)

        for reply, healthy in ((b"HTTP/1.1 404 Not Found\r\n\r\n", True), (b"SSH-2.0", False)):
            thread = threading.Thread(target=answer, args=(reply,))
            thread.start()
            assert healthcheck.answers(port) is healthy
            thread.join()
        assert healthcheck.answers(port, timeout=0.1) is False
    assert healthcheck.answers(port) is False
