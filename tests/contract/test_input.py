"""Containers that are given their input and locked down, over both engines."""

from __future__ import annotations

import pytest

from tests.contract.conftest import Bench
from workspace_cli.core.engine import STDOUT
from workspace_cli.core.errors import WorkspaceNotFoundError
from workspace_cli.core.models import Limits

LARGE = bytes(range(256)) * 4096
"""More than the socket and both pipes on the way hold."""


@pytest.mark.parametrize("data", [b"", b"one line\n", LARGE], ids=["nothing", "a line", "a lot"])
def test_a_container_reads_its_whole_input_and_then_the_end(bench: Bench, data: bytes) -> None:
    name = bench.create(command=("cat",), open_input=True)
    attached = bench.engine.attach(name, data)
    bench.engine.start(name)
    pieces = list(attached)
    assert b"".join(piece for _, piece in pieces) == data
    assert {stream for stream, piece in pieces if piece} <= {STDOUT}
    assert bench.engine.container(name).exit_code == 0


def test_a_container_without_open_input_reads_nothing(bench: Bench) -> None:
    name = bench.create(command=("cat",))
    attached = bench.engine.attach(name, b"unread")
    bench.engine.start(name)
    assert b"".join(piece for _, piece in attached) == b""


def test_an_entrypoint_takes_the_place_of_the_images_command(bench: Bench) -> None:
    name = bench.create(command=(), entrypoint=("cat",), open_input=True)
    attached = bench.engine.attach(name, b"to the entrypoint")
    bench.engine.start(name)
    assert b"".join(piece for _, piece in attached) == b"to the entrypoint"


def test_attaching_to_no_container_is_an_error(bench: Bench) -> None:
    with pytest.raises(WorkspaceNotFoundError):
        bench.engine.attach(bench.name("none"), b"")


def test_a_read_only_container_starts_with_its_scratch_folder(bench: Bench) -> None:
    name = bench.create(
        command=("true",),
        read_only=True,
        scratch={"/tmp": 2**20},
        network="none",
        user="65534:65534",
        cap_drop=("ALL",),
        limits=Limits(pids=16),
    )
    bench.engine.start(name)
    assert name in {row.name for row in bench.engine.containers()}
