"""What labels mean when they are read back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace_cli.core import labels
from workspace_cli.core.models import (
    ContainerSummary,
    PortMapping,
    State,
    Workspace,
    WorkspaceSpec,
    format_ports_label,
    parse_ports_label,
)

ROW = ContainerSummary(
    id="1" * 64,
    name="labdock-kim--nlp",
    image="labdock/internal:1",
    image_id="sha256:1",
    state="running",
    status="Up",
    created=1.0,
    labels={
        labels.OWNER: "kim",
        labels.WORKSPACE: "nlp",
        labels.KIND: "hub",
        labels.GPUS: "GPU-1,GPU-2",
        labels.PORTS: "9200:8080,9201:6006",
        labels.IMAGE: "labdock/pytorch",
        labels.RESTART: "on-failure:3",
    },
    ports=(),
    networks={},
)

numbers = st.integers(1, 65535)
mappings = st.lists(st.builds(PortMapping, container=numbers, host=numbers)).map(tuple)


@given(mappings)
def test_ports_read_back_as_they_were_written(ports: tuple[PortMapping, ...]) -> None:
    assert parse_ports_label(format_ports_label(ports)) == ports


@given(st.text())
def test_a_ports_label_that_somebody_spoiled_is_no_failure(text: str) -> None:
    for port in parse_ports_label(text):
        assert isinstance(port, PortMapping)


def test_a_workspace_is_read_from_labels() -> None:
    workspace = Workspace.of(ROW)
    assert workspace is not None
    assert workspace.reference == "kim/nlp"
    assert workspace.kind == "hub"
    assert workspace.image == "labdock/pytorch"
    assert workspace.gpus == ("GPU-1", "GPU-2")
    assert workspace.ports == (PortMapping(8080, 9200), PortMapping(6006, 9201))
    assert workspace.restart == "on-failure:3"


@pytest.mark.parametrize("missing", [labels.OWNER, labels.WORKSPACE])
def test_a_container_without_owner_or_name_is_none_of_ours(missing: str) -> None:
    found = {name: value for name, value in ROW.labels.items() if name != missing}
    assert Workspace.of(replace(ROW, labels=found)) is None


def test_a_workspace_without_the_other_labels_stands_by_itself() -> None:
    workspace = Workspace.of(
        replace(ROW, labels={labels.OWNER: "kim", labels.WORKSPACE: "nlp"}, image="nginx")
    )
    assert workspace is not None
    assert (workspace.kind, workspace.image, workspace.restart) == ("standalone", "nginx", "no")
    assert workspace.gpus == ()
    assert workspace.ports == ()
    assert not workspace.holds_gpus


@pytest.mark.parametrize(
    "state, holds",
    [
        ("created", True),
        ("running", True),
        ("paused", True),
        ("restarting", True),
        ("removing", True),
        ("exited", False),
        ("dead", False),
    ],
)
def test_a_lease_is_held_until_the_container_has_exited(state: State, holds: bool) -> None:
    workspace = Workspace.of(replace(ROW, state=state))
    assert workspace is not None
    assert workspace.holds_gpus is holds


def test_a_spec_names_its_container() -> None:
    spec = WorkspaceSpec(owner="kim", name="nlp", image="labdock/base")
    assert spec.container_name == "labdock-kim--nlp"
