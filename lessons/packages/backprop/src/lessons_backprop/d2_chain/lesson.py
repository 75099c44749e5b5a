# %% [markdown] lang="en"
# # Gears: the chain rule
#
# One turn of the pedals turns the wheel three times. One turn of the wheel carries you two metres.
# How far does one turn of the pedals carry you? Six metres: the rates **multiply**. You have just
# used the chain rule. Everything that trains a deep network is this remark, applied very often.

# %% [markdown] lang="ko"
# # 톱니바퀴와 연쇄법칙
#
# 페달을 한 바퀴 돌리면 바퀴가 세 번 돕니다. 바퀴가 한 번 돌면 2미터를 갑니다. 페달을 한 바퀴 돌리면
# 몇 미터를 갈까요? 6미터입니다. 비율끼리 **곱한** 것입니다. 방금 연쇄법칙을 썼습니다. 깊은 신경망을
# 훈련하는 모든 일은 이 말을 수없이 되풀이하는 것입니다.

# %% tags=["demo:gears"]

# %% [markdown] lang="en"
# ## Functions inside functions
#
# A function made of several functions, one applied to the result of another, is a **composite
# function**. Take $z = (x + y)^2$. It is done in two moves:
#
# $$t = x + y, \qquad z = t^2 .$$
#
# Nudge $x$: that moves $t$ at the rate $\frac{\partial t}{\partial x} = 1$. The moved $t$ moves $z$ at
# the rate $\frac{\partial z}{\partial t} = 2t$. Rates of a chain multiply:
#
# $$\frac{\partial z}{\partial x} = \frac{\partial z}{\partial t}\,\frac{\partial t}{\partial x}
#   = 2t \cdot 1 = 2(x + y)$$
#
# At $x = 1$, $y = 2$ that is 6. Below, the same number from three sources: the chain rule, a
# nudge, and PyTorch.

# %% [markdown] lang="ko"
# ## 함수 속의 함수
#
# 한 함수의 결과에 다른 함수를 적용해 만든, 여러 함수로 이루어진 함수를 **합성함수**라고 합니다.
# $z = (x + y)^2$을 봅시다. 두 단계로 이루어집니다.
#
# $$t = x + y, \qquad z = t^2$$
#
# $x$를 조금 움직이면 $t$는 $\frac{\partial t}{\partial x} = 1$의 비율로 움직입니다. $t$가 움직이면
# $z$는 $\frac{\partial z}{\partial t} = 2t$의 비율로 움직입니다. 사슬의 비율은 곱합니다.
#
# $$\frac{\partial z}{\partial x} = \frac{\partial z}{\partial t}\,\frac{\partial t}{\partial x}
#   = 2t \cdot 1 = 2(x + y)$$
#
# $x = 1$, $y = 2$라면 6입니다. 아래에서 같은 수를 세 가지 방법, 곧 연쇄법칙, 살짝 움직여 보기,
# PyTorch로 구해 봅시다.

# %% tags=["demo:square_of_sum"]

# %% [markdown] lang="en"
# ## On the graph
#
# In a computational graph the rule looks like this. A signal $E$ arrives at a node $y = f(x)$ from
# the right. The node multiplies it by its **local derivative** $\frac{\partial y}{\partial x}$, taken
# at the $x$ of the forward pass, and sends $E\,\frac{\partial y}{\partial x}$ on along the edge to
# the left. Start with $E = 1$ at the result, and what arrives at an input is the derivative of the
# result by that input. The walk backwards *is* the chain rule, one factor a node.
#
# ## When a value is used twice
#
# Suppose $x$ goes into two places whose results come together again: $z = x^2 + 3x$, or
# $z = a \cdot b$ with $a = x^2$ and $b = \sin x$. Then a nudge of $x$ reaches $z$ along both paths,
# and the two effects **add up**:
#
# $$\frac{dz}{dx} = \frac{\partial z}{\partial a}\,\frac{da}{dx}
#   + \frac{\partial z}{\partial b}\,\frac{db}{dx}$$
#
# Multiply along a path, add over the paths.

# %% [markdown] lang="ko"
# ## 그래프에서 보면
#
# 계산 그래프에서 이 규칙은 다음과 같습니다. 신호 $E$가 오른쪽에서 노드 $y = f(x)$에 도착합니다. 노드는
# 거기에 순전파 때의 $x$에서 구한 **국소적 미분** $\frac{\partial y}{\partial x}$를 곱해,
# $E\,\frac{\partial y}{\partial x}$를 엣지를 따라 왼쪽으로 보냅니다. 결과에서 $E = 1$로 시작하면, 어떤
# 입력에 도착한 수가 곧 결과를 그 입력으로 미분한 값입니다. 뒤로 걷는 일이 *바로* 연쇄법칙이고,
# 노드마다 인수가 하나씩 곱해집니다.
#
# ## 값이 두 번 쓰일 때
#
# $x$가 두 곳으로 들어가고 그 결과가 다시 만난다고 합시다. $z = x^2 + 3x$라든가, $a = x^2$,
# $b = \sin x$일 때의 $z = a \cdot b$ 같은 것입니다. $x$를 움직이면 두 길을 따라 $z$에 닿고, 두 영향을
# **더합니다**.
#
# $$\frac{dz}{dx} = \frac{\partial z}{\partial a}\,\frac{da}{dx}
#   + \frac{\partial z}{\partial b}\,\frac{db}{dx}$$
#
# 길을 따라서는 곱하고, 여러 길은 더합니다.

# %% tags=["demo:split_and_join"]

# %% [markdown] lang="en"
# ## Your turn
#
# First the two factors of the example; multiply them, do not simplify.

# %% [markdown] lang="ko"
# ## 직접 해 보기
#
# 먼저 예제의 두 인수를 구해 곱해 보세요. 식을 간단히 정리하지 말고 그대로 곱하면 됩니다.

# %% tags=["ex:dz_dx"] lang="en"
def dz_dx(x, y):
    """Return (dz_dt, dt_dx, product) for t = x + y and z = t squared."""
    raise NotImplementedError


# %% tags=["ex:dz_dx"] lang="ko"
def dz_dx(x, y):
    """t = x + y, z = t의 제곱일 때 (dz_dt, dt_dx, 둘의 곱)을 돌려줍니다."""
    raise NotImplementedError


# %% tags=["ex:chain"] lang="en"
def chain(functions, slopes, x):
    """Return (value, derivative) at x of the functions applied one after the other.

    functions: applied from first to last, functions[0] to x itself.
    slopes: slopes[i] is the derivative of functions[i], again a function of that one's input.
    """
    raise NotImplementedError


# %% tags=["ex:chain"] lang="ko"
def chain(functions, slopes, x):
    """함수들을 차례로 적용한 것의 x에서의 (값, 미분값)을 돌려줍니다.

    functions: 첫째부터 차례로 적용합니다. functions[0]은 x에 바로 적용합니다.
    slopes: slopes[i]는 functions[i]의 도함수이며, 그 함수의 입력을 받습니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## What the course notes say, and what is missing
#
# They define the chain rule like this: the derivative of a composite function is the **product** of
# the derivatives of the functions it is made of. For a single path that is right, and their example
# has only one path from $x$ to $z$. As a general rule it lacks the second half: when $x$ reaches the
# result along several paths, there is one product for each path and they are added. In a network
# nearly every value is used more than once.

# %% [markdown] lang="ko"
# ## 강의 노트에서 빠진 것
#
# 노트는 합성함수의 미분을 "합성 함수를 구성하는 각 함수의 미분의 **곱**"이라고 설명합니다. 길이 하나일
# 때는 맞고, 노트의 예제에는 $x$에서 $z$로 가는 길이 하나뿐입니다. 하지만 일반 규칙으로는 절반이
# 빠졌습니다. $x$가 여러 길로 결과에 닿으면 길마다 곱이 하나씩 있고, 그것을 모두 더해야 합니다.
# 신경망에서는 거의 모든 값이 두 번 이상 쓰입니다.

# %% tags=["ex:two_paths"] lang="en"
import math


def two_paths(x):
    """Return the derivative at x of z = a * b, where a = x squared and b = sin(x)."""
    raise NotImplementedError


# %% tags=["ex:two_paths"] lang="ko"
import math


def two_paths(x):
    """a = x의 제곱, b = sin(x)일 때 z = a * b를 x에서 미분한 값을 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## To think about
#
# A chain of 50 nodes each multiplies the signal by 0.5. What arrives at the far left? And if each
# multiplies by 1.5? What does that mean for training very deep networks?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 노드 50개가 이어진 사슬에서 노드마다 신호에 0.5를 곱한다면 맨 왼쪽에는 무엇이 도착할까요? 1.5를
# 곱한다면요? 아주 깊은 신경망을 훈련할 때 이것은 무엇을 뜻할까요?
