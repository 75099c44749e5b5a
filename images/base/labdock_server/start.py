"""From an empty container to the server, in the steps that need root and those that do not."""

from __future__ import annotations

import json
import os
import sys

from . import member as members
from . import safe_mode
from .environment import SECRETS, STATE, member_environment
from .member import GROUP_ID, HOME, WORKSPACE, Member

SECRETS_FILE = "/run/labdock/environment.json"

# Folders that the image's links in the home lead to. Private: keys are kept in some of them.
_PRIVATE = ("ssh", "aws", "kaggle", "config-gh", "jupyter", "ipython")


class StartError(Exception):
    """The server cannot start; the message says what happened, why, and what to do."""


def say(text: str) -> None:
    """Tell whoever reads the container's log."""
    print(f"labdock: {text}", file=sys.stderr, flush=True)


def read_secrets(path: str = SECRETS_FILE) -> dict[str, str]:
    """The variables that were mounted for the server alone; none where nothing is mounted.

    Raises StartError where the file is there but cannot be used.
    """
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123
            found = json.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise StartError(
            f"{path} cannot be read ({error}), so the server does not know who may enter. "
            "Remove this workspace and make it again."
        ) from error
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise StartError(f"{path} is not a list of names and texts. Make this workspace again.")
    return found


def require_door(env: dict[str, str]) -> None:
    """Refuse to start a server that anybody could enter. Raises StartError."""
    if env.get("JUPYTERHUB_API_TOKEN"):
        return
    if env.get("WORKSPACE_AUTH_USER") and env.get("WORKSPACE_AUTH_PASSWORD"):
        return
    raise StartError(
        "no name and password are set, and a server that anybody can enter is not started. "
        "Add --env WORKSPACE_AUTH_USER=NAME --env WORKSPACE_AUTH_PASSWORD=PASSWORD to the "
        "docker run line, or make the workspace with `workspace run`."
    )


def take_over(member: Member, workspace: str = WORKSPACE) -> None:
    """Do what only root can: hand over an empty folder, write the account."""
    if os.geteuid() != 0:
        return
    if member.hand_over:
        try:
            os.chown(workspace, member.uid, member.gid)
        except OSError as error:
            say(
                f"{workspace} is empty and belongs to root, and could not be handed over to uid "
                f"{member.uid}: {error.strerror}. On the machine that holds it, run: "
                f"chown {member.uid}:{member.gid} FOLDER"
            )
    try:
        members.write_account(member.uid)
    except OSError as error:
        say(f"the account could not be given uid {member.uid}: {error.strerror}. It has no name.")


def prepare_state(uid: int, workspace: str = WORKSPACE) -> str:
    """Make the folder for history, credentials and settings; returns where it is.

    Where /workspace cannot be written to, a person is told so, and the state goes to the home
    folder: reading files is still worth having.
    """
    state = STATE
    for folder in (workspace, state):
        if _unwritable(folder):
            owner = os.stat(folder).st_uid  # noqa: PTH116
            say(
                f"{folder} cannot be written to: it belongs to uid {owner}, this server runs as "
                f"uid {uid}, and it may be mounted read-only. What belongs there is not kept. "
                f"Mount it writable, or on the machine that holds it run: chown -R {uid} FOLDER"
            )
            state = f"{HOME}/.labdock"
            break
    for folder in (state, *(f"{state}/{name}" for name in _PRIVATE)):
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)  # noqa: PTH103
        except OSError as error:
            say(f"{folder} could not be made ({error.strerror}); settings will not be kept.")
            break
    return state


def _unwritable(folder: str) -> bool:
    return os.path.exists(folder) and not os.access(folder, os.W_OK | os.X_OK)  # noqa: PTH110


def hand_secrets(env: dict[str, str]) -> int:
    """Put the secrets into a pipe and return its reading end, which an exec'd server inherits.

    An environment variable would stay readable in /proc for every kernel and terminal.
    """
    reading, writing = os.pipe()
    found = {key: env[key] for key in SECRETS if key in env}
    # A pipe takes 64 KiB before it blocks; names, passwords and tokens are far below.
    os.write(writing, json.dumps(found).encode())
    os.close(writing)
    os.set_inheritable(reading, True)
    return reading


def child_environment(env: dict[str, str], uid: int, state: str) -> dict[str, str]:
    """The server's environment: the member's own, or a safe one. Raises OSError."""
    why = safe_mode.reason(env.get(safe_mode.VARIABLE, ""), state)
    if not why:
        return member_environment(env, uid=uid, state=state)
    say(safe_mode.texts(why)["en"])
    kept = safe_mode.private_state(uid)
    return safe_mode.safe_environment(env, uid=uid, state=kept, why=why)


def run() -> None:
    """Become the member and replace this process by the server. Raises StartError, OSError."""
    env = {**os.environ, **read_secrets()}
    require_door(env)
    member = members.find_member()
    take_over(member)
    members.become(member)
    os.umask(0o002)
    if GROUP_ID not in {os.getgid(), *os.getgroups()}:
        say(f"this container was started without group {GROUP_ID}: pip cannot write to /opt/env.")
    state = prepare_state(member.uid)
    pipe = hand_secrets(env)
    child = child_environment(env, member.uid, state)
    os.chdir(WORKSPACE)
    python = "/opt/labdock/bin/python"
    os.execve(python, [python, "-I", "-m", "labdock_server", str(pipe)], child)  # noqa: S606


def main() -> int:
    """Start; returns an exit code only where that failed."""
    try:
        run()
    except StartError as error:
        say(str(error))
    except OSError as error:
        say(f"the server could not be started: {error}")
    return 1
