# kind: last_run_kept
import keras


class Curve(keras.callbacks.Callback):
    def __init__(self):
        self.losses = []

    def on_train_begin(self, logs=None):
        pass

    def on_epoch_end(self, epoch, logs=None):
        self.losses.append(logs["val_loss"])
        self.best = self.losses.index(min(self.losses))
