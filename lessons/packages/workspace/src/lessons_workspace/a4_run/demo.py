"""A run line word by word, a toy engine, shared memory in numbers, and restart policies."""

from __future__ import annotations

from lessons.context import Context


def tokens(ctx: Context) -> dict[str, float | list[float]]:
    """Print each part of the notes' line with its meaning and with today's form."""
    today = {
        "nvidia-docker run": "docker run -d --gpus all",
        "--ipc=host": "--shm-size 8g",
        "--restart always": "--restart unless-stopped",
        "-p 9201:8080": "-p 9201:8080",
        "-v …/kunyoung:/workspace": "-v …/kunyoung:/workspace",
        "--name ky_study": "--name ky_study_2",
        "--env …_USER=kunyoung": "--env …_USER=kunyoung",
        "--env …_PASSWORD=1234": "-v …/secrets:/run/secrets:ro",
        "IMAGE": "labdock/pytorch",
    }
    rows = []
    for number, (part, now) in enumerate(today.items()):
        rows.append([part, ctx.t(f"demo.tokens.{number}"), "=" if now == part else now])
    ctx.table(["demo.tokens.word", "demo.tokens.does", "demo.tokens.today"], rows)
    kept = sum(part == now for part, now in today.items())
    return {"parts": float(len(today)), "changed": float(len(today) - kept)}


MOVES = {
    "run": ("", "running"),
    "stop": ("running", "exited"),
    "start": ("exited", "running"),
    "rm": ("exited", "gone"),
}


class Engine:
    """A toy engine: it only remembers names and states."""

    def __init__(self) -> None:
        self.states: dict[str, str] = {}

    def do(self, verb: str, name: str) -> bool:
        """Carry a command out; False where the engine would refuse it."""
        needed, then = MOVES[verb]
        now = self.states.get(name, "")
        if now != needed:
            return False
        self.states[name] = then
        if then == "gone":
            del self.states[name]
        return True


def life(ctx: Context) -> dict[str, float | list[float]]:
    """Play two containers through, with two commands that the engine refuses."""
    engine = Engine()
    script = ["run kim", "run lee", "run kim", "stop kim", "start kim", "rm lee", "stop lee"]
    script += ["rm lee", "run lee"]
    rows, refused = [], 0
    for line in script:
        verb, name = line.split()
        done = engine.do(verb, name)
        refused += not done
        shown = ", ".join(f"{who}: {state}" for who, state in engine.states.items())
        rows.append([f"docker {line}", ctx.t("demo.life.yes" if done else "demo.life.no"), shown])
    ctx.table(["demo.life.command", "demo.life.done", "docker ps -a"], rows)
    ctx.say("demo.life.note")
    return {"refused": float(refused), "containers": float(len(engine.states))}


def shared_memory(ctx: Context) -> dict[str, float | list[float]]:
    """Compare the default 64 MiB with what loading workers keep ready (MiB)."""
    side, default = 224, 64.0
    rows, needs = [], []
    for batch, workers in [(32, 1), (64, 1), (64, 2), (128, 4), (256, 8)]:
        one = batch * 3 * side * side * 4 / 2**20
        ready = one * workers * 2
        needs.append(ready)
        verdict = "demo.shm.fits" if ready <= default else "demo.shm.dies"
        rows.append([batch, workers, f"{one:.1f}", f"{ready:.1f}", ctx.t(verdict)])
    names = ["batch", "workers", "one", "ready", "verdict"]
    ctx.table([f"demo.shm.{name}" for name in names], rows)
    return {"needs": needs, "batch_of_64": 64 * 3 * side * side * 4 / 2**20}


def _returns(policy: str, code: int, by_hand: bool, reboot: bool) -> bool:
    """Whether the engine starts a container again that ended with this exit code."""
    if policy == "no" or (by_hand and not reboot):
        return False
    if policy == "on-failure":
        return code != 0
    return policy == "always" or not by_hand


def policies(ctx: Context) -> dict[str, float | list[float]]:
    """Print which policy brings a container back after which event."""
    events = [(0, False, False), (1, False, False), (143, True, False)]
    events += [(143, True, True), (137, False, True)]
    rows, counts = [], []
    for policy in ["no", "on-failure", "unless-stopped", "always"]:
        back = [_returns(policy, *event) for event in events]
        counts.append(float(sum(back)))
        rows.append([policy, *("●" if one else "–" for one in back)])
    heads = ["well", "crash", "stop", "stop_reboot", "reboot"]
    ctx.table(["--restart", *(f"demo.policies.{head}" for head in heads)], rows)
    return {"comes_back": counts}
