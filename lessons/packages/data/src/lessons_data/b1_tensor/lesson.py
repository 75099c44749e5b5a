# %% [markdown] lang="en"
# # Tensors
#
# A temperature, a week of temperatures, a picture, a film, a stack of films: to a model all of
# these are numbers. What differs is only how many *directions* you can walk in from one number to
# its neighbours.
#
# **The question of this lesson:** how does *one* kind of object hold all of them, and how do you
# compute with a million numbers without writing a single loop?

# %% [markdown] lang="ko"
# # 텐서 기초
#
# 기온 하나, 일주일의 기온, 사진, 영상, 영상 묶음. 모델에게는 모두 숫자입니다. 다른 점은 한
# 숫자에서 이웃 숫자로 걸어갈 수 있는 *방향*이 몇 개인가뿐입니다.
#
# **이번 수업의 질문:** 어떻게 *한 종류*의 물건에 이 모두가 담길까요? 그리고 어떻게 반복문 하나 없이
# 숫자 백만 개를 계산할까요?

# %% [markdown] lang="en"
# ## Axes
#
# A **tensor** is a grid of numbers. Each direction of the grid is an **axis**, the number of axes
# is its **order** (PyTorch: `t.dim()`), and the list of the lengths along them is its **shape**.
# To name one number you need as many indices as there are axes: none for a single number, row and
# column for a table.
#
# The number of numbers is the product of the lengths,
#
# $$\text{numel} = n_1 \cdot n_2 \cdots n_d,$$
#
# and for $d = 0$, where nothing is multiplied, it is 1: a single number is a tensor, too.

# %% [markdown] lang="ko"
# ## 축
#
# **텐서**는 숫자를 격자로 늘어놓은 것입니다. 격자의 방향 하나하나를 **축**이라 하고, 축의 개수를
# **차수**(PyTorch에서는 `t.dim()`), 축마다의 길이를 적은 것을 **모양(shape)** 이라고 합니다. 숫자
# 하나를 가리키려면 축의 개수만큼 번호가 필요합니다. 숫자 하나뿐이면 번호가 없어도 되고, 표라면
# 행과 열이 필요합니다.
#
# 숫자의 개수는 길이를 모두 곱한 값입니다.
#
# $$\text{numel} = n_1 \cdot n_2 \cdots n_d$$
#
# $d = 0$이면 곱할 것이 없으므로 1입니다. 숫자 하나도 텐서입니다.

# %% tags=["demo:orders"]

# %% [markdown] lang="en"
# ## Picking numbers out
#
# Here is a week of made-up temperatures: 7 days × 24 hours. `t[2]` is one day, `t[:, 15]` is three
# in the afternoon of every day, `t[5:]` is the weekend, `t[t > 25]` all hours above 25 degrees. A
# slice is written `start:stop:step`; `stop` itself is left out.
#
# A **reduction** makes one axis disappear: `t.mean(dim=1)` walks along axis 1, the hours, and
# leaves one number for each day. *The axis that you name is the one that goes.*

# %% [markdown] lang="ko"
# ## 숫자 골라내기
#
# 아래는 지어낸 일주일 치 기온으로, 모양은 7일 × 24시간입니다. `t[2]`는 하루, `t[:, 15]`는 날마다의
# 오후 3시, `t[5:]`는 주말, `t[t > 25]`는 25도가 넘은 모든 시간입니다. 슬라이스는 `시작:끝:간격`으로
# 쓰고, 끝은 포함하지 않습니다.
#
# **축약(reduction)** 은 축 하나를 없앱니다. `t.mean(dim=1)`은 1번 축, 곧 시간을 따라 걸으며 하루에
# 숫자 하나씩 남깁니다. *이름을 부른 축이 사라집니다.*

# %% tags=["demo:week"]

# %% [markdown] lang="en"
# ## What kind of number?
#
# All numbers of a tensor have one type, its **dtype**. It decides how many bytes each takes, and
# what happens at the edges. Pictures come as `uint8` (0 … 255), models compute in `float32`, exact
# worked examples use `float64`, and indices are `int64`.

# %% [markdown] lang="ko"
# ## 어떤 종류의 숫자일까요?
#
# 한 텐서의 숫자는 모두 같은 종류입니다. 이것을 **dtype**이라고 합니다. 숫자 하나가 몇 바이트인지,
# 나타낼 수 있는 범위를 벗어나면 어떻게 되는지가 여기서 정해집니다. 이미지는 `uint8`(0 … 255)로
# 오고, 모델은 `float32`로 계산하고, 정확해야 하는 계산 예제에는 `float64`, 번호에는 `int64`를
# 씁니다.

# %% tags=["demo:kinds"]

# %% [markdown] lang="en"
# Look at the second column: 250 + 10 in `uint8` raises no error, it is simply wrong. Convert
# *before* you compute.
#
# ## Broadcasting: two shapes, one result
#
# What is a column plus a row? Write both shapes one below the other, **aligned at the right**.
# Where the lengths are equal, fine. Where one of them is 1 (or missing), that tensor is *repeated*
# along this axis. Anything else is an error.
#
# | | | |
# |---|---|---|
# | column | 9 | 1 |
# | row | | 9 |
# | result | 9 | 9 |
#
# Nothing is copied for this: the machine only reads the same numbers again.

# %% [markdown] lang="ko"
# 둘째 열을 보세요. `uint8`에서 250 + 10은 오류가 나지 않고 그냥 틀립니다. 계산하기 *전에* dtype을
# 바꾸세요.
#
# ## 브로드캐스팅: 모양은 둘, 결과는 하나
#
# 열에 행을 더하면 무엇이 될까요? 두 모양을 **오른쪽을 맞추어** 위아래로 적어 보세요. 길이가 같으면
# 그대로 됩니다. 한쪽이 1이거나 비어 있으면 그 텐서가 그 축을 따라 *반복*됩니다. 그 밖에는
# 오류입니다.
#
# | | | |
# |---|---|---|
# | 열 | 9 | 1 |
# | 행 | | 9 |
# | 결과 | 9 | 9 |
#
# 이때 실제로 복사하는 것은 없습니다. 계산할 때 반복한 것처럼 다룰 뿐입니다.

# %% tags=["demo:times_table"]

# %% [markdown] lang="en"
# The whole multiplication table is `column * row`: 81 products, no loop. The same trick subtracts
# a mean from each column of a table, or scales each colour of a picture.
#
# ## The bridge to NumPy, and to the GPU
#
# A tensor is much like a NumPy array; names and rules are nearly the same. Two things are new: it
# can live on a GPU and be computed there (`t.to("cuda")`), and it can remember how it was
# computed, which we need for learning. The bridge between both is cheap, because it does not copy:
# `torch.from_numpy(a)` looks at the *same* memory.

# %% [markdown] lang="ko"
# 구구단 표 전체가 `열 * 행`입니다. 곱셈 81개에 반복문은 없습니다. 표의 열마다 평균을 빼거나
# 이미지의 색마다 배율을 곱하는 일도 같은 방법으로 합니다.
#
# ## NumPy와 GPU로 가는 다리
#
# 텐서는 NumPy 배열과 아주 비슷합니다. 이름과 규칙도 거의 같습니다. 새로운 점은 두 가지입니다.
# GPU에 올려서 계산할 수 있고(`t.to("cuda")`), 어떻게 계산되었는지 기억할 수 있습니다. 뒤의 것은
# 학습에 필요합니다. 둘 사이의 다리는 복사하지 않으므로 가볍습니다. `torch.from_numpy(a)`는 *같은*
# 메모리를 봅니다.

# %% tags=["demo:bridge"]

# %% [markdown] lang="en"
# ## Exercises 1 and 2: eight one-liners
#
# No loops, and no list comprehensions: each function is one line.

# %% [markdown] lang="ko"
# ## 연습 1, 2: 한 줄짜리 여덟 개
#
# 반복문도 리스트 컴프리헨션도 쓰지 마세요. 함수마다 한 줄이면 됩니다.

# %% tags=["ex:select"] lang="en"
import torch
from torch import Tensor


def grid(rows: int, columns: int) -> Tensor:
    """Count 0, 1, 2, … row by row; shape (rows, columns), dtype int64."""
    raise NotImplementedError


def every_other_column(t: Tensor) -> Tensor:
    """Return columns 0, 2, 4, … of a table."""
    raise NotImplementedError


def upside_down(t: Tensor) -> Tensor:
    """Return the table with its rows in reverse order."""
    raise NotImplementedError


def positives(t: Tensor) -> Tensor:
    """Return all numbers greater than 0, in reading order, as a tensor of order 1."""
    raise NotImplementedError


# %% tags=["ex:select"] lang="ko"
import torch
from torch import Tensor


def grid(rows: int, columns: int) -> Tensor:
    """행을 따라 0, 1, 2, …를 채우세요. 모양 (rows, columns), dtype int64."""
    raise NotImplementedError


def every_other_column(t: Tensor) -> Tensor:
    """표의 0, 2, 4, …번 열을 돌려주세요."""
    raise NotImplementedError


def upside_down(t: Tensor) -> Tensor:
    """행의 순서를 거꾸로 한 표를 돌려주세요."""
    raise NotImplementedError


def positives(t: Tensor) -> Tensor:
    """0보다 큰 모든 수를 읽는 순서대로 담은 1차 텐서를 돌려주세요."""
    raise NotImplementedError


# %% tags=["ex:combine"] lang="en"
import numpy as np
import torch
from torch import Tensor


def column_means(t: Tensor) -> Tensor:
    """Return the mean of each column of a table; shape (columns,)."""
    raise NotImplementedError


def centred(t: Tensor) -> Tensor:
    """Subtract from each row its own mean; the shape stays."""
    raise NotImplementedError


def sums(a: Tensor, b: Tensor) -> Tensor:
    """Return the table of all a[i] + b[j]; shape (len(a), len(b))."""
    raise NotImplementedError


def shared(array: np.ndarray) -> Tensor:
    """Return a tensor that looks at the memory of the array."""
    raise NotImplementedError


# %% tags=["ex:combine"] lang="ko"
import numpy as np
import torch
from torch import Tensor


def column_means(t: Tensor) -> Tensor:
    """표의 열마다 평균을 구하세요. 모양 (columns,)."""
    raise NotImplementedError


def centred(t: Tensor) -> Tensor:
    """행마다 그 행의 평균을 빼세요. 모양은 그대로입니다."""
    raise NotImplementedError


def sums(a: Tensor, b: Tensor) -> Tensor:
    """모든 a[i] + b[j]의 표를 돌려주세요. 모양 (len(a), len(b))."""
    raise NotImplementedError


def shared(array: np.ndarray) -> Tensor:
    """배열의 메모리를 그대로 보는 텐서를 돌려주세요."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Errata: from which order on is it a tensor?
#
# The course notes say in one line that a tensor is an array with *three or more* dimensions, and
# in the next lines list order 0 (scalar), order 1 (vector) and order 2 (matrix) as tensors. Both
# cannot hold. In PyTorch, and in these lessons, the list is right: **every** grid of numbers is a
# tensor, and scalar, vector and matrix are names for the first three orders.
#
# Work the order out by yourself: for nested lists as deep as you like, without torch and numpy.

# %% [markdown] lang="ko"
# ## 바로잡기: 몇 차부터 텐서일까요?
#
# 강의 노트는 한 줄에서 텐서가 *3차원 이상*의 배열이라고 하고, 바로 다음 줄들에서 0차(스칼라),
# 1차(벡터), 2차(행렬)를 텐서로 꼽습니다. 둘 다 맞을 수는 없습니다. PyTorch와 이 강좌에서는 뒤의
# 목록이 맞습니다. 숫자의 격자는 **모두** 텐서이고, 스칼라와 벡터와 행렬은 앞의 세 차수에 붙은
# 이름입니다.
#
# 차수를 직접 구해 보세요. 얼마든지 깊은 중첩 리스트를 받고, torch와 numpy는 쓰지 않습니다.


# %% tags=["ex:order"] lang="en"
def order(value: float | list) -> int:
    """Return the order of a number or of a nested list of numbers."""
    raise NotImplementedError


# %% tags=["ex:order"] lang="ko"
def order(value: float | list) -> int:
    """숫자 또는 중첩 리스트의 차수를 돌려주세요."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## A question to take along
#
# `t` has shape (7, 24). You want each hour's distance from the mean of *its day*, and write
# `t - t.mean(dim=1)`. It fails, and that is lucky. With which other shape would it *not* fail, and
# silently compute nonsense?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# `t`의 모양은 (7, 24)입니다. 시간마다 *그날의* 평균과 얼마나 다른지 알고 싶어서
# `t - t.mean(dim=1)`이라고 썼더니 오류가 났습니다. 다행한 일입니다. 모양이 어떠했다면 오류 *없이*
# 엉뚱한 값을 조용히 계산했을까요?
