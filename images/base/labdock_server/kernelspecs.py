"""Which kernels a member is offered, and in which Python they run."""

from __future__ import annotations

import os
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from traitlets import default

from .environment import VARIABLE_OF_SAFE_MODE

MEMBER_PYTHON = "/opt/env/bin/python"
_PYTHONS = {"python", "python3", "python3.11"}


class WorkspaceKernelSpecs(KernelSpecManager):  # type: ignore[misc]
    """Kernels of the image, then the member's own; `python` always means the member's."""

    ensure_native_kernel = False

    @default("kernel_dirs")
    def _kernel_dirs_default(self) -> list[str]:
        return [
            # First, so that no package in the member's environment can replace the default.
            "/opt/labdock/share/jupyter/kernels",
            f"{self.data_dir}/kernels",
            "/opt/env/share/jupyter/kernels",
            "/usr/local/share/jupyter/kernels",
            "/usr/share/jupyter/kernels",
        ]

    def find_kernel_specs(self) -> dict[str, str]:
        """Every kernel by its name; none in safe mode, where all would need what is broken."""
        if os.environ.get(VARIABLE_OF_SAFE_MODE):
            return {}
        found: dict[str, str] = super().find_kernel_specs()
        return found

    def get_kernel_spec(self, kernel_name: str) -> Any:
        """The named kernel. Raises jupyter_client's NoSuchKernel.

        jupyter_client starts a kernel whose command is a bare `python` with the server's own
        interpreter (manager.py, format_kernel_cmd): here that one has no kernel in it.
        """
        if os.environ.get(VARIABLE_OF_SAFE_MODE):
            raise NoSuchKernel(kernel_name)
        spec = super().get_kernel_spec(kernel_name)
        if spec.argv and spec.argv[0] in _PYTHONS:
            spec.argv[0] = MEMBER_PYTHON
        return spec
