"""Checks of a4-run: lines made from known parts, and a parser of the standard library."""

from __future__ import annotations

import argparse
import shlex
from typing import Any

from lessons.grading import Learner, check, expect, fail

SINGLE = {
    "gpus": "--gpus",
    "ipc": "--ipc",
    "restart": "--restart",
    "shm_size": "--shm-size",
    "name": "--name",
}
ORIGINAL = {
    "ports": "docker run -d -p 8080:9201 --name web_kim lab/notebook",
    "name": "docker run -d -p 9202:8080 --name kim_study lab/notebook",
    "order": "docker run -d --name jo_study lab/notebook -p 9203:8080",
    "detach": "docker run -p 9204:8080 --restart unless-stopped --name lee_study lab/notebook",
    "password": "docker run -d -p 9205:8080 --name han_study "
    "-v /srv/secrets/han:/run/secrets --env NOTEBOOK_PASSWORD=1234 lab/notebook",
    "memory": "docker run -d --gpus all -p 9206:8080 --name oh_study lab/notebook",
}


def _parts(dice: Any) -> dict[str, Any]:
    """Invent what a run line says."""
    word = dice.choice(["kim", "lee", "jo"]) + str(dice.randrange(100))
    single = {
        "gpus": dice.choice([None, "all", '"device=0,1"']),
        "ipc": dice.choice([None, "host", "private"]),
        "restart": dice.choice([None, "always", "on-failure:3"]),
        "shm_size": dice.choice([None, "8g"]),
        "name": dice.choice([None, word]),
    }
    env = {"NAME": f"{word} two words", "QUERY": "a=1&b=2", "EMPTY": ""}
    return single | {
        "launcher": dice.choice(["docker", "nvidia-docker"]),
        "detach": dice.random() < 0.5,
        "ports": [(dice.randrange(9200, 9300), 8080 + n) for n in range(dice.randrange(3))],
        "volumes": [(f"/home/{word}", "/workspace"), ("/data", "/data")][: dice.randrange(3)],
        "env": {key: env[key] for key in dice.sample(sorted(env), dice.randrange(4))},
        "image": dice.choice(["labdock/pytorch", "registry.lab:5000/kim/study:v2"]),
        "command": dice.choice([[], ["python", "-d", "train.py"], ["serve", "-p", "1:2"]]),
    }


def _line(parts: dict[str, Any], dice: Any, equals: bool) -> str:
    """Write the parts down as a run line, the options in any order."""
    options = [[option, parts[key]] for key, option in SINGLE.items() if parts[key] is not None]
    options += [["-p", f"{host}:{inside}"] for host, inside in parts["ports"]]
    options += [["-v", f"{host}:{inside}"] for host, inside in parts["volumes"]]
    for key, value in parts["env"].items():
        options.append([dice.choice(["-e", "--env"]), f"{key}={value}"])
    if parts["detach"]:
        options.append(["-d"])
    groups: dict[str, list[list[str]]] = {}
    for option in options:
        groups.setdefault("-e" if option[0] == "--env" else option[0], []).append(option)
    order = dice.sample(sorted(groups), len(groups))
    words = [parts["launcher"], "run"]
    for name in order:
        for option in groups[name]:
            joined = equals and len(option) == 2 and option[0].startswith("--")
            words += ["=".join(option)] if joined else option
    return shlex.join([*words, parts["image"], *parts["command"]])


@check("parse_run")
def parse_run(learner: Learner) -> None:
    """Sixty random lines must come back as the parts they were made from."""
    learn, dice = learner.function("parse_run"), learner.random
    for turn in range(60):
        parts = _parts(dice)
        equals = turn >= 30
        line = _line(parts, dice, equals)
        got = learn(line)
        expect(isinstance(got, dict), "wrong_type")
        expect(set(got) == set(parts), "keys")
        _judge_parts(got, parts, equals)


def _judge_parts(got: dict[str, Any], parts: dict[str, Any], equals: bool) -> None:
    """Name what the first differing part shows."""
    wrong = [key for key in parts if got[key] != parts[key]]
    if not wrong:
        return
    if parts["command"] and {"command", "image"} & set(wrong):
        fail("after_the_image")
    if "ports" in wrong and got["ports"] == [(inside, host) for host, inside in parts["ports"]]:
        fail("ports_swapped")
    if "ports" in wrong and [tuple(map(str, pair)) for pair in parts["ports"]] == got["ports"]:
        fail("ports_are_text")
    if wrong == ["env"]:
        fail("env_value_cut")
    if wrong == ["detach"]:
        fail("detach_from_command")
    if equals:
        fail("equals_form")
    fail("wrong_value")


class _Quiet(argparse.ArgumentParser):
    """An independent reader of run lines; raises instead of leaving the program."""

    def error(self, message: str) -> Any:
        raise ValueError(message)


def _read(line: str) -> argparse.Namespace:
    """Read a line with argparse, for its own opinion on where the options end."""
    words = shlex.split(line)
    if words[:2] != ["docker", "run"]:
        raise ValueError(line)
    parser = _Quiet(add_help=False, allow_abbrev=False)
    parser.add_argument("-d", "--detach", action="store_true")
    for option in SINGLE.values():
        parser.add_argument(option)
    for option in (["-p"], ["-v"], ["-e", "--env"]):
        parser.add_argument(*option, action="append", default=[], dest=option[0][1])
    parser.add_argument("image")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    return parser.parse_args(words[2:])


@check("repaired")
def repaired(learner: Learner) -> None:
    """Re-read each line with another parser: the fault is gone, and nothing else changed."""
    lines = learner.function("repaired")()
    expect(isinstance(lines, dict) and set(lines) == set(ORIGINAL), "keys")
    for key, original in ORIGINAL.items():
        try:
            now, before = vars(_read(lines[key])), vars(_read(original))
        except (ValueError, TypeError):
            fail("unreadable")
        wanted = FIXED[key](now, before)
        if not wanted:
            fail(f"still_{key}")
        before.update({name: now[name] for name in ALLOWED[key]})
        expect(now == before, "changed_more")


def _password_fixed(now: dict[str, Any], before: dict[str, Any]) -> bool:
    """No variable holds a secret, and a file in the mounted folder is named instead."""
    names = dict(entry.partition("=")[::2] for entry in now["e"])
    file = names.pop("NOTEBOOK_PASSWORD_FILE", "")
    mounted = [volume.split(":")[:2] for volume in now["v"]]
    return (
        not names
        and file == "/run/secrets/password"
        and mounted == [volume.split(":") for volume in before["v"]]
    )


FIXED: dict[str, Any] = {
    "ports": lambda now, before: now["p"] == [":".join(reversed(before["p"][0].split(":")))],
    "name": lambda now, before: now["name"] not in (None, "", before["name"]),
    "order": lambda now, before: now["p"] == before["command"][1:] and not now["command"],
    "detach": lambda now, _: now["detach"],
    "password": _password_fixed,
    "memory": lambda now, _: now["shm_size"] not in (None, "64m") and now["ipc"] != "host",
}
ALLOWED = {
    "ports": ["p"],
    "name": ["name"],
    "order": ["p", "command"],
    "detach": ["detach"],
    "password": ["e", "v"],
    "memory": ["shm_size", "ipc"],
}


@check("review")
def review(learner: Learner) -> None:
    """Every set of weak points is built into a line and must be found again, no more."""
    learn, dice = learner.function("review"), learner.random
    names = ["attached", "old_launcher", "name_taken", "open_password", "shared_ipc"]
    for number in range(2 * 2 ** len(names)):
        weak = {name for bit, name in enumerate(names) if number >> bit & 1}
        got = learn(_with(weak, _parts(dice), dice), {"base_study", "kim_study"})
        expect(isinstance(got, set | frozenset), "wrong_type")
        for name in sorted(weak - got):
            fail(f"misses_{name}")
        expect(not got - set(names), "unknown_name")
        expect(not got - weak, "false_alarm")


def _with(weak: set[str], parts: dict[str, Any], dice: Any) -> dict[str, Any]:
    """Give a line exactly these weak points, and harmless things that look alike."""
    secret = dice.choice(["DB_PASSWORD", "API_TOKEN", "SECRET_KEY", "WORKSPACE_AUTH_PASSWORD"])
    env = {"USER": "kim", f"{secret}_FILE": "/run/secrets/it"}
    if "open_password" in weak:
        env[secret] = dice.choice(["1234", "correct horse"])
    return parts | {
        "detach": "attached" not in weak,
        "launcher": "nvidia-docker" if "old_launcher" in weak else "docker",
        "name": "kim_study" if "name_taken" in weak else dice.choice([None, "kim", "kim_study_2"]),
        "env": env,
        "ipc": "host" if "shared_ipc" in weak else dice.choice([None, "private"]),
    }
