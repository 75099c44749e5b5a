"""The learner's answers: one file an exercise, shared by notebook and command line.

Nothing that a learner wrote is ever lost: opening writes only what is not there, and what is
replaced is kept in the backup folder first.
"""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lessons.builder import build_notebook
from lessons.errors import UnknownLessonError
from lessons.i18n import LANGUAGES, Lang
from lessons.places import Places
from lessons.registry import Lesson
from lessons.source import read_cells, stubs


@dataclass(frozen=True)
class Answers:
    """The answers to one lesson's exercises."""

    lesson: Lesson
    places: Places

    @property
    def folder(self) -> Path:
        return self.places.home / self.lesson.id

    def file(self, exercise: str) -> Path:
        """The answer's file; UnknownLessonError where the lesson has no such exercise."""
        if exercise not in self.lesson.exercises:
            names = ", ".join(self.lesson.exercises)
            raise UnknownLessonError(
                "unknown_exercise", name=exercise, lesson=self.lesson.id, names=names
            )
        return self.folder / f"{exercise}.py"

    def notebook(self, lang: Lang) -> Path:
        return self.folder / f"{self.lesson.id}.{lang}.ipynb"

    def read(self, exercise: str) -> str | None:
        """The answer's text, None where there is no file."""
        file = self.file(exercise)
        return file.read_text(encoding="utf-8") if file.is_file() else None

    def written(self) -> dict[str, str]:
        """The answers that are no longer stubs."""
        found = {name: self.read(name) for name in self.lesson.exercises}
        return {
            name: text
            for name, text in found.items()
            if text is not None and not self.is_stub(name, text)
        }

    def is_stub(self, exercise: str, text: str) -> bool:
        """Whether the text is what the lesson itself gave."""
        return text.strip() in {self.stub(exercise, lang).strip() for lang in LANGUAGES}

    def stub(self, exercise: str, lang: Lang) -> str:
        return stubs(read_cells(self.lesson.folder / "lesson.py"), lang)[exercise]

    def open(self, lang: Lang) -> list[Path]:
        """Writes the notebook and the stubs that are not there yet; returns what it wrote."""
        made = []
        text = build_notebook(self.lesson, lang, self.written())
        for file, content in [
            (self.notebook(lang), text),
            *((self.file(one), self.stub(one, lang)) for one in self.lesson.exercises),
        ]:
            if not file.exists():
                write_whole(file, content)
                made.append(file)
        return made

    def save(self, exercise: str, text: str) -> Path:
        """Takes a new answer; a different one that was there goes to the backup folder."""
        file = self.file(exercise)
        text = text.rstrip() + "\n"
        before = self.read(exercise)
        if before == text:
            return file
        if before is not None and not self.is_stub(exercise, before):
            self._back_up({file.name: before})
        write_whole(file, text)
        return file

    def reset(self, exercises: list[str], lang: Lang, *, notebook: bool) -> Path | None:
        """Puts the stubs back; returns the folder where the answers were kept, if any were."""
        files = [self.file(one) for one in exercises]
        books = [self.notebook(one) for one in LANGUAGES] if notebook else []
        there = [file for file in [*files, *books] if file.is_file()]
        kept = {file.name: file.read_text(encoding="utf-8") for file in there}
        folder = self._back_up(kept) if kept else None
        for name, file in zip(exercises, files, strict=True):
            write_whole(file, self.stub(name, lang))
        for book in books:
            book.unlink(missing_ok=True)
        if notebook:
            write_whole(self.notebook(lang), build_notebook(self.lesson, lang))
        return folder

    def _back_up(self, texts: Mapping[str, str]) -> Path:
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
        base = self.places.backup / self.lesson.id / stamp
        folder, count = base, 1
        while folder.exists():
            count += 1
            folder = base.with_name(f"{stamp}-{count}")
        for name, text in texts.items():
            write_whole(folder / name, text)
        return folder


def write_whole(file: Path, text: str) -> None:
    """Writes the file so that a reader sees the old text or the new one, never half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)
