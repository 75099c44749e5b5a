"""What the portal's process is made of."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
import hub.portal.__main__
heavy = {"jupyterhub", "notebook", "traitlets", "docker", "typer", "rich"} & set(sys.modules)
print(" ".join(sorted(heavy)))
"""


def test_the_portal_loads_no_jupyterhub() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.split() == []
