# %% [markdown] lang="en"
# # From a raw table to a forecast: bicycle rentals
#
# How many bicycles will be rented next Tuesday at 8? The table of a city's rental service has hours, weather,
# holes, slips of the pen, words instead of numbers, and two columns that give the answer away.
#
# Nothing in this lesson is a new model: it is linear regression throughout. Yet the error falls to less than
# half, by preparation alone. (The table here is made up by a program, after the pattern of a well-known
# forecasting competition.)
# %% [markdown] lang="ko"
# # 원본 표에서 예측까지: 자전거 대여
#
# 다음 주 화요일 8시에는 자전거가 몇 대 대여될까요? 어느 도시의 대여 기록에는 시각과 날씨가 있고, 빈칸과 잘못 적은
# 값이 있고, 숫자 대신 낱말이 있고, 답을 미리 알려 주는 열도 두 개 있습니다.
#
# 이 수업에 새로운 모델은 나오지 않습니다. 처음부터 끝까지 선형 회귀입니다. 그런데도 준비만 잘하면 오차가 절반
# 아래로 줄어듭니다. (여기 쓰는 표는 잘 알려진 예측 대회의 형식을 본떠 프로그램으로 만든 것입니다.)
# %% [markdown] lang="en"
# ## First look: types and holes
#
# Always begin with two questions: what type does each column have, and how much of it is missing?
# %% [markdown] lang="ko"
# ## 첫눈에 살펴보기: 타입과 빈칸
#
# 언제나 두 가지를 먼저 확인합니다. 열마다 타입은 무엇이고, 빈칸은 얼마나 있을까요?
# %% tags=["demo:first_look"]
# %% [markdown] lang="en"
# **What to observe.** `visibility` is missing in seven rows of ten: drop such a column. `humidity` lacks a
# few values: fill them with the mean **of the training rows**. `datetime` is text: take hour, weekday and
# month out of it. `season` and `weather` are words. And `casual + registered = count`: these two are
# parts of the answer, unknown at the time of the forecast. A model that sees them looks brilliant and is
# worthless: **target leakage**.
# %% [markdown] lang="ko"
# **눈여겨볼 점.** `visibility`는 열 개 행 가운데 일곱 개꼴로 비어 있습니다. 이런 열은 버립니다.
# `humidity`는 조금만 비어 있으므로 **훈련 행의** 평균으로 채웁니다. `datetime`은 글자이니 시, 요일,
# 월을 꺼냅니다. `season`과 `weather`는 낱말입니다. 그리고 `casual + registered = count`입니다. 이
# 두 열은 답의 일부여서 예측할 시점에는 알 수 없습니다. 이것을 본 모델은 훌륭해 보이지만 쓸모가
# 없습니다. **목표값 누수**(target leakage)입니다.
# %% [markdown] lang="en"
# ## A long tail, and the fitting error measure
#
# Most hours see few rentals, some very many. Such a column is **skewed**: its skewness is far above
# 0. (That is the mean of the cubed *standard scores*: subtract the mean, divide by the standard
# deviation, cube.) The logarithm pulls the tail in; as counts may be 0, one takes $\log(1 + y)$
# (`log1p`) and comes back with $e^t - 1$ (`expm1`).
# %% [markdown] lang="ko"
# ## 긴 꼬리, 그리고 알맞은 오차
#
# 대부분의 시간에는 대여가 적고 가끔 아주 많습니다. 이런 열은 **왜곡되어** 있습니다. 왜도(표준 점수, 곧
# 평균을 빼고 표준편차로 나눈 값을 세제곱해 평균 낸 값)가 0보다 훨씬 큽니다. 로그를 취하면 꼬리가 당겨집니다. 대여 수가 0일 수 있으므로 $\log(1 + y)$(`log1p`)를 쓰고,
# 되돌릴 때는 $e^t - 1$(`expm1`)을 씁니다.
# %% tags=["demo:long_tail"]
# %% [markdown] lang="en"
# To be wrong by 10 matters when 5 bicycles were rented, not when 500 were. So compare logarithms:
#
# $$\text{RMSLE} = \sqrt{\frac1n \sum_i \bigl(\log(1 + \hat y_i) - \log(1 + y_i)\bigr)^2}$$
#
# Linear regression may predict negative counts; set those to 0 before taking the logarithm.
# %% [markdown] lang="ko"
# 10대를 틀리는 일은 5대가 대여되었을 때는 중요하지만 500대가 대여되었을 때는 그렇지 않습니다. 그래서 로그를 비교합니다.
#
# $$\text{RMSLE} = \sqrt{\frac1n \sum_i \bigl(\log(1 + \hat y_i) - \log(1 + y_i)\bigr)^2}$$
#
# 선형 회귀는 음수를 예측하기도 합니다. 로그를 취하기 전에 0으로 바꾸세요.
# %% lang="en" tags=["ex:rmsle"]
import numpy as np


def rmsle(truth: np.ndarray, guess: np.ndarray) -> float:
    """Root mean squared error of log(1 + y); guesses below 0 count as 0."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:rmsle"]
import numpy as np


def rmsle(truth: np.ndarray, guess: np.ndarray) -> float:
    """log(1 + y)의 평균제곱오차의 제곱근입니다. 0보다 작은 예측은 0으로 칩니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Numbers that are names
#
# Hour 23 is not 23 times hour 1. Given as a number, linear regression must draw one straight slope through
# the day; but there is a rush in the morning and another in the evening. **One-hot encoding** makes a column
# of its own for each value (1 where it holds, else 0), so that each hour gets its own weight. The
# same goes for season, weather, weekday and month.
# %% [markdown] lang="ko"
# ## 이름인 숫자
#
# 23시는 1시의 23배가 아닙니다. 시각을 수로 넣으면 선형 회귀는 하루 전체에 곧은 경사 하나를 그어야 합니다. 그러나 사람은
# 아침에 한 번, 저녁에 또 한 번 몰립니다. **원-핫 인코딩**은 값마다 열을 따로 만들어(해당하면 1, 아니면 0) 시각마다 가중치를
# 따로 갖게 합니다. 계절, 날씨, 요일, 월도 마찬가지입니다.
# %% tags=["demo:encodings"]
# %% [markdown] lang="en"
# **What to observe.** Only both steps together bring the error below 0.5: one-hot columns *and* the
# logarithm of the target.
# %% [markdown] lang="ko"
# **눈여겨볼 점.** 원-핫 열*과* 목표값의 로그, 두 가지를 함께 써야만 오차가 0.5 아래로 내려갑니다.
# %% [markdown] lang="en"
# ## Exercise: `prep`
#
# Turn training rows and other rows into two tables of numbers with the same columns: no text, no holes, no
# column that is mostly missing, none of `count`, `casual`, `registered`; hour one-hot. What you fill in, you
# may learn from the training rows only. A season may be absent from the other rows!
# %% [markdown] lang="ko"
# ## 연습: `prep`
#
# 훈련 행과 나머지 행을, 열이 똑같은 숫자 표 두 개로 바꾸세요. 글자도 빈칸도, 대부분 비어 있는 열도, `count`, `casual`,
# `registered`도 없어야 하고 시각은 원-핫이어야 합니다. 채울 값은 훈련 행에서만 구할 수 있습니다. 나머지 행에는 어떤
# 계절이 아예 없을 수도 있습니다!
# %% lang="en" tags=["ex:prep"]
import pandas as pd


def prep(train: pd.DataFrame, other: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Features of both tables as numbers, with the same columns and rows in the same order."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:prep"]
import pandas as pd


def prep(train: pd.DataFrame, other: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """두 표의 특성을 숫자로 바꿉니다. 열은 서로 같고 행의 순서는 그대로입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Errata, part one: five lines of code
#
# The course notes (which also misspell "target" in Korean) show code to find and transform skewed columns.
# It belongs to another exercise, on house prices, and:
#
# * `dtypes != 'object'` is meant to leave text out. pandas 3 has a type of its own for text, so text passes
#   and the skewness raises a `TypeError`. Ask for numeric columns instead.
# * `skew > 1` overlooks columns with a long tail to the *left* (skewness below −1).
# * The target itself and codes (0/1, season numbers) are transformed along with the rest.
# * `log1p` has no value at −1 and below.
#
# ## Exercise: `skewed`
#
# Name the columns that really want a look: numeric, none of `not_features`, more than two different values,
# absolute skewness above 1 (missing values left out), and all values above −1. For skewness use the mean of
# the cubed standard scores, with the standard deviation that divides by $n$.
# %% [markdown] lang="ko"
# ## 바로잡기 1: 코드 다섯 줄
#
# 강의 노트("타깃"을 "타킷"으로 잘못 적기도 했습니다)에는 왜곡된 열을 찾아 변환하는 코드가 있습니다. 이 코드는 집값을
# 다루는 다른 실습의 것이고, 다음과 같은 문제가 있습니다.
#
# * `dtypes != 'object'`는 글자로 된 열을 빼려는 것입니다. 그런데 pandas 3에는 글자를 위한 타입이 따로 있어서 글자 열이 그대로
#   통과하고, 왜도를 구할 때 `TypeError`가 납니다. 숫자 열을 달라고 해야 합니다.
# * `skew > 1`은 꼬리가 *왼쪽*으로 긴 열(왜도가 −1보다 작음)을 놓칩니다.
# * 목표값과 코드(0과 1, 계절 번호)까지 함께 변환합니다.
# * `log1p`는 −1 이하에서 값이 없습니다.
#
# ## 연습: `skewed`
#
# 정말로 살펴볼 열의 이름을 찾으세요. 숫자 열이고, `not_features`에 없고, 서로 다른 값이 셋
# 이상이고, 왜도의 절댓값이 1보다 크고(빈칸은 뺍니다), 모든 값이 −1보다 커야 합니다. 왜도는 표준
# 점수를 세제곱한 것의 평균이고, 표준편차는 $n$으로 나눈 것을 씁니다.
# %% lang="en" tags=["ex:skewed"]
import pandas as pd


def skewed(df: pd.DataFrame, not_features: set[str]) -> set[str]:
    """Names of the feature columns with a long tail on either side that log1p can take."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:skewed"]
import pandas as pd


def skewed(df: pd.DataFrame, not_features: set[str]) -> set[str]:
    """어느 쪽으로든 꼬리가 길고 log1p를 적용할 수 있는 특성 열의 이름입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Errata, part two: throw out what?
#
# "Features with high coefficients: check outliers, then remove" say the notes, and one may read it as
# removing the feature. The sense is the other way round: because that feature matters, its outlying **rows**
# deserve a look, and rows that are errors go. Here some wind speeds are above 900. A quarter of the
# values lies below the *quartile* $Q_1$, a quarter above $Q_3$; between them is the *interquartile
# range*, $\text{IQR} = Q_3 - Q_1$. A common rule keeps what lies within $k$ of these ranges of the
# quartiles: $[Q_1 - k\,\text{IQR},\; Q_3 + k\,\text{IQR}]$.
# %% [markdown] lang="ko"
# ## 바로잡기 2: 무엇을 버릴까요?
#
# 노트에는 "회귀 계수가 높은 피쳐는 이상치 데이터 확인 후 제거"라고 적혀 있어 피쳐를 없애라는 뜻으로
# 읽힐 수 있습니다. 뜻은 반대입니다. 중요한 특성이므로 그 특성의 값이 동떨어진 **행**을 살펴보고,
# 오류인 행을 버립니다. 여기서는 풍속이 900을 넘는 행이 있습니다. *사분위수*
# $Q_1$ 아래에 값의 4분의 1이, $Q_3$ 위에 4분의 1이 있고, 그 사이의 거리가 *사분위 범위*
# $\text{IQR} = Q_3 - Q_1$입니다. 흔히 사분위수에서 이 범위의 $k$배 안에 있는 것만 남깁니다. 곧
# $[Q_1 - k\,\text{IQR},\; Q_3 + k\,\text{IQR}]$입니다.
# %% lang="en" tags=["ex:without_outliers"]
import pandas as pd


def without_outliers(df: pd.DataFrame, column: str, k: float) -> pd.DataFrame:
    """The rows whose value in `column` lies within k interquartile ranges of the quartiles; rows
    where it is missing stay. All columns stay."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:without_outliers"]
import pandas as pd


def without_outliers(df: pd.DataFrame, column: str, k: float) -> pd.DataFrame:
    """`column`의 값이 사분위수에서 사분위 범위의 k배 안에 있는 행입니다. 그 값이 빈칸인 행과 모든
    열은 그대로 둡니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## One question to take with you
#
# We split the rows at random. But next Tuesday lies in the future, after *all* training rows. How would you
# split to be honest about that, and would you expect the error to rise or fall?
# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 이 수업에서는 행을 무작위로 나누었습니다. 그런데 다음 주 화요일은 *모든* 훈련 행보다 뒤에 있습니다. 이 점에 정직하려면
# 데이터를 어떻게 나누어야 할까요? 그러면 오차는 커질까요, 작아질까요?
