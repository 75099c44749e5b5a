"""Which images are built again, and from what."""

from dataclasses import replace
from pathlib import Path

import pytest

from workspace_cli.core.catalogue import Catalogue, CatalogueImage
from workspace_cli.core.errors import SetupError
from workspace_cli.setup import build
from workspace_cli.setup.machine import PROJECT

IMAGE = CatalogueImage(
    name="labdock/x", context=".", dockerfile="images/x/Dockerfile", args={"A": "1", "B": "2"}
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give a checkout with one image, whose ignore file lets its folder and one file through."""
    folder = tmp_path / "images" / "x"
    folder.mkdir(parents=True)
    (folder / "Dockerfile").write_text("FROM scratch\n")
    (folder / "Dockerfile.dockerignore").write_text("*\n!images/x\n!lock.txt\n**/__pycache__\n")
    (folder / "start.py").write_text("print(1)\n")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "start.pyc").write_text("compiled")
    (tmp_path / "lock.txt").write_text("a==1\n")
    (tmp_path / "README.md").write_text("read me\n")
    return tmp_path


def key(project: Path, image: CatalogueImage = IMAGE, parent: str = "sha256:p") -> str:
    return build.build_key(image, project, parent)


def test_the_key_stays_while_nothing_changes(project: Path) -> None:
    assert key(project) == key(project)
    assert key(project, replace(IMAGE, args={"B": "2", "A": "1"})) == key(project)


@pytest.mark.parametrize("changed", ["images/x/start.py", "lock.txt", "images/x/Dockerfile"])
def test_a_file_that_the_build_sees_changes_the_key(project: Path, changed: str) -> None:
    before = key(project)
    (project / changed).write_text("something else\n")
    assert key(project) != before


@pytest.mark.parametrize("changed", ["README.md", "images/x/__pycache__/start.pyc"])
def test_a_file_that_the_build_does_not_see_leaves_the_key(project: Path, changed: str) -> None:
    before = key(project)
    (project / changed).write_text("something else\n")
    assert key(project) == before


def test_name_mode_argument_parent_and_certificate_change_the_key(project: Path) -> None:
    keys = {key(project), key(project, parent="sha256:q")}
    keys.add(key(project, replace(IMAGE, args={"A": "12", "B": ""})))
    certificates = project / "ca"
    certificates.mkdir()
    (certificates / "lab.crt").write_text("certificate")
    keys.add(build.build_key(IMAGE, project, "sha256:p", certificates))
    (project / "images/x/start.py").chmod(0o755)
    keys.add(key(project))
    (project / "images/x/start.py").rename(project / "images/x/begin.py")
    keys.add(key(project))
    assert len(keys) == 6


def test_an_image_without_a_recipe_is_an_error_that_names_it(project: Path) -> None:
    (project / "images/x/Dockerfile").unlink()
    with pytest.raises(SetupError, match="labdock/x has no Dockerfile"):
        key(project)


def catalogue() -> Catalogue:
    return Catalogue.of(
        (
            CatalogueImage(name="labdock/base", parent="labdock/debian"),
            CatalogueImage(name="labdock/big", parent="labdock/base", build="on-request"),
            CatalogueImage(name="labdock/hub", parent="labdock/debian"),
        )
    )


def test_only_default_images_are_built_unasked() -> None:
    assert [image.name for image in build.wanted(catalogue(), ())] == [
        "labdock/base",
        "labdock/hub",
    ]


def test_an_image_on_request_brings_its_parents_first() -> None:
    names = [image.name for image in build.wanted(catalogue(), ["labdock/big"])]
    assert names == ["labdock/base", "labdock/big"]


def test_every_image_of_the_list_has_a_recipe_and_a_parent_before_it() -> None:
    seen = {"labdock/debian"}
    for image in Catalogue():
        assert build.dockerfile(image, PROJECT).is_file(), image.name
        assert image.parent in seen
        seen.add(image.name)


@pytest.mark.parametrize(
    "line, told",
    [
        ("#9 [build 2/14] RUN --mount=type=cache,target=/x   apt-get", "build 2/14  RUN apt-get"),
        ("#9 [stage-2  1/12] FROM docker.io/x", "stage-2 1/12  FROM docker.io/x"),
        ("#9 [2/3] COPY a b", "2/3  COPY a b"),
        ("#20 exporting to image", "writing the image"),
        ("#5 [internal] load build context", None),
        ("#3 [context ca] load .dockerignore", None),
        ("#9 1.23 Get:1 package", None),
        ("#9 DONE 0.1s", None),
    ],
)
def test_a_person_sees_the_steps_of_a_build(line: str, told: str | None) -> None:
    assert build.step_text(line) == told


def test_long_steps_are_cut_to_one_line() -> None:
    told = build.step_text("#9 [2/3] RUN " + "word " * 100)
    assert told is not None
    assert len(told) == build.STEP_WIDTH
