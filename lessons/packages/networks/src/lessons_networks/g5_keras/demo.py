"""The digits once more, in Keras: describe, compile, fit, watch, and look inside."""

from typing import Any

import keras
import numpy as np
import torch
from lessons.context import Context
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

Figures = dict[str, float | list[float]]
EPOCHS = 20


def digits(ctx: Context) -> list[Any]:
    """Rows of 64 pixels from 0 to 1 with their digits: 1 347 to train on, 450 to test with."""
    data = load_digits()
    rows = (data.data / 16).astype("float32")
    return train_test_split(rows, data.target, test_size=450, random_state=ctx.seed)


def described(units: int) -> keras.Model:
    """The network as a list of layers; what is not said is a sensible default."""
    layers = keras.layers
    return keras.Sequential(
        [keras.Input((64,)), layers.Dense(units, activation="relu"), layers.Dense(10)]
    )


def compiled(units: int, rate: float) -> keras.Model:
    """The network with its loss on scores, its optimiser and what is to be told on the way."""
    model = described(units)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(rate), loss=loss, metrics=["accuracy"])
    return model


def layers(ctx: Context) -> Figures:
    """Counts the parameters of each layer."""
    model = described(64)
    rows = [
        [number, f"{layer.input.shape[1]} → {layer.output.shape[1]}", layer.count_params()]
        for number, layer in enumerate(model.layers, 1)
    ]
    ctx.table(["demo.layer", "demo.shape", "demo.parameters"], rows)
    total = model.count_params()
    ctx.say("demo.total", total=total, backend=keras.backend.backend())
    return {"parameters": total, "by_layer": [row[2] for row in rows]}


class Reporter(keras.callbacks.Callback):
    """Hands each epoch's figures on, so that progress is shown and an interrupted fit goes on."""

    def __init__(self, run: Any, seed: int) -> None:
        super().__init__()
        self.steps, self.seed = iter(run), seed
        self.step = next(self.steps, None)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Makes the order of the rows depend on nothing but the number of the epoch."""
        keras.utils.set_random_seed(self.seed + epoch)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Reports, and starts the next epoch."""
        self.step.report(**logs)
        self.step = next(self.steps, None)


class Variables:
    """The optimiser's own numbers (Adam keeps two for each weight), to be saved and restored."""

    def __init__(self, optimizer: Any) -> None:
        self.variables = optimizer.variables

    def state_dict(self) -> dict[str, torch.Tensor]:
        """Copies of all of them."""
        return {str(i): one.value.detach().clone() for i, one in enumerate(self.variables)}

    def load_state_dict(self, state: dict[str, torch.Tensor]) -> None:
        """Puts copies back."""
        for i, variable in enumerate(self.variables):
            variable.assign(state[str(i)])


def fit(ctx: Context) -> Figures:
    """Trains with one call and tests on pictures that were held back."""
    x, x_test, y, y_test = digits(ctx)
    with keras.device(ctx.device):
        keras.utils.set_random_seed(ctx.seed)
        model = compiled(64, 0.01)
        model.optimizer.build(model.trainable_variables)
        run = ctx.train("keras", EPOCHS, model=model, optimizer=Variables(model.optimizer))
        reporter = Reporter(run, ctx.seed)
        model.fit(
            x,
            y,
            batch_size=64,
            initial_epoch=reporter.step.number if reporter.step else EPOCHS,
            epochs=EPOCHS,
            validation_split=0.15,
            callbacks=[reporter],
            verbose=0,
        )
        accuracy = float(model.evaluate(x_test, y_test, verbose=0)[1])
    fig, axis = ctx.subplots(figsize=(6, 3.4))
    for key in ("accuracy", "val_accuracy"):
        axis.plot(range(1, EPOCHS + 1), run.history[key], marker=".", label=ctx.t(f"demo.{key}"))
    axis.set(xlabel=ctx.t("demo.epoch"), ylabel=ctx.t("demo.share"))
    axis.legend()
    ctx.figure(fig, "accuracy_by_epoch")
    ctx.say("demo.tested", accuracy=accuracy)
    return {"accuracy": accuracy}


def early_stopping(ctx: Context) -> Figures:
    """Fits 120 pictures until those held back are read no better."""
    x, x_test, y, y_test = digits(ctx)
    with keras.device(ctx.device):
        keras.utils.set_random_seed(ctx.seed)
        model = compiled(128, 0.02)
        stop = keras.callbacks.EarlyStopping(
            monitor="val_loss", patience=8, restore_best_weights=True
        )
        held_back = (x[120:320], y[120:320])
        history = model.fit(
            x[:120],
            y[:120],
            batch_size=32,
            epochs=80,
            validation_data=held_back,
            callbacks=[stop],
            verbose=0,
        ).history
        accuracy = float(model.evaluate(x_test, y_test, verbose=0)[1])
    best, ran = int(np.argmin(history["val_loss"])) + 1, len(history["loss"])
    fig, axis = ctx.subplots(figsize=(6, 3.4))
    for key in ("loss", "val_loss"):
        axis.plot(range(1, ran + 1), history[key], label=ctx.t(f"demo.{key}"))
    axis.axvline(best, ls="--", color="gray", label=ctx.t("demo.best"))
    axis.set(xlabel=ctx.t("demo.epoch"), ylabel=ctx.t("demo.loss_axis"))
    axis.legend()
    ctx.figure(fig, "early_stopping")
    ctx.say("demo.stopped", ran=ran, best=best, accuracy=accuracy)
    return {"best": best, "ran": ran, "accuracy": accuracy}


def without_keras(ctx: Context) -> Figures:
    """Computes the scores of a picture from the weights alone and compares."""
    x, *_ = digits(ctx)
    keras.utils.set_random_seed(ctx.seed)
    model = described(64)
    first, second = ([np.asarray(one) for one in layer.get_weights()] for layer in model.layers)
    hidden = np.clip(x[:200] @ first[0] + first[1], 0, None)
    by_hand = hidden @ second[0] + second[1]
    theirs = model.predict(x[:200], verbose=0)
    shape = f"{first[0].shape[0]} × {first[0].shape[1]}"
    difference = float(np.abs(by_hand - theirs).max())
    ctx.say("demo.by_hand", difference=difference, shape=shape)
    return {"difference": difference}
