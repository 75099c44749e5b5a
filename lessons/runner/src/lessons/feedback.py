"""What a verdict says to a person: the kind of mistake, never the value or the answer."""

from lessons.grading import GENERIC_KINDS
from lessons.i18n import Lang, message
from lessons.judge import Verdict
from lessons.registry import Lesson


def explain(verdict: Verdict, lesson: Lesson, lang: Lang) -> str:
    """One sentence or two about the verdict, in the reader's language."""
    if verdict.ok or verdict.kind is None:
        return message(lang, "verdict_ok")
    text = lesson.strings(lang).get(f"mistake.{verdict.exercise}.{verdict.kind}")
    if text is not None:
        return text
    if verdict.kind in (*GENERIC_KINDS, "stopped"):
        values = {"name": verdict.exercise, "line": "?", "what": "", **verdict.values}
        return message(lang, f"verdict_{verdict.kind}", **values).strip()
    return message(lang, "verdict_wrong_value")
