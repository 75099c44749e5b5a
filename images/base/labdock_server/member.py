"""Who the member is inside the container: the owner of the folder at /workspace.

A mounted folder keeps its owner; the `member` account takes on that uid. No file's owner is
ever changed, save the top of an empty folder that belongs to root: the engine makes such a
folder where the path given to `docker run -v` did not exist.
"""

from __future__ import annotations

import contextlib
import os
from typing import NamedTuple

NAME = "member"
GROUP_ID = 990
DEFAULT_USER_ID = 1000
HOME = "/home/member"
WORKSPACE = "/workspace"
PASSWD = "/etc/passwd"  # noqa: S105 - the account file, not a password

# What a freshly made file system holds does not make it somebody's folder.
_NOT_CONTENT = {"lost+found"}


class Member(NamedTuple):
    """The account that the server, kernels and terminals run as."""

    uid: int
    gid: int
    hand_over: bool = False


def member_for(owner: int, *, empty: bool) -> Member:
    """The member for a folder that belongs to uid `owner`.

    An empty folder of root's is to be handed over to uid 1000. One that root has filled stays
    root's, and the member is root in their own container: anything else would show them a
    folder that they cannot write to.
    """
    if owner != 0:
        return Member(owner, GROUP_ID)
    if empty:
        return Member(DEFAULT_USER_ID, GROUP_ID, hand_over=True)
    return Member(0, GROUP_ID)


def find_member(workspace: str = WORKSPACE) -> Member:
    """Look at the mounted folder and decide who the member is. Changes nothing."""
    uid = os.geteuid()
    if uid != 0:
        # The hardened profile, or `docker run --user`: this process can become nobody else.
        return Member(uid, os.getegid())
    owner = os.stat(workspace).st_uid  # noqa: PTH116
    content = set(os.listdir(workspace)) - _NOT_CONTENT  # noqa: PTH208
    return member_for(owner, empty=not content)


def passwd_with_uid(text: str, uid: int) -> str:
    """The account file `text` with the member's uid set to `uid`.

    The member's line comes first when another account has that uid too, because the first
    match is what a uid is shown as.
    """
    changed = f"{NAME}:x:{uid}:{GROUP_ID}::{HOME}:/bin/bash"
    lines = text.splitlines()
    mine = [place for place, line in enumerate(lines) if line.startswith(f"{NAME}:")]
    others = [line for line in lines if not line.startswith(f"{NAME}:")]
    taken = any(line.split(":")[2:3] == [str(uid)] for line in others)
    others.insert(0 if taken else min([*mine, len(others)]), changed)
    return "\n".join(others) + "\n"


def write_account(uid: int, path: str = PASSWD) -> None:
    """Give the member account `uid`, where it has another.

    Root keeps its own line: a member who is root is known as root.
    """
    if uid == 0:
        return
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        before = file.read()
    after = passwd_with_uid(before, uid)
    if after != before:
        _replace(path, after)


def _replace(path: str, text: str) -> None:
    """Write a file whole or not at all: on a full disk the accounts must not be lost."""
    fresh = f"{path}.labdock"
    try:
        with open(fresh, "w", encoding="utf-8") as file:  # noqa: PTH123
            file.write(text)
        os.chmod(fresh, 0o644)  # noqa: PTH101 - everybody reads it
        os.replace(fresh, path)  # noqa: PTH105
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(fresh)  # noqa: PTH108
        raise


def become(member: Member) -> None:
    """Drop root for good: group, supplementary groups, then user.

    Supplementary groups given with `--group-add` (a GPU's render group) are kept, root's is not.
    """
    if os.geteuid() != 0:
        return
    groups = {member.gid, *(group for group in os.getgroups() if group != 0)}
    os.setgroups(sorted(groups))
    os.setgid(member.gid)
    os.setuid(member.uid)
