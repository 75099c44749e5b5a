"""Checks of b3-image: random pictures placed point by point, and moments by plain sums."""

from __future__ import annotations

from typing import Any

from lessons.grading import Learner, check, close, expect, fail


def _tensor(value: object, dim: int) -> Any:
    """The answer must be a tensor with this many axes."""
    import torch

    expect(isinstance(value, torch.Tensor), "not_a_tensor")
    assert isinstance(value, torch.Tensor)  # noqa: S101
    if value.dim() != dim:
        fail("wrong_shape")
    return value


@check("to_batch")
def to_batch(learner: Learner) -> None:
    """Random pictures of unequal height and width; every point compared at its indices."""
    import numpy as np
    import torch

    rng = learner.rng
    for _ in range(5):
        n, h = int(rng.integers(2, 4)), int(rng.integers(4, 7))
        w = h + int(rng.integers(1, 4))
        pictures = [rng.integers(0, 256, size=(h, w, 3), dtype=np.uint8) for _ in range(n)]
        got = _tensor(learner.function("to_batch")([p.copy() for p in pictures]), 4)
        truth = np.zeros((n, 3, h, w))
        for (row, column, channel), _value in np.ndenumerate(pictures[0]):
            for number, picture in enumerate(pictures):
                truth[number, channel, row, column] = picture[row, column, channel] / 255
        whole = np.stack(pictures)
        close(
            got,
            truth,
            rtol=1e-5,
            atol=1e-7,
            mistakes={
                "not_rescaled": truth * 255,
                "reshaped": whole.reshape(n, 3, h, w) / 255,
                "still_hwc": whole / 255,
                "sides_swapped": truth.transpose(0, 1, 3, 2),
                "divided_as_bytes": np.floor(truth),
                "divided_by_256": truth * 255 / 256,
            },
        )
        expect(got.dtype == torch.float32, "wrong_dtype")


@check("normalize")
def normalize(learner: Learner) -> None:
    """Channels with unlike means; moments, shapes and the way back."""
    import torch

    rng = learner.rng
    for _ in range(5):
        n, c = int(rng.integers(3, 6)), int(rng.integers(2, 5))
        scale = rng.uniform(0.2, 3, size=(1, c, 1, 1))
        shift = rng.uniform(-4, 4, size=(1, c, 1, 1)) + rng.normal(size=(n, 1, 1, 1))
        batch = torch.tensor(rng.normal(size=(n, c, 5, 6)) * scale + shift)
        before = batch.clone()
        result = learner.function("normalize")(batch)
        expect(isinstance(result, tuple) and len(result) == 3, "three_results")
        expect(torch.equal(batch, before), "changes_batch")
        got, mean, deviation = (_tensor(one, 4) for one in result)
        _moments(before, mean, deviation)
        columns = [got[:, k].flatten().tolist() for k in range(c)]
        for column in columns:
            middle = sum(column) / len(column)
            spread = (sum((x - middle) ** 2 for x in column) / len(column)) ** 0.5
            expect(abs(middle) < 1e-6, "mean_not_zero")
            expect(abs(spread - 1) < 1e-5, "deviation_not_one")
        close(got * deviation + mean, before, rtol=1e-6, mistakes={"no_way_back": got})


def _moments(batch: Any, mean: Any, deviation: Any) -> None:
    """Compare mean and deviation with those of other axes and other divisors."""
    means = [
        float(sum(batch[:, k].flatten().tolist())) / batch[:, k].numel()
        for k in range(batch.shape[1])
    ]
    shape = (1, batch.shape[1], 1, 1)
    expect(
        tuple(mean.shape)
        in (shape, (1, 1, 1, 1), (batch.shape[0], 1, 1, 1), (*batch.shape[:2], 1, 1)),
        "wrong_shape",
    )
    if tuple(mean.shape) == (1, 1, 1, 1):
        fail("one_for_all")
    if tuple(mean.shape) == (batch.shape[0], 1, 1, 1):
        fail("each_picture")
    if tuple(mean.shape) == (*batch.shape[:2], 1, 1):
        fail("each_picture")
    close(mean.flatten(), means)
    spread = [batch[:, k].flatten().std(correction=0).item() for k in range(batch.shape[1])]
    other = [batch[:, k].flatten().std(correction=1).item() for k in range(batch.shape[1])]
    close(
        deviation,
        [[[[s]] for s in spread]],
        mistakes={
            "divides_by_one_less": [[[[s]] for s in other]],
            "variance_not_deviation": [[[[s * s]] for s in spread]],
        },
    )


@check("volume")
def volume(learner: Learner) -> None:
    """Shuffled slices of random scans."""
    import numpy as np
    import torch

    rng = learner.rng
    for _ in range(5):
        n, d, h = 2, int(rng.integers(3, 6)), int(rng.integers(6, 8))
        truth = rng.integers(-1000, 1000, size=(n, 1, d, h, h + 2)).astype(np.int16)
        scans, unsorted = [], np.zeros_like(truth)
        for number in range(n):
            positions = np.sort(rng.uniform(-50, 50, size=d))
            order = np.roll(rng.permutation(d), 1) if d > 3 else np.array([1, 2, 0])
            if list(order) == list(range(d)):
                order = order[::-1]
            scans.append([(float(positions[k]), truth[number, 0, k]) for k in order])
            unsorted[number, 0] = truth[number, 0][order]
        got = learner.function("volume")(scans)
        expect(isinstance(got, torch.Tensor), "not_a_tensor")
        close(
            got,
            truth,
            mistakes={
                "not_sorted": unsorted,
                "backwards": truth[:, :, ::-1],
                "channel_missing": truth[:, 0],
                "channel_misplaced": truth.transpose(0, 2, 1, 3, 4),
            },
        )
        expect(got.dtype == torch.float32, "wrong_dtype")


@check("valleys")
def valleys(learner: Learner) -> None:
    """Losses against the expanded parabola; valleys of jagged curves, and of the bowl."""
    import numpy as np

    rng = learner.rng
    for _ in range(5):
        x, y = rng.uniform(0, 255, 30), rng.normal(0, 3, 30)
        for data in (x, (x - x.mean()) / x.std()):
            best = np.mean(data * y) / np.mean(data**2)
            weights = best + np.linspace(-2.01, 2, 80)
            truth = np.mean(data**2) * weights**2 - 2 * np.mean(data * y) * weights + np.mean(y**2)
            got = learner.function("losses")(data, y, weights)
            close(got, truth, rtol=1e-8, mistakes={"sum_not_mean": truth * 30})
            bowl = learner.function("valleys")(np.asarray(got))
            expect(bowl == 1, "bowl_has_one")
        depths = rng.permutation(20).astype(float)
        count = learner.function("valleys")(depths)
        padded = np.concatenate([[np.inf], depths, [np.inf]])
        ends = int(np.sum((padded[1:-1] < padded[:-2]) & (padded[1:-1] < padded[2:])))
        inner = sum(depths[i] == min(depths[i - 1 : i + 2]) for i in range(1, 19))
        peaks = sum(depths[i] == max(depths[i - 1 : i + 2]) for i in range(1, 19))
        expect(isinstance(count, int | np.integer), "wrong_type")
        if count != inner and count == ends:
            fail("counts_the_ends")
        if count != inner and count == peaks:
            fail("counts_peaks")
        expect(count == inner, "wrong_value")
    expect(learner.function("valleys")(np.array([5.0, 1, 1, 5])) == 0, "flat_counted")
    expect(learner.function("valleys")(np.array([0.0, 1, 2, 3])) == 0, "counts_the_ends")
    expect(learner.function("valleys")(np.array([0.0, 2, 0])) == 0, "counts_peaks")
