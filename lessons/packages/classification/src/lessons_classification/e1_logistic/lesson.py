# %% [markdown] lang="en"
# # Pass or fail: from a line to a probability
#
# Three students studied 1, 2 and 3 hours. The first two failed, the third passed.
# You plan to study 4 hours. Will you pass?
#
# "Yes" is a poor answer: it hides how sure one can be. In this lesson you build a model that answers
# with a **probability**, and you find out how much of that probability the data really support.
# %% [markdown] lang="ko"
# # 합격일까요, 불합격일까요? 직선에서 확률로
#
# 세 학생이 각각 1시간, 2시간, 3시간을 공부했습니다. 앞의 두 학생은 불합격했고 마지막 학생은 합격했습니다.
# 여러분은 4시간을 공부할 계획입니다. 합격할까요?
#
# "합격"이라고만 답하면 얼마나 확신하는지 알 수 없습니다. 이 수업에서는 **확률**로 답하는 모델을 직접 만들고,
# 그 확률 가운데 데이터가 정말로 뒷받침하는 부분이 얼마나 되는지 따져 봅니다.
# %% [markdown] lang="en"
# ## Two answers only
#
# A question with two possible answers is **binary classification**. Write 0 for fail and 1 for pass:
#
# | hours $x$ | result $y$ |
# |---|---|
# | 1 | 0 |
# | 2 | 0 |
# | 3 | 1 |
# | 4 | ? |
#
# You already know how to lay a line through points. Try it: the least-squares line through these three
# points is $\hat y = \tfrac12 x - \tfrac23$. At 4 hours it says $\tfrac43$. A probability above 1 has no
# meaning. And a fourth student who studied 20 hours and passed would *tilt* the line, although that
# student tells us nothing new about the border between failing and passing.
# %% [markdown] lang="ko"
# ## 답이 둘뿐인 문제
#
# 답이 둘 중 하나인 문제를 **이진 분류**라고 합니다. 불합격을 0, 합격을 1로 적어 봅시다.
#
# | 시간 $x$ | 결과 $y$ |
# |---|---|
# | 1 | 0 |
# | 2 | 0 |
# | 3 | 1 |
# | 4 | ? |
#
# 점들 사이로 직선을 긋는 방법은 이미 배웠습니다. 이 세 점의 최소제곱 직선은
# $\hat y = \tfrac12 x - \tfrac23$이고, 4시간에서 $\tfrac43$을 줍니다. 1보다 큰 확률은 아무 뜻도
# 없습니다. 게다가 20시간을 공부하고 합격한 학생이 한 명 더 들어오면 직선이 *기울어집니다*. 그
# 학생은 합격과 불합격의 경계에 대해 새로 알려 주는 것이 하나도 없는데도 말입니다.
# %% [markdown] lang="en"
# ## Bending the line
#
# Keep the line, but let it produce a **score** (also called *logit*) $z = wx + b$ that may be any
# number. Then squeeze the score into the interval from 0 to 1 with an S-shaped function, the **sigmoid**:
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}}, \qquad P(\text{pass} \mid x) = \sigma(wx + b)$$
#
# Read it aloud: a large positive score makes $e^{-z}$ tiny, so $\sigma \approx 1$; a large negative
# score makes $e^{-z}$ huge, so $\sigma \approx 0$; the score 0 gives exactly one half. The place where
# the score is 0, $x = -b/w$, is the **decision boundary**. This is *logistic regression*: in spite of
# its name a method for classification.
# %% [markdown] lang="ko"
# ## 직선을 구부리기
#
# 직선은 그대로 두되, 어떤 수든 될 수 있는 **점수**(로짓, logit) $z = wx + b$를 내도록 합니다. 그런
# 다음 S자 모양의 함수 **시그모이드**로 점수를 0과 1 사이로 눌러 담습니다.
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}}, \qquad P(\text{합격} \mid x) = \sigma(wx + b)$$
#
# 말로 풀면 이렇습니다. 점수가 큰 양수이면 $e^{-z}$가 아주 작아져 $\sigma \approx 1$이 되고, 큰
# 음수이면 $e^{-z}$가 아주 커져 $\sigma \approx 0$이 됩니다. 점수가 0이면 정확히 2분의 1입니다.
# 점수가 0이 되는 곳 $x = -b/w$를 **결정 경계**라고 합니다. 이 방법이 *로지스틱 회귀*입니다. 이름은
# 회귀이지만 분류에 쓰는 방법입니다.
# %% tags=["demo:line_or_curve"]
# %% [markdown] lang="en"
# **What to observe.** The straight line leaves the band between 0 and 1 on both sides, and one extra
# student far to the right moves the place where it crosses one half. The S-curve stays inside the band
# and hardly notices that student.
# %% [markdown] lang="ko"
# **눈여겨볼 점.** 직선은 양쪽에서 0과 1 사이의 띠를 벗어나고, 오른쪽 멀리 학생 한 명을 더하면 2분의 1을 지나는
# 위치가 움직입니다. S자 곡선은 띠 안에 머무르며 그 학생이 들어와도 거의 달라지지 않습니다.
# %% [markdown] lang="en"
# ## Exercise: `sigmoid`
#
# Typed as the formula says, $e^{-z}$ overflows for $z = -1000$. The remedy: never raise $e$ to a large
# positive power. For negative scores multiply numerator and denominator by $e^{z}$ and see what you get.
# %% [markdown] lang="ko"
# ## 연습: `sigmoid`
#
# 공식을 그대로 옮기면 $z = -1000$에서 $e^{-z}$가 오버플로를 일으킵니다. 큰 양수를 $e$의 지수로 쓰지
# 않으면 됩니다. 점수가 음수일 때 분자와 분모에 $e^{z}$를 곱하면 어떤 식이 되는지 살펴보세요.
# %% lang="en" tags=["ex:sigmoid"]
import numpy as np


def sigmoid(z: np.ndarray) -> np.ndarray:
    """The sigmoid of each score in an array of any shape, without overflow for any finite score."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:sigmoid"]
import numpy as np


def sigmoid(z: np.ndarray) -> np.ndarray:
    """모양이 어떻든 배열 안의 점수마다 시그모이드를 구합니다. 유한한 점수라면 오버플로가 없어야 합니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Exercise: `predict_proba`
#
# With several inputs per student (hours, hours of sleep, …) the rows of a table $X$ are students and
# there is one weight a column: $z = Xw + b$, one score a row.
# %% [markdown] lang="ko"
# ## 연습: `predict_proba`
#
# 학생마다 입력이 여러 개(공부 시간, 수면 시간, …)라면 표 $X$의 행이 학생이고 열마다 가중치가 하나씩
# 있습니다. $z = Xw + b$이며 행마다 점수가 하나씩 나옵니다.
# %% lang="en" tags=["ex:predict_proba"]
import numpy as np


def predict_proba(X: np.ndarray, w: np.ndarray, b: float) -> np.ndarray:
    """Probabilities of class 1, shape [n], for rows X [n, d], weights w [d] and bias b."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:predict_proba"]
import numpy as np


def predict_proba(X: np.ndarray, w: np.ndarray, b: float) -> np.ndarray:
    """X [n, d]의 행마다 클래스 1일 확률을 모양 [n]으로 구합니다. 가중치는 w [d], 편향은 b입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Learning w and b
#
# What is a good curve? One that gives the observed results a high probability. For a student who passed
# we want $p$ near 1, for one who failed $1-p$ near 1. The loss that says so is **cross-entropy**:
# $-\log p$ for a pass and $-\log(1-p)$ for a fail, averaged. The next lesson takes it apart; here you
# only need its slope, which turns out to be astonishingly simple:
#
# $$\frac{\partial L}{\partial w} = \frac1n \sum_i (p_i - y_i)\, x_i, \qquad
#   \frac{\partial L}{\partial b} = \frac1n \sum_i (p_i - y_i)$$
#
# "Predicted minus true, times input": the same form as for a line. Now run gradient descent on the three
# students, from $w = b = 0$ with learning rate 0.1, and ask about 4 hours after 100, 1,000 and
# 10,000 steps.
# %% [markdown] lang="ko"
# ## w와 b 배우기
#
# 좋은 곡선이란 무엇일까요? 실제로 일어난 결과에 높은 확률을 주는 곡선입니다. 합격한 학생에게는
# $p$가, 불합격한 학생에게는 $1-p$가 1에 가까워야 합니다. 이 생각을 담은 손실이 **교차
# 엔트로피**입니다. 합격이면 $-\log p$, 불합격이면 $-\log(1-p)$를 구해 평균을 냅니다. 자세한 내용은
# 다음 수업에서 다루고, 여기서는 기울기만 쓰겠습니다. 기울기는 놀랄 만큼 간단합니다.
#
# $$\frac{\partial L}{\partial w} = \frac1n \sum_i (p_i - y_i)\, x_i, \qquad
#   \frac{\partial L}{\partial b} = \frac1n \sum_i (p_i - y_i)$$
#
# "예측에서 정답을 빼고 입력을 곱한다." 직선일 때와 같은 꼴입니다. 이제 세 학생의 데이터로
# $w = b = 0$에서 출발해 학습률 0.1로 경사 하강법을 실행하고, 100번, 1,000번, 10,000번 갱신한 뒤
# 4시간의 확률을 물어봅시다.
# %% tags=["demo:passing_after_steps"]
# %% [markdown] lang="en"
# **What to observe.** The three answers are about 0.67, 0.98 and 0.9999. Same data, same model, same
# question: only the number of steps differs, and the weight is still growing. Why?
#
# The three students can be separated perfectly: some border lies between 2 and 3 hours. Take any $(w, b)$
# that separates them and double both numbers. The border $-b/w$ stays, every score doubles, every
# probability moves closer to the truth, and the loss falls. There is **no best $w$**: it runs to infinity.
# So "pass" is well supported by these data, but "pass with 98 %" is a property of when we stopped.
# %% [markdown] lang="ko"
# **눈여겨볼 점.** 답은 차례로 약 0.67, 0.98, 0.9999입니다. 데이터도 모델도 질문도 같고 갱신 횟수만 다른데, 가중치는
# 아직도 커지고 있습니다. 왜 그럴까요?
#
# 세 학생은 완벽하게 나눌 수 있습니다. 2시간과 3시간 사이 어딘가에 경계를 두면 됩니다. 이렇게 나누는
# $(w, b)$를 하나 골라 두 값을 모두 두 배로 키워 보세요. 경계 $-b/w$는 그대로이고, 점수는 모두 두
# 배가 되며, 확률은 모두 정답에 더 가까워져 손실이 줄어듭니다. 그러므로 **가장 좋은 $w$는 존재하지
# 않고**, $w$는 무한히 커집니다. "합격"이라는 답은 데이터가 잘 뒷받침하지만, "98 % 확률로
# 합격"이라는 수치는 언제 학습을 멈추었는지에 달려 있을 뿐입니다.
# %% [markdown] lang="en"
# ## Holding the weight back
#
# One remedy is to charge a price for large weights: add a multiple of $w^2$ to the loss. Now a best $w$
# exists. In scikit-learn the strength of the data against that price is called `C` (small `C`, strong
# restraint).
# %% [markdown] lang="ko"
# ## 가중치 붙잡아 두기
#
# 한 가지 방법은 큰 가중치에 벌점을 물리는 것입니다. 손실에 $w^2$의 몇 배를 더하면 가장 좋은 $w$가
# 생깁니다. scikit-learn에서는 이 벌점에 견준 데이터의 힘을 `C`라고 부릅니다(`C`가 작을수록 강하게
# 붙잡습니다).
# %% tags=["demo:held_back"]
# %% [markdown] lang="en"
# **What to observe.** With `C=1` the restraint is so strong that the border moves to 3.065 hours: the
# student with 3 hours, who passed, is now called a fail. With `C=10` the border is back between 2 and 3.
# Restraint buys a finite answer and costs some faithfulness to the data; how much is for you to decide.
# %% [markdown] lang="ko"
# **눈여겨볼 점.** `C=1`에서는 너무 강하게 붙잡은 나머지 경계가 3.065시간으로 밀려나, 3시간을 공부해 합격한 학생이
# 불합격으로 분류됩니다. `C=10`에서는 경계가 다시 2와 3 사이로 돌아옵니다. 붙잡아 두면 유한한 답을 얻는 대신 데이터에
# 대한 충실함을 조금 잃습니다. 얼마나 붙잡을지는 여러분이 정해야 합니다.
# %% [markdown] lang="en"
# ## Exercise: `fit`
#
# Start from $w = b = 0$, take `steps` steps of gradient descent on the **mean** cross-entropy, and change
# $w$ and $b$ at the same time.
# %% [markdown] lang="ko"
# ## 연습: `fit`
#
# $w = b = 0$에서 출발해 **평균** 교차 엔트로피를 경사 하강법으로 `steps`번 줄이고, $w$와 $b$는
# 동시에 바꾸세요.
# %% lang="en" tags=["ex:fit"]
import numpy as np


def fit(x: np.ndarray, y: np.ndarray, steps: int, lr: float) -> tuple[float, float]:
    """w and b after `steps` steps of gradient descent from 0, 0; x and y have shape [n]."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:fit"]
import numpy as np


def fit(x: np.ndarray, y: np.ndarray, steps: int, lr: float) -> tuple[float, float]:
    """0, 0에서 출발해 경사 하강법으로 `steps`번 걸은 뒤의 w와 b입니다. x와 y의 모양은 [n]입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Errata: what the course notes say
#
# * **The drawing without a curve.** One page draws the model as $x \to$ Linear $\to \hat y$. That is the
#   regression model again. Between Linear and $\hat y$ the sigmoid is missing; `predict_proba` fails its
#   check if you build what is drawn.
# * **$XW$ or $W^TX$?** The notes write linear regression as $XW$ and the logistic hypothesis as $W^TX$.
#   Both are right, for different $X$: rows of samples on the one hand, one sample as a column on the
#   other. With a table of rows only $Xw + b$ fits; the shapes in `predict_proba` tell you.
# * **"13 hours means 70 %".** This claim comes without data or model, so it can neither be checked nor
#   refuted. What can be said: for *any* logistic model it fixes one score. Which one? Solve
#   $\sigma(z) = 0.7$ for $z$, and you have one equation for the two unknowns $w$ and $b$.
# * **"People like certainty, so we apply an activation".** The sigmoid does the opposite: it turns a bare
#   score into a statement of *un*certainty. A certain answer comes from comparing with a threshold.
# %% [markdown] lang="ko"
# ## 바로잡기: 강의 노트의 설명
#
# * **곡선이 빠진 그림.** 한 페이지에서 모델을 $x \to$ Linear $\to \hat y$로 그렸습니다. 이것은 회귀
#   모델 그대로입니다. Linear와 $\hat y$ 사이에 시그모이드가 빠졌습니다. 그림대로 만들면
#   `predict_proba`가 검사를 통과하지 못합니다.
# * **$XW$일까요, $W^TX$일까요?** 노트는 선형 회귀를 $XW$로, 로지스틱 가설을 $W^TX$로 적었습니다.
#   $X$의 뜻이 다르면 둘 다 맞습니다. 앞의 $X$는 표본이 행으로 쌓인 표이고, 뒤의 $X$는 표본 하나를
#   세운 열벡터입니다. 행으로 쌓인 표에는 $Xw + b$만 맞는다는 사실을 `predict_proba`의 모양에서
#   확인할 수 있습니다.
# * **"13시간이면 70 %".** 데이터도 모델도 없이 나온 말이라 확인할 수도 반박할 수도 없습니다. 다만
#   *어떤* 로지스틱 모델이든 이 말이 맞으려면 점수 하나가 정해집니다. $\sigma(z) = 0.7$을 $z$에 대해
#   풀어 보세요. 모르는 값은 $w$와 $b$ 둘인데 방정식은 하나뿐입니다.
# * **"사람들은 확실한 것을 좋아하므로 활성 함수를 쓴다".** 시그모이드가 하는 일은 정반대입니다. 점수를 *불확실함*을
#   드러내는 말로 바꿉니다. 확실한 답은 확률을 기준값과 비교해야 나옵니다.
# %% [markdown] lang="en"
# ## Exercise: `hours_for`
#
# Turn the model round: given $w$, $b$ and a wanted probability $p$, how many hours are needed? The
# function that undoes the sigmoid is the logarithm of the *odds* $p/(1-p)$.
# With it, work out the score behind "70 %".
# %% [markdown] lang="ko"
# ## 연습: `hours_for`
#
# 모델을 거꾸로 써 봅시다. $w$, $b$와 원하는 확률 $p$가 주어지면 몇 시간이 필요할까요? 시그모이드를
# 되돌리는 함수는 *오즈* $p/(1-p)$의 로그입니다. 이 함수로 "70 %" 뒤에 숨은 점수도 계산해 보세요.
# %% lang="en" tags=["ex:hours_for"]
import math


def hours_for(p: float, w: float, b: float) -> float:
    """The x at which the model with weight w (not 0) and bias b gives probability p (0 < p < 1)."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:hours_for"]
import math


def hours_for(p: float, w: float, b: float) -> float:
    """가중치 w(0이 아님)와 편향 b인 모델이 확률 p(0 < p < 1)를 주는 x입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## One question to take with you
#
# A fourth student studies 2.5 hours twice: once she passes, once she fails. Add both rows to the table.
# Does the weight still run to infinity? Say why before you try it with your `fit`.
# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 네 번째 학생이 2.5시간씩 두 번 공부해서 한 번은 합격하고 한 번은 불합격했습니다. 두 행을 표에 더하면 가중치는
# 여전히 무한히 커질까요? `fit`으로 실험하기 전에 이유부터 말해 보세요.
