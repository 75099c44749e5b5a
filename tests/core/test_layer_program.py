"""What a save writes into a layer, over temporary folders that hold what overlay2 would."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workspace_cli.core import layer_copy, layer_difference, layer_program, layer_tree
from workspace_cli.core.layer_tree import OPAQUE, merged

LATER = 10**18
"""Nanoseconds: everything that a test has written is old by then."""


@pytest.fixture
def layers(tmp_path: Path) -> Callable[[str], Path]:
    def layer(name: str) -> Path:
        (tmp_path / name).mkdir(exist_ok=True)
        return tmp_path / name

    return layer


def remove(path: Path) -> None:
    os.mknod(path, stat.S_IFCHR, os.makedev(0, 0))


def hide(path: Path) -> None:
    path.mkdir(exist_ok=True)
    os.setxattr(path, OPAQUE, b"y")


def store(target: Path, sources: list[Path], saved: list[Path] = [], **more: Any) -> dict[str, Any]:  # noqa: B006
    job = {
        "sources": [str(one) for one in sources],
        "saved": [str(one) for one in saved],
        "below": [str(one) for one in more.pop("below", ())],
        "write": str(target),
        "leave_out": [],
        "junk": False,
        "since": 0,
        "boot": "",
        "offset": 0,
        **more,
    }
    return layer_program.store(job, lambda: None)


def trusting(read: int = LATER) -> dict[str, Any]:
    """Return the clock of an earlier save that was read so much after now."""
    found = layer_program.clock()
    return {"since": found["read"], "boot": found["boot"], "offset": found["offset"]}


def listing(folder: Path) -> dict[str, tuple[Any, ...]]:
    """Return everything that a layer says, by path."""
    found = {}
    for path, one in merged([str(folder)]).items():
        file = folder / path
        content: object = None
        if one.is_file:
            content = file.read_bytes()
        elif stat.S_ISLNK(one.mode):
            content = str(file.readlink())
        found[path] = (
            *(oct(one.mode), one.uid, one.gid, one.mtime, one.device, one.links, one.opaque),
            *(content, layer_copy.attributes(str(file))),
        )
    return found


def test_everything_comes_along_as_it_is(layers: Callable[[str], Path]) -> None:
    upper = layers("upper")
    (upper / "a" / "b").mkdir(parents=True)
    (upper / "a" / "b" / "program").write_bytes(b"x" * 100_000)
    os.chown(upper / "a" / "b" / "program", 1000, 100)
    (upper / "a" / "b" / "program").chmod(0o4751)
    cap = bytes.fromhex("0100000200040000000000000000000000000000")
    os.setxattr(upper / "a" / "b" / "program", "security.capability", cap)
    os.setxattr(upper / "a", "user.note", b"\0\xff")
    os.link(upper / "a" / "b" / "program", upper / "z")
    (upper / "a" / "link").symlink_to("../nowhere")
    os.mkfifo(upper / "a" / "fifo", 0o622)
    os.mknod(upper / "a" / "null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
    odd = b"odd \xff\n name".decode(errors="surrogateescape")
    (upper / odd).write_bytes(b"odd")
    remove(upper / "a" / "gone")
    hide(upper / "a" / "opaque")
    os.utime(upper / "a" / "b", ns=(1, 1_234_567_890_123_456_789))
    os.utime(upper / "a", ns=(1, 99))
    target = layers("target")
    base = layers("base")
    (base / "a" / "opaque").mkdir(parents=True)
    found = store(target, [upper], below=[base])
    assert listing(target) == listing(upper)
    assert found["bytes"] == 100_003
    assert (target / "z").stat().st_ino == (target / "a" / "b" / "program").stat().st_ino


def test_a_file_with_holes_keeps_them(layers: Callable[[str], Path]) -> None:
    upper, target = layers("upper"), layers("target")
    with (upper / "sparse").open("wb") as file:
        file.seek(50 * 2**20)
        file.write(b"middle")
        file.truncate(100 * 2**20)
    store(target, [upper])
    assert (target / "sparse").read_bytes() == (upper / "sparse").read_bytes()
    assert (target / "sparse").stat().st_blocks * 512 < 2**20


def test_a_file_system_that_cannot_copy_within_the_kernel_does_it_piece_by_piece(
    layers: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> int:
        raise OSError(errno.EXDEV, "other device")

    monkeypatch.setattr(os, "copy_file_range", refuse)
    upper, target = layers("upper"), layers("target")
    (upper / "a").write_bytes(os.urandom(3 * 2**20 + 5))
    store(target, [upper])
    assert (target / "a").read_bytes() == (upper / "a").read_bytes()


def test_a_socket_is_left_out(layers: Callable[[str], Path]) -> None:
    upper, target = layers("upper"), layers("target")
    os.mknod(upper / "socket", stat.S_IFSOCK | 0o600)
    assert store(target, [upper])["stored"] == 0


def copied(upper: Path, saved: Path) -> None:
    """Make ``saved`` what an engine keeps of a layer: its times in seconds."""
    store(saved, [upper])
    for path, one in merged([str(saved)]).items():
        if not one.is_removal:
            second = one.mtime // 10**9 * 10**9
            os.utime(saved / path, ns=(second, second), follow_symlinks=False)


def names(folder: Path) -> set[str]:
    return set(merged([str(folder)]))


@pytest.mark.parametrize("trusts", [True, False])
def test_what_the_last_save_holds_is_not_stored_again(
    layers: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, trusts: bool
) -> None:
    upper, saved, target = layers("upper"), layers("saved"), layers("target")
    for folder in ("old", "same"):
        (upper / folder).mkdir()
        for name in "abc":
            (upper / folder / name).write_bytes(f"{folder}{name}".encode())
    remove(upper / "removed")
    hide(upper / "hidden")
    (upper / "hidden" / "x").write_bytes(b"x")
    (upper / "link").symlink_to("a")
    copied(upper, saved)
    if trusts:
        # The save was read so late that what was written before is trusted …
        monkeypatch.setattr(layer_difference, "MARGIN", 0)
        time.sleep(0.02)
        monkeypatch.setattr(layer_difference, "_same_content", lambda *paths: pytest.fail("read"))
    clock = trusting()
    time.sleep(0.02)
    (upper / "new").write_bytes(b"new")
    found = store(target, [upper], [saved], **clock)
    assert names(target) == {"new"}
    assert found["stored"] == 1


def test_a_change_that_keeps_size_and_time_is_stored(layers: Callable[[str], Path]) -> None:
    upper, saved, target = layers("upper"), layers("saved"), layers("target")
    (upper / "a").write_bytes(b"one")
    copied(upper, saved)
    before = (upper / "a").stat()
    clock = trusting()
    (upper / "a").write_bytes(b"two")
    os.utime(upper / "a", ns=(before.st_atime_ns, before.st_mtime_ns))
    store(target, [upper], [saved], **clock)
    assert (target / "a").read_bytes() == b"two"


def test_a_folder_that_took_another_s_place_is_looked_into(
    layers: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layer_difference, "MARGIN", 0)
    upper, saved, target = layers("upper"), layers("saved"), layers("target")
    for folder, content in (("v1/deep", b"one"), ("v2/deep", b"two")):
        (upper / folder).mkdir(parents=True)
        (upper / folder / "file").write_bytes(content)
        os.utime(upper / folder / "file", ns=(0, 0))
    copied(upper, saved)
    time.sleep(0.02)
    clock = trusting()
    time.sleep(0.02)
    (upper / "v1").rename(upper / "old")
    (upper / "v2").rename(upper / "v1")
    store(target, [upper], [saved], **clock)
    assert (target / "v1" / "deep" / "file").read_bytes() == b"two"
    assert (target / "old" / "deep" / "file").read_bytes() == b"one"
    assert merged([str(target)])["v2"].is_removal
    assert "v2/deep" not in names(target)


def test_a_clock_that_went_back_is_not_trusted(
    layers: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layer_difference, "MARGIN", 0)
    upper, saved, target = layers("upper"), layers("saved"), layers("target")
    (upper / "a").write_bytes(b"one")
    os.utime(upper / "a", ns=(0, 0))
    copied(upper, saved)
    (upper / "a").write_bytes(b"two")
    os.utime(upper / "a", ns=(0, 0))
    time.sleep(0.02)
    clock = trusting()
    # An hour was taken back since the save, as the time since the machine's start shows.
    store(target, [upper], [saved], **{**clock, "offset": clock["offset"] + 3600 * 10**9})
    assert (target / "a").read_bytes() == b"two"


def test_what_was_removed_since_the_last_save_is_removed_once(
    layers: Callable[[str], Path],
) -> None:
    upper, saved, target = layers("upper"), layers("saved"), layers("target")
    (upper / "folder" / "deep").mkdir(parents=True)
    (upper / "folder" / "deep" / "a").write_bytes(b"a")
    (upper / "b").write_bytes(b"b")
    copied(upper, saved)
    (upper / "folder" / "deep" / "a").unlink()
    (upper / "folder" / "deep").rmdir()
    (upper / "b").unlink()
    store(target, [upper], [saved], **trusting())
    assert names(target) == {"folder", "folder/deep", "b"}
    assert merged([str(target)])["folder/deep"].is_removal
    # … and the save after that one says no more about it.
    again = layers("again")
    assert store(again, [upper], [target, saved], **trusting())["stored"] == 0


def test_what_shows_again_what_was_hidden_is_not_built_upon(
    layers: Callable[[str], Path],
) -> None:
    upper, saved, target, base = (layers(n) for n in ("upper", "saved", "target", "base"))
    (base / "a").write_bytes(b"of the image")
    (saved / "a").write_bytes(b"changed")
    assert "doubt" in store(target, [upper], [saved], below=[base])


def test_a_file_becomes_a_folder_and_a_folder_a_file(layers: Callable[[str], Path]) -> None:
    upper, saved, target = layers("upper"), layers("saved"), layers("target")
    (upper / "a").write_bytes(b"a")
    (upper / "b").mkdir()
    (upper / "b" / "in").write_bytes(b"b")
    copied(upper, saved)
    (upper / "a").unlink()
    (upper / "a").mkdir()
    (upper / "a" / "in").write_bytes(b"a")
    (upper / "b" / "in").unlink()
    (upper / "b").rmdir()
    (upper / "b").write_bytes(b"b")
    store(target, [upper], [saved], **trusting())
    assert names(target) == {"a", "a/in", "b"}
    assert (target / "b").read_bytes() == b"b"


def test_a_folder_that_hides_what_was_saved_is_stored_whole(
    layers: Callable[[str], Path],
) -> None:
    upper, saved, target = layers("upper"), layers("saved"), layers("target")
    (upper / "d" / "sub").mkdir(parents=True)
    (upper / "d" / "sub" / "same").write_bytes(b"same")
    (upper / "d" / "gone").write_bytes(b"gone")
    copied(upper, saved)
    (upper / "d" / "gone").unlink()
    hide(upper / "d")
    base = layers("base")
    (base / "d").mkdir()
    store(target, [upper], [saved], below=[base], **trusting())
    assert names(target) == {"d", "d/sub", "d/sub/same"}
    assert merged([str(target)])["d"].opaque


def test_what_is_left_out_is_not_written_but_what_is_removed_is(
    layers: Callable[[str], Path],
) -> None:
    upper, target = layers("upper"), layers("target")
    for path in ("tmp/a", "root/.netrc", "secrets/deep/key", "run/x.pid", "kept/a.pid"):
        (upper / path).parent.mkdir(parents=True, exist_ok=True)
        (upper / path).write_bytes(b"x")
    remove(upper / "tmp" / "gone")
    store(target, [upper], leave_out=["root/.netrc", "secrets"], junk=True)
    assert names(target) == {"tmp", "tmp/gone", "root", "run", "kept", "kept/a.pid"}


def test_what_was_removed_of_a_folder_that_is_left_out_stays_removed(
    layers: Callable[[str], Path],
) -> None:
    upper, base, target = layers("upper"), layers("base"), layers("target")
    for path in ("secrets/deep/lab", "tmp/deep/lab"):
        (base / path).parent.mkdir(parents=True)
        (base / path).write_bytes(b"")
        (upper / path).parent.mkdir(parents=True)
        remove(upper / path)
        (upper / path).with_name("mine").write_bytes(b"")
    store(target, [upper], below=[base], leave_out=["secrets"], junk=True)
    folders = {"secrets", "secrets/deep", "tmp", "tmp/deep"}
    assert names(target) == folders | {"secrets/deep/lab", "tmp/deep/lab"}


def test_several_layers_become_one(layers: Callable[[str], Path]) -> None:
    base, low, high, target = (layers(n) for n in ("base", "low", "high", "target"))
    (base / "image").write_bytes(b"")
    (base / "also").write_bytes(b"")
    (low / "a").write_bytes(b"low")
    (low / "d" / "e").mkdir(parents=True)
    (low / "d" / "e" / "f").write_bytes(b"f")
    remove(low / "image")
    (high / "a").write_bytes(b"high")
    remove(high / "d")
    remove(high / "also")
    store(target, [high, low], below=[base])
    assert names(target) == {"a", "image", "also"}
    assert (target / "a").read_bytes() == b"high"


def test_layers_merge_as_overlay2_does(layers: Callable[[str], Path]) -> None:
    high, middle, low = layers("high"), layers("middle"), layers("low")
    for layer in (low, middle):
        for path in ("a/x", "b/x", "c/x"):
            (layer / path).parent.mkdir(exist_ok=True)
    (low / "a" / "x").write_bytes(b"")
    (low / "b" / "x").write_bytes(b"")
    (low / "c" / "x").write_bytes(b"")
    (middle / "c").rmdir()
    remove(middle / "c")
    hide(middle / "b")
    (high / "c").mkdir()
    found = merged([str(one) for one in (high, middle, low)])
    assert set(found) == {"a", "a/x", "b", "c"}
    assert not found["a"].opaque
    assert found["b"].opaque
    assert found["c"].opaque


def scan(upper: Path, **more: Any) -> dict[str, Any]:
    job = {"upper": str(upper), "own": [], "base": [], "saved": [], "leave_out": [], "junk": True}
    return layer_program.scan({**job, **more}, lambda: None)


def test_a_path_through_a_link_is_found_where_it_really_is(
    layers: Callable[[str], Path],
) -> None:
    upper, base = layers("upper"), layers("base")
    (base / "var").mkdir()
    (base / "var" / "run").symlink_to("/run")
    (base / "home").mkdir()
    (base / "home" / "member").symlink_to("../srv")
    (upper / "srv").mkdir()
    (upper / "srv" / ".netrc").write_bytes(b"secret")
    found = scan(upper, base=[str(base)], leave_out=["var/run/secret", "home/member/.netrc"])
    assert found["leave_out"] == ["run/secret", "srv/.netrc"]
    assert found["in_upper"]


def test_names_of_one_file_stay_names_of_one_file(layers: Callable[[str], Path]) -> None:
    upper, saved, target = layers("upper"), layers("saved"), layers("target")
    for name in ("a", "b", "c", "d"):
        (upper / name).write_bytes(b"the same")
        os.utime(upper / name, ns=(0, 0))
    os.link(upper / "c", upper / "e")
    copied(upper, saved)
    (upper / "b").unlink()
    os.link(upper / "a", upper / "b")
    store(target, [upper], [saved], **trusting())
    assert names(target) == {"a", "b"}
    assert (target / "a").stat().st_ino == (target / "b").stat().st_ino


def test_a_change_of_a_file_of_the_image_can_be_left_out(
    layers: Callable[[str], Path],
) -> None:
    upper, base = layers("upper"), layers("base")
    for layer in (upper, base):
        (layer / "etc").mkdir()
        (layer / "etc" / "environment").write_bytes(b"")
    assert scan(upper, base=[str(base)], leave_out=["etc/environment"])["in_base"] == []


def test_what_belongs_to_the_image_is_told(layers: Callable[[str], Path]) -> None:
    upper, base = layers("upper"), layers("base")
    (base / "etc").mkdir()
    (base / "etc" / "passwd").write_bytes(b"")
    (base / "empty" / "deep").mkdir(parents=True)
    found = scan(upper, base=[str(base)], leave_out=["etc/passwd", "empty", "nowhere"])
    assert found["in_base"] == ["etc/passwd"]


def test_junk_is_found_wherever_it_is(layers: Callable[[str], Path]) -> None:
    upper = layers("upper")
    assert not scan(upper)["in_upper"]
    (upper / "tmp").mkdir()
    assert not scan(upper)["in_upper"]
    (upper / "tmp" / "a").write_bytes(b"")
    assert scan(upper)["in_upper"]
    assert not scan(upper, junk=False)["in_upper"]


@pytest.mark.parametrize(
    "path",
    [
        *("run/cron.pid", "var/run/x/y.pid", "run/labdock/token", "var/cache/apt/pkgcache.bin"),
        *("root/.cache/pip/http/x", "home/member/.npm/_cacache/x", "opt/conda/pkgs/a.conda"),
        *("home/member/.local/share/jupyter/runtime/server.json", "var/lib/apt/lists/x"),
    ],
)
def test_each_kind_of_junk_is_found_in_a_layer_below(
    layers: Callable[[str], Path], path: str
) -> None:
    own = layers("own")
    (own / path).parent.mkdir(parents=True)
    (own / path).write_bytes(b"x")
    assert scan(layers("upper"), own=[str(own)])["in_own"]


def test_what_only_looks_like_junk_stays(layers: Callable[[str], Path]) -> None:
    own = layers("own")
    for path in ("opt/tmp/a", "home/member/x.pid", "root/.cache/other/x", "opt/conda/pkgs/a/b.py"):
        (own / path).parent.mkdir(parents=True)
        (own / path).write_bytes(b"x")
    (own / "tmp").symlink_to("/tmp")
    assert not scan(layers("upper"), own=[str(own)])["in_own"]


def test_empty_driver_files_that_no_package_owns_are_stale(
    layers: Callable[[str], Path],
) -> None:
    upper, base = layers("upper"), layers("base")
    library = upper / "usr" / "lib" / "x86_64-linux-gnu"
    library.mkdir(parents=True)
    for name in ("libcuda.so.570.1", "libnvidia-ml.so.1", "libfoo.so.1"):
        (library / name).write_bytes(b"")
    (library / "libnvidia-full.so.1").write_bytes(b"full")
    lists = base / "var" / "lib" / "dpkg" / "info"
    lists.mkdir(parents=True)
    (lists / "owner.list").write_text("/.\n/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1\n")
    found = scan(upper, base=[str(base)])
    assert found["driver"] == ["usr/lib/x86_64-linux-gnu/libcuda.so.570.1"]
    assert found["in_upper"]


def test_programs_without_their_compiled_form_are_found(layers: Callable[[str], Path]) -> None:
    upper = layers("upper")
    package = upper / "opt" / "env" / "lib" / "python3.11" / "site-packages" / "package"
    (package / "__pycache__").mkdir(parents=True)
    (package / "a.py").write_text("a")
    (package / "__pycache__" / "a.cpython-311.pyc").write_bytes(b"x")
    assert scan(upper)["uncompiled"] == []
    (package / "b.py").write_text("b")
    assert scan(upper)["uncompiled"] == [str(package.relative_to(upper))]


def test_a_link_that_takes_a_folder_s_place_leads_nowhere(
    layers: Callable[[str], Path], tmp_path: Path
) -> None:
    upper, target = layers("upper"), layers("target")
    (upper / "a").mkdir()
    (upper / "a" / "passwords").write_bytes(b"of the member")
    (tmp_path / "machine").mkdir()
    (tmp_path / "machine" / "passwords").write_bytes(b"of the machine")
    now = merged([str(upper)])
    (upper / "a").rename(upper / "b")
    (upper / "a").symlink_to(tmp_path / "machine")
    writer = layer_copy.Writer([str(upper)], str(target))
    for path in ("a", "a/passwords"):
        writer.write(now[path])
    assert not (target / "a" / "passwords").exists()


def test_a_name_that_vanishes_meanwhile_is_passed_over(
    layers: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    upper, target = layers("upper"), layers("target")
    (upper / "a").write_bytes(b"a")
    (upper / "b").write_bytes(b"b")
    real = merged

    def merging(folders: list[str]) -> dict[str, layer_tree.Entry]:
        found = real(folders)
        (upper / "a").unlink(missing_ok=True)
        return found

    monkeypatch.setattr("workspace_cli.core.layer_program.merged", merging)
    store(target, [upper])
    assert names(target) == {"b"}
