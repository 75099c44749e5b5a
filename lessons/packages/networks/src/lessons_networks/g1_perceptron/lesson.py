# %% [markdown] lang="en"
# # The perceptron: a neuron that learns from its mistakes
#
# In 1958 Frank Rosenblatt proposed a machine that sorts inputs into two classes and, shown examples, finds the rule by
# itself. Its building block was drawn after nerve cells: many inputs come in, each more or less important,
# and when together they are strong enough, the cell fires. Networks of such units are called **artificial
# neural networks**. One unit alone is this lesson's subject: what can it learn, and what never?
# %% [markdown] lang="ko"
# # 퍼셉트론: 실수에서 배우는 뉴런
#
# 1958년 프랭크 로젠블랫은 입력을 두 부류로 나누고, 예를 보여 주면 그 규칙을 스스로 찾아내는 기계를 제안했습니다. 그 기본
# 단위는 신경 세포를 본떴습니다. 여러 입력이 들어오고, 저마다 중요한 정도가 다르며, 합해서 충분히 강하면 신호를
# 내보냅니다. 이런 단위를 수없이 이은 것이 **인공 신경망**입니다. 이 수업에서는 단위 하나만 살펴봅니다. 무엇을
# 배울 수 있고, 무엇은 결코 배울 수 없을까요?
# %% [markdown] lang="en"
# ## How it decides
#
# The inner product $w \cdot x$ measures how well the input $x$ agrees with the weight vector $w$. A **step
# function** turns it into a decision with a threshold $T$:
#
# $$o = \begin{cases} 1 & w \cdot x \ge T \\ 0 & w \cdot x < T \end{cases}$$
#
# Where is the border? At $w \cdot x = T$. If two points lie on it, $w \cdot (x - x') = T - T = 0$: the border
# is **perpendicular to $w$**. And the point of the border nearest to the origin is a multiple of
# $w$, $x = c\,w$; from $c\, w\cdot w = T$ follows its distance
#
# $$\frac{|T|}{\|w\|_2}$$
#
# In the plane the border is a line, in space a plane, beyond that a *hyperplane*.
# %% [markdown] lang="ko"
# ## 판단하는 방법
#
# 내적 $w \cdot x$는 입력 $x$가 가중치 벡터 $w$와 얼마나 잘 맞는지 잽니다. **계단 함수**는 이 값을
# 임곗값 $T$와 비교해 판단으로 바꿉니다.
#
# $$o = \begin{cases} 1 & w \cdot x \ge T \\ 0 & w \cdot x < T \end{cases}$$
#
# 경계는 어디일까요? $w \cdot x = T$인 곳입니다. 경계 위의 두 점을 빼면
# $w \cdot (x - x') = T - T = 0$이므로 경계는 **$w$에 수직**입니다. 경계에서 원점과 가장 가까운 점은
# $w$에 어떤 수를 곱한 $x = c\,w$이고, $c\, w\cdot w = T$에서 거리를 얻습니다.
#
# $$\frac{|T|}{\|w\|_2}$$
#
# 2차원에서는 경계가 직선(결정 직선), 3차원에서는 평면(결정 평면), 그보다 높은 차원에서는 *초평면*(결정 초평면)입니다.
# %% tags=["demo:the_border"]
# %% [markdown] lang="en"
# **What to observe.** Turning $w$ turns the border with it; making $w$ longer, with $T$ unchanged, moves the
# border towards the origin.
#
# ## Errata: a lost formula and a wrong word
#
# The course notes say the border is perpendicular to $w$ and "as far from the origin as ⟨blank⟩": the
# formula was lost. They go on that the border divides the plane into two "subspaces". A **subspace** must
# contain every multiple of each of its points, hence also the origin and the opposite point. The two sides
# are **half-spaces**. Show the difference with a witness: a point on the side $w \cdot x \ge T$ and a factor
# $c$ such that $c\,x$ is not on it.
# %% [markdown] lang="ko"
# **눈여겨볼 점.** $w$를 돌리면 경계도 따라 돕니다. $T$를 그대로 두고 $w$만 길게 하면 경계가 원점
# 쪽으로 다가옵니다.
#
# ## 바로잡기: 사라진 식과 틀린 낱말
#
# 강의 노트는 경계가 $w$에 수직이고 원점으로부터 "〈빈칸〉만큼" 떨어져 있다고 적었습니다. 식이
# 사라진 것입니다. 이어서 경계가 평면을 두 "부분공간"으로 나눈다고 했습니다. **부분공간**은 그 안의
# 점마다 모든 배수를 담아야 하므로 원점과 반대쪽 점도 들어 있어야 합니다. 경계의 양쪽은
# **반공간**입니다. 증거를 들어 차이를 보이세요. $w \cdot x \ge T$ 쪽의 점 하나와, $c\,x$가 그쪽을
# 벗어나게 하는 수 $c$를 찾으면 됩니다.
# %% lang="en" tags=["ex:distance"]
import numpy as np


def distance(w: np.ndarray, T: float) -> float:
    """Distance of the border w . x = T from the origin; w [d] is not zero."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:distance"]
import numpy as np


def distance(w: np.ndarray, T: float) -> float:
    """경계 w . x = T와 원점 사이의 거리입니다. w [d]는 영벡터가 아닙니다."""
    raise NotImplementedError


# %% lang="en" tags=["ex:witness"]
import numpy as np


def witness(w: np.ndarray, T: float) -> tuple[np.ndarray, float]:
    """A point x with w . x >= T and a number c so that w . (c x) < T; T may have any sign."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:witness"]
import numpy as np


def witness(w: np.ndarray, T: float) -> tuple[np.ndarray, float]:
    """w . x >= T인 점 x와 w . (c x) < T가 되게 하는 수 c입니다. T의 부호는 무엇이든 될 수 있습니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Several neurons at once
#
# With $c$ classes take $c$ perceptrons, each with its own $d$ weights and threshold. Stacked as rows of a
# matrix $W$ they give $c$ outputs at once, $Wx \ge T$. Each row acts as a **pattern**: among inputs
# of equal length, the inner product is larger the more similar the input is to it.
# %% [markdown] lang="ko"
# ## 뉴런 여러 개를 한꺼번에
#
# 부류가 $c$개이면 퍼셉트론도 $c$개를 씁니다. 저마다 가중치 $d$개와 임곗값을 가집니다. 가중치를 행렬
# $W$의 행으로 쌓으면 출력 $c$개를 $Wx \ge T$로 한 번에 얻습니다. 행 하나하나가 **기준 벡터**가
# 되고, 길이가 같은 입력끼리는 그 기준과 비슷할수록 내적이 큽니다.
# %% lang="en" tags=["ex:predict_many"]
import numpy as np


def predict_many(X: np.ndarray, W: np.ndarray, T: np.ndarray) -> np.ndarray:
    """Outputs 0 or 1, shape [n, c], of c perceptrons W [c, d] with thresholds T [c] for X [n, d]."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:predict_many"]
import numpy as np


def predict_many(X: np.ndarray, W: np.ndarray, T: np.ndarray) -> np.ndarray:
    """임곗값 T [c]인 퍼셉트론 W [c, d]가 X [n, d]에 내는 출력 0 또는 1입니다. 모양은 [n, c]입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## How it learns
#
# Write $b = -T$, so that it fires when $w \cdot x + b \ge 0$. Start with zeros. Go through the samples one
# after another, and **only where the answer is wrong** correct at once:
#
# $$w := w + (t - o)\,x, \qquad b := b + (t - o)$$
#
# If it should have fired ($t - o = 1$), the weights move towards $x$; if it should not ($-1$), away from it.
# One pass is an *epoch*. An epoch without a mistake ends the training. If any line separates the classes,
# this end is certain to come; if none does, the search goes on for ever.
# %% [markdown] lang="ko"
# ## 배우는 방법
#
# $b = -T$라고 쓰면 $w \cdot x + b \ge 0$일 때 신호를 냅니다. 0에서 시작해 표본을 하나씩 차례로
# 보면서 **답이 틀렸을 때만** 곧바로 고칩니다.
#
# $$w := w + (t - o)\,x, \qquad b := b + (t - o)$$
#
# 신호를 내야 했는데 내지 않았다면($t - o = 1$) 가중치가 $x$ 쪽으로 움직이고, 내지 말아야 했다면($-1$) 반대쪽으로
# 움직입니다. 모든 표본을 한 번 훑는 것을 *에포크*라고 합니다. 실수 없는 에포크가 나오면 학습이 끝납니다. 두 부류를 나누는
# 직선이 있기만 하면 반드시 끝나고, 없으면 영원히 끝나지 않습니다.
# %% tags=["demo:three_gates"]
# %% [markdown] lang="en"
# **What to observe.** AND needs 6 epochs, OR 4. XOR (one or the other, not both) is never done: no straight line has
# both ones on one side and both zeros on the other. One neuron cannot; three can, as the next cell shows.
# %% [markdown] lang="ko"
# **눈여겨볼 점.** AND는 6에포크, OR는 4에포크 만에 배웁니다. XOR(둘 가운데 하나만)은 끝나지 않습니다. 1인 두 점을 한쪽에, 0인
# 두 점을 다른 쪽에 두는 직선이 없기 때문입니다. 뉴런 하나로는 안 되지만 셋이면 됩니다. 다음 셀에서 확인해 보세요.
# %% tags=["demo:three_neurons"]
# %% lang="en" tags=["ex:fit_perceptron"]
import numpy as np


def fit_perceptron(
    X: np.ndarray, t: np.ndarray, epochs: int
) -> tuple[np.ndarray, float, int | None]:
    """w [d], b and the number of the first epoch without a mistake (from 1), or None where
    `epochs` epochs did not suffice. X [n, d], t [n] holds 0 and 1; samples in the given order."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:fit_perceptron"]
import numpy as np


def fit_perceptron(
    X: np.ndarray, t: np.ndarray, epochs: int
) -> tuple[np.ndarray, float, int | None]:
    """w [d], b, 그리고 실수가 처음으로 없었던 에포크의 번호(1부터)입니다. `epochs`번 안에 없었으면
    None입니다. X는 [n, d], t [n]은 0과 1이고 표본은 주어진 순서대로 봅니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## One question to take with you
#
# The step function has slope 0 everywhere (and none at the jump). The perceptron's rule works without
# slopes. Why would gradient descent be helpless here, and what should an activation look like that it can use?
# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 계단 함수는 어디에서나 기울기가 0이고 뛰는 곳에서는 기울기가 없습니다. 퍼셉트론의 규칙은 기울기 없이도 작동합니다. 경사
# 하강법은 왜 여기서 아무것도 할 수 없을까요? 경사 하강법이 쓸 수 있으려면 활성 함수가 어떻게 생겨야 할까요?
