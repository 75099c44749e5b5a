# %% [markdown] lang="en"
# # Cross-entropy: what a wrong prediction should cost
#
# Two weather services predict rain. On a day when it rains, one had said 60 %, the other 1 %.
# Neither was sure of the rain, but one was far more wrong than the other. How much should each of
# them pay?
#
# A loss for probabilities must answer this. You will build one, meet infinity twice, find a pair of
# brackets that the course notes lost, and see a model that stops learning because of the wrong loss.
# %% [markdown] lang="ko"
# # 교차 엔트로피: 틀린 예측의 값은 얼마일까요?
#
# 두 일기예보 서비스가 비를 예보합니다. 비가 온 날, 한 곳은 60 %라고 했고 다른 곳은 1 %라고 했습니다.
# 두 예보에 같은 벌점을 줄 수는 없습니다. 각각 얼마를 물어야 공평할까요?
#
# 확률에 대한 손실은 이 질문에 답해야 합니다. 이 수업에서는 그런 손실을 직접 만들고, 무한대를 두 번 만나고, 강의
# 노트가 빠뜨린 괄호를 찾아내고, 손실을 잘못 골라 학습이 멈춰 버린 모델을 살펴봅니다.
# %% [markdown] lang="en"
# ## Pay for your surprise
#
# Let $p$ be the predicted probability of class 1. Look only at the probability that the prediction gave
# to **what really happened**: $p$ if $y = 1$, and $1 - p$ if $y = 0$. The smaller it is, the greater the
# surprise. The price is its negative logarithm:
#
# $$c(p, y) = \begin{cases} -\log p & \text{if } y = 1 \\ -\log(1 - p) & \text{if } y = 0 \end{cases}$$
#
# Why a logarithm? Because independent events multiply their probabilities, and prices should add up.
# The four corners tell the story:
#
# | | $p = 1$ | $p = 0$ |
# |---|---|---|
# | $y = 1$ | 0 | $\infty$ |
# | $y = 0$ | $\infty$ | 0 |
#
# To be certain and right costs nothing. To be certain and wrong costs more than any amount.
# %% [markdown] lang="ko"
# ## 놀란 만큼 값을 치르기
#
# 클래스 1이라고 예측한 확률을 $p$라고 합시다. 예측이 **실제로 일어난 일**에 준 확률만 봅니다.
# $y = 1$이면 $p$, $y = 0$이면 $1 - p$입니다. 이 값이 작을수록 결과가 놀랍습니다. 치를 값은 이
# 확률의 로그에 음의 부호를 붙인 것입니다.
#
# $$c(p, y) = \begin{cases} -\log p & y = 1 \\ -\log(1 - p) & y = 0 \end{cases}$$
#
# 왜 로그일까요? 독립인 사건들의 확률은 서로 곱해지는데, 치를 값은 더해지는 편이 자연스럽기 때문입니다. 네
# 모서리를 보면 성격이 드러납니다.
#
# | | $p = 1$ | $p = 0$ |
# |---|---|---|
# | $y = 1$ | 0 | $\infty$ |
# | $y = 0$ | $\infty$ | 0 |
#
# 확신했고 맞았다면 값이 0입니다. 확신했는데 틀렸다면 어떤 값으로도 모자랍니다.
# %% [markdown] lang="en"
# ## One line instead of two cases
#
# Since $y$ is 0 or 1, it can serve as a switch: $y$ turns the first term on, $1 - y$ the second.
#
# $$c(p, y) = -y \log p - (1 - y) \log(1 - p)$$
#
# Over $m$ samples take the mean. This is the **binary cross-entropy** (BCE):
#
# $$L = -\frac1m \sum_{i=1}^m \Bigl[\, y_i \log p_i + (1 - y_i) \log(1 - p_i) \,\Bigr]$$
#
# Mind the brackets: both terms are inside the sum and both get the minus sign.
# %% [markdown] lang="ko"
# ## 두 경우를 한 줄로
#
# $y$는 0 아니면 1이므로 스위치 노릇을 할 수 있습니다. $y$는 첫째 항을 켜고 $1 - y$는 둘째 항을
# 켭니다.
#
# $$c(p, y) = -y \log p - (1 - y) \log(1 - p)$$
#
# 표본 $m$개에 대해 평균을 냅니다. 이것이 **이진 교차 엔트로피**(BCE)입니다.
#
# $$L = -\frac1m \sum_{i=1}^m \Bigl[\, y_i \log p_i + (1 - y_i) \log(1 - p_i) \,\Bigr]$$
#
# 괄호에 주의하세요. 두 항이 모두 합 안에 있고 두 항 모두에 음의 부호가 붙습니다.
# %% tags=["demo:two_branches"]
# %% [markdown] lang="en"
# **What to observe.** Both spellings agree wherever $0 < p < 1$. At the ends the one-line form has a trap:
# for $y = 0$, $p = 0$ it computes $0 \cdot \log 0$, which for a computer is $0 \cdot (-\infty)$: *not a
# number*, although the prediction was perfect.
# %% [markdown] lang="ko"
# **눈여겨볼 점.** $0 < p < 1$이면 두 식의 값은 같습니다. 그런데 양 끝에서 한 줄짜리 식은 함정에
# 빠집니다. $y = 0$, $p = 0$이면 $0 \cdot \log 0$을 계산하게 되는데, 컴퓨터에게 이것은
# $0 \cdot (-\infty)$, 곧 *숫자가 아님*(nan)입니다. 완벽한 예측이었는데도 말입니다.
# %% [markdown] lang="en"
# ## Exercise: `bce`
#
# Write the mean cross-entropy. It must return 0 for perfect certain predictions and infinity when a
# certain prediction is wrong, never "not a number".
# %% [markdown] lang="ko"
# ## 연습: `bce`
#
# 평균 교차 엔트로피를 작성하세요. 확신했고 모두 맞은 예측에는 0을, 확신했는데 틀린 예측이 있으면 무한대를 돌려주어야
# 하며, 어떤 경우에도 nan이 나오면 안 됩니다.
# %% lang="en" tags=["ex:bce"]
import numpy as np


def bce(y: np.ndarray, p: np.ndarray) -> float:
    """Mean binary cross-entropy of labels y (0 or 1) and probabilities p, both of shape [m]."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:bce"]
import numpy as np


def bce(y: np.ndarray, p: np.ndarray) -> float:
    """레이블 y(0 또는 1)와 확률 p의 평균 이진 교차 엔트로피입니다. 모양은 둘 다 [m]입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Errata, part one: the lost brackets
#
# The course notes print the mean as $-\frac1m \sum y \log H + (1-y)\log(1-H)$, in three places (some
# slides come twice). Taken literally, the sum and the minus end after the first term. Compute it that
# way and the loss of a sensible model becomes **negative**: it would be rewarded for certain mistakes on
# class 0. The demo does so with five samples; your `bce` is checked against both slips.
# %% [markdown] lang="ko"
# ## 바로잡기 1: 사라진 괄호
#
# 강의 노트는 평균을 $-\frac1m \sum y \log H + (1-y)\log(1-H)$로 적었습니다. 세 곳에서 그렇고, 어떤
# 슬라이드는 두 번 되풀이됩니다. 글자 그대로 읽으면 합과 음의 부호가 첫째 항에서 끝납니다. 그렇게
# 계산하면 멀쩡한 모델의 손실이 **음수**가 됩니다. 클래스 0에서는 확신하며 틀릴수록 오히려 상을 받는
# 셈입니다. 아래에서 표본 다섯 개로 확인해 보세요. 여러분의 `bce`도 이 두 가지 실수를 하지 않았는지
# 검사합니다.
# %% tags=["demo:lost_brackets"]
# %% [markdown] lang="en"
# ## From scores, not from probabilities
#
# A model first computes a score $z$ and then $p = \sigma(z)$. For $z = 200$ the probability is so close to
# 1 that the computer stores exactly 1. If the label is 0, $\log(1 - p)$ is then $\log 0$: the loss is
# infinite and its slope useless. But the true price is finite. Put $p = 1/(1 + e^{-z})$ into the formula
# and simplify:
#
# $$c = \log(1 + e^{z}) - y z$$
#
# For a large $z$ the first term is almost exactly $z$, so with $y = 0$ the price is about 200.
# To compute it safely, use $\log(1 + e^z) = \max(z, 0) + \log(1 + e^{-|z|})$.
# Frameworks call this *BCE with logits*.
# %% [markdown] lang="ko"
# ## 확률 말고 점수에서 바로
#
# 모델은 먼저 점수 $z$를 구하고 $p = \sigma(z)$를 계산합니다. $z = 200$이면 확률이 1에 너무 가까워
# 컴퓨터는 정확히 1로 저장합니다. 레이블이 0이면 $\log(1 - p)$가 $\log 0$이 되어 손실은 무한대가
# 되고 기울기도 쓸 수 없습니다. 그러나 참값은 유한합니다. $p = 1/(1 + e^{-z})$를 식에 넣고 정리해
# 보세요.
#
# $$c = \log(1 + e^{z}) - y z$$
#
# $z$가 크면 첫째 항이 거의 정확히 $z$이므로 $y = 0$일 때의 값은 약 200입니다. 안전하게 계산하려면
# $\log(1 + e^z) = \max(z, 0) + \log(1 + e^{-|z|})$를 쓰세요. 프레임워크에서는 이것을 *로짓을 받는
# BCE*(BCE with logits)라고 부릅니다.
# %% tags=["demo:far_scores"]
# %% [markdown] lang="en"
# **What to observe.** With 32-bit numbers, the usual ones in deep learning, the detour through the
# probability already breaks near a score of 17. The direct form never does.
# %% [markdown] lang="ko"
# **눈여겨볼 점.** 딥러닝에서 흔히 쓰는 32비트 실수에서는 확률을 거쳐 가는 계산이 점수 17 근처에서 이미 무너집니다.
# 점수에서 바로 계산하는 식은 무너지지 않습니다.
# %% lang="en" tags=["ex:bce_logits"]
import numpy as np


def bce_logits(y: np.ndarray, z: np.ndarray) -> float:
    """Mean binary cross-entropy of labels y and scores z, shape [m]; finite for finite scores."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:bce_logits"]
import numpy as np


def bce_logits(y: np.ndarray, z: np.ndarray) -> float:
    """레이블 y와 점수 z의 평균 이진 교차 엔트로피입니다. 모양은 [m]이고, 점수가 유한하면 값도 유한합니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## The slope
#
# Differentiate $\log(1 + e^z) - yz$ with respect to $z$. The first part gives $e^z/(1+e^z) = \sigma(z) = p$,
# the second $y$. So $\partial c / \partial z = p - y$: the error itself. For $z = wx + b$ the chain rule
# multiplies by $x$ (for $w$) or by 1 (for $b$). Then $w := w - \alpha\,\partial L/\partial w$ as always.
# %% [markdown] lang="ko"
# ## 기울기
#
# $\log(1 + e^z) - yz$를 $z$로 미분해 봅시다. 앞부분에서 $e^z/(1+e^z) = \sigma(z) = p$가, 뒷부분에서
# $y$가 나옵니다. 그러므로 $\partial c / \partial z = p - y$, 곧 오차 그 자체입니다.
# $z = wx + b$이면 연쇄법칙에 따라 $w$에는 $x$를, $b$에는 1을 곱합니다. 그다음은 늘 하던 대로
# $w := w - \alpha\,\partial L/\partial w$입니다.
# %% lang="en" tags=["ex:bce_grad"]
import numpy as np


def bce_grad(x: np.ndarray, y: np.ndarray, w: float, b: float) -> tuple[float, float]:
    """Slopes of the mean cross-entropy for w and b, for inputs x and labels y of shape [m]."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:bce_grad"]
import numpy as np


def bce_grad(x: np.ndarray, y: np.ndarray, w: float, b: float) -> tuple[float, float]:
    """입력 x와 레이블 y(모양 [m])에 대한 평균 교차 엔트로피의 w, b에 대한 기울기입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Errata, part two: two losses that are not equals
#
# The notes print the squared error $(\hat y - y)^2$ of the sigmoid and the cross-entropy one below the
# other, without a word on which to take. They agree on where the best model is when it is perfect, but
# not on how to get there. By the chain rule the slope of the squared error for the score is
#
# $$2\,(p - y) \cdot p\,(1 - p)$$
#
# The extra factor $p(1-p)$ is tiny when $p$ is close to 0 or 1. A model that is *confidently wrong*
# therefore hardly moves. The demo starts two equal models at the same bad place.
# %% [markdown] lang="ko"
# ## 바로잡기 2: 대등하지 않은 두 손실
#
# 노트에는 시그모이드의 제곱오차 $(\hat y - y)^2$와 교차 엔트로피가 위아래로 나란히 적혀 있고, 어느
# 것을 써야 하는지 설명이 없습니다. 완벽한 모델이 있다면 두 손실이 가리키는 곳은 같지만, 거기까지
# 가는 길이 다릅니다. 연쇄법칙에 따르면 제곱오차의 점수에 대한 기울기는 다음과 같습니다.
#
# $$2\,(p - y) \cdot p\,(1 - p)$$
#
# 덧붙은 $p(1-p)$는 $p$가 0이나 1에 가까우면 아주 작아집니다. 그래서 *확신하며 틀린* 모델은 거의
# 움직이지 못합니다. 아래에서 똑같은 모델 둘을 똑같이 나쁜 자리에서 출발시켜 봅니다.
# %% tags=["demo:stuck_or_moving"]
# %% [markdown] lang="en"
# **What to observe.** Both models begin with every answer wrong. Cross-entropy turns its model round within
# some dozens of steps; the squared error leaves its own almost where it was for hundreds of steps, for
# lack of slope, not for lack of error.
# %% [markdown] lang="ko"
# **눈여겨볼 점.** 두 모델 모두 처음에는 모든 답이 틀립니다. 교차 엔트로피는 수십 걸음 만에 모델을
# 돌려세웁니다. 제곱오차는 수백 걸음이 지나도 모델을 거의 그 자리에 둡니다. 오차가 없어서가 아니라
# 기울기가 없어서입니다.
# %% [markdown] lang="en"
# ## Exercise: `slopes`
#
# For one score and one label give both slopes, then try $z = -10$, $y = 1$: by what factor do they differ?
# %% [markdown] lang="ko"
# ## 연습: `slopes`
#
# 점수 하나와 레이블 하나에 대해 두 기울기를 구하세요. 그런 다음 $z = -10$, $y = 1$을 넣어 몇 배나
# 차이가 나는지 확인해 보세요.
# %% lang="en" tags=["ex:slopes"]
import math


def slopes(z: float, y: float) -> tuple[float, float]:
    """Slopes for the score z of (sigmoid(z) - y)^2 and of the cross-entropy, in this order."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:slopes"]
import math


def slopes(z: float, y: float) -> tuple[float, float]:
    """(sigmoid(z) - y)^2의 기울기와 교차 엔트로피의 기울기를 이 순서로 구합니다. 둘 다 점수 z로 미분합니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## One question to take with you
#
# A careful forecaster never says 0 % or 100 %. Suppose rain really comes on 30 % of days and she must say
# the same number every day. Which number has the smallest mean cross-entropy, and what is it then?
# Can any honest number bring it to zero?
# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 신중한 예보관은 0 %나 100 %라고 말하지 않습니다. 실제로 열흘에 사흘꼴로 비가 오고, 예보관은 매일 같은 수를 말해야
# 한다고 합시다. 평균 교차 엔트로피가 가장 작아지는 수는 무엇이고, 그때 값은 얼마일까요? 정직한 예보로 0까지 내려갈 수
# 있을까요?
