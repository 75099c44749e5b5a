"""The programs that look into an image and lay the server on it, on trees of files."""

from __future__ import annotations

import doctest
import json
import subprocess
import sys
from pathlib import Path

import pytest

from images.adopt import lay, look


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give the files of an image with a shell, apt, a system Python and a conda with torch."""
    files = {
        "usr/lib/os-release": 'ID=ubuntu\nPRETTY_NAME="Ubuntu 24.04"\n# a comment\n',
        "etc/passwd": "root:x:0:0:r:/root:/bin/bash\nubuntu:x:1000:1000::/home/ubuntu:/bin/sh\n",
        "etc/group": "root:x:0:\nbroken\n",
        "lib/x86_64-linux-gnu/libc.so.6": "GNU C Library (Ubuntu GLIBC 2.39) stable version 2.39.",
        "usr/local/cuda/version.json": '{"cuda": {"version": "12.4.1"}}',
        "opt/conda/conda-meta/history": "",
        "opt/conda/lib/python3.10/site-packages/torch/version.py": (
            "__version__ = '2.3.0+cu121'\ncuda: Optional[str] = '12.1'\n"
        ),
        "opt/conda/lib/python3.10/site-packages/ipykernel-6.29.dist-info/METADATA": "",
        "usr/lib/python3/dist-packages/numpy-1.26.egg-info": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    programs = ("usr/bin/dash", "usr/bin/apt-get", "usr/bin/python3.12", "opt/conda/bin/python3.10")
    for name in programs:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "bin").symlink_to("usr/bin")
    (tmp_path / "usr/bin/sh").symlink_to("/usr/bin/dash")
    (tmp_path / "usr/bin/python3").symlink_to("python3.12")
    (tmp_path / "opt/conda/bin/python3").symlink_to("python3.10")
    (tmp_path / "etc/os-release").symlink_to("../usr/lib/os-release")
    return tmp_path


def test_everything_is_found_through_links_of_the_image_itself(root: Path) -> None:
    found = look.look(root, ["/opt/conda/bin", "/usr/bin"])
    assert found["release"]["PRETTY_NAME"] == "Ubuntu 24.04"
    assert found["libc"] == "glibc 2.39"
    assert (found["shell"], found["apt"], found["server"]) == (True, True, False)
    assert found["users"] == {"root": 0, "ubuntu": 1000}
    assert found["cuda"] == "12.4.1"
    conda, system = found["pythons"]
    assert conda == {
        "program": "/opt/conda/bin/python3",
        "version": "3.10",
        "kind": "conda",
        "packages": {"torch": "2.3.0+cu121", "ipykernel": "6.29"},
        "torch_cuda": "12.1",
        "venv": False,
    }
    assert (system["program"], system["version"], system["kind"]) == (
        "/usr/bin/python3",
        "3.12",
        "system",
    )
    assert system["packages"] == {"numpy": "1.26"}


def test_a_link_never_leads_out_of_the_image(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    (tmp_path / "secret").write_text("ID=outside\n")
    (root / "etc/os-release").symlink_to("../../../secret")
    (root / "etc/passwd").symlink_to(str(tmp_path / "secret"))
    (root / "etc/group").symlink_to("group")
    found = look.look(root, [])
    assert (found["release"], found["users"], found["groups"]) == ({}, {}, {})


def test_musl_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/ld-musl-x86_64.so.1").write_text("")
    assert look.look(tmp_path, [])["libc"] == "musl"


def test_an_empty_image_is_no_error(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", look.__file__, str(tmp_path), ""],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert (found["libc"], found["shell"], found["pythons"]) == ("", False, [])


def test_accounts_are_added_once_and_come_first_where_the_number_is_taken(tmp_path: Path) -> None:
    (tmp_path / "passwd").write_text("root:x:0:0::/root:/bin/sh\nubuntu:x:1000:1000::/h:/bin/sh\n")
    (tmp_path / "group").write_text("root:x:0:\n")
    for _ in range(2):
        lay.write_accounts(tmp_path)
    lines = (tmp_path / "passwd").read_text().splitlines()
    assert [line.partition(":")[0] for line in lines] == ["member", "root", "ubuntu"]
    assert (tmp_path / "group").read_text() == "root:x:0:\nlabdock:x:990:\n"
    assert not (tmp_path / "shadow").exists()


def test_the_examples_of_the_programs_hold() -> None:
    assert doctest.testmod(lay).failed == 0
