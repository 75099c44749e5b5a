"""``export``, ``import``, ``push``, ``pull``, ``trust`` and ``lab-key``."""

from __future__ import annotations

import io
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine, Ended
from workspace_cli.core.errors import DiskFullError
from workspace_cli.core.lab_key import FILE

Study = Callable[..., Ended]
TARGET = "registry.lab:5000/kim/vision:v2"


@pytest.fixture
def vision(workspace: CommandLine, study: Study) -> str:
    """Give an environment of kim's."""
    study()
    workspace.engine.made("labdock-kim--study").write("/opt/env/figlet")
    workspace.ok("commit", "kim/study", "vision:v2", "-m", "with figlet")
    return "labdock/kim/vision:v2"


@pytest.fixture
def file(workspace: CommandLine, vision: str, tmp_path: Path) -> Path:
    path = tmp_path / "vision.tar.zst"
    workspace.ok("export", "kim/vision:v2", str(path))
    return path


def forget_signature(workspace: CommandLine) -> None:
    """Let this lab have another key, as any other lab has."""
    (workspace.host.settings.hub_dir / FILE).unlink()


def test_export_writes_a_file_that_only_its_owner_reads(
    workspace: CommandLine, vision: str, tmp_path: Path
) -> None:
    path = tmp_path / "vision.tar.zst"
    told = workspace.ok("export", vision, str(path), "--json").json
    assert told["reference"] == vision
    assert told["size"] == path.stat().st_size
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = workspace("export", vision, str(path))
    assert again.code == 4
    assert "--force" in again.err
    assert "signed by" in workspace.ok("export", vision, str(path), "--force").out
    assert [one.name for one in tmp_path.iterdir() if "vision" in one.name] == [path.name]


def test_export_names_the_file_after_the_environment(
    workspace: CommandLine, vision: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    workspace.ok("export", "kim/vision:v2")
    assert (tmp_path / "vision-v2.tar.zst").is_file()


def test_an_export_that_fails_leaves_no_file(
    workspace: CommandLine, vision: str, tmp_path: Path
) -> None:
    workspace.engine.fail_on("save", DiskFullError("The disk is full.", "Free some space."))
    ended = workspace("export", vision, str(tmp_path / "x.tar.zst"))
    assert ended.code == 1
    assert not list(tmp_path.glob("x.tar.zst*"))
    assert workspace("export", "kim/nonesuch", str(tmp_path / "x")).code == 3


def test_import_says_who_signed_it_and_what_comes_next(workspace: CommandLine, file: Path) -> None:
    forget_signature(workspace)
    ended = workspace.ok("import", str(file), "--owner", "lee")
    assert "labdock/lee/vision:v2" in ended.out
    assert "a key that this lab does not know" in ended.out
    assert "workspace trust labdock/lee/vision:v2" in ended.out
    rows = {row["reference"]: row for row in workspace.ok("images", "--json").json}
    assert rows["labdock/lee/vision:v2"]["trusted"] is False
    assert rows["labdock/kim/vision:v2"]["trusted"] is True
    assert "(not trusted)" in workspace.ok("images").out


def test_members_start_an_import_once_an_admin_trusts_it(
    workspace: CommandLine, file: Path
) -> None:
    forget_signature(workspace)
    workspace.ok("import", str(file), "--owner", "lee")
    run = ("run", "new", "--owner", "lee", "--detach", "--image", "labdock/lee/vision:v2")
    refused = workspace(*run)
    assert refused.code == 5
    assert "no admin has allowed it" in refused.err
    workspace.ok("trust", "lee/vision:v2", "-m", "looked at it")
    workspace.ok(*run)
    [row] = workspace.ok("trust", "--json").json["images"]
    assert (row["reference"], row["trusted"]) == ("labdock/lee/vision:v2", True)
    workspace.ok("trust", "lee/vision:v2", "--untrust")
    assert workspace.ok("trust").out.splitlines()[1].split()[1] == "no"


def test_trust_of_what_was_made_here_or_is_not_there_is_refused(
    workspace: CommandLine, vision: str
) -> None:
    assert workspace("trust", "kim/vision:v2").code == 2
    assert workspace("trust", "kim/nonesuch").code == 3
    assert workspace("trust", "--untrust").code == 2
    assert workspace("trust", "kim/vision:v2", "--key", "x").code == 2


def test_a_lab_s_key_makes_what_it_signed_trusted(
    workspace: CommandLine, file: Path, tmp_path: Path
) -> None:
    key = workspace.ok("lab-key").out
    assert key.startswith("labdock-lab ")
    fingerprint = workspace.ok("lab-key", "--json").json["fingerprint"]
    forget_signature(workspace)
    (tmp_path / "other.key").write_text(key)
    workspace.ok("trust", "--key", str(tmp_path / "other.key"))
    [known] = workspace.ok("trust", "--json").json["keys"]
    assert known["fingerprint"] == fingerprint
    told = workspace.ok("import", str(file), "--owner", "lee", "--json").json
    assert told["trusted"]
    assert told["fingerprint"] == fingerprint
    workspace.ok("trust", "--key", fingerprint, "--untrust")
    assert workspace.ok("trust", "--json").json["keys"] == []
    assert workspace("trust", "--key", fingerprint, "--untrust").code == 3


@pytest.mark.parametrize("text", ["", "ssh-ed25519 AAAA kim", "labdock-lab AAAA x", "\xff"])
def test_a_file_that_is_no_key_is_refused(
    workspace: CommandLine, tmp_path: Path, text: str
) -> None:
    (tmp_path / "other.key").write_bytes(text.encode("latin-1"))
    assert workspace("trust", "--key", str(tmp_path / "other.key")).code == 2
    assert workspace("trust", "--key", "SHA256:short").code == 2
    assert workspace("trust", "--key", str(tmp_path / "nonesuch")).code == 2


def test_the_private_key_is_root_s_alone_and_is_never_printed(workspace: CommandLine) -> None:
    ended = workspace.ok("lab-key")
    path = workspace.host.settings.hub_dir / FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().strip() not in ended.out + ended.err
    path.write_text("spoilt")
    assert workspace("lab-key").code == 1


def test_a_damaged_file_changes_nothing(workspace: CommandLine, file: Path, tmp_path: Path) -> None:
    before = workspace.ok("images", "--json").json
    spoilt = tmp_path / "spoilt.tar.zst"
    spoilt.write_bytes(file.read_bytes()[:-200])
    ended = workspace("import", str(spoilt), "--owner", "lee")
    assert ended.code == 1
    assert "Nothing was imported" in ended.err
    assert workspace("import", str(tmp_path / "nonesuch")).code == 3
    assert workspace("import", str(tmp_path)).code == 3
    assert workspace.ok("images", "--json").json == before


def test_import_reads_standard_input(
    workspace: CommandLine, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.TextIOWrapper(io.BytesIO(file.read_bytes()))
    monkeypatch.setattr(sys, "stdin", stream)
    told = workspace.ok("import", "-", "--owner", "lee", "--as", "piped:1", "--json").json
    assert told["reference"] == "labdock/lee/piped:1"
    assert list((workspace.host.settings.root / "transfers").iterdir()) == []


def test_push_and_pull_tell_the_digest(workspace: CommandLine, vision: str) -> None:
    sent = workspace.ok("push", "kim/vision:v2", TARGET, "--json").json
    assert sent["target"] == TARGET
    assert sent["digest"] in workspace.ok("push", "kim/vision:v2", TARGET).out
    fetched = workspace.ok("pull", TARGET, "--owner", "lee", "--json").json
    assert (fetched["digest"], fetched["trusted"]) == (sent["digest"], False)
    assert fetched["imported_from"] == f"{TARGET}@{sent['digest']}"
    again = workspace("pull", TARGET, "--owner", "lee")
    assert again.code == 4
    assert "--as" in again.err
    assert workspace("pull", "registry.lab:5000/none:1").code == 3


def test_push_asks_for_a_registry_that_answers(
    workspace: CommandLine, vision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workspace_cli.core.registries.PAUSES", (0.0,))
    assert workspace("push", "kim/vision:v2").code == 2
    workspace.engine.registry.lost = 2
    lost = workspace("push", "kim/vision:v2", TARGET)
    assert lost.code == 6
    assert "Trying again" in lost.err
    workspace.engine.registry.closed = True
    refused = workspace("push", "kim/vision:v2", TARGET)
    assert refused.code == 5
    assert "docker login" in refused.err
