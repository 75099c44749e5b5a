"""labdock/pytorch: what labdock/base does, and training."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.images.base_suite import BaseSuite
from tests.images.containers import Workspace, docker

REPOSITORY = Path(__file__).parents[2]

_TRAIN = """
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
torch.manual_seed(0)
x, y = load_digits(return_X_y=True)
parts = train_test_split(x / 16, y, test_size=0.2, random_state=0, stratify=y)
train_x, test_x = (torch.tensor(part, dtype=torch.float32) for part in parts[:2])
train_y, test_y = (torch.tensor(part) for part in parts[2:])
net = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for _ in range(100):
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(net(train_x), train_y).backward()
    optimizer.step()
accuracy = (net(test_x).argmax(1) == test_y).float().mean().item()
print(torch.__version__, torch.get_num_threads(), accuracy)
"""

_KOREAN_FIGURE = """
import warnings; warnings.simplefilter("error")
import matplotlib; matplotlib.use("agg")
from matplotlib import pyplot as plt, font_manager
plt.plot([-2, -1, 0], [-1, 0, 1], label="손실 함수")
plt.title("학습 곡선 - 정확도 95%"); plt.xlabel("에폭"); plt.legend()
plt.savefig("/tmp/figure.png")
plt.rcParams["font.family"] = "NanumGothic"  # what every Korean tutorial says
plt.figure(); plt.plot([-2, -1], [-1, 0]); plt.title("음수"); plt.savefig("/tmp/figure.png")
print(font_manager.fontManager.findfont("NanumGothic").rsplit("/", 1)[1])
"""

_KERAS = """
import keras, numpy
x = numpy.linspace(-1, 1, 64).reshape(-1, 1); y = 3 * x + 1
model = keras.Sequential([keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.SGD(0.3), loss="mse")
model.fit(x, y, epochs=60, verbose=0)
print(keras.backend.backend(), model.evaluate(x, y, verbose=0) < 1e-3)
"""


@pytest.mark.engine
class TestPytorch(BaseSuite):
    """Everything of the parent's, then its own."""

    image = "labdock/pytorch"
    has_torch = True

    def test_a_cell_trains_a_network(self) -> None:
        with Workspace(self.image, ("--cpus", "1")) as workspace:
            version, threads, accuracy = workspace.ready().run_cell(_TRAIN).split()
            assert version.startswith("2.13.0")
            assert threads == "1"
            assert float(accuracy) >= 0.95

    def test_korean_text_and_minus_signs_have_glyphs(self, workspace: Workspace) -> None:
        assert workspace.run_cell(_KOREAN_FIGURE).strip() == "NanumGothic.ttf"

    def test_the_fonts_are_listed_beforehand(self) -> None:
        with Workspace(self.image) as fresh:
            fresh.ready()
            before = fresh.shell("cat ~/.cache/matplotlib/fontlist*")
            fresh.run_cell(_KOREAN_FIGURE)
            assert fresh.shell("cat ~/.cache/matplotlib/fontlist*") == before
            assert "NanumGothic" in before

    def test_keras_runs_on_torch(self, workspace: Workspace) -> None:
        assert workspace.run_cell(_KERAS).split()[-2:] == ["torch", "True"]

    def test_torch_compile_finds_a_compiler(self, workspace: Workspace) -> None:
        code = "import torch; print(torch.compile(lambda x: x * 2 + 1)(torch.ones(3)).tolist())"
        assert workspace.run_cell(code).strip().endswith("[3.0, 3.0, 3.0]")

    def test_packages_agree_with_each_other(self, workspace: Workspace) -> None:
        # A class-wide container: others may have installed or removed something by now.
        with Workspace(self.image) as fresh:
            assert fresh.ready().member("pip", "check") == "No broken requirements found."


@pytest.mark.engine
def test_cuda_image_builds_but_for_torch_itself() -> None:
    tag = "labdock-test/cuda-libraries"
    subprocess.run(
        [
            *("docker", "buildx", "build", "--quiet", "--load", "--builder", "default"),
            *("--target", "libraries", "--build-arg", "TORCH=cuda", "--tag", tag),
            *("--file", "images/pytorch/Dockerfile", "."),
        ],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        timeout=600,
    )
    try:
        config = json.loads(docker("image", "inspect", "--format", "{{json .Config.Env}}", tag))
        assert "KERAS_BACKEND=torch" in config
        with Workspace(tag) as workspace:
            assert "torch" not in workspace.ready().member("pip", "list", "--format=freeze")
    finally:
        docker("rmi", tag, check=False)


@pytest.mark.engine
def test_cuda_lock_is_whole_and_can_be_had() -> None:
    """Resolves torch's CUDA build and all that it needs, without fetching any of it."""
    lock = REPOSITORY / "requirements/torch-cuda.txt"
    pins = [line for line in lock.read_text().splitlines() if line[:1] not in ("", " ", "#")]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "uv", "pip", "install", "--dry-run", "--no-config"),
            *("--python-version", "3.11", "--target", "/nowhere", "--requirement", str(lock)),
        ],
        env=_index_environment(),
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    wanted = {line.removeprefix(" + ") for line in done.stderr.splitlines() if line[:3] == " + "}
    assert wanted == set(pins)
    assert "torch==2.13.0" in wanted


def _index_environment() -> dict[str, str]:
    """uv reads no configuration of pip's: tell it of this machine's index, where there is one."""
    environ = {key: value for key, value in os.environ.items() if key != "UV_FIND_LINKS"}
    asked = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    return {**environ, "UV_DEFAULT_INDEX": found} if found else environ
