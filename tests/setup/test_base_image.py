"""Choosing what the base image is made from."""

from pathlib import Path

import pytest

from tests.setup.console import RecordingConsole
from workspace_cli.core.errors import NotFoundError, SetupError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.setup import base_image
from workspace_cli.setup.apt import Source, parse_sources
from workspace_cli.setup.machine import Distribution

BOOKWORM = Distribution("debian", "bookworm", (), "Debian 12")
TRIXIE = Distribution("debian", "trixie", (), "Debian 13")
NAME = "labdock/debian"


def sources(codename: str) -> list[Source]:
    return [
        Source("https://apt.example/vendor", ("stable",), ("main",)),
        Source("http://m.example/debian-security", (f"{codename}-security",), ("main",)),
        Source("http://m.example/debian", (codename, f"{codename}-updates"), ("main", "contrib")),
        Source("file:/media/cdrom", (codename,), ("main",)),
    ]


@pytest.mark.parametrize("host", [BOOKWORM, TRIXIE])
def test_the_machines_debian_mirrors_are_kept_and_others_left_out(host: Distribution) -> None:
    found = base_image.base_sources(sources(host.codename), host)
    assert [(source.uri, source.suites) for source in found] == [
        ("http://m.example/debian", ("bookworm", "bookworm-updates")),
        ("http://m.example/debian-security", ("bookworm-security",)),
    ]
    assert all(source.signed_by == base_image.KEYRING for source in found)


def test_a_machine_that_is_no_debian_is_told_to_bring_the_image() -> None:
    with pytest.raises(SetupError, match="Ubuntu") as caught:
        base_image.base_sources([], Distribution("ubuntu", "noble", ("debian",), "Ubuntu 24.04"))
    assert "docker load" in caught.value.remedy


def test_sources_are_written_in_a_form_that_reads_back() -> None:
    found = base_image.base_sources(sources("bookworm"), BOOKWORM)
    assert parse_sources(base_image.sources_file(found), deb822=True) == found


def test_an_image_that_is_there_is_left_alone(
    fake_engine: FakeEngine, console: RecordingConsole
) -> None:
    fake_engine.add_image(NAME)
    before = fake_engine.image(NAME).id
    base_image.ensure_base_image(fake_engine, console)
    assert fake_engine.image(NAME).id == before
    assert console.steps == []


def test_the_published_image_is_pulled_and_only_our_name_stays(
    fake_engine: FakeEngine, console: RecordingConsole
) -> None:
    fake_engine.offer_image(base_image.PUBLISHED)
    base_image.ensure_base_image(fake_engine, console)
    assert fake_engine.image(NAME).tags[0].startswith(NAME)
    with pytest.raises(NotFoundError):
        fake_engine.image(base_image.PUBLISHED)


def test_nobodys_own_tag_is_moved_or_removed(
    fake_engine: FakeEngine, console: RecordingConsole
) -> None:
    fake_engine.add_image(base_image.PUBLISHED)
    fake_engine.add_image("debian:bookworm-slim")
    before = {
        tag: fake_engine.image(tag).id for tag in (base_image.PUBLISHED, "debian:bookworm-slim")
    }
    base_image.ensure_base_image(fake_engine, console)
    assert {tag: fake_engine.image(tag).id for tag in before} == before
    assert fake_engine.image(NAME).id == before[base_image.PUBLISHED]


def test_extra_certificates_are_found_in_folders_too(tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir()
    for name in ("b.crt", "lab/a.crt", "readme.txt"):
        (tmp_path / name).write_text("x")
    found = base_image.extra_certificates(tmp_path)
    assert [file.name for file in found] == ["b.crt", "a.crt"]
