"""The lessons in JupyterLab's panel: each click runs the `lessons` command as the member would.

Nothing of it is imported or run before somebody opens the panel.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from typing import Any

from jupyter_server.base.handlers import APIHandler
from tornado import web

from .member import WORKSPACE

COMMAND = "/usr/local/bin/lessons"
PACKAGES = "/opt/env/lib/python3.11/site-packages"
LONGEST_SECONDS = 180
"""A submission is awaited for two minutes; a check of every exercise ends well before."""
AT_ONCE = 2
_EXERCISE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}")
_SETTING = "labdock_course"
# The command's exit codes (lessons.errors), as an HTTP client knows them.
_STATUS = {1: 409, 2: 400, 3: 404, 5: 403, 6: 503}

OUTSIDE = {
    "en": "/workspace cannot be written to, so the lesson was put at {0}, where JupyterLab's "
    "files do not reach. Start the workspace with a folder of yours at /workspace.",
    "ko": "/workspace에 쓸 수 없어 수업을 {0}에 두었습니다. JupyterLab의 파일 목록에서는 이 폴더를 "
    "열 수 없습니다. 쓸 수 있는 폴더를 /workspace에 연결하여 작업 공간을 시작하세요.",
}


class Course:
    """Runs the command for one server, and remembers its last listing."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._listed: dict[str, tuple[str, Any]] = {}

    async def listing(self, lang: str, known: str) -> dict[str, Any]:
        """Every lesson with the member's progress; no lessons where `known` is still true."""
        version = _version()
        if known == f"{lang} {version}":
            return {"version": known, "lessons": None}
        if self._listed.get(lang, ("",))[0] != version:
            code, lessons = await self.run("list", "--json", "--lang", lang)
            if code:
                raise web.HTTPError(_STATUS.get(code, 500), lessons)
            self._listed[lang] = (version, lessons)
        return {"version": f"{lang} {version}", "lessons": self._listed[lang][1]}

    async def run(self, *arguments: str) -> tuple[int, Any]:
        """The command's exit code, and what it printed as JSON, else what it complained of."""
        async with self._turn:
            process = await asyncio.create_subprocess_exec(
                COMMAND,
                *arguments,
                cwd=WORKSPACE,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            try:
                async with asyncio.timeout(LONGEST_SECONDS):
                    printed, complaint = await process.communicate()
            except TimeoutError as error:
                process.kill()
                raise web.HTTPError(504, "The lessons' command does not come to an end.") from error
        try:
            return 0, json.loads(printed)
        except ValueError:
            return process.returncode or 1, complaint.decode("utf-8", "replace").strip()[-1000:]


def _version() -> str:
    """Changes when the member's progress does, or what is installed."""
    state = os.environ.get("LESSONS_STATE") or f"{WORKSPACE}/.lessons"
    parts = []
    for file in (f"{state}/progress.jsonl", PACKAGES):
        try:
            found = os.stat(file)  # noqa: PTH116
            parts.append(f"{found.st_mtime_ns:x}.{found.st_size:x}")
        except OSError:
            parts.append("-")
    return "-".join(parts)


class _CourseHandler(APIHandler):  # type: ignore[misc]
    @property
    def course(self) -> Course:
        course: Course = self.settings.setdefault(_SETTING, Course())
        return course


def _language(wish: object) -> str:
    return "en" if wish == "en" else "ko"


class Lessons(_CourseHandler):
    """Tells the panel what there is and how far the member is."""

    # The panel asks by itself: nobody's hand.
    _track_activity = False

    @web.authenticated
    async def get(self) -> None:
        """Answer with the lessons, or that nothing changed since `version`."""
        lang = _language(self.get_query_argument("lang", ""))
        found = await self.course.listing(lang, self.get_query_argument("version", ""))
        self.finish(json.dumps(found, ensure_ascii=False))


class LessonVerb(_CourseHandler):
    """Opens, checks, hints, hands in: what a button of the panel asks for."""

    @web.authenticated
    async def post(self, lesson: str, verb: str) -> None:
        """Run the verb and answer what it says; its complaint becomes the error's message."""
        body = self.get_json_body()
        given = body if isinstance(body, dict) else {}
        lang = _language(given.get("lang"))
        exercise = given.get("exercise")
        if exercise is not None and not _EXERCISE.fullmatch(str(exercise)):
            raise web.HTTPError(400, "This is no exercise's name.")
        named = [str(exercise)] if exercise is not None and verb in ("check", "hint") else []
        code, said = await self.course.run(verb, "--json", "--lang", lang, lesson, *named)
        if code:
            self._complain(_STATUS.get(code, 500), said)
            return
        if verb == "open" and not self._place(said):
            self._complain(409, OUTSIDE[lang].format(said["notebook"]))
            return
        self.finish(json.dumps(said, ensure_ascii=False))

    def _place(self, opened: dict[str, Any]) -> bool:
        """Add the notebook's path as JupyterLab names it; False where it has none."""
        path = os.path.relpath(opened["notebook"], WORKSPACE)
        opened["path"] = path
        return not path.startswith("..")

    def _complain(self, status: int, text: str) -> None:
        self.set_status(status)
        self.finish(json.dumps({"message": text}, ensure_ascii=False))


HANDLERS: list[tuple[Any, ...]] = [
    ("labdock/lessons", Lessons),
    ("labdock/lessons/([a-z0-9][a-z0-9-]{0,60})/(open|check|hint|submit)", LessonVerb),
]
