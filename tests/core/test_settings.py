"""Settings are checked where they are read, and an error names the setting."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import error_of
from workspace_cli.core.errors import InvalidSettingError
from workspace_cli.core.settings import PREFIX, Settings, load_settings

NO_FILE = Path("/nonexistent/.env")


def load(**environ: str) -> Settings:
    """Read settings from variables named without their prefix, and from no file."""
    return load_settings({PREFIX + name: value for name, value in environ.items()}, NO_FILE)


def test_nothing_set_gives_the_defaults() -> None:
    assert load() == Settings()
    assert load().port == 8000
    assert load().bind == "127.0.0.1"


def test_every_setting_is_read(tmp_path: Path) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    cert.touch()
    key.touch()
    assert load(
        PORT="9000",
        ROOT="/data/lab",
        ADMIN="kim",
        ADMIN_PASSWORD="a good secret",
        DATABASE_URL="postgresql://u:p@db/lab",
        PORT_RANGE="9300-9310",
        GPU_BACKEND="cdi",
        TLS_CERT=str(cert),
        TLS_KEY=str(key),
        BIND="192.168.0.7",
        ADDRESS_POOL="10.1.0.0/20",
        PROFILE="hardened",
        TIMEZONE="Asia/Seoul",
        URL="https://lab.example.org/",
        SUBDOMAINS="on",
    ) == Settings(
        port=9000,
        root=Path("/data/lab"),
        admin="kim",
        admin_password="a good secret",
        database_url="postgresql://u:p@db/lab",
        port_range=(9300, 9310),
        gpu_backend="cdi",
        tls_cert=cert,
        tls_key=key,
        bind="192.168.0.7",
        address_pool=IPv4Network("10.1.0.0/20"),
        profile="hardened",
        timezone="Asia/Seoul",
        url="https://lab.example.org",
        subdomains=True,
    )


def test_an_empty_value_means_the_default() -> None:
    assert load(PORT="").port == 8000


def test_tls_opens_the_public_address_unless_an_admin_says_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "pem"
    file.touch()
    tls = {"TLS_CERT": str(file), "TLS_KEY": str(file)}
    assert load(**tls).bind == "0.0.0.0"
    assert load(**tls, BIND="127.0.0.1").bind == "127.0.0.1"
    assert load(**tls).tls
    assert not load().tls


@pytest.mark.parametrize("name", ["TLS_CERT", "TLS_KEY"])
def test_one_half_of_tls_is_refused(name: str, tmp_path: Path) -> None:
    file = tmp_path / "pem"
    file.touch()
    with pytest.raises(InvalidSettingError, match="belong together"):
        load(**{name: str(file)})


@pytest.mark.parametrize(
    "name, value",
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("ROOT", "relative/path"),
        ("ROOT", "/"),
        ("ADMIN", "a/b"),
        ("DATABASE_URL", "mysql://db"),
        ("PORT_RANGE", "9300"),
        ("PORT_RANGE", "9300-9200"),
        ("PORT_RANGE", "1-99999"),
        ("GPU_BACKEND", "amd"),
        ("TLS_CERT", "/nonexistent"),
        ("BIND", "localhost"),
        ("ADDRESS_POOL", "8.8.0.0/16"),
        ("ADDRESS_POOL", "10.0.0.0/28"),
        ("ADDRESS_POOL", "10.0.0.1/16"),
        ("PROFILE", "soft"),
        ("TIMEZONE", "Mars/Olympus"),
        ("TIMEZONE", "../../etc/passwd"),
        ("URL", "lab.example.org"),
        ("URL", "ftp://lab.example.org"),
        ("URL", "https://lab.example.org/labdock"),
        ("URL", "https://kim@lab.example.org"),
        ("URL", "https://lab.example.org:70000"),
        ("SUBDOMAINS", "yes"),
    ],
)
def test_a_malformed_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(InvalidSettingError, match=PREFIX + name):
        load(**{name: value})


def test_a_public_address_says_whether_browsers_come_by_tls() -> None:
    assert not load().encrypted
    assert not load(URL="http://lab.example.org:8000").encrypted
    assert load(URL="HTTPS://Lab.Example.org").encrypted
    assert load(URL="HTTPS://Lab.Example.org").url == "https://lab.example.org"


def test_members_have_host_names_only_where_that_is_set() -> None:
    assert load(URL="https://lab.example.org").domain is None
    assert load(URL="https://lab.example.org:8443", SUBDOMAINS="on").domain == "lab.example.org"


@pytest.mark.parametrize(
    "url", ["", "https://127.0.0.1", "https://localhost", "https://[::1]:8000", "https://a_b.org"]
)
def test_subdomains_need_a_host_name(url: str) -> None:
    with pytest.raises(InvalidSettingError, match="WORKSPACE_SUBDOMAINS=on needs"):
        load(URL=url, SUBDOMAINS="on")


def test_a_public_address_without_tls_is_refused_where_the_port_speaks_it(tmp_path: Path) -> None:
    file = tmp_path / "pem"
    file.touch()
    with pytest.raises(InvalidSettingError, match="WORKSPACE_URL begins with http:"):
        load(TLS_CERT=str(file), TLS_KEY=str(file), URL="http://lab.example.org")


def test_an_unknown_setting_is_named_with_the_one_that_was_meant() -> None:
    with pytest.raises(InvalidSettingError, match=r"no setting WORKSPACE_POTR.*WORKSPACE_PORT\?"):
        load(POTR="1")


def test_a_container_s_own_variables_are_no_settings() -> None:
    assert load(AUTH_USER="kim", AUTH_PASSWORD="1234") == Settings()


@pytest.mark.parametrize("name", ["ADMIN_PASSWORD", "DATABASE_URL"])
@given(value=st.text(min_size=1))
def test_an_error_never_shows_a_secret(name: str, value: str) -> None:
    assert "hunter2" not in str(error_of(lambda: load(**{name: f"hunter2{value}"})))


def test_a_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(
        "# the lab's\n\nexport WORKSPACE_PORT=9000\nWORKSPACE_ADMIN='kim'\nOTHER=1\n"
        "WORKSPACE_AUTH_USER=not-ours\n"
    )
    settings = load_settings({"WORKSPACE_PORT": "9001"}, file)
    assert (settings.port, settings.admin) == (9001, "kim")


def test_a_line_that_is_none_is_told_with_its_number(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("WORKSPACE_PORT=9000\nnonsense\n")
    with pytest.raises(InvalidSettingError, match="line 2: 'nonsense'"):
        load_settings({}, file)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettingError, match="cannot be read"):
        load_settings({}, tmp_path)


@given(st.dictionaries(st.sampled_from(["PORT", "ROOT", "BIND", "TIMEZONE", "X"]), st.text()))
def test_any_values_give_settings_or_a_clear_error(values: dict[str, str]) -> None:
    error = error_of(lambda: load(**values))
    assert error is None or (isinstance(error, InvalidSettingError) and PREFIX in error.message)


def test_paths_lie_under_the_root() -> None:
    settings = Settings(root=Path("/data"))
    paths = (settings.homes, settings.shared, settings.datasets, settings.hub_dir)
    for path in (*paths, settings.secrets, settings.lock, settings.api_token):
        assert path.is_relative_to("/data")


def test_who_only_asks_for_tls_needs_no_certificate(tmp_path: Path) -> None:
    names = {"WORKSPACE_TLS_CERT": tmp_path / "cert.pem", "WORKSPACE_TLS_KEY": tmp_path / "key.pem"}
    environ = {name: str(path) for name, path in names.items()}
    assert load_settings(environ, NO_FILE, tls_files=False).tls
    with pytest.raises(InvalidSettingError, match="no such file"):
        load_settings(environ, NO_FILE)
    relative = {**environ, "WORKSPACE_TLS_KEY": "key.pem"}
    with pytest.raises(InvalidSettingError, match="WORKSPACE_TLS_KEY"):
        load_settings(relative, NO_FILE, tls_files=False)
