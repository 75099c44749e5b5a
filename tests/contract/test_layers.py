"""Where an engine keeps layers, over both engines."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tests.contract.conftest import Bench
from workspace_cli.core.errors import ConflictError, ImageNotFoundError, WorkspaceNotFoundError


def test_a_container_s_own_layer_holds_what_it_has_written(bench: Bench) -> None:
    name = bench.run()
    bench.engine.execute(name, ["touch", "/made"])
    folders = bench.engine.layer_folders(name)
    assert folders is not None
    assert Path(folders.upper, "made").is_file()
    assert not any(Path(lower, "made").exists() for lower in folders.lowers)


def test_an_image_s_layers_are_below_its_containers(bench: Bench) -> None:
    of_container = bench.engine.layer_folders(bench.create())
    of_image = bench.engine.layer_folders(bench.image, image=True)
    assert of_container is not None
    assert of_image is not None
    layers = bench.engine.image(bench.image).layers
    assert len([of_image.upper, *of_image.lowers]) == len(layers)
    # A container may stand on a layer of the engine's own besides.
    below = [os.path.realpath(folder) for folder in of_container.lowers[-len(layers) :]]
    assert below == [os.path.realpath(f) for f in (of_image.upper, *of_image.lowers)]


def test_what_is_put_into_the_layer_of_a_container_that_never_ran_is_committed(
    bench: Bench,
) -> None:
    name = bench.create()
    folders = bench.engine.layer_folders(name)
    assert folders is not None
    Path(folders.upper, "put").write_bytes(b"here")
    bench.engine.commit(name, reference=bench.reference())
    started = bench.run("b", image=bench.reference())
    assert bench.engine.execute(started, ["cat", "/put"]).output == b"here"


def test_what_is_marked_as_removed_is_gone_from_the_image(bench: Bench) -> None:
    first = bench.run()
    for path in ("/kept", "/gone"):
        bench.engine.execute(first, ["touch", path])
    bench.engine.commit(first, reference=bench.reference())
    second = bench.create("b", image=bench.reference())
    folders = bench.engine.layer_folders(second)
    assert folders is not None
    os.mknod(Path(folders.upper, "gone"), stat.S_IFCHR, os.makedev(0, 0))
    bench.engine.commit(second, reference=bench.reference("later"))
    started = bench.run("c", image=bench.reference("later"))
    assert bench.engine.has_path(started, "/kept")
    assert not bench.engine.has_path(started, "/gone")


def test_the_layers_of_what_is_not_there_are_not_found(bench: Bench) -> None:
    with pytest.raises(WorkspaceNotFoundError):
        bench.engine.layer_folders(bench.name("nonesuch"))
    with pytest.raises(ImageNotFoundError):
        bench.engine.layer_folders(f"{bench.prefix}/nonesuch", image=True)


def test_a_paused_container_does_nothing_until_it_goes_on(bench: Bench) -> None:
    name = bench.run()
    bench.engine.pause(name)
    assert bench.engine.container(name).state == "paused"
    with pytest.raises(ConflictError):
        bench.engine.execute(name, ["true"])
    with pytest.raises(ConflictError):
        bench.engine.pause(name)
    bench.engine.unpause(name)
    bench.engine.unpause(name)
    assert bench.engine.execute(name, ["true"]).exit_code == 0


def test_a_container_that_does_not_run_cannot_be_paused(bench: Bench) -> None:
    with pytest.raises(ConflictError):
        bench.engine.pause(bench.create())
