"""The hub over HTTP: logins, accounts, workspaces (the engine is in memory)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from jupyterhub import orm

from hub.throttle import FREE
from tests.hub.postgresql import PostgreSQL
from tests.hub.running_hub import (
    ADMIN_PASSWORD,
    BASE,
    TORCH,
    RunningHub,
    add_images,
    running_hub,
)
from workspace_cli.core import secrets
from workspace_cli.core.errors import EngineUnreachableError, LabdockError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.naming import container_name

pytestmark = [
    pytest.mark.asyncio,
    # JupyterHub and its libraries warn of themselves and leave sockets to the collector.
    pytest.mark.filterwarnings("default"),
]


@pytest.fixture
def engine() -> FakeEngine:
    engine = FakeEngine()
    add_images(engine)
    return engine


@pytest_asyncio.fixture
async def hub(tmp_path: Path, engine: FakeEngine) -> AsyncIterator[RunningHub]:
    async with running_hub(tmp_path / "root", engine) as hub:
        yield hub


async def test_start_stop_start_keeps_container_and_choice(hub: RunningHub) -> None:
    await hub.add("kim")
    body = {"image": TORCH, "cpus": "1.5", "memory": "2g"}
    assert (await hub.api("POST", "/users/kim/server", body)).status_code == 201
    made = hub.engine.container(container_name("kim", "default"))
    assert (made.limits.cpus, made.limits.memory) == (1.5, 2 * 2**30)

    assert (await hub.api("DELETE", "/users/kim/server")).status_code == 204
    stopped = hub.engine.container(made.name)
    assert (stopped.state, stopped.restart) == ("exited", "no")

    assert (await hub.api("POST", "/users/kim/server")).status_code == 201
    again = hub.engine.container(made.name)
    assert (again.id, again.state, again.restart) == (made.id, "running", "unless-stopped")
    assert again.limits.cpus == 1.5


async def test_other_limits_and_shared_memory_take_effect_and_keep_the_layer(
    hub: RunningHub,
) -> None:
    await hub.add("kim")
    name = container_name("kim", "default")
    await hub.api("POST", "/users/kim/server", {"image": BASE, "memory": "1g"})
    hub.engine.made(name).write("/opt/env/installed")
    await hub.api("DELETE", "/users/kim/server")

    await hub.api("POST", "/users/kim/server", {"memory": "2g"})
    assert hub.engine.container(name).limits.memory == 2 * 2**30
    assert hub.engine.made(name).has_path("/opt/env/installed")
    await hub.api("DELETE", "/users/kim/server")

    await hub.api("POST", "/users/kim/server", {"shm_size": "300m"})
    assert hub.engine.container(name).limits.shm_size == 300 * 2**20
    assert hub.engine.made(name).has_path("/opt/env/installed")


async def test_another_image_replaces_only_where_somebody_said_so(hub: RunningHub) -> None:
    await hub.add("kim")
    name = container_name("kim", "default")
    await hub.api("POST", "/users/kim/server", {"image": BASE})
    await hub.api("DELETE", "/users/kim/server")
    made = hub.engine.container(name)

    refused = await hub.api("POST", "/users/kim/server", {"image": TORCH})
    assert refused.status_code == 409
    assert "labdock/base" in refused.json()["message"]
    assert hub.engine.container(name).id == made.id

    # What was refused is not what the next start takes.
    assert (await hub.api("POST", "/users/kim/server")).status_code == 201
    assert hub.engine.container(name).id == made.id
    await hub.api("DELETE", "/users/kim/server")

    replaced = await hub.api("POST", "/users/kim/server", {"image": TORCH, "replace_image": True})
    assert replaced.status_code == 201
    assert hub.engine.container(name).image == TORCH
    await hub.api("DELETE", "/users/kim/server")
    # The permission was for that one time.
    assert (await hub.api("POST", "/users/kim/server", {"image": BASE})).status_code == 409


async def test_a_fresh_start_is_from_the_image_once(hub: RunningHub) -> None:
    await hub.add("kim")
    name = container_name("kim", "default")
    await hub.api("POST", "/users/kim/server", {"image": BASE})
    made = hub.engine.container(name).id
    await hub.api("DELETE", "/users/kim/server")
    # The image is the same: only `fresh` says that what was installed is to go.
    answer = await hub.api("POST", "/users/kim/server", {"image": BASE, "fresh": True})
    assert answer.status_code == 201
    again = hub.engine.container(name).id
    assert again != made
    await hub.api("DELETE", "/users/kim/server")
    assert (await hub.api("POST", "/users/kim/server")).status_code == 201
    assert hub.engine.container(name).id == again


BAD_OPTIONS: list[dict[str, object]] = [
    {"memory": "lots"},
    {"memory": 12},
    {"cpus": -1},
    {"cpus": "1e400"},
    {"cpus": [1, 2]},
    {"image": "nginx"},
    {"image": "../../etc"},
    {"image": {"a": "b"}},
    {"ports": "80:80"},
    {"ports": "99999"},
    {"gpus": 1},
    {"bogus": 1},
    {"shm_size": None, "memory": {"a": 1}},
]


async def test_bad_options_are_refused_in_words_and_leave_nothing(hub: RunningHub) -> None:
    await hub.add("kim")
    for options in BAD_OPTIONS:
        answer = await hub.api("POST", "/users/kim/server", {"user_options": options})
        assert 400 <= answer.status_code < 500, (options, answer.text)
        assert answer.json()["message"].endswith((".", "?")), options
        assert hub.state("kim") is None, options
        assert not list(hub.settings.secrets.glob("*")), options
    assert (await hub.api("POST", "/users/kim/server", {})).status_code == 201


async def test_several_named_workspaces_and_their_removal(hub: RunningHub) -> None:
    await hub.add("kim")
    for path in ("/server", "/servers/paper", "/servers/course-2"):
        assert (await hub.api("POST", f"/users/kim{path}")).status_code == 201
    assert {hub.state("kim", name) for name in ("default", "paper", "course-2")} == {"running"}

    await hub.api("DELETE", "/users/kim/servers/paper", {"remove": True})
    await asyncio.sleep(0.2)
    assert hub.state("kim", "paper") is None
    assert hub.state("kim", "course-2") == "running"
    assert (await hub.api("GET", "/users/kim/servers/paper")).status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_a_second_default_is_refused_and_not_even_recorded(
    hub: RunningHub, method: str
) -> None:
    await hub.add("kim")
    answer = await hub.api(method, "/users/kim/servers/default")
    assert answer.status_code == 400
    assert "first workspace" in answer.json()["message"]
    assert (await hub.api("GET", "/users/kim/servers/default")).status_code == 404


async def test_renaming_a_workspace_is_refused_in_words(hub: RunningHub) -> None:
    await hub.add("kim")
    await hub.api("PUT", "/users/kim/servers/paper")
    answer = await hub.api("PATCH", "/users/kim/servers/paper", {"name": "thesis"})
    assert answer.status_code == 400
    assert "keeps the name" in answer.json()["message"]


async def test_a_standalone_workspace_of_the_same_name_is_left_alone(hub: RunningHub) -> None:
    from workspace_cli.core.models import WorkspaceSpec
    from workspace_cli.core.workspaces import launch

    await hub.add("kim")
    launch(hub.app.machine.host, WorkspaceSpec(owner="kim", name="paper", image=BASE))
    made = hub.engine.container(container_name("kim", "paper"))
    answer = await hub.api("POST", "/users/kim/servers/paper")
    assert answer.status_code == 409
    await hub.api("DELETE", "/users/kim/servers/paper", {"remove": True})
    assert hub.engine.container(made.name).id == made.id


async def test_a_server_that_ends_at_once_fails_with_its_log_and_leaves_nothing(
    hub: RunningHub, engine: FakeEngine
) -> None:
    await hub.add("kim")
    name = container_name("kim", "default")

    def crash(method: str) -> None:
        if method == "container" and hub.state("kim") == "running":
            engine.before = None
            made = engine.made(name)
            made.restart, made.output = "no", [(time.time(), b"Traceback: no space left\n")]
            engine.end(name, 1)

    start = await hub.begin_start("kim")
    engine.before = crash
    answer = await start
    assert answer.status_code == 500
    assert "ended before it answered" in answer.json()["message"]
    assert "no space left" in answer.json()["message"]
    assert hub.state("kim") is None
    assert not list(hub.settings.secrets.glob("*"))


async def test_no_failure_of_the_engine_leaves_half_a_workspace(
    hub: RunningHub, engine: FakeEngine
) -> None:
    succeeded = False
    for number in range(1, 40):
        owner = f"member-{number}"
        await hub.add(owner)
        engine.fail_call(number, EngineUnreachableError("The engine went away.", "Wait."))
        answer = await hub.api("POST", f"/users/{owner}/server")
        succeeded = succeeded or answer.status_code == 201
        if answer.status_code != 201:
            assert answer.status_code == 503, (number, answer.text)
            assert "went away" in answer.json()["message"]
            assert hub.state(owner) is None, number
        assert (await hub.api("POST", f"/users/{owner}/server")).status_code in (201, 400)
        assert hub.state(owner) == "running"
        if succeeded:
            break
    assert succeeded, "every call of a start was made to fail once"
    assert number > 5


async def test_cancelling_a_first_start_leaves_nothing(hub: RunningHub) -> None:
    await hub.add("kim")
    start = await hub.begin_start("kim")
    assert (await hub.api("DELETE", "/users/kim/server")).status_code == 204
    await start
    assert hub.state("kim") is None
    assert not list(hub.settings.secrets.glob("*"))
    hub.servers.silent = False
    assert (await hub.api("POST", "/users/kim/server")).status_code == 201


async def test_cancelling_a_later_start_stops_and_keeps_the_container(hub: RunningHub) -> None:
    await hub.add("kim")
    await hub.api("POST", "/users/kim/server")
    await hub.api("DELETE", "/users/kim/server")
    made = hub.engine.container(container_name("kim", "default"))
    start = await hub.begin_start("kim")
    assert (await hub.api("DELETE", "/users/kim/server")).status_code == 204
    await start
    after = hub.engine.container(made.name)
    assert (after.id, after.state, after.restart) == (made.id, "exited", "no")


async def test_progress_tells_the_real_steps(hub: RunningHub) -> None:
    await hub.add("kim")
    start = await hub.begin_start("kim")

    async def follow() -> str:
        return (await hub.api("GET", "/users/kim/server/progress")).text

    following = asyncio.create_task(follow())
    await asyncio.sleep(0.3)
    hub.servers.silent = False
    await start
    text = await following
    steps = ["Creating the container", "Starting the container", "Waiting for the server"]
    places = [text.find(step) for step in steps]
    assert -1 not in places, text
    assert places == sorted(places)
    assert '"ready": true' in text


async def test_an_engine_that_cannot_be_asked_ends_no_workspace(
    hub: RunningHub, engine: FakeEngine
) -> None:
    await hub.add("kim")
    await hub.api("POST", "/users/kim/server")
    (spawner,) = [u.spawners[""] for u in hub.app.users.values() if u.name == "kim"]
    engine.unreachable = True
    assert await spawner.poll() is None
    engine.unreachable = False
    engine.fail_on("container", LabdockError("500 Server Error"))
    assert await spawner.poll() is None
    engine.remove(container_name("kim", "default"), force=True)
    assert await spawner.poll() == 0


async def test_a_container_that_its_policy_brings_back_counts_as_running(
    hub: RunningHub, engine: FakeEngine
) -> None:
    await hub.add("kim")
    await hub.api("POST", "/users/kim/server")
    (spawner,) = [u.spawners[""] for u in hub.app.users.values() if u.name == "kim"]
    made = engine.made(container_name("kim", "default"))
    made.state, made.exit_code = "exited", 137
    assert await spawner.poll() is None, "the engine is about to restart it"
    spawner._down_since -= 3600
    assert await spawner.poll() == 137
    made.state = "running"
    assert await spawner.poll() is None
    made.state, made.restart = "exited", "no"
    assert await spawner.poll() == 137


async def test_what_runs_is_found_after_a_restart_of_the_hub(
    tmp_path: Path, engine: FakeEngine
) -> None:
    root = tmp_path / "root"
    async with running_hub(root, engine) as hub:
        await hub.add("kim")
        await hub.add("lee")
        for owner in ("kim", "lee"):
            assert (await hub.api("POST", f"/users/{owner}/server")).status_code == 201
        made = engine.container(container_name("kim", "default"))
        token = secrets.read(hub.settings, made.name)["JUPYTERHUB_API_TOKEN"]
    assert engine.container(made.name).state == "running", "a hub that stops stops nobody"
    engine.remove(container_name("lee", "default"), force=True)

    async with running_hub(root, engine) as hub:
        assert engine.container(made.name).id == made.id
        assert (await hub.api("GET", "/users/kim")).json()["servers"][""]["ready"]
        assert (await hub.api("GET", "/users/lee")).json()["servers"] == {}
        assert "/user/kim/" in hub.app.proxy.routes
        assert (await hub.api("GET", "/user", token=token)).status_code == 200

        # The hub that made the token is gone, and yet a stop revokes it.
        assert (await hub.api("DELETE", "/users/kim/server")).status_code == 204
        assert (await hub.api("GET", "/user", token=token)).status_code == 403


async def test_what_a_crash_of_the_engine_left_stopped_runs_again(
    tmp_path: Path, engine: FakeEngine
) -> None:
    root = tmp_path / "root"
    async with running_hub(root, engine) as hub:
        for owner in ("kim", "lee", "park"):
            await hub.add(owner)
            assert (await hub.api("POST", f"/users/{owner}/server")).status_code == 201
        assert (await hub.api("DELETE", "/users/lee/server")).status_code == 204
        assert (await hub.api("DELETE", "/users/park/server")).status_code == 204
    # As if somebody had stopped it without Labdock: the hub would not see it run again.
    engine.update(container_name("park", "default"), restart="unless-stopped")
    engine.restart_engine(crash=True)
    assert hub.state("kim") == "exited"

    async with running_hub(root, engine) as hub:
        assert [hub.state(owner) for owner in ("kim", "lee", "park")] == [
            "running",
            "exited",
            "exited",
        ]
        assert (await hub.api("GET", "/users/kim")).json()["servers"][""]["ready"]
        assert (await hub.api("GET", "/users/park")).json()["servers"] == {}


async def test_no_secret_is_in_a_containers_configuration(hub: RunningHub) -> None:
    await hub.add("kim")
    await hub.api("POST", "/users/kim/server")
    made = hub.engine.container(container_name("kim", "default"))
    kept = secrets.read(hub.settings, made.name)
    assert kept["JUPYTERHUB_SERVICE_PREFIX"] == "/user/kim/"
    assert kept["JUPYTERHUB_API_TOKEN"] not in repr(made)
    assert not [name for name in made.environment if name.startswith(("JUPYTERHUB", "JPY"))]


async def test_a_proxy_that_lost_its_routes_gets_them_back(hub: RunningHub) -> None:
    await hub.add("kim")
    await hub.api("POST", "/users/kim/server")
    hub.app.proxy.routes.clear()
    await hub.app._restore_routes()
    assert {"/", "/user/kim/"} <= set(hub.app.proxy.routes)


async def test_the_admin_logs_in_with_the_password_of_the_first_start(hub: RunningHub) -> None:
    assert (await hub.log_in("admin", ADMIN_PASSWORD)).status_code == 302
    assert (await hub.log_in("admin", "guess")).status_code == 403
    assert (await hub.api("GET", "/users/admin")).json()["admin"]


async def test_a_name_alone_makes_no_admin(tmp_path: Path, engine: FakeEngine) -> None:
    root = tmp_path / "root"
    async with running_hub(root, engine):
        pass
    async with running_hub(root, engine, admin="boss") as hub:
        await hub.add("boss")
        assert (await hub.log_in("boss", "a good password")).status_code == 302
        assert not (await hub.api("GET", "/users/boss")).json()["admin"]


async def test_guessing_is_slowed_down_alike_for_names_that_exist_and_not(
    hub: RunningHub,
) -> None:
    await hub.add("kim")
    hub.app.register.throttle._clock = lambda: 1000.0
    answers = {}
    for name in ("kim", "nobody"):
        tries = [await hub.log_in(name, "wrong password") for _ in range(FREE["account"] + 1)]
        answers[name] = [
            (answer.status_code, answer.headers.get("Retry-After")) for answer in tries
        ]
    assert answers["kim"] == answers["nobody"]
    assert answers["kim"][-1] == (429, "1")
    # The right password waits as well: else the wait itself would tell a guesser.
    assert (await hub.log_in("kim", "a good password")).status_code == 429


async def test_a_workspace_cannot_pretend_to_be_another_address(hub: RunningHub) -> None:
    hub.app.register.throttle._clock = lambda: 1000.0
    codes = [
        (await hub.log_in(f"user-{n}", "wrong", **{"X-Forwarded-For": f"9.9.9.{n}"})).status_code
        for n in range(21)
    ]
    assert codes[:20] == [403] * 20
    assert codes[20] == 429, "20 failures from one peer, whatever it claims"


async def test_the_proxy_is_believed_about_addresses(hub: RunningHub) -> None:
    assert hub.app._upkeep is not None
    hub.app._upkeep.cancel()  # which would look the addresses up
    hub.app.machine.proxy_addresses = frozenset({"127.0.0.1"})
    codes = {
        (await hub.log_in(f"user-{n}", "wrong", **{"X-Forwarded-For": f"9.9.9.{n}"})).status_code
        for n in range(22)
    }
    assert codes == {403}


async def test_the_proxy_hands_on_lies_that_are_not_believed(hub: RunningHub) -> None:
    hub.app.register.throttle._clock = lambda: 1000.0
    assert hub.app._upkeep is not None
    hub.app._upkeep.cancel()  # which would look the addresses up
    hub.app.machine.proxy_addresses = frozenset({"127.0.0.1"})
    codes = []
    for n in range(21):
        # The client's claims, and at the end what the proxy saw itself.
        claims = {"X-Real-Ip": f"9.9.9.{n}", "X-Forwarded-For": f"8.8.8.{n}, 7.7.7.7"}
        codes.append((await hub.log_in(f"user-{n}", "wrong", **claims)).status_code)
    assert codes == [403] * 20 + [429]


async def test_behind_a_front_for_tls_everybody_is_counted_by_their_own_address(
    tmp_path: Path, engine: FakeEngine
) -> None:
    async with running_hub(tmp_path / "root", engine, url="https://lab.example.org") as hub:
        assert hub.app._upkeep is not None
        hub.app._upkeep.cancel()  # which would look the addresses up
        hub.app.machine.proxy_addresses = frozenset({"127.0.0.1"})
        for claims in ("9.9.9.9, 5.5.5.5, 7.7.7.7", "5.5.5.6, 7.7.7.7", "7.7.7.7"):
            said = {"X-Forwarded-For": claims}
            page = await hub.client.get(f"{hub.url}/hub/login", headers=said)
            # A browser keeps no cookie that is for TLS alone here, so they are sent by hand.
            cookies = "; ".join(f"{one.name}={one.value}" for one in page.cookies.jar)
            headers = {**said, "Cookie": cookies}
            form = {"username": "nobody", "password": "x", "_xsrf": page.cookies["_xsrf"]}
            await hub.client.post(f"{hub.url}/hub/login", data=form, headers=headers)
            hub.client.cookies.clear()
        forget = hub.app.register.throttle.forget
        addresses = ("5.5.5.5", "5.5.5.6", "7.7.7.7", "9.9.9.9")
        seen = [one for one in addresses if forget("address", one)]
    assert seen == ["5.5.5.5", "5.5.5.6", "7.7.7.7"]


async def test_a_new_password_ends_sessions_and_no_script(hub: RunningHub) -> None:
    await hub.add("kim")
    user = hub.app.users["kim"]
    tokens = {
        kind: user.new_api_token(note=kind, scopes=["inherit"]) for kind in ("browser", "script")
    }
    orm.APIToken.find(hub.app.db, tokens["browser"]).session_id = "a session"
    hub.app.db.commit()
    for token in tokens.values():
        assert (await hub.api("GET", "/user", token=token)).status_code == 200
    answer = await hub.api("PATCH", "/accounts/kim", {"password": "another good one"})
    assert answer.status_code == 200
    assert (await hub.api("GET", "/user", token=tokens["browser"])).status_code == 403
    assert (await hub.api("GET", "/user", token=tokens["script"])).status_code == 200


async def test_a_disabled_account_is_out_at_once(hub: RunningHub) -> None:
    await hub.add("kim")
    answer = await hub.api("POST", "/users/kim/tokens", {"note": "script"})
    token = answer.json()["token"]
    assert (await hub.api("GET", "/user", token=token)).status_code == 200
    assert (await hub.api("PATCH", "/accounts/kim", {"state": "disabled"})).status_code == 200
    assert (await hub.log_in("kim", "a good password")).status_code == 403
    assert (await hub.api("GET", "/user", token=token)).status_code == 403
    assert (await hub.api("POST", "/users/kim/server")).status_code == 403
    await hub.api("PATCH", "/accounts/kim", {"state": "active"})
    assert (await hub.log_in("kim", "a good password")).status_code == 302


async def test_headers_keep_browsers_from_mischief(hub: RunningHub) -> None:
    for path in ("/hub/login", "/hub/api/", "/hub/nothing-here"):
        headers = (await hub.client.get(f"{hub.url}{path}")).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["X-Frame-Options"] == "DENY", path
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
        assert headers["Referrer-Policy"] == "same-origin", path
        assert "Strict-Transport-Security" not in headers


async def test_a_form_without_its_token_is_refused(hub: RunningHub) -> None:
    form = {"username": "admin", "password": ADMIN_PASSWORD}
    answer = await hub.client.post(f"{hub.url}/hub/login", data=form)
    assert answer.status_code == 403
    assert "jupyterhub-hub-login" not in answer.cookies


async def test_everything_is_kept_in_postgresql_where_that_is_set(
    tmp_path: Path, engine: FakeEngine, postgresql: PostgreSQL
) -> None:
    root, url = tmp_path / "root", postgresql.new_database()
    async with running_hub(root, engine, database_url=url) as hub:
        await hub.add("김철수")
        assert (await hub.api("POST", "/users/김철수/server", {"cpus": 1})).status_code == 201
    assert not list(root.rglob("*.sqlite"))
    async with running_hub(root, engine, database_url=url) as hub:
        assert (await hub.log_in("김철수", "a good password")).status_code == 302
        user = (await hub.api("GET", "/users/김철수")).json()
        assert user["servers"][""]["ready"]
        assert user["servers"][""]["user_options"]["cpus"] == 1
        assert (await hub.api("DELETE", "/accounts/김철수")).status_code == 204
        assert hub.state("김철수") is None


async def test_the_spawn_page_of_a_second_default_is_refused(hub: RunningHub) -> None:
    await hub.add("kim")
    async with hub.browser("kim") as browser:
        assert (await browser.get("/spawn/kim/default")).status_code == 400
        assert (await hub.api("GET", "/users/kim/servers/default")).status_code == 404
        page = await browser.get("/spawn/kim/paper")
        assert page.status_code == 200
        assert "labdock/pytorch" in page.text


async def test_a_form_that_is_posted_starts_what_it_says(hub: RunningHub) -> None:
    await hub.add("kim")
    async with hub.browser("kim") as browser:
        assert (await browser.get("/spawn/kim")).status_code == 200
        form = {"image": TORCH, "cpus": "2", "memory": ""}
        answer = await browser.post("/spawn/kim", form)
        assert answer.status_code == 302, answer.text
    made = hub.engine.container(container_name("kim", "default"))
    # Nothing chosen is the lab's default: three quarters of the machine.
    memory = hub.engine.info().memory * 3 // 4
    assert (made.image, made.limits.cpus, made.limits.memory) == (TORCH, 2, memory)


async def test_a_posted_form_with_bad_fields_is_shown_again_with_the_reason(
    hub: RunningHub,
) -> None:
    await hub.add("kim")
    async with hub.browser("kim") as browser:
        await browser.get("/spawn/kim")
        answer = await browser.post("/spawn/kim", {"image": BASE, "memory": "lots"})
        assert answer.status_code < 500
        assert "lots" in answer.text
        assert "spawn_form" in answer.text
    assert hub.state("kim") is None
