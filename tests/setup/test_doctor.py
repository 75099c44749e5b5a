"""What the doctor makes of facts."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.stand_in_nvml.library import UNKNOWN_ERROR, StandInDriver
from workspace_cli.core import doctor
from workspace_cli.core.doctor import GIB
from workspace_cli.core.facts import Disk, Facts, Finding, Part
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.models import EngineInfo
from workspace_cli.core.settings import Settings
from workspace_cli.setup import doctor as gathering

FIXED = replace(FakeEngine().engine_info, runc_version="1.2.8", live_restore=True)
WELL = Facts(
    settings=Settings(),
    engine=FIXED,
    plugins={"buildx": "0.13.1", "compose": "2.26.1"},
    disks=(Disk("/var/lib/labdock", 100 * GIB, 200 * GIB),),
    port_holder="labdock",
    parts=(Part("labdock-proxy", "running", "healthy"), Part("labdock-hub", "running")),
    hub_answers=True,
    routes=(("0.0.0.0/0", "eth0"), ("192.168.0.0/24", "eth0")),
    host_address="192.168.0.7",
    lan_answers=True,
)


def worst(facts: Facts, check: str) -> Finding:
    found = [finding for finding in doctor.examine(facts) if finding.check == check]
    return max(found, key=lambda finding: ("ok", "warn", "fail").index(finding.level))


def test_a_well_machine_has_no_complaint() -> None:
    findings = doctor.examine(WELL)
    assert {finding.level for finding in findings} == {"ok"}
    assert not any(finding.remedy for finding in findings)
    assert len(findings) > 10


def with_engine(**changes: object) -> Facts:
    return replace(WELL, engine=replace(FIXED, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "facts, check, level, words",
    [
        (replace(WELL, engine=None, engine_error="no socket"), "engine", "fail", "no socket"),
        (with_engine(version="20.10.24"), "engine", "fail", "20.10.24 is too old"),
        (with_engine(runc_version="1.1.5+ds1"), "runc", "warn", "CVE-2025-31133"),
        (with_engine(runc_version=""), "runc", "warn", "unknown version"),
        (with_engine(live_restore=False), "live-restore", "warn", "ends every running kernel"),
        (with_engine(containerd_image_store=True), "image-store", "warn", "commit"),
        (replace(WELL, plugins={"buildx": ""}), "buildx", "fail", "docker buildx"),
        (replace(WELL, disks=(Disk("/x", 10 * GIB, 99 * GIB),)), "disk", "warn", "10 of 99 GiB"),
        (replace(WELL, disks=(Disk("/x", GIB, 99 * GIB),)), "disk", "fail", "1 of 99 GiB"),
        (replace(WELL, folder_faults=("/data is a link.",)), "folders", "warn", "/data is a link"),
        (replace(WELL, port_holder="nginx"), "port", "fail", "8000 is held by nginx"),
        (replace(WELL, missing_images=("labdock/hub",)), "images", "fail", "labdock/hub"),
        (replace(WELL, hub_answers=False), "stack", "fail", "does not answer"),
        (replace(WELL, parts=(Part("labdock-hub", "exited"),)), "stack", "fail", "is exited"),
        (
            replace(WELL, parts=(Part("labdock-hub", "running", "unhealthy"),)),
            "stack",
            "fail",
            "is unhealthy",
        ),
        (replace(WELL, firewall_gaps=("LABDOCK",)), "firewall", "fail", "LABDOCK missing"),
        (replace(WELL, firewall_gaps=None), "firewall", "warn", "Only root"),
        (replace(WELL, routes=(("10.213.4.0/24", "vpn0"),)), "addresses", "fail", "(vpn0)"),
        (replace(WELL, routes=(("10.0.0.0/8", "vpn0"),)), "addresses", "fail", "10.0.0.0/8"),
        (replace(WELL, toolkit="1.17.7"), "gpu-toolkit", "warn", "CVE-2025-23266"),
        (replace(WELL, driver_error="Unknown Error"), "gpu-driver", "fail", "Unknown Error"),
        (replace(WELL, driver="570.1", drowsy=True), "gpu-driver", "warn", "wakes every GPU"),
        (replace(WELL, gpu_faults=("GPU 1: lost",)), "gpu-health", "warn", "GPU 1: lost"),
        (
            replace(WELL, driver="580.1", cdi_drivers=("570.1",)),
            "gpu-cdi",
            "fail",
            "written for driver 570.1, and 580.1 runs",
        ),
        (replace(WELL, gpus=2), "gpu", "fail", "2 GPUs are there"),
    ],
)
def test_a_fault_is_told_with_a_remedy(facts: Facts, check: str, level: str, words: str) -> None:
    finding = worst(facts, check)
    assert finding.level == level
    assert words in finding.text
    assert finding.remedy


def test_without_an_engine_nothing_is_said_of_what_needs_one() -> None:
    checks = {finding.check for finding in doctor.examine(replace(WELL, engine=None))}
    assert "engine" in checks
    assert not checks & {"runc", "images", "stack", "firewall", "gpu"}


@pytest.mark.parametrize(
    "version, fixed",
    [
        ("1.0.0", False),
        ("1.1.15+ds1-2", False),
        ("1.2.7", False),
        ("1.2.8", True),
        ("1.3.2", False),
        ("1.3.3", True),
        ("1.4.0-rc.1", False),
        ("1.4.0-rc.3", True),
        ("1.4.0", True),
        ("2.0.0", True),
        ("unknown", None),
        ("", None),
    ],
)
def test_corrected_releases_of_runc_are_known(version: str, fixed: bool | None) -> None:
    assert doctor.runc_is_fixed(version) is fixed


@pytest.mark.parametrize(
    "backend, runtimes, cdi, devices, level",
    [
        ("auto", ("runc", "nvidia"), False, 0, "ok"),
        ("auto", ("runc",), True, 2, "ok"),
        ("auto", ("runc",), False, 2, "fail"),
        ("nvidia", ("runc",), True, 2, "fail"),
        ("cdi", ("runc", "nvidia"), False, 0, "fail"),
        ("none", ("runc",), False, 0, "ok"),
    ],
)
def test_gpus_can_be_given_by_the_way_that_is_set(
    backend: str, runtimes: tuple[str, ...], cdi: bool, devices: int, level: str
) -> None:
    engine: EngineInfo = replace(FIXED, runtimes=runtimes, cdi=cdi)
    settings = Settings(gpu_backend=backend)
    facts = replace(WELL, settings=settings, engine=engine, gpus=2, cdi_gpus=devices)
    assert worst(facts, "gpu").level == level


def test_the_network_path_names_what_the_router_must_forward() -> None:
    cert = Path("/etc/cert.pem")
    settings = Settings(bind="0.0.0.0", tls_cert=cert, tls_key=cert, port=443)
    found = [
        f.text for f in doctor.examine(replace(WELL, settings=settings)) if f.check == "network"
    ]
    assert "Host → proxy: 192.168.0.7:443 answers" in found
    assert any("forward TCP 443 (and 9200-9299" in text and "192.168.0.7" in text for text in found)


def test_an_open_address_without_tls_and_one_that_does_not_answer_are_told() -> None:
    open_port = replace(WELL, settings=Settings(bind="0.0.0.0"), lan_answers=False)
    found = {f.level: f for f in doctor.examine(open_port) if f.check == "network"}
    assert "clear text" in found["warn"].text
    assert "nothing answers" in found["fail"].text


def test_routes_are_read_from_ips_json() -> None:
    rows = [
        {"dst": "default", "gateway": "10.0.0.1", "dev": "eth0"},
        {"dst": "10.8.0.0/16", "dev": "tun0"},
        {"dst": "10.0.0.9", "dev": "eth0"},
        {"dst": "unreachable", "dev": "lo"},
    ]
    assert gathering.parse_routes(json.dumps(rows)) == [
        ("0.0.0.0/0", "eth0"),
        ("10.8.0.0/16", "tun0"),
        ("10.0.0.9/32", "eth0"),
    ]
    assert gathering.parse_routes("") == []


def test_the_driver_of_a_cdi_specification_is_known_by_its_library(tmp_path: Path) -> None:
    library = "/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.570.86.15"
    mounts = [{"hostPath": library, "containerPath": library}]
    spec = {"kind": "nvidia.com/gpu", "devices": [], "containerEdits": {"mounts": mounts}}
    (tmp_path / "nvidia.json").write_text(json.dumps(spec))
    (tmp_path / "other.json").write_text(json.dumps({**spec, "kind": "vendor.example/net"}))
    assert gathering.cdi_drivers([tmp_path, tmp_path / "none"]) == ("570.86.15",)


def test_what_the_driver_says_is_gathered(driver: StandInDriver, fake_engine: FakeEngine) -> None:
    driver.say("driver", "570.86.15")
    driver.gpu("GPU-a")
    driver.gpu("GPU-b")
    driver.lose("GPU-b")
    facts = gathering.gather(Settings(), fake_engine)
    assert (facts.driver, facts.gpus, facts.drowsy) == ("570.86.15", 2, False)
    assert facts.gpu_faults == ("GPU 1 GPU-b: It has fallen off the bus (GPU is lost)",)
    driver.clear()
    driver.say("init", UNKNOWN_ERROR)
    assert gathering.gather(Settings(), fake_engine).driver_error == "Unknown Error"


def test_each_disk_is_told_once_and_a_missing_folder_by_its_parent(tmp_path: Path) -> None:
    (disk,) = gathering.disks([tmp_path / "a" / "b", tmp_path])
    assert disk.path == str(tmp_path / "a" / "b")
    assert 0 < disk.free < disk.total
