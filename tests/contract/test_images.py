"""What images do, over both engines."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable, Mapping

import pytest

from tests.contract.conftest import Bench
from workspace_cli.core.engine import Engine
from workspace_cli.core.errors import (
    ConflictError,
    ImageNotFoundError,
    LabdockError,
)


def config_only(layers: tuple[str, ...], reference: str, config: Mapping[str, object]) -> bytes:
    """Return an archive that names layers and holds none of them."""
    blob = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": config,
            "rootfs": {"type": "layers", "diff_ids": list(layers)},
        }
    ).encode()
    names = [f"{layer.removeprefix('sha256:')}/layer.tar" for layer in layers]
    manifest = [{"Config": "config.json", "RepoTags": [reference], "Layers": names}]
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, data in (
            ("manifest.json", json.dumps(manifest).encode()),
            ("config.json", blob),
        ):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


CALLS: dict[str, Callable[[Engine, str], object]] = {
    "image": lambda engine, name: engine.image(name),
    "tag": lambda engine, name: engine.tag(name, f"{name}-new"),
    "remove_image": lambda engine, name: engine.remove_image(name),
    "save": lambda engine, name: list(engine.save(name)),
    "pull": lambda engine, name: engine.pull(name),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_every_call_says_that_an_image_is_missing(
    bench: Bench, call: Callable[[Engine, str], object]
) -> None:
    with pytest.raises(ImageNotFoundError):
        call(bench.engine, f"{bench.prefix}/nonesuch")


def test_a_tag_is_one_more_name_for_the_same_image(bench: Bench) -> None:
    bench.engine.tag(bench.image, bench.reference())
    tagged = bench.engine.image(bench.reference())
    assert tagged.id == bench.engine.image(bench.image).id
    assert {bench.image, bench.reference()} <= set(tagged.tags)
    bench.engine.remove_image(bench.reference())
    assert bench.reference() not in bench.engine.image(bench.image).tags


def test_a_name_without_a_tag_means_latest(bench: Bench) -> None:
    repository = f"{bench.prefix}/image"
    bench.engine.tag(bench.image, repository)
    assert f"{repository}:latest" in bench.engine.image(repository).tags


def test_a_tag_moves_to_the_image_that_gets_it_last(bench: Bench) -> None:
    bench.engine.tag(bench.image, bench.reference())
    bench.engine.commit(bench.run(), reference=bench.reference("other"))
    bench.engine.tag(bench.reference("other"), bench.reference())
    moved = bench.engine.image(bench.reference())
    assert moved.id == bench.engine.image(bench.reference("other")).id
    assert bench.reference() not in bench.engine.image(bench.image).tags


def test_list_filters_images_by_label(bench: Bench) -> None:
    layers = bench.engine.image(bench.image).layers
    label = {"Labels": {"test.of": bench.prefix}}
    bench.engine.load(io.BytesIO(config_only(layers, bench.reference(), label)))
    [found] = bench.engine.images({"test.of": bench.prefix})
    assert found.tags == (bench.reference(),)
    assert bench.engine.images({"test.of": "nobody"}) == []


def test_load_makes_an_image_of_layers_that_are_here_already(bench: Bench) -> None:
    below = bench.engine.image(bench.image)
    config: dict[str, object] = {"Env": ["COLOUR=blue"], "Cmd": ["sleep", "1"]}
    bench.engine.load(io.BytesIO(config_only(below.layers, bench.reference(), config)))
    loaded = bench.engine.image(bench.reference())
    assert loaded.layers == below.layers
    assert loaded.environment == {"COLOUR": "blue"}
    assert loaded.config["Cmd"] == ["sleep", "1"]
    assert loaded.size == below.size


def test_load_refuses_a_layer_that_is_nowhere(bench: Bench) -> None:
    archive = config_only((f"sha256:{'1' * 64}",), bench.reference(), {})
    with pytest.raises(LabdockError):
        bench.engine.load(io.BytesIO(archive))
    with pytest.raises(ImageNotFoundError):
        bench.engine.image(bench.reference())


@pytest.mark.parametrize("archive", [b"", b"garbage " * 1000], ids=["empty", "garbage"])
def test_load_refuses_what_is_no_archive(bench: Bench, archive: bytes) -> None:
    with pytest.raises(LabdockError):
        bench.engine.load([archive])


def test_a_container_has_the_image_s_variables_and_labels_under_its_own(bench: Bench) -> None:
    config: dict[str, object] = {
        "Env": ["COLOUR=blue", "SHAPE=round"],
        "Labels": {"test.a": "image", "test.b": "image"},
    }
    layers = bench.engine.image(bench.image).layers
    bench.engine.load(io.BytesIO(config_only(layers, bench.reference(), config)))
    name = bench.create(
        image=bench.reference(), environment={"COLOUR": "red"}, labels={"test.a": "own"}
    )
    container = bench.engine.container(name)
    assert (container.environment["COLOUR"], container.environment["SHAPE"]) == ("red", "round")
    assert (container.labels["test.a"], container.labels["test.b"]) == ("own", "image")


def test_remove_spares_an_image_that_a_container_uses(bench: Bench) -> None:
    bench.engine.commit(bench.run("a"), reference=bench.reference())
    name = bench.create("b", image=bench.reference())
    with pytest.raises(ConflictError):
        bench.engine.remove_image(bench.reference())
    bench.engine.remove(name)
    bench.engine.remove_image(bench.reference())
    with pytest.raises(ImageNotFoundError):
        bench.engine.image(bench.reference())


def test_commit_saves_files_in_one_layer_of_its_own(bench: Bench) -> None:
    name = bench.run()
    bench.engine.execute(name, ["touch", "/made"])
    image_id = bench.engine.commit(name, pause=False)
    saved, below = bench.engine.image(image_id), bench.engine.image(bench.image)
    assert saved.tags == ()
    assert saved.layers[:-1] == below.layers
    assert bench.engine.has_path(bench.create("b", image=image_id), "/made")
    bench.engine.remove(bench.name("b"))
    bench.engine.remove_image(image_id)


def test_commit_leaves_the_container_running(bench: Bench) -> None:
    name = bench.run()
    bench.engine.commit(name, reference=bench.reference())
    assert bench.engine.container(name).state == "running"


def test_a_plain_commit_keeps_secrets(bench: Bench) -> None:
    # Why nobody but clean_image.py may use it.
    name = bench.run(environment={"TOKEN": "hunter2"}, labels={"test.note": "label"})
    bench.engine.commit(name, reference=bench.reference())
    saved = bench.engine.image(bench.reference())
    assert saved.environment["TOKEN"] == "hunter2"
    assert saved.labels["test.note"] == "label"
    assert b"hunter2" in b"".join(bench.engine.save(bench.reference()))


def test_export_and_import_make_one_layer_of_all_files(bench: Bench) -> None:
    name = bench.run()
    bench.engine.execute(name, ["touch", "/made"])
    image_id = bench.engine.import_filesystem(bench.engine.export(name))
    flat = bench.engine.image(image_id)
    assert len(flat.layers) == 1
    bench.engine.tag(image_id, bench.reference())
    assert bench.engine.has_path(bench.create("b", image=bench.reference()), "/made")


def test_what_is_saved_can_be_loaded_again(bench: Bench) -> None:
    bench.engine.commit(bench.run(), reference=bench.reference())
    saved = bench.engine.image(bench.reference())
    archive = list(bench.engine.save(bench.reference()))
    bench.engine.remove_image(bench.reference())
    bench.engine.load(archive)
    assert bench.engine.image(bench.reference()).id == saved.id


def test_the_sizes_of_layers_are_told_and_a_commit_adds_one(bench: Bench) -> None:
    name = bench.run()
    bench.engine.execute(name, ["touch", "/made"])
    bench.engine.commit(name, reference=bench.reference())
    below, saved = (bench.engine.layer_sizes(one) for one in (bench.image, bench.reference()))
    assert saved[:-1] == below
    assert sum(below) == bench.engine.image(bench.image).size


def test_a_look_at_the_disk_counts_shared_layers_once(bench: Bench) -> None:
    name = bench.run()
    bench.engine.execute(name, ["sh", "-c", "echo something >/written"])
    saved = bench.engine.commit(name)
    bench.engine.tag(saved, bench.reference())
    seen = bench.engine.disk()
    [one] = [image for image in seen.images if bench.reference() in image.tags]
    below = bench.engine.image(bench.image)
    assert (one.id, one.size) == (saved, bench.engine.image(saved).size)
    assert one.own == one.size - below.size
    assert one.size <= seen.layers <= sum(image.size for image in seen.images)
    assert seen.containers >= bench.engine.written()[bench.engine.container(name).id]


def test_a_look_at_the_disk_shows_what_has_no_name(bench: Bench) -> None:
    saved = bench.engine.commit(bench.run())
    try:
        [one] = [image for image in bench.engine.disk().images if image.id == saved]
        assert one.tags == ()
    finally:
        bench.engine.remove_image(saved)
