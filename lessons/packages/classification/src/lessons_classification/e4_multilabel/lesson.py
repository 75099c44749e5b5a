# %% [markdown] lang="en"
# # One class or several labels
#
# Which digit is in the picture? Exactly one answer is right. Which of these is true of the digit:
# "even", "at least five", "has a closed loop"? Of an 8 all three are true, of a 1 none.
#
# The network below can be the same for both questions. What differs is its last step and its loss. Choose
# wrongly, and the model *cannot* give the right answer however long it learns.
# %% [markdown] lang="ko"
# # 클래스 하나일까요, 레이블 여럿일까요?
#
# 그림 속의 숫자는 무엇일까요? 맞는 답은 정확히 하나입니다. 그렇다면 "짝수이다", "5 이상이다", "닫힌 고리가 있다" 가운데
# 이 숫자에 맞는 것은 무엇일까요? 8이라면 셋 다 맞고 1이라면 하나도 맞지 않습니다.
#
# 두 질문에 같은 신경망을 써도 됩니다. 다른 것은 마지막 단계와 손실입니다. 여기서 잘못 고르면 아무리 오래 학습해도 옳은
# 답을 *낼 수 없는* 모델이 됩니다.
# %% [markdown] lang="en"
# ## Two kinds of question, two heads
#
# * **Multi-class**: the answers exclude each other and one of them always holds. The probabilities compete
#   for a total of 1: **softmax**, with **categorical** cross-entropy. The label row has exactly one 1.
# * **Multi-label**: each label is a yes-or-no question of its own. The probabilities are computed
#   one by one and not tied to a total; their sum may be 0.1 or 2.9: one **sigmoid** per label, with
#   **binary** cross-entropy. The label row may hold any number of ones, or none.
#
# $$\text{softmax: } p_i = \frac{e^{s_i}}{\sum_j e^{s_j}} \qquad\qquad
#   \text{sigmoid: } p_i = \frac{1}{1 + e^{-s_i}}$$
#
# (Two classes are the place where both meet: one sigmoid, or a softmax over two scores, say the same.)
# %% [markdown] lang="ko"
# ## 두 가지 질문, 두 가지 출력층
#
# * **다중 분류**(multi-class): 답들이 서로 배타적이고 그 가운데 하나는 반드시 맞습니다. 확률들은 합 1을 두고
#   경쟁합니다. **소프트맥스**와 **범주형** 교차 엔트로피를 씁니다. 레이블 행에는 1이 정확히 하나 있습니다.
# * **다중 레이블**(multi-label): 레이블마다 따로 예, 아니요를 묻습니다. 확률들은 서로 얽매이지 않고
#   따로 정해지므로 합이 0.1일 수도 2.9일 수도 있습니다. 레이블마다 **시그모이드** 하나와 **이진**
#   교차 엔트로피를 씁니다. 레이블 행에는 1이 몇 개든 있을 수 있고 하나도 없을 수도 있습니다.
#
# $$\text{softmax: } p_i = \frac{e^{s_i}}{\sum_j e^{s_j}} \qquad\qquad
#   \text{sigmoid: } p_i = \frac{1}{1 + e^{-s_i}}$$
#
# (클래스가 둘이면 두 방법이 만납니다. 시그모이드 하나를 쓰든 점수 둘에 소프트맥스를 쓰든 같은 말이 됩니다.)
# %% tags=["demo:two_heads"]
# %% [markdown] lang="en"
# **What to observe.** The table shows means over all unseen pictures of a digit. Every softmax row sums
# to 1. The sums of the sigmoid rows go from about a quarter (a 1: none of the labels holds) to
# about two and a half (an 8: all three hold). To turn probabilities into a decision, softmax takes the largest;
# the sigmoids are each compared with a threshold, usually one half.
# %% [markdown] lang="ko"
# **눈여겨볼 점.** 표에는 보지 못한 그림들을 숫자별로 평균한 값이 있습니다. 소프트맥스의 행은 모두
# 합이 1입니다. 시그모이드 행의 합은 0.25쯤(1: 맞는 레이블이 없음)에서 2.5쯤(8: 셋 다 맞음)까지 퍼져
# 있습니다. 확률로 결정을 내릴 때 소프트맥스는 가장 큰 것을 고르고, 시그모이드는 하나씩 기준값(보통
# 2분의 1)과 비교합니다.
# %% [markdown] lang="en"
# ## Errata: the misspelt choice
#
# The course notes put the choice in one line, "Sigmoid vs Somtmax", misspelt and without an answer. Give the
# answer yourself: write `choose`, which looks at a table of labels and says which head and which loss fit.
#
# ## Exercise: `choose`
#
# What must hold for *every* row before softmax is allowed?
# %% [markdown] lang="ko"
# ## 바로잡기: 철자가 틀린 선택지
#
# 강의 노트는 이 선택을 "Sigmoid vs Somtmax"라는 한 줄로 적었습니다. 철자가 틀렸고 답도 없습니다. 답은 여러분이 내려
# 보세요. 레이블 표를 보고 어떤 출력층과 어떤 손실이 맞는지 말해 주는 `choose`를 작성합니다.
#
# ## 연습: `choose`
#
# 소프트맥스를 쓰려면 *모든* 행에서 무엇이 성립해야 할까요?
# %% lang="en" tags=["ex:choose"]
import numpy as np


def choose(labels: np.ndarray) -> tuple[str, str]:
    """("softmax", "categorical") or ("sigmoid", "binary") for a 0/1 table of labels [n, C]."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:choose"]
import numpy as np


def choose(labels: np.ndarray) -> tuple[str, str]:
    """0과 1로 된 레이블 표 [n, C]에 맞는 ("softmax", "categorical") 또는 ("sigmoid", "binary")입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Exercise: `predict_sets`
#
# From scores to sets of labels: label $i$ belongs to the set when its probability is at least the threshold.
# %% [markdown] lang="ko"
# ## 연습: `predict_sets`
#
# 점수를 레이블의 집합으로 바꿉니다. 레이블 $i$의 확률이 기준값 이상이면 집합에 넣습니다.
# %% lang="en" tags=["ex:predict_sets"]
import numpy as np


def predict_sets(s: np.ndarray, threshold: float = 0.5) -> list[set[int]]:
    """For each row of scores s [n, C] the numbers of the labels that are likely enough."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:predict_sets"]
import numpy as np


def predict_sets(s: np.ndarray, threshold: float = 0.5) -> list[set[int]]:
    """점수 s [n, C]의 행마다 확률이 충분히 큰 레이블의 번호를 모은 집합입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## The loss of many switches
#
# Each label is a binary classification, so each pays its binary cross-entropy; the loss is the mean over
# all samples **and** all labels. As before, work with scores: $\max(s, 0) - t s + \log(1 + e^{-|s|})$.
# %% [markdown] lang="ko"
# ## 스위치 여러 개의 손실
#
# 레이블 하나하나가 이진 분류이므로 각각 이진 교차 엔트로피를 치릅니다. 손실은 모든 표본 **그리고**
# 모든 레이블에 대한 평균입니다. 앞에서처럼 점수로 계산하세요.
# $\max(s, 0) - t s + \log(1 + e^{-|s|})$입니다.
# %% lang="en" tags=["ex:label_loss"]
import numpy as np


def label_loss(s: np.ndarray, t: np.ndarray) -> float:
    """Mean binary cross-entropy over all entries of scores s and 0/1 labels t, both [n, C]."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:label_loss"]
import numpy as np


def label_loss(s: np.ndarray, t: np.ndarray) -> float:
    """점수 s와 0/1 레이블 t(둘 다 [n, C])의 모든 원소에 대한 평균 이진 교차 엔트로피입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## The wrong head
#
# What if labels that go together are forced through a softmax? For an 8 three labels are true, but the
# three probabilities may only sum to 1.
# %% [markdown] lang="ko"
# ## 잘못 고른 출력층
#
# 함께 맞을 수 있는 레이블들을 억지로 소프트맥스에 통과시키면 어떻게 될까요? 8에는 세 레이블이 모두 맞는데 세 확률의 합은
# 1을 넘을 수 없습니다.
# %% tags=["demo:competing_labels"]
# %% [markdown] lang="en"
# **What to observe.** With softmax the best that can be said of an 8 is about one third each, below every
# sensible threshold; and for a 1, where nothing holds, something must still receive the whole. The labels
# *compete* though the world does not make them compete.
# %% [markdown] lang="ko"
# **눈여겨볼 점.** 소프트맥스로는 8에 대해 잘해야 각각 3분의 1쯤이라고 말할 수 있을 뿐이고, 이 값은
# 웬만한 기준값에는 못 미칩니다. 아무것도 맞지 않는 1에서도 어느 레이블인가는 합 1을 나누어 받아야
# 합니다. 현실에서는 경쟁하지 않는 레이블들이 모델 안에서 *경쟁*하게 됩니다.
# %% [markdown] lang="en"
# ## How good is a set of labels?
#
# Plain accuracy flatters: if a label is rare, "never" is right most of the time. Count for each label the
# hits (TP, said and true), false alarms (FP) and misses (FN), and take
#
# $$F_1 = \frac{2\,TP}{2\,TP + FP + FN}$$
#
# It is 1 only if there are neither false alarms nor misses, and 0 if there are no hits. The plain mean over
# the labels is called **macro-F1**: a rare label counts as much as a common one. If a label never occurs
# and is never predicted, take 0.
# %% [markdown] lang="ko"
# ## 레이블 집합의 성적 매기기
#
# 단순한 정확도는 후합니다. 드문 레이블이라면 "없음"이라고만 해도 대부분 맞습니다. 레이블마다 맞게 찾은 것(TP, 있다고
# 했고 있음), 헛경보(FP), 놓친 것(FN)을 세어 다음을 구합니다.
#
# $$F_1 = \frac{2\,TP}{2\,TP + FP + FN}$$
#
# 헛경보도 놓친 것도 없을 때만 1이고, 맞게 찾은 것이 없으면 0입니다. 레이블에 대해 단순 평균을 낸 것을 **매크로 F1**이라고
# 합니다. 드문 레이블도 흔한 레이블과 똑같이 중요하게 다룹니다. 한 번도 나오지 않고 예측하지도 않은 레이블은 0으로 하세요.
# %% lang="en" tags=["ex:macro_f1"]
import numpy as np


def macro_f1(truth: np.ndarray, guess: np.ndarray) -> float:
    """Mean of the labels' F1 for two 0/1 tables [n, C]."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:macro_f1"]
import numpy as np


def macro_f1(truth: np.ndarray, guess: np.ndarray) -> float:
    """0과 1로 된 두 표 [n, C]에서 레이블별 F1의 평균입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Exercise: `fit_labels`
#
# Now train a model of your own on 8×8 pictures of digits (64 numbers from 0 to 1) with the labels "even", "at
# least five", "has a closed loop". The check asks for a macro-F1 of 0.93 or more on pictures that your model
# has not seen. A hidden layer helps: no straight cut through the pixels gives "even".
# %% [markdown] lang="ko"
# ## 연습: `fit_labels`
#
# 이제 8×8 숫자 그림(0에서 1 사이의 수 64개)과 레이블 "짝수", "5 이상", "닫힌 고리"로 모델을 직접 학습시켜 보세요. 모델이 보지
# 못한 그림에서 매크로 F1이 0.93 이상이면 통과합니다. 은닉층을 두면 도움이 됩니다. "짝수"는 픽셀들을 곧게 가르는 선
# 하나로 구분되지 않습니다.
# %% lang="en" tags=["ex:fit_labels"]
from collections.abc import Callable

import torch


def fit_labels(
    pictures: torch.Tensor, labels: torch.Tensor
) -> Callable[[torch.Tensor], torch.Tensor]:
    """Trains on pictures [n, 64] and 0/1 labels [n, 3], both float32; returns a function (or a
    Module) that gives scores [m, 3] for pictures [m, 64]."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:fit_labels"]
from collections.abc import Callable

import torch


def fit_labels(
    pictures: torch.Tensor, labels: torch.Tensor
) -> Callable[[torch.Tensor], torch.Tensor]:
    """그림 [n, 64]와 0/1 레이블 [n, 3]로 학습합니다(둘 다 float32). 그림 [m, 64]에 점수 [m, 3]을 주는
    함수(또는 Module)를 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## One question to take with you
#
# A shop marks each product with one category ("shoe", "shirt", …) and any number of tags ("red", "sale", …).
# Draw a network that predicts both at once. Which heads, which losses, and how would you add them up?
# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 어떤 쇼핑몰에서는 상품마다 분류 하나("신발", "셔츠", …)와 태그 여러 개("빨강", "할인", …)를 붙입니다. 둘을 한꺼번에
# 예측하는 신경망을 그려 보세요. 출력층과 손실은 각각 무엇이어야 하고, 손실들을 어떻게 더하면 좋을까요?
