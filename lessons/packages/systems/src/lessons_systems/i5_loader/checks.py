"""Datasets that count how they are read, loaders against the clock."""

from __future__ import annotations

import math
import time
import warnings
from typing import Any

from lessons.grading import Learner, check, close, expect, fail


class _Lines(list[str]):
    """Lines that count how many of them were read."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(lines)
        self.reads = 0

    def __getitem__(self, index: Any) -> Any:
        self.reads += len(range(*index.indices(len(self)))) if isinstance(index, slice) else 1
        return super().__getitem__(index)

    def __iter__(self) -> Any:
        self.reads += len(self)
        return super().__iter__()


@check("rows_dataset")
def rows_dataset(learner: Learner) -> None:
    """Make random tables of text and ask for single rows."""
    import torch

    make = learner.function("RowsDataset")
    values = learner.rng.normal(size=(9, 4)).round(3)
    labels = learner.rng.integers(0, 5, size=9)
    body = [
        ",".join([*(str(v) for v in row), str(label)])
        for row, label in zip(values.tolist(), labels.tolist(), strict=True)
    ]
    lines = _Lines(["a,b,c,d,label", *body])
    dataset = make(lines)
    expect(lines.reads <= 2, "eager")
    expect(len(dataset) == 9, "header_counted")
    for index in (0, 5, 8):
        features, label = dataset[index]
        features, label = torch.as_tensor(features), torch.as_tensor(label)
        expect(features.shape != (5,), "label_in_features")
        right = (features.dtype, label.dtype) == (torch.float32, torch.int64)
        expect(right, "wrong_dtype")
        close(features, values[index], rtol=1e-5)
        close(label, int(labels[index]))
    try:
        dataset[9]
    except IndexError:
        return
    fail("no_end")


@check("loader_settings")
def loader_settings(learner: Learner) -> None:
    """Ask for machines of many kinds, and let a loader try the settings."""
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    function = learner.function("loader_settings")
    names = {"num_workers", "pin_memory", "shuffle", "drop_last", "persistent_workers"}
    cores = [1, 2, 3, 5, int(learner.rng.integers(6, 64))]
    for count in cores:
        for gpu in (False, True):
            for training in (True, False):
                given = dict(function(count, gpu, training))
                expect(set(given) == names, "missing_entry")
                limit = max(0, min(4, count - 1))
                expect(given["num_workers"] <= limit, "too_many_workers")
                expect(given["num_workers"] == limit, "no_workers")
                expect(gpu or not given["pin_memory"], "pins_without_gpu")
                expect(training or not given["shuffle"], "shuffles_evaluation")
                expect(training or not given["drop_last"], "drops_evaluation")
                expect(given["shuffle"] or not training, "not_shuffled")
                expect(limit > 0 or not given["persistent_workers"], "keeps_no_workers")
                wanted = (gpu, training, limit > 0)
                got = (given["pin_memory"], given["drop_last"], given["persistent_workers"])
                close([float(one) for one in got], [float(one) for one in wanted])
                with warnings.catch_warnings():
                    # The machine that grades may have fewer cores than the one asked about.
                    warnings.simplefilter("ignore", UserWarning)
                    DataLoader(TensorDataset(torch.zeros(8, 1)), batch_size=2, **given)


class _Sleepy:
    """Samples that take their time and note when they were read."""

    def __init__(self, values: Any) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: int) -> str:
        # Text goes through a pipe; tensors would need files that a check may not write.
        begun = time.monotonic()
        time.sleep(0.015)
        return f"{float(self.values[index])!r} {begun!r} {time.monotonic()!r}"


@check("fast_loader")
def fast_loader(learner: Learner) -> None:
    """Read a dataset that sleeps, and see how much of the sleeping was done side by side."""
    function = learner.function("fast_loader")
    shares = []
    for _ in range(3):
        values = learner.rng.normal(size=36)
        loader = function(_Sleepy(values), 6)
        expect(getattr(loader, "num_workers", 0) > 0, "no_workers")
        batches = [[sample.split() for sample in batch] for batch in loader]
        expect([len(batch) for batch in batches] == [6] * 6, "batch_size_ignored")
        samples = [[float(one) for one in sample] for batch in batches for sample in batch]
        told, begun, ended = zip(*samples, strict=True)
        same = all(math.isclose(a, b, rel_tol=1e-5) for a, b in zip(told, values, strict=True))
        expect(same, "order_changed")
        # Processes take long to start on a busy machine: only the reading itself counts.
        alone = sum(end - start for start, end in zip(begun, ended, strict=True))
        shares.append((max(ended) - min(begun)) / alone)
        if shares[-1] <= 0.75:
            return
    fail("not_faster")


@check("shm_needed")
def shm_needed(learner: Learner) -> None:
    """Count the bytes of arrays of that size."""
    import numpy as np

    function = learner.function("shm_needed")
    for _ in range(4):
        side = int(learner.rng.integers(40, 400))
        sample = np.empty((3, side, side), dtype=np.float32).nbytes
        batch, workers, prefetch = (
            int(learner.rng.integers(low, high)) for low, high in ((8, 65), (2, 9), (2, 6))
        )
        held = [sample] * (batch * workers * prefetch)
        truth = sum(held) / 2**20
        close(
            function(sample, batch, workers, prefetch),
            truth,
            rtol=1e-9,
            mistakes={
                "no_prefetch": truth / prefetch,
                "one_worker": truth / workers,
                "one_sample": truth / batch,
                "not_mib": float(sum(held)),
            },
        )
