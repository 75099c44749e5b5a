"""``commit`` and ``diff``: what is saved, what is left out, what is different."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.cli.conftest import CommandLine, Ended
from tests.core.test_packages import dpkg, wheel

Study = Callable[..., Ended]
CONTAINER = "labdock-kim--study"
NETRC = "/home/member/.netrc"
ENV = "/home/member/app/.env"
MODEL = "/home/member/.cache/torch/hub/model.pt"


@pytest.fixture
def changed(workspace: CommandLine, study: Study) -> CommandLine:
    """Give a workspace with packages, two likely secrets and a cache in it."""
    study()
    made = workspace.engine.made(CONTAINER)
    for path, data in {**dpkg(figlet="2.2"), **wheel("mine", "1.0")}.items():
        made.write(path, data)
    made.write(NETRC, b"machine x login y password geheim99")
    made.write(ENV, b"TOKEN=geheim99")
    made.write(MODEL, b"m" * 5000)
    made.write("/srv/data.bin", b"d" * 3000)
    return workspace


def in_saved(workspace: CommandLine, reference: str) -> set[str]:
    """Return every path in the own layers of what was saved."""
    store = workspace.engine.store
    layers = store.view(reference).layers[len(store.view("labdock/base").layers) :]
    return {f"/{path}" for layer in layers for path in store.layers[layer]}


def test_the_preview_shows_all_and_saves_nothing(changed: CommandLine) -> None:
    ended = changed.ok("commit", "study", "--preview")
    for line in (
        "+ figlet 2.2 (apt",
        "+ mine 1.0 (pip",
        "/srv: 1 new, 3.0 kB",
        f"{NETRC} (passwords: names, passwords and tokens of other machines), 35 B",
        "/home/member/.cache/torch (models), 5.0 kB, saved, unless with --drop-caches",
        "/workspace, which is ",
    ):
        assert line in ended.out
    assert "geheim" not in ended.out + ended.err
    assert changed.ok("images", "--owner", "kim", "-q").out == ""
    told = changed.ok("commit", "study", "--preview", "--json").json
    assert [one["path"] for one in told["suspects"]] == [NETRC, ENV]
    assert told["packages"][0]["change"] == "added"
    assert told["added"] < told["bytes"]


def test_likely_secrets_are_left_out_and_named(changed: CommandLine) -> None:
    ended = changed.ok("commit", "study", "v:1", "--json")
    assert f"left out: {NETRC} (passwords" in ended.err
    assert f"left out: {ENV} (variables" in ended.err
    assert "--keep PATH" in ended.err
    assert ended.json["left_out"] == [NETRC, ENV]
    kept = in_saved(changed, "labdock/kim/v:1")
    assert {"/srv/data.bin", MODEL} <= kept
    assert not kept & {NETRC, ENV}
    # In the workspace they still are.
    assert changed.engine.has_path(CONTAINER, NETRC)


def test_what_the_owner_wants_to_keep_is_kept(changed: CommandLine) -> None:
    one = changed.ok("commit", "study", "v:1", "--keep", "/home/member/app", "--json")
    assert one.json["left_out"] == [NETRC]
    assert ENV in in_saved(changed, "labdock/kim/v:1")
    every = changed.ok("commit", "study", "v:2", "--keep-secrets", "--json")
    assert every.json["left_out"] == []
    assert {NETRC, ENV} <= in_saved(changed, "labdock/kim/v:2")


def test_a_secret_that_was_saved_once_can_still_be_left_out(changed: CommandLine) -> None:
    changed.ok("commit", "study", "v:1", "--keep-secrets")
    changed.ok("commit", "study", "v:2")
    assert not in_saved(changed, "labdock/kim/v:2") & {NETRC, ENV}


def test_of_a_file_of_the_labs_image_its_own_version_comes_back(
    workspace: CommandLine, study: Study
) -> None:
    engine = workspace.engine
    engine.add_image(
        "labdock/lab:1",
        labels={"labdock.server": "1"},
        config={"Cmd": ["tini"]},
        files={"/root/.bashrc": b"alias ll=ls"},
    )
    study("study", "--image", "labdock/lab:1")
    engine.made(CONTAINER).write("/root/.bashrc", b"export API_TOKEN=a1b2c3d4e5")
    engine.made(CONTAINER).write("/srv/data", b"d")
    ended = workspace.ok("commit", "study", "v:1", "--json")
    assert ended.json["left_out"] == ["/root/.bashrc"]
    assert in_saved(workspace, "labdock/kim/v:1") >= {"/srv/data"}
    assert engine.store.files(ended.json["id"])["root/.bashrc"] == b"alias ll=ls"


def test_caches_and_folders_are_left_out_where_wanted(changed: CommandLine) -> None:
    ended = changed.ok("commit", "study", "v:1", "--drop-caches", "--leave-out", "/srv", "--json")
    assert ended.json["left_out"] == [NETRC, ENV, "/home/member/.cache/torch", "/srv"]
    assert not in_saved(changed, "labdock/kim/v:1") & {MODEL, "/srv/data.bin"}


def test_a_person_sees_in_short_what_is_saved(changed: CommandLine) -> None:
    ended = changed.ok("commit", "study", "v:1", terminal=True)
    assert "+ figlet 2.2 (apt" in ended.err
    assert "/srv: 1 new" in ended.err
    assert "+ figlet" not in changed.ok("commit", "study", "v:2").err


def test_a_path_that_is_to_be_kept_and_was_no_secret_is_said_so(changed: CommandLine) -> None:
    assert "/srv was not to be left out" in changed.ok("commit", "study", "--keep", "/srv").err


def test_a_path_that_is_none_is_exit_2(changed: CommandLine) -> None:
    assert changed("commit", "study", "--leave-out", "srv").code == 2
    assert changed.ok("images", "--owner", "kim", "-q").out == ""


def test_where_nothing_can_be_looked_at_it_is_said_and_saved(changed: CommandLine) -> None:
    engine = changed.engine
    engine.engine_info = replace(engine.engine_info, storage_driver="btrfs")
    ended = changed.ok("commit", "study", "v:1")
    assert "cannot be looked at" in ended.err
    assert "cannot be looked at" in changed.ok("commit", "study", "--preview").err
    assert "cannot be looked at" in changed.ok("diff", "labdock/base", "study").err


def test_the_dry_run_says_that_docker_leaves_nothing_out(changed: CommandLine) -> None:
    ended = changed.ok("commit", "study", "--dry-run")
    assert "leaves nothing out" in ended.out
    assert changed.ok("images", "--owner", "kim", "-q").out == ""


# diff ------------------------------------------------------------------------
def test_diff_of_an_environment_and_a_workspace(changed: CommandLine) -> None:
    changed.ok("commit", "study", "v:1")
    changed.engine.made(CONTAINER).write("/srv/more.bin", b"x" * 100)
    out = changed.ok("diff", "kim/v:1", "study").out
    assert "/srv: 1 new, 100 B" in out
    assert "figlet" not in out
    # The other way round, with the workspace's full name and as JSON.
    told = changed.ok("diff", "kim/study", "kim/v:1", "--json").json
    assert (told["old"], told["new"]) == ("kim/study", "labdock/kim/v:1")
    assert [(one["path"], one["removed"]) for one in told["folders"] if one["path"] == "/srv"] == [
        ("/srv", 1)
    ]


def test_diff_of_two_environments_tells_their_settings(changed: CommandLine) -> None:
    changed.engine.add_image(
        "labdock/kim/x:1", config={"User": "kim", "Cmd": ["a"]}, files={"a": b""}
    )
    changed.engine.add_image(
        "labdock/kim/x:2", config={"User": "lee", "Cmd": ["a"]}, files={"a": b""}
    )
    out = changed.ok("diff", "kim/x:1", "kim/x:2").out
    assert "~ user: kim -> lee" in out
    assert "command" not in out
    assert "They are the same." in changed.ok("diff", "kim/x:1", "kim/x:1").out


def test_diff_of_what_is_nothing_is_exit_3(changed: CommandLine) -> None:
    ended = changed("diff", "study", "nothing")
    assert ended.code == 3
    assert "no environment and no workspace" in ended.err
    assert changed("diff", "kim/nothing:1", "study").code == 3


# images and history ----------------------------------------------------------
def test_images_tell_own_and_shared_sizes_and_packages(changed: CommandLine) -> None:
    changed.ok("commit", "study", "v:1")
    rows = {row["reference"]: row for row in changed.ok("images", "--packages", "--json").json}
    saved = rows["labdock/kim/v:1"]
    assert saved["own"] > 3000
    assert saved["own"] + saved["shared"] == saved["size"]
    assert rows["labdock/base:latest"]["own"] == 0
    assert {one["name"] for one in saved["packages"]} == {"figlet", "mine"}
    assert rows["labdock/base:latest"]["packages"] == []
    assert "packages" not in changed.ok("images", "--json").json[0]
    assert "OWN" in changed.ok("images").out
    assert changed("images", "--packages").code == 2


def test_history_tells_what_each_environment_installed(changed: CommandLine) -> None:
    changed.ok("commit", "study", "v:1")
    lines = changed.ok("history", "kim/v:1", "--packages").out.splitlines()
    assert [line.strip() for line in lines[2:]] == ["+ figlet 2.2 (apt)", "+ mine 1.0 (pip)"]
    branch = changed.ok("history", "kim/v:1", "--packages", "--json").json[1]
    assert {one["name"] for one in branch["environment"]["changes"]} == {"figlet", "mine"}
    assert "figlet" not in changed.ok("history", "kim/v:1").out
