from pathlib import Path

import pytest

from workspace_cli.core.catalogue import Catalogue, title
from workspace_cli.core.errors import InvalidSettingError
from workspace_cli.core.references import check_reference, normalise, same_image, split


def test_the_projects_own_list_is_read() -> None:
    catalogue = Catalogue()
    assert catalogue.default == "labdock/base"
    assert {"labdock/base", "labdock/pytorch", "labdock/hub"} <= {i.name for i in catalogue}
    assert "labdock/hub" not in catalogue.names()
    for image in catalogue:
        assert image.title["ko"]
        assert image.title["en"]
        assert image.description["ko"]
        check_reference(image.name)


def test_parents_come_before_their_children() -> None:
    seen = {"labdock/debian"}
    for image in Catalogue():
        assert image.parent in seen
        seen.add(image.name)


def test_an_image_is_found_by_name_with_or_without_its_tag() -> None:
    catalogue = Catalogue()
    assert catalogue.find("labdock/base:latest") is catalogue.find("labdock/base") is not None
    assert catalogue.find("labdock/base:v1") is None
    assert title(catalogue.images[0], "ko") == "기본"
    assert title(catalogue.images[0], "fr") == "Basic"


@pytest.mark.parametrize("text", ["", "image = 5", "[[image]]\nnome = 1", "\0", "[[image]]\n"])
def test_a_broken_list_is_told_with_its_path(tmp_path: Path, text: str) -> None:
    path = tmp_path / "catalog.toml"
    path.write_text(text)
    with pytest.raises(InvalidSettingError, match=r"catalog\.toml"):
        _ = Catalogue(path).images


def test_a_missing_list_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettingError, match="missing"):
        _ = Catalogue(tmp_path / "catalog.toml").images


@pytest.mark.parametrize(
    "reference, parts",
    [
        ("a", ("a", None)),
        ("a:b", ("a", "b")),
        ("host:5000/a", ("host:5000/a", None)),
        ("host:5000/a:b", ("host:5000/a", "b")),
    ],
)
def test_a_reference_is_split_at_its_tag(reference: str, parts: tuple[str, str | None]) -> None:
    assert split(reference) == parts


def test_a_missing_tag_is_latest() -> None:
    assert normalise("a") == "a:latest"
    assert normalise("a@sha256:0") == "a@sha256:0"
    assert same_image("a", "a:latest")
    assert not same_image("a:v1", "a")
