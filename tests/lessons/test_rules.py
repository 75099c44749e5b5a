"""What an exercise forbids is found under any name; ordinary code is let through."""

import ast

import pytest
from lessons.rules import first_violation


@pytest.mark.parametrize(
    "source, forbids, found",
    [
        ("import torch\ntorch.optim.SGD", ("torch.optim",), "torch.optim"),
        ("import torch as t\nt.optim.SGD", ("torch.optim",), "torch.optim"),
        ("from torch import optim\noptim.SGD", ("torch.optim",), "torch.optim"),
        ("from torch.optim import SGD", ("torch.optim",), "torch.optim"),
        ("import torch\no = torch.optim\no.SGD", ("torch.optim",), "torch.optim"),
        (
            "import torch.nn.functional as F\nF.mse_loss",
            ("torch.nn.functional.mse_loss",),
            "torch.nn.functional.mse_loss",
        ),
        ("x = sum([1])", ("sum",), "sum"),
        ("[a for a in b]", ("for",), "for"),
        ("while 1: pass", ("while",), "while"),
    ],
)
def test_what_is_forbidden_is_found(source: str, forbids: tuple[str, ...], found: str) -> None:
    assert first_violation(ast.parse(source), forbids) == found


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np\nimport re\nre.compile('a')",
        "class A:\n    def __init__(self): super().__init__()\n    __radd__ = None",
        "x = getattr(object(), 'name', None)",
        "from dataclasses import dataclass",
        "import torch\nm = torch.nn.Linear(1, 1)\nm.eval()",
        "from __future__ import annotations",
        "def f(input): return input",
        "import torch\ntorch.optimal = 1",
    ],
)
def test_ordinary_code_is_let_through(source: str) -> None:
    assert first_violation(ast.parse(source), ("torch.optim",)) is None


def test_what_the_exercise_allows_is_let_through() -> None:
    assert first_violation(ast.parse("import os\nos.path"), (), ("os",)) is None
