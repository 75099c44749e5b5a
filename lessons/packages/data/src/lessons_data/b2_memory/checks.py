"""Checks of b2-memory: PyTorch's own strides and addresses on random views."""

from __future__ import annotations

from typing import Any

from lessons.grading import Learner, check, close, expect, fail


def _views(learner: Learner) -> list[Any]:
    """Return views of random tensors of order 1 to 4, with offsets and odd strides."""
    import torch

    rng = learner.rng
    views = []
    for dim in (1, 2, 3, 4):
        shape = [int(n) for n in rng.integers(4, 7, size=dim)]
        base = torch.arange(int(torch.tensor(shape).prod())).reshape(shape)
        cut = base
        for axis in range(dim):
            cut = cut.narrow(axis, int(rng.integers(1, 3)), 2)
        views += [base, cut, cut.permute(*reversed(range(dim))), base[::2]]
    return views


@check("index_to_offset")
def index_to_offset(learner: Learner) -> None:
    """Each random place of each view must hold the number that the view shows there."""
    learn, rng = learner.function("index_to_offset"), learner.rng
    cases = []
    for view in _views(learner) + _views(learner):
        for _ in range(4):
            indices = tuple(int(rng.integers(n)) for n in view.shape)
            cases.append((view, indices, _wrong_places(view, indices)))
    # the ribbon counts 0, 1, 2, …, so a number is its own place; telling cases come first
    cases.sort(key=lambda case: -len({int(case[0][case[1]]), *case[2].values()}))
    for view, indices, wrong in cases:
        got = learn(indices, view.stride(), view.storage_offset())
        close(got, int(view[indices]), mistakes=wrong)


def _wrong_places(view: Any, indices: tuple[int, ...]) -> dict[str, int]:
    """Where the usual mistakes would look."""
    strides, offset = view.stride(), view.storage_offset()
    right = sum(i * s for i, s in zip(indices, strides, strict=True))
    turned = sum(i * s for i, s in zip(indices, reversed(strides), strict=True))
    return {
        "offset_left_out": right,
        "strides_reversed": offset + turned,
        "shape_not_stride": offset + _row_major(indices, tuple(view.shape)),
    }


def _row_major(indices: tuple[int, ...], shape: tuple[int, ...]) -> int:
    """The place that a contiguous tensor of this shape would give."""
    place = 0
    for index, length in zip(indices, shape, strict=True):
        place = place * length + index
    return place


@check("is_view_of")
def is_view_of(learner: Learner) -> None:
    """Pairs whose truth is known from how they were made."""
    import torch

    learn, rng = learner.function("is_view_of"), learner.rng
    for _ in range(10):
        n = int(rng.integers(8, 20))
        base = torch.tensor(rng.normal(size=(n, 6)))
        before = base.clone()
        half = n // 2
        pairs = [
            (base, base, True, "misses_itself"),
            (base[half:], base, True, "start_only"),
            (base, base[half:], True, "start_only"),
            (base.T, base, True, "shape_matters"),
            (base.view(-1), base, True, "shape_matters"),
            (base.clone(), base, False, "values_not_memory"),
            (base[:half], base[half:], False, "same_storage_only"),
            (base[half:], base[:half], False, "same_storage_only"),
            (base[:2], base[1:3], True, "start_only"),
            (base[:1, :3], base[:1, 2:], True, "last_number"),
            (base[:3, 0], base[2:, 0], True, "last_number"),
        ]
        for a, b, truth, kind in pairs:
            got = learn(a, b)
            expect(isinstance(got, bool), "wrong_type")
            expect(got == truth, kind)
        expect(torch.equal(base, before), "changes_numbers")


@check(
    "my_contiguous",
    forbids=("torch.reshape", "torch.clone", "torch.flatten", "torch.stack", "torch.cat"),
)
def my_contiguous(learner: Learner) -> None:
    """Transposed, cut and stepped tables of two dtypes."""
    import torch

    learn, rng = learner.function("my_contiguous"), learner.rng
    source = learner.source()
    for word in (".contiguous(", ".clone(", ".reshape(", ".flatten(", ".ravel(", ".view("):
        expect(word not in source, "ready_made")
    for _ in range(6):
        n = int(rng.integers(4, 7))
        base = torch.tensor(rng.normal(size=(n, n + 2)), dtype=torch.float64)
        for view in (base.T, base[1:, 2:], base[:, ::2], base[0].expand(3, n + 2)):
            for t in (view, (view * 100).to(torch.int64).T):
                _judge(learn(t), t)


def _judge(got: Any, t: Any) -> None:
    """The copy must show the same numbers and own a ribbon in reading order."""
    import torch

    expect(isinstance(got, torch.Tensor), "wrong_type")
    if tuple(got.shape) == tuple(reversed(t.shape)) and torch.equal(got, t.T.to(got.dtype)):
        fail("turned")
    close(got, t)
    expect(got.dtype == t.dtype, "wrong_dtype")
    expect(got.data_ptr() != t.data_ptr(), "still_a_view")
    expect(got.is_contiguous(), "not_contiguous")
