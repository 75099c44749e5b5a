"""Folders to mount, with owners that the tests choose."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

FolderOf = Callable[..., Path]


@pytest.fixture
def folder_of() -> Iterator[FolderOf]:
    """Make folders that belong to a uid, with files in them or without."""
    made: list[Path] = []

    def make(uid: int, *files: str) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="labdock-test-", dir="/var/tmp"))
        made.append(folder)
        folder.chmod(0o755)
        for name in files:
            (folder / name).write_text("kept\n")
            os.chown(folder / name, uid, uid)
        os.chown(folder, uid, uid)
        return folder

    yield make
    for folder in made:
        shutil.rmtree(folder)
