# %% [markdown] lang="en"
# # Activation functions: why a network must bend
#
# A layer of a network multiplies its input by a matrix, adds a vector, and sends each number through an
# **activation function**. The last step looks like decoration. Leave it out, and a network of a hundred
# layers can do no more than one: you will prove it by collapsing such a network into a single layer.
# %% [markdown] lang="ko"
# # 활성 함수: 신경망은 왜 휘어야 할까요?
#
# 신경망의 한 층은 입력에 행렬을 곱하고 벡터를 더한 다음, 수 하나하나를 **활성 함수**에 통과시킵니다. 마지막 단계는
# 장식처럼 보입니다. 그런데 이 단계를 빼면 백 층짜리 신경망도 한 층보다 나을 것이 없습니다. 이 수업에서 그런 신경망을 한
# 층으로 접어 직접 증명해 봅니다.
# %% [markdown] lang="en"
# ## Five curves
#
# A **fully connected layer** computes $a = f(Wx + b)$. Common choices for $f$, applied to each number $z$:
#
# * **step**: 1 if $z \ge 0$, else 0. The perceptron's; its slope is 0, so gradients tell it nothing.
# * **sigmoid**: $1/(1 + e^{-z})$, between 0 and 1; slope $\sigma(1 - \sigma)$, at most $\frac14$.
# * **tanh**: between −1 and 1, centred; slope $1 - \tanh^2 z$, at most 1.
# * **ReLU**: $\max(z, 0)$, from 0 without upper end; slope 1 on the right, 0 on the left.
# * **softplus**: $\log(1 + e^z)$, a rounded ReLU, always above 0; its slope is the sigmoid.
# %% [markdown] lang="ko"
# ## 다섯 가지 곡선
#
# **완전 연결층**(fully connected layer)은 $a = f(Wx + b)$를 계산합니다. $f$로 흔히 쓰는 함수는
# 다음과 같고, 수 $z$ 마다 따로 적용합니다.
#
# * **계단 함수**: $z \ge 0$이면 1, 아니면 0입니다. 퍼셉트론이 씁니다. 기울기가 0이라 경사 하강법에
#   아무것도 알려 주지 못합니다.
# * **시그모이드**: $1/(1 + e^{-z})$, 0과 1 사이입니다. 기울기는 $\sigma(1 - \sigma)$로 커야
#   $\frac14$입니다.
# * **tanh**(쌍곡탄젠트): −1과 1 사이이고 0이 중심입니다. 기울기는 $1 - \tanh^2 z$로 커야 1입니다.
# * **ReLU**: $\max(z, 0)$, 0에서 시작하고 위로는 끝이 없습니다. 기울기는 오른쪽에서 1, 왼쪽에서 0입니다.
# * **소프트플러스**: $\log(1 + e^z)$, 모서리를 둥글린 ReLU이며 언제나 0보다 큽니다. 기울기는 시그모이드입니다.
# %% tags=["demo:five_curves"]
# %% [markdown] lang="en"
# ## Exercises: `activations` and `slopes`
#
# Write all five, and their slopes. At $z = 0$ take the slope 0 for step and ReLU. Numbers as far
# away as ±1,000 must work.
# %% [markdown] lang="ko"
# ## 연습: `activations`, `slopes`
#
# 다섯 함수와 그 기울기를 작성하세요. $z = 0$에서 계단 함수와 ReLU의 기울기는 0으로 합니다.
# ±1,000처럼 0에서 먼 수에서도 작동해야 합니다.
# %% lang="en" tags=["ex:activations"]
import numpy as np


def activations(z: np.ndarray) -> dict[str, np.ndarray]:
    """The values under "step", "sigmoid", "tanh", "relu", "softplus", each of the shape of z."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:activations"]
import numpy as np


def activations(z: np.ndarray) -> dict[str, np.ndarray]:
    """ "step", "sigmoid", "tanh", "relu", "softplus"의 값입니다. 모양은 모두 z와 같습니다."""
    raise NotImplementedError


# %% lang="en" tags=["ex:slopes"]
import numpy as np


def slopes(z: np.ndarray) -> dict[str, np.ndarray]:
    """The slopes of the five functions at z, under the same names."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:slopes"]
import numpy as np


def slopes(z: np.ndarray) -> dict[str, np.ndarray]:
    """z에서 다섯 함수의 기울기를 같은 이름으로 담습니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Why the slope matters
#
# On its way back through the layers a gradient is multiplied by one slope a layer. The next cell sends
# a signal through twenty layers.
# %% [markdown] lang="ko"
# ## 기울기가 중요한 까닭
#
# 기울기는 층을 거슬러 올라가면서 층마다 활성 함수의 기울기를 한 번씩 곱하게 됩니다. 다음 셀은 스무 층을 거슬러 올라가
# 봅니다.
# %% tags=["demo:fading_slopes"]
# %% [markdown] lang="en"
# **What to observe.** With the sigmoid at most $(1/4)^{20}$ arrives, about one in a million millions; through
# the open side of ReLU everything arrives. This is why ReLU made deep networks practical.
#
# ## Errata: what lies between 0 and 1
#
# * The course notes say that functions "like sigmoid and ReLU" give values from 0 to 1, to be read as
#   probabilities. ReLU(5) is 5. Tanh goes below 0. Only the sigmoid (and softmax) can be read as
#   probabilities. Give the ranges yourself.
# * Another page says the sigmoid "is obtained by adjusting the parameter of the Bernoulli distribution". It is
#   the other way round: a score $z$ goes in, the sigmoid makes the **parameter** $p = \sigma(z)$ of a Bernoulli
#   distribution out of it, and *that* distribution yields zeros and ones.
# %% [markdown] lang="ko"
# **눈여겨볼 점.** 시그모이드로는 많아야 $(1/4)^{20}$, 곧 1조분의 1쯤만 도착합니다. ReLU의 열린 쪽으로는 모두 도착합니다. 깊은
# 신경망이 실제로 쓰이게 된 것은 ReLU 덕분이기도 합니다.
#
# ## 바로잡기: 0과 1 사이에 있는 것
#
# * 강의 노트는 "sigmoid, relu와 같은" 함수가 0에서 1 사이의 값을 내므로 확률로 볼 수 있다고 했습니다. 그러나 ReLU(5)는
#   5입니다. tanh는 0보다 작은 값도 냅니다. 확률로 읽을 수 있는 것은 시그모이드(와 소프트맥스)뿐입니다. 치역을 직접 적어
#   보세요.
# * 다른 페이지에서는 시그모이드가 "베르누이 분포의 매개변수를 조정하여 얻어진다"고 했습니다. 순서가
#   거꾸로입니다. 점수 $z$를 넣으면 시그모이드가 베르누이 분포의 **매개변수** $p = \sigma(z)$를
#   만들고, *그* 분포에서 0과 1이 나옵니다.
# %% lang="en" tags=["ex:ranges"]
import math

# For each function the least and the greatest number that its values approach or take;
# math.inf where there is no end. For example: {"step": (0, 1), ...} for all five names.
ranges = ...
# %% lang="ko" tags=["ex:ranges"]
import math

# 함수마다 값이 다가가거나 이르는 가장 작은 수와 가장 큰 수입니다.
# 끝이 없으면 math.inf를 쓰세요. 예: {"step": (0, 1), ...}. 다섯 이름을 모두 넣습니다.
ranges = ...
# %% lang="en" tags=["ex:bernoulli"]
import numpy as np


def bernoulli(z: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Zeros and ones, one for each score z: 1 with probability sigmoid(z). u holds random numbers
    spread evenly over [0, 1), one a score; a 1 is drawn where u is below the probability."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:bernoulli"]
import numpy as np


def bernoulli(z: np.ndarray, u: np.ndarray) -> np.ndarray:
    """점수 z마다 0 또는 1을 뽑습니다. 1이 나올 확률은 sigmoid(z)입니다. u에는 [0, 1)에 고르게 퍼진
    난수가 점수마다 하나씩 들어 있고, u가 확률보다 작으면 1입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Without bending
#
# Two layers without activation: $W_2(W_1 x + b_1) + b_2 = (W_2 W_1)\,x + (W_2 b_1 + b_2)$. That is one layer.
# Repeat, and any number of layers becomes one.
#
# **Erratum.** The notes call $Wx + b$ "linear, *one-dimensional*" (1차원). Meant is "of the first degree" (1차):
# there may be any number of dimensions. Strictly, with $b$ it is *affine*: it need not send 0 to 0.
# %% [markdown] lang="ko"
# ## 휘지 않으면
#
# 활성 함수가 없는 두 층은 $W_2(W_1 x + b_1) + b_2 = (W_2 W_1)\,x + (W_2 b_1 + b_2)$입니다. 한 층과
# 같습니다. 되풀이하면 층이 몇 개이든 하나가 됩니다.
#
# **바로잡기.** 노트는 $Wx + b$를 "linear(선형, 1차원)"라고 했습니다. "1차"라고 해야 맞습니다.
# 차원은 몇이든 될 수 있습니다. 엄밀히는 $b$가 있으면 *아핀*(affine)입니다. 0을 0으로 보내지 않을 수
# 있기 때문입니다.
# %% lang="en" tags=["ex:collapse"]
import numpy as np


def collapse(layers: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """One layer (W, b) equal to the layers (W, b) applied one after another, the first one first;
    a layer computes W @ x + b."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:collapse"]
import numpy as np


def collapse(layers: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """층 (W, b)들을 앞에서부터 차례로 적용한 것과 같은 층 하나 (W, b)입니다. 층은 W @ x + b를
    계산합니다."""
    raise NotImplementedError


# %% tags=["demo:straight_or_bent"]
# %% [markdown] lang="en"
# **What to observe.** Both networks have the same layers and the same number of weights. Without
# activations the fit of the parabola stays a straight line; with ReLU it bends along.
#
# ## One question to take with you
#
# Build $|z|$ out of two ReLUs, and a hat (0, up to 1, down to 0) out of three. What does this say about the
# curves a ReLU network can draw?
# %% [markdown] lang="ko"
# **눈여겨볼 점.** 두 신경망은 층도 가중치 수도 같습니다. 활성 함수가 없으면 포물선에 맞춘 결과가 직선에 머물고, ReLU가 있으면
# 곡선을 따라 휘어집니다.
#
# ## 생각해 볼 질문
#
# ReLU 두 개로 $|z|$를, 세 개로 모자 모양(0에서 1로 올라갔다 0으로 내려옴)을 만들어 보세요. ReLU
# 신경망이 그릴 수 있는 곡선에 대해 무엇을 알 수 있을까요?
