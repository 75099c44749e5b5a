# %% [markdown] lang="en"
# # pandas, NumPy and notebooks
#
# Three tools accompany every project: **pandas** for tables before they become tensors, **NumPy**
# for computing with arrays, and the **notebook** to try things out. (The fourth, PyTorch, brings
# models, losses, backpropagation and the GPU, and has its own lessons.)
#
# **The question of this lesson:** why does the same notebook give another result today than
# yesterday, and why is one line of NumPy more than a hundred times faster than three loops?

# %% [markdown] lang="ko"
# # pandas, NumPy, 노트북
#
# 모든 프로젝트에는 도구 세 가지가 따라다닙니다. 텐서가 되기 전의 표를 다루는 **pandas**, 배열을
# 계산하는 **NumPy**, 이것저것 시험해 보는 **노트북**입니다. (네 번째 도구인 PyTorch는 모델, 손실,
# 역전파, GPU 계산을 맡으며 따로 배웁니다.)
#
# **이번 수업의 질문:** 똑같은 노트북이 왜 어제와 오늘 다른 결과를 낼까요? 그리고 NumPy 한 줄은 왜
# 반복문 세 개보다 백 배 넘게 빠를까요?

# %% [markdown] lang="en"
# ## pandas: a table that knows its columns
#
# The central object is the **DataFrame**. Each column has a name and a dtype of its own: whole
# numbers, decimals, text, dates. Three moves do most of the work: pick rows by a condition, make a
# new column from others, group and summarise.

# %% [markdown] lang="ko"
# ## pandas: 열을 아는 표
#
# 중심이 되는 것은 **DataFrame**입니다. 열마다 이름이 있고 정수, 실수, 문자, 날짜 등 dtype이 따로
# 있습니다. 대부분의 일은 세 가지 동작으로 합니다. 조건으로 행 고르기, 다른 열로 새 열 만들기,
# 묶어서 요약하기입니다.

# %% tags=["demo:frame"]

# %% [markdown] lang="en"
# `to_numpy()` turns the columns of numbers into an array, and `torch.from_numpy` that into a
# tensor: the way into a model.
#
# ## NumPy: leave the loop to C
#
# A Python loop decides anew for each number what `*` means. An array knows that it holds numbers
# of one kind, so NumPy hands the whole loop to compiled code (C and Fortran) and asks once.
# Writing array expressions in place of loops is called **vectorising**. The product of two
# matrices,
#
# $$c_{ij} = \sum_k a_{ik} b_{kj},$$
#
# takes three nested loops, or the single expression `a @ b`.

# %% [markdown] lang="ko"
# `to_numpy()`는 숫자 열들을 배열로 바꾸고, `torch.from_numpy`는 그것을 텐서로 바꿉니다. 모델로
# 들어가는 길입니다.
#
# ## NumPy: 반복은 C에 맡기기
#
# 파이썬의 반복문은 숫자마다 `*`가 무슨 뜻인지 새로 따집니다. 배열은 한 종류의 숫자만 담고 있다는
# 것을 알기 때문에, NumPy는 반복 전체를 컴파일된 코드(C와 포트란)에 맡기고 한 번만 따집니다. 반복문
# 대신 배열 식을 쓰는 것을 **벡터화**라고 합니다. 두 행렬의 곱
#
# $$c_{ij} = \sum_k a_{ik} b_{kj}$$
#
# 은 삼중 반복문으로도, `a @ b`라는 식 하나로도 계산할 수 있습니다.

# %% tags=["demo:speed"]

# %% [markdown] lang="en"
# ## The notebook: cells and one memory
#
# A script runs from top to bottom, at once. A notebook is cut into **cells**, which you may run
# one at a time, in any order, and again. All cells share one memory, the **kernel**: what a cell
# has set stays set, even if you later change or delete that cell. This is what makes notebooks
# pleasant, and what makes them lie.

# %% [markdown] lang="ko"
# ## 노트북: 여러 셀, 하나의 기억
#
# 스크립트는 위에서 아래로 한 번에 실행됩니다. 노트북은 **셀**로 나뉘어 있어 하나씩, 아무 순서로나,
# 여러 번 실행할 수 있습니다. 모든 셀은 **커널**이라는 기억 하나를 함께 씁니다. 셀이 정해 놓은 값은
# 나중에 그 셀을 고치거나 지워도 남아 있습니다. 노트북이 편리한 것도, 노트북이 거짓말을 하는 것도
# 이 때문입니다.

# %% tags=["demo:cells"]

# %% [markdown] lang="en"
# The cure is simple: before you trust or share a notebook, restart the kernel and run all cells
# from top to bottom.
#
# ## Colab and your workspace
#
# Google **Colaboratory** (Colab) runs notebooks in the browser, free of charge, even with a GPU
# for a while: you can make, upload, run, save and share notebooks there, and open one straight
# from GitHub. Your workspace does the same on a machine of the lab.

# %% [markdown] lang="ko"
# 해결책은 간단합니다. 노트북을 믿거나 나누기 전에 커널을 다시 시작하고 모든 셀을 위에서 아래로
# 실행하세요.
#
# ## Colab과 여러분의 작업 공간
#
# 구글 **Colaboratory**(Colab)는 브라우저에서 노트북을 무료로 실행하는 곳이며, 한동안 GPU도 쓸 수
# 있습니다. 노트북을 만들고, 올리고, 실행하고, 저장하고, 공유할 수 있고, GitHub에 있는 노트북을
# 바로 열 수도 있습니다. 여러분의 작업 공간은 같은 일을 연구실 컴퓨터에서 합니다.

# %% tags=["demo:places"]

# %% [markdown] lang="en"
# ## Errata: a cell that cannot run
#
# The course notes show, as an example of a notebook cell, a variable being set and its value
# displayed. In print, both ended up on *one line*:
#
# ```
# seconds_in_a_day = 24 * 60 * 60 seconds_in_a_day
# ```
#
# Python refuses that with a `SyntaxError`: after the 60, the statement should be over. And the
# value, which the cell was to display, is missing. Here is what it would have shown:

# %% [markdown] lang="ko"
# ## 바로잡기: 실행되지 않는 셀
#
# 강의 노트는 노트북 셀의 예로, 변수에 값을 저장하고 그 값을 출력하는 코드를 보여 줍니다. 그런데
# 인쇄된 것은 *한 줄*로 붙어 있습니다.
#
# ```
# seconds_in_a_day = 24 * 60 * 60 seconds_in_a_day
# ```
#
# 파이썬은 이것을 `SyntaxError`로 거절합니다. 60 다음에서 문장이 끝나야 하기 때문입니다. 셀이 보여
# 주려던 값도 빠져 있습니다. 제대로 실행했다면 다음과 같이 나왔을 것입니다.

# %% tags=["demo:seconds"]

# %% [markdown] lang="en"
# A notebook displays the value of a cell's **last line**, if that line is an expression. Return
# the text of the repaired cell: it sets the variable, and displays it.

# %% [markdown] lang="ko"
# 노트북은 셀의 **마지막 줄**이 식이면 그 값을 보여 줍니다. 고친 셀의 글을 돌려주세요. 변수에 값을
# 저장하고, 그 값을 보여 주어야 합니다.

# %% tags=["ex:repaired"] lang="en"
def repaired() -> str:
    """Return the source of the cell, with the same names and numbers."""
    raise NotImplementedError


# %% tags=["ex:repaired"] lang="ko"
def repaired() -> str:
    """같은 이름과 숫자를 쓰는 셀의 소스를 돌려주세요."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Exercise 2: does this notebook tell the truth?
#
# A cell is given here as a function that reads and changes a dictionary of variables, the memory
# of the kernel. Somebody ran the cells in some order, some perhaps twice or never. Would a fresh
# kernel, run once from top to bottom, hold the same variables in the end?
#
# Cells may fail with a `KeyError` when a variable is missing. A fresh run that fails reproduces
# nothing. In the historic order a failing cell changes nothing, and one goes on with the next.

# %% [markdown] lang="ko"
# ## 연습 2: 이 노트북은 사실을 말할까요?
#
# 여기서 셀은 변수의 딕셔너리, 곧 커널의 기억을 읽고 바꾸는 함수입니다. 누군가 셀들을 어떤 순서로
# 실행했습니다. 두 번 실행한 셀도, 실행하지 않은 셀도 있을 수 있습니다. 새 커널에서 위에서 아래로
# 한 번 실행해도 마지막에 같은 변수가 남을까요?
#
# 변수가 없으면 셀은 `KeyError`로 실패할 수 있습니다. 새로 실행하다가 실패하면 재현되지 않는
# 것입니다. 예전 순서에서는 실패한 셀은 아무것도 바꾸지 않고, 다음 셀로 넘어갑니다.

# %% tags=["ex:reproducible"] lang="en"
from collections.abc import Callable

Cell = Callable[[dict[str, int]], None]


def reproducible(cells: list[Cell], order: list[int]) -> bool:
    """Whether a fresh run from top to bottom ends with the variables of the historic order.

    order: the numbers of the cells in the order in which they were run.
    """
    raise NotImplementedError


# %% tags=["ex:reproducible"] lang="ko"
from collections.abc import Callable

Cell = Callable[[dict[str, int]], None]


def reproducible(cells: list[Cell], order: list[int]) -> bool:
    """새로 위에서 아래로 실행한 결과가 예전 순서로 실행한 변수와 같은지 판단하세요.

    order: 실행한 순서대로 적은 셀의 번호.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Exercise 3: vectorise a loop
#
# Here is a slow function. Write a fast one that returns the same, without loops; the check
# measures that it is at least ten times faster.
#
# ```
# def slow(a, b):
#     result = np.zeros((len(a), len(b)))
#     for i in range(len(a)):
#         for j in range(len(b)):
#             for k in range(a.shape[1]):
#                 result[i, j] += (a[i, k] - b[j, k]) ** 2
#     return result
# ```
#
# Broadcasting helps: with `a[:, None, :]` and `b[None, :, :]` all pairs stand side by side.

# %% [markdown] lang="ko"
# ## 연습 3: 반복문을 벡터화하기
#
# 느린 함수가 하나 있습니다. 같은 값을 돌려주는 빠른 함수를 반복문 없이 작성하세요. 적어도 열 배
# 빠른지 검사에서 잽니다.
#
# ```
# def slow(a, b):
#     result = np.zeros((len(a), len(b)))
#     for i in range(len(a)):
#         for j in range(len(b)):
#             for k in range(a.shape[1]):
#                 result[i, j] += (a[i, k] - b[j, k]) ** 2
#     return result
# ```
#
# 브로드캐스팅을 쓰세요. `a[:, None, :]`와 `b[None, :, :]`로 쓰면 모든 쌍이 나란히 놓입니다.

# %% tags=["ex:squared_distances"] lang="en"
import numpy as np


def squared_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the squared distance of each row of a to each row of b; len(a) x len(b)."""
    raise NotImplementedError


# %% tags=["ex:squared_distances"] lang="ko"
import numpy as np


def squared_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a의 각 행과 b의 각 행 사이 거리의 제곱을 돌려주세요. len(a) x len(b)."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## A question to take along
#
# You delete the cell that loaded the data, because the variable "is there anyway". Everything
# works, you save and go home. What will the first person see who opens your notebook tomorrow?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 변수가 "어차피 있으니까" 데이터를 읽어 온 셀을 지웠습니다. 모든 것이 잘 돌아가서 저장하고 집에
# 갔습니다. 내일 이 노트북을 처음 여는 사람은 무엇을 보게 될까요?
