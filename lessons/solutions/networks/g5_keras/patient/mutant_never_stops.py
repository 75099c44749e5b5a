# kind: never_stops
import keras


def patient(patience):
    stop = keras.callbacks.EarlyStopping(
        monitor="val_loss", patience=100 * patience, restore_best_weights=True
    )
    return [stop]
