"""Images and disk on the admins' pages: what is listed, what may go, and what each form does."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from hub.portal.access import COOKIE
from hub.portal.disk_look import DiskLook, Look
from hub.portal.images_view import bars, chosen, rows
from hub.portal.portal import PREFIX
from tests.hub.portal.conftest import BASE, Make, Stage
from tests.hub.portal.test_bulk import send
from tests.hub.portal.test_pages import page
from workspace_cli.core import audit, disk, environments, labels, pins, reading, sharing
from workspace_cli.core.actors import Actor
from workspace_cli.core.disk import Usage
from workspace_cli.core.disk_room import Room

DAY = 86400.0
FOREIGN = "labdock/kim/brought:v1"


@pytest.fixture
def saved(stage: Stage, make: Make) -> list[str]:
    """Three environments that kim saved on different days, and one of park's."""
    host, names = stage.portal.host, []
    for owner, tags in (("kim", ("v1", "v2", "v3")), ("park", ("v1",))):
        make(owner, "study")
        container = reading.find(host, f"{owner}/study").container.name
        for tag in tags:
            stage.engine.made(container).write(f"/home/member/{owner}-{tag}", b"x" * 2048)
            found = reading.find(host, f"{owner}/study")
            names.append(environments.commit(host, found, f"vision:{tag}", note=tag).reference)
            stage.clock.now += 10 * DAY
    return names


@pytest.fixture
def brought(stage: Stage, make: Make) -> str:
    """An environment that came from elsewhere."""
    marks = {
        labels.OWNER: "kim",
        labels.PARENT: BASE,
        labels.SERVER: "1",
        labels.IMPORTED: "other.example/lab/vision:v1",
        labels.IMPORTED_ID: "sha256:0",
    }
    stage.engine.add_image(FOREIGN, labels=marks, config={}, files={"/bin/y": b"y"})
    return FOREIGN


def names_of(text: str) -> list[str]:
    return re.findall(r'data-image="([^"]+)"', text)


@pytest.mark.parametrize(
    "language, words",
    [
        ("en", ("Images and disk", "Build cache", "saved environment", "Who takes up how much")),
        ("ko", ("이미지와 디스크", "빌드 캐시", "저장한 환경", "누가 얼마나 쓰는지")),
    ],
)
def test_every_image_is_listed_with_what_fills_the_disk(
    stage: Stage, saved: list[str], language: str, words: tuple[str, ...]
) -> None:
    disk.write(stage.portal.host.settings, Usage(owner="park", measured=1.8e9, home=3 * 2**30))
    stage.engine.add_image("debian:12", files={"/etc/os": b"debian"})
    text = page(stage, "/lab/images", "root", language)
    assert all(word in text for word in words)
    assert "3 GiB" in text
    assert {BASE, *saved, "debian:12"} <= set(names_of(text))
    assert "<script" not in text
    assert " style=" not in text


def test_sizes_of_their_own_count_shared_layers_once(stage: Stage, saved: list[str]) -> None:
    found = {row.name: row for row in rows(stage.portal.host, _look(stage))}
    first, last = found[saved[0]], found[saved[2]]
    # Later saves stand on the first one's layer: nothing of it goes with the first alone.
    assert (first.own, first.size) == (0, 2048)
    assert (last.own, last.size) == (2048, 3 * 2048)
    assert (last.kind, last.owner, found[BASE].kind) == ("saved", "kim", "lab")
    assert (found[BASE].layers, last.layers) == (1, 4)


def test_what_nothing_names_and_what_is_not_ours_is_told_apart(
    stage: Stage, make: Make, saved: list[str]
) -> None:
    nameless = stage.engine.commit("labdock-kim--study")
    stage.engine.tag(BASE, "labdock/internal:kim-study")
    stage.engine.tag(BASE, "other/thing:1")
    kinds = {row.name or row.id: row.kind for row in rows(stage.portal.host, _look(stage))}
    assert kinds[nameless] == "nameless"
    assert kinds["labdock/internal:kim-study"] == "layer"
    assert kinds["other/thing:1"] == "foreign"
    text = page(stage, f"/lab/images/image?reference={quote(nameless)}", "root")
    assert "docker image prune" in text
    assert "/environments/delete" not in text


def _look(stage: Stage) -> Look | None:
    return DiskLook(stage.portal.host).last()


def test_a_list_is_searched_filtered_and_sorted(stage: Stage, saved: list[str]) -> None:
    assert names_of(page(stage, "/lab/images?owner=park", "root")) == [saved[3]]
    assert names_of(page(stage, "/lab/images?q=VISION+v2", "root")) == [saved[1]]
    assert names_of(page(stage, "/lab/images?kind=lab", "root")) == [BASE]
    newest = names_of(page(stage, "/lab/images?kind=saved&sort=-created", "root"))
    assert newest == list(reversed(saved))
    text = page(stage, "/lab/images?owner=kim&sort=-size", "root")
    assert 'aria-sort="descending"' in text
    assert "owner=kim&amp;sort=size" in text
    found = rows(stage.portal.host, None)
    assert chosen(found, sort="own") == chosen(found, sort="name")


def test_an_unknown_order_is_refused_and_a_search_is_text(stage: Stage) -> None:
    answer = stage.client.get(
        f"{PREFIX}/lab/images?sort=colour", headers={"Cookie": f"{COOKIE}=token-root"}
    )
    assert answer.status_code == 422
    assert "<script>x" not in page(stage, "/lab/images?q=%22%3E%3Cscript%3Ex", "root")


def test_bars_fill_a_disk_and_never_more(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.engine.add_image(BASE, files={"/bin/x": b"x" * 600})
    disk.write(stage.portal.host.settings, Usage(owner="kim", measured=1.8e9, home=10**9))
    only = (Room("/data", 200, 1000),)
    monkeypatch.setattr("workspace_cli.core.disk_room.rooms", lambda host: only)
    (bar,) = bars(stage.portal.host, _look(stage))
    assert sum(part.share for part in bar.parts) == pytest.approx(0.8)
    assert bar.parts[0].size == 10**9  # told as it is, drawn as far as it fits
    two = (Room("/data", 200, 1000), Room("/docker", 300, 1000))
    monkeypatch.setattr("workspace_cli.core.disk_room.rooms", lambda host: two)
    of_data, of_engine = bars(stage.portal.host, _look(stage))
    assert [part.name for part in of_data.parts] == ["homes", "other"]
    assert {part.name: part.size for part in of_engine.parts}["images"] == 600
    assert sum(part.share for part in of_engine.parts) == pytest.approx(0.7)


# pinning, allowing, deleting --------------------------------------------------------------------
def test_an_admin_pins_with_a_note_and_unpins(stage: Stage, saved: list[str]) -> None:
    host, address = stage.portal.host, f"/lab/images/image?reference={quote(saved[0])}"
    back = f"{PREFIX}{address}"
    fields = {"reference": saved[0], "back": back}
    done = send(stage, "/environments/pin", do="pin", note="for <the> paper", **fields)
    assert (done.status_code, done.headers["location"]) == (303, back)
    assert pins.pins(host)[saved[0]].made_by == "root"
    text = page(stage, address, "root")
    assert "for &lt;the&gt; paper" in text
    assert "고정됨" in page(stage, "/lab/images", "root", "ko")
    send(stage, "/environments/pin", do="unpin", **fields)
    assert pins.pins(host) == {}
    assert {one.action for one in audit.entries(host)} >= {"pin", "unpin"}


def test_what_came_from_elsewhere_is_allowed_with_a_reason_and_taken_back(
    stage: Stage, brought: str
) -> None:
    address = f"/lab/images/image?reference={quote(brought)}"
    assert "Not trusted yet" in page(stage, address, "root")
    assert "아직 신뢰하지 않음" in page(stage, address, "root", "ko")
    assert "an admin has to allow it" in page(stage, "/environments", "kim")
    fields = {"reference": brought}
    assert send(stage, "/lab/images/trust", reason="looked at it", **fields).status_code == 303
    assert "Allowed for members" in page(stage, address, "root")
    assert "not trusted yet" not in page(stage, "/environments", "kim")
    assert send(stage, "/lab/images/trust", do="withdraw", **fields).status_code == 303
    assert "Not trusted yet" in page(stage, address, "root")
    said = [(one.action, one.detail) for one in audit.entries(stage.portal.host)]
    assert any(what == "trust" and "looked at it" in detail for what, detail in said)
    assert any(what == "untrust" for what, _ in said)


def test_what_was_made_here_needs_no_permission(stage: Stage, saved: list[str]) -> None:
    assert send(stage, "/lab/images/trust", reference=saved[0]).status_code == 422
    assert send(stage, "/lab/images/trust", reference="../../version").status_code == 404


def test_deleting_comes_back_to_the_list(stage: Stage, saved: list[str]) -> None:
    pins.pin(stage.portal.host, saved[0], Actor("kim"), "keep")
    back = f"{PREFIX}/lab/images"
    query = f"?reference={quote(saved[0])}&back={quote(back)}"
    text = page(stage, f"/environments/delete{query}", "root")
    assert "It is pinned: keep" in text
    done = send(stage, "/environments/delete", reference=saved[0], back=back)
    assert done.headers["location"] == back
    assert saved[0] not in names_of(page(stage, "/lab/images", "root"))


# pruning ----------------------------------------------------------------------------------------
def test_without_a_rule_nothing_goes(stage: Stage, saved: list[str]) -> None:
    text = page(stage, "/lab/images/prune", "root")
    assert "The lab has no rule" in text
    assert "Nothing goes by this rule." in text
    assert "연구실에 보관 규칙이 없습니다" in page(stage, "/lab/images/prune", "root", "ko")


def test_the_labs_rule_is_told_in_words(stage: Stage, saved: list[str]) -> None:
    rule = '[retention]\nkeep_last = 2\nolder_than = "15d"\n'
    stage.portal.host.settings.policy_file.write_text(rule)
    text = page(stage, "/lab/images/prune", "root")
    assert "The newest 2 environments of each name stay." in text
    assert "saved more than 15 days ago" in text
    assert "1 environment goes" in text


@pytest.mark.parametrize(
    "language, words",
    [
        ("en", ("2 newer ones of its name", "pinned: dear", "shared", "the newest of its name")),
        ("ko", ("같은 이름의 더 새로운 환경 2개", "고정됨: dear", "공유", "이름별 최신 1개")),
    ],
)
def test_a_preview_says_why_each_goes_or_stays(
    stage: Stage, saved: list[str], language: str, words: tuple[str, ...]
) -> None:
    host = stage.portal.host
    pins.pin(host, saved[1], Actor("kim"), "dear")
    sharing.share(host, saved[3], sharing.parse_recipient("kim"), Actor("park"))
    text = page(stage, "/lab/images/prune?keep_last=1", "root", language)
    assert all(word in text for word in words), text
    form = text[text.index('id="going"') : text.index("</form>", text.index('id="going"'))]
    assert names_of(form) == [saved[0]]


def test_pruning_removes_what_was_shown_and_nothing_else(stage: Stage, saved: list[str]) -> None:
    host = stage.portal.host
    answer = send(stage, "/lab/images/prune", keep_last="1", reference=[saved[1], saved[2]])
    assert answer.status_code == 200
    assert "1 environment was removed" in answer.text
    # The newest stays, whatever a form says; the oldest was not shown.
    left = {row.name for row in rows(host, None)}
    assert {saved[0], saved[2]} <= left
    assert saved[1] not in left
    assert ("prune", saved[1]) in {(one.action, one.subject) for one in audit.entries(host)}


def test_a_preview_is_of_one_owner_where_one_is_named(stage: Stage, saved: list[str]) -> None:
    text = page(stage, "/lab/images/prune?keep_last=1&owner=park", "root")
    assert names_of(text) == [saved[3]]
    fields = {"keep_last": "1", "owner": "park", "reference": saved[0]}
    assert "0 environments were removed" in send(stage, "/lab/images/prune", **fields).text
    assert saved[0] in {row.name for row in rows(stage.portal.host, None)}


@pytest.mark.parametrize("number", ["0", "-1", "many", "1001", "²"])
def test_a_rule_that_makes_no_sense_is_refused(stage: Stage, number: str) -> None:
    answer = stage.client.get(
        f"{PREFIX}/lab/images/prune?keep_last={quote(number)}",
        headers={"Cookie": f"{COOKIE}=token-root"},
    )
    assert answer.status_code == 422


def test_members_prune_allow_and_see_nothing(stage: Stage, saved: list[str], brought: str) -> None:
    for path in ("/lab/images/prune", "/lab/images/trust"):
        answer = send(stage, path, "kim", reference=[brought, saved[0]], keep_last="1")
        assert answer.status_code == 403
    assert "Not trusted yet" in page(stage, f"/lab/images/image?reference={quote(brought)}", "root")
    assert saved[3] not in page(stage, "/lab/images", "kim")
    assert send(stage, "/environments/pin", "kim", reference=saved[3]).status_code == 404
