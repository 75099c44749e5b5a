"""``flatten``."""

from __future__ import annotations

from collections.abc import Callable

from tests.cli.conftest import CommandLine, Ended

CONTAINER = "labdock-kim--study"


def saved_twice(workspace: CommandLine) -> str:
    """Save a workspace two times; return the second environment."""
    for number in ("1", "2"):
        workspace.engine.made(CONTAINER).write(f"/opt/env/{number}", b"x" * 1000)
        answer = workspace.ok("commit", "kim/study", f"vision:v{number}", "-m", "note", "--json")
    return str(answer.json["reference"])


def test_flatten_makes_one_layer_of_what_was_saved(
    workspace: CommandLine, study: Callable[..., Ended]
) -> None:
    study()
    reference = saved_twice(workspace)
    before = workspace.engine.image(reference)
    lab = len(workspace.engine.image("labdock/base").layers)
    assert len(before.layers) == lab + 2
    told = workspace.ok("flatten", "--dry-run", "kim/vision:v2").out
    assert f"{lab + 1} layers instead of {lab + 2}" in told
    assert workspace.engine.image(reference).id == before.id
    answer = workspace.ok("flatten", "kim/vision:v2", "--json").json
    after = workspace.engine.image(reference)
    assert (answer["layers_before"], answer["layers"]) == (lab + 2, lab + 1)
    assert len(after.layers) == lab + 1
    assert dict(after.labels) == dict(before.labels)
    assert after.config.get("Cmd") == before.config.get("Cmd")
    files = workspace.engine.store.files(after.id)
    assert {"opt/env/1", "opt/env/2"} <= set(files)
    assert not [i for i in workspace.engine.store.stored.values() if not i.tags]
    assert workspace.engine.image("labdock/kim/vision:v1").layers == before.layers[:-1]


def test_what_is_flat_already_stays_as_it_is(
    workspace: CommandLine, study: Callable[..., Ended]
) -> None:
    study()
    saved_twice(workspace)
    workspace.ok("flatten", "kim/vision:v2")
    assert "nothing to flatten" in workspace.ok("flatten", "kim/vision:v2").out
    assert "nothing to flatten" in workspace.ok("flatten", "labdock/base").out


def test_what_is_not_there_is_told(workspace: CommandLine) -> None:
    assert workspace("flatten", "kim/nonesuch").code == 3
