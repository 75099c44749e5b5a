"""Who gets which GPU next, against the rules that ``line.py`` states."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workspace_cli.core.line import (
    PATIENCE,
    SHORTEST,
    Ask,
    Decision,
    Hold,
    LineGpu,
    LineState,
    Reserved,
    Wish,
    decide,
    fitting,
)

HOUR = 3600.0
NOW = 1_700_000_000.0
FOUR = tuple(LineGpu(id=f"GPU-{n}", names=frozenset({str(n)}), model="A100") for n in range(4))


def ask(name: str, wanted: int | tuple[str, ...] | str = 1, **fields: object) -> Ask:
    given_ = {"id": name, "owner": name, "wish": Wish.of(wanted), "asked": NOW, "lasts": 24 * HOUR}
    return Ask(**{**given_, **fields})  # type: ignore[arg-type]


def hold(number: int, hours: float | None = None, owner: str = "kim", whole: bool = True) -> Hold:
    ends = None if hours is None else NOW + hours * HOUR
    return Hold(gpu=f"GPU-{number}", owner=owner, workspace="w", ends=ends, whole=whole)


def state(*asks: Ask, holds: tuple[Hold, ...] = (), **fields: object) -> LineState:
    return LineState(**{"now": NOW, "gpus": FOUR, "holds": holds, "asks": asks, **fields})  # type: ignore[arg-type]


def given_to(decision: Decision) -> dict[str, tuple[str, ...]]:
    return {award.ask: award.gpus for award in decision.awards}


def test_first_come_first_served() -> None:
    decision = decide(state(ask("a", 2), ask("b", 2), ask("c")))
    assert given_to(decision) == {"a": ("GPU-0", "GPU-1"), "b": ("GPU-2", "GPU-3")}
    assert decision.starts["c"] == NOW + 24 * HOUR


def test_what_a_workspace_had_before_comes_first() -> None:
    decision = decide(state(ask("a", prefer=frozenset({"GPU-2"}))))
    assert given_to(decision) == {"a": ("GPU-2",)}


def test_nobody_is_overtaken_by_whoever_would_delay_them() -> None:
    busy = (hold(0, 10), hold(1, 10), hold(2, 10))
    decision = decide(state(ask("many", 4), ask("one", lasts=11 * HOUR), holds=busy))
    # It may have the idle one until the first in line needs it, and is told so.
    (award,) = decision.awards
    assert (award.ask, award.gpus, award.ends) == ("one", ("GPU-3",), NOW + 10 * HOUR)
    assert decision.starts["many"] == NOW + 10 * HOUR


def test_a_gap_too_short_to_work_in_is_given_to_nobody() -> None:
    busy = tuple(hold(number, 0.5) for number in range(3))
    decision = decide(state(ask("many", 4), ask("one"), holds=busy))
    assert decision.awards == ()
    assert decision.starts == {"many": NOW + HOUR / 2, "one": NOW + 24.5 * HOUR}


def test_a_short_lease_fits_before_the_first_in_line() -> None:
    busy = (hold(0, 10), hold(1, 10), hold(2, 10))
    decision = decide(state(ask("many", 4), ask("quick", lasts=2 * HOUR), holds=busy))
    assert [(award.ask, award.ends) for award in decision.awards] == [("quick", None)]


def test_what_the_first_in_line_does_not_need_is_free_for_all() -> None:
    decision = decide(state(ask("pair", 2), ask("one"), holds=(hold(0, 5), hold(1, 5), hold(2))))
    assert given_to(decision) == {"one": ("GPU-3",)}
    assert decision.awards[0].ends is None
    assert decision.starts["pair"] == NOW + 5 * HOUR


def test_a_request_beyond_its_owners_allowance_blocks_nobody() -> None:
    mine = ask("more", 2, owner="kim", most=2)
    decision = decide(state(mine, ask("other", 3), holds=(hold(0, 5),)))
    assert decision.barred == {"more"}
    assert given_to(decision) == {"other": ("GPU-1", "GPU-2", "GPU-3")}


def test_an_owners_earlier_request_counts() -> None:
    asks = (ask("a", 2, owner="kim", most=2), ask("b", 1, owner="kim", most=2))
    assert given_to(decide(state(*asks))) == {"a": ("GPU-0", "GPU-1")}


def test_named_gpus_and_models() -> None:
    gpus = (*FOUR[:2], LineGpu(id="GPU-h", names=frozenset({"4"}), model="NVIDIA H100 80GB"))
    asks = (ask("h", "h100:1"), ask("named", ("1",)), ask("late", ("GPU-h",)))
    decision = decide(state(*asks, gpus=gpus))
    assert given_to(decision) == {"h": ("GPU-h",), "named": ("GPU-1",)}
    assert decide(state(ask("no", "B200:1"))).starts == {"no": None}


def test_all_waits_for_the_last() -> None:
    decision = decide(state(ask("all", "all"), holds=(hold(3, 2),)))
    assert decision.starts == {"all": NOW + 2 * HOUR}
    assert given_to(decide(state(ask("all", "all")))) == {"all": tuple(g.id for g in FOUR)}


SHARED = (replace(FOUR[0], shared=True, seats=3), replace(FOUR[1], shared=True, seats=3), FOUR[2])


def test_seats_are_spread_and_counted() -> None:
    seat = hold(0, 5, whole=False)
    decision = decide(state(ask("a", "shared:1"), ask("b", 2), holds=(seat,), gpus=SHARED))
    assert given_to(decision) == {"a": ("GPU-1",)}
    assert decision.starts["b"] is None, "numbers mean GPUs of one's own, and there is one"
    taken = tuple(hold(number, 5, whole=False) for number in (0, 0, 0, 1, 1))
    decision = decide(state(*(ask(n, "shared:1") for n in "abc"), holds=taken, gpus=SHARED))
    assert given_to(decision) == {"a": ("GPU-1",)}


def test_two_seats_are_on_two_gpus() -> None:
    decision = decide(state(ask("a", "shared:2"), gpus=SHARED))
    assert given_to(decision) == {"a": ("GPU-0", "GPU-1")}


def test_whoever_took_a_gpu_for_their_own_shares_no_seat() -> None:
    decision = decide(state(ask("a", "shared:2"), holds=(hold(0, 5),), gpus=SHARED))
    assert decision.starts == {"a": NOW + 5 * HOUR}


def test_a_reservation_keeps_its_gpus_for_its_group() -> None:
    kept = Reserved(
        gpus=frozenset(g.id for g in FOUR[:3]), begins=NOW - 1, ends=NOW + 8 * HOUR, group="nlp"
    )
    asks = (ask("a", 2), ask("b", 3, groups=frozenset({"nlp"})))
    decision = decide(state(*asks, reservations=(kept,)))
    # Until its hours are over; then it is the turn of whoever came first.
    assert [(award.ask, award.ends) for award in decision.awards] == [("b", NOW + 8 * HOUR)]
    assert decision.starts["a"] == NOW + 8 * HOUR


def test_a_lease_ends_before_others_reservation_begins() -> None:
    kept = Reserved(gpus=frozenset({"GPU-0"}), begins=NOW + 5 * HOUR, ends=inf, owner="lee")
    asks = (ask("a", 4), ask("lee", ("GPU-0",)))
    (award,) = decide(state(asks[0], reservations=(kept,))).awards
    assert award.ends == NOW + 5 * HOUR
    (award,) = decide(state(asks[1], reservations=(kept,))).awards
    assert award.ends is None


def test_a_gpu_that_is_not_ready_is_given_to_nobody() -> None:
    gpus = (replace(FOUR[0], unready="it fell off"), *FOUR[1:])
    assert given_to(decide(state(ask("a"), gpus=gpus))) == {"a": ("GPU-1",)}
    assert decide(state(ask("a", "all"), gpus=gpus)).starts == {"a": None}


def test_an_override_stands_before_the_line_and_takes_from_nobody() -> None:
    asks = (ask("a", 4), ask("boss", 2, override=True, most=0))
    decision = decide(state(*asks, holds=(hold(0, 9),)))
    assert given_to(decision) == {"boss": ("GPU-1", "GPU-2")}


def test_whoever_has_waited_long_is_not_passed_over_for_an_unknown_end() -> None:
    endless = tuple(hold(number) for number in range(3))
    fresh = decide(state(ask("all", 4), ask("one"), holds=endless))
    assert [(award.ask, award.ends) for award in fresh.awards] == [("one", None)]
    old = ask("all", 4, asked=NOW - PATIENCE)
    aged = decide(state(old, ask("one"), holds=endless))
    assert [(award.ask, award.ends) for award in aged.awards] == [("one", NOW + SHORTEST)]
    assert aged.starts["all"] == NOW + SHORTEST


# Generated states -----------------------------------------------------------


@st.composite
def states(draw: st.DrawFn, *, alike: bool = False) -> LineState:
    hours = st.integers(1, 40).map(float)
    gpus = tuple(
        LineGpu(
            id=f"GPU-{n}",
            model="A100" if alike else draw(st.sampled_from(["A100", "H100"])),
            shared=(shared := not alike and draw(st.booleans()) and draw(st.booleans())),
            seats=3 if shared else 1,
            unready="" if draw(st.integers(0, 9)) else "gone",
        )
        for n in range(draw(st.integers(1, 6)))
    )
    wishes = st.integers(1, 4).map(Wish.of)
    if not alike:
        wishes |= st.sampled_from(["all", "H100:1", "A100:2", "shared:1", "shared:2"]).map(Wish.of)
        wishes |= st.sampled_from([(gpu.id,) for gpu in gpus]).map(Wish.of)
    holds = tuple(
        Hold(
            gpu=gpu.id,
            owner=draw(st.sampled_from("abc")),
            workspace="w",
            ends=draw(st.none() | hours.map(lambda h: NOW + h * HOUR)),
            whole=not gpu.shared,
        )
        for gpu in gpus
        for _ in range(draw(st.integers(0, gpu.seats)))
    )
    asks = tuple(
        Ask(
            id=str(number),
            owner=draw(st.sampled_from("abcdef")),
            wish=draw(wishes),
            asked=NOW - draw(st.sampled_from([0.0, 2 * PATIENCE])),
            lasts=draw(st.none() | hours.map(lambda h: h * HOUR)),
            most=draw(st.none() | st.integers(1, 4)),
            groups=draw(st.sampled_from([frozenset(), frozenset({"g"})])),
        )
        for number in range(draw(st.integers(0, 8)))
    )
    kept = draw(
        st.lists(
            st.builds(
                lambda gpu, begin, length: Reserved(
                    gpus=frozenset({gpu.id}),
                    begins=NOW + begin * HOUR,
                    ends=NOW + (begin + length) * HOUR,
                    group="g",
                ),
                st.sampled_from(gpus),
                st.integers(-5, 30),
                st.integers(1, 20),
            ),
            max_size=0 if alike else 3,
        )
    )
    return LineState(now=NOW, gpus=gpus, holds=holds, asks=asks, reservations=tuple(kept))


def check_one_holder(now: LineState, decision: Decision) -> None:
    on = Counter(hold.gpu for hold in now.holds)
    whole = {hold.gpu for hold in now.holds if hold.whole}
    for award in decision.awards:
        on.update(award.gpus)
        assert len(set(award.gpus)) == len(award.gpus)
    for gpu in now.gpus:
        given_now = [award for award in decision.awards if gpu.id in award.gpus]
        assert not given_now or (on[gpu.id] <= gpu.seats and gpu.id not in whole)
        assert not given_now or not gpu.unready


@settings(max_examples=400, deadline=None)
@given(states())
def test_no_gpu_ever_has_a_holder_too_many(now: LineState) -> None:
    decision = decide(now)
    check_one_holder(now, decision)
    asks = {one.id: one for one in now.asks}
    for award in decision.awards:
        one = asks[award.ask]
        suited = {gpu.id for gpu in fitting(now, one.wish)}
        assert set(award.gpus) <= suited
        assert len(award.gpus) == (len(suited) if one.wish.everything else one.wish.count)
        ends = award.ends or (inf if one.lasts is None else NOW + one.lasts)
        assert ends >= NOW + min(SHORTEST, one.lasts or inf)
        for row in now.reservations:
            if not row.admits(one) and row.gpus & set(award.gpus):
                assert row.ends <= NOW or row.begins >= ends


@settings(max_examples=400, deadline=None)
@given(states(), st.integers(0, 8))
def test_whoever_comes_later_changes_nothing_for_those_before(now: LineState, count: int) -> None:
    before = replace(now, asks=now.asks[:count])
    everybody, first = decide(now), decide(before)
    known = {one.id for one in before.asks}
    assert [award for award in everybody.awards if award.ask in known] == list(first.awards)
    assert {one: everybody.starts[one] for one in known} == dict(first.starts)


@settings(max_examples=400, deadline=None)
@given(states(alike=True))
def test_no_gpu_is_idle_that_somebody_waits_for(now: LineState) -> None:
    """Whoever gets nothing would delay somebody before them, were they given any for an hour."""
    decision = decide(now)
    taken = {hold.gpu for hold in now.holds} | {g for a in decision.awards for g in a.gpus}
    idle = [gpu for gpu in now.gpus if gpu.id not in taken and not gpu.unready]
    for position, one in enumerate(now.asks):
        got = decision.award(one.id) or one.id in decision.barred
        if got or one.wish.count > len(idle):
            continue
        until = NOW + min(SHORTEST, one.lasts or inf)
        given_now = tuple(Hold(gpu=gpu.id, owner="?", ends=until) for gpu in idle[: one.wish.count])
        before = replace(now, asks=now.asks[:position], holds=(*now.holds, *given_now))
        then = decide(before).starts
        assert any(
            _late(then[other.id]) > _late(decision.starts[other.id])
            for other in now.asks[:position]
        )


def _late(start: float | None) -> float:
    return inf if start is None else start


# A machine in time ----------------------------------------------------------


@dataclass
class Machine:
    """Runs the line over time: requests arrive, leases end, promptly or before."""

    chance: random.Random
    gpus: tuple[LineGpu, ...]
    early: bool
    now: float = NOW
    waiting: list[Ask] = field(default_factory=list)
    holds: list[tuple[Hold, float]] = field(default_factory=list)
    promised: dict[str, float] = field(default_factory=dict)
    started: dict[str, float] = field(default_factory=dict)

    def run(self, arrivals: list[Ask], check: Callable[[Machine, Decision], None]) -> None:
        coming = sorted(arrivals, key=lambda one: one.asked)
        while coming or self.waiting or self.holds:
            self.now = min(
                [one.asked for one in coming[:1]] + [end for _, end in self.holds], default=inf
            )
            assert self.now < inf, f"{len(self.waiting)} wait for ever"
            self.holds = [row for row in self.holds if row[1] > self.now]
            while coming and coming[0].asked <= self.now:
                self.waiting.append(coming.pop(0))
            self._move(check)

    def _move(self, check: Callable[[Machine, Decision], None]) -> None:
        holds = tuple(hold for hold, _ in self.holds)
        now = LineState(now=self.now, gpus=self.gpus, holds=holds, asks=tuple(self.waiting))
        decision = decide(now)
        check_one_holder(now, decision)
        for one in self.waiting:
            start = decision.starts[one.id]
            if start is not None:
                self.promised.setdefault(one.id, start)
        check(self, decision)
        for award in decision.awards:
            one = next(row for row in self.waiting if row.id == award.ask)
            self.waiting.remove(one)
            self.started[one.id] = self.now
            ends = award.ends or self.now + (one.lasts or 0.0)
            real = self.now + (ends - self.now) * (self.chance.random() if self.early else 1.0)
            self.holds += [
                (Hold(gpu=gpu, owner=one.owner, workspace=one.id, ends=ends), real)
                for gpu in award.gpus
            ]


def arrivals(chance: random.Random, gpus: int, count: int) -> list[Ask]:
    at, made = NOW, []
    for number in range(count):
        at += chance.expovariate(1 / (2 * HOUR))
        made.append(
            Ask(
                id=f"{number:03}",
                owner=chance.choice("abcdefgh"),
                wish=Wish.of(chance.randint(1, gpus)),
                asked=at,
                lasts=chance.choice([1, 2, 4, 8, 24]) * HOUR,
            )
        )
    return made


@pytest.mark.parametrize("part", range(4))
def test_nobody_starts_later_than_promised_when_they_came(part: int) -> None:
    """A thousand arrival orders where leases last as long as they may."""
    for seed in range(part * 250, part * 250 + 250):
        chance = random.Random(seed)
        gpus = FOUR[: chance.randint(1, 4)]
        machine = Machine(chance, gpus, early=False)
        machine.run(arrivals(chance, len(gpus), 14), lambda machine, decision: None)
        late = [one for one, at in machine.started.items() if at > machine.promised[one] + 1e-3]
        assert not late, f"seed {seed}: {late} began later than promised"


@pytest.mark.parametrize("part", range(4))
def test_the_first_in_line_is_never_put_off_and_everybody_has_a_turn(part: int) -> None:
    """A thousand arrival orders where members stop when they like."""

    class First:
        def __init__(self) -> None:
            self.seen: tuple[str, float] = ("", inf)

        def __call__(self, machine: Machine, decision: Decision) -> None:
            one = machine.waiting[0].id if machine.waiting else ""
            start = _late(decision.starts.get(one))
            assert one != self.seen[0] or start <= self.seen[1] + 1e-3
            self.seen = (one, start)

    for seed in range(part * 250, part * 250 + 250):
        chance = random.Random(seed)
        gpus = FOUR[: chance.randint(1, 4)]
        machine = Machine(chance, gpus, early=True)
        wanted = arrivals(chance, len(gpus), 14)
        machine.run(wanted, First())
        assert machine.started.keys() == {one.id for one in wanted}
