"""The spawn form: what it shows, what it sends, and that nothing gets through it unescaped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import markupsafe
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import languages, offers, spawn_form, templating
from hub.spawn_form import Facts, gpu_kinds, options_from_form, options_of_a_link, render
from tests.hub.html import Document
from workspace_cli.core import labels, sharing
from workspace_cli.core.actors import Actor
from workspace_cli.core.catalogue import Catalogue, CatalogueImage
from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.gpu_inventory import Gpu
from workspace_cli.core.host import Host
from workspace_cli.core.limits import Bounds
from workspace_cli.core.models import Limits
from workspace_cli.core.options import parse_options
from workspace_cli.core.policy import Policy, SharedGpu
from workspace_cli.core.profile_rows import Profile
from workspace_cli.core.settings import Settings
from workspace_cli.core.values import parse_gpus

GIB = 2**30
BASE = offers.Offer(reference="labdock/base", title="Basic", description="A lab.", size=GIB)
TORCH = offers.Offer(reference="labdock/pytorch", title="PyTorch", description="", size=2 * GIB)
FACTS = Facts(
    offers=(BASE, TORCH),
    image=None,
    cpus=8,
    memory=16 * GIB,
    gpus=0,
    port_range=(9200, 9299),
)


@pytest.fixture
def korean() -> Iterator[None]:
    token = languages.current.set("ko")
    yield
    languages.current.reset(token)


def test_the_first_image_is_chosen_where_nothing_is_remembered() -> None:
    page = Document(render(FACTS, {}))
    assert page.values() == {
        "image": "labdock/base",
        "cpus": "",
        "pids": "",
        "ports": "",
        "save_profile": "",
    }
    assert page.one("input", name="cpus").attributes["max"] == "8"


def test_a_profile_fills_in_the_form_and_its_options_are_written_as_text() -> None:
    options = {"image": "labdock/base", "ports": "'><script>8888"}
    one = Profile(
        id="1", owner="", group="", name="<b>Course", options=options, made_by="root", created=0.0
    )
    page = Document(render(replace(FACTS, profiles=(one,)), {}))
    choice = page.one("option", value="lab:<b>Course")
    assert json.loads(choice.attributes["data-options"] or "") == options
    assert page.all("script") == page.all("b") == []
    assert Document(render(FACTS, {})).all("select", id="profile") == []


def test_choices_are_kept_under_a_name_only_where_one_is_given() -> None:
    assert options_from_form({"save_profile": [" "]}) == {}
    assert options_from_form({"save_profile": ["Big"]}) == {"save_profile": "Big"}
    assert "save_profile" not in options_of_a_link({"save_profile": ["Big"]})


def test_the_form_of_a_profile_starts_nothing() -> None:
    chosen = {"image": "labdock/gone:v1", "memory": "6g"}
    page = Document(render(FACTS, chosen, kept=True))
    assert set(page.values()) == {"image", "cpus", "pids", "ports"}
    assert page.all("input", name="safe_mode") == page.all("input", name="save_profile") == []
    assert "which this profile starts" in page.one("p", id="gone").text


def test_safe_mode_is_offered_and_never_remembered() -> None:
    box = Document(render(FACTS, {})).one("input", name="safe_mode")
    assert "checked" not in box.attributes
    assert options_from_form({"safe_mode": ["yes"]}) == {"safe_mode": True}
    assert options_from_form({}) == {}


def test_what_was_chosen_last_time_is_chosen_again() -> None:
    chosen = {"image": "labdock/pytorch:latest", "cpus": "1.5", "memory": "6g", "shm_size": "1g"}
    page = Document(render(FACTS, chosen))
    assert page.values()["image"] == "labdock/pytorch"
    assert page.values()["cpus"] == "1.5"
    assert [option.text for option in page.all("option", selected="")] == ["6 GiB", "1 GiB"]
    assert "open" in page.one("details").attributes


def test_memory_beyond_the_machine_is_not_on_offer() -> None:
    page = Document(render(FACTS, {}))
    sizes = [option.text for option in page.all("option")]
    assert "16 GiB" in sizes
    assert "32 GiB" not in sizes


def test_the_bounds_of_the_member_are_told_and_nothing_beyond_is_on_offer() -> None:
    bounds = Bounds(cpus=2, memory=4 * GIB, shm_size=2 * GIB, pids=8000)
    usual = Limits(memory=3 * GIB, shm_size=GIB, pids=4096)
    page = Document(render(replace(FACTS, bounds=bounds, usual=usual), {}))
    assert page.one("input", name="cpus").attributes["max"] == "2"
    assert page.one("input", name="pids").attributes["max"] == "8000"
    assert "up to 4 GiB" in page.one("small", id="memory-help").text
    sizes = [option.text for option in page.all("option")]
    assert "3 GiB (the usual)" in sizes
    assert "4 GiB" in sizes
    assert "8 GiB" not in sizes


def test_a_workspace_that_exists_warns_of_the_image_that_would_replace_it() -> None:
    page = Document(render(replace(FACTS, image="labdock/base:latest"), {}))
    assert page.one("div", id="replace").attributes["data-current"] == "labdock/base"
    assert "checked" in page.one("input", name="save_first").attributes
    assert "checked" not in page.one("input", name="replace_image").attributes
    assert page.values()["image"] == "labdock/base"


def test_a_new_workspace_has_nothing_to_replace() -> None:
    assert Document(render(FACTS, {})).all("input", name="replace_image") == []


def test_gpus_are_asked_for_only_where_there_are_some() -> None:
    assert Document(render(FACTS, {})).all("input", name="gpus") == []
    assert "This machine has no GPU that workspaces can use." in render(FACTS, {})
    page = Document(render(replace(FACTS, gpus=4), {}))
    assert page.one("input", name="gpus").attributes["max"] == "4"
    assert "has no GPU" not in render(replace(FACTS, gpus=4), {})


def test_models_and_seats_are_offered_where_there_is_a_choice() -> None:
    one = [Gpu(id=f"GPU-{n}", uuid=f"GPU-{n}", name="NVIDIA H100") for n in (1, 2)]
    two = [*one, Gpu(id="GPU-3", uuid="GPU-3", name="NVIDIA A100")]
    policy = Policy(gpu=(SharedGpu(id="GPU-3", holders=4),))
    assert gpu_kinds(one, Policy()) == ()
    assert gpu_kinds(two, Policy()) == ("NVIDIA A100:1", "NVIDIA H100:1")
    assert gpu_kinds(two, policy)[-1] == "shared"
    kinds = gpu_kinds(two, policy)
    page = Document(render(replace(FACTS, gpus=3, gpu_kinds=kinds), {}))
    assert page.one("input", name="gpus").attributes["list"] == "gpu-kinds"
    offered = [
        option.attributes["value"]
        for option in page.all("option")
        if option.attributes["value"] in kinds
    ]
    assert offered == ["NVIDIA A100:1", "NVIDIA H100:1", "shared"]
    # Each is what the field understands.
    assert [parse_gpus(kind) for kind in offered] == ["NVIDIA A100:1", "NVIDIA H100:1", "shared:1"]


def test_without_any_image_the_form_says_what_to_do() -> None:
    assert "workspace up" in render(replace(FACTS, offers=()), {})


@pytest.mark.usefixtures("korean")
def test_the_form_speaks_korean() -> None:
    page = Document(render(FACTS, {}))
    assert [legend.text.strip() for legend in page.all("legend")] == [
        "이미지",
        "자원",
        "이 설정 저장",
    ]


def test_every_field_has_a_label() -> None:
    page = Document(render(replace(FACTS, gpus=1, image="labdock/base"), {}))
    labelled = {label.attributes.get("for") for label in page.all("label")}
    for element in page.all("input") + page.all("select"):
        kind = element.attributes.get("type")
        assert kind in ("radio", "checkbox") or element.attributes["id"] in labelled


HOSTILE = "\"'><script>alert(1)</script>{{ 7*7 }}{% raw %}&amp;"


def test_nothing_hostile_becomes_an_element_or_an_attribute() -> None:
    offer = offers.Offer(reference=HOSTILE, title=HOSTILE, description=HOSTILE, size=1)
    facts = replace(FACTS, offers=(offer,), image=HOSTILE)
    page = Document(render(facts, dict.fromkeys(spawn_form.FIELDS, HOSTILE)))
    assert page.all("script") == []
    assert page.one("input", name="image").attributes["value"] == HOSTILE
    assert page.one("input", name="cpus").attributes["value"] == HOSTILE


@given(st.dictionaries(st.sampled_from(spawn_form.FIELDS), st.text(), max_size=6))
def test_whatever_was_posted_comes_back_in_the_same_field(chosen: dict[str, str]) -> None:
    values = Document(render(FACTS, chosen)).values()
    assert values["cpus"] == as_a_browser_reads(chosen.get("cpus", ""))
    assert values["ports"] == as_a_browser_reads(chosen.get("ports", ""))


def as_a_browser_reads(text: str) -> str:
    """A parser makes one line end of two kinds and so on; that is no fault of the form."""
    return Document(f'<input name="x" value="{markupsafe.escape(text)}">').values()["x"]


def test_the_raw_options_are_what_was_chosen_and_nothing_else() -> None:
    form = {
        "_xsrf": ["token"],
        "image": ["labdock/base"],
        "cpus": ["2"],
        "memory": [""],
        "shm_size": ["  "],
        "ports": ["6006, 8888"],
        "replace_image": ["yes"],
        "color": ["red"],
    }
    assert options_from_form(form) == {
        "image": "labdock/base",
        "cpus": "2",
        "ports": "6006, 8888",
        "replace_image": True,
    }


def test_a_field_given_twice_is_left_for_the_core_to_refuse() -> None:
    assert options_from_form({"cpus": ["1", "2"]}) == {"cpus": ["1", "2"]}


@given(
    st.dictionaries(
        st.sampled_from([*spawn_form.FIELDS, "replace_image", "_xsrf", "x"]),
        st.lists(st.text() | st.binary(), max_size=3),
    )
)
def test_any_posted_form_gives_raw_options(form: dict[str, list[str | bytes]]) -> None:
    options = options_from_form(form)
    assert set(options) <= {*spawn_form.FIELDS, "replace_image"}


CATALOGUE = Catalogue.of(
    (
        CatalogueImage(
            name="labdock/base",
            title={"en": "Basic", "ko": "기본"},
            description={"en": "A lab."},
            workspace=True,
        ),
        CatalogueImage(name="labdock/pytorch-cuda", title={"en": "GPU"}, workspace=True),
        CatalogueImage(name="labdock/hub", title={"en": "Hub"}),
    )
)
VALUES = st.text(max_size=20) | st.sampled_from(
    ["labdock/base", "labdock/nope", "4g", "9999g", "0.5", "1e9", "-1", "all", "6006", "9201:8080"]
)


@given(
    st.dictionaries(
        st.sampled_from([*spawn_form.FIELDS, "_xsrf"]),
        st.lists(VALUES, min_size=1, max_size=3),
    )
)
def test_any_posted_form_is_understood_or_refused_in_both_languages(
    form: dict[str, list[str]],
) -> None:
    said = refusal_of(form)
    assert said is None or languages.translate(said, "ko") != said


def refusal_of(form: dict[str, list[str]]) -> str | None:
    try:
        parse_options(
            options_from_form(form), Host(FakeEngine(), Settings(), CATALOGUE), owner="kim"
        )
    except InvalidOptionError as refusal:
        return str(refusal)
    return None


def test_a_form_in_order_is_not_refused() -> None:
    form = {"image": ["labdock/base"], "cpus": ["1"], "memory": ["1g"], "ports": ["6006"]}
    assert refusal_of(form) is None
    assert "is not a size" in (refusal_of({**form, "memory": ["lots"]}) or "")


@pytest.fixture
def host(tmp_path: Path) -> Host:
    engine = FakeEngine()
    engine.add_image("labdock/base", labels={labels.SERVER: "1"})
    return Host(engine, Settings(root=tmp_path), CATALOGUE)


def save(host: Host, reference: str, note: str = "") -> None:
    """Put an environment on the engine, under the name of whom it belongs to."""
    assert isinstance(host.engine, FakeEngine)
    owner = reference.split("/")[1]
    found = {labels.SERVER: "1", labels.OWNER: owner, labels.NOTE: note, labels.PARENT: "base"}
    host.engine.add_image(reference, labels=found)


def test_offers_are_the_labs_images_that_exist_ones_own_and_those_that_are_shared(
    host: Host,
) -> None:
    for reference in ("kim/old:v1", "lee/secret:v1", "kimberly/secret:v1"):
        save(host, f"labdock/{reference}")
    save(host, "labdock/lee/vision:v1", "for the paper")
    sharing.share(host, "labdock/lee/vision:v1", sharing.Recipient("lab"), Actor("lee"))
    found = offers.of_owner(host, "kim")
    assert [(offer.reference, offer.origin, offer.owner) for offer in found] == [
        ("labdock/base", "lab", ""),
        ("labdock/kim/old:v1", "own", "kim"),
        ("labdock/lee/vision:v1", "shared", "lee"),
    ]
    assert found[2].description == "for the paper"
    assert [offer.saved_at is None for offer in found] == [True, False, False]


@pytest.mark.usefixtures("korean")
def test_offers_are_titled_in_the_readers_language_else_in_english(host: Host) -> None:
    (offer,) = offers.of_owner(host, "kim")
    assert (offer.title, offer.description) == ("기본", "A lab.")


OWN = offers.Offer(
    reference="labdock/kim/nlp:v1", title="nlp:v1", description="", size=GIB, origin="own"
)
SHARED = offers.Offer(
    reference="labdock/lee/cv:v1",
    title="cv:v1",
    description="",
    size=GIB,
    origin="shared",
    owner="lee",
)


def groups(page: Document) -> list[str]:
    return [head.text for head in page.all("h2")]


def test_own_and_shared_environments_stand_beside_the_labs_and_the_last_choice_before_all() -> None:
    facts = replace(FACTS, offers=(BASE, TORCH, OWN, SHARED))
    page = Document(render(facts, {}))
    assert groups(page) == ["From the lab", "Saved by you", "Shared with you"]
    assert "shared by lee" in render(facts, {})
    page = Document(render(facts, {"image": "labdock/lee/cv:v1"}))
    assert groups(page) == ["Chosen last", "From the lab", "Saved by you"]
    first, *_ = page.all("input", name="image")
    assert first.attributes["value"] == "labdock/lee/cv:v1"
    assert page.values()["image"] == "labdock/lee/cv:v1"


def test_what_a_workspace_stands_on_stays_chosen_where_nobody_offers_it_any_more() -> None:
    page = Document(render(replace(FACTS, image="labdock/lee/cv:v1"), {}))
    assert page.values()["image"] == "labdock/lee/cv:v1"
    assert page.one("div", id="replace").attributes["data-current"] == "labdock/lee/cv:v1"
    assert "Not on offer any more" in render(replace(FACTS, image="labdock/lee/cv:v1"), {})


def test_a_choice_that_is_gone_is_told_and_another_is_picked() -> None:
    page = Document(render(FACTS, {"image": "labdock/lee/cv:v1"}))
    assert "labdock/lee/cv:v1" in page.one("p", id="gone").text
    assert page.values()["image"] == "labdock/base"


def test_an_address_never_lets_anything_be_lost() -> None:
    query = {name: ["yes"] for name in ("replace_image", "save_first", "fresh", "safe_mode")}
    assert spawn_form.options_of_a_link({**query, "image": ["labdock/base"]}) == {
        "image": "labdock/base",
        "wait": True,
    }


@pytest.mark.parametrize(
    "value,words",
    [("4g", "4 GiB"), (512 * 2**20, "512 MiB"), ("", ""), (None, ""), ("many", "many")],
)
def test_sizes_are_written_for_people(value: object, words: str) -> None:
    assert offers.format_memory(value) == words


@pytest.mark.parametrize("value,words", [("2.0", "2"), (0.5, "0.5"), (None, ""), ("x", "x")])
def test_cpus_are_written_for_people(value: object, words: str) -> None:
    assert offers.format_cpus(value) == words


@pytest.mark.parametrize(
    "path,server",
    [
        ("/hub/spawn/kim/paper", "paper"),
        ("/hub/spawn/kim", ""),
        ("/hub/spawn/%EA%B9%80%2Fx/paper", "paper"),
        ("/hub/home", None),
    ],
)
def test_the_address_tells_which_workspace_is_meant(path: str, server: str | None) -> None:
    token = templating.current_request.set(SimpleNamespace(path=path))  # type: ignore[arg-type]
    try:
        assert templating.asked_server() == server
    finally:
        templating.current_request.reset(token)
