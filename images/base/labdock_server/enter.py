"""Run a command as the member, for `docker exec`: it inherits nothing of the start program."""

from __future__ import annotations

import os
import sys

from . import member as members
from .environment import member_environment


def main(argv: list[str]) -> int:
    """Replace this process by `argv[1:]`; returns 2, 126 or 127 where that cannot be done."""
    if len(argv) < 2:
        print("usage: labdock-enter COMMAND [ARGUMENT…]", file=sys.stderr)
        return 2
    member = members.find_member()
    members.become(member)
    os.umask(0o002)
    os.chdir(members.WORKSPACE)
    env = member_environment(os.environ, uid=member.uid)
    os.environ["PATH"] = env["PATH"]  # execvpe looks the command up in its own PATH
    try:
        os.execvpe(argv[1], argv[1:], env)  # noqa: S606
    except FileNotFoundError:
        print(f"labdock-enter: {argv[1]}: no such command in this workspace", file=sys.stderr)
        return 127
    except OSError as error:
        print(f"labdock-enter: {argv[1]}: {error.strerror}", file=sys.stderr)
        return 126
