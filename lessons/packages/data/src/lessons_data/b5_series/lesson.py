# %% [markdown] lang="en"
# # Time series
#
# A bike rental notes, hour by hour, the temperature and how many bikes were taken. It looks like a
# table, but one thing is new: the order of the rows *means* something. Yesterday explains today;
# today must not explain yesterday.
#
# **The question of this lesson:** how do two years of hours become examples to learn from, without
# showing the model its own future?

# %% [markdown] lang="ko"
# # 시계열
#
# 자전거 대여소가 매시간 기온과 빌려 간 자전거 수를 적어 둡니다. 표처럼 보이지만 한 가지가
# 다릅니다. 행의 순서에 *뜻*이 있습니다. 어제는 오늘을 설명하지만, 오늘이 어제를 설명해서는 안
# 됩니다.
#
# **이번 수업의 질문:** 모델에게 자기 미래를 보여 주지 않으면서, 2년 동안의 시간별 기록을 어떻게
# 학습할 예제로 만들까요?

# %% [markdown] lang="en"
# ## A row for each hour
#
# The data below is made up: it has a day's rhythm with two rush hours, quieter weekends, seasons,
# and chance. Shape: hours × columns.

# %% [markdown] lang="ko"
# ## 한 시간에 한 행
#
# 아래 데이터는 만들어 낸 것입니다. 출퇴근 시간에 두 번 치솟는 하루의 리듬, 한산한 주말, 계절,
# 우연이 들어 있습니다. 모양은 시간 × 열입니다.

# %% tags=["demo:hours"]

# %% [markdown] lang="en"
# ## Folding hours into days
#
# A model that looks at a whole day at once wants **N × C × 24**: N days, C columns (channels), 24
# hours. That takes two moves, and neither copies a number:
#
# 1. `view(-1, 24, C)` cuts the ribbon after every 24 rows: N × 24 × C,
# 2. `transpose(1, 2)` swaps the reading order: N × C × 24.
#
# The value of channel $c$ in hour $h$ of day $n$ is in row $24n + h$, column $c$ of the long table.
# Going straight to `view(N, C, 24)` also gives that shape, and mixes temperature with bikes.

# %% [markdown] lang="ko"
# ## 시간을 하루로 접기
#
# 하루를 한꺼번에 보는 모델은 **N × C × 24**를 받습니다. N일, C개의 열(채널), 24시간입니다. 두 번
# 움직이면 되고, 숫자는 하나도 복사하지 않습니다.
#
# 1. `view(-1, 24, C)`는 24행마다 띠를 자릅니다: N × 24 × C
# 2. `transpose(1, 2)`는 읽는 순서를 맞바꿉니다: N × C × 24
#
# $n$번째 날 $h$시의 채널 $c$ 값은 긴 표의 $24n + h$행 $c$열입니다. 곧바로 `view(N, C, 24)`라고
# 해도 모양은 같지만 기온과 자전거 수가 뒤섞입니다.

# %% tags=["demo:folded"]

# %% [markdown] lang="en"
# ## Exercise 1: days

# %% [markdown] lang="ko"
# ## 연습 1: 하루씩

# %% tags=["ex:daily"] lang="en"
from torch import Tensor


def daily(hours: Tensor) -> Tensor:
    """Fold hours x C into N x C x 24 without copying; an unfinished last day is left out."""
    raise NotImplementedError


# %% tags=["ex:daily"] lang="ko"
from torch import Tensor


def daily(hours: Tensor) -> Tensor:
    """시간 x C를 복사 없이 N x C x 24로 접으세요. 다 차지 않은 마지막 날은 뺍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Windows
#
# To predict the next hour from the last few, slide a **window** over the series. With width $w$,
# example $i$ is
#
# $$x^{(i)} = (s_i, s_{i+1}, \dots, s_{i+w-1}), \qquad y^{(i)} = s_{i+w}.$$
#
# From a series of $T$ values there are exactly $T - w$ examples. The last value that goes in is
# the one *before* the target: whoever takes one more lets the answer into the question. `unfold`
# makes the windows as a view: neighbouring windows overlap in memory.

# %% [markdown] lang="ko"
# ## 윈도
#
# 지난 몇 시간으로 다음 시간을 예측하려면 시계열 위로 **윈도**를 밀고 갑니다. 너비가 $w$일 때 예제
# $i$는 다음과 같습니다.
#
# $$x^{(i)} = (s_i, s_{i+1}, \dots, s_{i+w-1}), \qquad y^{(i)} = s_{i+w}$$
#
# 값이 $T$개인 시계열에서는 예제가 정확히 $T - w$개 나옵니다. 입력에 들어가는 마지막 값은 목표
# *바로 앞*의 값입니다. 하나 더 넣으면 문제 속에 답이 들어갑니다. `unfold`는 윈도를 뷰로 만듭니다.
# 이웃한 윈도는 메모리에서 겹칩니다.

# %% tags=["demo:sliding"]

# %% tags=["ex:windows"] lang="en"
from torch import Tensor


def windows(series: Tensor, width: int) -> tuple[Tensor, Tensor]:
    """Return all windows ((T - width) x width) and the value that follows each (T - width).

    The windows share the memory of the series.
    """
    raise NotImplementedError


# %% tags=["ex:windows"] lang="ko"
from torch import Tensor


def windows(series: Tensor, width: int) -> tuple[Tensor, Tensor]:
    """모든 윈도((T - width) x width)와 그 다음 값(T - width)을 돌려주세요.

    윈도는 시계열과 메모리를 함께 써야 합니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Splitting in time
#
# Shuffling before the split is right for wines and wrong for hours. Below, the same very simple
# forecaster (answer with the temperature of the *nearest known hour*) is tested twice: with a
# shuffled split, and with a split in time.

# %% [markdown] lang="ko"
# ## 시간에 따라 나누기
#
# 나누기 전에 섞는 것은 와인이라면 옳지만 시간 데이터라면 그릅니다. 아래에서는 아주 단순한 같은
# 예측기(답을 아는 시간 가운데 *가장 가까운 시간*의 값으로 답하기)를 두 가지로 시험합니다. 섞어서
# 나눌 때와, 시간에 따라 나눌 때입니다.

# %% tags=["demo:peeking"]

# %% [markdown] lang="en"
# The shuffled test looks splendid: for nearly each test hour, the hour before or after is known.
# But tomorrow no "hour after" will be known. Only the second figure tells what to expect. And with
# windows there is one more trap: a training window's target must lie before the first value of the
# test, and no test window may reach back into the training, or else both share hours.

# %% [markdown] lang="ko"
# 섞어서 나눈 테스트 결과는 훌륭해 보입니다. 테스트하는 거의 모든 시간의 바로 앞이나 뒤 시간을 알고
# 있기 때문입니다. 그러나 내일은 "바로 뒤 시간"을 알 수 없습니다. 앞으로 실제로 기대할 수 있는 값은
# 둘째 숫자입니다. 윈도를 쓸 때는 함정이 하나 더 있습니다. 훈련 윈도의 목표는 테스트의 첫 값보다
# 앞에 있어야 하고, 테스트 윈도가 훈련 쪽으로 거슬러 올라가서도 안 됩니다. 그러지 않으면 양쪽이 같은
# 시간을 나누어 갖게 됩니다.


# %% tags=["ex:time_split"] lang="en"
def time_split(examples: int, width: int, share: float) -> tuple[list[int], list[int]]:
    """Split the window examples 0 … examples-1 in time; return training and test indices.

    Example i uses the hours i … i+width-1 and the target i+width. Training takes the first
    int(share * examples) examples. The test takes every later example that uses no hour, not
    even as a target, which a training example uses.
    """
    raise NotImplementedError


# %% tags=["ex:time_split"] lang="ko"
def time_split(examples: int, width: int, share: float) -> tuple[list[int], list[int]]:
    """윈도 예제 0 … examples-1을 시간에 따라 나누고 훈련 번호와 테스트 번호를 돌려주세요.

    예제 i는 i … i+width-1시와 목표 i+width시를 씁니다. 훈련은 앞의 int(share * examples)개,
    테스트는 그 뒤의 예제 가운데 훈련 예제가 (목표로라도) 쓴 시간을 전혀 쓰지 않는 것 모두입니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# The course notes only name time series among the kinds of data that one prepares, so there is
# nothing to correct here.
#
# ## A question to take along
#
# You standardise the temperature with the mean of *both* years, split in time, and train on the
# first. Which mistake of the lesson on tables is back, in disguise?

# %% [markdown] lang="ko"
# 강의 노트는 준비할 데이터의 종류로 시계열을 이름만 들므로, 여기서 바로잡을 것은 없습니다.
#
# ## 생각해 볼 질문
#
# *두 해* 모두의 평균으로 기온을 표준화하고, 시간에 따라 나누어 첫해로 훈련했습니다. 표 데이터
# 수업의 어떤 실수가 옷을 갈아입고 돌아온 것일까요?
