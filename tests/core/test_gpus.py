"""Who holds which GPU, read from containers on a machine without any."""

from __future__ import annotations

import pytest

from workspace_cli.core import gpus, labels
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.gpu_inventory import Gpu
from workspace_cli.core.models import ContainerRequest

THREE = tuple(
    Gpu(id=uuid, uuid=uuid, index=index)
    for index, uuid in enumerate(("GPU-1a", "GPU-2b", "GPU-3c"))
)


def run(engine: FakeEngine, name: str, *held: str, **fields: str) -> None:
    """Start a container that somebody made by hand, or with labels of ours."""
    request = ContainerRequest(
        name=name, image="labdock-tests/tiny", gpus=held, gpu_backend="nvidia", labels=fields
    )
    engine.devices |= set(held)
    engine.create(request)
    engine.start(name)


def holders(engine: FakeEngine) -> dict[str, list[str]]:
    """Return who holds which of the three GPUs."""
    found = gpus.holders(engine, engine.containers(), THREE)
    return {gpu: [holder.name for holder in row] for gpu, row in found.items()}


def test_a_lease_is_read_from_the_label_until_the_container_has_exited(
    fake_engine: FakeEngine,
) -> None:
    label = {labels.OWNER: "kim", labels.WORKSPACE: "nlp", labels.GPUS: "GPU-2b"}
    run(fake_engine, "a", **label)
    assert holders(fake_engine) == {"GPU-2b": ["kim/nlp"]}
    fake_engine.stop("a")
    assert holders(fake_engine) == {}


@pytest.mark.parametrize(
    "request_, held",
    [
        (["GPU-1a"], {"GPU-1a"}),
        (["1"], {"GPU-2b"}),
        (["nvidia.com/gpu=2"], {"GPU-3c"}),
        (["all"], {"GPU-1a", "GPU-2b", "GPU-3c"}),
        (["nvidia.com/gpu=all"], {"GPU-1a", "GPU-2b", "GPU-3c"}),
    ],
)
def test_a_container_made_by_hand_holds_what_it_was_given(
    fake_engine: FakeEngine, request_: list[str], held: set[str]
) -> None:
    run(fake_engine, "a", *request_)
    assert holders(fake_engine) == {gpu: ["container a"] for gpu in held}


def test_a_container_that_is_removed_meanwhile_holds_nothing(fake_engine: FakeEngine) -> None:
    run(fake_engine, "a", "GPU-1a")
    rows = fake_engine.containers()
    fake_engine.remove("a", force=True)
    assert gpus.holders(fake_engine, rows, THREE) == {}


def test_the_container_that_the_driver_is_asked_through_holds_nothing(
    fake_engine: FakeEngine,
) -> None:
    run(fake_engine, "labdock-gpus", "all", **{labels.READER: "cdi-1"})
    assert holders(fake_engine) == {}


def test_a_slice_is_named_by_its_own_number_alone() -> None:
    part = Gpu(id="MIG-x", uuid="MIG-x", index=1, slice=0, parent="GPU-2b")
    assert gpus.names_of(part) == {"MIG-x", "1:0", "nvidia.com/gpu=1:0"}
