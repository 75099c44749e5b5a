# kind: no_overhead
def copy_up(image: dict[str, int], appends: list[tuple[str, int]]) -> int:
    own: set[str] = set()
    written = 0
    for path, size in appends:
        if path in image and path not in own:
            pass
        own.add(path)
        written += size
    return written
