"""Tells which files are caches, and to which cache they belong: standard library alone.

Paths have no slash in front.
"""

from __future__ import annotations

import re
from functools import lru_cache

# (pattern of the cache's own path, kind); the first that fits wins.
_CACHES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"var/cache/apt", "apt"),
        (r"var/lib/apt/lists", "apt"),
        (r"(?:.+/)?\.cache/pip", "pip"),
        (r"(?:.+/)?\.cache/uv", "uv"),
        (r"(?:.+/)?\.npm/_(?:cacache|logs|npx)", "npm"),
        (r"(?:.+/)?\.conda/pkgs", "conda"),
        (r"(?:opt|root|home/[^/]+)/(?:[^/]*conda[^/]*|[^/]*forge[^/]*)/pkgs", "conda"),
        (r"(?:.+/)?\.cache/(?:huggingface|torch)(?=/hub|/datasets|/assets|/checkpoints)", "models"),
        (r"(?:.+/)?\.cache/(?:yarn|pnpm|pypoetry|go-build|bazel|ccache)", "packages"),
        (r"(?:.+/)?\.cache/[^/]+", "programs"),
        (r"(?:.+/)?\.keras/(?:datasets|models)", "models"),
        (r"(?:.+/)?\.cargo/registry", "packages"),
        (r"(?:root|home/[^/]+)/go/pkg/mod", "packages"),
        (r"(?:root|home/[^/]+)/\.local/share/Trash", "trash"),
        (r"(?:.+/)?\.ipynb_checkpoints", "checkpoints"),
    )
)
_DUMP = re.compile(r"^core(?:\.\d+)?$")
_SMALLEST_DUMP = 64 * 1024


def cache_of(path: str, size: int) -> tuple[str, str] | None:
    """Return the cache that a file belongs to: its path and its kind.

    >>> cache_of("home/member/.cache/pip/http/a/b", 10)
    ('home/member/.cache/pip', 'pip')
    >>> cache_of("home/member/core.4711", 1_000_000)
    ('home/member/core.4711', 'core dump')
    """
    folder, _, name = path.rpartition("/")
    if name.startswith("core") and size >= _SMALLEST_DUMP and _DUMP.match(name):
        return path, "core dump"
    return _cache_around(folder)


@lru_cache(maxsize=65536)
def _cache_around(folder: str) -> tuple[str, str] | None:
    """Return the cache that a folder is, or is in: asked once for all of its files."""
    for pattern, kind in _CACHES:
        match = pattern.match(f"{folder}/")
        if match and f"{folder}/"[match.end()] == "/":
            return match[0], kind
    return None
