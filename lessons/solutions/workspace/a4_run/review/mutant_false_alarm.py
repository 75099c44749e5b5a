# kind: false_alarm
from typing import Any


def review(run: dict[str, Any], existing: set[str]) -> set[str]:
    words = ("PASSWORD", "TOKEN", "SECRET")
    open_names = [name for name in run["env"] if any(word in name for word in words)]
    found = {
        "attached": not run["detach"],
        "old_launcher": run["launcher"] == "nvidia-docker",
        "name_taken": run["name"] in existing,
        "open_password": bool(open_names),
        "shared_ipc": run["ipc"] == "host",
    }
    return {name for name, holds in found.items() if holds}
