"""The labels that make the engine Labdock's database.

A label never changes during the life of its container, so only facts that are
fixed at creation are kept in labels (decision 1 of the architecture).
"""

from __future__ import annotations

PREFIX = "labdock."

OWNER = "labdock.owner"
WORKSPACE = "labdock.workspace"
KIND = "labdock.kind"
GPUS = "labdock.gpus"
WANTED = "labdock.wanted"
"""What was asked for where it was a model or seats: the next start asks for the same."""
PORTS = "labdock.ports"
IMAGE = "labdock.image"
RESTART = "labdock.restart"
OFFERED = "labdock.offered"
"""Targets of the mounts that the lab's policy added; nobody asked for them."""

PARENT = "labdock.parent"
"""On images: the image that this one was saved from or built on."""
PARENT_ID = "labdock.parent-id"
"""On images: the parent's id, as its name may mean another image by now."""
SAVED_FROM = "labdock.saved-from"
"""On images: the workspace (OWNER/NAME) that was saved."""
ADOPTED = "labdock.adopted-from"
"""On images: the id of the image, not of Labdock's making, that the server was laid on."""
IMPORTED = "labdock.imported-from"
"""On images: where an image, or the one that it stands on, was before it came to this lab."""
IMPORTED_ID = "labdock.imported-id"
"""On images: the imported image that this one stands on; its trust is this one's."""
BASE_LAYERS = "labdock.base-layers"
"""On saved images: how many of their layers, from the lowest, are the image's on offer."""
CONTAINER = "labdock.container"
"""On saved images: id of the container that was saved, so that a later save holds the rest."""
READ = "labdock.read"
"""On saved images: when the container was read (nanoseconds), by which clock (``layer_save``)."""
SAVING = "labdock.saving"
"""On what a save makes on its way: the key of its lock (``saving.py``)."""
NOTE = "labdock.note"
"""On images: why it was saved, in the owner's words."""
BUILD = "labdock.build"
"""On images: hash of everything that the build depended on."""
SERVER = "labdock.server"
"""On images: ``1`` where a Labdock server is inside."""
STACK = "labdock.stack"
"""On the stack's own containers: ``hub``, ``proxy`` or ``portal``."""
READER = "labdock.reader"
"""On the container that the hub asks the NVIDIA driver through: what it was made for."""
TRIAL = "labdock.trial"
"""On images that are not finished and containers that try them out: when they are leftovers."""
GRADING = "labdock.grading"
"""On containers that grade a submission: when they are leftovers, in seconds since the epoch."""
WORKER = "labdock.worker"
"""On containers that are made for one job over the engine's folders (``layer_worker.py``)."""
ROOT = "labdock.root"
"""On the stack's own containers: the data root that they serve."""


def in_namespace(label: str) -> bool:
    """Tell whether a label belongs to Labdock, so that nobody else may set it."""
    return label == PREFIX.rstrip(".") or label.startswith(PREFIX)
