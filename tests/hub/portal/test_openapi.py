"""Whatever the published OpenAPI lets programs send, sent by every kind of caller."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import response_schema_conformance

from hub.portal.portal import API
from tests.hub.portal.conftest import Stage
from workspace_cli.core import environments, labels, naming, reading
from workspace_cli.core.models import ContainerRequest

MARK = "parks own secret"
BASE = "labdock/base:latest"
STREAMS = "/events$"
"""What answers for as long as it is asked."""
REFUSED = {400, 401, 403, 404, 405, 409, 422, 429}
FEW = settings(
    max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture
def belongings(stage: Stage) -> dict[str, str]:
    """Let park own one of everything; return what stands for it in paths."""
    handed = stage.hand_in("park", exercises={"mse": f"# {MARK}"})
    assert handed.status_code == 202
    stage.engine.add_image(BASE, labels={labels.SERVER: "1"}, config={}, files={"/bin/x": b""})
    request = ContainerRequest(
        name=naming.container_name("park", "work"),
        image=BASE,
        labels={
            labels.OWNER: "park",
            labels.WORKSPACE: "work",
            labels.KIND: "hub",
            labels.IMAGE: BASE,
        },
    )
    stage.engine.start(stage.engine.create(request))
    workspace = reading.find(stage.portal.host, "park/work")
    saved = environments.commit(stage.portal.host, workspace, "vision:v1", note=MARK)
    return {
        "owner": "park",
        "name": "work",
        "reference": saved.reference,
        "submission_id": str(handed.json()["id"]),
        "recipient": "kim",
    }


def operations(stage: Stage) -> list[Any]:
    """Return the operations as a program reads them."""
    address = f"{stage.client.base_url}{API}/openapi.json"
    schema = schemathesis.openapi.from_url(address).exclude(path_regex=STREAMS)
    found = list(schema.get_all_operations())
    operations = [one.ok() for one in found if isinstance(one, Ok)]
    assert len(operations) == len(found) > 0
    return operations


def headers(who: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer token-{who}"} if who else {}


@pytest.mark.parametrize("who", ["root", "kim", None])
def test_no_operation_crashes_whatever_it_is_sent(
    stage: Stage, belongings: dict[str, str], who: str | None
) -> None:
    def check(case: Any) -> None:
        # Nobody is sent away for asking too often.
        stage.clock.now += 60
        response = case.call(headers=headers(who))
        case.validate_response(response, checks=[not_a_server_error, response_schema_conformance])
        if who != "root":
            assert MARK not in response.text
            assert belongings["submission_id"] not in response.text

    for operation in operations(stage):
        FEW(given(case=operation.as_strategy())(check))()


@pytest.mark.parametrize("who", ["kim", None])
def test_nothing_of_one_member_is_read_or_changed_by_another(
    stage: Stage, belongings: dict[str, str], who: str | None
) -> None:
    before = picture(stage)

    def check(case: Any) -> None:
        stage.clock.now += 60
        for name in case.path_parameters:
            case.path_parameters[name] = belongings.get(name, case.path_parameters[name])
        response = case.call(headers=headers(who))
        assert response.status_code in REFUSED, response.text
        assert MARK not in response.text

    aimed = [
        one
        for one in operations(stage)
        if {"owner", "reference", "submission_id"} & {p.name for p in one.path_parameters}
    ]
    assert len(aimed) > 10
    for operation in aimed:
        FEW(given(case=operation.as_strategy())(check))()
    assert picture(stage) == before
    # Not even asked of the hub, which would have to say no.
    assert not any("park" in path for method, path, _, _ in stage.hub.calls if method != "GET")
    assert not any(which.startswith("park/") for _, _, which, _ in stage.hub.servers)


def picture(stage: Stage) -> list[object]:
    """Return what there is on the engine."""
    rows = stage.engine.containers({labels.OWNER: "park"})
    images = [(image.id, image.tags) for image in stage.engine.images()]
    return [*((row.id, row.state) for row in rows), *sorted(images)]
