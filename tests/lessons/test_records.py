"""Progress survives crashes and writers at once; answers are never lost; messages exist twice."""

import json
import re
import string
import threading
import tomllib
from pathlib import Path

from lessons.answers import Answers
from lessons.builder import build_notebook
from lessons.i18n import LANGUAGES, flatten
from lessons.places import Places

from lessons import progress
from tests.lessons.tiny import ROOT, TINY

MESSAGES = ROOT / "lessons/runner/src/lessons"


def test_a_torn_last_line_is_skipped_and_closed_by_the_next_writer(tmp_path: Path) -> None:
    file = tmp_path / "progress.jsonl"
    progress.append(file, "check", "a", ex="one", ok=True)
    file.write_text(file.read_text() + '{"v": 1, "lesson": "a", "ev')
    assert len(list(progress.read(file))) == 1
    progress.append(file, "check", "a", ex="two", ok=False, kind="sign")
    assert [one["ex"] for one in progress.read(file)] == ["one", "two"]


def test_lines_that_are_no_entries_are_skipped(tmp_path: Path) -> None:
    file = tmp_path / "progress.jsonl"
    file.write_bytes(b'\xff\xfe\n[1]\n{"no": "lesson"}\n\n{"lesson": "a", "event": "open"}\n')
    assert list(progress.summarise(file)) == ["a"]


def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "progress.jsonl"

    def write() -> None:
        for _ in range(50):
            progress.append(file, "hint", "a", ex="one", hint=1, text="x" * 300)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(list(progress.read(file))) == 200


def test_replacing_an_answer_keeps_the_one_before(tmp_path: Path) -> None:
    answers = Answers(TINY, Places(tmp_path / "lessons", tmp_path / "state"))
    answers.open("en")
    answers.save("double", "def double(x): return 1")
    assert not answers.places.backup.exists(), "a stub is nothing to keep"
    answers.save("double", "def double(x): return 2")
    answers.save("double", "def double(x): return 3")
    kept = sorted(one.read_text() for one in answers.places.backup.rglob("double.py"))
    assert kept == ["def double(x): return 1\n", "def double(x): return 2\n"]


def test_the_answers_left_as_stubs_are_not_written(tmp_path: Path) -> None:
    answers = Answers(TINY, Places(tmp_path / "lessons", tmp_path / "state"))
    answers.open("ko")
    assert answers.written() == {}
    answers.save("double", answers.stub("double", "en"))
    assert answers.written() == {}


def test_the_runners_messages_exist_in_both_languages_with_the_same_blanks() -> None:
    english, korean = (
        flatten(tomllib.loads((MESSAGES / f"messages.{lang}.toml").read_text()))
        for lang in LANGUAGES
    )
    assert english.keys() == korean.keys()

    def blanks(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for key, text in english.items():
        assert blanks(text) == blanks(korean[key]), key
        assert re.search("[가-힣]", korean[key]), key


def test_every_message_that_the_runner_uses_is_there() -> None:
    known = flatten(tomllib.loads((MESSAGES / "messages.en.toml").read_text())).keys()
    source = "\n".join(one.read_text() for one in sorted(MESSAGES.glob("*.py")))
    errors = "Usage|UnknownLesson|NotReady|BrokenLesson|OutOfReach|Refused|Lessons"
    used = set(re.findall(rf'(?:{errors})Error\(\s*"([a-z_]+)"', source))
    used |= set(re.findall(r'message\(\s*(?:self\._)?lang, "([a-z_]+)"', source))
    assert used - known == set()
    assert len(used) > 30


def test_the_notebook_shows_the_demos_imports_once_and_its_helpers_where_first_used() -> None:
    notebook = json.loads(build_notebook(TINY, "en"))
    sources = ["".join(cell["source"]) for cell in notebook["cells"]]
    assert sources[0] == "%load_ext lessons.notebook\n%lesson z1-double en"
    assert sources[1] == "import math\nfrom lessons.context import Context"
    (shown,) = [one for one in sources if "def show(" in one]
    assert shown.index("NUMBERS = ") < shown.index("def twice") < shown.index("def show(")
    assert shown.endswith("show(ctx);")
    assert "두 배" not in "".join(sources)


def test_a_cell_of_another_shape_is_refused_with_its_line() -> None:
    import pytest
    from lessons.errors import BrokenLessonError
    from lessons.source import parse_cells

    with pytest.raises(BrokenLessonError) as refused:
        list(parse_cells("# %%\n1\n# %% [markdown] lng en\n"))
    assert refused.value.values["line"] == 3
