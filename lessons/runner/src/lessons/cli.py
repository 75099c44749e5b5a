"""The `lessons` command: reads the command line and prints; the verbs are in `commands`."""

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from lessons.errors import LessonsError, UsageError
from lessons.i18n import LANGUAGES, Lang, choose_language, message

INTERRUPTED = 130
VERBS = ("list", "open", "run", "check", "hint", "progress", "reset", "submit", "grade")


class Parser(argparse.ArgumentParser):
    """argparse's, but an error is raised instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        raise UsageError("usage", why=message)


def make_parser(lang: Lang) -> Parser:
    """The command line with its help in that language."""

    def text(key: str) -> str:
        return message(lang, f"help_{key}")

    common = Parser(add_help=False)
    common.add_argument("--lang", choices=LANGUAGES, help=text("lang"), default=argparse.SUPPRESS)
    common.add_argument("--json", action="store_true", help=text("json"))
    parser = Parser(prog="lessons", description=text("lessons"))
    parser.add_argument("--lang", choices=LANGUAGES, help=text("lang"), default=argparse.SUPPRESS)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=Parser)
    made = {
        name: verbs.add_parser(name, help=text(name), description=text(name), parents=[common])
        for name in VERBS
    }
    for name in ("open", "check", "hint", "reset", "submit"):
        made[name].add_argument("lesson", metavar="LESSON", help=text("lesson"))
    made["run"].add_argument("lessons", metavar="LESSON", nargs="*", help=text("lesson"))
    made["run"].add_argument("--all", action="store_true", help=text("all"))
    made["run"].add_argument(
        "--device", choices=("auto", "cpu", "cuda"), default="auto", help=text("device")
    )
    made["run"].add_argument("--seed", type=int, default=0, help=text("seed"))
    made["run"].add_argument("--out", metavar="FOLDER", help=text("out"))
    made["run"].add_argument("--fresh", action="store_true", help=text("fresh"))
    made["check"].add_argument("exercises", metavar="EXERCISE", nargs="*", help=text("exercise"))
    made["reset"].add_argument("exercises", metavar="EXERCISE", nargs="*", help=text("exercise"))
    made["hint"].add_argument("exercise", metavar="EXERCISE", help=text("exercise"))
    made["submit"].add_argument("--no-wait", action="store_true", help=text("no_wait"))
    made["grade"].add_argument("--answers", metavar="FOLDER", help=text("answers"))
    made["grade"].add_argument("--lesson", metavar="LESSON", help=text("lesson"))
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line; the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    lang = choose_language(_wished_language(given))
    try:
        return _run(given, lang)
    except LessonsError as problem:
        print(message(lang, problem.key, **problem.values), file=sys.stderr)
        return problem.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # `lessons list | head`: what was wanted has been read.
        sys.stderr.close()
        return 0


def _wished_language(given: list[str]) -> str | None:
    for number, word in enumerate(given):
        if word.startswith("--lang="):
            return word.partition("=")[2]
        if word == "--lang":
            return given[number + 1] if number + 1 < len(given) else None
    return None


def _run(given: list[str], lang: Lang) -> int:
    parser = make_parser(lang)
    options = parser.parse_args(given)
    if options.verb is None:
        parser.print_help()
        return UsageError.exit_code
    # Only the verb that runs is loaded: the list must be there at once.
    from lessons import commands

    return commands.run(options, lang)
