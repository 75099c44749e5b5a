"""``make bench``: Labdock beside stock JupyterHub with DockerSpawner, in one run."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import secrets
import signal
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import docker
from docker import DockerClient

from tests.bench import (
    crowd,
    floors,
    lab_month,
    labdock,
    lesson_bands,
    listing,
    live_pages,
    measure,
    saving,
    stock,
)
from tests.bench.figures import Figures, table, write_json
from tests.bench.hub_api import HubApi, HubFailedError
from tests.bench.sides import Side

QUIET_LOAD = 0.5
QUIET_WAIT_S = 180
PREFIX = "bench"


def main() -> int:
    """Run the bench, print the table and write the JSON file."""
    arguments = _arguments()
    months = lab_month.outcomes()
    if arguments.month_only:
        print(lab_month.table(months))
        return 0
    if arguments.environments_only:
        return _environments(arguments)
    if arguments.lessons_only:
        rows = lesson_bands.measure()
        print(lesson_bands.table(rows))
        return 1 if lesson_bands.outside(rows) else 0
    # What was made is removed on a plain kill as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    client = docker.from_env(timeout=300)
    if arguments.pages_only:
        with labdock.running(client) as stack:
            print(live_pages.table(live_pages.measure(client, stack)))
        return 0
    if arguments.crowd_only:
        with labdock.running(client) as stack:
            return 0 if _crowd(client, stack).good else 1
    figures = Figures()
    stock.build()
    with ExitStack() as stacks:
        own = None if arguments.stock_only else stacks.enter_context(labdock.running(client))
        sides = [stacks.enter_context(stock.running(client))]
        figures.facts = _facts(client, own)
        prefix = f"{PREFIX}{secrets.token_hex(2)}"
        if own is not None:
            sides.append(own.side)
            stacks.callback(labdock.remove_members, client, own.settings, prefix)
        figures.facts["load"] = _wait_until_quiet()
        asyncio.run(_hubs(client, sides, prefix, figures, arguments))
        if own is not None:
            listing.measure(figures, own.environment, 3 * arguments.repetitions)
        floors.measure(figures, None if own is None else labdock.IMAGE, arguments.repetitions)
        if own is not None:
            figures.crowd = vars(_crowd(client, own))
    print(f"\n{table(figures)}\n\n{_circumstances(figures)}")
    print(f"\nIn simulation:\n\n{lab_month.table(months)}\n")
    figures.months = lab_month.figures(months)
    if own is not None:
        _lessons(figures)
    write_json(figures, arguments.json)
    print(f"Every sample is in {arguments.json}.")
    for failure in figures.failures:
        print(f"Failed and not counted: {failure}")
    for quantity in figures.missed():
        print(f"Missed: {quantity.title}. docs/bench.md says where the time goes.")
    return 0


def _lessons(figures: Figures) -> None:
    """Measure what the lessons' models reach, after the stacks have left the machine."""
    _say(f"the lessons' models, {lesson_bands.SEEDS} seeds")
    try:
        figures.lessons = lesson_bands.measure()
    except lesson_bands.BandsFailedError as exc:
        figures.failures.append(f"the lessons' models: {exc}")
        return
    print(f"\nThe lessons' models:\n\n{lesson_bands.table(figures.lessons)}\n")


def _crowd(client: DockerClient, stack: labdock.Stack) -> crowd.Found:
    _say(f"{crowd.MEMBERS} members at once, load {os.getloadavg()[0]:.1f} before")
    found = crowd.measure(client, stack)
    print(f"\nA class begins:\n\n{crowd.table(found)}\n")
    return found


async def _hubs(
    client: DockerClient,
    sides: list[Side],
    prefix: str,
    figures: Figures,
    arguments: argparse.Namespace,
) -> None:
    timeout = aiohttp.ClientTimeout(total=None)
    connector = aiohttp.TCPConnector(limit=0, ssl=False)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
        subjects = [
            measure.Subject(
                side, HubApi(session, side.url, side.token, accounts=side.accounts), prefix
            )
            for side in sides
        ]
        try:
            for subject in subjects:
                await subject.api.wait_until_up()
            _say("one warm-up a side")
            await measure.warm_up(subjects)
            _say(f"(a) one at a time, {arguments.repetitions} times a side")
            await measure.one_at_a_time(subjects, figures, arguments.repetitions)
            _say(f"(b, c) {arguments.members} members at once, {arguments.bursts} times a side")
            await measure.all_at_once(
                subjects,
                figures,
                client,
                members=arguments.members,
                repetitions=arguments.bursts,
            )
        finally:
            for subject in subjects:
                await _remove_members(subject)


async def _remove_members(subject: measure.Subject) -> None:
    """Remove members through the hub; where it fails, what is left goes with the containers."""
    try:
        await subject.remove_members()
    except (HubFailedError, aiohttp.ClientError) as exc:
        _say(f"some members of {subject.side.name} could not be removed: {exc}")


def _environments(arguments: argparse.Namespace) -> int:
    rows = []
    print(saving.HEAD)
    for row in saving.measure(arguments.sizes, arguments.commits, arguments.chain):
        rows.append(row)
        print(saving.line(row), flush=True)
    return 1 if saving.missed(rows) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--repetitions", type=int, default=9, help="of what runs one at a time")
    parser.add_argument("--bursts", type=int, default=3, help="repetitions of all at once")
    parser.add_argument("--members", type=int, default=20, help="members who start at once")
    parser.add_argument("--stock-only", action="store_true", help="leave Labdock out")
    parser.add_argument(
        "--environments-only", action="store_true", help="only save environments, beside docker"
    )
    parser.add_argument(
        "--sizes", type=int, nargs="*", default=saving.SIZES, help="of change to save, in MB"
    )
    parser.add_argument(
        "--commits", type=int, default=saving.COMMITS, help="saves of 10 MB of change each"
    )
    parser.add_argument(
        "--chain", type=int, default=saving.CHAIN, help="rounds of change, save and recreation"
    )
    parser.add_argument("--month-only", action="store_true", help="only simulate a lab's month")
    parser.add_argument("--lessons-only", action="store_true", help="only the lessons' models")
    parser.add_argument("--pages-only", action="store_true", help="only the portal's pages")
    parser.add_argument("--crowd-only", action="store_true", help="only a class that begins")
    parser.add_argument("--json", type=Path, default=Path("build/bench.json"), metavar="FILE")
    return parser.parse_args()


def _facts(client: DockerClient, own: labdock.Stack | None) -> dict[str, object]:
    """Gather what a reader must know; JupyterLab of two versions is not compared."""
    stock_versions = stock.versions(client)
    labdock_versions = {} if own is None else labdock.versions(client)
    if own is not None and labdock_versions["jupyterlab"] != stock_versions["jupyterlab"]:
        raise SystemExit(
            f"The stock image holds JupyterLab {stock_versions['jupyterlab']}, {labdock.IMAGE} "
            f"{labdock_versions['jupyterlab']}: set the version in requirements/bench.in, lock it "
            "with `make lock` and try again."
        )
    return {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "engine": client.version()["Version"],
        "stock": stock_versions,
        "labdock": labdock_versions,
    }


def _wait_until_quiet() -> float:
    """Wait a while for other work to end; return the one-minute load at last."""
    deadline = time.monotonic() + QUIET_WAIT_S
    while (load := os.getloadavg()[0]) > QUIET_LOAD and time.monotonic() < deadline:
        time.sleep(5)
    if load > QUIET_LOAD:
        _say(f"the machine is not quiet (load {load:.1f}): the figures hold what else ran")
    return load


def _circumstances(figures: Figures) -> str:
    facts = figures.facts
    return (
        f"Median (lowest–highest). {facts['date']}, {facts['cores']} cores, Docker "
        f"{facts['engine']}, load {facts['load']:.2f} before; stock {_words(facts['stock'])}; "
        f"Labdock {_words(facts['labdock'])}."
    )


def _words(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def _say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
