"""What the doctor says of GPUs: driver, toolkit, and whether containers can be given them."""

from __future__ import annotations

from collections.abc import Iterator

from workspace_cli.core.facts import Facts, Finding, version_numbers
from workspace_cli.core.models import EngineInfo

TOOLKIT_FIXED = (1, 17, 8)
"""First NVIDIA Container Toolkit without CVE-2025-23266."""


def check_gpus(facts: Facts, engine: EngineInfo) -> Iterator[Finding]:
    """Whether containers can be given the GPUs that the machine has."""
    backend = facts.settings.gpu_backend
    nvidia = "nvidia" in engine.runtimes
    toolkit = "Install the NVIDIA Container Toolkit, then run `nvidia-ctk cdi generate "
    toolkit += "--output=/etc/cdi/nvidia.yaml`."
    if backend == "nvidia" and not nvidia:
        yield Finding("gpu", "fail", "The engine has no nvidia runtime.", toolkit)
    elif backend == "cdi" and not engine.cdi:
        remedy = 'Set "features": {"cdi": true} in /etc/docker/daemon.json and restart the engine.'
        yield Finding("gpu", "fail", "CDI is off in the engine.", remedy)
    elif backend == "none":
        yield Finding("gpu", "ok", "GPUs are switched off (WORKSPACE_GPU_BACKEND=none)")
    elif facts.gpus == 0 and facts.cdi_gpus == 0:
        state = "on" if engine.cdi else "off"
        yield Finding("gpu", "ok", f"No GPU on this machine (CDI is {state})")
    elif (engine.cdi and facts.cdi_gpus) or nvidia:
        way = "CDI" if engine.cdi and facts.cdi_gpus else "the nvidia runtime"
        yield Finding("gpu", "ok", f"{max(facts.gpus, facts.cdi_gpus)} GPUs by {way}")
    else:
        text = f"{facts.gpus} GPUs are there, but the engine can give none to a container."
        yield Finding("gpu", "fail", text, toolkit)


def check_toolkit(facts: Facts) -> Iterator[Finding]:
    """Whether the NVIDIA toolkit lets an image take over the host."""
    if facts.toolkit and version_numbers(facts.toolkit) < TOOLKIT_FIXED:
        yield Finding(
            "gpu-toolkit",
            "warn",
            f"NVIDIA Container Toolkit {facts.toolkit} has CVE-2025-23266.",
            "Upgrade it to 1.17.8 or newer.",
        )


def check_driver(facts: Facts) -> Iterator[Finding]:
    """Whether NVIDIA's driver works, and is the one that containers are given."""
    if facts.driver_error:
        text = f"The NVIDIA driver does not work: {facts.driver_error}."
        yield Finding(
            "gpu-driver", "fail", text, "See `dmesg`; mostly a restart of the machine helps."
        )
    elif facts.driver:
        yield Finding("gpu-driver", "ok", f"NVIDIA driver {facts.driver}")
    for fault in facts.gpu_faults:
        remedy = "Nobody is given it meanwhile. Reset it (`nvidia-smi --gpu-reset`) or restart."
        yield Finding("gpu-health", "warn", f"{fault}.", remedy)
    if facts.driver and facts.cdi_drivers and facts.driver not in facts.cdi_drivers:
        written = ", ".join(facts.cdi_drivers)
        text = f"The CDI specification was written for driver {written}, and {facts.driver} runs."
        remedy = "Run `nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml`."
        yield Finding("gpu-cdi", "fail", text, remedy)
    if facts.drowsy:
        text = "The driver wakes every GPU for each question, which takes seconds."
        yield Finding("gpu-driver", "warn", text, "Run nvidia-persistenced (persistence mode).")
