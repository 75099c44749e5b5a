"""Why somebody gets no GPU now, in words: who holds what, since when, until when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from workspace_cli.core.errors import AllowanceError, LabdockError, NoFreeGpuError
from workspace_cli.core.gpus import Holder, asked_for, moment, told
from workspace_cli.core.host import Host
from workspace_cli.core.line import Decision, LineGpu, Wish, fitting
from workspace_cli.core.line_state import Asker, Scene, most_ever
from workspace_cli.core.members import pick

_MOST_TOLD = 16


def check_possible(host: Host, now: Scene, asker: Asker, *, ever: bool = False) -> None:
    """Raise NoFreeGpuError for GPUs that this machine does not have.

    And AllowanceError for more than the owner may hold: now, or with ``ever`` at
    any hour with nothing else held, so that waiting for them makes sense.
    """
    if not now.state.gpus:
        raise NoFreeGpuError(
            "This host has no GPU that containers can use.",
            "Ask for none, or see `workspace doctor` for what is missing.",
        )
    wish = Wish.of(asker.wanted)
    suited = fitting(now.state, wish)
    _check_named(now, wish, suited)
    count = len(suited) if wish.everything else wish.count
    if not count or len(suited) < count:
        kind = "shared" if wish.shared else f"called {wish.model}" if wish.model else ""
        has = f"{len(suited)} {kind}".strip() if suited else f"none {kind}".strip()
        raise NoFreeGpuError(
            f"{asked_for(asker.wanted)}, and this host has {has}.",
            "`workspace gpus` lists what there is.",
        )
    if not asker.override:
        _check_allowance(host, now, asker, count, ever)


def _check_named(now: Scene, wish: Wish, suited: Sequence[LineGpu]) -> None:
    for name in wish.named:
        if not any(name == gpu.id or name in gpu.names for gpu in suited):
            known = ", ".join(gpu.id for gpu in now.state.gpus)
            raise NoFreeGpuError(f"This host has no GPU {name}.", f"It has: {known}.")


def _check_allowance(host: Host, now: Scene, asker: Asker, count: int, ever: bool) -> None:
    member = pick(now.members, asker.owner, host.settings.admin)
    allowance = member.allowance(now.policy)
    most = most_ever(now.policy, allowance) if ever or now.ask is None else now.ask.most
    holds = [hold for hold in now.state.holds if hold.owner == asker.owner]
    held = 0 if ever else len(holds)
    if most is None or held + count <= most:
        return
    may = f"{asker.owner} may hold {_gpus(most)} at once"
    if ever or count > most:
        quiet = most_ever(now.policy, allowance) or 0
        later = f", and {quiet} at off-peak hours" if count <= quiet and quiet > most else ""
        raise AllowanceError(
            f"{asked_for(asker.wanted)}, and {may}{later}.", "Ask for fewer, or ask an admin."
        )
    names = ", ".join(sorted({f"{hold.owner}/{hold.workspace}" for hold in holds}))
    raise AllowanceError(
        f"{asked_for(asker.wanted)}, and {may}: {_gpus(held)} {_is(held)} held by {names}.",
        "Stop one of them, or wait until a lease of yours ends.",
    )


def refusal(host: Host, now: Scene, asker: Asker, decision: Decision) -> LabdockError:
    """Return the error for a request that gets nothing now."""
    suited = fitting(now.state, Wish.of(asker.wanted))
    taken = Counter(hold.gpu for hold in now.state.holds)
    free = [gpu for gpu in suited if not gpu.unready and taken[gpu.id] < gpu.seats]
    reasons = [told(gpu.id, one) for gpu in suited for one in _on(now, gpu)]
    reasons += [f"{gpu.id} is not ready: {gpu.unready}" for gpu in suited if gpu.unready]
    if len(reasons) > _MOST_TOLD:
        reasons = [*reasons[:_MOST_TOLD], f"and {len(reasons) - _MOST_TOLD} more"]
    reasons += _line_reasons(now, suited, free)
    every = f"{len(free)} of {len(suited)} {'is' if len(free) == 1 else 'are'} free."
    text = f"{asked_for(asker.wanted)}, and {every}"
    return NoFreeGpuError(
        f"{text} {'; '.join(reasons)}." if reasons else text,
        _remedy(now, decision),
    )


def _line_reasons(now: Scene, suited: Sequence[LineGpu], free: Sequence[LineGpu]) -> list[str]:
    ids = {gpu.id for gpu in free}
    ask = now.ask
    reasons = [
        f"{', '.join(sorted(row.gpus & ids))} is reserved for "
        f"{row.owner or row.group} from {moment(row.begins)} to {moment(row.ends)}"
        for row in now.state.reservations
        if row.gpus & ids and (ask is None or not row.admits(ask))
    ]
    granted = [row for row in now.requests if row.granted is not None and row is not now.own]
    reasons += [
        f"{gpu} is kept for {row.owner}/{row.workspace}, whose turn has come"
        for row in granted
        for gpu in row.gpus
        if any(gpu == one.id for one in suited)
    ]
    before = sum(one is not ask for one in now.state.asks)
    if free and before:
        reasons.append(f"{before} {'waits' if before == 1 else 'wait'} in line before this request")
    return reasons


def _remedy(now: Scene, decision: Decision) -> str:
    starts = decision.starts.get(now.ask.id) if now.ask else None
    when = "" if starts is None else f"; the turn comes about {moment(starts)}"
    return f"Wait in line with --wait{when}, ask for fewer, or wait until one is given back."


def _on(now: Scene, gpu: LineGpu) -> Sequence[Holder]:
    return now.look.holders.get(gpu.id, ())


def _gpus(count: int) -> str:
    return "1 GPU" if count == 1 else f"{count} GPUs"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"
