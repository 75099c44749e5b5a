"""Training goes on where it was stopped, and ends as if it had not been."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from lessons.sinks import RecordingSink
from lessons.training import Training

from lessons import training
from tests.lessons.tiny import ROOT

pytestmark = pytest.mark.lessons


def pieces() -> dict[str, Any]:
    import torch

    torch.manual_seed(3)
    model = torch.nn.Linear(2, 1).double()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    return {
        "model": model,
        "optimizer": optimizer,
        "generator": torch.Generator().manual_seed(1),
    }


def prepared(file: Path, state: dict[str, Any], steps: int = 30) -> Training:
    return Training("fit", steps, state=state, file=file, sink=RecordingSink())


def learn(run: Training, state: dict[str, Any], stop_at: int | None = None) -> None:
    import torch

    for step in run:
        x = torch.rand(8, 2, dtype=torch.float64, generator=state["generator"])
        loss = ((state["model"](x) - x.sum(1, keepdim=True)) ** 2).mean()
        state["optimizer"].zero_grad()
        loss.backward()
        state["optimizer"].step()
        step.report(loss=loss)
        if step.number == stop_at:
            os.kill(os.getpid(), signal.SIGINT)


def test_a_stopped_run_resumes_and_ends_as_an_unbroken_one(tmp_path: Path) -> None:
    whole, broken, resumed = pieces(), pieces(), pieces()
    unbroken = prepared(tmp_path / "a.pt", whole)
    learn(unbroken, whole)
    with pytest.raises(KeyboardInterrupt):
        learn(prepared(tmp_path / "b.pt", broken), broken, stop_at=11)
    again = prepared(tmp_path / "b.pt", resumed)
    learn(again, resumed)
    assert again.resumed_at == 12
    assert again.history == unbroken.history
    assert len(again.history["loss"]) == 30
    for one, other in zip(whole["model"].parameters(), resumed["model"].parameters(), strict=True):
        assert one.tolist() == other.tolist()


def test_a_finished_run_leaves_nothing_to_resume(tmp_path: Path) -> None:
    state = pieces()
    learn(prepared(tmp_path / "a.pt", state), state)
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_is_killed_resumes_at_its_last_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "SAVE_EVERY", 0.0)
    state = pieces()
    steps = iter(prepared(tmp_path / "a.pt", state))
    for _ in range(6):
        next(steps)
    again = prepared(tmp_path / "a.pt", pieces())
    next(iter(again))
    assert again.resumed_at == 5


@pytest.mark.parametrize("spoiled", [b"", b"PK\x03\x04 cut short", b"not a checkpoint"])
def test_a_spoiled_checkpoint_starts_anew(tmp_path: Path, spoiled: bytes) -> None:
    (tmp_path / "a.pt").write_bytes(spoiled)
    run = prepared(tmp_path / "a.pt", pieces())
    next(iter(run))
    assert run.resumed_at == 0


def test_a_checkpoint_of_another_model_is_not_taken(tmp_path: Path) -> None:
    state = pieces()
    with pytest.raises(KeyboardInterrupt):
        learn(prepared(tmp_path / "a.pt", state), state, stop_at=3)
    run = prepared(tmp_path / "a.pt", pieces(), steps=31)
    next(iter(run))
    assert run.resumed_at == 0


def test_ctrl_c_in_the_middle_of_a_step_lets_the_step_end(tmp_path: Path) -> None:
    state = pieces()
    run = prepared(tmp_path / "a.pt", state)
    ended: list[int] = []

    def steps() -> None:
        for step in run:
            if step.number == 2:
                os.kill(os.getpid(), signal.SIGINT)
            ended.append(step.number)

    with pytest.raises(KeyboardInterrupt):
        steps()
    assert ended == [0, 1, 2]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_finished_step_is_on_disk_before_the_process_ends(tmp_path: Path) -> None:
    """A real process, a real Ctrl-C."""
    program = textwrap.dedent(
        f"""
        import sys, time, torch
        sys.path.insert(0, {str(ROOT / "lessons/runner/src")!r})
        from pathlib import Path
        from lessons.sinks import TextSink
        from lessons.training import Training
        model = torch.nn.Linear(1, 1)
        state = {{"model": model, "optimizer": torch.optim.SGD(model.parameters(), lr=0.1)}}
        out = Path({str(tmp_path)!r})
        for step in Training("fit", 1000, state=state, file=out / "a.pt", sink=TextSink(out)):
            print("step", step.number, flush=True)
            time.sleep(0.02)
        """
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for _ in range(5):
        process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert (tmp_path / "a.pt").is_file()
