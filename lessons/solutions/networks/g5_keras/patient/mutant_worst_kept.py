# kind: worst_kept
import keras


def patient(patience):
    stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=patience)
    return [stop]
