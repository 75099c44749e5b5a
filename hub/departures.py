"""Members who are leaving now: a thread each, and how far it is, for the page that watches."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from hub.portal.hub_calls import CallerRequests
from hub.register import Register
from workspace_cli.core import leaving
from workspace_cli.core.actors import Actor
from workspace_cli.core.engine import Progress
from workspace_cli.core.errors import BusyError, LabdockError
from workspace_cli.core.hub_client import HubClient
from workspace_cli.core.leaving import Fate
from workspace_cli.core.offboarding import Belongings

KEPT = 50
"""How many that are over can still be looked at."""
log = logging.getLogger(__name__)


@dataclass
class Departure:
    """One member's leaving, as far as it is."""

    name: str
    done: list[str] = field(default_factory=list)
    now: str = ""
    failed: str = ""
    over: bool = False


class Departures:
    """Knows who is leaving.  What a restart of the hub cuts short is begun again and goes on."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Departure] = OrderedDict()

    def __deepcopy__(self, memo: dict[int, object]) -> Departures:
        # traitlets copies what a configuration holds; threads have no copy.
        return self

    def of(self, name: str) -> Departure | None:
        """Return a member's departure, None where there is none."""
        return self._known.get(name)

    def forget(self, name: str) -> None:
        """Forget one that is over: somebody else may have the name by now."""
        with self._lock:
            if (known := self._known.get(name)) is not None and known.over:
                del self._known[name]

    def begin(self, hub_api: str, found: Belongings, fate: Fate, actor: Actor) -> None:
        """Begin one in a thread; BusyError where it is under way.

        ``hub_api`` is the address at which this hub answers itself.
        """
        made = Departure(found.owner)
        with self._lock:
            if (known := self._known.get(made.name)) is not None and not known.over:
                raise BusyError(f"{made.name} is leaving already.", "Watch it on this page.")
            self._known[made.name] = made
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        self._register.machine.submit(self._run, made, hub_api, found, fate, actor)

    def _run(
        self, made: Departure, hub_api: str, found: Belongings, fate: Fate, actor: Actor
    ) -> None:
        def tell(progress: Progress) -> None:
            made.now = progress.text

        host = self._register.machine.host
        try:
            token = host.settings.api_token.read_text(encoding="utf-8").strip()
            hub = HubClient(host.settings, CallerRequests(hub_api, token))
            if fate.archive is not None:
                fate.archive.parent.mkdir(mode=0o700, exist_ok=True)
            leaving.carry_out(
                host,
                hub,
                found,
                fate,
                actor,
                has_account=self._register.accounts.find(made.name) is not None,
                report=tell,
                done=made.done.append,
            )
        except LabdockError as exc:
            made.failed = str(exc)
        except Exception as exc:
            # Nobody waits for this thread: what it does not tell, nobody hears of.
            log.exception("%s cannot leave", made.name)
            made.failed = f"An error of Labdock's own: {exc}."
        finally:
            made.over = True
