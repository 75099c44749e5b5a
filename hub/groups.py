"""Puts the hub's users into the hub's groups, and takes them out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jupyterhub import orm


def put_into(db: Any, orm_user: Any, groups: Iterable[str]) -> None:
    """Put a user into groups, which are made where there are none."""
    for name in groups:
        group = orm.Group.find(db, name)
        if group is None:
            group = orm.Group(name=name)
            db.add(group)
        if orm_user not in group.users:
            group.users.append(orm_user)
    db.commit()


def take_out_of(db: Any, orm_user: Any, groups: Iterable[str]) -> None:
    """Take a user out of groups; nothing happens where they are in none of them."""
    for name in groups:
        group = orm.Group.find(db, name)
        if group is not None and orm_user in group.users:
            group.users.remove(orm_user)
    db.commit()
