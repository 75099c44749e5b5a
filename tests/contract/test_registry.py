"""What is sent to registries and fetched from them, over both engines."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.contract.conftest import Bench
from tests.registry import PASSWORD, USER, Registry
from workspace_cli.core.engine import Progress
from workspace_cli.core.errors import (
    ImageNotFoundError,
    NotAllowedError,
    RegistryUnreachableError,
)
from workspace_cli.core.fake_engine import FakeEngine


@dataclass(frozen=True)
class Shop:
    """One registry, and how a test breaks it."""

    name: Callable[[str], str]
    lose: Callable[[], object]
    close: Callable[[], object]
    """Let nobody in who has not logged in; return nothing."""
    log_in: Callable[[], object]


@pytest.fixture
def shop(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Shop]:
    if isinstance(bench.engine, FakeEngine):
        fake = bench.engine.registry
        yield Shop(
            lambda suffix: f"registry.test:5000/{suffix}:1",
            lambda: setattr(fake, "lost", 1000),
            lambda: setattr(fake, "closed", True),
            lambda: setattr(fake, "closed", False),
        )
        return
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    closed = "log_in" in request.node.name
    registry = Registry(tmp_path / "registry", closed=closed)
    registry.start()

    def log_in() -> None:
        code = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        (tmp_path / "docker").mkdir()
        file = tmp_path / "docker" / "config.json"
        file.write_text(json.dumps({"auths": {registry.address: {"auth": code}}}))

    yield Shop(registry.name, registry.kill, lambda: None, log_in)
    registry.kill()
    for image in bench.engine.images():
        for tag in image.tags:
            if tag.startswith(registry.address):
                bench.engine.remove_image(tag)


def test_what_is_pushed_can_be_pulled_by_its_digest(bench: Bench, shop: Shop) -> None:
    name = shop.name("a")
    repository = name.rpartition(":")[0]
    bench.engine.tag(bench.image, name)
    steps: list[Progress] = []
    digest = bench.engine.push(name, steps.append)
    assert digest.startswith("sha256:")
    assert steps
    assert bench.engine.resolve(name) == digest == bench.engine.resolve(f"{repository}@{digest}")
    before = bench.engine.image(bench.image)
    bench.engine.remove_image(name)
    assert name not in bench.engine.image(bench.image).tags
    bench.engine.pull(f"{repository}@{digest}")
    found = bench.engine.image(f"{repository}@{digest}")
    assert (found.id, found.layers) == (before.id, before.layers)
    assert name not in found.tags  # a digest moves no tag
    bench.engine.remove_image(f"{repository}@{digest}")
    with pytest.raises(ImageNotFoundError):
        bench.engine.image(f"{repository}@{digest}")
    assert bench.engine.image(bench.image).id == before.id


def test_an_image_that_only_its_digest_names_goes_with_it(bench: Bench, shop: Shop) -> None:
    name = shop.name("b")
    repository = name.rpartition(":")[0]
    bench.engine.commit(bench.run(), reference=name)
    image_id = bench.engine.image(name).id
    digest = bench.engine.push(name)
    bench.engine.remove_image(name)
    with pytest.raises(ImageNotFoundError):
        bench.engine.image(image_id)
    bench.engine.pull(f"{repository}@{digest}")
    assert bench.engine.image(image_id).tags == ()
    assert image_id not in {image.id for image in bench.engine.images()}
    bench.engine.remove_image(f"{repository}@{digest}")
    with pytest.raises(ImageNotFoundError):
        bench.engine.image(image_id)


def test_a_name_that_the_registry_does_not_have_is_told(bench: Bench, shop: Shop) -> None:
    with pytest.raises(ImageNotFoundError) as told:
        bench.engine.resolve(shop.name("nonesuch"))
    assert not isinstance(told.value, RegistryUnreachableError)


def test_a_push_of_nothing_is_refused(bench: Bench, shop: Shop) -> None:
    with pytest.raises(ImageNotFoundError):
        bench.engine.push(shop.name("nonesuch"))


def test_a_registry_that_is_gone_is_told_as_such(bench: Bench, shop: Shop) -> None:
    name = shop.name("a")
    bench.engine.tag(bench.image, name)
    digest = bench.engine.push(name)
    shop.lose()
    repository = name.rpartition(":")[0]
    calls: dict[str, Callable[[], object]] = {
        "resolve": lambda: bench.engine.resolve(name),
        "pull": lambda: bench.engine.pull(f"{repository}@{digest}"),
        "push": lambda: bench.engine.push(name),
    }
    for call in calls.values():
        with pytest.raises(RegistryUnreachableError):
            call()


def test_a_registry_that_wants_a_log_in_is_told_as_such_and_let_in_after_log_in(
    bench: Bench, shop: Shop
) -> None:
    name = shop.name("a")
    bench.engine.tag(bench.image, name)
    shop.close()
    with pytest.raises(NotAllowedError, match="refused"):
        bench.engine.push(name)
    with pytest.raises(NotAllowedError, match="refused"):
        bench.engine.resolve(name)
    shop.log_in()
    assert bench.engine.resolve(name) if bench.engine.push(name) else False
