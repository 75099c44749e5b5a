# kind: not_compiled
import keras


def digits_model():
    network = keras.Sequential()
    network.add(keras.Input((64,)))
    network.add(keras.layers.Dense(64, activation="relu"))
    network.add(keras.layers.Dense(10))
    return network
