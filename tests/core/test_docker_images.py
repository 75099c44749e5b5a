"""Listing images while others come and go."""

from __future__ import annotations

from typing import Any

import pytest

from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.errors import ImageNotFoundError
from workspace_cli.core.models import Image


def test_an_image_that_goes_while_they_are_listed_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = DockerEngine()
    rows = [{"Id": name, "RepoTags": [f"{name}:latest"]} for name in ("one", "gone", "two")]
    monkeypatch.setattr(engine._socket, "get", lambda *_, **__: rows)

    def inspect(reference: str) -> Image:
        if reference == "gone":
            raise ImageNotFoundError("It is gone.")
        found: dict[str, Any] = {"labels": {}, "environment": {}, "layers": (), "config": {}}
        return Image(id=reference, tags=(), size=0, created=0.0, **found)

    monkeypatch.setattr(engine, "image", inspect)
    assert [image.id for image in engine.images()] == ["one", "two"]
