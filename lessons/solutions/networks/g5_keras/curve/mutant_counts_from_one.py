# kind: counts_from_one
import keras


class Curve(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.losses = []

    def on_epoch_end(self, epoch, logs=None):
        self.losses.append(logs["val_loss"])
        self.best = self.losses.index(min(self.losses)) + 1
