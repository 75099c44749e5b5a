"""Checks of the lesson on Keras: models, callbacks and weights, tried from outside."""

from itertools import pairwise
from typing import Any

import keras
import numpy as np
import torch
from lessons.grading import Learner, check, close, expect, fail
from sklearn.datasets import load_digits


def _numbers(values: Any) -> np.ndarray:
    return keras.ops.convert_to_numpy(values)


@check("digits_model")
def digits_model(learner: Learner) -> None:
    """Looks at the outputs and the loss, then trains the model and shows it unseen digits."""
    keras.utils.set_random_seed(learner.seed % 2**31)
    model = learner.function("digits_model")()
    expect(isinstance(model, keras.Model), "wrong_type")
    expect(getattr(model, "optimizer", None) is not None, "not_compiled")
    noise = learner.rng.normal(0, 3, (40, 64)).astype("float32")
    scores = _numbers(model(noise))
    expect(scores.shape == (40, 10), "wrong_shape")
    expect(model.count_params() == 64 * 64 + 64 + 64 * 10 + 10, "parameter_count")
    names = learner.rng.integers(0, 10, 40)
    try:
        told = model.evaluate(noise, names, verbose=0, return_dict=True)
    except ValueError:
        fail("labels")
    _outputs_fit_the_loss(scores, names, float(told["loss"]))
    expect({"accuracy", "acc", "sparse_categorical_accuracy"} & set(told), "no_accuracy")
    expect(_bends(model), "no_activation")
    data = load_digits()
    order = learner.rng.permutation(len(data.target))
    x, y = (data.data[order] / 16).astype("float32"), data.target[order]
    model.fit(x[:1300], y[:1300], batch_size=64, epochs=25, verbose=0)
    said = _numbers(model(x[1300:])).argmax(1)
    expect(float((said == y[1300:]).mean()) >= 0.93, "band")


def _outputs_fit_the_loss(outputs: np.ndarray, names: np.ndarray, told: float) -> None:
    wanted = torch.nn.functional.cross_entropy(torch.tensor(outputs), torch.tensor(names)).item()
    of_scores = abs(told - wanted) < 1e-3 * max(1.0, wanted)
    shares = bool(np.allclose(outputs.sum(1), 1, atol=1e-4) and (outputs >= 0).all())
    if shares:
        fail("softmax_twice" if of_scores else "probabilities_not_scores")
    expect(bool((outputs < 0).any()), "probabilities_not_scores")
    expect(of_scores, "softmax_twice")


def _bends(model: Any) -> bool:
    line = np.linspace(-5, 5, 201, dtype="float32")[:, None] * np.ones((1, 64), dtype="float32")
    scores = _numbers(model(line)).astype(float)
    return bool(np.abs(np.diff(scores, n=2, axis=0)).max() > 1e-3)


@check("patient")
def patient(learner: Learner) -> None:
    """Plays two trainings to the callbacks and looks when they stop and with which weights."""
    rng = learner.rng
    function = learner.function("patient")
    for _ in range(2):
        patience, best = int(rng.integers(2, 6)), int(rng.integers(3, 7))
        end = best + 3 * patience
        falling = np.sort(rng.uniform(0.2, 0.9, end + 1))[::-1]
        rising = falling[best] + rng.uniform(0.01, 0.3, end - best)
        valley = np.concatenate([falling[: best + 1], rising])
        # Held-back data get better all the time, the training pictures do not.
        last, _ = _play(function(patience), valley, falling)
        expect(last == end, "watches_training")
        last, weight = _play(function(patience), falling, valley)
        expect(last != end, "never_stops")
        expect(last >= best + patience, "too_early")
        expect(last <= best + patience, "never_stops")
        expect(weight == best, "worst_kept")


def _play(callbacks: Any, losses: np.ndarray, held_back: np.ndarray) -> tuple[int, int]:
    """The last epoch that was run, and the one whose weights the model ends with."""
    expect(isinstance(callbacks, list), "not_a_list")
    expect(all(isinstance(one, keras.callbacks.Callback) for one in callbacks), "not_a_list")
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(optimizer="sgd", loss="mse")
    bundle = keras.callbacks.CallbackList(callbacks, model=model)
    bundle.on_train_begin()
    epoch = 0
    for epoch in range(len(losses)):
        bundle.on_epoch_begin(epoch)
        model.set_weights([np.array([[float(epoch)]])])
        logs = {"loss": float(losses[epoch]), "val_loss": float(held_back[epoch])}
        bundle.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    bundle.on_train_end()
    return epoch, round(float(_numbers(model.weights[0]).item()))


@check("curve")
def curve(learner: Learner) -> None:
    """Plays two trainings, the second shorter, to one object."""
    rng = learner.rng
    make = learner.function("Curve")
    expect(issubclass(make, keras.callbacks.Callback), "not_a_callback")
    watcher, earlier = make(), []
    for epochs in (10, 7):
        losses, held_back = rng.uniform(0.5, 1, epochs), rng.uniform(0.5, 1, epochs)
        best = int(rng.integers(2, epochs - 3))
        held_back[best], held_back[0] = 0.3, 1.2
        losses[(best + 1) % epochs] = 0.2
        watcher.on_train_begin()
        for epoch, (loss, other) in enumerate(zip(losses, held_back, strict=True)):
            watcher.on_epoch_end(epoch, {"loss": float(loss), "val_loss": float(other)})
        truth = held_back.tolist()
        mistakes = {"training_loss": losses, "last_run_kept": [*earlier, *truth]}
        close(list(watcher.losses), truth, rtol=1e-9, mistakes=mistakes)
        wrong = {"counts_from_one": best + 1, "largest": int(np.argmax(truth)), "last": epochs - 1}
        wrong = {kind: value for kind, value in wrong.items() if value != best}
        close(int(watcher.best), best, rtol=0, atol=0, mistakes=wrong)
        earlier += truth


@check("to_torch")
def to_torch(learner: Learner) -> None:
    """Fills models of several shapes with random weights and compares the scores."""
    rng = learner.rng
    function = learner.function("to_torch")
    for sizes in ([6, 6, 6], [5, 9, 7, 3], [4, 2]):
        model = keras.Sequential([keras.Input((sizes[0],))])
        for width in sizes[1:-1]:
            model.add(keras.layers.Dense(width, activation="relu"))
        model.add(keras.layers.Dense(sizes[-1]))
        parts = [(rng.normal(size=(a, b)), rng.normal(size=b)) for a, b in pairwise(sizes)]
        model.set_weights([one.astype("float32") for part in parts for one in part])
        x = rng.normal(size=(12, sizes[0])).astype("float32")
        copy = function(model)
        expect(isinstance(copy, torch.nn.Module), "wrong_type")
        with torch.no_grad():
            got = copy(torch.tensor(x))
        square = len(set(sizes)) == 1
        mistakes = {
            "not_transposed": _scores(x, parts, turned=True) if square else None,
            "offsets_lost": _scores(x, [(w, 0 * b) for w, b in parts]),
            "no_relu": _scores(x, parts, relu=False) if len(sizes) > 2 else None,
            "relu_at_the_end": np.clip(_scores(x, parts), 0, None),
        }
        close(got, _scores(x, parts), rtol=1e-4, atol=1e-4, mistakes=mistakes)


def _scores(x: np.ndarray, parts: Any, turned: bool = False, relu: bool = True) -> np.ndarray:
    for number, (weights, offsets) in enumerate(parts):
        x = x @ (weights.T if turned else weights) + offsets
        if relu and number < len(parts) - 1:
            x = np.where(x > 0, x, 0)
    return x
