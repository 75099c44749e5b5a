"""The labels' namespace."""

from __future__ import annotations

import pytest

from workspace_cli.core import labels

OURS = [value for name, value in vars(labels).items() if name.isupper() and name != "PREFIX"]


@pytest.mark.parametrize("label", [*OURS, "labdock", "labdock.", "labdock.anything"])
def test_every_label_of_ours_is_in_the_namespace(label: str) -> None:
    assert labels.in_namespace(label)


@pytest.mark.parametrize("label", ["", "labdocker", "my.labdock.owner", "com.example.owner"])
def test_other_labels_are_not(label: str) -> None:
    assert not labels.in_namespace(label)


def test_labels_differ() -> None:
    assert len(set(OURS)) == len(OURS)
