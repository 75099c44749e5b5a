"""What lessons there are, and which image grades each: what the images themselves say."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from hub.portal.throwaway import Outcome, Throwaway
from workspace_cli.core.errors import ImageNotFoundError, LabdockError
from workspace_cli.core.host import Host

log = logging.getLogger("labdock.portal.lessons")

LIGHT = "labdock/base"
FULL = ("labdock/pytorch", "labdock/pytorch-cuda")
"""The images that hold what lessons may need; the first that is on this machine is taken."""
LESSONS = ("/usr/bin/tini", "--", "lessons")
"""The course's command, under a first process that looks after what answers leave behind."""
SECONDS = 60.0
LOOK_SECONDS = 30.0
"""How long a list is taken as it is, before somebody looks whether the image is a newer one."""


@dataclass(frozen=True)
class Lesson:
    """One lesson: its exercises in order, the modules that it needs, its title by language."""

    id: str
    exercises: tuple[str, ...]
    needs: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)

    def title(self, language: str) -> str:
        """Return the title in a language, the id where there is none."""
        return self.titles.get(language) or self.id


class Lessons(Protocol):
    """Where the list of lessons comes from."""

    def all(self) -> tuple[Lesson, ...]:
        """Return every lesson in the order of the course; empty while none could be read."""


class ImageLessons:
    """The lessons of the image that grades them, read anew when there is a newer build.

    That takes seconds, so nobody waits for it.  Safe in several threads.
    """

    def __init__(self, host: Host, throwaway: Throwaway) -> None:
        self._host = host
        self._throwaway = throwaway
        self._reading = threading.Lock()
        self._looked = -LOOK_SECONDS
        self._image = ""
        self._found: tuple[Lesson, ...] = ()

    def all(self) -> tuple[Lesson, ...]:
        """Return every lesson in the order of the course; empty while none could be read."""
        now = time.monotonic()
        if now - self._looked >= LOOK_SECONDS:
            self._looked = now
            threading.Thread(target=self.read, daemon=True).start()
        return self._found

    def read(self) -> tuple[Lesson, ...]:
        """Return every lesson as the image that is there now tells them; takes seconds."""
        with self._reading:
            try:
                reference = full_image(self._host)
                image = self._host.engine.image(reference)
                if image.id != self._image:
                    self._found, self._image = self._ask(reference), image.id
            except LabdockError as exc:
                log.warning("The lessons cannot be listed: %s", exc)
        return self._found

    def _ask(self, reference: str) -> tuple[Lesson, ...]:
        told = {
            language: self._throwaway.run(
                reference, (*LESSONS, "list", "--json", "--lang", language), b"", SECONDS
            )
            for language in ("en", "ko")
        }
        return lessons_of({language: _rows(outcome) for language, outcome in told.items()})


def full_image(host: Host) -> str:
    """Return the image that can grade every lesson, else the light one.

    Raises ImageNotFoundError where there is neither.
    """
    for reference in (*FULL, LIGHT):
        try:
            host.engine.image(reference)
        except ImageNotFoundError:
            continue
        return reference
    raise ImageNotFoundError(
        "No image on this machine can grade lessons.", "An admin makes them with `make up`."
    )


def image_for(host: Host, lesson: Lesson) -> str:
    """Return the image that grades a lesson: the light one where it needs no module.

    Raises ImageNotFoundError.
    """
    if lesson.needs:
        return full_image(host)
    try:
        host.engine.image(LIGHT)
    except ImageNotFoundError:
        return full_image(host)
    return LIGHT


def lessons_of(told: Mapping[str, Iterable[Mapping[str, Any]]]) -> tuple[Lesson, ...]:
    """Return the lessons that ``lessons list --json`` tells, by language."""
    rows = {language: {str(row["id"]): row for row in rows} for language, rows in told.items()}
    first = next(iter(rows.values()), {})
    return tuple(
        Lesson(
            name,
            tuple(map(str, row["exercises"])),
            tuple(map(str, row["needs"])),
            {
                language: str(known[name]["title"])
                for language, known in rows.items()
                if name in known
            },
        )
        for name, row in first.items()
    )


def _rows(outcome: Outcome) -> list[Mapping[str, Any]]:
    try:
        rows = json.loads(outcome.output)
    except ValueError:
        return []
    return rows if isinstance(rows, list) else []
