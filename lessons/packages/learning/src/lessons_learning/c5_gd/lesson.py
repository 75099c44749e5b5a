# %% [markdown] lang="en"
# # Downhill in the fog
#
# You stand on a hillside in thick fog and want to reach the valley. You cannot see it, but you can
# feel with your feet which way the ground falls. So you take a step that way, feel again, take
# another step, and stop when the ground is level. That is **gradient descent**, and nearly
# every model of our time is trained by it. The ground is the cost, the place where you stand is the
# present setting of the weights.
#
# One could also throw lines at random and keep the best. With one weight that even works a little:

# %% [markdown] lang="ko"
# # 안개 속에서 내려가기
#
# 짙은 안개 속 산비탈에 서서 골짜기로 내려가려 합니다. 골짜기는 보이지 않지만 땅이 어느 쪽으로
# 기우는지는 발로 느낄 수 있습니다. 그쪽으로 한 걸음 내딛고, 다시 느끼고, 또 한 걸음 내딛다가, 땅이
# 평평해지면 멈춥니다. 이것이 **경사 하강법**이고, 오늘날의 모델은 거의 모두 이 방법으로
# 훈련합니다. 땅의 높이는 비용, 서 있는 자리는 지금의 가중치입니다.
#
# 직선을 무작위로 그어 보고 가장 좋은 것을 남길 수도 있습니다. 가중치가 하나라면 이것도 조금은
# 통합니다.

# %%
import numpy as np

hours, points = np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0])
throws = np.random.default_rng(0).uniform(-100, 100, 50)
costs = ((np.outer(throws, hours) - points) ** 2).mean(axis=1)
(throws[costs.argmin()], costs.min())  # the best of fifty random weights, and its cost

# %% [markdown] lang="en"
# Fifty throws, and still not at 2. With a hundred weights instead of one, random throws are
# hopeless. We need a method that *walks* to the bottom.
#
# ## What the slope tells
#
# For a model $H(x) = Wx + b$ the cost is the mean squared error
#
# $$\text{cost}(W, b) = \frac{1}{m}\sum_{i=1}^{m}\bigl(H(x^{(i)}) - y^{(i)}\bigr)^2$$
#
# Leave $b$ out for a moment. The cost is high when $W$ is much too large and when it is much too
# small, without limit in both directions; in between lies a single dip. Look at the tangents:

# %% [markdown] lang="ko"
# 쉰 번을 뽑고도 2에 닿지 못했습니다. 가중치가 하나가 아니라 백 개라면 무작위로는 가망이 없습니다.
# 바닥까지 *걸어가는* 방법이 필요합니다.
#
# ## 기울기가 알려 주는 것
#
# 모델이 $H(x) = Wx + b$일 때 비용은 평균제곱오차입니다.
#
# $$\text{cost}(W, b) = \frac{1}{m}\sum_{i=1}^{m}\bigl(H(x^{(i)}) - y^{(i)}\bigr)^2$$
#
# 잠시 $b$를 빼고 봅시다. $W$가 너무 커도, 너무 작아도 비용은 한없이 커집니다. 그 사이에 움푹한 곳이
# 하나 있습니다. 접선을 보세요.

# %% tags=["demo:slopes_of_the_bowl"]

# %% [markdown] lang="en"
# * To the right of the bottom the slope is **positive**: $W$ must become smaller.
# * To the left it is **negative**: $W$ must become larger.
# * At the bottom it is **zero**: stay.
#
# In all three cases the right move is *against* the slope. That is the whole rule:
#
# $$W := W - \alpha\,\frac{\partial}{\partial W}\,\text{cost}(W)$$
#
# The number $\alpha$ (often $\eta$), the **learning rate**, says how far to go for a given slope.
# Mind what the rule implies: a step is $\alpha$ times the slope, so steps are long where it is
# steep and shrink by themselves as the bottom comes near. The stride is not fixed.
#
# The slope of the mean squared error is, by the rules for derivatives,
#
# $$\frac{\partial}{\partial W}\,\text{cost} = \frac{2}{m}\sum_{i=1}^m
#   \bigl(W x^{(i)} + b - y^{(i)}\bigr)\,x^{(i)}, \qquad
#   \frac{\partial}{\partial b}\,\text{cost} = \frac{2}{m}\sum_{i=1}^m
#   \bigl(W x^{(i)} + b - y^{(i)}\bigr)$$
#
# Some authors put $\frac{1}{2m}$ in front of the cost, so that the 2 cancels. That is fine, as long
# as cost and slope go together.
#
# ## Two weights: everybody moves at once
#
# With several weights each has its own partial derivative, and the rule is applied to each:
# $\theta_j := \theta_j - \alpha\,\frac{\partial}{\partial \theta_j} J(\theta_0, \theta_1)$ for
# $j = 0$ and $j = 1$, *repeat until convergence*. The important word does not appear in the
# formula: **simultaneously**. Compute all the slopes at the old place first, then move all weights.
# Whoever moves $w_0$ first and then computes the slope for $w_1$ has mixed two places.
#
# We go down the bowl of the three points (0, 0), (1, 1), (1, 2) from the lesson on least squares,
#
# $$E = 2w_1^2 + 3w_0^2 - 6w_1 - 6w_0 + 4w_1w_0 + 5,\qquad
#   \frac{\partial E}{\partial w_0} = 4w_1 + 6w_0 - 6,\quad
#   \frac{\partial E}{\partial w_1} = 4w_1 + 4w_0 - 6,$$
#
# from the start $(1, 1)$ with $\eta = 0.1$. The first step by hand:
# $w_0 = 1 - 0.1\,(4 + 6 - 6) = 0.6$ and $w_1 = 1 - 0.1\,(4 + 4 - 6) = 0.8$.

# %% [markdown] lang="ko"
# * 바닥의 오른쪽에서는 기울기가 **양수**입니다. $W$를 줄여야 합니다.
# * 왼쪽에서는 **음수**입니다. $W$를 늘려야 합니다.
# * 바닥에서는 **0**입니다. 가만히 있으면 됩니다.
#
# 세 경우 모두 기울기와 *반대로* 가면 맞습니다. 규칙은 이것이 전부입니다.
#
# $$W := W - \alpha\,\frac{\partial}{\partial W}\,\text{cost}(W)$$
#
# $\alpha$($\eta$로도 씁니다)는 **학습률**이고, 기울기에 견주어 얼마나 멀리 갈지를 정하는 수입니다.
# 이 규칙에 담긴 뜻을 놓치지 마세요. 한 걸음은 $\alpha$ 곱하기 기울기입니다. 가파른 곳에서는 크게
# 걷고, 바닥에 가까워지면 저절로 걸음이 작아집니다. 보폭은 일정하지 않습니다.
#
# 평균제곱오차의 기울기는 미분 법칙에 따라 다음과 같습니다.
#
# $$\frac{\partial}{\partial W}\,\text{cost} = \frac{2}{m}\sum_{i=1}^m
#   \bigl(W x^{(i)} + b - y^{(i)}\bigr)\,x^{(i)}, \qquad
#   \frac{\partial}{\partial b}\,\text{cost} = \frac{2}{m}\sum_{i=1}^m
#   \bigl(W x^{(i)} + b - y^{(i)}\bigr)$$
#
# 비용 앞에 $\frac{1}{2m}$을 붙여 2가 지워지게 하는 사람도 있습니다. 비용과 기울기를 같은 약속으로
# 쓰기만 하면 괜찮습니다.
#
# ## 가중치가 둘일 때: 모두 한꺼번에 움직이기
#
# 가중치가 여럿이면 저마다 편미분이 있고, 규칙을 각각에 적용합니다. $j = 0$과 $j = 1$에 대해
# $\theta_j := \theta_j - \alpha\,\frac{\partial}{\partial \theta_j} J(\theta_0, \theta_1)$을
# *수렴할 때까지 되풀이*합니다. 가장 중요한 말은 식에 나오지 않습니다. 바로 **동시에**입니다. 먼저
# 옛 자리에서 모든 기울기를 구한 다음 모든 가중치를 옮깁니다. $w_0$을 먼저 옮기고 나서 $w_1$의
# 기울기를 구하면 서로 다른 두 자리가 섞입니다.
#
# 최소제곱 수업에서 본 세 점 (0, 0), (1, 1), (1, 2)의 그릇을 내려가 봅시다.
#
# $$E = 2w_1^2 + 3w_0^2 - 6w_1 - 6w_0 + 4w_1w_0 + 5,\qquad
#   \frac{\partial E}{\partial w_0} = 4w_1 + 6w_0 - 6,\quad
#   \frac{\partial E}{\partial w_1} = 4w_1 + 4w_0 - 6$$
#
# 출발점은 $(1, 1)$, 학습률은 $\eta = 0.1$입니다. 첫걸음을 손으로 계산하면
# $w_0 = 1 - 0.1\,(4 + 6 - 6) = 0.6$, $w_1 = 1 - 0.1\,(4 + 4 - 6) = 0.8$입니다.

# %% tags=["demo:walk"]

# %% [markdown] lang="en"
# The path bends towards the long axis of the bowl and creeps along it. After a hundred steps it is
# not *exactly* at (0, 1.5), but only about a ten-thousandth away. In practice one stops when the slope is
# nearly zero, or when the cost hardly falls any more, or after a fixed number of steps.
#
# Does the start matter? Not here: the bowl is **convex**, it bulges downwards everywhere, and has a
# single lowest point. In a landscape with several valleys the start decides which one you reach.
#
# ## PyTorch walks
#
# Nobody computes these slopes by hand. PyTorch does, whatever the model. The training loop has
# five lines, and you will see them again and again: predict, measure the loss, forget the old
# slopes, compute the new ones (`backward`), take a step.

# %% [markdown] lang="ko"
# 길은 그릇의 긴 축 쪽으로 휘어진 뒤 그 축을 따라 천천히 나아갑니다. 백 걸음 뒤에도 *정확히* (0,
# 1.5)는 아니지만 거기서 만분의 일쯤 떨어져 있을 뿐입니다. 실제로는 기울기가 거의 0이 되거나, 비용이
# 더는 거의 줄지 않거나, 정해 둔 걸음 수를 채우면 멈춥니다.
#
# 출발점이 중요할까요? 여기서는 그렇지 않습니다. 이 그릇은 **볼록**합니다. 어디서나 아래로 볼록하고
# 가장 낮은 점이 하나뿐입니다. 골짜기가 여러 개인 지형이라면 출발점에 따라 닿는 곳이 달라집니다.
#
# ## PyTorch로 걷기
#
# 이런 기울기를 손으로 구하는 사람은 없습니다. 어떤 모델이든 PyTorch가 구해 줍니다. 훈련 루프는 다섯
# 줄이고 앞으로 거듭 만나게 됩니다. 예측하고, 손실을 재고, 옛 기울기를 지우고, 새 기울기를 구하고
# (`backward`), 한 걸음 내딛습니다.

# %% tags=["demo:train_hours"]

# %% [markdown] lang="en"
# ## Your turn
#
# First the rule itself, for one weight. The course notes describe it in words four times, and each
# time something slips. Twice they move in the direction of the slope (once "along" it, once
# "the direction of movement is the slope"), once "towards where the slope is low", although a slope
# of $-5$ is lower than one of $-1$ and one still has to go right. And once the step is called "a
# fixed interval". Their formulas are right. Write what the formula says.

# %% [markdown] lang="ko"
# ## 직접 해 보기
#
# 먼저 가중치가 하나일 때의 규칙입니다. 강의 노트는 이 규칙을 네 번 말로 설명하는데 번번이 어딘가
# 어긋납니다. 두 번은 기울기 쪽으로 간다고 합니다("경사도를 따라서", "이동 방향은 기울기"). 한 번은
# "기울기가 낮은 방향으로"라고 하지만, $-5$는 $-1$보다 낮은 기울기인데도 가야 할 쪽은 여전히
# 오른쪽입니다. 또 한 번은 "일정 간격만큼" 움직인다고 합니다. 노트의 식은 맞습니다. 식이 말하는
# 그대로 적어 보세요.


# %% tags=["ex:move"] lang="en"
def move(slope, rate):
    """Return how much gradient descent changes a weight where the cost has this slope."""
    raise NotImplementedError


# %% tags=["ex:move"] lang="ko"
def move(slope, rate):
    """비용의 기울기가 slope인 곳에서 경사 하강법이 가중치를 얼마나 바꾸는지 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# Next the slopes of the cost. On two pages of the notes the cost is defined with $\frac1m$, but the
# update uses $\frac1m\sum(Wx-y)\,x$, which belongs to $\frac1{2m}$: a factor 2 got lost on the way.
# (The walk still arrives, as if at half the learning rate.) Here the cost is the mean, with
# $\frac1m$; give *its* gradient.

# %% [markdown] lang="ko"
# 다음은 비용의 기울기입니다. 노트의 두 곳에서 비용은 $\frac1m$로 정의해 놓고, 갱신할 때는
# $\frac1{2m}$에 어울리는 $\frac1m\sum(Wx-y)\,x$를 씁니다. 중간에 2가 사라졌습니다. (그래도 도착은
# 합니다. 학습률을 절반으로 한 것과 같습니다.) 여기서 비용은 $\frac1m$을 쓴 평균입니다. *그 비용의*
# 그래디언트를 구하세요.

# %% tags=["ex:grad"] lang="en"
import numpy as np


def grad(w, x, y):
    """Return the gradient of the mean of (w[0] + w[1] x - y)^2: an array of two numbers.

    w: array (2,), height and slope of the line. x, y: arrays of the same length.
    """
    raise NotImplementedError


# %% tags=["ex:grad"] lang="ko"
import numpy as np


def grad(w, x, y):
    """(w[0] + w[1] x - y)^2의 평균의 그래디언트를 숫자 두 개짜리 배열로 돌려줍니다.

    w: 모양 (2,)인 배열로, 직선의 높이와 기울기입니다. x, y: 길이가 같은 배열.
    """
    raise NotImplementedError


# %% tags=["ex:step"] lang="en"
def step(w0, w1, rate):
    """Return (w0, w1) after one step down E = 2 w1^2 + 3 w0^2 - 6 w1 - 6 w0 + 4 w1 w0 + 5."""
    raise NotImplementedError


# %% tags=["ex:step"] lang="ko"
def step(w0, w1, rate):
    """E = 2 w1^2 + 3 w0^2 - 6 w1 - 6 w0 + 4 w1 w0 + 5에서 한 걸음 내려간 (w0, w1)을 돌려줍니다."""
    raise NotImplementedError


# %% tags=["ex:descend"] lang="en"
import numpy as np


def descend(gradient, start, rate, tolerance=1e-6, limit=10_000):
    """Walk downhill and return (w, steps).

    gradient: a function of an array that returns an array of the same shape.
    Before each step, stop when the length of the gradient (root of the sum of squares) is below
    tolerance, or when limit steps have been taken. steps: how many steps were taken.
    """
    raise NotImplementedError


# %% tags=["ex:descend"] lang="ko"
import numpy as np


def descend(gradient, start, rate, tolerance=1e-6, limit=10_000):
    """내리막을 걸어 (w, steps)를 돌려줍니다.

    gradient: 배열을 받아 모양이 같은 배열을 돌려주는 함수.
    걸음마다 먼저, 그래디언트의 길이(제곱합의 제곱근)가 tolerance보다 작거나 이미 limit걸음을
    걸었으면 멈춥니다. steps: 실제로 걸은 걸음 수.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## What the course notes say, and what is off
#
# The notes walk the same bowl with the same start and rate and print these values:
#
# | step | $w_0$ | $w_1$ |
# |---|---|---|
# | 1 | 0.6 | 0.8 |
# | 2 | 0.54 | 0.84 |
# | 3 | 0.480 | 0.888 |
# | 100 | 0.00007713 | 1.49989171 |
#
# Step 1 is right. In step 2 one of the two numbers is a slip of arithmetic, and step 3 was computed
# from it, so both of its numbers are off although each line follows from the one above. The values
# for step 100 come from somewhere else again: both belong to the *correct* walk, but neither to
# step 100, and not even both to the same step. Walk it yourself and find out.

# %% [markdown] lang="ko"
# ## 강의 노트 바로잡기
#
# 노트도 같은 그릇을 같은 출발점과 학습률로 내려가며 다음 값을 적어 두었습니다.
#
# | 걸음 | $w_0$ | $w_1$ |
# |---|---|---|
# | 1 | 0.6 | 0.8 |
# | 2 | 0.54 | 0.84 |
# | 3 | 0.480 | 0.888 |
# | 100 | 0.00007713 | 1.49989171 |
#
# 첫걸음은 맞습니다. 둘째 걸음의 두 수 가운데 하나는 계산 실수이고, 셋째 걸음은 그것을 이어받아
# 계산했으므로 두 수가 모두 어긋납니다. 100번째 걸음의 값은 또 다른 데서 왔습니다. 둘 다 *올바른*
# 길 위의 값이지만 어느 것도 100번째가 아니고, 심지어 같은 걸음의 값도 아닙니다. 직접 걸어 보며
# 알아내세요.

# %% tags=["ex:replay"] lang="en"
# Walk from (1, 1) with rate 0.1, all weights at once, and replace each None.
answers = {
    "w0_step_2": None,
    "w1_step_2": None,
    "w0_step_3": None,
    "w1_step_3": None,
    "w0_step_100": None,
    "w1_step_100": None,
    "step_of_0.00007713": None,  # the step at which w0 begins with 0.00007713
    "step_of_1.49989171": None,  # the step at which w1 is nearest to 1.49989171
}
if None in answers.values():
    raise NotImplementedError

# %% tags=["ex:replay"] lang="ko"
# (1, 1)에서 학습률 0.1로, 모든 가중치를 동시에 움직이며 걸은 다음 None을 모두 바꾸세요.
answers = {
    "w0_step_2": None,
    "w1_step_2": None,
    "w0_step_3": None,
    "w1_step_3": None,
    "w0_step_100": None,
    "w1_step_100": None,
    "step_of_0.00007713": None,  # w0이 0.00007713으로 시작하는 걸음의 번호
    "step_of_1.49989171": None,  # w1이 1.49989171에 가장 가까운 걸음의 번호
}
if None in answers.values():
    raise NotImplementedError

# %% [markdown] lang="en"
# ## To think about
#
# Near the bottom the slope fades and the steps become ever smaller: in theory the walk never
# arrives. Why does nobody mind? And could it even be *good* to stop a little early?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 바닥에 가까워질수록 기울기가 작아지고 걸음도 점점 작아집니다. 이론으로는 영영 도착하지 못합니다. 왜
# 아무도 걱정하지 않을까요? 조금 일찍 멈추는 편이 오히려 *좋을* 수도 있을까요?
