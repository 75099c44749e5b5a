"""What is made under the data root."""

from dataclasses import replace
from pathlib import Path

import pytest

from workspace_cli.core.errors import SetupError
from workspace_cli.core.settings import Settings, load_settings
from workspace_cli.setup import data_root


def modes(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): oct(path.stat().st_mode & 0o7777)
        for path in sorted(root.rglob("*"))
    }


def test_folders_and_secrets_are_made_with_their_rights(settings: Settings) -> None:
    data_root.prepare(settings)
    found = modes(settings.root)
    assert settings.root.stat().st_mode & 0o077 == 0, "no way in for accounts of the host"
    assert found["homes"] == "0o711"
    assert found["shared"] == "0o2775"
    assert (settings.shared.stat().st_uid, settings.shared.stat().st_gid) == (0, 990)
    for private in ("hub", "secrets", "proxy"):
        assert found[private] == "0o700"
    for secret in (
        "hub/admin-password",
        "hub/api-token",
        "hub/portal-token",
        "hub/proxy-token",
        "proxy/token",
    ):
        assert found[secret] == "0o600"


def test_doing_it_again_changes_nothing(settings: Settings) -> None:
    data_root.prepare(settings)
    before = {path: path.stat().st_mtime_ns for path in settings.root.rglob("*")}
    data_root.prepare(settings)
    assert {path: path.stat().st_mtime_ns for path in settings.root.rglob("*")} == before


def test_rights_that_an_admin_chose_are_kept(settings: Settings) -> None:
    data_root.prepare(settings)
    settings.datasets.chmod(0o750)
    data_root.prepare(settings)
    assert settings.datasets.stat().st_mode & 0o777 == 0o750


def test_the_given_password_is_for_the_first_start_only(settings: Settings) -> None:
    data_root.prepare(replace(settings, admin_password="first-one"))
    data_root.prepare(replace(settings, admin_password="second-one"))
    assert data_root.admin_password_file(settings).read_text().strip() == "first-one"


def test_generated_secrets_differ(settings: Settings) -> None:
    data_root.prepare(settings)
    secrets = [
        (settings.hub_dir / name).read_text().strip()
        for name in ("admin-password", "api-token", "portal-token", "proxy-token")
    ]
    assert len(set(secrets)) == 4
    assert all(len(secret) >= 16 for secret in secrets)


def test_the_hub_reads_the_settings_back_as_they_are(settings: Settings, tmp_path: Path) -> None:
    cert, key = tmp_path / "lab.pem", tmp_path / "lab.key"
    cert.write_text("certificate")
    key.write_text("key")
    wanted = replace(
        settings,
        port=8443,
        database_url="postgresql://lab:pa=ss#w'ord@db/lab",
        tls_cert=cert,
        tls_key=key,
        bind="0.0.0.0",
        timezone="Asia/Seoul",
    )
    data_root.prepare(wanted)
    folder = data_root.proxy_folder(settings)
    read = load_settings({}, settings.hub_dir / ".env")
    assert read == replace(wanted, tls_cert=folder / "cert.pem", tls_key=folder / "key.pem")


def test_a_renewed_certificate_is_copied_and_seen(settings: Settings, tmp_path: Path) -> None:
    cert, key = tmp_path / "lab.pem", tmp_path / "lab.key"
    cert.write_text("old")
    key.write_text("key")
    with_tls = replace(settings, tls_cert=cert, tls_key=key)
    data_root.prepare(with_tls)
    copied = data_root.proxy_folder(settings) / "cert.pem"
    before = data_root.digest_of(copied)
    cert.write_text("new")
    data_root.prepare(with_tls)
    assert copied.read_text() == "new"
    assert data_root.digest_of(copied) != before
    data_root.prepare(settings)
    assert not copied.exists()


def test_a_data_root_that_cannot_be_made_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SetupError, match="cannot be prepared"):
        data_root.prepare(Settings(root=tmp_path / "file" / "labdock"))
