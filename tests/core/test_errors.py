"""The tree of errors and the numbers that its leaves stand for."""

from __future__ import annotations

import inspect

import pytest

from workspace_cli.core import errors
from workspace_cli.core.errors import LabdockError

CLASSES = [
    found
    for _, found in inspect.getmembers(errors, inspect.isclass)
    if issubclass(found, LabdockError)
]
STATUS = {1: (500, 599), 2: (400, 422), 3: (404, 404), 4: (409, 429), 5: (401, 403), 6: (503, 503)}


@pytest.mark.parametrize("error", CLASSES)
def test_an_error_shows_what_happened_and_what_to_do(error: type[LabdockError]) -> None:
    assert str(error("The disk is full.", "Remove something.")) == (
        "The disk is full. Remove something."
    )
    assert str(error("The disk is full.")) == "The disk is full."


@pytest.mark.parametrize("error", CLASSES)
def test_exit_code_and_http_status_tell_the_same(error: type[LabdockError]) -> None:
    low, high = STATUS[error.exit_code]
    assert low <= error.http_status <= high or (error.exit_code, error.http_status) == (1, 422)


@pytest.mark.parametrize("error", CLASSES)
def test_the_drawn_tree_holds_every_error_with_its_exit_code(error: type[LabdockError]) -> None:
    drawn: dict[str, int] = {}
    code = 1
    for line in (errors.__doc__ or "").splitlines():
        words = line.strip("│├└─ ").split()
        if words and words[0].endswith("Error"):
            # A leaf without a number has its parent's.
            code = int(words[1]) if len(words) > 1 and words[1].isdecimal() else code
            drawn[words[0]] = code
    assert drawn[error.__name__] == error.exit_code
