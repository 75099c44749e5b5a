"""What is not documented does not exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from workspace_cli.main import MODULES, app

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")


def options_of(command: Any) -> Iterator[str]:
    for parameter in command.params:
        if parameter.param_type_name == "option":
            yield from (*parameter.opts, *parameter.secondary_opts)
    for inner in getattr(command, "commands", {}).values():
        yield from options_of(inner)


@pytest.mark.parametrize("name", sorted(MODULES))
def test_every_command_and_option_is_on_the_page(name: str) -> None:
    command = get_command(app).commands[name]  # type: ignore[attr-defined]
    assert re.search(rf"`{name}\b", PAGE)
    missing = [option for option in options_of(command) if not re.search(rf"{option}\b", PAGE)]
    assert missing == []


def test_the_page_names_no_option_that_does_not_exist() -> None:
    group = get_command(app)
    known = {option for name in MODULES for option in options_of(group.commands[name])}  # type: ignore[attr-defined]
    known |= set(options_of_group(group)) | {"--help"}
    written = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", PAGE))
    assert written - known == set()


def options_of_group(group: Any) -> list[str]:
    return [option for parameter in group.params for option in parameter.opts]
