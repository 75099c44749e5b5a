"""Compares numbers, nested lists, numpy arrays and torch tensors by value.

Works without numpy, for the lessons that need nothing but the standard library.
"""

import math
import numbers
import sys
from typing import Any


class NotComparableError(Exception):
    """The value is not a number or an array of numbers."""


def shape_of(value: object) -> tuple[int, ...]:
    """The lengths along each axis; () for a number. NotComparableError for anything else."""
    value = plain(value)
    shape = getattr(value, "shape", None)
    if shape is not None:
        return tuple(int(length) for length in shape)
    if isinstance(value, list):
        inner = {shape_of(one) for one in value}
        if len(inner) > 1:
            raise NotComparableError("the rows differ in length")
        return (len(value), *(inner.pop() if inner else ()))
    return ()


def matches(actual: object, truth: object, rtol: float, atol: float) -> bool:
    """Whether both have the same shape and every number is near; nan is near nan."""
    left, right = plain(actual), plain(truth)
    if shape_of(left) != shape_of(right):
        return False
    if hasattr(left, "shape") or hasattr(right, "shape"):
        import numpy as np

        return bool(np.allclose(left, right, rtol=rtol, atol=atol, equal_nan=True))
    return _near(left, right, rtol, atol)


def _near(left: Any, right: Any, rtol: float, atol: float) -> bool:
    if isinstance(left, list):
        return all(_near(one, other, rtol, atol) for one, other in zip(left, right, strict=True))
    if left == right or (math.isnan(left) and math.isnan(right)):
        return True
    return bool(math.isfinite(right) and abs(left - right) <= atol + rtol * abs(right))


def plain(value: Any) -> Any:
    """A Python number, a nested list, or a numpy array of numbers."""
    if hasattr(value, "detach"):
        tensor = value.detach().cpu().resolve_conj().resolve_neg()
        # numpy has no bfloat16.
        value = (tensor.float() if "bfloat16" in str(tensor.dtype) else tensor).numpy()
    if isinstance(value, bool | numbers.Number):
        return value
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        return _numpy_plain(value, numpy)
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    raise NotComparableError(type(value).__name__)


def _numpy_plain(value: object, numpy: Any) -> Any:
    if not isinstance(value, list | tuple) and not hasattr(value, "__array__"):
        raise NotComparableError(type(value).__name__)
    if isinstance(value, list | tuple):
        value = [plain(one) for one in value]
    try:
        array = numpy.asarray(value)
    except (TypeError, ValueError) as problem:
        raise NotComparableError(str(problem)) from problem
    if array.dtype.kind not in "biufc":
        raise NotComparableError(str(array.dtype))
    return array
