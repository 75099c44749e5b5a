# %% [markdown] lang="en"
# # How long should a step be?
#
# Two people walk down the same hill by the same rule. One takes steps of a centimetre and is still
# near the top at nightfall. The other takes leaps, flies across the valley, lands higher up on the
# other side, leaps back, and ends up on the moon. The rule was right both times. Only one number
# differed: the **learning rate** $\alpha$ in
#
# $$w := w - \alpha\,\frac{\partial}{\partial w}\,\text{cost}(w).$$
#
# Here are three rates on the cost of the hours-and-points data, from the same start:

# %% [markdown] lang="ko"
# # 한 걸음은 얼마나 커야 할까요?
#
# 두 사람이 같은 규칙으로 같은 언덕을 내려갑니다. 한 사람은 1센티미터씩 걸어서 날이 저물도록
# 꼭대기 근처를 벗어나지 못합니다. 다른 사람은 펄쩍 뛰어 골짜기를 넘고, 반대편의 더 높은 곳에
# 떨어지고, 다시 뛰어 되돌아오기를 거듭하다가 달까지 가 버립니다. 둘 다 규칙은 맞게 따랐습니다.
# 다른 것은 숫자 하나, 다음 식의 **학습률** $\alpha$뿐입니다.
#
# $$w := w - \alpha\,\frac{\partial}{\partial w}\,\text{cost}(w)$$
#
# 공부 시간과 점수 데이터의 비용을 같은 출발점에서 세 가지 학습률로 내려가 봅시다.

# %% tags=["demo:three_rates"]

# %% [markdown] lang="en"
# Too small: every step is in the right direction, and after ten of them we are still far away.
# Good: there in a few steps. Too big: each step overshoots the bottom by more than it was away.
# So "bigger is faster" is only true up to a point.
#
# ## Where exactly is that point?
#
# Near a minimum a cost looks like a parabola, $\frac{\lambda}{2}(w - w^*)^2$, where $\lambda$ is
# its **curvature**, the second derivative. The slope is $\lambda (w - w^*)$, so one step turns the
# distance $w - w^*$ into
#
# $$w - w^* - \alpha\lambda (w - w^*) = (1 - \alpha\lambda)\,(w - w^*).$$
#
# Each step multiplies the distance by the same number $1 - \alpha\lambda$:
#
# * $\alpha\lambda$ a little above 0: the factor is just below 1. It creeps.
# * $\alpha\lambda = 1$: the factor is 0. There in one step.
# * $\alpha\lambda$ between 1 and 2: the factor is negative. It jumps from side to side, but nearer.
# * $\alpha\lambda = 2$: the factor is $-1$. It jumps for ever between two places.
# * $\alpha\lambda > 2$: further away with every step. It **diverges**.
#
# The border is the critical learning rate $\alpha = 2/\lambda$. For the hours, the cost
# $\frac{1}{3}\sum(wx - y)^2$ has the second derivative $\frac{2}{3}(1 + 4 + 9) = \frac{28}{3}$, so
# the border is at $2 \cdot \frac{3}{28} = \frac{3}{14} \approx 0.214$. Does an experiment agree?

# %% [markdown] lang="ko"
# 너무 작으면 걸음마다 방향은 맞지만 열 걸음 뒤에도 아직 멉니다. 알맞으면 몇 걸음 만에 닿습니다.
# 너무 크면 걸음마다 원래 떨어져 있던 거리보다 더 멀리 바닥을 지나칩니다. "클수록 빠르다"는 말은
# 어느 지점까지만 맞습니다.
#
# ## 그 지점은 정확히 어디일까요?
#
# 최소점 가까이에서 비용은 포물선 $\frac{\lambda}{2}(w - w^*)^2$처럼 보입니다. $\lambda$는
# **곡률**, 곧 이계도함수입니다. 기울기가 $\lambda (w - w^*)$이므로 한 걸음을 내디디면 거리
# $w - w^*$는 다음과 같이 바뀝니다.
#
# $$w - w^* - \alpha\lambda (w - w^*) = (1 - \alpha\lambda)\,(w - w^*)$$
#
# 걸음마다 거리에 같은 수 $1 - \alpha\lambda$가 곱해집니다.
#
# * $\alpha\lambda$가 0보다 조금 크면 곱하는 수가 1보다 조금 작습니다. 기어갑니다.
# * $\alpha\lambda = 1$이면 0입니다. 한 걸음에 닿습니다.
# * $\alpha\lambda$가 1과 2 사이이면 음수입니다. 양쪽을 오가며 뛰지만 점점 가까워집니다.
# * $\alpha\lambda = 2$이면 $-1$입니다. 두 자리를 영원히 오갑니다.
# * $\alpha\lambda > 2$이면 걸음마다 멀어집니다. **발산**합니다.
#
# 그 경계가 임계 학습률 $\alpha = 2/\lambda$입니다. 공부 시간 데이터에서 비용
# $\frac{1}{3}\sum(wx - y)^2$의 이계도함수는 $\frac{2}{3}(1 + 4 + 9) = \frac{28}{3}$이므로 경계는
# $2 \cdot \frac{3}{28} = \frac{3}{14} \approx 0.214$입니다. 실험도 그렇게 말할까요?

# %% tags=["demo:cliff"]

# %% [markdown] lang="en"
# The picture is the shape to remember: the final cost falls as the rate grows, has a broad good
# region, and then a cliff. In practice one tries rates on a ladder (0.001, 0.01, 0.1, 1), finds
# the cliff, and stays a little to the left of it.
#
# ## Several weights: the steepest direction decides
#
# A bowl over two weights has a curvature in every direction. The second derivatives form a matrix,
# the **Hessian**; for $E = 2w_1^2 + 3w_0^2 - 6w_1 - 6w_0 + 4w_1w_0 + 5$ it is
#
# $$\begin{pmatrix} 6 & 4 \\ 4 & 4 \end{pmatrix}.$$
#
# Its eigenvalues are the curvatures along the axes of the ellipses, here 9.123 and 0.877. The rate
# must be safe in *every* direction, so the largest one sets the border:
# $\alpha < 2/\lambda_{\max} \approx 0.219$. The smallest one sets how long it takes, because along
# the flat axis each step only multiplies the distance by $1 - \alpha\lambda_{\min}$.

# %% [markdown] lang="ko"
# 이 그림의 모양을 기억해 두세요. 학습률이 커지면 마지막 비용이 줄어들고, 넓은 좋은 구간이
# 이어지다가, 절벽이 나타납니다. 실제로는 0.001, 0.01, 0.1, 1처럼 사다리를 오르듯 시도해 절벽을
# 찾고, 거기서 조금 왼쪽에 머뭅니다.
#
# ## 가중치가 여럿이면 가장 가파른 방향이 정합니다
#
# 두 가중치 위에 놓인 그릇은 방향마다 곡률이 있습니다. 이계도함수를 모은 행렬을 **헤시안**(헤세
# 행렬)이라고 합니다. $E = 2w_1^2 + 3w_0^2 - 6w_1 - 6w_0 + 4w_1w_0 + 5$의 헤시안은 다음과 같습니다.
#
# $$\begin{pmatrix} 6 & 4 \\ 4 & 4 \end{pmatrix}$$
#
# 이 행렬의 고윳값이 타원의 축을 따라 잰 곡률이며, 여기서는 9.123과 0.877입니다. 학습률은 *모든*
# 방향에서 안전해야 하므로 가장 큰 고윳값이 경계를 정합니다. $\alpha < 2/\lambda_{\max} \approx 0.219$.
# 얼마나 오래 걸리는지는 가장 작은 고윳값이 정합니다. 평평한 축을 따라서는 한 걸음에 거리가
# $1 - \alpha\lambda_{\min}$배로밖에 줄지 않기 때문입니다.

# %% tags=["demo:two_weights"]

# %% [markdown] lang="en"
# ## Your turn
#
# `np.linalg.eigvalsh` gives the eigenvalues of a symmetric matrix.

# %% [markdown] lang="ko"
# ## 직접 해 보기
#
# `np.linalg.eigvalsh`는 대칭 행렬의 고윳값을 구해 줍니다.

# %% tags=["ex:critical_lr"] lang="en"
import numpy as np


def critical_lr(x):
    """Return the learning rate above which gradient descent on the cost of w runs away.

    The cost is the mean of (x @ w - y)^2 over the rows; the border does not depend on y.
    x: array of shape (m, d), one row an example; for d = 1 there is a single weight.
    """
    raise NotImplementedError


# %% tags=["ex:critical_lr"] lang="ko"
import numpy as np


def critical_lr(x):
    """이보다 크면 경사 하강법이 발산하는 학습률을 돌려줍니다.

    비용은 행마다 구한 (x @ w - y)^2의 평균입니다. 경계는 y와 상관없습니다.
    x: 모양 (m, d)인 배열로, 한 행이 예제 하나입니다. d = 1이면 가중치가 하나입니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# Now read a run from its traces, as one does from a log.

# %% [markdown] lang="ko"
# 이번에는 기록을 보고 실행을 판단해 봅시다. 실제로 로그를 볼 때 하는 일입니다.


# %% tags=["ex:classify_run"] lang="en"
def classify_run(ws, best):
    """Return what a run with one weight did: "diverges", "stuck", "zigzags" or "approaches".

    ws: the weight after each step, at least three numbers. best: where the bottom is.
    diverges: the last distance from best is larger than the first.
    stuck: both distances are equal within one part in a million.
    zigzags: it came nearer, and some steps changed the side of best.
    approaches: it came nearer and stayed on one side.
    """
    raise NotImplementedError


# %% tags=["ex:classify_run"] lang="ko"
def classify_run(ws, best):
    """가중치 하나의 실행을 "diverges", "stuck", "zigzags", "approaches" 가운데 하나로 판단합니다.

    ws: 걸음마다의 가중치로, 숫자가 셋 이상입니다. best: 바닥의 위치.
    diverges(발산): best까지의 마지막 거리가 첫 거리보다 큽니다.
    stuck(제자리): 두 거리가 백만분의 일 안에서 같습니다.
    zigzags(오락가락): 가까워졌고, best의 반대편으로 넘어간 걸음이 있습니다.
    approaches(다가감): 한쪽에 머물면서 가까워졌습니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## What the course notes say, and what is off
#
# They warn, rightly, that a large rate does not find "the $W$ at which the slope of the tangent is
# smallest" any faster. But the bottom is not where the slope is smallest. The *smallest* slope is
# the most negative one, far up on the left side of the bowl. At the bottom the slope is **zero**.
# Write the search that one would really want.

# %% [markdown] lang="ko"
# ## 강의 노트 바로잡기
#
# 노트는 학습률을 무작정 키운다고 "접선의 기울기가 최소값이 되는 $W$"를 빨리 찾게 되지는 않는다고
# 경고합니다. 경고는 옳지만, 바닥은 기울기가 최소인 곳이 아닙니다. 기울기가 *최소*인 곳은 내리막이
# 가장 가파른, 그릇 왼쪽의 높은 곳입니다. 바닥에서는 기울기가 **0**입니다. 정말로 찾아야 할 것을
# 찾는 함수를 만들어 보세요.


# %% tags=["ex:bottom"] lang="en"
def bottom(ws, slopes):
    """Return the w at which the ground is most nearly level.

    ws, slopes: sequences of the same length; slopes[i] is the slope of the cost at ws[i].
    """
    raise NotImplementedError


# %% tags=["ex:bottom"] lang="ko"
def bottom(ws, slopes):
    """땅이 가장 평평한 곳의 w를 돌려줍니다.

    ws, slopes: 길이가 같은 나열. slopes[i]는 ws[i]에서 비용의 기울기입니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## To think about
#
# With a fixed rate of $0.9 \cdot 2/\lambda$ the walk zigzags, with $0.5 \cdot 2/\lambda$ it arrives
# in a single step. In a bowl with $\lambda_{\max} = 1000$ and $\lambda_{\min} = 1$, can any single
# rate be good for both directions? What could one change about the *data* instead of the rate?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 학습률을 $0.9 \cdot 2/\lambda$로 고정하면 오락가락하고, $0.5 \cdot 2/\lambda$로 하면 한 걸음에
# 닿습니다. $\lambda_{\max} = 1000$, $\lambda_{\min} = 1$인 그릇에서 두 방향에 모두 좋은 학습률이
# 하나라도 있을까요? 학습률 대신 *데이터*에서 무엇을 바꾸면 될까요?
