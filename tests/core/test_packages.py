"""What is installed, read from layers."""

from __future__ import annotations

import json
from pathlib import Path

from tests.core.test_look_tree import stack
from workspace_cli.core.look_tree import View, differences
from workspace_cli.core.packages import compare, installed

SITE = "opt/env/lib/python3.11/site-packages"
USER = "home/member/.local/lib/python3.11/site-packages"


def dpkg(**versions: str) -> dict[str, bytes]:
    """Return the files in which dpkg keeps what is installed."""
    status = "\n\n".join(
        f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}"
        for name, version in versions.items()
    )
    lists = {
        f"var/lib/dpkg/info/{name}.list": f"/.\n/usr\n/bin/{name}\n".encode() for name in versions
    }
    return {"var/lib/dpkg/status": status.encode(), **lists}


def wheel(name: str, version: str, site: str = SITE, size: int = 4) -> dict[str, bytes]:
    """Return the files of an installed wheel, with a program and a module."""
    info = f"{name}-{version}.dist-info"
    record = f"{name}.py,sha256=x,{size}\n../../../bin/{name},sha256=x,3\n{info}/METADATA,,\n"
    return {
        f"{site}/{name}.py": b"x" * size,
        f"{site.split('/lib/')[0]}/bin/{name}": b"run",
        f"{site}/{info}/METADATA": f"Name: {name}\nVersion: {version}\n".encode(),
        f"{site}/{info}/RECORD": record.encode(),
    }


def found(*layers: dict[str, bytes], folder: Path) -> dict[str, tuple[str, str, str]]:
    """Return package → (manager, before, after) of the highest layer against those below."""
    folders = stack(folder, *layers)
    paths = [one.path for one in differences(folders, folders[1:])]
    owned = compare(View(folders), View(folders[1:]), paths)
    return {row.name: (row.manager, row.before, row.after) for row in owned.changed}


def test_packages_of_apt_that_came_changed_and_went(tmp_path: Path) -> None:
    assert found(
        dpkg(bash="5.2", vim="9.0", nano="7"), dpkg(bash="5.2", vim="9.1", figlet="2.2"),
        folder=tmp_path,
    ) == {
        "figlet": ("apt", "", "2.2"),
        "nano": ("apt", "7", ""),
        "vim": ("apt", "9.0", "9.1"),
    }  # fmt: skip


def test_packages_of_pip_wherever_they_are(tmp_path: Path) -> None:
    gone = {f"{SITE}/.wh.old-1.0.dist-info": b"", f"{SITE}/.wh.up-1.0.dist-info": b""}
    assert found(
        {**wheel("old", "1.0"), **wheel("up", "1.0"), **wheel("same", "3")},
        {**gone, **wheel("up", "2.0"), **wheel("mine", "0.1", USER)},
        folder=tmp_path,
    ) == {"old": ("pip", "1.0", ""), "up": ("pip", "1.0", "2.0"), "mine": ("pip", "", "0.1")}


def test_what_conda_installed_is_told_once(tmp_path: Path) -> None:
    site = "home/member/miniforge3/lib/python3.11/site-packages"
    files = [path.removeprefix("home/member/miniforge3/") for path in wheel("numpy", "2.0", site)]
    meta = "home/member/miniforge3/conda-meta/numpy-2.0-py311_0.json"
    text = json.dumps({"files": files})
    assert found({}, {**wheel("numpy", "2.0", site), meta: text.encode()}, folder=tmp_path) == {
        "numpy": ("conda", "", "2.0")
    }


def test_the_servers_own_packages_are_nobodys_choice(tmp_path: Path) -> None:
    site = "opt/labdock/lib/python3.11/site-packages"
    assert found({}, wheel("jupyter", "1", site), folder=tmp_path) == {}


def test_files_belong_to_the_package_that_brought_them(tmp_path: Path) -> None:
    folders = stack(tmp_path, {}, {**dpkg(figlet="2.2"), **wheel("mine", "1")})
    paths = [one.path for one in differences(folders, folders[1:])]
    owned = compare(View(folders), View(folders[1:]), paths)
    names = {path: owned.changed[number].name for path, (number, _) in owned.files.items()}
    # /bin is a link to /usr/bin by now.
    assert names["usr/bin/figlet"] == "figlet"
    assert names["opt/env/bin/mine"] == "mine"
    assert owned.files[f"{SITE}/mine.py"][1] == 4


def test_everything_that_is_installed(tmp_path: Path) -> None:
    half_gone = {f"{SITE}/~umpy-1.0.dist-info/METADATA": b"", f"{SITE}/left-1.dist-info/x": b""}
    layers = stack(
        tmp_path,
        dpkg(bash="5.2"),
        {**wheel("mine", "1"), **half_gone},
        {**wheel("own_tool", "2", USER), f"{SITE}/.wh.mine-1.dist-info": b"", **wheel("mine", "3")},
    )
    rows = {(row.manager, row.name, row.version, row.place) for row in installed(View(layers))}
    assert rows == {
        ("apt", "bash", "5.2", ""),
        ("pip", "mine", "3", "/opt/env"),
        ("pip", "own-tool", "2", "/home/member/.local"),
    }


def test_packages_half_installed_or_removed_but_for_their_settings_are_none(tmp_path: Path) -> None:
    status = (
        b"Package: a\nStatus: deinstall ok config-files\nVersion: 1\n\n"
        b"Package: b\nStatus: install ok half-installed\nVersion: 1\n"
    )
    layers = stack(tmp_path, {"var/lib/dpkg/status": status})
    assert installed(View(layers)) == []


def test_broken_records_are_no_failure(tmp_path: Path) -> None:
    layers = {
        "var/lib/dpkg/status": b"\xff\xfe\0garbage\n\nPackage: \n",
        f"{SITE}/x-1.dist-info/METADATA": b"\xff",
        f"{SITE}/x-1.dist-info/RECORD": b'"unclosed,,\n\xff\xfe,,x',
        "opt/env/conda-meta/half.json": b"{",
        f"{SITE}/y-1.dist-info/METADATA": b"",
        f"{SITE}/y-1.dist-info/RECORD": b"z,," + b"9" * 5000 + b"\n" + b"a" * 200_000 + b",,\n",
        "opt/env/conda-meta/a-1-0.json": b"[]",
        "opt/env/conda-meta/b-1-0.json": b'{"files": ' + b"[" * 100_000,
    }
    assert found({}, layers, folder=tmp_path) == {
        **dict.fromkeys(("x", "y"), ("pip", "", "1")),
        **dict.fromkeys(("a", "b"), ("conda", "", "1")),
    }
