"""Six ways to put two classes of points on a plane."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Points = tuple[NDArray[np.float64], NDArray[np.int64]]


def halves(rng: np.random.Generator, n: int = 1000) -> Points:
    """Above or below a slanted line; nothing lies close to it."""
    x = rng.uniform(-1, 1, (2 * n, 2))
    side = x @ np.array([0.8, -0.6])
    x, side = x[np.abs(side) > 0.05][:n], side[np.abs(side) > 0.05][:n]
    return x, (side > 0).astype(np.int64)


def stripes(rng: np.random.Generator, n: int = 1000) -> Points:
    """Class 1 on the left and on the right, where the first number is beyond 5 in size."""
    x = rng.uniform(-10, 10, (n, 2))
    return x, (np.abs(x[:, 0]) > 5).astype(np.int64)


def xor(rng: np.random.Generator, n: int = 1000) -> Points:
    """Opposite quarters belong together."""
    x = rng.uniform(-1, 1, (n, 2))
    return x, ((x[:, 0] > 0) != (x[:, 1] > 0)).astype(np.int64)


def circles(rng: np.random.Generator, n: int = 1000) -> Points:
    """A ring inside a ring."""
    y = np.arange(n) % 2
    angle = rng.uniform(0, 2 * np.pi, n)
    ring = np.where(y, 0.5, 1.0)[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return ring + rng.normal(0, 0.08, (n, 2)), y


def moons(rng: np.random.Generator, n: int = 1000) -> Points:
    """Two half rings that reach into each other."""
    y = np.arange(n) % 2
    angle = rng.uniform(0, np.pi, n)
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    lower = np.column_stack([1 - np.cos(angle), 0.5 - np.sin(angle)])
    return np.where(y[:, None], lower, upper) + rng.normal(0, 0.12, (n, 2)), y


def spirals(rng: np.random.Generator, n: int = 1000) -> Points:
    """Two arms of one and a half turns."""
    y = np.arange(n) % 2
    out = np.sqrt(rng.uniform(0, 1, n))
    angle = 3 * np.pi * out + np.pi * y
    arm = 5 * out[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return arm + rng.normal(0, 0.2, (n, 2)), y


SETS: dict[str, Callable[..., Points]] = {
    "halves": halves,
    "stripes": stripes,
    "xor": xor,
    "circles": circles,
    "moons": moons,
    "spirals": spirals,
}
