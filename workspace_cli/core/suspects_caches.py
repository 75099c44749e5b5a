"""Tells which files are caches, and to which cache they belong: standard library alone.

Paths have no slash in front.
"""

from __future__ import annotations

import re
from functools import lru_cache

# (pattern of the cache's own path, kind, whether no save ever keeps it); the first wins.
_CACHES: tuple[tuple[re.Pattern[str], str, bool], ...] = tuple(
    (re.compile(pattern), kind, always)
    for pattern, kind, always in (
        (r"var/cache/apt", "apt", True),
        (r"var/lib/apt/lists", "apt", True),
        (r"(?:.+/)?\.cache/pip", "pip", True),
        (r"(?:.+/)?\.cache/uv", "uv", True),
        (r"(?:.+/)?\.npm/_(?:cacache|logs|npx)", "npm", True),
        (r"(?:.+/)?\.conda/pkgs", "conda", True),
        (r"(?:opt|root|home/[^/]+)/(?:[^/]*conda[^/]*|[^/]*forge[^/]*)/pkgs", "conda", True),
        (
            r"(?:.+/)?\.cache/(?:huggingface|torch)(?=/hub|/datasets|/assets|/checkpoints)",
            "models",
            False,
        ),
        (r"(?:.+/)?\.cache/(?:yarn|pnpm|pypoetry|go-build|bazel|ccache)", "packages", False),
        (r"(?:.+/)?\.cache/[^/]+", "programs", False),
        (r"(?:.+/)?\.keras/(?:datasets|models)", "models", False),
        (r"(?:.+/)?\.cargo/registry", "packages", False),
        (r"(?:root|home/[^/]+)/go/pkg/mod", "packages", False),
        (r"(?:root|home/[^/]+)/\.local/share/Trash", "trash", False),
        (r"(?:.+/)?\.ipynb_checkpoints", "checkpoints", False),
    )
)
_DUMP = re.compile(r"^core(?:\.\d+)?$")
_SMALLEST_DUMP = 64 * 1024


def cache_of(path: str, size: int) -> tuple[str, str, bool] | None:
    """Return the cache that a file belongs to: its path, its kind, whether it always goes.

    >>> cache_of("home/member/.cache/pip/http/a/b", 10)
    ('home/member/.cache/pip', 'pip', True)
    >>> cache_of("home/member/core.4711", 1_000_000)
    ('home/member/core.4711', 'core dump', False)
    """
    folder, _, name = path.rpartition("/")
    if name.startswith("core") and size >= _SMALLEST_DUMP and _DUMP.match(name):
        return path, "core dump", False
    return _cache_around(folder)


@lru_cache(maxsize=65536)
def _cache_around(folder: str) -> tuple[str, str, bool] | None:
    """Return the cache that a folder is, or is in: asked once for all of its files."""
    for pattern, kind, always in _CACHES:
        match = pattern.match(f"{folder}/")
        if match and f"{folder}/"[match.end()] == "/":
            return match[0], kind, always
    return None
