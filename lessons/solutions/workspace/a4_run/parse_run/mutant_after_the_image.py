# kind: after_the_image
import shlex
from typing import Any

KEYS = {
    "--gpus": "gpus",
    "--ipc": "ipc",
    "--restart": "restart",
    "--shm-size": "shm_size",
    "--name": "name",
}


def parse_run(line: str) -> dict[str, Any]:
    words = shlex.split(line)
    run: dict[str, Any] = dict.fromkeys(KEYS.values())
    run |= {"launcher": words[0], "detach": False, "ports": [], "volumes": [], "env": {}}
    at = 2
    while words[at].startswith("-"):
        option, joined, value = words[at].partition("=")
        at += 1
        if option == "-d":
            run["detach"] = True
            continue
        if not joined:
            value = words[at]
            at += 1
        if option in KEYS:
            run[KEYS[option]] = value
        elif option == "-p":
            host, inside = value.split(":")
            run["ports"].append((int(host), int(inside)))
        elif option == "-v":
            run["volumes"].append(tuple(value.split(":")))
        else:
            name, _, text = value.partition("=")
            run["env"][name] = text
    run["image"] = words[at]
    run["command"] = [word for word in words[at + 1 :] if not word.startswith("-")]
    return run
