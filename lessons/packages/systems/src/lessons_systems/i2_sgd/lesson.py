# %% [markdown] lang="en"
# # Batch, mini-batch, SGD
#
# You want to know which way the country leans before an election. You can ask all the people:
# precise, and it takes a year. You can ask one person: done in a minute, and mostly wrong. Or you
# ask a hundred, get a usable answer, and ask another hundred tomorrow. Training has the same
# choice at every single step, and the hundred win.

# %% [markdown] lang="ko"
# # 배치, 미니배치, SGD
#
# 선거를 앞두고 민심을 알고 싶습니다. 온 국민에게 물으면 정확하지만 일 년이 걸립니다. 한 사람에게
# 물으면 일 분이면 되지만 대개 틀립니다. 아니면 백 명에게 물어 쓸 만한 답을 얻고, 내일 또 다른 백
# 명에게 물을 수도 있습니다. 학습은 걸음마다 똑같은 선택을 하고, 대개 백 명이 이깁니다.

# %% [markdown] lang="en"
# ## Three ways to get a gradient
#
# The loss is an average over $N$ samples, so its gradient is an average as well:
# $\nabla L=\frac1N\sum_i\nabla L_i$.
#
# - **Batch gradient descent (BGD)**: compute the gradients of all samples, average them, then
#   update once. The direction is exact; but nothing is learnt before the whole training set has
#   been seen.
# - **Stochastic gradient descent (SGD)**: take one sample, update at once. Quick and cheap, but
#   the path wanders.
# - **Mini-batch**: a small group of $B$ samples each time. This is what people mean today when
#   they say SGD.
#
# Two words to keep apart: an **iteration** (or update) is one step with one batch. An **epoch** is
# one pass over all the samples.

# %% [markdown] lang="ko"
# ## 기울기를 구하는 세 가지 방법
#
# 손실은 샘플 $N$개에 대한 평균이므로, 기울기도 평균입니다. $\nabla L=\frac1N\sum_i\nabla L_i$.
#
# - **배치 경사 하강법(BGD)**: 모든 샘플의 기울기를 구해 평균한 다음 한 번 갱신합니다. 방향은
#   정확하지만, 훈련 세트를 다 보기 전에는 아무것도 배우지 못합니다.
# - **확률론적 경사 하강법(SGD)**: 샘플 하나를 보고 바로 갱신합니다. 빠르고 싸지만 가는 길이
#   흔들립니다.
# - **미니배치**: 매번 작은 무리, 곧 샘플 $B$개를 봅니다. 오늘날 SGD라고 하면 보통 이것을 말합니다.
#
# 구별해야 할 말이 둘 있습니다. **반복**(갱신)은 배치 하나로 내딛는 한 걸음이고, **에포크**는 모든
# 샘플을 한 바퀴 도는 것입니다.

# %% tags=["demo:words"]

# %% tags=["ex:minibatches"] lang="en"
import numpy as np


def minibatches(n: int, size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Return the index arrays of one epoch: each of 0 … n-1 once, in a random order.

    All batches have the given size; only the last may be shorter.
    """
    raise NotImplementedError


# %% tags=["ex:minibatches"] lang="ko"
import numpy as np


def minibatches(n: int, size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """한 에포크의 번호 배열들을 돌려줍니다. 0 … n-1이 무작위 순서로 한 번씩 나옵니다.

    배치의 크기는 모두 size이고, 마지막 배치만 더 짧을 수 있습니다.
    """
    raise NotImplementedError


# %% tags=["ex:updates_per_epoch"] lang="en"
def updates_per_epoch(n: int, size: int, drop_last: bool) -> int:
    """Return the updates of one epoch; drop_last leaves a short last batch out."""
    raise NotImplementedError


# %% tags=["ex:updates_per_epoch"] lang="ko"
def updates_per_epoch(n: int, size: int, drop_last: bool) -> int:
    """한 에포크의 갱신 수를 돌려줍니다. drop_last이면 짧은 마지막 배치를 버립니다."""
    raise NotImplementedError


# %% tags=["ex:batch_gradient"] lang="en"
import numpy as np


def batch_gradient(w: float, x: np.ndarray, y: np.ndarray, batch: np.ndarray) -> float:
    """Return the slope by w of the mean squared error of w*x against y over the batch.

    x and y hold all samples; batch holds the indices of some of them.
    """
    raise NotImplementedError


# %% tags=["ex:batch_gradient"] lang="ko"
import numpy as np


def batch_gradient(w: float, x: np.ndarray, y: np.ndarray, batch: np.ndarray) -> float:
    """배치에서 w*x와 y의 평균제곱오차를 w로 미분한 값을 돌려줍니다.

    x와 y는 모든 샘플이고, batch는 그중 일부의 번호입니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Watch them run
#
# The same line, the same 20 passes over the same 200 points, trained with PyTorch in three ways.
# You may stop the cell in the middle: run it again and it goes on where it stopped.

# %% [markdown] lang="ko"
# ## 달리는 모습 보기
#
# 같은 직선을, 같은 점 200개를 20바퀴 돌면서, PyTorch로 세 가지 방식으로 학습합니다. 중간에 셀을
# 멈추어도 됩니다. 다시 실행하면 멈춘 곳에서 이어집니다.

# %% tags=["demo:three_speeds"]

# %% [markdown] lang="en"
# All three read the same amount of data. BGD walks a smooth curve but makes only 20 steps. The
# mini-batches get there within a few passes. Single samples are just as quick but never come to
# rest: they tremble around the goal, which is why one makes the learning rate smaller towards the
# end.
#
# ## How noisy is a batch?
#
# The average of $B$ samples scatters $\sqrt B$ times less than a single one. That is a poor
# bargain: half the noise costs four times the work. It explains why moderate batches win, until
# hardware that computes many samples at once changes the price.

# %% [markdown] lang="ko"
# 셋이 읽은 데이터의 양은 같습니다. BGD는 매끄러운 길을 가지만 20걸음밖에 걷지 못합니다. 미니배치는
# 몇 바퀴 안에 도착합니다. 샘플을 하나씩 보는 방법도 그만큼 빠르지만 멈추지 못하고 목표 둘레에서
# 떱니다. 그래서 끝으로 갈수록 학습률을 줄입니다.
#
# ## 배치는 얼마나 시끄러울까요?
#
# 샘플 $B$개의 평균은 하나일 때보다 $\sqrt B$배 덜 흩어집니다. 그다지 좋은 거래는 아닙니다. 잡음을
# 절반으로 줄이려면 일을 네 배로 해야 하니까요. 적당한 크기의 배치가 이기는 까닭이 여기에 있고,
# 샘플 여러 개를 한꺼번에 계산하는 하드웨어가 나오면 값이 달라집니다.

# %% tags=["demo:noise"]

# %% [markdown] lang="en"
# ## Errata: what the course notes say
#
# **"The small group is called an epoch."** It is not: the small group is a **mini-batch**, and the
# step it causes is an iteration. An epoch is a whole pass over the training set. With 60,000
# samples and batches of 100, an epoch has 600 iterations; whoever mixes up the words trains 600
# times too little, or too much. Work out which epoch a given update belongs to.

# %% [markdown] lang="ko"
# ## 강의 노트 바로잡기
#
# **"작은 무리 단위를 한 세대(Epoch)라고 부른다."** 그렇지 않습니다. 작은 무리는 **미니배치**이고,
# 그것으로 내딛는 걸음이 반복입니다. 에포크는 훈련 세트 전체를 한 바퀴 도는 것입니다. 샘플이
# 60,000개이고 배치가 100개씩이면 한 에포크에 반복이 600번 있습니다. 두 말을 섞어 쓰면 600배 덜
# 학습하거나 더 학습하게 됩니다. 어떤 갱신이 몇 번째 에포크에 속하는지 계산해 보세요.


# %% tags=["ex:epoch_of"] lang="en"
def epoch_of(update: int, n: int, size: int) -> int:
    """Return the epoch (counted from 0) of an update (from 0); short last batches are used."""
    raise NotImplementedError


# %% tags=["ex:epoch_of"] lang="ko"
def epoch_of(update: int, n: int, size: int) -> int:
    """갱신(0부터)이 속한 에포크(0부터)를 돌려줍니다. 짧은 마지막 배치도 씁니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## To think about
#
# A batch that is four times as large makes the gradient half as noisy and costs four times as
# much. Suppose a GPU computes 1 or 256 samples in the same time. Which batch size would you choose
# on it, and which on a machine where the cost really grows with the batch?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 배치를 네 배로 키우면 기울기의 잡음은 절반이 되고 비용은 네 배가 됩니다. 어떤 GPU는 샘플 1개든
# 256개든 같은 시간에 계산한다고 합시다. 그 GPU에서는 배치 크기를 얼마로 하겠습니까? 비용이 정말로
# 배치에 비례하는 기계에서는 어떨까요?
