# kind: never_stops
import keras


def patient(patience):
    stop = keras.callbacks.EarlyStopping(
        monitor="val_loss", patience=patience + 1, restore_best_weights=True
    )
    return [stop]
