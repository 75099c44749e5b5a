# %% [markdown] lang="en"
# # Holding weights back: ridge, lasso, elastic net
#
# The polynomial of degree 14 swung wildly because its weights had run to millions. What if large
# weights cost something? Then the model may still bend, but only where the data insist. Such a
# price on weights is called **regularisation**.
#
# How much should a weight cost: in proportion to its size, or to its square? The two answers behave quite
# differently: one makes weights small, the other makes some of them *vanish*.
# %% [markdown] lang="ko"
# # 가중치 붙잡아 두기: 릿지, 라쏘, 엘라스틱넷
#
# 14차 다항식이 심하게 요동친 까닭은 가중치가 수백만까지 커졌기 때문입니다. 큰 가중치에 벌점을
# 물리면 어떨까요? 그러면 모델은 여전히 휘어질 수 있지만 데이터가 정말로 요구하는 곳에서만
# 휘어집니다. 가중치에 물리는 이런 벌점을 **규제**(regularisation)라고 합니다.
#
# 벌점은 가중치의 크기에 비례해야 할까요, 제곱에 비례해야 할까요? 두 방법은 성격이 꽤 다릅니다.
# 하나는 가중치를 작게 만들고, 다른 하나는 일부를 아예 *사라지게* 합니다.
# %% [markdown] lang="en"
# ## Two ways to measure a weight vector
#
# $$\|w\|_1 = \sum_i |w_i| \qquad\qquad \|w\|_2^2 = \sum_i w_i^2$$
#
# * **Ridge** adds $\alpha \|w\|_2^2$ to the error. Large weights are expensive, small ones almost free: all
#   shrink, none becomes exactly 0. With $\alpha = 0$ it is ordinary least squares; for a very
#   large $\alpha$ all weights are nearly 0.
# * **Lasso** adds $\alpha \|w\|_1$. Even a small weight pays its full rate; if it earns less than that, it is
#   removed. Lasso *selects features*.
# * **Elastic net** adds both; a second number $r$ sets the **mix** ($r = 0$ ridge, $r = 1$ lasso), while
#   $\alpha$ sets the strength.
#
# For ridge the best weights can still be written down. Setting the gradient of
# $\|Xw - y\|^2 + \alpha\|w\|^2$ to zero gives
#
# $$(X^TX + \alpha I)\, w = X^T y$$
#
# (The offset is not charged: it is taken out by centring $X$ and $y$ first.)
# %% [markdown] lang="ko"
# ## 가중치 벡터의 크기를 재는 두 방법
#
# $$\|w\|_1 = \sum_i |w_i| \qquad\qquad \|w\|_2^2 = \sum_i w_i^2$$
#
# * **릿지**(ridge)는 오차에 $\alpha \|w\|_2^2$를 더합니다. 큰 가중치는 비싸고 작은 가중치는 거의
#   공짜입니다. 모두 줄어들지만 정확히 0이 되는 것은 없습니다. $\alpha = 0$이면 보통의 최소제곱이고,
#   $\alpha$가 아주 크면 모든 가중치가 0에 가까워집니다.
# * **라쏘**(lasso)는 $\alpha \|w\|_1$를 더합니다. 작은 가중치도 벌점을 에누리 없이 다 물어야 하고,
#   그만큼 도움이 되지 못하면 없어집니다. 라쏘는 *특성을 골라냅니다*.
# * **엘라스틱넷**(elastic net)은 둘 다 더합니다. 또 하나의 수 $r$이 **섞는 비율**을
#   정하고($r = 0$이면 릿지, $r = 1$이면 라쏘), 세기는 $\alpha$가 정합니다.
#
# 릿지에서는 가장 좋은 가중치를 식으로 적을 수 있습니다. $\|Xw - y\|^2 + \alpha\|w\|^2$의 기울기를
# 0으로 놓으면 다음을 얻습니다.
#
# $$(X^TX + \alpha I)\, w = X^T y$$
#
# (절편에는 벌점을 물리지 않습니다. $X$와 $y$에서 평균을 먼저 빼면 절편이 없어집니다.)
# %% tags=["demo:shrinking"]
# %% [markdown] lang="en"
# **What to observe.** Ridge shrinks the length of the weight vector from 65.5 to 17.4, yet all ten weights
# stay different from 0. Lasso keeps 9, 7, 5 and finally 0 of them.
# %% [markdown] lang="ko"
# **눈여겨볼 점.** 릿지에서는 가중치 벡터의 길이가 65.5에서 17.4로 줄지만 가중치 열 개는 모두 0이 아닙니다. 라쏘에서는
# 남는 가중치가 9개, 7개, 5개로 줄다가 마침내 하나도 남지 않습니다.
# %% [markdown] lang="en"
# ## Exercise: `ridge`
# %% [markdown] lang="ko"
# ## 연습: `ridge`
#
# 위의 식을 풀어 릿지의 가중치를 구하세요.
# %% lang="en" tags=["ex:ridge"]
import numpy as np


def ridge(X: np.ndarray, y: np.ndarray, alpha: float) -> np.ndarray:
    """The weights that minimise |Xw - y|^2 + alpha |w|^2; X [n, d] and y [n] are centred."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:ridge"]
import numpy as np


def ridge(X: np.ndarray, y: np.ndarray, alpha: float) -> np.ndarray:
    """|Xw - y|^2 + alpha |w|^2를 최소로 하는 가중치입니다. X [n, d]와 y [n]의 평균은 0입니다."""
    raise NotImplementedError


# %% tags=["demo:straighter"]
# %% [markdown] lang="en"
# **What to observe.** The same degree 14, three strengths. A little restraint calms the curve; too much makes
# it almost straight: larger $\alpha$ means more bias and less variance.
#
# ## In deep learning: weight decay
#
# Networks use the same idea. The gradient of $\frac{\alpha}{2}\|w\|^2$ is $\alpha w$, so each step of
# gradient descent also takes a small share off every weight. In PyTorch it is the argument `weight_decay`.
# The next cell trains until nothing moves and compares with the closed form.
# %% [markdown] lang="ko"
# **눈여겨볼 점.** 똑같은 14차를 세 가지 세기로 맞추었습니다. 조금만 붙잡으면 곡선이 차분해지고,
# 너무 세게 붙잡으면 거의 직선이 됩니다. $\alpha$가 커질수록 편향은 커지고 분산은 작아집니다.
#
# ## 딥러닝에서는: 가중치 감쇠
#
# 신경망도 같은 생각을 씁니다. $\frac{\alpha}{2}\|w\|^2$의 기울기는 $\alpha w$이므로, 경사
# 하강법으로 한 걸음 걸을 때마다 모든 가중치를 조금씩 깎는 셈입니다. PyTorch에서는 `weight_decay`
# 인자로 지정합니다. 다음 셀은 더 움직이지 않을 때까지 학습시킨 뒤 공식으로 구한 답과 비교합니다.
# %% tags=["demo:decaying_weights"]
# %% [markdown] lang="en"
# ## Why lasso makes zeros
#
# Look at one weight alone. Without a price its best value is $v$. With the price $t\,|u|$ we minimise
# $\frac12 (u - v)^2 + t\,|u|$. For $u > 0$ the slope is $u - v + t$, so the best is $v - t$, if that is
# still positive; mirror-wise for $u < 0$. If $|v| \le t$, neither side can gain, and the best is exactly 0:
#
# $$S_t(v) = \operatorname{sign}(v)\,\max(|v| - t,\; 0)$$
#
# This is the **soft threshold**: move towards zero by $t$, and stop there.
# %% [markdown] lang="ko"
# ## 라쏘가 0을 만드는 까닭
#
# 가중치 하나만 봅시다. 벌점이 없으면 가장 좋은 값이 $v$라고 합시다. 벌점 $t\,|u|$를 물리면
# $\frac12 (u - v)^2 + t\,|u|$를 최소로 해야 합니다. $u > 0$이면 기울기가 $u - v + t$이므로
# $v - t$가 가장 좋습니다. 다만 이 값이 양수일 때만 그렇습니다. $u < 0$일 때는 거울처럼 뒤집힙니다.
# $|v| \le t$이면 어느 쪽으로 가도 이득이 없어 정확히 0이 가장 좋습니다.
#
# $$S_t(v) = \operatorname{sign}(v)\,\max(|v| - t,\; 0)$$
#
# 이것을 **소프트 임곗값**(soft threshold)이라고 합니다. 0 쪽으로 $t$만큼 옮기되 0에서 멈춥니다.
# %% lang="en" tags=["ex:soft_threshold"]
import numpy as np


def soft_threshold(v: np.ndarray, t: float) -> np.ndarray:
    """The u that minimises (u - v)^2 / 2 + t |u|, for each entry of v."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:soft_threshold"]
import numpy as np


def soft_threshold(v: np.ndarray, t: float) -> np.ndarray:
    """v의 원소마다 (u - v)^2 / 2 + t |u|를 최소로 하는 u입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Elastic net by small steps
#
# $$J(w) = \underbrace{\tfrac1n\|Xw - y\|^2 + \tfrac{1-r}{2}\alpha\|w\|_2^2}_{\text{smooth}} + r\alpha\|w\|_1$$
#
# Alternate: one gradient step on the smooth part, then the soft threshold for the corner. With
# $L = \frac2n\lambda_{\max}(X^TX) + (1-r)\alpha$ the step size $1/L$ is safe, and the threshold is
# $r\alpha/L$ (the price of one *step*). This is ISTA.
#
# **Erratum.** The course notes say that $r$ "sets how strong the regularisation is". Try it: with $\alpha = 0$
# no $r$ has any effect. $\alpha$ is the strength, $r$ only divides it between the two prices.
# %% [markdown] lang="ko"
# ## 작은 걸음으로 푸는 엘라스틱넷
#
# $$J(w) = \underbrace{\tfrac1n\|Xw - y\|^2 + \tfrac{1-r}{2}\alpha\|w\|_2^2}_{\text{smooth}} + r\alpha\|w\|_1$$
#
# 두 가지를 번갈아 합니다. 매끄러운 부분에서 경사 하강법으로 한 걸음 걷고, 꺾인 부분에는 소프트
# 임곗값을 적용합니다. $L = \frac2n\lambda_{\max}(X^TX) + (1-r)\alpha$라고 하면 걸음 크기 $1/L$은
# 안전하고, 임곗값은 $r\alpha/L$(한 *걸음*만큼의 벌점)입니다. 이 방법을 ISTA라고 합니다.
#
# **바로잡기.** 강의 노트는 $r$이 "규제 정도를 조절"한다고 했습니다. 직접 해 보세요.
# $\alpha = 0$이면 $r$을 어떻게 바꾸어도 아무 일이 없습니다. 세기는 $\alpha$이고, $r$은 그것을 두
# 가지 벌점에 나누어 줄 뿐입니다.
# %% lang="en" tags=["ex:enet"]
import numpy as np


def enet(X: np.ndarray, y: np.ndarray, alpha: float, r: float, steps: int = 3000) -> np.ndarray:
    """The weights that minimise J (see above) by ISTA from zero; X [n, d], y [n] are centred."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:enet"]
import numpy as np


def enet(X: np.ndarray, y: np.ndarray, alpha: float, r: float, steps: int = 3000) -> np.ndarray:
    """0에서 출발해 ISTA로 위의 J를 최소로 하는 가중치입니다. X [n, d]와 y [n]의 평균은 0입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## C: the same dial, turned the other way
#
# For logistic regression scikit-learn puts the factor in front of the *data* and calls it `C`. Small `C`
# means strong restraint: more bias, less variance.
# %% [markdown] lang="ko"
# ## C: 반대로 돌리는 같은 다이얼
#
# 로지스틱 회귀에서 scikit-learn은 계수를 *데이터* 쪽에 붙이고 `C`라고 부릅니다. `C`가 작을수록 강하게 붙잡습니다. 편향은
# 커지고 분산은 작아집니다.
# %% tags=["demo:strength_c"]
# %% [markdown] lang="en"
# ## Errata: three scalings of one letter
#
# The notes write, within one page, $\text{MSE} + \alpha\|w\|_1$, then $\text{MSE} + \frac{\alpha}{2}\|w\|_2^2$, then
# $RSS + \alpha\|w\|_2^2$, all with "the" $\alpha$; RSS is $n$ times the MSE. scikit-learn's `Ridge(a)`
# minimises $RSS + a\|w\|_2^2$ and its `Lasso(a)` $\frac{1}{2n}RSS + a\|w\|_1$. An $\alpha$ copied from one
# formula into another library is off by a factor of $n$ or 2. Multiply each formula by what makes its
# data part agree, and read off what becomes of $\alpha$.
# %% [markdown] lang="ko"
# ## 바로잡기: 글자 하나, 눈금 셋
#
# 노트는 한 페이지 안에서 $\text{MSE} + \alpha\|w\|_1$, $\text{MSE} + \frac{\alpha}{2}\|w\|_2^2$,
# $RSS + \alpha\|w\|_2^2$를 모두 같은 $\alpha$로 적었습니다. RSS는 MSE의 $n$배입니다. scikit-learn의
# `Ridge(a)`는 $RSS + a\|w\|_2^2$를, `Lasso(a)`는 $\frac{1}{2n}RSS + a\|w\|_1$를 최소로 합니다. 한
# 식의 $\alpha$를 다른 라이브러리에 그대로 옮기면 $n$배나 2배가 어긋납니다. 데이터 부분이 같아지도록
# 식 전체에 수를 곱하고 $\alpha$가 무엇이 되는지 읽어 보세요.
# %% lang="en" tags=["ex:sklearn_alphas"]
def sklearn_alphas(alpha: float, n: int) -> tuple[float, float, float]:
    """What to give scikit-learn for n samples: to Ridge for MSE + alpha/2 |w|_2^2, to Ridge for
    RSS + alpha |w|_2^2, to Lasso for MSE + alpha |w|_1."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:sklearn_alphas"]
def sklearn_alphas(alpha: float, n: int) -> tuple[float, float, float]:
    """표본이 n개일 때 scikit-learn에 줄 값입니다. MSE + alpha/2 |w|_2^2일 때의 Ridge,
    RSS + alpha |w|_2^2일 때의 Ridge, MSE + alpha |w|_1일 때의 Lasso 순서입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## One question to take with you
#
# You measure a length once in metres and once in millimetres. Ordinary least squares gives the same
# predictions. Does ridge? What should one do with the columns before regularising?
# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 같은 길이를 한 번은 미터로, 한 번은 밀리미터로 적었습니다. 보통의 최소제곱은 같은 예측을 줍니다. 릿지도 그럴까요?
# 규제를 적용하기 전에 열들을 어떻게 해 두어야 할까요?
