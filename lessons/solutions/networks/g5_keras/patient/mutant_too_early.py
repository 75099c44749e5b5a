# kind: too_early
import keras


def patient(patience):
    stop = keras.callbacks.EarlyStopping(monitor="val_loss", restore_best_weights=True)
    return [stop]
