"""Whether what the core and the hub say in English exists in every language of the pages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import jupyterhub
import pytest

from hub import languages
from hub.languages import translate

REPOSITORY = Path(languages.__file__).parents[1]
SPEAKING = {
    "workspace_cli/core": (
        "choices",
        "announcements",
        "clean_image",
        "compiling",
        "creation",
        "discard",
        "disk_limits",
        "disk_room",
        "docker_errors",
        "environments",
        "extra_mounts",
        "gpus",
        "host_folders",
        "images",
        "layer_flatten",
        "layer_save",
        "layer_target",
        "layer_worker",
        "leases",
        "leaving",
        "limits",
        "lock",
        "naming",
        "networks",
        "offboarding",
        "oom",
        "opening",
        "options",
        "ownership",
        "pins",
        "placement",
        "port_shares",
        "ports",
        "profile_options",
        "profiles",
        "quotas",
        "recreate",
        "references",
        "saving",
        "secrets",
        "sharing",
        "trust",
        "values",
        "workspaces",
    ),
    "hub/portal": (
        "access",
        "account_api",
        "acting",
        "admin_pages",
        "announcements_api",
        "audit_api",
        "announcement_pages",
        "bulk",
        "bulk_pages",
        "callers",
        "events_api",
        "environments_api",
        "environments_pages",
        "environments_view",
        "grading",
        "groups_api",
        "home",
        "home_view",
        "images_pages",
        "images_view",
        "hub_calls",
        "idempotency",
        "invitations_api",
        "lesson_list",
        "lessons_api",
        "listing",
        "lost",
        "machine_api",
        "metrics",
        "notices_api",
        "once",
        "opening",
        "openings",
        "operations",
        "paging",
        "people_api",
        "ports_api",
        "problems",
        "profiles_api",
        "profiles_pages",
        "profiles_view",
        "pruning_api",
        "reservations_api",
        "saving",
        "sign_in",
        "streams",
        "submissions",
        "workspaces_api",
        "xsrf",
    ),
    "hub": (
        "account_page",
        "accounts",
        "authenticator",
        "configuration",
        "departures",
        "directory",
        "invitations",
        "joining",
        "leave_api",
        "leave_page",
        "login",
        "member_page",
        "passwords",
        "people_api",
        "ports_api",
        "readiness",
        "reservations_api",
        "second_factor",
        "outside_login",
        "sign_up",
        "spawner",
        "standing",
        "starting",
    ),
}
"""Modules whose messages reach a member's page: errors, remedies and steps of a start."""
NEVER_ON_A_PAGE = (
    # Mounts are the command line's, and so is a workspace without a server inside.
    "{} is not a mount.",
    "Write SOURCE:TARGET or SOURCE:TARGET:ro with absolute paths.",
    (
        "{} has no Labdock server in it: it runs as what it is, and Labdock puts no password "
        "before its ports."
    ),
    (
        ", lay a server on it (`workspace adopt`), or name a port with -p HOST:CONTAINER "
        "to run it as what it is"
    ),
    # Facts only.
    "{} is held by {}{}",
    "It ran out of memory{}",
    # Put together from parts; the whole sentences are in the catalogue.
    "The image {} {}.",
    "{} of this machine is already in use.",
    "Choose an image made from labdock/base",
    "The GPUs of {} are {} from {} on.",
)
WHOLE = (
    "The GPUs of {workspace} are reserved from {when} on.",
    "The GPUs of {workspace} are waited for by others from {when} on.",
    "A port of this machine is already in use.",
    "{wanted} GPU was asked for, and {free} of {all} are free.",
    "{wanted} GPUs were asked for, and {free} of {all} are free.",
    "{wanted} GPUs were asked for, and {free} of {all} is free.",
    "Wait in line with --wait, ask for fewer, or wait until one is given back.",
    # What the hub's libraries say of an address.
    "Missing argument {name}",
    "Mismatching redirect URI.",
)
"""Sentences that no source of ours or of JupyterHub's holds in one piece."""
FIELD = re.compile(r"(?:\{\}|image|cpus|memory|swap|shm_size|pids|ports|gpus): ")
TELLING_NAMES = {"message", "remedy", "where", "told"}


def shape(text: str) -> str:
    """A message with its facts taken out."""
    return re.sub(r"\{\w+\}", "{}", text)


def written(node: ast.AST) -> str | None:
    """The shape of a text in the source: constants, f-strings and sums of them."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
        )
    if isinstance(node, ast.BinOp) and (left := written(node.left)) is not None:
        return left + "{}"
    return None


def said(tree: ast.AST) -> Iterator[str]:
    """Every text that becomes (part of) an error or a step."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            if name.endswith("Error") or name in ("Progress", "tell", "_tell"):
                yield from filter(None, map(written, node.args))
        elif isinstance(node, (ast.Assign, ast.AugAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if TELLING_NAMES & {ast.unparse(target) for target in targets}:
                yield from filter(None, [written(node.value)])


def messages() -> dict[str, str]:
    """The shape of every sentence for people, with the module that says it."""
    found: dict[str, str] = {}
    for folder, modules in SPEAKING.items():
        for module in modules:
            path = REPOSITORY / folder / f"{module}.py"
            for text in said(ast.parse(path.read_text(encoding="utf-8"))):
                sentence = FIELD.sub("", text, count=1)
                if " " in sentence.strip() and re.search("[a-z]{2}", sentence):
                    found.setdefault(sentence, module)
    return found


def test_the_search_finds_errors_remedies_and_steps() -> None:
    found = messages()
    assert "There is no option {}." in found
    assert "Choose another name." in found
    assert "Starting the container" in found
    assert "{} CPUs were asked for, and this machine has {}." in found


@pytest.mark.parametrize("language", [one for one in languages.LANGUAGES if one != "en"])
def test_every_message_that_a_member_may_meet_is_translated(language: str) -> None:
    there = {shape(str(message.id)) for message in languages.catalogue(language, "messages")}
    missing = {
        text: module
        for text, module in messages().items()
        if text not in there and text not in NEVER_ON_A_PAGE and translate(text, language) == text
    }
    assert missing == {}, f"add them to hub/locale/{language}/LC_MESSAGES/messages.po"


@pytest.mark.parametrize("language", [one for one in languages.LANGUAGES if one != "en"])
def test_no_translation_is_left_of_a_message_that_nobody_says_any_more(language: str) -> None:
    source = everything_said()
    left = [
        message.id
        for message in languages.catalogue(language, "messages")
        if message.id and message.id not in WHOLE
        if longest_fixed_part(str(message.id)) not in source
    ]
    assert left == []


def everything_said() -> str:
    """Our source and JupyterHub's, with texts over several lines joined."""
    folders = (REPOSITORY / "workspace_cli", REPOSITORY / "hub", Path(jupyterhub.__file__).parent)
    source = "\n".join(
        path.read_text(encoding="utf-8") for folder in folders for path in folder.rglob("*.py")
    )
    return plain(re.sub(r"\"\s*\n\s*f?\"", "", source))


def plain(text: str) -> str:
    """Without what differs between a text and its source."""
    return re.sub(r"[\"'\\]|\n|\\n", "", text)


def longest_fixed_part(text: str) -> str:
    """The part between two facts that is easiest to find; of a field its name."""
    part = max(re.split(r"\{\w+\}", text), key=len)
    return plain(part).strip(" :.")
