"""Saved profiles: whose they are, what they keep, and what a start makes of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace_cli.core import audit, members, offboarding, profile_options, profiles
from workspace_cli.core.actors import Actor
from workspace_cli.core.errors import (
    ConflictError,
    InvalidOptionError,
    LabdockError,
    NameTakenError,
    NotAllowedError,
    NotFoundError,
)
from workspace_cli.core.host import Host
from workspace_cli.core.profiles import MOST_OWN

KIM = Actor("kim")
PARK = Actor("park")
ADMIN = Actor("admin", admin=True)
OPTIONS = {"image": "labdock/base", "memory": "4g"}


def names(host: Host, owner: str) -> list[str]:
    return [one.reference for one in profiles.offered(host, owner)]


def test_a_profile_is_its_owners_alone(host: Host) -> None:
    saved = profiles.save(host, "  Paper   figures ", OPTIONS, KIM)
    assert (saved.name, saved.options) == ("Paper figures", OPTIONS)
    assert profiles.offered(host, "kim") == [saved]
    assert names(host, "park") == []
    for other in (PARK, ADMIN):
        with pytest.raises(NotFoundError):
            profiles.get(host, saved.reference, other)
    with pytest.raises(NotFoundError):
        profiles.find(host, "park", "Paper figures")


def test_a_labs_profile_is_offered_to_everybody_or_to_a_group(host: Host) -> None:
    members.remember(host, "kim", "member", ["nlp"])
    profiles.save(host, "Course", OPTIONS, ADMIN, lab=True)
    profiles.save(host, "Papers", OPTIONS, ADMIN, lab=True, group="nlp")
    assert names(host, "kim") == ["lab:Course", "lab:Papers"]
    assert names(host, "park") == ["lab:Course"]
    assert [one.name for one in profiles.of_the_lab(host)] == ["Course", "Papers"]
    with pytest.raises(NotFoundError):
        profiles.find(host, "park", "Papers")


def test_only_admins_make_and_change_the_labs(host: Host) -> None:
    with pytest.raises(NotAllowedError):
        profiles.save(host, "Course", OPTIONS, KIM, lab=True)
    course = profiles.save(host, "Course", OPTIONS, ADMIN, lab=True)
    with pytest.raises(NotFoundError):
        profiles.get(host, course.reference, KIM)
    with pytest.raises(NotAllowedError):
        profiles.delete(host, course, KIM)
    with pytest.raises(NotAllowedError):
        profiles.change(host, course, "Mine", {}, KIM)
    profiles.delete(host, profiles.get(host, "lab:course", ADMIN), ADMIN)
    told = [(row.action, row.subject) for row in audit.entries(host, 10, 0)]
    assert sorted(told) == [("delete-profile", "Course"), ("save-profile", "Course")]


def test_saving_the_same_again_is_nothing_that_was_done(host: Host) -> None:
    course = profiles.save(host, "Course", OPTIONS, ADMIN, lab=True)
    assert profiles.save(host, "Course", OPTIONS, Actor("dean", admin=True), lab=True) == course
    assert profiles.change(host, course, "Course", OPTIONS, ADMIN) == course
    assert len(audit.entries(host)) == 1
    profiles.change(host, course, "COURSE", OPTIONS, ADMIN)
    profiles.save(host, "COURSE", {}, ADMIN, lab=True)
    assert sorted(row.subject for row in audit.entries(host)) == ["COURSE", "COURSE", "Course"]
    profiles.delete(host, course, ADMIN)
    with pytest.raises(NotFoundError):
        profiles.change(host, course, "Course", OPTIONS, ADMIN)


def test_ones_own_comes_before_the_labs_of_the_same_name(host: Host) -> None:
    profiles.save(host, "Course", {"memory": "1g"}, ADMIN, lab=True)
    assert profiles.find(host, "kim", "course").of_the_lab
    own = profiles.save(host, "Course", {"memory": "2g"}, KIM)
    assert profiles.find(host, "kim", "COURSE") == own
    assert profiles.find(host, "kim", "lab:Course").options == {"memory": "1g"}


def test_the_same_name_again_changes_what_it_stands_for(host: Host) -> None:
    first = profiles.save(host, "Big", {"memory": "4g"}, KIM)
    again = profiles.save(host, "big", {"memory": "8g"}, KIM)
    assert again.id == first.id
    assert profiles.offered(host, "kim") == [again]
    assert again.options == {"memory": "8g"}


def test_a_profile_is_renamed_but_not_to_another_ones_name(host: Host) -> None:
    small = profiles.save(host, "Small", {"memory": "1g"}, KIM)
    profiles.save(host, "Big", {"memory": "8g"}, KIM)
    with pytest.raises(NameTakenError):
        profiles.change(host, small, "BIG", small.options, KIM)
    tiny = profiles.change(host, small, "Tiny", {"memory": "512m"}, KIM)
    assert (tiny.id, names(host, "kim")) == (small.id, ["Big", "Tiny"])
    profiles.delete(host, tiny, KIM)
    for late in (
        lambda: profiles.delete(host, tiny, KIM),
        lambda: profiles.change(host, tiny, "Late", {}, KIM),
    ):
        with pytest.raises(NotFoundError):
            late()
    assert names(host, "kim") == ["Big"]


def test_there_is_an_end_to_ones_profiles(host: Host) -> None:
    for number in range(MOST_OWN):
        profiles.save(host, f"Number {number}", {}, KIM)
    with pytest.raises(ConflictError, match="20 profiles already"):
        profiles.save(host, "One more", {}, KIM)
    profiles.save(host, "Number 3", {"memory": "1g"}, KIM)
    assert len(names(host, "kim")) == MOST_OWN


@pytest.mark.parametrize(
    "name",
    ["", "   ", "a/b", "a\\b", ".hidden", "lab:mine", "ＬＡＢ:mine", "a\x00b", "\ud800", "n" * 41],
)
def test_some_names_no_profile_can_have(host: Host, name: str) -> None:
    with pytest.raises(InvalidOptionError):
        profiles.save(host, name, OPTIONS, KIM)


@pytest.mark.parametrize("name", ["논문 그림", "Course: 4 GB, no GPU", "<b>bold", "100 %"])
def test_others_may_be_written_as_people_like(host: Host, name: str) -> None:
    assert profiles.save(host, name, OPTIONS, KIM).name == name
    assert profiles.find(host, "kim", name).name == name


@given(name=st.text(max_size=50))
def test_any_text_is_a_name_or_is_refused(name: str) -> None:
    try:
        tidy = profiles.check_name(name)
    except InvalidOptionError:
        return
    assert profiles.check_name(tidy) == tidy
    assert "/" not in tidy


def test_the_one_to_be_found_chosen_must_be_offered(host: Host) -> None:
    own = profiles.save(host, "Own", {}, KIM)
    course = profiles.save(host, "Course", {}, ADMIN, lab=True)
    papers = profiles.save(host, "Papers", {}, ADMIN, lab=True, group="nlp")
    for one in (own, course):
        profiles.choose_first(host, "kim", one.id)
        assert profiles.first(host, "kim") == one.id
    with pytest.raises(NotFoundError):
        profiles.choose_first(host, "kim", papers.id)
    with pytest.raises(NotFoundError):
        profiles.choose_first(host, "park", own.id)
    profiles.choose_first(host, "kim", "")
    assert profiles.first(host, "kim") == ""


def test_who_leaves_takes_their_profiles_along(host: Host) -> None:
    own = profiles.save(host, "Own", {}, KIM)
    profiles.choose_first(host, "kim", own.id)
    profiles.save(host, "Course", {}, ADMIN, lab=True)
    assert offboarding.belongings(host, "kim").profiles == 1
    offboarding.forget(host, "kim", ADMIN)
    assert names(host, "kim") == ["lab:Course"]
    assert profiles.first(host, "kim") == ""
    assert offboarding.belongings(host, "kim").profiles == 0


# what is kept --------------------------------------------------------------
def test_ports_of_the_host_belong_to_one_workspace_and_are_not_kept() -> None:
    assert profile_options.kept({"ports": ["9210:8888", "6006"]}) == {"ports": "8888,6006"}


@pytest.mark.parametrize(
    "raw, expected",
    [
        ({"gpus": 0, "memory": "", "cpus": None, "ports": []}, {}),
        ({"gpus": "shared", "cpus": 1.5}, {"gpus": "shared:1", "cpus": "1.5"}),
        ({"gpus": ["GPU-1", "GPU-2"]}, {"gpus": "GPU-1,GPU-2"}),
        ({"memory": ["6g"], "pids": 4096}, {"memory": "6g", "pids": "4096"}),
    ],
)
def test_what_was_not_chosen_is_left_out(raw: dict[str, object], expected: dict[str, str]) -> None:
    assert profile_options.kept(raw) == expected
    assert profile_options.kept(expected) == expected


@pytest.mark.parametrize(
    "raw",
    [
        {"privileged": True},
        {"memory": "much"},
        {"memory": ["1g", "2g"]},
        {"image": "UPPER case"},
        {"image": "a" * 300},
        {"cpus": True},
        {"ports": "99999"},
    ],
)
def test_what_no_start_could_read_is_refused_at_once(raw: dict[str, object]) -> None:
    with pytest.raises(InvalidOptionError):
        profile_options.kept(raw)


def test_of_a_workspaces_options_what_can_be_read_is_kept() -> None:
    raw = {"image": "labdock/base", "memory": "much", "gpus": "1", "wait": True}
    assert profile_options.of_start(raw) == {"image": "labdock/base", "gpus": "1"}


@given(
    raw=st.dictionaries(
        st.sampled_from(["image", "cpus", "memory", "shm_size", "pids", "gpus", "ports"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
    )
)
def test_any_options_are_kept_as_texts_or_refused(raw: dict[str, object]) -> None:
    try:
        kept = profile_options.kept(raw)
    except LabdockError:
        return
    assert all(kept.values())
    assert profile_options.kept(kept) == kept
