"""One verb over several workspaces, as docker does it: each in turn, failures told at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from workspace_cli.core.errors import LabdockError
from workspace_cli.core.models import Workspace
from workspace_cli.invocation import Invocation


def each(
    call: Invocation,
    names: Sequence[str],
    act: Callable[[Invocation, Workspace], str | None],
) -> int:
    """Act on every workspace named, print what ``act`` returns, and return the exit code.

    One that fails does not keep the others from their turn; the code is the
    first failure's.
    """
    code = 0
    for name in dict.fromkeys(names):
        try:
            done = act(call, call.find(name))
        except LabdockError as error:
            if len(names) == 1:
                raise
            call.console.error(error)
            code = code or error.exit_code
        else:
            if done is not None:
                call.console.print(done)
    return code
