"""On whose behalf something is done."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """A member who acts on their own, or an admin who acts on anybody's behalf."""

    name: str
    admin: bool = False

    def may_change(self, owner: str) -> bool:
        """Tell whether what belongs to an owner is the actor's to change."""
        return self.admin or self.name == owner
