"""What two stacks of layer folders show, and in what they differ."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workspace_cli.core.fake_layers import write_layer
from workspace_cli.core.look_files import open_file
from workspace_cli.core.look_tree import MovedFolderError, View, differences

Layer = dict[str, bytes]


def stack(folder: Path, *layers: Layer) -> list[str]:
    """Write layers, given from the lowest to the highest, and return their folders."""
    paths = [folder / str(number) for number in range(len(layers))]
    for path, layer in zip(paths, layers, strict=True):
        write_layer(path, layer)
    return [str(path) for path in reversed(paths)]


def told(new: list[str], old: list[str]) -> dict[str, str]:
    """Return path → what became of it."""
    return {
        one.path: "removed" if one.new is None else "added" if one.old is None else "changed"
        for one in differences(new, old)
    }


BASE = {"etc/hosts": b"h", "usr/bin/a": b"a", "usr/bin/b": b"b", "usr/lib/x/y": b"y"}


def test_what_a_layer_adds_changes_and_removes(tmp_path: Path) -> None:
    layers = stack(
        tmp_path,
        BASE,
        {"usr/bin/c": b"c", "etc/hosts": b"longer", "usr/bin/.wh.b": b"", "new/deep/file": b""},
    )
    assert told(layers, layers[1:]) == {
        "usr/bin/c": "added",
        "etc/hosts": "changed",
        "usr/bin/b": "removed",
        "new/deep/file": "added",
    }


def test_nothing_differs_from_itself(tmp_path: Path) -> None:
    layers = stack(tmp_path, BASE, {"usr/bin/c": b"c"})
    assert told(layers, layers) == {}


def test_a_folder_made_anew_hides_all_that_was_below(tmp_path: Path) -> None:
    layers = stack(tmp_path, BASE, {"usr/bin/.wh..wh..opq": b"", "usr/bin/d": b"d"})
    assert told(layers, layers[1:]) == {
        "usr/bin/a": "removed",
        "usr/bin/b": "removed",
        "usr/bin/d": "added",
    }


def test_a_removed_folder_is_all_its_files(tmp_path: Path) -> None:
    layers = stack(tmp_path, BASE, {".wh.usr": b""})
    assert told(layers, layers[1:]) == dict.fromkeys(
        ["usr/bin/a", "usr/bin/b", "usr/lib/x/y"], "removed"
    )


def test_a_file_in_a_folders_place_and_a_folder_in_a_files(tmp_path: Path) -> None:
    layers = stack(
        tmp_path, BASE, {"usr/lib/x": b"file", "etc/.wh.hosts": b""}, {"etc/hosts/a": b""}
    )
    assert told(layers, layers[2:]) == {
        "usr/lib/x": "added",
        "usr/lib/x/y": "removed",
        "etc/hosts": "removed",
        "etc/hosts/a": "added",
    }


def test_a_file_that_was_copied_up_and_is_the_same_is_none(tmp_path: Path) -> None:
    layers = stack(tmp_path, BASE, {"usr/bin/a": b"a"})
    upper, lower = (Path(layer) / "usr/bin/a" for layer in layers)
    os.utime(upper, ns=(0, lower.stat().st_mtime_ns // 10**9 * 10**9 + 5))
    assert told(layers, layers[1:]) == {}
    upper.chmod(0o755)
    assert told(layers, layers[1:]) == {"usr/bin/a": "changed"}


def test_two_stacks_on_one_image_differ_in_what_each_added(tmp_path: Path) -> None:
    base = stack(tmp_path / "base", BASE)
    one = stack(tmp_path / "one", {"opt/one": b"1", "usr/bin/.wh.a": b""}) + base
    other = stack(tmp_path / "other", {"opt/two": b"2"}) + base
    assert told(one, other) == {"opt/one": "added", "opt/two": "removed", "usr/bin/a": "removed"}


def test_stacks_with_nothing_in_common_are_compared_whole(tmp_path: Path) -> None:
    one = stack(tmp_path / "one", {"a": b"1", "same": b"s"})
    other = stack(tmp_path / "other", {"b": b"2", "same": b"s"})
    for path in (Path(one[0]) / "same", Path(other[0]) / "same"):
        os.utime(path, (7, 7))
    assert told(one, other) == {"a": "added", "b": "removed"}


def test_a_folder_that_was_renamed_by_reference_is_not_guessed_at(tmp_path: Path) -> None:
    layers = stack(tmp_path, BASE, {"usr/bin/c": b"c"})
    os.setxattr(f"{layers[0]}/usr", "trusted.overlay.redirect", b"/opt")
    with pytest.raises(MovedFolderError):
        told(layers, layers[1:])


def test_no_link_leads_out_of_a_layer(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    write_layer(outside, {"secret": b"s"})
    layers = stack(tmp_path, BASE, {"home/note": b"n"})
    (Path(layers[0]) / "home/out").symlink_to(outside)
    (Path(layers[0]) / "home/file").symlink_to(outside / "secret")
    assert told(layers, layers[1:]) == dict.fromkeys(
        ["home/note", "home/out", "home/file"], "added"
    )
    for path in ("home/out/secret", "home/file"):
        with pytest.raises(OSError, match=r"."):
            open_file(layers[0], path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    layers = stack(tmp_path, BASE, {"home/note": b"n"})
    os.mkfifo(f"{layers[0]}/home/pipe")
    assert told(layers, layers[1:])["home/pipe"] == "added"
    with pytest.raises(OSError, match="no regular file"):
        open_file(layers[0], "home/pipe")


def test_names_that_are_no_utf8_and_very_deep_folders(tmp_path: Path) -> None:
    layers = stack(tmp_path, BASE, {"home/note": b"n"})
    deep = "/".join(["d" * 200] * 15)
    folder = os.open(layers[0], os.O_RDONLY)
    for name in deep.split("/"):
        os.mkdir(name, dir_fd=folder)
        inner = os.open(name, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
    os.close(os.open(b"caf\xe9", os.O_CREAT | os.O_WRONLY, dir_fd=folder))
    os.close(folder)
    assert told(layers, layers[1:])[f"{deep}/caf\udce9"] == "added"


NAMES = ("a", "b", "c")
paths = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map("/".join)
entries = st.dictionaries(paths, st.sampled_from(["file", "longer", "gone", "opaque"]), max_size=6)


def as_layer(drawn: dict[str, str]) -> Layer:
    """Return a layer that can be: nothing lies below a file or below what is gone."""
    layer: Layer = {}
    for path, kind in sorted(drawn.items()):
        above = [path.rsplit("/", n)[0] for n in range(1, path.count("/") + 1)]
        if any(drawn.get(one, "opaque") != "opaque" for one in above):
            continue
        folder, _, name = path.rpartition("/")
        gone = f"{folder}/.wh.{name}".lstrip("/")
        marks = {"gone": gone, "opaque": f"{path}/.wh..wh..opq"}
        layer[marks.get(kind, path)] = kind.encode() if kind in ("file", "longer") else b""
    return layer


def seen_from_above(layers: Sequence[Layer]) -> dict[str, bytes]:
    """Return what layers, from the lowest to the highest, show: the rules, written plainly."""
    seen: dict[str, bytes] = {}
    for layer in layers:
        for path in layer:
            folder, _, name = path.rpartition("/")
            if name == ".wh..wh..opq":
                hidden = [folder]
            elif name.startswith(".wh."):
                hidden = [f"{folder}/{name[4:]}".lstrip("/")]
            else:
                # A file hides a folder of its name, and a folder's part a file of that name.
                hidden = [path]
            seen = {
                one: data
                for one, data in seen.items()
                if not any(one == gone or one.startswith(f"{gone}/") for gone in hidden)
                and not path.startswith(f"{one}/")
            }
        seen |= {
            p: data for p, data in layer.items() if not p.rpartition("/")[2].startswith(".wh.")
        }
    return seen


@settings(deadline=None, max_examples=80)
@given(
    base=st.lists(entries, min_size=1, max_size=2),
    one=st.lists(entries, max_size=2),
    other=st.lists(entries, max_size=2),
)
def test_any_two_stacks_differ_in_what_they_show(
    base: list[dict[str, str]], one: list[dict[str, str]], other: list[dict[str, str]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        layers = {
            name: [as_layer(drawn) for drawn in rows]
            for name, rows in (("base", base), ("one", one), ("other", other))
        }
        below = stack(Path(folder, "base"), *layers["base"])
        new = stack(Path(folder, "one"), *layers["one"]) + below
        old = stack(Path(folder, "other"), *layers["other"]) + below
        for found in Path(folder).rglob("*"):
            if not found.is_symlink():
                os.utime(found, (7, 7))
        after = seen_from_above([*layers["base"], *layers["one"]])
        before = seen_from_above([*layers["base"], *layers["other"]])
        assert told(new, old) == {
            path: "removed" if path not in after else "added" if path not in before else "changed"
            for path in {*after, *before}
            if after.get(path) != before.get(path)
        }


def test_folders_without_end_are_refused_soon(tmp_path: Path) -> None:
    layers = stack(tmp_path, BASE, {"home/note": b"n"})
    folder = os.open(layers[0], os.O_RDONLY)
    for _ in range(600):
        os.mkdir("d", dir_fd=folder)
        inner = os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
    os.close(folder)
    with pytest.raises(OSError, match="too deep"):
        told(layers, layers[1:])


def test_a_view_reads_what_is_on_top(tmp_path: Path) -> None:
    layers = stack(
        tmp_path, BASE, {"etc/hosts": b"new", "usr/bin/.wh.a": b"", "usr/lib/x/.wh..wh..opq": b""}
    )
    view = View(layers)
    assert view.read("etc/hosts") == b"new"
    assert view.read("usr/bin/a") is None
    assert view.read("usr/bin/b") == b"b"
    assert view.read("usr/lib/x/y") is None
    assert view.read("etc/hosts", most=1) is None
    assert view.names("usr/bin") == ["b"]
    assert view.names("nowhere") == []
    assert view.match("usr/*/x") == ["usr/lib/x"]
