# %% [markdown] lang="en"
# # Probability distributions
#
# You are about to throw the four sticks of yut, the Korean board game. What will come? No formula
# tells you. And yet you know a lot: *gae* comes often, *mo* seldom, and over an evening the shares
# hardly change. A machine that looks at a blurred photo is in the same position. It cannot know; it
# can only say *how likely* everything is. Such a list of chances is a **distribution**, and it is
# what modern models really compute.

# %% [markdown] lang="ko"
# # 확률 분포
#
# 윷가락 네 개를 던지려고 합니다. 무엇이 나올까요? 답을 알려 주는 공식은 없습니다. 그래도 아는 것은
# 많습니다. *개*는 자주 나오고 *모*는 드물며, 저녁 내내 던지면 그 비율은 거의 변하지 않습니다.
# 흐릿한 사진을 보는 기계도 같은 처지입니다. 확실히 알 수는 없고, 무엇이 *얼마나 그럴듯한지*를 말할
# 수 있을 뿐입니다. 그 목록이 **분포**이고, 요즘 모델이 실제로 계산하는 것이 바로 분포입니다.

# %% [markdown] lang="en"
# ## Counting: the probability mass function
#
# A stick has a flat side and a round side. One flat side up is *do*, two *gae*, three *geol*, four
# *yut*, none *mo*. With fair sticks all $2^4=16$ patterns are equally likely, so count. The
# function that gives each possible result its probability is the **probability mass function**
# (pmf) of a **discrete random variable**. Its values are never negative and add up to 1.

# %% [markdown] lang="ko"
# ## 세기: 확률 질량 함수
#
# 윷가락에는 평평한 배와 둥근 등이 있습니다. 배가 하나 드러나면 *도*, 둘이면 *개*, 셋이면 *걸*,
# 넷이면 *윷*, 하나도 없으면 *모*입니다. 배와 등이 같은 확률로 나온다면 $2^4=16$가지 모양이 모두
# 똑같이 그럴듯하므로 세어 보면 됩니다. 가능한 결과마다 확률을 알려 주는 함수를 **이산 확률
# 변수**의 **확률 질량 함수**라고 합니다. 그 값은 음수가 될 수 없고 모두 더하면 1입니다.

# %% tags=["demo:yut_throws"]

# %% [markdown] lang="en"
# ## Measuring: the probability density function
#
# A waiting time can be 3.1 or 3.14159 minutes: there are too many values to give each a
# probability. Instead one draws a curve, the **probability density function** (pdf) of a
# **continuous random variable**, and *areas* under it are the probabilities. The total area is 1.
# The height is not a probability and may well be above 1.
#
# | name | density | where it fits |
# |---|---|---|
# | Gaussian | $\frac{1}{\sigma\sqrt{2\pi}}e^{-(x-\mu)^2/2\sigma^2}$ | sums of many small effects |
# | exponential | $\lambda e^{-\lambda x}$ for $x\ge0$ | waiting times |
# | Laplace | $\frac{1}{2b}e^{-\lvert x-\mu\rvert/b}$ | errors with many outliers |
# | Dirac $\delta(x-\mu)$ | all the mass in one point | a value that is certain |

# %% [markdown] lang="ko"
# ## 재기: 확률 밀도 함수
#
# 기다리는 시간은 3.1분일 수도 3.14159분일 수도 있습니다. 값이 너무 많아 하나하나에 확률을 줄 수
# 없으므로, 그 대신 **연속 확률 변수**의 **확률 밀도 함수**라는 곡선을 그리고 그 아래의 *넓이*를
# 확률로 봅니다. 전체 넓이가 1입니다. 높이는 확률이 아니며 1보다 클 수도 있습니다.
#
# | 이름 | 밀도 | 어울리는 곳 |
# |---|---|---|
# | 가우시안 | $\frac{1}{\sigma\sqrt{2\pi}}e^{-(x-\mu)^2/2\sigma^2}$ | 작은 영향이 많이 더해진 값 |
# | 지수 | $x\ge0$에서 $\lambda e^{-\lambda x}$ | 기다리는 시간 |
# | 라플라스 | $\frac{1}{2b}e^{-\lvert x-\mu\rvert/b}$ | 이상치가 많은 오차 |
# | 디랙 $\delta(x-\mu)$ | 한 점에 모두 모임 | 확실히 정해진 값 |

# %% tags=["demo:densities"]

# %% [markdown] lang="en"
# ## Random vectors: mean and covariance
#
# An iris gives four numbers at once, a **random vector** of four dimensions. Its summary: the
# **mean vector** (where the cloud is), and the **covariance matrix** (how it is spread). On the
# diagonal stand the variances; beside it, whether two measurements grow together. The Gaussian for
# $d$ dimensions needs just these two:
#
# $$p(\mathbf{x})=\frac{1}{\sqrt{(2\pi)^d\det\Sigma}}\,\exp\Bigl(
# -\tfrac12(\mathbf{x}-\boldsymbol\mu)^\top\Sigma^{-1}(\mathbf{x}-\boldsymbol\mu)\Bigr)$$
#
# The exponent is a squared distance in which directions of wide spread count less.

# %% [markdown] lang="ko"
# ## 확률 벡터: 평균과 공분산
#
# 붓꽃 한 송이는 숫자 네 개를 한꺼번에 줍니다. 곧 4차원 **확률 벡터**입니다. 이것을 요약하면 **평균
# 벡터**(구름의 위치)와 **공분산 행렬**(구름의 퍼진 모양)이 됩니다. 대각선에는 분산이 있고, 그
# 옆에는 두 측정값이 함께 커지는지가 적혀 있습니다. $d$차원 가우시안은 이 둘만 있으면 쓸 수
# 있습니다.
#
# $$p(\mathbf{x})=\frac{1}{\sqrt{(2\pi)^d\det\Sigma}}\,\exp\Bigl(
# -\tfrac12(\mathbf{x}-\boldsymbol\mu)^\top\Sigma^{-1}(\mathbf{x}-\boldsymbol\mu)\Bigr)$$
#
# 지수에 있는 것은 거리의 제곱인데, 넓게 퍼진 방향의 거리는 덜 셉니다.

# %% tags=["demo:random_vector"]

# %% [markdown] lang="en"
# Computers keep the *logarithm* of such a density: far from the mean the density itself is rounded
# to zero.

# %% [markdown] lang="ko"
# 컴퓨터에서는 이런 밀도의 *로그*를 다룹니다. 평균에서 멀어지면 밀도 자체는 0으로 반올림되어 버리기
# 때문입니다.

# %% tags=["ex:gauss_logpdf"] lang="en"
import numpy as np


def gauss_logpdf(x: np.ndarray, mean: np.ndarray, cov: np.ndarray) -> float:
    """Return the natural logarithm of the d-dimensional Gaussian density at the vector x."""
    raise NotImplementedError


# %% tags=["ex:gauss_logpdf"] lang="ko"
import numpy as np


def gauss_logpdf(x: np.ndarray, mean: np.ndarray, cov: np.ndarray) -> float:
    """벡터 x에서 d차원 가우시안 밀도의 자연로그를 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Coins: Bernoulli and binomial
#
# The smallest random variable is 1 with probability $p$ and 0 otherwise: the **Bernoulli
# distribution**. Repeat it $n$ times and count the ones: the
# **binomial distribution**, $\binom nk p^k(1-p)^{n-k}$. A yut throw is one with $n=4$.
#
# Two functions belong here. The **logistic sigmoid** $\sigma(z)=1/(1+e^{-z})$ squeezes any number
# into the interval from 0 to 1. The **softplus** $\ln(1+e^z)$
# bends any number into a positive one. They are relatives: the slope of the softplus is the
# sigmoid (the dotted line).

# %% [markdown] lang="ko"
# ## 동전: 베르누이와 이항
#
# 가장 작은 확률 변수는 확률 $p$로 1이고 아니면 0인 **베르누이 분포**를 따릅니다. 이것을 $n$번
# 되풀이해 1의 수를 세면 **이항 분포** $\binom nk p^k(1-p)^{n-k}$가 됩니다. 윷 한 번이 바로 $n=4$인
# 경우입니다.
#
# 여기에 어울리는 함수가 둘 있습니다. **로지스틱 시그모이드** $\sigma(z)=1/(1+e^{-z})$는 어떤 수든
# 0과 1 사이로 눌러 넣고, **소프트플러스** $\ln(1+e^z)$는 어떤 수든 양수로 구부립니다. 둘은
# 친척입니다. 소프트플러스의 기울기가 시그모이드입니다(점선).

# %% tags=["demo:coins"]

# %% [markdown] lang="en"
# ## Mixtures
#
# Measure all the heights in a school with small and big children: the histogram has two humps and
# no single bell fits. A **mixture** tells the story in two steps:
# first draw a group with probability $\pi_j$, then a value from that group. So
# $p(x)=\sum_j\pi_j\,p_j(x)$. It is *not* a weighted average of values: nobody in the school is
# half small, half big.

# %% [markdown] lang="ko"
# ## 혼합 분포
#
# 저학년과 고학년이 함께 있는 학교에서 모두의 키를 재면 봉우리가 두 개 나와서 종 모양 하나로는 맞출
# 수 없습니다. **혼합 분포**는 이야기를 두 단계로 들려줍니다. 먼저 확률 $\pi_j$로 집단을 뽑고, 그
# 집단에서 값을 뽑습니다. 그래서 $p(x)=\sum_j\pi_j\,p_j(x)$입니다. 값을 가중 평균한 것이
# *아닙니다*. 반은 저학년이고 반은 고학년인 아이는 없으니까요.

# %% tags=["demo:mixture"]

# %% tags=["ex:sample_mixture"] lang="en"
import numpy as np


def sample_mixture(
    weights: np.ndarray,
    means: np.ndarray,
    stds: np.ndarray,
    n: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return n samples of a mixture of Gaussians, drawn with rng (an array of shape (n,))."""
    raise NotImplementedError


# %% tags=["ex:sample_mixture"] lang="ko"
import numpy as np


def sample_mixture(
    weights: np.ndarray,
    means: np.ndarray,
    stds: np.ndarray,
    n: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """가우시안 혼합 분포에서 rng로 뽑은 샘플 n개를 돌려줍니다(모양이 (n,)인 배열)."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Changing the variable
#
# If $x$ is random, $y=g(x)$ is random too, and its density is not simply the old one moved over.
# Where $g$ pulls neighbours apart the density gets thinner, where
# it pushes them together, thicker. Suppose that $g$ can be undone. Since the mass of a small
# piece stays the same, $p_Y(y)\,|dy|=p_X(x)\,|dx|$, and so
#
# $$p_Y(y)=p_X\bigl(g^{-1}(y)\bigr)\,\Bigl|\frac{d\,g^{-1}(y)}{dy}\Bigr|$$

# %% [markdown] lang="ko"
# ## 변수 변환
#
# $x$가 확률 변수이면 $y=g(x)$도 확률 변수입니다. 그런데 그 밀도는 원래 밀도를 그저 옮겨 놓은 것이
# 아닙니다. $g$가 이웃을 벌려 놓는 곳에서는 밀도가 옅어지고, 모아 놓는 곳에서는 짙어집니다. $g$를
# 거꾸로 되돌릴 수 있다고 합시다. 작은 조각에 든 확률은 그대로이므로 $p_Y(y)\,|dy|=p_X(x)\,|dx|$이고, 따라서 다음과 같습니다.
#
# $$p_Y(y)=p_X\bigl(g^{-1}(y)\bigr)\,\Bigl|\frac{d\,g^{-1}(y)}{dy}\Bigr|$$

# %% tags=["demo:change_of_variable"]

# %% [markdown] lang="en"
# The grey histogram decides: only the curve with the slope fits, and only its area is 1.

# %% [markdown] lang="ko"
# 회색 히스토그램이 심판입니다. 기울기를 곱한 곡선만 들어맞고, 그 넓이만 1입니다.

# %% tags=["ex:push_forward"] lang="en"
from collections.abc import Callable

import numpy as np


def push_forward(
    pdf: Callable[[np.ndarray], np.ndarray],
    inverse: Callable[[np.ndarray], np.ndarray],
    inverse_slope: Callable[[np.ndarray], np.ndarray],
    y: np.ndarray,
) -> np.ndarray:
    """Return the density of y = g(x), given the density of x, g inverted, and its derivative."""
    raise NotImplementedError


# %% tags=["ex:push_forward"] lang="ko"
from collections.abc import Callable

import numpy as np


def push_forward(
    pdf: Callable[[np.ndarray], np.ndarray],
    inverse: Callable[[np.ndarray], np.ndarray],
    inverse_slope: Callable[[np.ndarray], np.ndarray],
    y: np.ndarray,
) -> np.ndarray:
    """x의 밀도, g의 역함수, 역함수의 도함수를 받아 y = g(x)의 밀도를 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Errata: what the course notes say
#
# **"Because we use a *sharing-out*, not a function, as the algorithm."** In Korean one syllable
# went wrong: 분배 means handing out, 분포 is a distribution. And the contrast is not one either: a
# distribution *is* a function, one whose values are non-negative and add up to 1. What is different
# is the answer: not one value, but how likely every value is. Compute such an answer for real yut
# sticks, which fall on the flat side with a probability $p$ that need not be one half.

# %% [markdown] lang="ko"
# ## 강의 노트 바로잡기
#
# **"함수가 아닌 분배를 알고리즘으로 사용하기 때문이다."** 한 글자가 잘못되었습니다. '분배'가
# 아니라 '분포'입니다. 게다가 둘은 맞서는 말도 아닙니다. 분포도 함수이되, 값이 음수가 아니고 더하면
# 1이 되는 함수입니다. 다른 점은 답의 모양입니다. 값 하나가 아니라, 모든 값이 각각 얼마나
# 그럴듯한지를 답합니다. 배가 나올 확률 $p$가 2분의 1이 아닐 수도 있는 실제 윷가락에 대해 이런 답을
# 계산해 보세요.

# %% tags=["ex:yut_pmf"] lang="en"
import numpy as np


def yut_pmf(p: float) -> np.ndarray:
    """Return the probabilities of do, gae, geol, yut, mo; p is that of one flat side up."""
    raise NotImplementedError


# %% tags=["ex:yut_pmf"] lang="ko"
import numpy as np


def yut_pmf(p: float) -> np.ndarray:
    """도, 개, 걸, 윷, 모의 확률을 차례로 돌려줍니다. p는 윷가락 하나의 배가 나올 확률입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# **"The sigmoid is obtained by adjusting the parameter of the Bernoulli distribution."** It is the
# other way round. A model computes a score $z$, any real number; the
# sigmoid turns it into a number between 0 and 1, and *that* is the parameter of a Bernoulli
# distribution. Work out the logarithm of the probability that this
# distribution gives to a label, and make it survive scores of 800.

# %% [markdown] lang="ko"
# **"시그모이드는 베르누이 분포의 매개변수를 조정하여 얻는다."** 거꾸로입니다. 모델이 실수 점수
# $z$를 계산하면 시그모이드가 이것을 0과 1 사이의 수로 바꾸고, *그 수가* 베르누이 분포의 매개변수가
# 됩니다. 이 분포가 레이블에 주는 확률의 로그를 구해 보세요. 점수가 800이어도 무사해야 합니다.


# %% tags=["ex:log_chance"] lang="en"
def log_chance(z: float, y: int) -> float:
    """Return the log-probability of the label y (0 or 1) when the model's score is z."""
    raise NotImplementedError


# %% tags=["ex:log_chance"] lang="ko"
def log_chance(z: float, y: int) -> float:
    """모델의 점수가 z일 때 레이블 y(0 또는 1)의 확률의 자연로그를 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## To think about
#
# A weather model says "rain with probability 0.7" and it does not rain. Was the model wrong? What
# would you have to collect before you could say so?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 날씨 모델이 "비 올 확률 0.7"이라고 했는데 비가 오지 않았습니다. 모델이 틀린 걸까요? 틀렸다고
# 말하려면 무엇을 모아야 할까요?
