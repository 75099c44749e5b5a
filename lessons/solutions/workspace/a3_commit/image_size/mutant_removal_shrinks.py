# kind: removal_shrinks
Action = tuple[str, str, int]


def image_size(steps: list[list[Action]]) -> int:
    layer: dict[str, int] = {}
    for step in steps:
        for verb, path, size in step:
            if verb == "add":
                layer[path] = size
            else:
                layer.pop(path, None)
    return sum(layer.values())
