"""`python -I -m labdock_server.pulling URL FOLDER BRANCH PATH`: fetch a repository by nbgitpuller.

A process of its own, told by the server and heard as a JSON object a line: what nbgitpuller
imports would stay in the server's memory, and what it waits for would stop everybody.
"""

from __future__ import annotations

import json
import logging
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

from .member import WORKSPACE

FOLDERS = 9
"""How many names are tried for a repository's folder: `course`, `course-2` …"""
CONNECT_SECONDS = 10.0
LONGEST_LINE = 300
_ADDRESS = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]+)?/[A-Za-z0-9_~./-]+")
_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_~.-]*")
# What git says → what a person is told.
_SIGNS = {
    "disk": r"No space left on device|Disk quota exceeded",
    "certificate": r"SSL certificate|server certificate|certificate verif",
    "unreachable": r"Could not resolve (?:host|proxy)|Failed to connect|No route to host"
    r"|Connection (?:refused|timed out|reset)|Network is unreachable|Operation too slow",
    "missing": r"not found|could not read Username|Authentication failed|error: 40[134]\b"
    r"|terminal prompts disabled",
    "conflict": r"Automatic merge failed|would be overwritten|unmerged files",
}
_UNFINISHED = ("MERGE_HEAD", "rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD")


class Failed(Exception):  # noqa: N818 - told as a word, not as an error's name
    """The repository is not there as it was wanted; the first argument says why in one word."""

    def __init__(self, why: str, output: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.output = output


def prepare_environment() -> None:
    """Let git ask nobody, speak HTTP alone wherever it is led, and write names as they are."""
    os.environ.update(
        GIT_TERMINAL_PROMPT="0",
        GIT_ASKPASS="/bin/true",
        GIT_ALLOW_PROTOCOL="http:https",
        # A server that sends nothing any more is given up.
        GIT_HTTP_LOW_SPEED_LIMIT="100",
        GIT_HTTP_LOW_SPEED_TIME="60",
        LC_ALL="C.UTF-8",
        # nbgitpuller compares names that git lists with names of files: 한글.ipynb must be that.
        GIT_CONFIG_COUNT="1",
        GIT_CONFIG_KEY_0="core.quotePath",
        GIT_CONFIG_VALUE_0="false",
    )


def check(url: str, folder: str, branch: str, path: str) -> None:
    """Refuse what the lab's portal never tells, whoever told it. Raises Failed."""
    odd = branch.startswith("-") or ".." in path.split("/") or path.startswith("/")
    if odd or not _ADDRESS.fullmatch(url) or not _FOLDER.fullmatch(folder):
        raise Failed("strange")


def reach(url: str) -> None:
    """Find out soon whether there is a way to the server: git would try for minutes."""
    parts = urlsplit(url)
    if any(os.environ.get(name) for name in ("https_proxy", "HTTPS_PROXY", "http_proxy")):
        return
    if _git("config", "--get-regexp", r"^http\..*proxy$"):
        return
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), CONNECT_SECONDS).close()
    except OSError as error:
        raise Failed("unreachable", f"{parts.netloc}: {error}") from error


def find_place(url: str, folder: str, branch: str, root: str = WORKSPACE) -> str:
    """The copy of this repository and branch that is there, else a folder that is not.

    Raises Failed where every name is something else's.
    """
    for number in range(1, FOLDERS + 1):
        place = f"{root}/{folder}" if number == 1 else f"{root}/{folder}-{number}"
        if not os.path.lexists(place) or is_copy(place, url, branch):
            return place
    raise Failed("taken")


def is_copy(place: str, url: str, branch: str) -> bool:
    """Whether a folder has been fetched from this address, with this branch or tag."""
    if not os.path.isdir(f"{place}/.git"):  # noqa: PTH112
        return False
    origin = _git(f"--git-dir={place}/.git", "config", "--get", "remote.origin.url")
    if not same_address(origin, url):
        return False
    # A copy of a branch knows tags as well; what a tag's copy fetches is that tag.
    fetched = _git(f"--git-dir={place}/.git", "config", "--get-all", "remote.origin.fetch")
    return has(place, f"refs/remotes/origin/{branch}") or f"refs/tags/{branch}:" in fetched


def has(place: str, ref: str) -> bool:
    """Whether a copy knows a branch."""
    return bool(_git(f"--git-dir={place}/.git", "rev-parse", "--quiet", "--verify", ref))


def same_address(one: str, other: str) -> bool:
    """Whether two addresses are one repository's.

    >>> same_address("https://github.com/our-lab/course.git", "https://GitHub.com/our-lab/course/")
    True
    """
    return _plain(one) == _plain(other)


def _plain(url: str) -> str:
    scheme, _, rest = url.strip().partition("://")
    host, _, path = rest.partition("/")
    return f"{scheme}://{host}".lower() + "/" + path.rstrip("/").removesuffix(".git")


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def pull(url: str, folder: str, branch: str) -> Iterator[str]:
    """Fetch or update the copy; yields what git says, then `=` and the folder.

    Raises Failed, and what nbgitpuller raises.
    """
    from nbgitpuller.pull import GitPuller

    puller = GitPuller(url, WORKSPACE, branch=branch or None)
    place = puller.repo_dir = find_place(url, folder, puller.branch_name)
    # A tag stays what it is: there is nothing to bring in.
    fixed = os.path.lexists(place) and not has(place, f"refs/remotes/origin/{puller.branch_name}")
    if not fixed:
        if is_unfinished(place):
            raise Failed("unfinished")
        try:
            yield from puller.pull()
        finally:
            # What could not be merged is no state to leave somebody's files in.
            if is_unfinished(place):
                _git("-C", place, "merge", "--abort")
    yield f"={place}"


def is_unfinished(place: str) -> bool:
    """Whether a merge or the like has begun in a copy and not ended."""
    return any(os.path.lexists(f"{place}/.git/{name}") for name in _UNFINISHED)


def failure(error: BaseException, said: str) -> Failed:
    """What a person is told of an exception of nbgitpuller's, by what git has said before."""
    kind = type(error).__name__
    if kind == "BranchExistError":
        return Failed("branch")
    # It hides why: git's own words are in the exception that it was handling.
    cause = error.__context__ if kind == "BranchResolveError" else error
    text = "\n".join(filter(None, [said, str(getattr(cause, "stderr", "") or "")])).strip()
    for why, sign in _SIGNS.items():
        if re.search(sign, text):
            return Failed(why, text)
    return Failed("empty" if kind == "BranchResolveError" and not text else "git", text)


def fetch(url: str, folder: str, branch: str, path: str) -> dict[str, str]:
    """Fetch it and tell each line of git's; returns what to open. Raises Failed."""
    check(url, folder, branch, path)
    prepare_environment()
    reach(url)
    said: list[str] = []
    place = ""
    try:
        for line in pull(url, folder, branch):
            if line.startswith("="):
                place = line[1:]
            elif text := line.strip():
                said = [*said[-30:], text[:LONGEST_LINE]]
                tell(line=said[-1])
    except Failed:
        raise
    except Exception as error:
        raise failure(error, "\n".join(said)) from error
    found = {"done": os.path.relpath(place, WORKSPACE)}
    if path and not os.path.exists(f"{place}/{path}"):  # noqa: PTH110
        return {**found, "missing": path}
    return {"done": f"{found['done']}/{path}"} if path else found


def tell(**message: str) -> None:
    """Write one line for the server."""
    print(json.dumps(message), flush=True)


def main(arguments: list[str]) -> int:
    """Fetch what the arguments name."""
    # nbgitpuller logs tracebacks where it also raises.
    logging.disable()
    try:
        tell(**fetch(*arguments))
    except Failed as failed:
        tell(failed=failed.why, output="\n".join(failed.output.splitlines()[-30:]))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
