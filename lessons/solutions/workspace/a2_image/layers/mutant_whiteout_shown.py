# kind: whiteout_shown
WHITEOUT = "<removed>"


def lookup(layers: list[dict[str, str]], path: str) -> str | None:
    for layer in reversed(layers):
        if path in layer:
            text = layer[path]
            return text
    return None


def write(layers: list[dict[str, str]], path: str, text: str) -> None:
    layers[-1][path] = text


def delete(layers: list[dict[str, str]], path: str) -> None:
    layers[-1].pop(path, None)
    if lookup(layers, path) is not None:
        layers[-1][path] = WHITEOUT
