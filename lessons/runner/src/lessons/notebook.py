"""The lessons inside a notebook: `%load_ext lessons.notebook`.

`%lesson ID LANG` gives `ctx`; `%%exercise NAME` keeps and runs an answer, `%check NAME` grades it,
`%hint NAME` helps. Runs in the member's Python.
"""

import html
import os
import time
from collections.abc import Sequence
from typing import Any

from lessons import plots, progress
from lessons.answers import Answers
from lessons.context import Context
from lessons.device import choose_device, make_deterministic
from lessons.errors import LessonsError
from lessons.i18n import Lang, choose_language, message
from lessons.member import missing_modules
from lessons.places import find_places
from lessons.registry import Lesson, load_registry
from lessons.sinks import Progress, shown
from lessons.tries import check_answers, take_hint

REDRAW = 0.5  # seconds between two pictures of a loss curve


class NotebookSink:
    """Shows text, tables and figures below the cell, and a loss curve that grows."""

    def __init__(self, lang: Lang) -> None:
        self._lang = lang
        self._live: dict[str, tuple[Any, float]] = {}

    def text(self, text: str) -> None:
        print(text)

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        from IPython.display import HTML, display

        head = "".join(f"<th>{html.escape(one)}</th>" for one in headers)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(shown(cell))}</td>" for cell in row) + "</tr>"
            for row in rows
        )
        display(HTML(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"))

    def figure(self, png: bytes, name: str) -> None:
        from IPython.display import Image, display

        display(Image(png, format="png", alt=name))

    def progress(self, progress: Progress) -> None:
        from IPython.display import Image, display

        now = time.monotonic()
        handle, last = self._live.get(progress.name, (None, 0.0))
        done = progress.step == progress.steps
        if now - last < REDRAW and not done:
            return
        picture = Image(self._curve(progress), format="png")
        if handle is None:
            handle = display(picture, display_id=True)
        else:
            handle.update(picture)
        self._live[progress.name] = (handle, time.monotonic())
        if done:
            del self._live[progress.name]

    def _curve(self, progress: Progress) -> bytes:
        figure, axes = plots.subplots(figsize=(6, 2.4), dpi=80)
        for key, values in progress.history.items():
            first = progress.step - len(values) + 1
            axes.plot(range(first, progress.step + 1), values, label=key)
        axes.set_xlim(0, progress.steps)
        eta = message(self._lang, "training_eta", seconds=round(progress.eta))
        title = f"{progress.name}  {progress.step}/{progress.steps}"
        axes.set_title(title if progress.step == progress.steps else f"{title}  {eta}")
        axes.set_xlabel(message(self._lang, "training_step"))
        if progress.history:
            axes.legend()
        return plots.png(figure)


class Notebook:
    """One notebook's lesson, and what its magics do."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._lesson: Lesson | None = None
        self._lang: Lang = choose_language()
        self._torch = False
        self.context: Context | None = None

    def lesson(self, line: str) -> None:
        """`%lesson ID [LANG] [DEVICE]`: begins a lesson and gives `ctx`."""
        words = line.split()
        self._lang = choose_language(words[1] if len(words) > 1 else None)
        lesson = self._lesson = load_registry().lesson(words[0] if words else "")
        progress.append(find_places().progress, "open", lesson.id, lang=self._lang)
        missing = missing_modules(lesson.needs)
        if missing:
            modules = ", ".join(missing)
            print(message(self._lang, "missing_modules_here", modules=modules))
        self._torch = "torch" in lesson.needs and "torch" not in missing
        device, reason = "cpu", None
        if self._torch:
            device, reason = choose_device(words[2] if len(words) > 2 else "auto")
        if reason is not None:
            print(message(self._lang, reason))
        self.context = Context(
            lesson,
            lang=self._lang,
            sink=NotebookSink(self._lang),
            checkpoints=find_places().checkpoints,
            device=device,
        )
        self._shell.user_ns["ctx"] = self.context
        self.before_cell()

    def before_cell(self, *_: object) -> None:
        """Starts the randomness anew, so that a cell gives the same figures when run again."""
        if self.context is not None:
            self.context.fresh()
            make_deterministic(self.context.seed, torch=self._torch)

    def exercise(self, line: str, cell: str) -> None:
        """`%%exercise NAME`: keeps the cell as the answer and runs it."""
        name = line.strip()
        answers = self._answers()
        kept = answers.read(name)
        if answers.is_stub(name, cell) and kept is not None and not answers.is_stub(name, kept):
            # The notebook was opened anew: its empty exercise is not the learner's answer.
            print(message(self._lang, "answer_kept", file=answers.file(name)))
        else:
            answers.save(name, cell)
        # Shows what the last line gives, and an error as any cell does.
        self._shell.run_cell(cell)

    def check(self, line: str) -> None:
        """`%check NAME…`: grades answers; without a name all of the lesson's."""
        lesson = self._lesson_or_raise()
        names = line.split() or list(lesson.exercises)
        outcome = check_answers(load_registry(), lesson, find_places(), names, self._lang)
        for one in outcome.lines():
            print(one)

    def hint(self, line: str) -> None:
        """`%hint NAME`: the next hint."""
        hint = take_hint(self._lesson_or_raise(), find_places(), line.strip(), self._lang)
        print(hint.line(self._lang))

    def _lesson_or_raise(self) -> Lesson:
        if self._lesson is None:
            raise LessonsError("no_lesson_yet")
        return self._lesson

    def _answers(self) -> Answers:
        return Answers(self._lesson_or_raise(), find_places())

    def plainly(self, magic: Any) -> Any:
        """The magic with a sentence instead of a traceback where a person can mend it."""

        def run(*given: str) -> None:
            try:
                magic(*given)
            except LessonsError as problem:
                print(message(self._lang, problem.key, **problem.values))

        return run


def load_ipython_extension(shell: Any) -> None:
    """Adds the magics to this IPython."""
    # Keras looks at it once, when it is imported; a notebook outside our images lacks it.
    os.environ.setdefault("KERAS_BACKEND", "torch")
    notebook = Notebook(shell)
    for name, magic in {
        "lesson": notebook.lesson,
        "check": notebook.check,
        "hint": notebook.hint,
    }.items():
        shell.register_magic_function(notebook.plainly(magic), "line", name)
    shell.register_magic_function(notebook.plainly(notebook.exercise), "cell", "exercise")
    shell.events.register("pre_run_cell", notebook.before_cell)
