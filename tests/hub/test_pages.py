"""The hub's pages as a program fetches them, from a real JupyterHub without containers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from jupyterhub._data import DATA_FILES_PATH

from tests.hub import pages_hub
from tests.hub.html import Document

PAGES = [
    "/hub/login",
    "/hub/home",
    "/hub/spawn",
    "/hub/spawn/{name}/paper",
    "/hub/token",
    "/hub/admin",
    "/hub/nothing",
    "/hub/error/503",
    "/hub/user/{name}/lab",
]
LARGEST_PAGE = 300_000
Login = Callable[..., httpx.Client]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pages_hub.running(tmp_path_factory.mktemp("hub"), step=0.05) as address:
        yield address


@pytest.fixture
def visit(url: str) -> Iterator[Callable[..., httpx.Client]]:
    opened = []

    def browser(language: str = "en") -> httpx.Client:
        headers = {"Accept-Language": language, "Sec-Fetch-Mode": "navigate"}
        client = httpx.Client(base_url=url, headers=headers, follow_redirects=True, timeout=30)
        opened.append(client)
        return client

    yield browser
    for client in opened:
        client.close()


@pytest.fixture
def login(visit: Login) -> Login:
    def enter(name: str = "kim", language: str = "en") -> httpx.Client:
        client = visit(language)
        password = pages_hub.ADMIN_PASSWORD if name == "admin" else pages_hub.PASSWORD
        response = try_password(client, name, password)
        assert response.status_code == 200, response.text
        return client

    return enter


def try_password(client: httpx.Client, name: str, password: str) -> httpx.Response:
    token = read(client.get("/hub/login")).values()["_xsrf"]
    data = {"username": name, "password": password, "_xsrf": token}
    return client.post("/hub/login", data=data)


def read(response: httpx.Response) -> Document:
    return Document(response.text)


def heading(response: httpx.Response) -> str:
    return read(response).one("h1").text.strip()


def test_the_browsers_language_is_spoken_until_another_is_chosen(visit: Login) -> None:
    client = visit("ko-KR,ko;q=0.9,en;q=0.8")
    page = client.get("/hub/login")
    assert heading(page) == "로그인"
    assert read(page).one("html").attributes["lang"] == "ko"
    assert page.headers["Content-Language"] == "ko"
    assert page.headers["Cache-Control"] == "no-store"
    link = read(page).one("a", lang="en").attributes["href"]

    switched = client.get(link)
    assert heading(switched) == "Log in"
    assert switched.url.path == "/hub/login"
    assert heading(client.get("/hub/login")) == "Log in"


def test_choosing_a_language_comes_back_to_the_page_with_its_query(login: Login) -> None:
    client = login()
    page = client.get("/hub/spawn/kim/paper", params={"next": "/hub/user/kim/paper/lab"})
    link = read(page).one("a", lang="ko").attributes["href"]
    assert client.get(link).url == page.url


@pytest.mark.parametrize("target", ["https://example.com/", "//example.com", "/\\example.com"])
def test_choosing_a_language_leads_nowhere_else(url: str, visit: Login, target: str) -> None:
    response = visit().get("/hub/language/ko", params={"next": target}, follow_redirects=False)
    assert response.status_code == 302
    assert httpx.URL(url).join(response.headers["Location"]).host == "127.0.0.1"


def test_a_link_to_a_repository_leads_to_the_portal_with_all_that_it_says(visit: Login) -> None:
    query = "repo=https://github.com/our-lab/course&path=%EA%B3%BC%EC%A0%9C.ipynb"
    client = visit()
    first = client.get(f"/open?{query}", follow_redirects=False)
    assert first.headers["Location"] == f"/hub/open?{query}"
    second = client.get(first.headers["Location"], follow_redirects=False)
    assert second.headers["Location"] == f"/services/portal/open?{query}"
    plain = client.get("/hub/open", follow_redirects=False)
    assert plain.headers["Location"] == "/services/portal/open"


def test_an_unknown_language_changes_nothing(visit: Login) -> None:
    client = visit()
    client.get("/hub/language/xx")
    assert "labdock-language" not in client.cookies


def test_two_people_at_once_read_their_own_languages(login: Login) -> None:
    korean, english = login("kim", "ko"), login("lee", "en")
    for _ in range(5):
        assert heading(korean.get("/hub/home")) == "내 작업 공간"
        assert heading(english.get("/hub/home")) == "My workspaces"


def test_a_wrong_password_is_refused_in_the_readers_language(visit: Login) -> None:
    response = try_password(visit("ko"), "kim", "wrong")
    assert response.status_code == 403
    assert read(response).one("p", role="alert").text == "이름이나 비밀번호가 맞지 않습니다."
    assert read(response).values()["username"] == "kim"


def test_a_throttled_login_shows_the_form_with_the_reason(visit: Login) -> None:
    response = try_password(visit("ko"), "throttled", "wrong")
    assert response.status_code == 429
    told = read(response).one("p", role="alert").text
    assert told == "로그인에 여러 번 실패했습니다. 30초 뒤에 다시 해 보세요."
    assert read(response).values()["username"] == "throttled"


def test_an_expired_login_form_asks_to_try_again(visit: Login) -> None:
    data = {"username": "kim", "password": pages_hub.PASSWORD, "_xsrf": "old"}
    response = visit().post("/hub/login", data=data)
    assert response.status_code == 403
    assert "Try again" in read(response).one("p", role="alert").text


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", ["admin", "<b>\"김'&{{7*7}}"])
def test_no_page_needs_anything_inline_or_from_elsewhere(
    login: Login, page: str, name: str
) -> None:
    response = login(name).get(page.format(name=quote(name, safe="")))
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    document = read(response)
    for element in document.elements:
        assert element.name != "style"
        assert not [name for name in element.attributes if name.startswith("on")]
        assert "style" not in element.attributes
        if element.name == "script":
            assert element.attributes["src"].startswith("/hub/")
            assert not element.text.strip()
        for attribute in ("src", "href", "action"):
            target = element.attributes.get(attribute, "")
            assert not re.match(r"(\w+:)?//|javascript:", target), target
    assert document.all("b") == []


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_light_and_its_parts_exist(login: Login, page: str) -> None:
    client = login("lee")
    response = client.get(page.format(name="lee"))
    size = len(response.content)
    for element in read(response).elements:
        address = element.attributes.get("src") or (
            element.attributes.get("href", "") if element.name == "link" else ""
        )
        if address:
            part = client.get(address)
            assert part.status_code == 200, address
            size += len(part.content)
    assert size < LARGEST_PAGE


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_one_heading_a_title_and_named_fields(
    login: Login, page: str, language: str
) -> None:
    document = read(login("admin", language).get(page.format(name="admin")))
    assert document.one("html").attributes["lang"] == language
    assert len(document.all("h1")) == 1
    assert document.one("title").text.strip()
    assert len(document.all("main")) == 1
    labels = {label.attributes.get("for") for label in document.all("label")}
    for element in document.all("input") + document.all("select"):
        if element.attributes.get("type") not in ("hidden", "radio", "checkbox"):
            assert element.attributes["id"] in labels


def test_assets_are_kept_for_good_and_their_address_changes_with_them(visit: Login) -> None:
    client = visit()
    sheet = read(client.get("/hub/login")).one("link", rel="stylesheet").attributes["href"]
    response = client.get(sheet)
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["Content-Type"].startswith("text/css")
    assert re.fullmatch(r"/hub/assets/[0-9a-f]{12}/labdock\.css", sheet)


@pytest.mark.parametrize("path", ["../pages.py", "%2e%2e/pages.py", "..%2fpages.py", "/etc/passwd"])
def test_assets_never_leave_their_folder(visit: Login, path: str) -> None:
    response = visit().get(f"/hub/assets/000000000000/{path}")
    assert response.status_code in (403, 404)
    assert "import" not in response.text


@pytest.mark.parametrize(
    "page,status,words",
    [
        ("/hub/nothing", 404, "여기에는 아무것도 없습니다"),
        ("/hub/admin", 403, "권한이 없습니다"),
        ("/hub/user/lee/lab", 404, "여기에는 아무것도 없습니다"),
        ("/hub/error/503", 200, "작업 공간이 응답하지 않습니다"),
        ("/hub/user/kim/lab", 424, "이 작업 공간은 실행 중이 아닙니다"),
        ("/hub/spawn/kim/UPPER", 400, "요청을 이해하지 못했습니다"),
    ],
)
def test_errors_are_told_in_plain_words(login: Login, page: str, status: int, words: str) -> None:
    response = login("kim", "ko").get(page)
    assert response.status_code == status
    assert heading(response) == words
    assert "Traceback" not in response.text


def test_a_member_without_workspaces_is_led_to_the_first_one(login: Login) -> None:
    document = read(login("newcomer").get("/hub/home"))
    card = document.one("article")
    assert card.attributes["data-state"] == "new"
    link = [a for a in document.all("a") if a.attributes.get("data-action") == "setup"]
    assert [a.attributes["href"] for a in link] == ["/hub/spawn/newcomer"]


def spawn(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    token = read(client.get(path)).values()["_xsrf"]
    return client.post(path, data={"image": "labdock/base", "_xsrf": token, **fields})


def test_a_refused_choice_comes_back_with_the_reason_and_what_was_typed(login: Login) -> None:
    client = login("park")
    response = spawn(client, "/hub/spawn/park/paper", cpus="13", memory="8g", ports="6006")
    document = read(response)
    assert document.one("p", role="alert").text == "cpus: 13 is unlucky. Ask for at most 12."
    assert document.values()["cpus"] == "13"
    assert document.values()["ports"] == "6006"
    assert "8 GiB" in [option.text for option in document.all("option", selected="")]
    assert document.one("h1").text.strip() == "Start “paper”"


def test_a_start_leads_to_the_progress_page_and_the_card_remembers_it(login: Login) -> None:
    client = login("choi", "ko")
    response = spawn(client, "/hub/spawn/choi/slow", cpus="2", memory="3g")
    assert response.url.path == "/hub/spawn-pending/choi/slow"
    assert read(response).one("section", id="progress").attributes["data-server"] == "slow"
    assert "_xsrf" not in response.url.params

    (card,) = [
        article
        for article in read(client.get("/hub/home")).all("article")
        if article.attributes["data-server"] == "slow"
    ]
    assert card.attributes["data-state"] in ("starting", "running")
    assert "3 GiB" in card.text


def test_a_failed_start_is_explained_and_can_be_tried_again(login: Login) -> None:
    client = login("jung")
    spawn(client, "/hub/spawn/jung", memory="1g")
    for _ in range(100):
        page = client.get("/hub/spawn-pending/jung")
        if page.status_code == 500:
            break
    document = read(page)
    assert document.one("h1").text == "The workspace did not start"
    assert "<out of memory>" in document.one("p", role="alert").text
    assert document.all("out") == []
    assert read(client.get("/hub/home")).one("article").attributes["data-state"] == "failed"


def test_progress_is_told_in_the_language_of_whoever_watches(login: Login) -> None:
    client = login("yoon", "ko")
    page = spawn(client, "/hub/spawn/yoon/slow")
    events = read(page).one("section", id="progress").attributes["data-events"]
    told = client.get(events).text
    assert "컨테이너를 만드는 중" in told.encode().decode("unicode_escape")


def test_the_templates_folder_has_every_page_of_jupyterhub() -> None:
    theirs = Path(DATA_FILES_PATH) / "templates"
    ours = pages_hub.REPOSITORY / "hub" / "templates"
    assert {p.name for p in theirs.glob("*.html")} <= {p.name for p in ours.glob("*.html")}


def test_who_has_every_workspace_allowed_is_told_so(login: Login) -> None:
    client = login("full")
    for number in range(pages_hub.NAMED_LIMIT):
        client.get(f"/hub/spawn/full/w{number}")
    document = read(client.get("/hub/home"))
    assert len(document.all("article")) == 1 + pages_hub.NAMED_LIMIT
    assert document.all("form", id="add") == []
    refused = client.get("/hub/spawn/full/one-more")
    assert refused.status_code == 400
    assert "maximum of 5" in refused.text


def test_jupyterhubs_own_refusals_are_told_in_korean(login: Login) -> None:
    client = login("viel", "ko")
    for number in range(pages_hub.NAMED_LIMIT):
        client.get(f"/hub/spawn/viel/w{number}")
    assert "5개까지 모두 만들었습니다" in client.get("/hub/spawn/viel/one-more").text


def test_an_application_is_named_before_it_may_know_who_somebody_is(login: Login) -> None:
    spawn(login("owner"), "/hub/spawn/owner")
    page = login("admin", "ko").get(
        "/hub/api/oauth2/authorize",
        params={
            "client_id": "jupyterhub-user-owner",
            "redirect_uri": "/user/owner/oauth_callback",
            "response_type": "code",
            "state": "x",
        },
    )
    document = read(page)
    assert document.one("h1").text == "접근을 허용할까요?"
    assert "/user/owner/oauth_callback" in document.one("code").text
    assert document.one("li").text == "누가 쓰고 있는지 확인"
    assert "작업 공간 /user/owner/" in page.text


def test_an_invitation_says_who_invites_to_what(login: Login) -> None:
    spawn(login("host"), "/hub/spawn/host")
    admin = login("admin")
    token = read(admin.get("/hub/home")).one("html").attributes["data-xsrf"]
    made = admin.post("/hub/api/share-codes/host/", params={"_xsrf": token}, json={})
    page = login("guest", "ko").get("/hub/accept-share", params={"code": made.json()["code"]})
    assert heading(page) == "초대"
    assert "host 님이" in page.text
