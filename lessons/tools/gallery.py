"""Writes the list of lessons and the gallery of docs/lessons anew, from the packages themselves.

`python lessons/tools/gallery.py` runs every demo in both languages and keeps the first picture of
each, made small; `--list` leaves the pictures alone. Needs the member's environment.
"""

import io
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LESSONS = Path(__file__).parent.parent
DOCS = LESSONS.parent / "docs/lessons"
PAGES = {"en": "README.md", "ko": "README.ko.md"}
COLUMNS = 3
WIDTH = 520  # pixels
COLOURS = 64
HEADS = {
    "en": ("Lesson", "What it teaches", "Minutes", "Exercises"),
    "ko": ("수업", "배우는 내용", "시간(분)", "문제"),
}

sys.path[:0] = [str(LESSONS / "runner/src"), *map(str, sorted(LESSONS.glob("packages/*/src")))]


def registry() -> Any:
    """The packages of this checkout."""
    from lessons.registry import load_registry

    folders = (str(one) for one in sorted(LESSONS.glob("packages/*/src")))
    return load_registry({"LESSONS_PATH": os.pathsep.join(folders)})


def list_of(lang: str) -> str:
    """Every package with a table of its lessons."""
    known = registry()
    parts = []
    for package in known.packages:
        parts.append(f"### {package.letter.upper()}. {package.title[lang]}\n")
        parts.append(f"{package.summary[lang]}.\n")
        head = HEADS[lang]
        parts.append(f"| {' | '.join(head)} |\n|---|---|---:|---:|")
        for lesson in known.lessons:
            if lesson.package is package:
                text = lesson.headline(lang)
                title = f"`{lesson.id}` {text['title']}"
                cells = (title, text["summary"], str(lesson.minutes), str(len(lesson.exercises)))
                parts.append(f"| {' | '.join(cells)} |")
        parts.append("")
    return "\n".join(parts)


def gallery_of(lang: str) -> str:
    """The pictures that are there, three in a row, each under its lesson's title."""
    shown = [one for one in registry().lessons if picture(one.id, lang).is_file()]
    rows = []
    for start in range(0, len(shown), COLUMNS):
        row = shown[start : start + COLUMNS]
        empty = [""] * (COLUMNS - len(row))
        titles = [f"{one.id} · {one.headline(lang)['title']}" for one in row]
        images = [
            f"![{title}]({picture(one.id, lang).relative_to(DOCS)})"
            for one, title in zip(row, titles, strict=True)
        ]
        rows += [_line(titles + empty), *([_line(["---"] * COLUMNS)] if start == 0 else [])]
        rows.append(_line(images + empty))
    return "\n".join(rows) + "\n"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def picture(lesson: str, lang: str) -> Path:
    """Where the lesson's picture is kept."""
    return DOCS / "pictures" / f"{lesson}.{lang}.png"


def page(text: str, lang: str) -> str:
    """The page's text with its two generated parts anew."""
    for name, part in (("list", list_of(lang)), ("gallery", gallery_of(lang))):
        before, mark, rest = text.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition(f"<!-- end of {name} -->\n")
        if not mark or not end:
            raise ValueError(f"the page has no place for the {name}")
        text = before + mark + "\n" + part + "\n" + end + after
    return text


def draw() -> Iterator[Path]:
    """Run every demo in both languages and keep its first picture."""
    import warnings

    os.environ.setdefault("KERAS_BACKEND", "torch")  # as `lessons run` sets it
    from lessons.demo_runner import run
    from lessons.device import make_deterministic
    from lessons.sinks import RecordingSink

    for lesson in registry().lessons:
        for lang in PAGES:
            make_deterministic(0, torch="torch" in lesson.needs)
            sink = RecordingSink()
            with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                given = {"lang": lang, "seed": 0, "checkpoints": folder}
                run(lesson, given, sink, "cpu")
            if sink.figures:
                file = picture(lesson.id, lang)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(small(next(iter(sink.figures.values()))))
                yield file


def small(png: bytes) -> bytes:
    """The picture in a page's width and few colours."""
    from PIL import Image

    with Image.open(io.BytesIO(png)) as opened:
        image = opened.convert("RGB")
    if image.width > WIDTH:
        height = round(image.height * WIDTH / image.width)
        image = image.resize((WIDTH, height), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.quantize(COLOURS).save(buffer, format="png", optimize=True)
    return buffer.getvalue()


def main(given: list[str]) -> None:
    """Draw, unless only the list is wanted, and write both pages."""
    if given != ["--list"]:
        for file in draw():
            print(file.relative_to(DOCS), file.stat().st_size)
    for lang, name in PAGES.items():
        file = DOCS / name
        file.write_text(page(file.read_text(encoding="utf-8"), lang), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
