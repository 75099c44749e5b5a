"""Figures for Prometheus."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from hub.portal.portal import API
from tests.hub.portal.conftest import SCOPE, Stage
from tests.hub.portal.test_workspaces_api import lab
from workspace_cli.core import disk
from workspace_cli.core.disk import Usage

__all__ = ["lab"]


def test_prometheus_reads_the_lab(lab: Stage) -> None:
    disk.write(lab.portal.host.settings, Usage(owner="kim", measured=1.8e9, home=7))
    answer = lab.call("GET", "metrics", "root")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert found["labdock_workspaces", "running"] == 2
    assert found["labdock_workspaces", "failed"] == 0
    assert found["labdock_gpu_utilisation_ratio", "GPU-1", "H100"] == 0.5
    assert found["labdock_gpu_held", "GPU-1", "kim/default", "kim"] == 1
    assert found["labdock_disk_bytes", "kim", "home"] == 7
    assert found[("labdock_queue_waiting",)] == 0
    assert found[("labdock_engine_up",)] == 1
    assert found[("labdock_portal_process_resident_memory_bytes",)] > 0


def test_a_token_for_metrics_alone_is_enough_for_an_admin_and_for_nobody_else(lab: Stage) -> None:
    for name, expected in (("root", 200), ("kim", 403)):
        lab.hub.scopes[name] = [SCOPE, "read:metrics"]
        assert lab.call("GET", "metrics", name).status_code == expected
    lab.hub.scopes["root"] = [SCOPE]
    assert lab.call("GET", "metrics", "park").status_code == 403


def test_requests_are_counted_by_route_and_never_by_address(lab: Stage) -> None:
    for name in ("default", "nlp", "nothing"):
        lab.call("GET", f"workspaces/kim/{name}")
    lab.call("GET", "workspaces/kim/default", None)
    lab.call("GET", "no-such-thing/at/all")
    lab.client.request("BREW", f"{API}/health")
    text = lab.call("GET", "metrics", "root").text
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    route = f"{API}/workspaces/{{owner}}/{{name}}"
    counted = "labdock_portal_requests_total"
    assert {status: found[counted, "GET", route, status] for status in ("200", "401", "404")} == {
        "200": 2, "401": 1, "404": 1,
    }  # fmt: skip
    assert found["labdock_portal_request_seconds_count", "GET", route] == 4
    assert 'request_seconds_bucket{le="0.1",method="GET",' in text
    assert found[counted, "GET", "none", "404"] == 1
    assert "BREW" not in text
    assert "no-such-thing" not in text


def test_a_stream_is_timed_until_it_begins(lab: Stage) -> None:
    headers = {"Authorization": "Bearer token-kim"}
    with lab.client.stream("GET", f"{API}/events", headers=headers):
        text = lab.call("GET", "metrics", "root").text
    assert (
        f'labdock_portal_requests_total{{method="GET",route="{API}/events",status="200"}}' in text
    )
