"""The policy and the catalogue, where the portal sees them."""

from __future__ import annotations

from pathlib import Path

import pytest

from workspace_cli.core import published
from workspace_cli.core.errors import InvalidSettingError
from workspace_cli.core.host import open_beside_hub
from workspace_cli.core.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(root=tmp_path)
    settings.hub_dir.mkdir()
    return settings


def test_the_portal_reads_the_policy_as_it_is_now(settings: Settings) -> None:
    beside = open_beside_hub(settings)
    published.publish(settings)
    assert not beside.policy.retention.applies
    for keep in (3, 5):
        settings.policy_file.write_text(f"[retention]\nkeep_last = {keep}\n")
        published.publish(settings)
        assert beside.policy.retention.keep_last == keep
    settings.policy_file.unlink()
    published.publish(settings)
    assert not beside.policy.retention.applies


def test_what_is_wrong_in_the_policy_is_wrong_in_the_copy(settings: Settings) -> None:
    settings.policy_file.write_text("[retention]\nkeep_last = 'many'\n")
    published.publish(settings)
    with pytest.raises(InvalidSettingError, match="keep_last"):
        _ = open_beside_hub(settings).policy


def test_the_copy_is_the_owners_alone_and_nothing_is_left_beside_it(settings: Settings) -> None:
    (settings.root / "catalog.toml").write_text("")
    published.publish(settings)
    copy = published.catalogue_copy(settings)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in settings.hub_dir.iterdir()] == [copy.name]
