"""Addresses of lists: what is looked for, in which order, and from where on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from urllib.parse import urlencode


def query(**values: object) -> str:
    """Return the query of a page's own address; what is empty is left out.

    >>> query(q="a b", owner="", begin=0), query(q="")
    ('?q=a+b', '')
    """
    said = {name: value for name, value in values.items() if value}
    return f"?{urlencode(said)}" if said else ""


def columns(
    asked: Mapping[str, str], names: Iterable[str], most_first: Collection[str] = ()
) -> dict[str, tuple[str, str]]:
    """Return, of each column that sorts, the address that does, and how it is sorted now.

    A column in ``most_first`` is one of which people look for the largest or the newest.

    >>> columns({"sort": "name"}, ("name", "size"), {"size"})
    {'name': ('?sort=-name', 'ascending'), 'size': ('?sort=-size', 'none')}
    """
    found = {}
    for name in names:
        up, down = name, f"-{name}"
        now = {up: "ascending", down: "descending"}.get(asked["sort"], "none")
        first, second = (down, up) if name in most_first else (up, down)
        turned = second if asked["sort"] == first else first
        found[name] = (query(**{**asked, "sort": turned}), now)
    return found
