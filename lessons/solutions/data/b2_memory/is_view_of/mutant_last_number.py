# kind: last_number
from torch import Tensor


def is_view_of(a: Tensor, b: Tensor) -> bool:
    def stretch(t: Tensor) -> tuple[int, int]:
        start = t.data_ptr()
        steps = sum((n - 1) * s for n, s in zip(t.shape, t.stride(), strict=True))
        return start, start + steps * t.element_size()

    (a_start, a_end), (b_start, b_end) = stretch(a), stretch(b)
    return a_start < b_end and b_start < a_end
