"""labdock/base."""

import pytest

from tests.images.base_suite import BaseSuite


@pytest.mark.engine
class TestBase(BaseSuite):
    """Everything that every workspace image does."""

    image = "labdock/base"
