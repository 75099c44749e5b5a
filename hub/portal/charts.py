"""Charts as SVG, drawn where the page is made: no script, and no text that grows or shrinks.

What stands for data is in a square of its own that is stretched to the width that there is;
words and axes are placed by per cent of it.  Colours come from classes of ``labdock.css``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from markupsafe import Markup

from workspace_cli.core.gpu_history import HOUR
from workspace_cli.core.gpu_history_rows import DAY

WIDE, HIGH = 1000, 200
"""Units of the square; a curve is precise to one of them."""
TOP = 16
PLOT = 96
LANE = 22
AXIS = 22
"""Pixels."""
EDGE = 4.0
"""Per cent of the width next to an edge in which no word finds room."""
COLOURS = 6
"""Classes ``held-1`` … of the style sheet; ``held-0`` is for everybody else."""

Points = Sequence[tuple[int, float | None]]
"""Steps of one curve: begin in seconds since the epoch, value (None where nobody knows)."""


@dataclass(frozen=True)
class Bar:
    """Somebody's time in a band: seconds since the epoch, words, and the number of a colour."""

    begins: int
    ends: int
    words: str
    told: str
    colour: int


@dataclass(frozen=True)
class Scale:
    """What the vertical axis measures: its end, and where it is marked with what words."""

    end: float
    marks: tuple[tuple[float, str], ...]


PER_CENT = Scale(100.0, ((50.0, "50%"), (100.0, "100%")))


def count_scale(most: float) -> Scale:
    """Return a scale for a number of things, with room for the most of them.

    >>> count_scale(3).marks
    ((2, '2'), (4, '4'))
    """
    round_ones = (digit * 10**power for power in count() for digit in (1, 2, 5))
    half = next(one for one in round_ones if one * 2 >= most)
    return Scale(half * 2, ((half, str(half)), (half * 2, str(half * 2))))


@dataclass(frozen=True)
class Chart:
    """A time of some length in a zone, on which curves and bands are drawn."""

    begin: int
    end: int
    step: int
    zone: str
    language: str

    def draw(
        self,
        scale: Scale,
        area: Points,
        lines: Iterable[tuple[str, Points]] = (),
        band: Sequence[Sequence[Bar]] = (),
    ) -> Markup:
        """Return the inside of an ``<svg>``: an area, lines by class, and rows of bars."""
        bottom = TOP + PLOT + LANE * len(band)
        curves = [Markup('<path class="area" d="{}"/>').format(self._area(area, scale))]
        curves += [
            Markup('<path class="{}" d="{}"/>').format(name, self._path(points, scale))
            for name, points in (("mean", area), *lines)
        ]
        return Markup("").join(
            [
                *self._axis(bottom),
                *self._marks(scale),
                Markup(
                    '<svg y="{}" width="100%" height="{}" viewBox="0 0 {} {}" '
                    'preserveAspectRatio="none">'
                ).format(TOP, PLOT, WIDE, HIGH),
                *curves,
                Markup("</svg>"),
                *(
                    self._bar(bar, TOP + PLOT + LANE * row)
                    for row, bars in enumerate(band)
                    for bar in bars
                ),
            ]
        )

    @staticmethod
    def height(lanes: int = 0) -> int:
        """Return how high it is with so many rows of bars, in pixels."""
        return TOP + PLOT + LANE * lanes + AXIS

    # curves ----------------------------------------------------------------
    def _x(self, at: float) -> int:
        return round((at - self.begin) / (self.end - self.begin) * WIDE)

    def _runs(self, points: Points, scale: Scale) -> list[list[tuple[int, int, int]]]:
        """Return stretches without a gap, as left, right and height in units."""
        runs: list[list[tuple[int, int, int]]] = []
        ends = None
        for begins, value in points:
            if value is None:
                continue
            y = HIGH - round(min(value, scale.end) / scale.end * HIGH)
            if begins != ends:
                runs.append([])
            ends = begins + self.step
            runs[-1].append((self._x(begins), self._x(ends), y))
        return runs

    def _path(self, points: Points, scale: Scale) -> str:
        return "".join(
            f"M{run[0][0]} {run[0][2]}" + "".join(f"V{y}H{right}" for _, right, y in run)
            for run in self._runs(points, scale)
        )

    def _area(self, points: Points, scale: Scale) -> str:
        return "".join(
            f"M{run[0][0]} {HIGH}" + "".join(f"V{y}H{right}" for _, right, y in run) + f"V{HIGH}Z"
            for run in self._runs(points, scale)
        )

    # words -----------------------------------------------------------------
    def _percent(self, at: float) -> float:
        return round(min(max((at - self.begin) / (self.end - self.begin), 0.0), 1.0) * 100, 2)

    def _bar(self, bar: Bar, top: int) -> Markup:
        left = self._percent(bar.begins)
        width = max(self._percent(bar.ends) - left, 0.2)
        return Markup(
            '<svg x="{}%" y="{}" width="{:.2f}%" height="{}"><title>{}</title>'
            '<rect class="held-{}" width="100%" height="100%"/><text x="4" y="13">{}</text></svg>'
        ).format(left, top + 3, width, LANE - 4, bar.told, bar.colour, bar.words)

    def _marks(self, scale: Scale) -> list[Markup]:
        found = []
        for value, words in ((0.0, ""), *scale.marks):
            y = round(TOP + PLOT * (1 - value / scale.end))
            found.append(Markup('<line x2="100%" y1="{0}" y2="{0}"/>').format(y))
            if words:
                found.append(Markup('<text x="2" y="{}">{}</text>').format(y - 3, words))
        return found

    def _axis(self, bottom: int) -> list[Markup]:
        found = []
        for number, (at, words) in enumerate(self.ticks()):
            x = self._percent(at)
            found.append(
                Markup('<line x1="{0}%" x2="{0}%" y1="{1}" y2="{2}"/>').format(x, TOP, bottom + 4)
            )
            if EDGE < x < 100 - EDGE:
                found.append(
                    Markup('<text class="at{}" x="{}%" y="{}">{}</text>').format(
                        # A phone has no room for each.
                        " spare" if number % 2 else "",
                        x,
                        bottom + 17,
                        words,
                    )
                )
        return found

    def ticks(self) -> list[tuple[float, str]]:
        """Return round moments of the zone's clock, each with its words."""
        zone, length = ZoneInfo(self.zone), self.end - self.begin
        if length <= DAY:
            hours = 1 if length <= 6 * HOUR else 4
            every = [moment for moment in self._hours(zone) if moment.hour % hours == 0]
        else:
            days = [moment for moment in self._hours(zone) if moment.hour == 0]
            every = days[:: 1 if length <= 7 * DAY else 5]
        return [(moment.timestamp(), self.words(moment)) for moment in every]

    def _hours(self, zone: ZoneInfo) -> Iterable[datetime]:
        """Yield the full hours; where a clock is put on or back, none is left out or doubled."""
        first = datetime.fromtimestamp(self.begin, zone)
        at = first.replace(minute=0, second=0).timestamp()
        while at < self.end:
            if at >= self.begin:
                yield datetime.fromtimestamp(at, zone)
            at += HOUR

    def words(self, moment: datetime) -> str:
        """Return the time of day, or the day where the chart is longer than one."""
        skeleton = "Hm" if self.end - self.begin <= DAY else "Md"
        return format_skeleton(skeleton, moment, tzinfo=moment.tzinfo, locale=self.language)

    def short(self, seconds: int) -> str:
        """Write a moment for a table: the time of day, with the day where there are several."""
        local = datetime.fromtimestamp(seconds, ZoneInfo(self.zone))
        clock = format_skeleton("Hm", local, tzinfo=local.tzinfo, locale=self.language)
        if self.end - self.begin <= 6 * HOUR:
            return clock
        return f"{format_skeleton('Md', local, locale=self.language)} {clock}"
