# %% [markdown] lang="en"
# # The landscape of the loss
#
# You stand on a mountain in thick fog and want to get to the lowest valley. You could visit every
# square metre. You could be dropped at random places and keep the lowest. Or you could feel with
# your foot which way the ground falls. Training a model is this problem in a million dimensions,
# and only one of the three ways survives there. This lesson shows why, and gives you the two maps
# that mathematicians use: the Jacobian and the Hessian.

# %% [markdown] lang="ko"
# # 손실의 지형
#
# 짙은 안개가 낀 산에서 가장 낮은 골짜기로 가려고 합니다. 모든 곳을 한 평씩 다 밟아 볼 수도 있고,
# 아무 데나 떨어져 보고 가장 낮았던 곳을 고를 수도 있고, 발끝으로 땅이 어느 쪽으로 낮아지는지 느낄
# 수도 있습니다. 모델의 학습은 이 문제를 백만 차원에서 푸는 일이고, 그곳에서는 셋 가운데 한 가지
# 방법만 살아남습니다. 이 수업에서는 그 까닭을 보고, 수학자들이 쓰는 두 장의 지도인 야코비안과
# 헤시안을 배웁니다.

# %% [markdown] lang="en"
# ## What varies? Parameters, not data
#
# Pure mathematics hands you a function and asks for its lowest point. In machine learning the
# function comes from the **training set**: the data fix the loss, and we look for the parameters
# of the model that make it smallest. That turns the roles around. In $y=wx+b$, *predicting* means
# that $x$ is the independent variable and $y$ the dependent one. *Learning* means that $x$ and $y$
# are constants, $w$ and $b$ are the independent variables and the loss is the dependent one. We
# optimise in the second sense only.

# %% [markdown] lang="ko"
# ## 변하는 것은 데이터가 아니라 매개변수
#
# 순수 수학은 함수를 주고 최저점을 묻습니다. 머신러닝에서는 그 함수가 **훈련 세트**에서 나옵니다.
# 데이터가 손실 함수를 정하고, 우리는 그 값을 가장 작게 하는 모델의 매개변수를 찾습니다. 그래서
# 역할이 뒤집힙니다. $y=wx+b$에서 *예측*할 때는 $x$가 독립변수, $y$가 종속변수입니다. *학습*할 때는
# $x$와 $y$가 상수이고, $w$와 $b$가 독립변수, 손실이 종속변수입니다. 최적화는 둘째 뜻에서만 하는
# 일입니다.

# %% tags=["demo:roles"]

# %% [markdown] lang="en"
# No training set is large enough to fill the space of features, so nobody can write down the true
# distribution of the data. Instead one chooses a family of models (a hypothesis) and a loss, and
# searches the space of parameters.
#
# ## Way one: everywhere
#
# Exhaustive search tries $k$ values along each of $d$ axes.

# %% [markdown] lang="ko"
# 특성 공간을 다 채울 만큼 큰 훈련 세트는 없으므로 데이터의 참된 분포를 적을 수 있는 사람은
# 없습니다. 그 대신 모델의 모임(가설)과 손실 함수를 고르고, 매개변수 공간을 탐색합니다.
#
# ## 첫째 길: 빠짐없이
#
# 낱낱탐색(exhaustive search)은 $d$개의 축마다 값을 $k$개씩 모두 시험합니다.

# %% tags=["demo:explosion"]

# %% tags=["ex:grid_cost"] lang="en"
def grid_cost(k: int, d: int, per_second: float) -> float:
    """Return how many seconds it takes to try k values along each of d axes, all combinations."""
    raise NotImplementedError


# %% tags=["ex:grid_cost"] lang="ko"
def grid_cost(k: int, d: int, per_second: float) -> float:
    """축 d개마다 값 k개씩, 모든 조합을 시험하는 데 걸리는 초를 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Way two: at random, and way three: by the slope
#
# Random search has no plan. It is fine for two or three parameters, but in many dimensions almost
# every random point is far away from a given one. The third way starts somewhere, asks for a
# direction in which the loss falls, and takes a step: $\theta\leftarrow\theta+d(\theta)$. The
# derivative gives that direction, even in a million dimensions. (To be fair, the picture charges
# $d+1$ evaluations for each slope. Backpropagation gets it for the price of about two or three.)

# %% [markdown] lang="ko"
# ## 둘째 길은 아무 데나, 셋째 길은 기울기로
#
# 무작위 탐색에는 전략이 없습니다. 매개변수가 두셋이면 쓸 만하지만, 차원이 많아지면 아무렇게나 고른
# 점은 거의 모두 목표에서 멉니다. 셋째 길은 어딘가에서 출발해, 손실이 작아지는 방향을 묻고, 한 걸음
# 갑니다. $\theta\leftarrow\theta+d(\theta)$. 그 방향은 백만 차원에서도 미분이 알려 줍니다.
# (공평하도록 그림에서는 기울기 한 번에 계산 $d+1$번을 치렀습니다. 오차역전파로는 두세 번 값이면
# 됩니다.)

# %% tags=["demo:two_searches"]

# %% [markdown] lang="en"
# ## First and second derivatives
#
# The derivative says whether the function is rising or falling. Where it is zero, the **second
# derivative** says what kind of point it is: positive, the curve bends upwards, a local minimum;
# negative, a local maximum; zero, the test cannot tell.

# %% [markdown] lang="ko"
# ## 도함수와 이계도함수
#
# 도함수는 함수가 커지는지 작아지는지를 말해 줍니다. 도함수가 0인 곳에서는 **이계도함수**가 어떤
# 점인지를 알려 줍니다. 양수이면 곡선이 위로 굽으니 극소, 음수이면 극대이고, 0이면 이것만으로는 알
# 수 없습니다.

# %% tags=["demo:curvature"]

# %% [markdown] lang="en"
# ## Many inputs, many outputs: the Jacobian
#
# With several variables one takes **partial derivatives**, one variable at a time; for a function
# with one output they form the **gradient**. With several outputs as well, write one gradient a
# row: that is the **Jacobian**,
#
# $$J_{ij}=\frac{\partial f_i}{\partial x_j}$$
#
# It is the best straight-line description of $f$ near a point, and what backpropagation multiplies
# layer by layer.

# %% [markdown] lang="ko"
# ## 입력도 출력도 여럿이면: 야코비안
#
# 변수가 여럿이면 변수 하나씩 **편미분**합니다. 출력이 하나이면 그것들이 모여 **기울기**(gradient)
# 벡터가 됩니다. 출력도 여럿이면 출력마다 기울기를 한 행씩 적습니다. 이것이 **야코비안**입니다.
#
# $$J_{ij}=\frac{\partial f_i}{\partial x_j}$$
#
# 한 점 가까이에서 $f$를 가장 잘 나타내는 일차식이며, 오차역전파가 층마다 곱해 나가는 것이기도
# 합니다.

# %% tags=["ex:jacobian"] lang="en"
from collections.abc import Callable

import numpy as np


def jacobian(f: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
    """Return the Jacobian (outputs × inputs) of f at x by numerical differentiation."""
    raise NotImplementedError


# %% tags=["ex:jacobian"] lang="ko"
from collections.abc import Callable

import numpy as np


def jacobian(f: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
    """x에서 f의 야코비안(출력 수 × 입력 수)을 수치 미분으로 구해 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Curvature in all directions: the Hessian
#
# All second partial derivatives of a loss form the **Hessian**,
# $H_{ij}=\partial^2E/\partial w_i\partial w_j$, a symmetric matrix. Its eigenvalues are the
# curvatures along the main axes. For $E(w_0,w_1)=w_0^2+(w_0+w_1-1)^2+(w_0+w_1-2)^2$ it is the same
# everywhere:

# %% [markdown] lang="ko"
# ## 모든 방향의 굽은 정도: 헤시안
#
# 손실의 이계 편미분을 모두 모은 것이 **헤시안**(헤세 행렬)
# $H_{ij}=\partial^2E/\partial w_i\partial w_j$이고, 대칭행렬입니다. 고윳값은 주축 방향으로 굽은
# 정도입니다. $E(w_0,w_1)=w_0^2+(w_0+w_1-1)^2+(w_0+w_1-2)^2$에서는 헤시안이 어디에서나 같습니다.

# %% tags=["demo:surfaces"]

# %% [markdown] lang="en"
# Both eigenvalues are positive: a bowl, ten times as strongly curved across as along. Where the
# gradient is zero: all eigenvalues positive, a **minimum**; all negative, a **maximum**; both
# signs, a **saddle**; a zero among equal signs, the test cannot tell.

# %% [markdown] lang="ko"
# 두 고윳값이 모두 양수인 그릇이고, 한 방향이 다른 방향보다 열 배쯤 가파릅니다. 기울기가 0인 점에서
# 고윳값이 모두 양수이면 **극소**, 모두 음수이면 **극대**, 두 부호가 다 있으면 **안장점**입니다.
# 같은 부호 사이에 0이 섞여 있으면 이 판정법으로는 알 수 없습니다.

# %% tags=["ex:hessian"] lang="en"
from collections.abc import Callable

import numpy as np


def hessian(f: Callable[[np.ndarray], float], x: np.ndarray) -> np.ndarray:
    """Return the Hessian of f at x by numerical differentiation (1 % is accurate enough)."""
    raise NotImplementedError


# %% tags=["ex:hessian"] lang="ko"
from collections.abc import Callable

import numpy as np


def hessian(f: Callable[[np.ndarray], float], x: np.ndarray) -> np.ndarray:
    """x에서 f의 헤시안을 수치 미분으로 구해 돌려줍니다(오차 1 %면 충분합니다)."""
    raise NotImplementedError


# %% tags=["ex:kind_of_point"] lang="en"
import numpy as np


def kind_of_point(h: np.ndarray) -> str:
    """Return "minimum", "maximum", "saddle" or "unclear" for a point with zero gradient."""
    raise NotImplementedError


# %% tags=["ex:kind_of_point"] lang="ko"
import numpy as np


def kind_of_point(h: np.ndarray) -> str:
    """기울기가 0인 점의 헤시안에서 "minimum", "maximum", "saddle", "unclear"를 가립니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Errata: what the course notes say
#
# **"The parameter space has tens of thousands of times as many dimensions as the feature space:
# 784 features, hundreds of thousands to millions of parameters."** Divide:
# $100{,}000/784\approx128$ and $9{,}990{,}000/784\approx12{,}742$. By their own figures it is
# between about 130 and 13,000 times. The real message stands, the space is huge; but a ratio can be
# computed. Do it for any fully connected network.

# %% [markdown] lang="ko"
# ## 강의 노트 바로잡기
#
# **"매개변수 공간은 특징 공간보다 수만 배 많은 차원을 가진다. 특징은 784개, 매개변수는
# 수십만~수백만 개다."** 나누어 봅시다. $100{,}000/784\approx128$이고
# $9{,}990{,}000/784\approx12{,}742$입니다. 노트의 숫자대로라면 백여 배에서 만여 배입니다. 공간이
# 어마어마하게 크다는 말은 맞지만, 비율은 계산할 수 있습니다. 어떤 완전연결 신경망에서든 계산해
# 보세요.


# %% tags=["ex:parameter_ratio"] lang="en"
def parameter_ratio(sizes: list[int]) -> float:
    """Return weights and biases of a fully connected net, divided by its number of inputs.

    sizes are the layers' widths, e.g. [784, 128, 10].
    """
    raise NotImplementedError


# %% tags=["ex:parameter_ratio"] lang="ko"
def parameter_ratio(sizes: list[int]) -> float:
    """완전연결 신경망의 가중치와 편향의 수를 입력의 수로 나눈 값을 돌려줍니다.

    sizes는 층의 너비입니다. 예: [784, 128, 10]
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## To think about
#
# In a space of two dimensions a point with zero slope is often a true minimum. In a million
# dimensions it has to rise in every one of a million directions to be one. What do you expect most
# points with zero slope to be, and is that good or bad news for training?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 2차원에서는 기울기가 0인 점이 진짜 극소점인 경우가 많습니다. 백만 차원에서는 백만 개의 방향
# 모두에서 올라가야 극소점입니다. 기울기가 0인 점은 대부분 무엇일까요? 학습에는 좋은 소식일까요,
# 나쁜 소식일까요?
