# kind: raised
Action = tuple[str, str, int]


def image_size(steps: list[list[Action]]) -> int:
    total = 0
    for step in steps:
        layer: dict[str, int] = {}
        for verb, path, size in step:
            if verb == "add":
                layer[path] = size
            else:
                layer.pop(path)
        total += sum(layer.values())
    return total
