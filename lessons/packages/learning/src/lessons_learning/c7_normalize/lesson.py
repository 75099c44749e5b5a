# %% [markdown] lang="en"
# # Why bring inputs to one scale?
#
# You want to predict the price of a flat from two numbers: its area in square metres, somewhere
# between 1 and 1000, and the share of sunny rooms, between 0 and 1. Both matter. But a weight that
# multiplies the area is a thousand times more sensitive than one that multiplies the share: nudge
# the first by 0.01 and the prediction moves by up to 10, nudge the second and it moves by at most
# 0.01. One learning rate has to serve both. You will see that this costs not twice the time, but
# thousands of times as much.
#
# **Normalisation** means bringing every input into a range of one's choice before the training
# starts. It is done to images, too: a brightness from 0 to 255 becomes a number from 0 to 1.

# %% [markdown] lang="ko"
# # 입력의 크기를 왜 맞출까요?
#
# 집값을 두 숫자로 예측하려 합니다. 하나는 1에서 1000 사이인 넓이(제곱미터)이고, 다른 하나는 0과 1
# 사이인 볕이 드는 방의 비율입니다. 둘 다 중요합니다. 그런데 넓이에 곱하는 가중치는 비율에 곱하는
# 가중치보다 천 배나 예민합니다. 둘을 똑같이 0.01만큼 움직이면 한쪽 예측은 10까지 변하고 다른 쪽은
# 많아야 0.01이 변합니다. 학습률 하나로 둘을 모두 다루어야 합니다. 그 대가로 시간이 두 배가 아니라
# 수천 배로 든다는 것을 곧 보게 됩니다.
#
# **정규화**란 훈련을 시작하기 전에 모든 입력을 원하는 범위로 옮기는 것입니다. 이미지에도 씁니다.
# 0에서 255까지인 밝기를 0에서 1까지의 수로 바꿉니다.

# %% [markdown] lang="en"
# ## Two bowls
#
# The cost of a linear model is a bowl over its weights,
# $J(w, b) = \frac{1}{m}\sum_{i=1}^m \mathcal{L}(\hat y^{(i)}, y^{(i)})$. On the left its contour
# lines for the raw inputs, on the right for the same data after normalising:

# %% [markdown] lang="ko"
# ## 두 그릇
#
# 선형 모델의 비용 $J(w, b) = \frac{1}{m}\sum_{i=1}^m \mathcal{L}(\hat y^{(i)}, y^{(i)})$는 가중치 위에
# 놓인 그릇입니다. 왼쪽은 원래 입력에서, 오른쪽은 같은 데이터를 정규화한 뒤에 그린 등고선입니다.

# %% tags=["demo:bowls"]

# %% [markdown] lang="en"
# The raw bowl is a long thin gutter. The learning rate must be small enough for its steep walls,
# and with that rate nothing happens along its floor. The ratio of the largest to the smallest
# curvature is called the **condition number** $\kappa = \lambda_{\max}/\lambda_{\min}$; the number
# of steps grows roughly in proportion to it. A round bowl has $\kappa = 1$: from everywhere the
# steepest way down leads straight to the middle.
#
# ## Two ways to normalise
#
# **Min-max** maps the smallest value of a column to 0 and the largest to 1:
#
# $$x' = \frac{x - \min}{\max - \min}$$
#
# **Standardising** (z-score) subtracts the mean $\mu$ and divides by the standard deviation
# $\sigma$, so that each column has mean 0 and standard deviation 1:
#
# $$z = \frac{x - \mu}{\sigma}$$
#
# Both bring the columns to the same size. Standardising also *centres* them. That matters: a
# column whose values are all positive pulls in the same direction as the bias, and the two get in
# each other's way. Here is the race, each with the best fixed rate for its bowl:

# %% [markdown] lang="ko"
# 원래의 그릇은 길고 좁은 홈통입니다. 학습률은 가파른 벽에 맞춰 아주 작아야 하는데, 그 학습률로는
# 바닥을 따라 거의 나아가지 못합니다. 가장 큰 곡률을 가장 작은 곡률로 나눈 것을 **조건수**
# $\kappa = \lambda_{\max}/\lambda_{\min}$라고 합니다. 걸음 수는 대체로 조건수에 비례해 늘어납니다.
# 둥근 그릇은 $\kappa = 1$입니다. 어디서든 가장 가파른 내리막이 곧장 한가운데로 이어집니다.
#
# ## 정규화하는 두 가지 방법
#
# **최소-최대 정규화**는 열의 가장 작은 값을 0으로, 가장 큰 값을 1로 옮깁니다.
#
# $$x' = \frac{x - \min}{\max - \min}$$
#
# **표준화**(z 점수)는 평균 $\mu$를 빼고 표준편차 $\sigma$로 나누어, 모든 열의 평균을 0, 표준편차를
# 1로 만듭니다.
#
# $$z = \frac{x - \mu}{\sigma}$$
#
# 둘 다 열의 크기를 맞춥니다. 표준화는 거기에 더해 *가운데로* 옮깁니다. 이것이 중요합니다. 값이 모두
# 양수인 열은 편향과 같은 쪽으로 당기기 때문에 둘이 서로를 방해합니다. 그릇마다 가장 좋은 고정
# 학습률을 주고 경주를 시켜 봅시다.

# %% tags=["demo:race"]

# %% [markdown] lang="en"
# The raw run is not slow, it is hopeless; the other two are a matter of milliseconds.
#
# ## The same with pictures
#
# Handwritten digits have brightnesses from 0 to 16. Scaling them changes nothing in the picture,
# only the numbers that the model works with:

# %% [markdown] lang="ko"
# 원래 데이터로는 느린 정도가 아니라 가망이 없습니다. 나머지 둘은 눈 깜짝할 사이에 끝납니다.
#
# ## 이미지도 마찬가지
#
# 손글씨 숫자 그림은 밝기가 0에서 16까지입니다. 크기를 바꾸어도 그림은 그대로이고, 모델이 다루는
# 숫자만 달라집니다.

# %% tags=["demo:pixels"]

# %% [markdown] lang="en"
# One warning before the exercises: mean, standard deviation, minimum and maximum are *learnt* from
# data. Take them from the training data and use the same numbers for the test data, or else the
# model has peeked at its exam.
#
# ## Your turn
#
# A column that never varies carries no information; let it become all zeros.

# %% [markdown] lang="ko"
# 연습에 앞서 한 가지 주의할 점이 있습니다. 평균, 표준편차, 최솟값, 최댓값도 데이터에서 *배우는*
# 것입니다. 훈련 데이터에서 구한 값을 테스트 데이터에도 그대로 써야 합니다. 그러지 않으면 모델이
# 시험지를 훔쳐본 셈이 됩니다.
#
# ## 직접 해 보기
#
# 값이 전혀 변하지 않는 열에는 정보가 없습니다. 그런 열은 모두 0으로 만드세요.

# %% tags=["ex:minmax"] lang="en"
import numpy as np


def minmax(x):
    """Return x with each column mapped so that its smallest value is 0 and its largest 1.

    x: array of shape (m, d). A column that never varies becomes zeros.
    """
    raise NotImplementedError


# %% tags=["ex:minmax"] lang="ko"
import numpy as np


def minmax(x):
    """각 열의 가장 작은 값이 0, 가장 큰 값이 1이 되도록 옮긴 x를 돌려줍니다.

    x: 모양 (m, d)인 배열. 값이 변하지 않는 열은 0이 됩니다.
    """
    raise NotImplementedError


# %% tags=["ex:standardize"] lang="en"
import numpy as np


def standardize(train, new):
    """Return new standardised column by column with the mean and deviation of train.

    train: array (m, d). new: array (k, d). The deviation divides by m (numpy's std).
    Where train's column never varies, the result is zero.
    """
    raise NotImplementedError


# %% tags=["ex:standardize"] lang="ko"
import numpy as np


def standardize(train, new):
    """train의 평균과 표준편차로 new를 열마다 표준화해 돌려줍니다.

    train: 모양 (m, d)인 배열. new: 모양 (k, d)인 배열. 표준편차는 m으로 나눈 것(numpy의 std)입니다.
    train에서 값이 변하지 않는 열의 결과는 0입니다.
    """
    raise NotImplementedError


# %% tags=["ex:steps_to"] lang="en"
import numpy as np


def steps_to(x, y, rate, target, limit):
    """Return how many gradient steps bring the cost of a line down to target or below.

    The model is x @ w + b, the cost the mean of the squared errors; w and b start at zero.
    x: array (m, d). When limit steps are not enough, returns limit.
    """
    raise NotImplementedError


# %% tags=["ex:steps_to"] lang="ko"
import numpy as np


def steps_to(x, y, rate, target, limit):
    """비용이 target 이하가 될 때까지 경사 하강법으로 몇 걸음을 걷는지 돌려줍니다.

    모델은 x @ w + b, 비용은 제곱오차의 평균이고, w와 b는 0에서 출발합니다.
    x: 모양 (m, d)인 배열. limit걸음으로도 모자라면 limit를 돌려줍니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## What the course notes say, and what is off
#
# They give two reasons for normalising: training gets faster, and "the risk of falling into a local
# optimum is reduced". The first is right. The second cannot be right for the models of these
# lessons: the costs of linear and logistic regression are convex, there *is* no second valley to
# fall into, before or after. Normalising changes the shape of the bowl, not how many bottoms it
# has; the gain is in the **conditioning**.
#
# Convince yourself: every model on standardised inputs has a twin on the raw inputs with exactly
# the same predictions, hence the same cost. So the two bowls have the same depths, only at other
# places. Find the twin. (With $z = (x - \mu)/\sigma$, what is $z \cdot v + c$ in terms of $x$?)

# %% [markdown] lang="ko"
# ## 강의 노트 바로잡기
#
# 노트는 정규화하는 까닭을 두 가지 듭니다. 학습이 빨라지고, "Local optimum에 빠지는 가능성을 줄이기
# 때문"이라고 합니다. 첫째는 맞습니다. 둘째는 지금 배우는 모델에는 맞을 수가 없습니다. 선형 회귀와
# 로지스틱 회귀의 비용은 볼록해서, 정규화를 하든 안 하든 빠질 만한 다른 골짜기가 아예 없습니다.
# 정규화는 그릇의 모양을 바꿀 뿐 바닥의 개수를 바꾸지 않습니다. 얻는 것은 **조건수**입니다.
#
# 직접 확인해 보세요. 표준화한 입력에서 쓰는 모델마다, 원래 입력에서 예측이 똑같은, 따라서 비용도
# 똑같은 쌍둥이 모델이 있습니다. 그러니 두 그릇은 깊이가 같고 위치만 다릅니다. 그 쌍둥이를
# 찾아보세요. ($z = (x - \mu)/\sigma$일 때 $z \cdot v + c$를 $x$로 나타내면 어떻게 될까요?)

# %% tags=["ex:back_to_raw"] lang="en"
import numpy as np


def back_to_raw(v, c, mean, std):
    """Return (w, b) such that x @ w + b equals ((x - mean) / std) @ v + c for every x.

    v, mean, std: arrays of shape (d,), std without zeros. c: a number.
    """
    raise NotImplementedError


# %% tags=["ex:back_to_raw"] lang="ko"
import numpy as np


def back_to_raw(v, c, mean, std):
    """모든 x에 대해 x @ w + b가 ((x - mean) / std) @ v + c와 같은 (w, b)를 돌려줍니다.

    v, mean, std: 모양 (d,)인 배열이고, std에는 0이 없습니다. c: 숫자 하나.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## To think about
#
# One flat in the data has, by a typing error, an area of 100,000. What does it do to the min-max
# values of all the other flats? Is standardising safe from it?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 입력 실수로 어떤 집의 넓이가 100,000으로 적혔습니다. 이 값 하나 때문에 다른 모든 집의 최소-최대
# 정규화 값은 어떻게 될까요? 표준화라면 괜찮을까요?
