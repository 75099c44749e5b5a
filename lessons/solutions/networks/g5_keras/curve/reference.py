import keras


class Curve(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.losses, self.best = [], None

    def on_epoch_end(self, epoch, logs=None):
        self.losses.append(logs["val_loss"])
        if self.best is None or self.losses[epoch] < self.losses[self.best]:
            self.best = epoch
