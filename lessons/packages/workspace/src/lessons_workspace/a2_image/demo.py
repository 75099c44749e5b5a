"""Images and containers as sheets of glass, memory of machines, and a week at Google."""

from __future__ import annotations

import datetime
import hashlib

from lessons.context import Context

CLEAR = "."


def catalogue(ctx: Context) -> dict[str, float | list[float]]:
    """Print four images and the command that starts each: only the last word differs."""
    images = ["labdock/pytorch", "nginx", "postgres", "debian"]
    rows = [
        [name, ctx.t(f"demo.catalogue.{name.split('/')[0]}"), f"docker run -d {name}"]
        for name in images
    ]
    ctx.table(["demo.catalogue.image", "demo.catalogue.what", "demo.catalogue.start"], rows)
    return {"images": float(len(rows))}


def _seen(sheets: list[str]) -> str:
    """Look at the sheets from above: at every spot the topmost letter."""
    spots = zip(*sheets, strict=True)
    return "".join(next((c for c in reversed(spot) if c != CLEAR), CLEAR) for spot in spots)


def _fingerprint(sheets: list[str]) -> str:
    """Return a short hash of all sheets."""
    return hashlib.sha256("\n".join(sheets).encode()).hexdigest()[:12]


def sheets(ctx: Context) -> dict[str, float | list[float]]:
    """Let two containers write on clear sheets above the same three sheets of an image."""
    image = ["debian............", "......+python.....", ".............+ML.."]
    before = _fingerprint(image)
    own = {"kim": "DEB...............", "lee": "................:)"}
    rows = [[ctx.t("demo.sheets.layer", number=n + 1), text] for n, text in enumerate(image)]
    rows += [[ctx.t("demo.sheets.own", name=name), text] for name, text in own.items()]
    ctx.table(["demo.sheets.sheet", "demo.sheets.painted"], rows)
    views = {name: _seen([*image, top]) for name, top in own.items()}
    views["image"] = _seen(image)
    rows = [[ctx.t(f"demo.sheets.sees_{name}"), text] for name, text in views.items()]
    ctx.table(["demo.sheets.who", "demo.sheets.seen"], rows)
    after = _fingerprint(image)
    ctx.say("demo.sheets.hash", before=before, after=after)
    painted = [float(sum(c != CLEAR for c in top)) for top in own.values()]
    return {"same_image": float(before == after), "own_letters": painted}


def machines(ctx: Context) -> dict[str, float | list[float]]:
    """Compare the memory of n programs in virtual machines and in containers (in MiB)."""
    program, guest, supervisor = 300, 512, 12
    ctx.say("demo.machines.given", program=program, guest=guest, supervisor=supervisor)
    counts = [1, 5, 10, 20]
    virtual = [n * (program + guest) for n in counts]
    contained = [n * (program + supervisor) for n in counts]
    rows = []
    for n, vm, box in zip(counts, virtual, contained, strict=True):
        rows.append([n, vm, "#" * round(vm / 600), box, "#" * round(box / 600)])
    ctx.table(["demo.machines.count", "demo.machines.vm", "", "demo.machines.container", ""], rows)
    extra = supervisor / program
    ctx.say("demo.machines.near_zero", percent=f"{100 * extra:.0f}")
    return {
        "virtual": [float(v) for v in virtual],
        "contained": [float(c) for c in contained],
        "overhead": extra,
    }


def google_week(ctx: Context) -> dict[str, float | list[float]]:
    """Print the calendar around the talk and what two billion a week means."""
    talk = datetime.date(2014, 5, 22)
    docker_1 = datetime.date(2014, 6, 9)
    calendar = [
        ("2008-01", "kernel"),
        ("2013-03", "docker"),
        ("2013-10", "lmctfy"),
        (talk.isoformat(), "talk"),
        (docker_1.isoformat(), "one"),
    ]
    rows = [[day, ctx.t(f"demo.google.{key}")] for day, key in calendar]
    ctx.table(["demo.google.day", "demo.google.event"], rows)
    week = datetime.timedelta(weeks=1)
    rate = 2e9 / week.total_seconds()
    late = (docker_1 - talk).days
    ctx.say("demo.google.rate", rate=f"{rate:,.0f}", late=late)
    return {"per_second": rate, "days_until_docker_1": float(late)}
