# kind: watches_training
import keras


def patient(patience):
    stop = keras.callbacks.EarlyStopping(
        monitor="loss", patience=patience, restore_best_weights=True
    )
    return [stop]
