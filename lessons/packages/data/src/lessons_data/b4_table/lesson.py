# %% [markdown] lang="en"
# # Tables
#
# Most of the world's data is neither picture nor text, but a table: a row for each wine, patient or
# student, a column for each thing that was noted. A model wants a matrix of floating point numbers.
# Between the two lie two traps: words that become numbers with a meaning they never had, and
# numbers of the test that slip into the training.
#
# **The question of this lesson:** how does every column become honest numbers?

# %% [markdown] lang="ko"
# # 표 데이터
#
# 세상의 데이터는 이미지나 글보다 표가 더 많습니다. 와인마다, 환자마다, 학생마다 한 행이고, 적어 둔
# 것마다 한 열입니다. 모델은 실수로 이루어진 행렬을 받습니다. 그 사이에 함정이 두 개 있습니다.
# 낱말이 숫자로 바뀌면서 없던 뜻을 얻는 것, 그리고 테스트 데이터의 숫자가 훈련에 새어 들어가는
# 것입니다.
#
# **이번 수업의 질문:** 어떻게 하면 모든 열이 정직한 숫자가 될까요?

# %% [markdown] lang="en"
# ## A real table
#
# The wine data holds a chemical analysis of 178 wines of three cultivars (grape varieties): 13
# columns of measurements, the **features** $x$, and one column that says which cultivar it is, the
# **label** $y$. Rows are examples; a row is a vector.

# %% [markdown] lang="ko"
# ## 진짜 표 하나
#
# 와인 데이터는 세 품종으로 만든 와인 178병의 화학 분석 결과입니다. 측정값이 담긴 13개의 열이
# **특성** $x$이고, 어느 품종인지 적힌 열 하나가 **레이블** $y$입니다. 행은 예제이고, 한 행은
# 벡터입니다.

# %% tags=["demo:wine"]

# %% [markdown] lang="en"
# ## Three kinds of columns
#
# - **Continuous**: amounts, such as alcohol. Differences and sums mean something. Take them as
#   they are.
# - **Ordinal**: steps with an order, such as dry < medium < sweet. Larger is more, but how much
#   more is not said. The codes 0, 1, 2 keep the order.
# - **Categorical**: names, such as a region. No order at all. Codes 0, 1, 2 would claim that
#   region 2 is twice as much as region 1, and that 0 and 2 are further apart than 0 and 1.
#
# For names use **one-hot**: one column for each possible name, 1 where it applies and 0 elsewhere.
# Then any two names are equally far apart, $\sqrt{2}$.

# %% [markdown] lang="ko"
# ## 열의 세 종류
#
# - **연속형**: 알코올처럼 양을 나타냅니다. 차이와 합에 뜻이 있으므로 그대로 씁니다.
# - **순서형**: 드라이 < 미디엄 < 스위트처럼 순서가 있는 단계입니다. 수가 크면 정도가 더하다는
#   뜻이지만 얼마나 더한지는 알 수 없습니다. 0, 1, 2로 적으면 순서가 남습니다.
# - **범주형**: 지역처럼 이름입니다. 순서가 없습니다. 0, 1, 2로 적으면 2번 지역이 1번의 두 배이고,
#   0과 2가 0과 1보다 더 멀다고 말하는 셈이 됩니다.
#
# 이름에는 **원-핫**을 씁니다. 가능한 이름마다 열을 하나씩 두고, 해당하면 1, 아니면 0을 적습니다.
# 그러면 어느 두 이름도 똑같이 $\sqrt{2}$만큼 떨어져 있습니다.

# %% tags=["demo:three_kinds"]

# %% [markdown] lang="en"
# PyTorch has a tool that fits: `scatter_`. `t.scatter_(1, index, value)` goes through each row and
# writes `value` into the column that `index` names for this row. A matrix of zeros, a 1 scattered
# into each row: one-hot.
#
# ## Exercise 1: one-hot by scatter

# %% [markdown] lang="ko"
# PyTorch에는 꼭 맞는 도구 `scatter_`가 있습니다. `t.scatter_(1, index, value)`는 행마다 `index`가
# 가리키는 열에 `value`를 적습니다. 0으로 채운 행렬의 행마다 1을 하나씩 흩뿌리면 원-핫이 됩니다.
#
# ## 연습 1: scatter로 만드는 원-핫

# %% tags=["ex:one_hot"] lang="en"
import torch
from torch import Tensor


def one_hot(codes: Tensor, classes: int) -> Tensor:
    """Return the one-hot rows of codes 0 … classes-1; float32, shape (len(codes), classes)."""
    raise NotImplementedError


# %% tags=["ex:one_hot"] lang="ko"
import torch
from torch import Tensor


def one_hot(codes: Tensor, classes: int) -> Tensor:
    """0 … classes-1의 코드를 원-핫으로 바꾸세요. float32, 모양 (len(codes), classes)."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Columns of unlike size
#
# Proline is counted in hundreds, hue around 1. To a model that adds up weighted columns, or
# measures distances, proline alone would decide. **Standardising** puts every column on the same
# scale:
#
# $$z = \frac{x - \mu}{\sigma}$$
#
# with mean $\mu$ and standard deviation $\sigma$ of that column.

# %% [markdown] lang="ko"
# ## 크기가 다른 열
#
# 프롤린은 수백 단위이고 색조는 1쯤입니다. 열에 가중치를 곱해 더하거나 거리를 재는 모델에게는
# 프롤린 혼자 모든 것을 정하게 됩니다. **표준화**는 모든 열을 같은 눈금에 놓습니다.
#
# $$z = \frac{x - \mu}{\sigma}$$
#
# $\mu$와 $\sigma$는 그 열의 평균과 표준편차입니다.

# %% tags=["demo:columns"]

# %% [markdown] lang="en"
# ## The trap: statistics of rows that you must not know
#
# The test rows stand for the future. Whoever computes $\mu$ and $\sigma$ from *all* rows lets the
# future into the training: a **leak**. So: fit on the training rows, then use the same $\mu$ and
# $\sigma$ for every row, of the training, of the test, of tomorrow.

# %% [markdown] lang="ko"
# ## 함정: 알면 안 되는 행의 통계
#
# 테스트 데이터의 행은 미래를 대신합니다. $\mu$와 $\sigma$를 *모든* 행에서 구하면 미래가 훈련에 새어
# 들어옵니다. 이것을 **누수(leak)** 라고 합니다. 그러니 훈련 행에서만 구하고, 훈련, 테스트, 내일의
# 데이터까지 모든 행에 같은 $\mu$와 $\sigma$를 쓰세요.

# %% tags=["demo:leak"]

# %% [markdown] lang="en"
# ## Exercise 2: a scaler that does not leak
#
# A column in which all training rows are equal has $\sigma = 0$. Use 1 for it, so that nothing is
# divided by zero.

# %% [markdown] lang="ko"
# ## 연습 2: 새지 않는 표준화
#
# 훈련 행의 값이 모두 같은 열은 $\sigma = 0$입니다. 0으로 나누지 않도록 그런 열에는 1을 쓰세요.

# %% tags=["ex:fit_scaler"] lang="en"
import torch
from torch import Tensor


def fit_scaler(table: Tensor, train_rows: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and standard deviation of each column, from the training rows alone.

    table: all rows, rows x columns. train_rows: the indices of the training rows.
    The deviation divides by the number of rows (correction=0), and is 1 where it would be 0.
    """
    raise NotImplementedError


def scale(table: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    """Return the standardised rows."""
    raise NotImplementedError


# %% tags=["ex:fit_scaler"] lang="ko"
import torch
from torch import Tensor


def fit_scaler(table: Tensor, train_rows: Tensor) -> tuple[Tensor, Tensor]:
    """훈련 행만으로 열마다 평균과 표준편차를 구하세요.

    table: 모든 행, 행 x 열. train_rows: 훈련 행의 번호.
    표준편차는 행의 개수로 나누고(correction=0), 0이 될 열에는 1을 씁니다.
    """
    raise NotImplementedError


def scale(table: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    """표준화한 행을 돌려주세요."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Errata: how many weights?
#
# The course notes describe a table (a "scv" file; **csv**, comma-separated values, is meant) with
# a label in column A and data in columns B to E, and a first row [1, 1, 2, 1] → 1. They say $w$ is
# "the number of input data that make the answer", and that linear regression finds
# $w = [1, -1, 1, -1]$, $b = 0$. The solution does fit: $1 - 1 + 2 - 1 = 1$. But there is **one
# weight for each feature** (column), however many rows of data there are; and *one row determines
# nothing*: four weights and a bias are five unknowns, and need at least five rows that do not
# follow from one another. (A row *follows* from others if it is a sum of multiples of them.)
#
# When are there enough? Put a column of ones beside the features, for the bias. The unknowns are
# determined if the **rank** of that matrix (the largest number of its rows of which none follows
# from the rest, `torch.linalg.matrix_rank`) equals the number of unknowns.

# %% [markdown] lang="ko"
# ## 바로잡기: 가중치는 몇 개일까요?
#
# 강의 노트는 A열이 레이블, B~E열이 데이터인 표("scv 파일"이라고 적혀 있지만 쉼표로 구분한 값이라는
# 뜻의 **csv**입니다)를 들고, 첫 행은 [1, 1, 2, 1] → 1이라고 합니다. 그리고 $w$가 "정답을 만들어내는
# 입력 데이터의 개수"이며, 선형 회귀로 $w = [1, -1, 1, -1]$, $b = 0$을 얻는다고 합니다. 이 답은
# $1 - 1 + 2 - 1 = 1$로 첫 행에 맞습니다. 그러나 가중치는 데이터가 몇 행이든 **특성(열)마다
# 하나**입니다. 그리고 *한 행으로는 아무것도 정할 수 없습니다*. 가중치 네 개와 편향 하나로 미지수가
# 다섯이므로, 다른 행들로 만들어 낼 수 없는 행이 적어도 다섯 개 필요합니다.
#
# 언제 충분할까요? 편향을 위해 특성 옆에 1로 채운 열을 붙이세요. 이 행렬의 **계수**(rank, 서로
# 만들어 낼 수 없는 행을 가장 많이 골랐을 때의 개수, `torch.linalg.matrix_rank`)가 미지수의 개수와 같으면 답이
# 하나로 정해집니다.

# %% tags=["ex:unknowns"] lang="en"
import torch
from torch import Tensor


def unknowns(features: Tensor) -> tuple[int, bool]:
    """Return the number of unknowns of a linear model with bias, and whether they are determined.

    features: rows x columns, float64, without the label.
    """
    raise NotImplementedError


# %% tags=["ex:unknowns"] lang="ko"
import torch
from torch import Tensor


def unknowns(features: Tensor) -> tuple[int, bool]:
    """편향이 있는 선형 모델의 미지수 개수와, 그것이 하나로 정해지는지를 돌려주세요.

    features: 행 x 열, float64, 레이블은 없습니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## A question to take along
#
# A table of patients has a column "number of the hospital bed". A model that uses it predicts the
# disease almost perfectly, in the test as well. Would you trust it in another hospital? What kind
# of column is it, and what kind of leak?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 환자 표에 "병상 번호" 열이 있습니다. 이 열을 쓴 모델은 테스트에서도 병을 거의 완벽하게 맞힙니다.
# 다른 병원에서도 이 모델을 믿겠습니까? 이 열은 어떤 종류이고, 어떤 누수가 있는 것일까요?
