"""``workspace backup`` and ``workspace restore``."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine, Ended
from workspace_cli.core.host import Host


@pytest.fixture
def home(host: Host) -> Path:
    folder = host.settings.homes / "kim"
    folder.mkdir(parents=True)
    (folder / "thesis").write_text("chapter 1")
    return folder


@pytest.fixture
def archive(workspace: CommandLine, home: Path, tmp_path: Path) -> Path:
    """Give a backup of kim's home, which has lost its file since."""
    file = tmp_path / "kim.tar.zst"
    workspace.ok("backup", "kim", str(file))
    (home / "thesis").unlink()
    return file


def test_backup_tells_what_it_wrote(workspace: CommandLine, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "kim.tar.zst"
    told = workspace.ok("backup", "kim", str(file), "--json").json
    assert (told["kind"], told["owner"], told["files"]) == ("home", "kim", 2)
    assert told["size"] == file.stat().st_size
    beside = Path(f"{file}.sha256").read_text()
    assert beside == f"{told['sha256']}  kim.tar.zst\n"
    again = workspace("backup", "kim", str(file))
    assert again.code == 4
    assert "--force" in again.err
    assert "kim.tar.zst" in workspace.ok("backup", "kim", str(file), "--force").out


def test_restore_brings_it_back(workspace: CommandLine, home: Path, archive: Path) -> None:
    ended = workspace.ok("restore", str(archive), "--yes")
    assert (home / "thesis").read_text() == "chapter 1"
    assert "the home of kim" in ended.out
    assert "sha256" not in ended.err


def test_restore_as_somebody_elses_home_needs_no_question(
    workspace: CommandLine, archive: Path, host: Host
) -> None:
    told = workspace.ok("restore", str(archive), "--user", "lee", "--json").json
    assert told["home"] == str(host.settings.homes / "lee")
    assert (host.settings.homes / "lee" / "thesis").exists()


def test_restore_asks_a_person_and_refuses_a_script(
    workspace: CommandLine, home: Path, archive: Path
) -> None:
    kept = workspace.ok("restore", str(archive), stdin="n\n", terminal=True)
    assert "was kept" in kept.err
    assert not (home / "thesis").exists()
    refused = workspace("restore", str(archive))
    assert (refused.code, "--yes" in refused.err) == (2, True)
    workspace.ok("restore", str(archive), stdin="y\n", terminal=True)
    assert (home / "thesis").exists()


def test_the_old_home_is_kept_where_asked(
    workspace: CommandLine, home: Path, archive: Path
) -> None:
    (home / "newer").touch()
    told = workspace.ok("restore", str(archive), "--yes", "--keep-old", "--json").json
    assert [path.name for path in Path(told["old"]).iterdir()] == ["newer"]
    assert Path(told["old"]).parent == home.parent


def test_a_running_workspace_is_named(
    workspace: CommandLine, archive: Path, study: Callable[..., Ended]
) -> None:
    study()
    refused = workspace("restore", str(archive), "--yes")
    assert refused.code == 4
    assert "kim/study" in refused.err


def test_a_spoilt_backup_is_refused_before_anything_is_replaced(
    workspace: CommandLine, home: Path, archive: Path
) -> None:
    archive.write_bytes(archive.read_bytes()[:-20])
    for _ in range(2):
        refused = workspace("restore", str(archive), "--yes")
        assert refused.code == 1
        assert "damaged" in refused.err
        Path(f"{archive}.sha256").unlink(missing_ok=True)  # now only its own checksums tell
    assert home.is_dir()


@pytest.mark.parametrize(
    "argv, code",
    [
        (["backup"], 2),
        (["backup", "kim"], 2),
        (["backup", "--state", "a", "b"], 2),
        (["backup", "nobody", "/tmp/x.tar.zst"], 3),
        (["backup", "--state", "/tmp/x.tar.zst"], 1),
        (["backup", "kim", "/none/x.tar.zst"], 3),
        (["backup", "kim", "/tmp"], 2),
        (["restore"], 2),
        (["restore", "/none"], 3),
        (["restore", "/etc/hostname"], 1),
        (["restore", "/tmp"], 3),
    ],
)
def test_a_wrong_call_is_told(
    workspace: CommandLine, home: Path, argv: list[str], code: int
) -> None:
    ended = workspace(*argv)
    assert ended.code == code, ended.err
    assert ended.err.startswith("workspace: ")
    assert home.is_dir()
    assert not Path("/tmp/x.tar.zst").exists()


def test_no_backup_is_written_to_a_terminal(workspace: CommandLine, home: Path, host: Host) -> None:
    from tests.cli.conftest import Terminal
    from workspace_cli.main import run_cli
    from workspace_cli.output import Console

    out, err = Terminal(), io.StringIO()
    assert run_cli(["backup", "kim", "-"], Console(out, err, io.StringIO()), host) == 2
    assert out.getvalue() == ""


def test_the_state_is_saved_and_restored(
    workspace: CommandLine, host: Host, tmp_path: Path
) -> None:
    host.settings.hub_dir.mkdir()
    key, file = host.settings.hub_dir / "cookie-secret", tmp_path / "state.tar.zst"
    key.write_text("one")
    assert workspace.ok("backup", "--state", str(file), "--json").json["kind"] == "state"
    key.write_text("two")
    assert workspace("restore", str(file)).code == 2
    assert workspace("restore", str(file), "--user", "kim", "--yes").code == 2
    assert "workspace up" in workspace.ok("restore", str(file), "--yes").out
    assert key.read_text() == "one"


def test_a_stream_is_restored_from_standard_input(
    workspace: CommandLine, home: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Input(io.StringIO):
        buffer = io.BytesIO(archive.read_bytes())

    monkeypatch.setattr(sys, "stdin", Input())
    refused = workspace("restore", "-")
    assert refused.code == 2
    monkeypatch.setattr(Input, "buffer", io.BytesIO(archive.read_bytes()))
    workspace.ok("restore", "-", "--yes")
    assert (home / "thesis").exists()
