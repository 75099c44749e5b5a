"""Image archives that somebody else wrote: whole, broken off, and written to do harm."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import resource
import tarfile
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import zstandard

from workspace_cli.core.errors import ArchiveError, DiskFullError
from workspace_cli.core.exported import Leaf
from workspace_cli.core.image_archive import Checked, check, repacked
from workspace_cli.core.image_parts import SERVER
from workspace_cli.core.lab_key import LabKey

KEY = LabKey(b"k" * 32)
ROOM = 1 << 30


def tar(members: Mapping[str, bytes | tarfile.TarInfo]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in members.items():
            info = content if isinstance(content, tarfile.TarInfo) else tarfile.TarInfo(name)
            data = b"" if isinstance(content, tarfile.TarInfo) else content
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


class Image:
    """An archive's members, to be changed before they are packed."""

    def __init__(self, *layers: bytes, signed: bool = True) -> None:
        self.layers = layers or (tar({"etc/hosts": b"one"}), tar({SERVER: b"#!/bin/sh"}))
        self.config: dict[str, Any] = {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Cmd": ["sh"]},
            "rootfs": {"type": "layers", "diff_ids": [digest(layer) for layer in self.layers]},
        }
        self.manifest: list[Any] = [
            {
                "Config": "parts/c",
                "RepoTags": ["labdock/admin/hub:latest"],
                "Layers": [f"parts/{number}" for number in range(len(self.layers))],
            }
        ]
        self.signed = signed
        self.leaf: dict[str, Any] = {}
        self.more: dict[str, bytes | tarfile.TarInfo] = {}

    def members(self) -> dict[str, bytes | tarfile.TarInfo]:
        config = json.dumps(self.config).encode()
        members: dict[str, bytes | tarfile.TarInfo] = {}
        if self.signed:
            members["labdock-environment.json"] = self.signed_leaf(config)
        members |= {f"parts/{number}": layer for number, layer in enumerate(self.layers)}
        members |= {"parts/c": config, "manifest.json": json.dumps(self.manifest).encode()}
        members |= self.more
        if self.signed:
            members["labdock-end.json"] = b"{}"
        return members

    def signed_leaf(self, config: bytes) -> bytes:
        facts: dict[str, Any] = {
            "reference": "labdock/kim/vision:v2",
            "owner": "kim",
            "note": "노트",
            "parent": "labdock/base",
            "saved_from": "kim/study",
            "created": "",
            "exported": "",
            "lab": "lab",
            "labdock": "1",
            "architecture": "amd64",
            "size": 1,
            "image_id": digest(config),
            "layers": tuple(map(digest, self.layers)),
            **self.leaf,
        }
        return Leaf(**facts).signed(KEY)

    def packed(self) -> bytes:
        return tar(self.members())


def checked(content: bytes, most: int = ROOM) -> Checked:
    return check(io.BytesIO(content), most)


def compressed(content: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(content)


@pytest.mark.parametrize("pack", [bytes, compressed, gzip.compress], ids=["tar", "zstd", "gzip"])
@pytest.mark.parametrize("signed", [True, False], ids=["ours", "docker's"])
def test_a_whole_archive_is_understood(pack: Callable[[bytes], bytes], signed: bool) -> None:
    image = Image(signed=signed)
    found = checked(pack(image.packed()))
    assert found.layers == tuple(map(digest, image.layers))
    assert found.server
    assert (found.signed is not None) is signed
    if found.signed:
        assert found.signed.leaf.note == "노트"
        assert found.signed.key == KEY.public


def test_the_engine_gets_what_it_lacks_under_names_of_ours() -> None:
    image = Image()
    content = compressed(image.packed())
    found = checked(content)
    described = tar({"manifest.json": b"[]", "x.json": b"{}"})
    file = io.BytesIO(content)
    pieces = repacked(file, found, ROOM, described, {found.layers[0]})
    with tarfile.open(fileobj=io.BytesIO(b"".join(pieces))) as archive:
        names = archive.getnames()
        assert names == ["manifest.json", "x.json", f"{found.layers[1][7:]}/layer.tar"]
        last = archive.extractfile(names[-1])
        assert last is not None
        assert last.read() == image.layers[1]


def test_a_layer_above_can_take_the_server_away() -> None:
    below = tar({SERVER: b"#!/bin/sh"})
    for name in ("usr/local/bin/.wh.labdock-enter", "usr/.wh.local", "usr/local/bin/.wh..wh..opq"):
        assert not checked(Image(below, tar({name: b""})).packed()).server
    assert checked(Image(below, tar({"usr/local/bin/.wh.other": b""})).packed()).server
    assert checked(
        Image(below, tar({"usr/.wh.local": b""}), tar({f"./{SERVER}": b""})).packed()
    ).server


def test_a_layer_may_begin_with_a_file_of_any_name() -> None:
    assert checked(Image(tar({"{odd}": b"{}", SERVER: b""})).packed()).server


@pytest.mark.parametrize("pack", [bytes, compressed, gzip.compress], ids=["tar", "zstd", "gzip"])
def test_a_file_that_is_cut_off_anywhere_is_refused(pack: Callable[[bytes], bytes]) -> None:
    layer = tar({"noise": os.urandom(5000)})
    content = pack(Image(layer).packed())
    # The last blocks of a bare tar are zeros, which nobody misses.
    last = len(content) - (10240 if pack is bytes else 12)
    for length in range(0, last, max(1, last // 60)):
        with pytest.raises(ArchiveError):
            checked(content[:length])


@pytest.mark.parametrize("pack", [bytes, compressed], ids=["tar", "zstd"])
def test_a_bit_that_flips_in_a_signed_file_is_noticed(pack: Callable[[bytes], bytes]) -> None:
    image = Image(tar({"noise": os.urandom(3000)}))
    content = pack(image.packed())
    whole = checked(content)
    for place in range(0, len(content), max(1, len(content) // 150)):
        spoilt = bytearray(content)
        spoilt[place] ^= 0x10
        try:
            found = checked(bytes(spoilt))
        except ArchiveError:
            continue
        # A bit of padding, or of a member's date: the image is the same to the last byte.
        assert (found.image_id, found.layers) == (whole.image_id, whole.layers)
        assert found.signed == whole.signed


SPOILT: dict[str, Callable[[Image], object]] = {
    "two images": lambda image: image.manifest.append(image.manifest[0]),
    "no image": lambda image: image.manifest.clear(),
    "unknown field": lambda image: image.manifest[0].update(Extra=1),
    "manifest of text": lambda image: setattr(image, "manifest", "x"),
    "layers of numbers": lambda image: image.manifest[0].update(Layers=[1]),
    "no layers": lambda image: image.manifest[0].update(Layers=[]),
    "too many layers": lambda image: image.manifest[0].update(Layers=["parts/0"] * 121),
    "layers swapped": lambda image: image.manifest[0]["Layers"].reverse(),
    "layer elsewhere": lambda image: image.manifest[0].update(Layers=["../../etc/passwd"]),
    "config elsewhere": lambda image: image.manifest[0].update(Config="/etc/passwd"),
    "config is a layer": lambda image: image.manifest[0].update(Config="parts/0"),
    "layer is the config": lambda image: image.manifest[0].update(Layers=["parts/c"]),
    "other diff ids": lambda image: image.config["rootfs"].update(diff_ids=["sha256:1"]),
    "rootfs of text": lambda image: image.config.update(rootfs="x"),
    "windows": lambda image: image.config.update(os="windows"),
    "config of text": lambda image: image.config.update(config="x"),
    "climbing": lambda image: image.more.update({"a/../../b": b"x"}),
    "absolute": lambda image: image.more.update({"/etc/passwd": b"x"}),
    "ballast": lambda image: image.more.update({"parts/9": tar({"x": b"x"})}),
    "other lab's image": lambda image: image.leaf.update(image_id="sha256:1"),
    "other layers": lambda image: image.leaf.update(layers=("sha256:1",)),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_what_does_not_fit_together_is_refused(spoil: Callable[[Image], object]) -> None:
    image = Image()
    spoil(image)
    with pytest.raises(ArchiveError):
        checked(image.packed())


def link(kind: bytes, target: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo("parts/link")
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize(
    "info",
    [
        link(tarfile.SYMTYPE, "/etc/passwd"),
        link(tarfile.LNKTYPE, "parts/0"),
        link(tarfile.CHRTYPE, ""),
        link(tarfile.FIFOTYPE, ""),
    ],
    ids=["symlink", "hard link", "device", "fifo"],
)
def test_a_member_that_is_no_plain_file_is_refused(info: tarfile.TarInfo) -> None:
    image = Image()
    image.more["parts/link"] = info
    with pytest.raises(ArchiveError, match="no plain file"):
        checked(image.packed())


def test_a_member_that_comes_twice_is_refused() -> None:
    content = Image(signed=False).packed()
    end = content.rstrip(b"\0")
    twice = tar({"manifest.json": b"[]"})
    padded = end + b"\0" * (-len(end) % 512)
    with pytest.raises(ArchiveError, match="twice"):
        checked(padded + twice)


def test_what_was_signed_cannot_be_changed() -> None:
    image = Image()
    config = json.dumps(image.config).encode()
    signed = json.loads(image.signed_leaf(config))
    for change in (
        {"environment": {**signed["environment"], "note": "other"}},
        {"environment": {**signed["environment"], "untrusted": True}},
        {"environment": {**signed["environment"], "extra": 1}},
        {"environment": {**signed["environment"], "size": "1"}},
        {"key": signed["signature"]},
        {"signature": signed["key"]},
        {"format": 2},
        {"extra": 1},
    ):
        members = image.members()
        members["labdock-environment.json"] = json.dumps({**signed, **change}).encode()
        with pytest.raises(ArchiveError):
            checked(tar(members))


def test_a_signature_cannot_be_taken_out_unnoticed() -> None:
    members = Image().members()
    del members["labdock-environment.json"]
    with pytest.raises(ArchiveError, match="taken out"):
        checked(tar(members))


INNER: dict[str, bytes] = {
    "climbing": tar({"a/../../../etc/shadow": b"x"}),
    "no archive": b"nothing " * 1000,
    "compressed": gzip.compress(tar({"a": b"x"})),
    "behind its end": tar({"a": b"x"}) + b"\0" * (1 << 20) + b"more",
    "empty": b"",
}


@pytest.mark.parametrize("layer", INNER.values(), ids=INNER)
def test_a_layer_that_is_not_what_a_layer_is_gets_refused(layer: bytes) -> None:
    with pytest.raises(ArchiveError):
        checked(Image(layer).packed())


def test_a_file_with_holes_is_refused_for_it_takes_more_room_than_it_says() -> None:
    info = tarfile.TarInfo("hole")
    info.pax_headers = {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": "hole",
        "GNU.sparse.realsize": str(1 << 40),
    }
    new = tar({"x": info})
    old = bytearray(tar({"hole": b""}))
    old[156:157] = tarfile.GNUTYPE_SPARSE
    old[483:495] = b"%011o\0" % (1 << 32)
    old[148:156] = b" " * 8
    old[148:156] = b"%06o\0 " % sum(old[:512])
    for layer in (new, bytes(old)):
        with pytest.raises(ArchiveError):
            checked(Image(layer).packed())


def test_a_bomb_stops_at_the_room_there_is_and_in_little_memory() -> None:
    unpacked = 1 << 28
    bomb = tar({"zeros": bytes(unpacked)})
    content = compressed(Image(bomb, signed=False).packed())
    assert len(content) < unpacked // 1000
    del bomb
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(DiskFullError, match="unpacks to more"):
        checked(content, 1 << 26)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def test_a_header_cannot_ask_for_memory() -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 1 << 33
    block = header.tobuf(tarfile.GNU_FORMAT)
    with pytest.raises(ArchiveError, match="longer than any name"):
        checked(block + bytes(4096))
    with pytest.raises(ArchiveError):
        checked(Image(block + bytes(4096)).packed())


def test_headers_upon_headers_end_in_words() -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 2
    block = header.tobuf(tarfile.GNU_FORMAT) + b"a\0" + bytes(510)
    with pytest.raises(ArchiveError):
        checked(block * 3000 + bytes(1024))


@pytest.mark.parametrize("content", [b"", b"x", b"PK\3\4" * 100, bytes(20480), os.urandom(4096)])
def test_what_is_no_archive_is_told(content: bytes) -> None:
    with pytest.raises(ArchiveError):
        checked(content)


def test_too_many_members_are_refused() -> None:
    image = Image()
    image.more = {f"blobs/sha256/{number}": b"{}" for number in range(1001)}
    with pytest.raises(ArchiveError, match="more files"):
        checked(image.packed())
