"""Which kernels a member is offered, and in which Python they run."""

from __future__ import annotations

from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from traitlets import default

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

    def get_kernel_spec(self, kernel_name: str) -> Any:
        """The named kernel. Raises jupyter_client's NoSuchKernel.

        jupyter_client starts a kernel whose command is a bare `python` with the server's own
        interpreter (manager.py, format_kernel_cmd): here that one has no kernel in it.
        """
        spec = super().get_kernel_spec(kernel_name)
        if spec.argv and spec.argv[0] in _PYTHONS:
            spec.argv[0] = MEMBER_PYTHON
        return spec
