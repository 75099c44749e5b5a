"""Takes the texts of a command line as they are.

Typer hands every value to pydantic, whose import alone takes longer than listing
the workspaces; for a text the outcome is the same text.  Commands therefore take
texts and flags only, and read numbers and paths themselves, which also gives
them words of their own for what cannot be read.
"""

from __future__ import annotations

from typing import Any

_PLAIN = (str, bool, list[str])


class AsItIs:
    """Stands in for Typer's conversion of one parameter."""

    def coerce(self, value: Any, param: Any, ctx: object) -> Any:
        """Return the value; nothing given to a parameter of many values is no values."""
        if value is None and (param.multiple or param.nargs == -1):
            return ()
        return value


def take_texts_as_they_are(command: Any, *, below: bool = True) -> None:
    """Make a Typer command, and those below it, pass texts and flags on as they are."""
    all_parameters = command.get_params

    def get_params(context: object) -> list[Any]:
        # ``--help`` is among them, and is made when the context is known.
        parameters: list[Any] = all_parameters(context)
        for parameter in parameters:
            descriptor = getattr(parameter, "type_descriptor", None)
            if descriptor is not None and descriptor.annotation in _PLAIN:
                parameter.get_runtime_param = AsItIs
        return parameters

    command.get_params = get_params
    if below:
        for inner in getattr(command, "commands", {}).values():
            take_texts_as_they_are(inner)
