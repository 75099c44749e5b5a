"""The pages about the lessons tell what the packages hold."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs/lessons"
LARGEST = 3 << 20  # bytes, all pictures together


def load_gallery() -> ModuleType:
    """The tool, which is in no package."""
    spec = importlib.util.spec_from_file_location("gallery", ROOT / "lessons/tools/gallery.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


gallery = load_gallery()


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_list_is_that_of_the_packages(lang: str) -> None:
    text = (DOCS / gallery.PAGES[lang]).read_text(encoding="utf-8")
    assert gallery.page(text, lang) == text, "run `python lessons/tools/gallery.py --list`"
    assert gallery.list_of(lang).count("\n| `") == 48


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_most_lessons_show_a_picture(lang: str) -> None:
    text = (DOCS / gallery.PAGES[lang]).read_text(encoding="utf-8")
    shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)
    assert len(shown) > 35
    assert [name for name in shown if not (DOCS / name).is_file()] == []
    assert all(name.endswith(f".{lang}.png") for name in shown)


def test_the_pictures_are_small() -> None:
    sizes = [file.stat().st_size for file in (DOCS / "pictures").iterdir()]
    assert sum(sizes) < LARGEST
    assert max(sizes) < 100_000
