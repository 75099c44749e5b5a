"""Who may have how much: the file, its defaults and its mistakes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import BaseModel

from workspace_cli.core.errors import InvalidSettingError
from workspace_cli.core.opening import OpenRules
from workspace_cli.core.policy import (
    Allowance,
    Defaults,
    Disk,
    ExtraMount,
    Idle,
    Lease,
    OffPeak,
    Policy,
    Retention,
    SharedGpu,
    bytes_of,
    load_policy,
    parse_duration,
)
from workspace_cli.core.registry_policy import RegistryRules

FRIDAY_NOON = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()


def written(tmp_path: Path, text: str) -> Policy:
    file = tmp_path / "policy.toml"
    file.write_text(text)
    return load_policy(file)


def test_without_a_file_every_table_has_its_defaults(tmp_path: Path) -> None:
    assert load_policy(tmp_path / "policy.toml") == Policy()
    assert Policy().allowance("admin").gpus is None
    assert Policy().defaults.shm_gpu == 4 * 2**30


def test_a_role_keeps_the_defaults_that_its_table_does_not_name(tmp_path: Path) -> None:
    policy = written(tmp_path, '[roles.member]\ngpus = 1\nmax_memory = "16g"\n')
    member = policy.allowance("member")
    assert (member.gpus, member.gpus_off_peak, member.max_memory) == (1, 4, 16 * 2**30)
    assert policy.allowance("instructor") == Policy().allowance("instructor")


def test_a_group_can_only_add_to_its_members_role(tmp_path: Path) -> None:
    policy = written(
        tmp_path, '[groups.vision]\ngpus = 6\n[groups.guests]\ngpus = 0\ngpu_time = "1h"\n'
    )
    assert policy.allowance("member", ["vision", "guests", "unknown"]).gpus == 6
    assert policy.allowance("member", ["guests"]) == policy.allowance("member")


@pytest.mark.parametrize(
    "text, named",
    [
        ("[roles.member]\ngpu = 1\n", "roles.member.gpu"),
        ("[roles.boss]\ngpus = 1\n", "roles.boss"),
        ('[idle]\nafter = "soon"\n', "idle.after"),
        ('[off_peak]\nhours = ["8-20"]\n', "off_peak.hours.0"),
        ('[defaults]\nmemory = "150%"\n', "defaults.memory"),
        ("[[gpu]]\nid = 3\nholders = 2\n", "gpu.0.id"),
        ("[idle\n", "not valid TOML"),
    ],
)
def test_a_mistake_is_named_by_its_place(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(InvalidSettingError, match=named.replace(".", r"\.")):
        written(tmp_path, text)


def test_off_peak_hours_may_cross_midnight_in_the_lab_s_time_zone(tmp_path: Path) -> None:
    off_peak = written(tmp_path, '[off_peak]\nhours = ["20:00-08:00"]\ndays = ["sun"]\n').off_peak
    assert not off_peak.covers(FRIDAY_NOON, "UTC")
    assert off_peak.covers(FRIDAY_NOON, "Asia/Seoul")  # 21:00 there
    assert off_peak.covers(FRIDAY_NOON + 2 * 86400, "UTC")
    assert not OffPeak().covers(FRIDAY_NOON, "UTC")


def test_sizes_are_bytes_or_a_share_of_the_machine() -> None:
    assert bytes_of(0.5, 100) == 50
    assert bytes_of(7, 100) == 7
    assert bytes_of(None, 100) is None


@pytest.mark.parametrize("wrong", ["", "5", "1x", True, None, "-3h", "99999d"])
def test_a_duration_that_is_none_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(wrong)


PAGE = Path(__file__).parents[2] / "docs" / "gpus.md"


def documented() -> str:
    return PAGE.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]


def test_the_page_shows_the_defaults(tmp_path: Path) -> None:
    shown, usual = written(tmp_path, documented()), Policy()
    assert shown.roles["member"] == usual.roles["member"]
    for table in ("defaults", "lease", "idle", "disk", "retention"):
        assert getattr(shown, table) == getattr(usual, table)


@pytest.mark.parametrize(
    "name, table",
    [
        ("[roles.member]", Allowance),
        ("[defaults]", Defaults),
        ("[off_peak]", OffPeak),
        ("[lease]", Lease),
        ("[idle]", Idle),
        ("[[gpu]]", SharedGpu),
        ("[[mount]]", ExtraMount),
        ("[disk]", Disk),
        ("[registries]", RegistryRules),
        ("[open]", OpenRules),
        ("[retention]", Retention),
    ],
)
def test_every_field_is_on_the_page(name: str, table: type[BaseModel]) -> None:
    section = documented().split(f"{name}\n")[1].split("\n[")[0]
    assert [field for field in table.model_fields if f"{field} = " not in section] == []
    assert {*Policy.model_fields} == {
        part.strip("[]").partition(".")[0]
        for part in documented().splitlines()
        if part.startswith("[")
    }
