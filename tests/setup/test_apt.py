"""Reading a machine's package sources, and writing the one extra."""

from pathlib import Path

import pytest

from workspace_cli.core.errors import SetupError
from workspace_cli.setup import apt
from workspace_cli.setup.apt import Source, main_mirror, parse_sources, pin_text, source_text

DEB822 = """\
# Written by the installer.
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
# the default
Components: main contrib
Signed-By: /usr/share/keyrings/debian.gpg

Types: deb
URIs: http://mirror.example/security http://other.example/security
Suites: bookworm-security
Components: main
Enabled: yes

Types: deb-src
URIs: http://sources.example/debian
Suites: bookworm
Components: main

Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
Enabled: no
"""

ONE_LINE = """\
# deb http://commented.example/debian bookworm main
deb http://mirror.example/debian/ bookworm main contrib # the lab's
deb [arch=amd64 signed-by=/etc/apt/keyrings/lab.gpg] https://lab.example/apt stable extra
deb-src http://mirror.example/debian bookworm main

nonsense
"""


def test_deb822_sources_are_read_without_source_packages_and_disabled_ones() -> None:
    assert parse_sources(DEB822, deb822=True) == [
        Source(
            "http://mirror.example/debian",
            ("bookworm", "bookworm-updates"),
            ("main", "contrib"),
            "/usr/share/keyrings/debian.gpg",
        ),
        Source("http://mirror.example/security", ("bookworm-security",), ("main",)),
        Source("http://other.example/security", ("bookworm-security",), ("main",)),
    ]


def test_one_line_sources_are_read_with_their_options() -> None:
    assert parse_sources(ONE_LINE, deb822=False) == [
        Source("http://mirror.example/debian/", ("bookworm",), ("main", "contrib")),
        Source("https://lab.example/apt", ("stable",), ("extra",), "/etc/apt/keyrings/lab.gpg"),
    ]


def test_a_key_written_into_the_source_is_carried_over_whole() -> None:
    text = (
        "Types: deb\nURIs: http://m.example/debian\nSuites: bookworm\nComponents: main\n"
        "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBF\n -----END\n"
    )
    (mirror,) = parse_sources(text, deb822=True)
    (copied,) = parse_sources(source_text(mirror, "trixie"), deb822=True)
    assert copied.signed_by == mirror.signed_by
    assert "\n mQINBF" in copied.signed_by


def test_both_formats_are_found_in_a_machines_folders(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list").write_text(ONE_LINE)
    (tmp_path / "sources.list.d" / "debian.sources").write_text(DEB822)
    (tmp_path / "sources.list.d" / "old.list.save").write_text(ONE_LINE)
    uris = [source.uri for source in apt.machine_sources(tmp_path)]
    assert uris[0] == "http://mirror.example/debian/"
    assert len(uris) == 5


def test_the_mirror_is_the_source_of_the_release_itself() -> None:
    sources = parse_sources(DEB822, deb822=True)
    assert main_mirror(reversed_list(sources), "bookworm").uri == "http://mirror.example/debian"


def reversed_list(sources: list[Source]) -> list[Source]:
    return list(reversed(sources))


def test_a_machine_without_a_source_of_its_release_is_told_what_to_do() -> None:
    with pytest.raises(SetupError, match="trixie main") as caught:
        main_mirror(parse_sources(DEB822, deb822=True), "trixie")
    assert "install Docker yourself" in caught.value.remedy


def test_the_extra_source_uses_the_machines_mirror_and_key() -> None:
    mirror = Source("http://m.example/debian", ("bookworm",), ("main",), "/keys/debian.gpg")
    (extra,) = parse_sources(source_text(mirror, "trixie"), deb822=True)
    assert extra == Source("http://m.example/debian", ("trixie",), ("main",), "/keys/debian.gpg")


def test_the_pin_keeps_everything_but_the_named_packages_away() -> None:
    everything, named = pin_text(["docker.io", "docker-cli"], "trixie").split("\n\n")
    assert "Package: *\nPin: release n=trixie\nPin-Priority: -1" in everything
    assert named == "Package: docker.io docker-cli\nPin: release n=trixie\nPin-Priority: 990\n"
