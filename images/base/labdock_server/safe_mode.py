"""Safe mode: files and a terminal, where the member's environment or the disk is the trouble.

Nothing that the member may have broken is used: not /opt/env, no setting of theirs, no start-up
file of the shell; and nothing needs room on a disk, for what the server writes is in memory.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Mapping

from .environment import VARIABLE_OF_SAFE_MODE, member_environment
from .member import HOME

VARIABLE = VARIABLE_OF_SAFE_MODE
ASKED = "asked"
DISK = "disk"
ENVIRONMENT = "environment"
MEMBER_PYTHON = "/opt/env/bin/python"
MEMORY = "/dev/shm"  # noqa: S108 - in memory, and this container's alone
SHELL = ("/bin/bash", "--noprofile", "--rcfile", "/opt/labdock/share/labdock/safe-mode.bashrc")
PROBE = 1024 * 1024
"""Bytes that must fit: less is as good as full."""

_PATH = (
    *("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"),
    "/opt/labdock/bin",
)
_DROPPED = (
    *("LD_", "PYTHON", "PIP_", "CONDA", "BASH_", "JUPYTER_CONFIG", "JUPYTER_DATA"),
    *("JUPYTER_RUNTIME", "JUPYTER_PATH", "IPYTHONDIR"),
)
_DROPPED_NAMES = {"VIRTUAL_ENV", "ENV", "PROMPT_COMMAND", "HISTFILE", "TMPDIR"}
_KEPT = {"PIP_CERT"}

_WHY = {
    ASKED: ("as you asked", "요청하신 대로"),
    DISK: (
        "because the disk is full or cannot be written to",
        "디스크가 가득 찼거나 쓸 수 없는 상태여서",
    ),
    ENVIRONMENT: (
        f"because your environment has no working Python ({MEMBER_PYTHON})",
        f"내 환경의 파이썬({MEMBER_PYTHON})이 동작하지 않아",
    ),
}
_MEND = (
    "Mend what is broken in a terminal (labdock-repair makes a Python environment work again), "
    "then restart the workspace."
)
_MEND_KO = (
    "터미널에서 문제를 고친 뒤(labdock-repair는 파이썬 환경을 되살립니다) 작업 공간을 다시 "
    "시작하세요."
)
_MAKE_ROOM = (
    "Delete what you no longer need, here or in a terminal (du -sh shows what is large), then "
    "restart the workspace."
)
_MAKE_ROOM_KO = (
    "필요 없는 것을 여기나 터미널에서 지운 뒤(du -sh로 큰 것을 찾을 수 있습니다) 작업 공간을 다시 "
    "시작하세요."
)
_REPAIR = "Run labdock-repair in a terminal, then restart the workspace."
_REPAIR_KO = "터미널에서 labdock-repair를 실행한 뒤 작업 공간을 다시 시작하세요."
_WAY_BACK = {
    ASKED: (_MEND, _MEND_KO),
    DISK: (_MAKE_ROOM, _MAKE_ROOM_KO),
    ENVIRONMENT: (_REPAIR, _REPAIR_KO),
}


def reason(told: str, state: str, *, python: str = MEMBER_PYTHON, home: str = HOME) -> str:
    """Why this start is to be a safe one, '' where it is not.

    `told` is what the machine says, `state` the folder on the mount that the server writes to.
    """
    if told:
        return told if told in _WHY else ASKED
    if any(is_full(folder) for folder in (state, home, "/tmp")):  # noqa: S108 - only looked at
        return DISK
    return "" if os.access(python, os.X_OK) else ENVIRONMENT


def is_full(folder: str) -> bool:
    """Whether not even a small file fits into a folder that could be written to."""
    path = f"{folder}/.labdock-probe-{os.getpid()}"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError as error:
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    try:
        return os.write(descriptor, bytes(PROBE)) < PROBE
    except OSError as error:
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    finally:
        os.close(descriptor)
        os.unlink(path)  # noqa: PTH108 - pathlib costs 6 ms at start


def private_state(uid: int, folders: Iterable[str] = (MEMORY, "/tmp")) -> str:  # noqa: S108
    """Make the folder in memory that takes the place of the one beside the member's files.

    Always a new one: with `docker run --ipc=host` others may have made one of any known name.
    Raises OSError where there is none at all.
    """
    failed: OSError | None = None
    for folder in folders:
        path = f"{folder}/labdock-{uid}-{os.urandom(8).hex()}"
        try:
            os.mkdir(path, mode=0o700)  # noqa: PTH102
        except OSError as error:
            failed = error
        else:
            return path
    raise failed or OSError("no folder for what the server writes")


def safe_environment(given: Mapping[str, str], *, uid: int, state: str, why: str) -> dict[str, str]:
    """The environment of a safe server: nothing that could lead back to what is broken."""
    env = {
        name: value
        for name, value in member_environment(given, uid=uid, state=state).items()
        if name in _KEPT or not (name.startswith(_DROPPED) or name in _DROPPED_NAMES)
    }
    env.update(
        {
            VARIABLE: why,
            "PATH": ":".join(_PATH),
            "TMPDIR": state,
            "HISTFILE": f"{state}/bash_history",
            "IPYTHONDIR": f"{state}/ipython",
            "JUPYTER_CONFIG_DIR": f"{state}/jupyter/config",
            "JUPYTER_DATA_DIR": f"{state}/jupyter",
            "JUPYTER_RUNTIME_DIR": f"{state}/runtime",
        }
    )
    return env


def texts(why: str) -> dict[str, str]:
    """What the member is told, by language."""
    english, korean = _WHY.get(why, _WHY[ASKED])
    back, back_korean = _WAY_BACK.get(why, _WAY_BACK[ASKED])
    return {
        "en": f"This workspace runs in safe mode {english}: files and a terminal, without your "
        f"environment and without kernels. {back}",
        "ko": f"{korean} 작업 공간이 안전 모드로 실행되었습니다. 내 환경과 커널 없이 파일과 "
        f"터미널만 쓸 수 있습니다. {back_korean}",
    }


def notice(env: Mapping[str, str]) -> list[dict[str, object]]:
    """The notice that the page shows for as long as the server is a safe one."""
    why = env.get(VARIABLE, "")
    if not why:
        return []
    return [{"id": "safe-mode", "level": "warning", "text": texts(why), "actions": []}]


if __name__ == "__main__":
    # A terminal's greeting.
    for text in texts(os.environ.get(VARIABLE, ASKED)).values():
        print(f"\x1b[7m Labdock \x1b[0m {text}")
