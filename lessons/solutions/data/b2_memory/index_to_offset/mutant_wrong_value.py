# kind: wrong_value
def index_to_offset(indices: tuple[int, ...], stride: tuple[int, ...], offset: int) -> int:
    return offset + sum(i + s for i, s in zip(indices, stride, strict=True))
