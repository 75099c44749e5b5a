"""The walls around a learner's code: memory, time, files, processes, network.

They keep an accident an accident; the credit container is the wall against intent.
"""

import contextlib
import ctypes
import os
import resource
import sys
from pathlib import Path
from typing import Any

MEMORY = 1 << 30
SECONDS = 10.0  # of computing
PATIENCE = 3  # times as long by the clock, for sleepers and busy machines
FILE_SIZE = 64 << 20
SHARED = "/dev/shm/"  # noqa: S108 - nothing of ours is written there
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000

# What writes or removes, by audit event, with the positions of its paths.
CHANGES = {
    "os.remove": (0,),
    "os.rename": (0, 1),
    "os.mkdir": (0,),
    "os.rmdir": (0,),
    "os.link": (0, 1),
    "os.symlink": (1,),
    "os.chmod": (0,),
    "os.chown": (0,),
    "os.truncate": (0,),
    "os.utime": (0,),
    "os.setxattr": (0,),
    "shutil.rmtree": (0,),
}
PROGRAMS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "pty.spawn"}
INSIDES = {"gc.get_objects", "gc.get_referrers", "gc.get_referents"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class BarredError(PermissionError):
    """The code tried what an exercise has no business with."""


def cut_off_network() -> bool:
    """Leaves for a network namespace with nothing in it, where the kernel lets us."""
    uid, gid = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        return False
    # Without a map every file would seem to be nobody's.
    with contextlib.suppress(OSError):
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1", encoding="ascii")
    return True


def bound_resources(memory: int, seconds: float) -> None:
    """Limits data, file size and CPU time of this process from here on, for good."""
    # Not RLIMIT_AS: torch maps far more address space than it ever uses.
    in_use = _data_in_use()
    resource.setrlimit(resource.RLIMIT_DATA, (in_use + memory,) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_SIZE,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    cpu = int(seconds) + 1
    spent = resource.getrusage(resource.RUSAGE_SELF)
    cpu += int(spent.ru_utime + spent.ru_stime)
    # At the first limit comes the signal that tells why, at the second the end.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))


def _data_in_use() -> int:
    # What the loaded libraries hold is not the learner's.
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 0


def bar_the_rest(folder: Path) -> None:
    """From here on: no program starts, no address is reached, nothing outside `folder` changes."""
    inside = os.path.realpath(folder)

    def allowed(path: Any) -> bool:
        if not isinstance(path, str | bytes | os.PathLike):
            return True
        real = os.path.realpath(os.fsdecode(path))
        # Shared memory is how a DataLoader's workers hand their batches over.
        return real.startswith((inside + os.sep, SHARED)) or real in (inside, "/dev/null")

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if isinstance(flags, int) and flags & WRITING and not allowed(path):
                raise BarredError(f"write {os.fsdecode(path)}")
        elif event in CHANGES:
            for position in CHANGES[event]:
                if position < len(arguments) and not allowed(arguments[position]):
                    raise BarredError(f"{event} {arguments[position]}")
        elif event in PROGRAMS or event in INSIDES:
            raise BarredError(event)
        elif event in {"socket.connect", "socket.bind", "socket.sendto"}:
            # A file's path is a socket between processes of this machine.
            if isinstance(arguments[1], tuple):
                raise BarredError("network")
        elif event == "socket.getaddrinfo":
            raise BarredError("network")

    sys.addaudithook(hook)
