"""Who gets which GPU next: a pure decision over holders, waiting line and reservations.

The rules:

1. A GPU has one holder, a shared one at most as many as it has seats.  What is
   held, granted, not ready or reserved for others at that hour is given to nobody.
2. First come, first served: requests are planned in their order, each at the
   earliest moment at which what it wants is free for long enough, as known from
   the ends of leases and from the plans of those before it.
3. Backfill: whose plan begins now gets the GPUs now, whoever stands before.  As
   every plan keeps clear of the earlier ones, nobody is delayed by who came later
   (conservative backfill: Mu'alem and Feitelson, IEEE TPDS 12(6), 2001).  Where the
   GPUs are free for less than a whole lease, but for at least ``SHORTEST``, the
   lease is given with that shorter end.
4. Nobody starves: an end that nobody knows does not hold others up at first; but
   once a request has waited ``PATIENCE``, it counts as ``SHORTEST`` away, so that
   later ones get what the oldest waits for only so long at a time.
5. A request beyond its owner's allowance (what the owner holds and the owner's
   earlier requests count) is barred: it keeps its place and blocks nobody.
6. A reservation keeps its GPUs for its group or owner in its hours; a lease of
   anybody else's on them ends before.
7. An admin's override stands before the line and has no allowance; it takes
   nothing that is held, granted or not ready.

So no GPU is idle that somebody waits for who may have it, fits it, and could use
it for ``SHORTEST`` without delaying anybody before.  All times in seconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

PATIENCE = 12 * 3600.0
SHORTEST = 3600.0


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Which GPUs are wanted: ``count`` of them, all different; ``named`` ones, or of a model."""

    count: int = 0
    named: tuple[str, ...] = ()
    model: str = ""
    shared: bool = False
    everything: bool = False
    """Every GPU that has one holder only."""

    @classmethod
    def of(cls, wanted: int | Sequence[str] | str) -> Wish:
        """Return what the field ``gpus`` of a spec means.

        >>> Wish.of("H100:2") == Wish(count=2, model="H100")
        True
        """
        if isinstance(wanted, int):
            return cls(count=wanted)
        if not isinstance(wanted, str):
            return cls(count=len(wanted), named=tuple(wanted))
        if wanted == "all":
            return cls(everything=True)
        what, _, count = wanted.rpartition(":")
        if what == "shared":
            return cls(count=int(count), shared=True)
        return cls(count=int(count), model=what)


@dataclass(frozen=True, kw_only=True)
class LineGpu:
    """One GPU; ``unready`` says why it is not to be given out, '' where it is."""

    id: str
    names: frozenset[str] = frozenset()
    """Its other names: UUID, index, CDI names."""
    model: str = ""
    shared: bool = False
    seats: int = 1
    unready: str = ""

    def suits(self, wish: Wish) -> bool:
        """Tell whether it is one of those that a wish can mean."""
        if wish.named:
            return self.id in wish.named or not self.names.isdisjoint(wish.named)
        return self.shared == wish.shared and wish.model.lower() in self.model.lower()


@dataclass(frozen=True, kw_only=True)
class Hold:
    """A GPU in somebody's hands, or granted to them; ``ends`` None where nobody knows.

    ``whole`` leaves no seat to others.  What is no workspace's has no owner.
    """

    gpu: str
    owner: str = ""
    workspace: str = ""
    ends: float | None = None
    whole: bool = True


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One request of the line.

    ``lasts`` is how long its lease would be, ``most`` how many GPUs its owner may
    have at once; None is no bound.
    """

    id: str
    owner: str
    wish: Wish
    asked: float
    lasts: float | None = None
    most: int | None = None
    groups: frozenset[str] = frozenset()
    prefer: frozenset[str] = frozenset()
    override: bool = False


@dataclass(frozen=True, kw_only=True)
class Reserved:
    """GPUs that are kept for a group or an owner in some hours."""

    gpus: frozenset[str]
    begins: float
    ends: float
    group: str | None = None
    owner: str | None = None

    def admits(self, ask: Ask) -> bool:
        """Tell whether it is for whoever asks."""
        return ask.override or ask.owner == self.owner or self.group in ask.groups


@dataclass(frozen=True, kw_only=True)
class LineState:
    """Everything that the decision depends on; ``asks`` in the order in which they came."""

    now: float
    gpus: tuple[LineGpu, ...]
    holds: tuple[Hold, ...] = ()
    asks: tuple[Ask, ...] = ()
    reservations: tuple[Reserved, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Award:
    """GPUs that a request gets now; ``ends`` where its lease is shorter than it would be."""

    ask: str
    gpus: tuple[str, ...]
    ends: float | None = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Who gets what now, and when everybody else can expect their turn."""

    awards: tuple[Award, ...] = ()
    starts: Mapping[str, float | None] = field(default_factory=dict)
    """Request → when its turn comes, as far as is known; None where it is not."""
    barred: frozenset[str] = frozenset()
    """Requests beyond their owner's allowance."""

    def award(self, ask: str) -> Award | None:
        """Return what a request gets now, None where it has to wait."""
        return next((award for award in self.awards if award.ask == ask), None)


@dataclass
class _Seat:
    """One seat of a GPU and when it is taken; an end that nobody knows is None."""

    gpu: LineGpu
    order: int
    taken: list[tuple[float, float | None]] = field(default_factory=list)
    holders: int = 0

    def spans(self, state: LineState, ask: Ask, unknown: float) -> list[tuple[float, float]]:
        spans = [(begin, unknown if end is None else end) for begin, end in self.taken]
        spans += [
            (row.begins, row.ends)
            for row in state.reservations
            if self.gpu.id in row.gpus and not row.admits(ask)
        ]
        return spans


@dataclass(frozen=True)
class _Plan:
    seats: tuple[_Seat, ...]
    begin: float
    end: float
    short: bool


def decide(state: LineState) -> Decision:
    """Return who gets which GPUs now and when the others' turn comes; see the rules above."""
    seats = _seats(state)
    counts = Counter(hold.owner for hold in state.holds)
    awards: list[Award] = []
    starts: dict[str, float | None] = {}
    barred: set[str] = set()
    for ask in sorted(state.asks, key=lambda one: not one.override):
        count = _count(state, ask.wish)
        if not ask.override and ask.most is not None and counts[ask.owner] + count > ask.most:
            barred.add(ask.id)
            starts[ask.id] = None
            continue
        counts[ask.owner] += count
        plan = _plan(state, seats, ask, count)
        starts[ask.id] = plan.begin if plan else None
        if plan is None:
            continue
        for seat in plan.seats:
            seat.taken.append((plan.begin, plan.end))
        if plan.begin <= state.now:
            awards.append(_award(ask, plan))
    return Decision(awards=tuple(awards), starts=starts, barred=frozenset(barred))


def fitting(state: LineState, wish: Wish) -> list[LineGpu]:
    """Return the GPUs that a wish can mean, ready or not."""
    return [gpu for gpu in state.gpus if gpu.suits(wish)]


def _count(state: LineState, wish: Wish) -> int:
    return len(fitting(state, wish)) if wish.everything else wish.count


def _seats(state: LineState) -> list[_Seat]:
    """Return every seat with who is on it; one holder too many shares the seat that ends last."""
    seats = []
    for order, gpu in enumerate(state.gpus):
        own = [_Seat(gpu, order) for _ in range(max(gpu.seats, 1))]
        holds = [hold for hold in state.holds if hold.gpu == gpu.id]
        parts = iter(own)
        for hold in holds:
            span = (-inf, hold.ends)
            everybody = hold.whole or gpu.unready
            for seat in own if everybody else [next(parts, own[-1])]:
                seat.taken.append(span)
        for seat in own:
            seat.holders = len(holds)
            if gpu.unready:
                seat.taken.append((-inf, None))
        seats += own
    return seats


def _plan(state: LineState, seats: Sequence[_Seat], ask: Ask, count: int) -> _Plan | None:
    """Return the earliest plan of a request; None where no known end brings it its turn."""
    suited = [seat for seat in seats if seat.gpu.suits(ask.wish)]
    if not count or len({seat.gpu.id for seat in suited}) < count:
        return None
    plan = _earliest(state, suited, ask, count, inf)
    if plan is None and state.now - ask.asked >= PATIENCE:
        return _earliest(state, suited, ask, count, state.now + SHORTEST)
    return plan


def _earliest(
    state: LineState, seats: Sequence[_Seat], ask: Ask, count: int, unknown: float
) -> _Plan | None:
    spans = {id(seat): seat.spans(state, ask, unknown) for seat in seats}
    ends = {end for row in spans.values() for _, end in row if state.now < end < inf}
    for moment in (state.now, *sorted(ends)):
        found = _at(moment, state.now, seats, spans, ask, count)
        if found:
            return found
    return None


def _at(
    moment: float,
    now: float,
    seats: Sequence[_Seat],
    spans: Mapping[int, Collection[tuple[float, float]]],
    ask: Ask,
    count: int,
) -> _Plan | None:
    """Return the plan that begins at one moment, where enough is free for long enough then."""
    whole = inf if ask.lasts is None else ask.lasts
    least = min(whole, SHORTEST)
    free = []
    for seat in seats:
        until = _free_until(spans[id(seat)], moment)
        if until is not None and until - moment >= least:
            since = max((end for _, end in spans[id(seat)] if end <= moment), default=-inf)
            # What a later plan needs is taken from what is not free yet, so that
            # whoever comes after can use the rest until then.
            idle = 0.0 if moment <= now else -since
            key = (
                until - moment < whole,
                seat.gpu.id not in ask.prefer,
                idle,
                seat.holders,
                seat.order,
            )
            free.append((key, until, seat))
    chosen: dict[str, tuple[float, _Seat]] = {}
    for _, until, seat in sorted(free, key=lambda row: row[0]):
        chosen.setdefault(seat.gpu.id, (until, seat))
        if len(chosen) == count:
            break
    if len(chosen) < count:
        return None
    ends = min(until for until, _ in chosen.values())
    short = ends - moment < whole
    end = ends if short else moment + whole
    return _Plan(tuple(seat for _, seat in chosen.values()), moment, end, short)


def _free_until(spans: Iterable[tuple[float, float]], moment: float) -> float | None:
    """Return when a seat that is free at a moment is taken next; None where it is taken then."""
    until = inf
    for begin, end in spans:
        if begin <= moment < end:
            return None
        if moment < begin < end:
            until = min(until, begin)
    return until


def _award(ask: Ask, plan: _Plan) -> Award:
    rows = sorted(plan.seats, key=lambda seat: seat.order)
    return Award(
        ask=ask.id,
        gpus=tuple(seat.gpu.id for seat in rows),
        ends=plan.end if plan.short else None,
    )
