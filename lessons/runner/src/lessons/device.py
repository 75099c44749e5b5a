"""Which device to compute on: a GPU only where it really computes."""

from typing import Any

WISHES = ("auto", "cpu", "cuda")


def choose_device(wish: str) -> tuple[str, str | None]:
    """The device, and the key of the reason why it is not the GPU (None where none was wanted)."""
    if wish == "cpu":
        return "cpu", None
    try:
        import torch
    except ImportError:
        return "cpu", "device_no_torch" if wish == "cuda" else None
    if not torch.cuda.is_available():
        return "cpu", "device_no_gpu" if wish == "cuda" else None
    try:
        _trial(torch)
    except Exception:  # noqa: BLE001 - whatever a driver raises, the lesson runs on the CPU
        return "cpu", "device_broken"
    return "cuda", None


def _trial(torch: Any) -> None:
    # is_available() is true for a GPU too old for this build, and for one that is lost.
    weight = torch.ones(8, 8, device="cuda", requires_grad=True)
    (weight @ weight).sum().backward()
    torch.cuda.synchronize()


def out_of_memory(problem: BaseException) -> bool:
    """Whether the GPU had no room left."""
    return type(problem).__name__ == "OutOfMemoryError"


def make_deterministic(seed: int, *, torch: bool) -> None:
    """The same figures at every run on one machine; `torch` where the lesson needs it."""
    import random

    random.seed(seed)
    if not torch:
        return
    from torch import manual_seed, use_deterministic_algorithms

    manual_seed(seed)
    use_deterministic_algorithms(True, warn_only=True)
