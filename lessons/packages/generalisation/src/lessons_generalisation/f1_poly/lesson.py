# %% [markdown] lang="en"
# # How much freedom does a model deserve?
#
# Fifteen noisy measurements of a wave lie before you. A straight line misses most of them. A polynomial of
# degree 14 goes exactly through all fifteen. Which of the two would you trust with a sixteenth?
#
# Neither, as you will see, and for opposite reasons. This lesson gives the two reasons names, measures
# both, and shows how to find the place between them.
# %% [markdown] lang="ko"
# # 모델에 자유를 얼마나 주어야 할까요?
#
# 물결 모양의 값을 잡음과 함께 열다섯 번 측정했습니다. 직선은 대부분의 점을 비껴갑니다. 14차 다항식은 열다섯 점을 모두
# 정확히 지나갑니다. 열여섯 번째 값을 예측한다면 어느 쪽을 믿겠습니까?
#
# 곧 보겠지만 둘 다 믿을 수 없고, 그 까닭은 서로 정반대입니다. 이 수업에서는 두 까닭에 이름을 붙이고, 각각을 재어 보고,
# 그 사이에서 알맞은 자리를 찾는 방법을 알아봅니다.
# %% [markdown] lang="en"
# ## A bent line is still linear regression
#
# **Polynomial regression** describes the target by a polynomial of the inputs. There is a trick in it: hand
# linear regression not only $x$ but also $x^2, x^3, \dots$ as further columns. The model
#
# $$\hat y = w_0 + w_1 x + w_2 x^2 + \dots + w_d x^d$$
#
# bends as a function of $x$, but in the weights $w$ it is a plain sum, so everything you know about least
# squares still holds. With several inputs there are products, too: from $a, b$ up to degree 2 come
# $1,\; a,\; b,\; a^2,\; ab,\; b^2$. In scikit-learn this is `PolynomialFeatures`.
# %% [markdown] lang="ko"
# ## 휘어도 선형 회귀
#
# **다항 회귀**는 목표값을 입력의 다항식으로 나타냅니다. 여기에는 요령이 하나 있습니다. 선형 회귀에
# $x$만 주지 말고 $x^2, x^3, \dots$도 새로운 열로 함께 주는 것입니다. 그러면 모델
#
# $$\hat y = w_0 + w_1 x + w_2 x^2 + \dots + w_d x^d$$
#
# 은 $x$의 함수로서는 휘어지지만 가중치 $w$에 대해서는 단순한 합이므로, 최소제곱에 대해 배운 것이
# 모두 그대로 통합니다. 입력이 여럿이면 곱도 생깁니다. $a, b$에서 2차까지 만들면
# $1,\; a,\; b,\; a^2,\; ab,\; b^2$가 나옵니다. scikit-learn에서는 `PolynomialFeatures`가 이 일을
# 합니다.
# %% tags=["demo:three_curves"]
# %% [markdown] lang="en"
# **What to observe.** Degree 1 is too stiff for the wave: **underfitting**. Degree 14 passes through every
# point and swings wildly between them: **overfitting**. Degree 3 passes near the points and near the wave.
# %% [markdown] lang="ko"
# **눈여겨볼 점.** 1차는 물결을 따라가기에 너무 뻣뻣합니다. **과소적합**입니다. 14차는 모든 점을
# 지나지만 점과 점 사이에서 심하게 요동칩니다. **과적합**입니다. 3차는 점들 가까이를, 그리고 물결
# 가까이를 지나갑니다.
# %% [markdown] lang="en"
# ## Exercise: `poly_features`
#
# Build the columns for any number of inputs: all products of at most `degree` factors, ordered by their
# degree, and within a degree as in $a^2, ab, ac, b^2, bc, c^2$. The first column is all ones.
# %% [markdown] lang="ko"
# ## 연습: `poly_features`
#
# 입력이 몇 개이든 쓸 수 있도록 열을 만들어 보세요. 인수가 `degree`개 이하인 곱을 모두 만들되 차수가
# 낮은 것부터, 같은 차수 안에서는 $a^2, ab, ac, b^2, bc, c^2$와 같은 순서로 놓습니다. 첫 열은 모두
# 1입니다.
# %% lang="en" tags=["ex:poly_features"]
import numpy as np


def poly_features(X: np.ndarray, degree: int) -> np.ndarray:
    """All products of up to `degree` columns of X [n, d], ones first; shape [n, number]."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:poly_features"]
import numpy as np


def poly_features(X: np.ndarray, degree: int) -> np.ndarray:
    """X [n, d]의 열을 `degree`개까지 곱한 것을 모두 모읍니다. 1인 열이 맨 앞이고 모양은 [n, 개수]입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## The error one sees and the error one gets
#
# More freedom can only lower the error on the points used for fitting (the **training error**): every
# polynomial of degree 3 is also one of degree 5. The error on *new* points (the **test error**) tells
# another story. The next cell repeats the experiment 300 times: 15 fresh points, a fit, both errors.
# %% [markdown] lang="ko"
# ## 눈에 보이는 오차와 실제로 얻는 오차
#
# 자유가 늘어나면 맞추는 데 쓴 점에서의 오차(**훈련 오차**)는 줄어들기만 합니다. 3차 다항식은 모두 5차 다항식이기도 하기
# 때문입니다. *새로운* 점에서의 오차(**테스트 오차**)는 전혀 다릅니다. 다음 셀은 점 15개를 새로 뽑아 맞추고 두 오차를
# 재는 실험을 300번 되풀이합니다.
# %% tags=["demo:errors_by_degree"]
# %% [markdown] lang="en"
# **What to observe.** The training error falls all the way to zero. The test error falls, has its smallest
# value at degree 3, and then rises beyond all bounds: at degree 14 its median is in the billions. (The
# median, because a single unlucky sample would spoil any mean.) So the training error cannot choose the
# degree for you.
# %% [markdown] lang="ko"
# **눈여겨볼 점.** 훈련 오차는 0까지 계속 내려갑니다. 테스트 오차는 내려가다가 3차에서 가장 작아지고, 그 뒤로는 끝없이
# 치솟습니다. 14차에서는 중앙값이 수십억에 이릅니다. (운 나쁜 표본 하나가 평균을 망치므로 중앙값을 썼습니다.) 그러므로
# 훈련 오차로는 차수를 고를 수 없습니다.
# %% [markdown] lang="en"
# ## Bias and variance
#
# Why does the test error rise at both ends? Imagine many people, each with their own 15 points, each
# fitting the same kind of curve. At some place $x$ their predictions scatter around an average.
#
# * **Bias**: how far the *average* prediction is from the truth. A stiff model is off in the same way for
#   everyone.
# * **Variance**: how much the predictions *scatter* around their own average. A free model follows each
#   person's noise.
#
# With $\bar f$ the average over the people and $f$ the truth,
#
# $$\underbrace{\overline{(\hat f - f)^2}}_{\text{mean squared error}} =
#   \underbrace{(\bar f - f)^2}_{\text{bias}^2} + \underbrace{\overline{(\hat f - \bar f)^2}}_{\text{variance}}$$
#
# The mixed term vanishes because deviations from an average cancel. (Noise in the new measurement itself
# comes on top; no model can remove it.)
# %% [markdown] lang="ko"
# ## 편향과 분산
#
# 왜 양쪽 끝에서 테스트 오차가 커질까요? 여러 사람이 저마다 다른 점 15개를 가지고 같은 종류의 곡선을
# 맞춘다고 상상해 보세요. 어떤 위치 $x$에서 이들의 예측은 평균을 중심으로 흩어집니다.
#
# * **편향**: 예측의 *평균*이 참값에서 얼마나 떨어져 있는지를 나타냅니다. 뻣뻣한 모델은 누가 맞추어도 똑같은 방향으로
#   빗나갑니다.
# * **분산**: 예측이 자신들의 평균 둘레로 얼마나 *흩어지는지*를 나타냅니다. 자유로운 모델은 사람마다 다른 잡음을
#   따라갑니다.
#
# 사람들에 대한 평균을 $\bar f$, 참값을 $f$라고 하면 다음이 성립합니다.
#
# $$\underbrace{\overline{(\hat f - f)^2}}_{\text{MSE}} =
#   \underbrace{(\bar f - f)^2}_{\text{bias}^2} + \underbrace{\overline{(\hat f - \bar f)^2}}_{\text{variance}}$$
#
# 왼쪽은 평균제곱오차이고 오른쪽은 편향의 제곱과 분산입니다. 평균에서 벗어난 정도를 모두 더하면 0이 되므로 섞인 항은
# 사라집니다. (새로 측정할 때 끼어드는 잡음은 따로 더해지며, 어떤 모델도 없앨 수 없습니다.)
# %% tags=["demo:many_samples"]
# %% [markdown] lang="en"
# **What to observe.** Left, the curves agree with each other but not with the wave: high bias, low variance.
# Right, their average is near the wave but no single one is: low bias, high variance. One usually pays for
# less of the one with more of the other: the **bias–variance trade-off**.
# %% [markdown] lang="ko"
# **눈여겨볼 점.** 왼쪽에서는 곡선들이 서로는 비슷하지만 물결과는 다릅니다. 편향이 크고 분산이 작습니다. 오른쪽에서는
# 곡선들의 평균은 물결에 가깝지만 곡선 하나하나는 그렇지 않습니다. 편향이 작고 분산이 큽니다. 한쪽을 줄이면 대개 다른
# 쪽이 늘어납니다. 이것이 **편향–분산 트레이드오프**입니다.
# %% [markdown] lang="en"
# ## Errata: the missing word
#
# The course notes sum this up in two lines: "bias ↑, variance ↓: underfitting" and "bias ↓, *high* ↑:
# overfitting". In the second line the word that should rise has been lost. Do not take it from this page:
# write `bias2_var`, feed it predictions of a stiff and of a free model, and see which number grows.
#
# ## Exercise: `bias2_var`
#
# Rows are people, columns are places. Give both terms as means over the places; their sum must equal the
# mean squared error.
# %% [markdown] lang="ko"
# ## 바로잡기: 사라진 낱말
#
# 강의 노트는 이 내용을 두 줄로 정리했습니다. "편향 ↑, 분산 ↓ : Underfitting", 그리고 "편향 ↓, *높은* ↑ :
# Overfitting". 둘째 줄에서 커져야 할 것의 이름이 사라졌습니다. 이 글을 그대로 믿지 말고 `bias2_var`를 작성해서 뻣뻣한
# 모델과 자유로운 모델의 예측을 넣어 보고, 어느 수가 커지는지 확인하세요.
#
# ## 연습: `bias2_var`
#
# 행은 사람이고 열은 위치입니다. 두 항을 위치에 대한 평균으로 구하세요. 둘을 더하면 평균제곱오차와 같아야 합니다.
# %% lang="en" tags=["ex:bias2_var"]
import numpy as np


def bias2_var(predictions: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Squared bias and variance, means over the places; predictions [people, m], truth [m]."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:bias2_var"]
import numpy as np


def bias2_var(predictions: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """편향의 제곱과 분산을 위치에 대해 평균한 값입니다. predictions는 [사람, m], truth는 [m]입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Choosing with a third set
#
# In real life nobody gives you the truth or 300 samples. What you can do: put some points aside, fit each
# degree on the rest, and compare on the points put aside, the **validation set**.
# %% [markdown] lang="ko"
# ## 따로 떼어 둔 데이터로 고르기
#
# 현실에서는 아무도 참값이나 표본 300개를 주지 않습니다. 대신 점을 조금 떼어 두고 나머지로 차수마다
# 맞춘 다음, 떼어 둔 점, 곧 **검증 세트**에서 비교할 수 있습니다.
# %% lang="en" tags=["ex:best_degree"]
import numpy as np


def best_degree(
    x: np.ndarray, y: np.ndarray, x_val: np.ndarray, y_val: np.ndarray, degrees: list[int]
) -> int:
    """The degree whose least-squares polynomial through (x, y) has the smallest MSE on the
    validation set."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:best_degree"]
import numpy as np


def best_degree(
    x: np.ndarray, y: np.ndarray, x_val: np.ndarray, y_val: np.ndarray, degrees: list[int]
) -> int:
    """(x, y)에 최소제곱으로 맞춘 다항식 가운데 검증 세트의 MSE가 가장 작은 것의 차수입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## A recipe
#
# What to do next is decided by two questions, in this order:
#
# 1. Is the *training* error too large for your purpose? Then the model is too stiff (bias): take a bigger
#    model, more features, or train longer. More data will not help.
# 2. If not: is the validation error much larger than the training error? Then it follows the noise
#    (variance): get more data, or restrain the weights (the next lesson). A bigger model will not help.
#
# If both answers are no, you are done.
# %% [markdown] lang="ko"
# ## 처방전
#
# 다음에 무엇을 할지는 두 가지 질문을 이 순서로 던져서 정합니다.
#
# 1. *훈련* 오차가 목적에 비해 너무 큰가요? 그렇다면 모델이 너무 뻣뻣한 것입니다(편향). 더 큰
#    모델이나 더 많은 특성을 쓰거나 더 오래 학습시키세요. 데이터를 늘려도 소용없습니다.
# 2. 그렇지 않다면, 검증 오차가 훈련 오차보다 훨씬 큰가요? 그렇다면 잡음을 따라가고 있는 것입니다(분산). 데이터를 늘리거나
#    가중치를 붙잡아 두세요(다음 수업). 모델을 키워도 소용없습니다.
#
# 두 번 다 아니라면 끝난 것입니다.
# %% lang="en" tags=["ex:recipe"]
def recipe(train: float, val: float, target: float, gap: float) -> str:
    """ "bigger model" where the training error exceeds `target`, else "more data" where the
    validation error exceeds the training error by more than `gap`, else "done"."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:recipe"]
def recipe(train: float, val: float, target: float, gap: float) -> str:
    """훈련 오차가 `target`보다 크면 "bigger model", 아니고 검증 오차가 훈련 오차보다 `gap`
    넘게 크면 "more data", 둘 다 아니면 "done"입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## One question to take with you
#
# You try 1,000 models on the same validation set and keep the best. Is its validation error an
# honest forecast of its error on new data? What is the third set, the test set, for?
# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 같은 검증 세트에서 모델 1,000개를 시험해 가장 좋은 것을 골랐습니다. 그 검증 오차는 새 데이터에서의
# 오차를 정직하게 예고할까요? 세 번째 묶음인 테스트 세트는 무엇을 위해 있는 걸까요?
