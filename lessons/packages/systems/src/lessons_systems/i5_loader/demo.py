"""Loading with and without helpers, from memory and from files."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from lessons.context import Context
from torch.utils.data import DataLoader, Dataset

Figures = dict[str, float | list[float]]


class SlowPictures(Dataset[torch.Tensor]):
    """Sixty-four made-up pictures, each of which takes 12 ms to arrive, as from a slow disk."""

    def __len__(self) -> int:
        return 64

    def __getitem__(self, index: int) -> torch.Tensor:
        time.sleep(0.012)
        return torch.full((3, 16, 16), float(index))


def timeline(ctx: Context) -> Figures:
    """Draw when a GPU works that needs 30 ms a batch, while a batch takes 50 ms to read."""
    read, compute, batches = 50.0, 30.0, 6
    fig, axis = ctx.subplots(figsize=(8, 2.6))
    busy = []
    for row, (workers, key) in enumerate([(0, "demo.no_prefetch"), (2, "demo.prefetch")]):
        ready = [read * (i // max(1, workers) + 1) for i in range(batches)]
        clock, starts = 0.0, []
        for i in range(batches):
            clock = clock + read if workers == 0 else max(clock, ready[i])
            starts.append(clock)
            clock += compute
        axis.barh(row, clock, color="0.85")
        axis.barh([row] * batches, [compute] * batches, left=starts, color="C2", edgecolor="w")
        axis.text(clock + 5, row, ctx.t(key), va="center")
        busy.append(compute * batches / clock)
    axis.set(xlim=(0, 700), yticks=[], xlabel=ctx.t("demo.time"), title=ctx.t("demo.waiting_title"))
    ctx.figure(fig, "timeline")
    ctx.say("demo.busy", serial=busy[0], parallel=busy[1])
    return {"busy": busy}


def workers(ctx: Context) -> Figures:
    """Time a loader that sleeps, alone and with two workers."""
    times, total = [], 0.0
    for count in (0, 2):
        loader = DataLoader(SlowPictures(), batch_size=8, num_workers=count)
        start = time.perf_counter()
        total = sum(float(batch[:, 0, 0, 0].sum()) for batch in loader)
        times.append(time.perf_counter() - start)
    rows = [[n, f"{t:.2f}", f"{t / times[0]:.2f}"] for n, t in zip((0, 2), times, strict=True)]
    ctx.table(["demo.workers", "demo.seconds", "demo.share"], rows)
    return {"seconds": times, "total": total}


def memory_and_files(ctx: Context) -> Figures:
    """Fetch 300 random rows from memory, from one mapped file and from many small files."""
    table = ctx.rng.normal(size=(400, 2_000)).astype(np.float32)
    chosen = ctx.rng.integers(0, len(table), size=300)
    with tempfile.TemporaryDirectory() as folder:
        for i, row in enumerate(table):
            np.save(Path(folder) / f"{i}.npy", row)
        np.save(Path(folder) / "all.npy", table)
        mapped = np.load(Path(folder) / "all.npy", mmap_mode="r")
        sources = {
            "demo.ram": lambda i: table[i].sum(),
            "demo.mapped": lambda i: mapped[i].sum(),
            "demo.files": lambda i: np.load(Path(folder) / f"{i}.npy").sum(),
        }
        times, sums = [], []
        for fetch in sources.values():
            start = time.perf_counter()
            sums.append(float(sum(fetch(i) for i in chosen)))
            times.append((time.perf_counter() - start) / len(chosen) * 1e6)
    rows = [[ctx.t(key), f"{t:.1f}"] for key, t in zip(sources, times, strict=True)]
    ctx.table(["demo.source", "demo.per_row"], rows)
    return {"microseconds": times, "sums": sums}


def shared_memory(ctx: Context) -> Figures:
    """Tell how large the shared memory of this workspace is, and whether pinning helps."""
    space = shutil.disk_usage("/dev/shm")  # noqa: S108 - where workers hand over their batches
    total, free = space.total / 2**20, space.free / 2**20
    ctx.say("demo.shm", total=total, free=free)
    if not ctx.device.startswith("cuda"):
        ctx.say("demo.no_gpu")
        return {"total": total}
    speeds = []
    for block in (torch.empty(64 * 2**20).pin_memory(), torch.empty(64 * 2**20)):
        block.to(ctx.device)
        torch.cuda.synchronize()
        start = time.perf_counter()
        block.to(ctx.device)
        torch.cuda.synchronize()
        speeds.append(block.nbytes / (time.perf_counter() - start) / 1e9)
    ctx.say("demo.pinned", fast=speeds[0], slow=speeds[1])
    return {"total": total}
