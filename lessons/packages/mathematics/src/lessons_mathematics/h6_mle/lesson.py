# %% [markdown] lang="en"
# # Maximum likelihood
#
# You find a strange coin, toss it ten times and see seven heads. *How unfair is it?* You might say
# "heads with probability 0.7", and you would be right in a precise sense: among all coins that
# could exist, the coin with $p=0.7$ makes exactly what you saw least surprising. This idea,
# **maximum likelihood**, is where most loss functions of machine learning come from.

# %% [markdown] lang="ko"
# # 최대 우도
#
# 이상한 동전을 주워 열 번 던졌더니 앞면이 일곱 번 나왔습니다. *이 동전은 얼마나 치우쳤을까요?*
# "앞면이 나올 확률은 0.7"이라고 답했다면, 정확한 뜻에서 맞는 말입니다. 있을 수 있는 모든 동전
# 가운데 $p=0.7$인 동전에서, 실제로 본 결과가 가장 그럴듯하기 때문입니다. 이 생각이 **최대
# 우도**이고, 머신러닝의 손실 함수 대부분이 여기서 나옵니다.

# %% [markdown] lang="en"
# ## One formula, read the other way round
#
# With a known $p$, the probability of seeing this very row of seven heads and three tails is
# $p\cdot p\cdots(1-p)=p^7(1-p)^3$: the tosses are independent, so the probabilities multiply. Now
# turn the view around. The row is fixed, it has happened; $p$ is what we do not know. As a function
# of $p$ the same formula is called the **likelihood** $L(p)$. It is not a distribution of $p$ (its
# area is not 1), only a score for candidates.
#
# We look for the *place* of the highest point, $\hat p=\arg\max L(p)$. How high that point is does
# not matter.

# %% [markdown] lang="ko"
# ## 같은 식을 거꾸로 읽기
#
# $p$를 안다면, 앞면 일곱 번과 뒷면 세 번이 바로 이 순서로 나올 확률은
# $p\cdot p\cdots(1-p)=p^7(1-p)^3$입니다. 던지는 일이 서로 독립이므로 확률을 곱합니다. 이제 보는
# 방향을 뒤집습니다. 결과는 이미 일어났으니 정해져 있고, 모르는 것은 $p$입니다. 같은 식을 $p$의
# 함수로 볼 때 **우도** $L(p)$라고 합니다. $p$의 분포가 아니라(넓이가 1이 아닙니다) 후보에게 매기는
# 점수입니다.
#
# 우리가 찾는 것은 가장 높은 점의 *위치* $\hat p=\arg\max L(p)$입니다. 그 점이 얼마나 높은지는
# 중요하지 않습니다.

# %% tags=["demo:seven_of_ten"]

# %% [markdown] lang="en"
# The right-hand curve is the logarithm of the left one. A logarithm squeezes heights but never
# changes which of two is higher, so the top stays where it is.
#
# ## Why everybody takes logarithms
#
# First: a product of many numbers below 1 becomes so small that the computer rounds it to zero.
# Second: the logarithm of a product is a sum, $\ln\prod_i p_i=\sum_i\ln p_i$, and sums
# are easy to differentiate and to split into batches. Put a minus in front, and a hill to climb is
# a valley to descend: the **negative log-likelihood**.

# %% [markdown] lang="ko"
# 오른쪽 곡선은 왼쪽 곡선의 로그입니다. 로그는 높이를 누르지만 둘 중 어느 쪽이 높은지는 바꾸지
# 않으므로, 꼭대기의 위치는 그대로입니다.
#
# ## 모두가 로그를 쓰는 까닭
#
# 첫째, 1보다 작은 수를 많이 곱하면 너무 작아져서 컴퓨터가 0으로 반올림합니다. 둘째, 곱의 로그는
# $\ln\prod_i p_i=\sum_i\ln p_i$처럼 합이 되는데, 합은 미분하기도 쉽고 배치로 나누기도 쉽습니다.
# 앞에 음의 부호를 붙이면 올라가야 할 언덕이 내려가야 할 골짜기로 바뀝니다. 이것이 **음의 로그
# 우도**입니다.

# %% tags=["demo:vanishing_product"]

# %% tags=["ex:grid_mle"] lang="en"
import numpy as np


def grid_mle(candidates: np.ndarray, flips: np.ndarray) -> float:
    """Return the candidate p under which the flips (0s and 1s, maybe thousands) are likeliest."""
    raise NotImplementedError


# %% tags=["ex:grid_mle"] lang="ko"
import numpy as np


def grid_mle(candidates: np.ndarray, flips: np.ndarray) -> float:
    """던진 결과(0과 1, 수천 개일 수 있음)가 가장 그럴듯해지는 후보 p를 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Bells: two parameters
#
# Twelve people's heights, and a bell with unknown $\mu$ and $\sigma$. The likelihood is now a hill
# over a plane. Setting both partial derivatives of the log-likelihood to zero gives its top on
# paper:
#
# $$\hat\mu=\frac1n\sum_i x_i,\qquad \hat\sigma^2=\frac1n\sum_i (x_i-\hat\mu)^2$$
#
# Look at the output: the top found by search agrees with the division by $n$. The familiar
# division by $n-1$ answers another question (which estimate is right on average?), and for 12
# values the two are visibly different.

# %% [markdown] lang="ko"
# ## 종 모양: 매개변수가 둘일 때
#
# 열두 사람의 키가 있고, $\mu$와 $\sigma$를 모르는 종 모양 분포가 있습니다. 이제 우도는 평면 위의
# 언덕입니다. 로그 우도의 두 편미분을 0으로 놓으면 꼭대기를 종이 위에서 구할 수 있습니다.
#
# $$\hat\mu=\frac1n\sum_i x_i,\qquad \hat\sigma^2=\frac1n\sum_i (x_i-\hat\mu)^2$$
#
# 출력을 보세요. 탐색으로 찾은 꼭대기는 $n$으로 나눈 값과 맞습니다. 흔히 쓰는 방식인 $n-1$로
# 나누기는 다른 물음(평균적으로 치우치지 않은 추정은 무엇인가?)에 대한 답이고, 값이 12개일 때는 둘의
# 차이가 눈에 보입니다.

# %% tags=["demo:bell_hill"]

# %% tags=["ex:gauss_fit"] lang="en"
import numpy as np


def gauss_fit(x: np.ndarray) -> tuple[float, float]:
    """Return the most likely mean and variance of a Gaussian for the values x."""
    raise NotImplementedError


# %% tags=["ex:gauss_fit"] lang="ko"
import numpy as np


def gauss_fit(x: np.ndarray) -> tuple[float, float]:
    """값 x에 대해 우도가 가장 큰 가우시안의 평균과 분산을 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Where loss functions come from
#
# Suppose that $y_i=w x_i$ plus an error that follows a bell of width $\sigma$. The negative
# log-likelihood of a slope $w$ is
#
# $$\sum_i\frac{(y_i-wx_i)^2}{2\sigma^2}+n\ln\bigl(\sigma\sqrt{2\pi}\bigr)$$
#
# The second part does not contain $w$. What is left to minimise is the sum of squared errors:
# **least squares is maximum likelihood with Gaussian errors**. Do the same with 0s and 1s whose
# probability is $p_i$, and the sum $-\sum_i\bigl[y_i\ln p_i+(1-y_i)\ln(1-p_i)\bigr]$ comes out:
# **binary cross-entropy is maximum likelihood with Bernoulli labels**. Choosing a loss means
# choosing what kind of errors one expects.

# %% [markdown] lang="ko"
# ## 손실 함수가 나오는 곳
#
# $y_i$가 $wx_i$에, 폭이 $\sigma$인 종 모양 분포의 오차를 더한 값이라고 합시다. 기울기 $w$의 음의
# 로그 우도는 다음과 같습니다.
#
# $$\sum_i\frac{(y_i-wx_i)^2}{2\sigma^2}+n\ln\bigl(\sigma\sqrt{2\pi}\bigr)$$
#
# 둘째 부분에는 $w$가 없습니다. 그러므로 최소로 만들 것은 오차 제곱의 합뿐입니다. 곧 **최소제곱은
# 오차가 가우시안일 때의 최대 우도**입니다. 확률이 $p_i$인 0과 1에 대해 똑같이 하면
# $-\sum_i\bigl[y_i\ln p_i+(1-y_i)\ln(1-p_i)\bigr]$가 나옵니다. 곧 **이진 교차 엔트로피는 레이블이
# 베르누이일 때의 최대 우도**입니다. 손실 함수를 고르는 것은 어떤 오차를 예상하는지를 고르는
# 것입니다.

# %% tags=["demo:same_valley"]

# %% tags=["ex:line_nll"] lang="en"
import numpy as np


def line_nll(w: float, x: np.ndarray, y: np.ndarray, sigma: float) -> float:
    """Return the negative log-likelihood of y = w*x plus Gaussian errors of width sigma."""
    raise NotImplementedError


# %% tags=["ex:line_nll"] lang="ko"
import numpy as np


def line_nll(w: float, x: np.ndarray, y: np.ndarray, sigma: float) -> float:
    """오차의 폭이 sigma인 가우시안일 때 y = w*x의 음의 로그 우도를 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Errata: what the course notes leave out
#
# **"The maximum likelihood comes out as a product of probabilities; we put in a logarithm to make
# it simple."** Two things are missing. The product is only right if the observations are
# **independent** of each other (ten tosses are; ten frames of one film are not). And simplicity is
# the smaller gain: without the logarithm the computation does not work at all, as the product of
# 2,000 factors showed. Compute the negative log-likelihood of a long row of tosses so that it
# survives.

# %% [markdown] lang="ko"
# ## 강의 노트 바로잡기
#
# **"최대 우도값은 확률의 곱으로 도출되며, 간단하게 하려고 로그를 쓴다."** 두 가지가 빠졌습니다.
# 곱으로 쓸 수 있는 것은 관찰이 서로 **독립**일 때뿐입니다(동전 던지기 열 번은 독립이지만, 영화 한
# 편의 열 장면은 아닙니다). 그리고 간단해지는 것은 작은 이득입니다. 확률 2,000개의 곱에서 보았듯이,
# 로그가 없으면 계산 자체가 되지 않습니다. 오래 던진 결과에서도 무사하도록 음의 로그 우도를 계산해
# 보세요.

# %% tags=["ex:nll"] lang="en"
import numpy as np


def nll(p: float, flips: np.ndarray) -> float:
    """Return the negative log-likelihood (natural log, summed) of independent 0s and 1s."""
    raise NotImplementedError


# %% tags=["ex:nll"] lang="ko"
import numpy as np


def nll(p: float, flips: np.ndarray) -> float:
    """서로 독립인 0과 1의 음의 로그 우도(자연로그, 합)를 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## To think about
#
# You toss a coin three times and see three heads. What does maximum likelihood say about the
# fourth toss, and would you bet on it? What do you know about coins that the method does not?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 동전을 세 번 던져 앞면이 세 번 나왔습니다. 최대 우도는 네 번째에 대해 무엇이라고 할까요? 그 말에
# 내기를 걸겠습니까? 여러분은 알지만 이 방법은 모르는, 동전에 관한 사실은 무엇일까요?
