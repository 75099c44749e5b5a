"""The jobs that look into layers, where a unit test can make what an engine seldom has."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.core.test_look_tree import stack
from workspace_cli.core.look_folders import Totals, largest
from workspace_cli.core.look_program import diff, look


def looked(layers: list[str], *values: str, patience: float = 60) -> dict[str, Any]:
    """Compare the highest layer with those below it."""
    below = layers[1:]
    job = {"new": layers, "old": below, "ground": below, "values": values, "patience": patience}
    return look(job, lambda: None)


@pytest.fixture
def memory() -> Iterator[Path]:
    """Give a folder in memory: a hundred thousand names take a disk long to remove."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


def test_a_hundred_thousand_files_take_seconds(memory: Path) -> None:
    layers = stack(memory, {"etc/hosts": b"h"}, {"root/.env": b"A=1", "root/x": b"text"})
    for number in range(200):
        folder = Path(layers[0], "home/member/data", str(number))
        folder.mkdir(parents=True)
        for name in range(500):
            os.link(f"{layers[0]}/root/x", folder / str(name))
    began = time.process_time()
    told = looked(layers, patience=1)
    assert told["files"] == 100_002
    # Few files lie together there, so it is read before the time is over.
    assert [one["path"] for one in told["suspects"]] == ["/root/.env"]
    # Of the processor's time, whatever else the machine has to do; about 1.5 is usual.
    assert time.process_time() - began < 5


def test_what_was_not_read_is_counted(tmp_path: Path) -> None:
    layers = stack(tmp_path, {}, {f"srv/{n}": b"PASSWORD=geheim99" for n in range(50)})
    told = looked(layers, patience=-1)
    assert told["unread"] == 50
    assert told["suspects"] == []
    assert len(looked(layers)["suspects"]) == 50


def test_names_of_one_file_are_counted_once(tmp_path: Path) -> None:
    layers = stack(tmp_path, {}, {"srv/a": b"x" * 1000})
    os.link(f"{layers[0]}/srv/a", f"{layers[0]}/srv/b")
    assert (looked(layers)["files"], looked(layers)["bytes"]) == (2, 1000)


def test_a_link_or_a_pipe_called_like_a_secret_is_none(tmp_path: Path) -> None:
    layers = stack(tmp_path, {}, {"root/x": b"x"})
    Path(layers[0], "root/.netrc").symlink_to("/workspace/.labdock/netrc")
    os.mkfifo(f"{layers[0]}/root/.env")
    Path(layers[0], "root/.pypirc").touch()
    assert looked(layers)["suspects"] == []


def test_a_known_secret_in_a_large_binary_is_found(tmp_path: Path) -> None:
    layers = stack(tmp_path, {}, {"srv/model.bin": b"\0" * 3_000_000 + b"tok-0123456789" + b"\0"})
    assert [one["path"] for one in looked(layers, "tok-0123456789")["suspects"]] == [
        "/srv/model.bin"
    ]


def test_models_and_data_are_not_read(tmp_path: Path) -> None:
    layers = stack(tmp_path, {}, {"srv/model.bin": b"tok-0123456789"})
    os.truncate(f"{layers[0]}/srv/model.bin", 17 * 2**20)
    told = looked(layers, "tok-0123456789", patience=-1)
    assert (told["suspects"], told["unread"]) == ([], 0)


def test_settings_that_a_package_brought_and_a_member_filled_in(tmp_path: Path) -> None:
    brought = hashlib.md5(b"password = shipped-1").hexdigest()
    status = (
        b"Package: pg\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n"
        b"Conffiles:\n /etc/pg.conf %b\n /etc/pg.default %b\n"
    ) % ((brought.encode(),) * 2)
    files = {
        "var/lib/dpkg/status": status,
        "var/lib/dpkg/info/pg.list": b"/etc/pg.conf\n/etc/pg.default\n/usr/share/pg/sample.conf\n",
        "etc/pg.conf": b"password = geheim99",
        "etc/pg.default": b"password = shipped-1",
        "usr/share/pg/sample.conf": b"password = geheim99",
    }
    assert [one["path"] for one in looked(stack(tmp_path, {}, files))["suspects"]] == [
        "/etc/pg.conf"
    ]


def test_files_with_other_times_alone_are_no_difference(tmp_path: Path) -> None:
    one = stack(tmp_path / "one", {"a": b"same", "b": b"left"})
    other = stack(tmp_path / "other", {"a": b"same", "b": b"west"})
    for folder, link in ((one, "x"), (other, "x")):
        Path(folder[0], "link").symlink_to(link)
    os.utime(f"{one[0]}/a", (1, 1))
    # Of the same size and time, and yet another file.
    for folder in (one, other):
        os.utime(f"{folder[0]}/b", (7, 7))
    told = diff({"new": one, "old": other, "own": [one, []]}, lambda: None)
    assert [(row["path"], row["changed"]) for row in told["folders"]] == [("/", 1)]
    assert told["own"] == [8, 0]


def test_folders_are_split_where_there_is_room_and_count_each_file_once() -> None:
    totals = Totals()
    for number in range(100):
        totals.add(f"home/member/many/{number}/file", "added", 10)
    for name in ("a", "b"):
        totals.add(f"opt/{name}/deep/file", "changed", 500)
    totals.add("opt/file", "removed", 0)
    rows, others = largest(totals, 6)
    assert others is None
    assert {row["path"]: row["bytes"] for row in rows} == {
        "/home/member/many": 1000,
        "/opt/a/deep": 500,
        "/opt/b/deep": 500,
        "/opt": 0,
    }
    assert sum(row["added"] + row["changed"] + row["removed"] for row in rows) == 103


def test_more_folders_than_there_is_room_for_are_summed_up() -> None:
    totals = Totals()
    for number in range(30):
        totals.add(f"top{number:02}/file", "added", number)
    rows, others = largest(totals, 20)
    assert len(rows) == 20
    assert others
    assert (others["added"], others["bytes"]) == (10, sum(range(10)))
    assert largest(Totals()) == ([], None)
