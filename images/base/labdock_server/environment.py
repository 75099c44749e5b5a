"""The environment of everything the member runs: server, kernels, terminals, exec'd commands."""

from __future__ import annotations

from collections.abc import Mapping

from .member import HOME, NAME, WORKSPACE
from .threads import thread_variables

# On the mounted folder, so in no image: history, credentials, the page's settings.
STATE = f"{WORKSPACE}/.labdock"

# Only the server may know these; nothing that it starts inherits them.
SECRETS = (
    "WORKSPACE_AUTH_USER",
    "WORKSPACE_AUTH_PASSWORD",
    "JUPYTERHUB_API_TOKEN",
    "JPY_API_TOKEN",
)

VARIABLE_OF_SAFE_MODE = "LABDOCK_SAFE_MODE"
"""Says why the server starts in safe mode; told in the file of secrets, and no secret."""

_PATH = (
    "/opt/env/bin",
    f"{HOME}/.local/bin",
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
)


def member_environment(
    given: Mapping[str, str], *, uid: int, state: str = STATE, cgroup: str = "/sys/fs/cgroup"
) -> dict[str, str]:
    """`given` with what belongs to the member added and every secret taken out.

    What an admin set with `--env` (a thread count, a language) is kept as it is.
    """
    env = {key: value for key, value in given.items() if key not in SECRETS}
    for key, value in {**thread_variables(cgroup), **_places(state, uid)}.items():
        env.setdefault(key, value)
    env.update(
        HOME=HOME,
        USER="root" if uid == 0 else NAME,
        LOGNAME="root" if uid == 0 else NAME,
        SHELL="/bin/bash",
        VIRTUAL_ENV="/opt/env",
        PATH=_path(given.get("PATH", "")),
    )
    return env


def _places(state: str, uid: int) -> dict[str, str]:
    return {
        "HISTFILE": f"{state}/bash_history",
        "IPYTHONDIR": f"{state}/ipython",
        "JUPYTER_CONFIG_DIR": f"{state}/jupyter/config",
        "JUPYTER_DATA_DIR": f"{state}/jupyter",
        # Connection files of kernels that are gone mean nothing to the next container.
        "JUPYTER_RUNTIME_DIR": f"/tmp/labdock-{uid}",  # noqa: S108 - made 0700 by jupyter_core
    }


def _path(given: str) -> str:
    """The member's own folders first, then whatever else the image's PATH adds."""
    return ":".join(dict.fromkeys([*_PATH, *filter(None, given.split(":"))]))
