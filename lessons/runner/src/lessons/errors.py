"""Every failure that a person can meet, each with the key of its text and its exit code.

LessonsError
├── UsageError               2   wrong flags or values
├── UnknownLessonError       3   no lesson, package or exercise of that name
├── NotReadyError            1   a module, a file or a folder is missing
│   └── BrokenLessonError    1   an installed lesson package does not hold together
├── NotPassedError           1   the answers do not pass
└── OutOfReachError          6   the portal does not answer
    └── RefusedError         5   the portal says no
"""


class LessonsError(Exception):
    """A failure whose text is looked up under `key` in the reader's language."""

    exit_code = 1

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values


class UsageError(LessonsError):
    """The command line cannot be understood."""

    exit_code = 2


class UnknownLessonError(LessonsError):
    """A name that no installed lesson has."""

    exit_code = 3


class NotReadyError(LessonsError):
    """Something that the lesson needs is not here."""


class BrokenLessonError(NotReadyError):
    """An installed lesson package does not hold together: the author's fault."""


class NotPassedError(LessonsError):
    """The answers were checked and do not all pass."""


class OutOfReachError(LessonsError):
    """The portal does not answer."""

    exit_code = 6


class RefusedError(OutOfReachError):
    """The portal answered, and said no."""

    exit_code = 5
