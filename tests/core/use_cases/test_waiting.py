import os
import signal
import threading

import pytest

from workspace_cli.core.waiting import finished, surely


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_a_call_ends_before_ctrl_c_takes_effect() -> None:
    steps = []

    def call() -> None:
        interrupt()
        steps.append("ended")

    with pytest.raises(KeyboardInterrupt):
        finished(call)
    assert steps == ["ended"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_ctrl_c_is_obeyed_at_once() -> None:
    def call() -> None:
        interrupt()
        interrupt()
        pytest.fail("it went on")

    with pytest.raises(KeyboardInterrupt):
        finished(call)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_somebody_elses_handler_is_told_afterwards() -> None:
    told: list[int] = []

    def call() -> list[int]:
        interrupt()
        return list(told)

    before = signal.signal(signal.SIGINT, lambda number, frame: told.append(number))
    try:
        assert finished(call) == []
    finally:
        signal.signal(signal.SIGINT, before)
    assert told == [signal.SIGINT]


def test_a_failure_is_told_and_the_handler_put_back() -> None:
    with pytest.raises(ZeroDivisionError):
        finished(lambda: 1 / 0)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_it_works_in_any_thread() -> None:
    answers: list[int] = []
    thread = threading.Thread(target=lambda: answers.append(finished(lambda: 5)))
    thread.start()
    thread.join()
    assert answers == [5]


def test_a_clean_up_step_that_fails_is_tried_once_more() -> None:
    tries = []

    def step() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("first")

    with pytest.raises(OSError, match="first"):
        surely(step)
    assert len(tries) == 2
