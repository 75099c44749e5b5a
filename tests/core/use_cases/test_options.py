from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workspace_cli.core.environments import commit
from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.core.host import Host
from workspace_cli.core.models import PortMapping, WorkspaceSpec
from workspace_cli.core.options import WorkspaceOptions, parse_options
from workspace_cli.core.values import (
    parse_cpus,
    parse_gpus,
    parse_memory,
    parse_port_mapping,
    parse_ports,
)
from workspace_cli.core.workspaces import launch


@pytest.mark.parametrize(
    "text, size",
    [
        ("64m", 64 * 2**20),
        ("4g", 4 * 2**30),
        ("4G", 4 * 2**30),
        ("4GB", 4 * 2**30),
        ("4 GiB", 4 * 2**30),
        ("1.5g", 3 * 2**29),
        ("1048576", 2**20),
        (2**30, 2**30),
        (" 1t ", 2**40),
    ],
)
def test_a_size_is_read_as_docker_reads_it(text: object, size: int) -> None:
    assert parse_memory(text) == size


@pytest.mark.parametrize(
    "text",
    [
        "",
        "g",
        "4x",
        "-4g",
        "4gg",
        "1e9",
        "٤g",
        "0",
        "nan",
        "inf",
        "9" * 400,
        "4g\n4g",
        "0x10",
        None,
        True,
        1.5,
        [],
        {},
        10**400,
        -1,
        0,
        b"4g",
        object(),
    ],
)
def test_what_is_no_size_is_refused(text: object) -> None:
    with pytest.raises(InvalidOptionError):
        parse_memory(text)


@pytest.mark.parametrize("text, cpus", [("1", 1), ("0.5", 0.5), (2, 2), (1.25, 1.25), ("1.999", 2)])
def test_cpus_are_read_to_a_hundredth(text: object, cpus: float) -> None:
    assert parse_cpus(text) == cpus


@pytest.mark.parametrize(
    "text",
    ["", "0", "-1", "0.001", "nan", "inf", "1e3", "½", None, True, [], 10**400, float("nan")],
)
def test_what_is_no_number_of_cpus_is_refused(text: object) -> None:
    with pytest.raises(InvalidOptionError):
        parse_cpus(text)


@pytest.mark.parametrize(
    "value, gpus",
    [
        (0, 0),
        ("2", 2),
        ("all", "all"),
        (["all"], "all"),
        (["2"], 2),
        ("GPU-a1,GPU-b2", ("GPU-a1", "GPU-b2")),
        (["GPU-a1", "GPU-b2"], ("GPU-a1", "GPU-b2")),
        ("nvidia.com/gpu=0", ("nvidia.com/gpu=0",)),
    ],
)
def test_gpus_are_a_number_all_or_names(value: object, gpus: object) -> None:
    assert parse_gpus(value) == gpus


@pytest.mark.parametrize(
    "value",
    [
        "",
        "-1",
        "65",
        "99999999",
        "a b",
        "all,GPU-a",
        "GPU-a,GPU-a",
        "$(id)",
        [],
        [1],
        {},
        True,
        1.5,
    ],
)
def test_what_is_no_choice_of_gpus_is_refused(value: object) -> None:
    with pytest.raises(InvalidOptionError):
        parse_gpus(value)


@pytest.mark.parametrize(
    "text, mapping",
    [
        ("9201:8080", PortMapping(8080, 9201)),
        ("8888", PortMapping(8888)),
        (8888, PortMapping(8888)),
        ("9201:8080/tcp", PortMapping(8080, 9201)),
    ],
)
def test_a_port_mapping_is_read_as_docker_reads_it(text: object, mapping: PortMapping) -> None:
    assert parse_port_mapping(text) == mapping


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "65536",
        "9201:",
        ":8080",
        "a:b",
        "1:2:3",
        "8080/udp",
        "９２",
        "-1:80",
        "80-90:80",
        None,
        True,
        1.5,
        [],
        10**400,
    ],
)
def test_what_is_no_port_is_refused(text: object) -> None:
    with pytest.raises(InvalidOptionError):
        parse_port_mapping(text)


def test_ports_come_from_one_text_or_a_list() -> None:
    wanted = (PortMapping(8080, 9201), PortMapping(8888))
    assert parse_ports("9201:8080, 8888") == wanted
    assert parse_ports(["9201:8080", "8888"]) == wanted
    with pytest.raises(InvalidOptionError, match="twice"):
        parse_ports("9201:8080,9201:8888")


def test_a_forms_lists_and_a_bodys_values_mean_the_same(host: Host) -> None:
    form = {
        "image": ["labdock/pytorch"],
        "cpus": ["1.5"],
        "memory": ["4g"],
        "shm_size": [""],
        "gpus": ["0"],
        "ports": [""],
    }
    body = {"image": "labdock/pytorch", "cpus": 1.5, "memory": 4 * 2**30, "gpus": 0}
    expected = WorkspaceOptions(image="labdock/pytorch", cpus=1.5, memory=4 * 2**30)
    assert parse_options(form, host, owner="kunyoung") == expected
    assert parse_options(body, host, owner="kunyoung") == expected


@pytest.mark.parametrize("raw", [None, {}, {"image": ""}, {"image": []}, {"image": None}])
def test_nothing_chosen_is_the_first_image_of_the_catalogue(host: Host, raw: object) -> None:
    assert parse_options(raw, host, owner="kunyoung") == WorkspaceOptions(image="labdock/base")


@pytest.mark.parametrize(
    "raw, field",
    [
        ({"memory": "4x"}, "memory"),
        ({"memory": "1m"}, "memory"),
        ({"memory": "900g"}, "memory"),
        ({"cpus": "9"}, "cpus"),
        ({"cpus": ["1", "2"]}, "cpus"),
        ({"shm_size": "900g"}, "shm_size"),
        ({"image": "nginx"}, "image"),
        ({"image": "labdock/hub"}, "image"),
        ({"image": "labdock/other/private"}, "image"),
        ({"image": "labdock/kunyoung/absent:v1"}, "image"),
        ({"image": "labdock/internal:labdock-other--study-1"}, "image"),
        ({"image": 5}, "image"),
        ({"image": "A B"}, "image"),
        ({"gpus": "some"}, "gpus"),
        ({"ports": "22:22"}, "ports"),
        ({"ports": "0:22"}, "ports"),
        ({"volumes": "/:/host"}, "volumes"),
        ({5: 5}, "5"),
    ],
)
def test_a_refusal_names_the_field(host: Host, raw: object, field: str) -> None:
    with pytest.raises(InvalidOptionError, match=field):
        parse_options(raw, host, owner="kunyoung")


def test_an_environment_of_ones_own_may_be_chosen(
    host: Host, spec: Callable[..., WorkspaceSpec]
) -> None:
    saved = commit(host, launch(host, spec()), "nlp")
    assert (
        parse_options({"image": saved.reference}, host, owner="kunyoung").image == saved.reference
    )
    with pytest.raises(InvalidOptionError):
        parse_options({"image": saved.reference}, host, owner="other")


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.sampled_from(["4g", "1.5", "all", "9201:8080", "labdock/base", "0", "-1", "64m"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(["image", "cpus", "memory", "shm_size", "gpus", "ports"]) | st.text()


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(raw=st.dictionaries(names, values, max_size=5) | values)
def test_whatever_comes_in_is_options_or_a_refusal(host: Host, raw: Any) -> None:
    try:
        options = parse_options(raw, host, owner="kunyoung")
    except InvalidOptionError as exc:
        refusal = exc
    else:
        assert options.image == "labdock/base"
        assert options.cpus is None or 0.01 <= options.cpus <= 8
        return
    assert refusal.message
    assert len(str(refusal)) < 1000
