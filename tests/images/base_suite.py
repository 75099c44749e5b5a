"""What every workspace image does. A child image runs all of it again, with its own name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.images.container_suite import ContainerSuite
from tests.images.containers import DEFAULT_PROFILE, Workspace
from tests.images.door_suite import DoorSuite
from tests.images.folder_suite import FolderSuite
from tests.images.lessons_suite import LessonsSuite
from tests.images.proxy_suite import ProxySuite
from tests.images.server_suite import ServerSuite


class BaseSuite(DoorSuite, ServerSuite, FolderSuite, ContainerSuite, ProxySuite, LessonsSuite):
    """Runs over one image, which the subclass names."""

    @pytest.fixture(scope="class")
    @classmethod
    def workspace(cls) -> Iterator[Workspace]:
        """One running container of the default profile, shared by the tests that only look."""
        with Workspace(cls.image, DEFAULT_PROFILE) as running:
            yield running.ready()
