"""Both notebooks of each lesson: reproducible, valid, and every cell of them runs in a kernel."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lessons.builder import build_notebook
from lessons.i18n import LANGUAGES, Lang
from lessons.registry import Lesson
from lessons.source import cells_in, read_cells

from tests.lessons.catalogue import LESSONS, PACKAGES, ROOT, marked, reference

EACH = [pytest.param(lesson, id=lesson.id) for lesson in LESSONS]
IN_BOTH = [marked(lesson, lang) for lesson in LESSONS for lang in LANGUAGES]
PATHS = [str(ROOT / "lessons/runner/src"), *(str(one) for one in sorted(PACKAGES.glob("*/src")))]


def test_two_processes_build_the_same_bytes() -> None:
    program = (
        f"import sys; sys.path[:0] = [{PATHS[0]!r}]\n"
        "import hashlib\n"
        "from lessons.builder import build_notebook\n"
        "from lessons.registry import load_registry\n"
        "for one in load_registry().lessons:\n"
        "    for lang in ('en', 'ko'):\n"
        "        print(one.id, hashlib.sha256(build_notebook(one, lang).encode()).hexdigest())\n"
    )
    texts = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert texts[0] == texts[1]
    assert len(texts[0].splitlines()) == 2 * len(LESSONS)


@pytest.mark.parametrize("lesson", EACH)
def test_cells_have_ids_of_their_content_and_no_outputs(lesson: Lesson) -> None:
    for lang in LANGUAGES:
        cells = json.loads(build_notebook(lesson, lang))["cells"]
        ids = [cell["id"] for cell in cells]
        assert len(ids) == len(set(ids))
        for cell in cells:
            digest = hashlib.sha256("".join(cell["source"]).encode()).hexdigest()
            assert cell["id"].startswith(digest[:8])
            assert not cell.get("outputs")


@pytest.mark.lessons
@pytest.mark.parametrize("lesson", EACH)
def test_notebooks_are_valid(lesson: Lesson) -> None:
    nbformat = pytest.importorskip("nbformat")
    for lang in LANGUAGES:
        nbformat.validate(json.loads(build_notebook(lesson, lang)))


@pytest.mark.lessons
@pytest.mark.parametrize("lesson", EACH)
def test_jupytext_reads_the_same_cells(lesson: Lesson) -> None:
    jupytext = pytest.importorskip("jupytext")
    file = lesson.folder / "lesson.py"
    theirs = jupytext.reads(file.read_text(encoding="utf-8"), fmt="py:percent").cells
    ours = read_cells(file)
    # What stands before the first marker is a cell to jupytext and a module's docstring to us.
    theirs = theirs[len(theirs) - len(ours) :]
    for one, other in zip(ours, theirs, strict=True):
        assert one.kind == other.cell_type, one.line
        assert one.text.strip() == other.source.strip(), one.line
        assert list(one.tags) == other.metadata.get("tags", []), one.line


class Kernel:
    """One real kernel that runs one notebook after the other, emptied in between."""

    def __init__(self, folder: Path) -> None:
        from jupyter_client.manager import KernelManager

        environ = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(PATHS),
            "IPYTHONDIR": str(folder / "ipython"),
            "PYTHONWARNINGS": "ignore",
        }
        self._manager = KernelManager(kernel_name="python3")
        self._manager.start_kernel(env=environ, cwd=str(folder))
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)

    def run(self, source: str, timeout: float = 90.0) -> tuple[str, str | None]:
        """What the cell printed, and the traceback it ended with, if any."""
        said: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            content = message["content"]
            said.append(str(content.get("text", "")))

        answer = self._client.execute_interactive(
            source, timeout=timeout, output_hook=hear, store_history=False, allow_stdin=False
        )["content"]
        failed = "\n".join(answer["traceback"]) if answer["status"] == "error" else None
        return "".join(said), failed

    def begin(self, home: Path) -> None:
        """Forgets the notebook before, and works in another learner's folder."""
        home.mkdir(parents=True, exist_ok=True)
        _, failed = self.run(
            "%reset -f\nimport os\n"
            f"os.environ.update(LESSONS_HOME={str(home / 'lessons')!r}, "
            f"LESSONS_STATE={str(home / '.lessons')!r})\nos.chdir({str(home)!r})"
        )
        assert failed is None

    def close(self) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    pytest.importorskip("jupyter_client")
    pytest.importorskip("ipykernel")
    made = Kernel(tmp_path_factory.mktemp("kernel"))
    yield made
    made.close()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("lesson, lang", IN_BOTH)
def test_the_notebook_runs_with_solutions(
    lesson: Lesson, lang: Lang, kernel: Kernel, tmp_path: Path
) -> None:
    """Every cell; one check of all exercises, in one language, stands for the single ones."""
    answers = {name: reference(lesson, name) for name in lesson.exercises}
    cells = json.loads(build_notebook(lesson, lang, answers))["cells"]
    kernel.begin(tmp_path)
    for cell in cells:
        source = "".join(cell["source"])
        tags = cell["metadata"].get("tags", [])
        if cell["cell_type"] == "code" and not any(one.startswith("check:") for one in tags):
            said, failed = kernel.run(source)
            assert failed is None, f"{source[:200]}\n{failed}"
            assert "Glyph" not in said, said[-300:]
    if lang == "en":
        return
    said, failed = kernel.run("%check")
    assert failed is None
    assert [line[0] for line in said.splitlines() if line[:1] in "✓✗"] == ["✓"] * len(answers), said


@pytest.mark.parametrize("lesson", [marked(lesson) for lesson in LESSONS])
def test_an_untouched_exercise_is_kept_and_reported(
    lesson: Lesson, kernel: Kernel, tmp_path: Path
) -> None:
    """The stub's own cell runs, its check says that it is not done, the hint cell does nothing."""
    first = lesson.exercises[0]
    cells = json.loads(build_notebook(lesson, "ko"))["cells"]
    wanted = {f"ex:{first}", f"check:{first}", f"hint:{first}", "setup", "imports"}
    kernel.begin(tmp_path)
    said = []
    for cell in cells:
        if wanted & set(cell["metadata"].get("tags", [])):
            text, failed = kernel.run("".join(cell["source"]))
            assert failed is None
            said.append(text)
    assert f"✗ {first}: 아직 풀지 않은 문제입니다" in "".join(said)
    assert (tmp_path / "lessons" / lesson.id / f"{first}.py").is_file()


def test_every_lesson_has_cells_in_both_languages() -> None:
    for lesson in LESSONS:
        cells = read_cells(lesson.folder / "lesson.py")
        assert len(cells_in(cells, "en")) == len(cells_in(cells, "ko"))
