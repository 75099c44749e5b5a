# %% [markdown] lang="en"
# # Views, storage and stride
#
# You transpose a matrix of a hundred million numbers, and it takes no time at all. You change one
# number in the transposed one, and the original has changed as well. Nothing was moved, nothing
# was copied; so what *is* a tensor?
#
# **The question of this lesson:** how can two tensors of different shape be the same numbers in
# memory, and when does that bite?

# %% [markdown] lang="ko"
# # 텐서의 메모리: 뷰, 저장소, 스트라이드
#
# 숫자가 1억 개인 행렬을 전치했는데 시간이 전혀 걸리지 않습니다. 전치한 행렬에서 숫자 하나를
# 바꾸었더니 원래 행렬도 바뀌었습니다. 옮긴 것도 복사한 것도 없습니다. 그렇다면 텐서란
# *무엇*일까요?
#
# **이번 수업의 질문:** 모양이 다른 두 텐서가 어떻게 메모리에서 같은 숫자일 수 있을까요? 그리고
# 그것이 언제 문제를 일으킬까요?

# %% [markdown] lang="en"
# ## A ribbon and a way to read it
#
# Memory is a long ribbon of numbered places; there are no rows in it. A tensor is two things:
#
# - a **storage**: the ribbon with the numbers,
# - a **view** of it: where to begin (the **offset**), how many places to go for one step along
#   each axis (the **stride**), and how many steps there are (the shape).
#
# The number with the indices $i_0, i_1, \dots$ lies at place
#
# $$\text{place} = \text{offset} + i_0 s_0 + i_1 s_1 + \dots + i_{d-1} s_{d-1}.$$
#
# Take the table of three rows and two columns below. Its ribbon is 4 1 5 3 2 1. One row further
# means two places, one column further one place: stride (2, 1).

# %% [markdown] lang="ko"
# ## 띠와 읽는 방법
#
# 메모리는 자리에 번호가 붙은 긴 띠입니다. 그 안에 행 같은 것은 없습니다. 텐서는 두 가지로
# 이루어집니다.
#
# - **저장소(storage)**: 숫자가 적힌 띠
# - **뷰(view)**: 어디서 시작하는지(**오프셋**), 축마다 한 걸음에 몇 자리를 가는지(**스트라이드**),
#   몇 걸음까지 갈 수 있는지(모양)
#
# 번호가 $i_0, i_1, \dots$인 숫자는 다음 자리에 있습니다.
#
# $$\text{place} = \text{offset} + i_0 s_0 + i_1 s_1 + \dots + i_{d-1} s_{d-1}$$
#
# 아래의 3행 2열 표를 보세요. 띠는 4 1 5 3 2 1입니다. 한 행 아래로 가면 두 자리, 한 열 옆으로 가면
# 한 자리이므로 스트라이드는 (2, 1)입니다.

# %% tags=["demo:ribbon"]

# %% [markdown] lang="en"
# Transposing swaps two entries of the *stride* and of the shape. The ribbon does not even notice.
# A slice moves the offset, every second column doubles a stride, and `expand` sets a stride to 0:
# one place is read again and again.

# %% [markdown] lang="ko"
# 전치는 *스트라이드*와 모양에서 두 값을 맞바꾸는 일입니다. 띠는 아무것도 모릅니다. 슬라이스는
# 오프셋을 옮기고, 한 열씩 건너뛰면 스트라이드가 두 배가 되고, `expand`는 스트라이드를 0으로
# 둡니다. 같은 자리를 거듭 읽는 것입니다.

# %% tags=["demo:turned"]

# %% [markdown] lang="en"
# ## Two names for the same numbers
#
# Views are cheap, and they share. An operation whose name ends in `_` works **in place**: it
# writes into the storage, and every view of it sees that. `clone()` makes a storage of its own.

# %% [markdown] lang="ko"
# ## 같은 숫자를 가리키는 두 이름
#
# 뷰는 가볍고, 숫자를 함께 씁니다. 이름이 `_`로 끝나는 연산은 **제자리(in-place)** 연산입니다.
# 저장소에 바로 쓰므로 그 저장소를 보는 모든 뷰에 나타납니다. `clone()`은 자기만의 저장소를
# 만듭니다.

# %% tags=["demo:two_names"]

# %% [markdown] lang="en"
# ## Contiguous: reading along the ribbon
#
# If the last axis has stride 1, and each axis before it steps over exactly what follows, then
# walking through the tensor in reading order walks along the ribbon without a jump. Such a tensor
# is **contiguous**. The strides are then products of the lengths behind:
#
# $$s_k = n_{k+1} \cdot n_{k+2} \cdots n_{d-1}$$
#
# It matters twice. `view` only works where the new shape can be read from the old ribbon with
# *some* stride; a transposed table cannot be flattened that way. And memory is fetched in whole
# lines: whoever jumps fetches much and uses little.

# %% [markdown] lang="ko"
# ## 연속: 띠를 따라 읽기
#
# 마지막 축의 스트라이드가 1이고, 그 앞의 축마다 한 걸음이 뒤쪽 축 전체를 꼭 한 번 지나간다면, 읽는
# 순서대로 걸을 때 띠를 건너뛰지 않고 따라갑니다. 이런 텐서를 **연속(contiguous)** 이라고 합니다.
# 이때 스트라이드는 뒤쪽 길이의 곱입니다.
#
# $$s_k = n_{k+1} \cdot n_{k+2} \cdots n_{d-1}$$
#
# 이것은 두 가지로 중요합니다. 첫째, `view`는 새 모양을 옛 띠에서 *어떤* 스트라이드로든 읽을 수
# 있을 때만 됩니다. 전치한 표는 그렇게 펼 수 없습니다. 둘째, 메모리는 한 번에 한 줄씩 통째로
# 가져옵니다. 건너뛰며 읽으면 많이 가져와서 조금만 씁니다.

# %% tags=["demo:walking"]

# %% [markdown] lang="en"
# `contiguous()` writes a new ribbon in reading order. `reshape` does so only when it must, and
# does not tell you: sometimes you get a view, sometimes a copy.
#
# ## Keeping and moving
#
# `t.to("cuda")` copies the storage to the GPU; two tensors that compute together must lie on the
# same device. `torch.save` writes storage and view to a file. Mind what you save: a small slice
# drags its whole ribbon along, unless you clone it.

# %% [markdown] lang="ko"
# `contiguous()`는 읽는 순서대로 새 띠를 씁니다. `reshape`은 꼭 필요할 때만 그렇게 하며, 알려
# 주지는 않습니다. 그래서 뷰를 받을 때도 있고 복사본을 받을 때도 있습니다.
#
# ## 저장하고 옮기기
#
# `t.to("cuda")`는 저장소를 GPU로 복사합니다. 함께 계산하는 두 텐서는 같은 장치에 있어야 합니다.
# `torch.save`는 저장소와 뷰를 파일에 씁니다. 무엇을 저장하는지 조심하세요. 작은 조각이라도
# `clone()`하지 않으면 띠 전체가 따라갑니다.

# %% tags=["demo:keeping"]

# %% [markdown] lang="en"
# ## Exercise 1: from indices to the place

# %% [markdown] lang="ko"
# ## 연습 1: 번호에서 자리로

# %% tags=["ex:index_to_offset"] lang="en"
def index_to_offset(indices: tuple[int, ...], stride: tuple[int, ...], offset: int) -> int:
    """Return the place in the storage; negative indices do not occur."""
    raise NotImplementedError


# %% tags=["ex:index_to_offset"] lang="ko"
def index_to_offset(indices: tuple[int, ...], stride: tuple[int, ...], offset: int) -> int:
    """저장소에서의 자리를 돌려주세요. 음수 번호는 나오지 않습니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Exercise 2: view or copy?
#
# Two tensors are views of the same numbers if a change through one can be seen through the other.
# Decide it from addresses alone, without changing anything: `t.data_ptr()` is the address of the
# tensor's first number in bytes, `t.element_size()` the bytes of one number. Here both tensors
# have stride ≥ 1 on all axes; you need not compare place by place, it is enough if the stretches
# of ribbon from the first to the last place overlap.

# %% [markdown] lang="ko"
# ## 연습 2: 뷰일까요, 복사본일까요?
#
# 한쪽에서 바꾼 것이 다른 쪽에서 보일 수 있으면 두 텐서는 같은 숫자를 보는 뷰입니다. 아무것도 바꾸지
# 말고 주소만으로 판단하세요. `t.data_ptr()`는 첫 숫자의 주소(바이트), `t.element_size()`는 숫자
# 하나의 바이트 수입니다. 여기서는 두 텐서 모두 모든 축의 스트라이드가 1 이상입니다. 자리마다 견줄
# 필요는 없고, 첫 자리부터 마지막 자리까지의 구간이 겹치는지만 보면 됩니다.

# %% tags=["ex:is_view_of"] lang="en"
from torch import Tensor


def is_view_of(a: Tensor, b: Tensor) -> bool:
    """Whether the stretches of memory of a and b overlap; neither is changed.

    A stretch goes from the first number's first byte to the last number's last byte.
    """
    raise NotImplementedError


# %% tags=["ex:is_view_of"] lang="ko"
from torch import Tensor


def is_view_of(a: Tensor, b: Tensor) -> bool:
    """a와 b의 메모리 구간이 겹치는지 판단하세요. 둘 다 바꾸지 마세요.

    구간은 첫 숫자의 첫 바이트부터 마지막 숫자의 마지막 바이트까지입니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Exercise 3: your own contiguous
#
# Write the ribbon of a table in reading order, and return a new tensor with its own storage, the
# same shape and the usual strides. `contiguous`, `clone`, `reshape` and the like are not allowed:
# read the numbers one by one.

# %% [markdown] lang="ko"
# ## 연습 3: 직접 만드는 contiguous
#
# 표를 읽는 순서대로 띠에 적고, 저장소가 따로 있고 모양이 같으며 스트라이드가 연속 텐서의 것인 새
# 텐서를 돌려주세요. `contiguous`, `clone`, `reshape` 같은 것은 쓰지 말고 숫자를 하나씩 읽으세요.

# %% tags=["ex:my_contiguous"] lang="en"
import torch
from torch import Tensor


def my_contiguous(t: Tensor) -> Tensor:
    """Return a contiguous copy of a table of order 2, with the same dtype."""
    raise NotImplementedError


# %% tags=["ex:my_contiguous"] lang="ko"
import torch
from torch import Tensor


def my_contiguous(t: Tensor) -> Tensor:
    """2차 텐서의 연속인 복사본을 돌려주세요. dtype은 같아야 합니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# The course notes name this chapter of the textbook (what a tensor is, operations on tensors)
# without a word on memory, so there is nothing to correct here.
#
# ## A question to take along
#
# `batch[0]` is a view of the first picture of a batch of 256. You keep it in a list and throw the
# batch away; a hundred batches later the memory is full, although you hold only a hundred
# pictures. Why, and which single word cures it?

# %% [markdown] lang="ko"
# 강의 노트는 교재의 이 장(텐서가 무엇인지, 텐서의 연산)을 제목만 적고 메모리는 다루지 않으므로,
# 여기서 바로잡을 것은 없습니다.
#
# ## 생각해 볼 질문
#
# `batch[0]`은 256장짜리 배치에서 첫 이미지를 보는 뷰입니다. 이것을 리스트에 담아 두고 배치는
# 버렸습니다. 배치 백 개를 지나자 메모리가 가득 찼습니다. 가진 이미지는 백 장뿐인데 말입니다. 왜
# 그럴까요? 어떤 단어 하나면 해결될까요?
