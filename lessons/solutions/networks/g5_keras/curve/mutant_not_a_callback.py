# kind: not_a_callback


class Curve:
    def __init__(self):
        self.losses = []

    def on_train_begin(self, logs=None):
        self.losses = []

    def on_epoch_end(self, epoch, logs=None):
        self.losses.append(logs["val_loss"])
        self.best = self.losses.index(min(self.losses))
