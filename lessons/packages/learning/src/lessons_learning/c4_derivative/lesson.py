# %% [markdown] lang="en"
# # What happens to the output if I nudge the input?
#
# You have a machine with a dial and a gauge. Nobody tells you what is inside. You turn the dial by
# a hair and look how far the gauge moves. If the gauge moves three times as far as the dial, the
# machine has the sensitivity 3 *here, at this setting*. That number is the **derivative**.
#
# School teaches the derivative as the slope of a tangent, and so it is. For somebody who trains
# models the dial-and-gauge view is more useful: the dial is a weight, the gauge is the loss, and
# the derivative tells whether turning the dial up makes things better or worse, and how quickly.

# %% [markdown] lang="ko"
# # 입력을 살짝 건드리면 출력은 어떻게 될까요?
#
# 다이얼 하나와 계기판 하나가 달린 기계가 있습니다. 속은 들여다볼 수 없습니다. 다이얼을 아주 조금
# 돌리고 바늘이 얼마나 움직이는지 봅니다. 바늘이 세 배로 움직였다면 이 기계는 *지금 이 위치에서* 세
# 배만큼 민감합니다. 그 숫자가 **미분값**(미분계수)입니다.
#
# 학교에서는 미분을 접선의 기울기라고 배웁니다. 맞는 말입니다. 다만 모델을 훈련하는 사람에게는
# 다이얼과 계기판으로 보는 쪽이 더 쓸모 있습니다. 다이얼은 가중치, 바늘은 손실입니다. 미분값은
# 다이얼을 올리면 나아지는지 나빠지는지, 그리고 얼마나 빠르게 그렇게 되는지를 알려 줍니다.

# %% [markdown] lang="en"
# ## Change out over change in
#
# Nudge the input $x$ by a small $\Delta x$ and divide the change of the output by it:
#
# $$f'(x) = \lim_{\Delta x \to 0} \frac{f(x + \Delta x) - f(x)}{\Delta x}$$
#
# The word *limit* says: make the nudge smaller and smaller, and see where the quotient settles. A
# computer cannot make it infinitely small, but it can try. Here is $f(x) = x^3$ at $x = 2$, where
# the exact answer is $3 \cdot 2^2 = 12$. Besides the formula above (one-sided) the table shows the
# **central** version, which nudges in both directions:
#
# $$f'(x) \approx \frac{f(x + h) - f(x - h)}{2h}$$

# %% [markdown] lang="ko"
# ## 출력의 변화를 입력의 변화로 나누기
#
# 입력 $x$를 아주 작은 $\Delta x$만큼 움직이고, 출력의 변화를 그것으로 나눕니다.
#
# $$f'(x) = \lim_{\Delta x \to 0} \frac{f(x + \Delta x) - f(x)}{\Delta x}$$
#
# *극한*이라는 말은 움직임을 점점 작게 하면서 몫이 어디에 자리 잡는지 보라는 뜻입니다. 컴퓨터가
# 무한히 작게 만들 수는 없지만 시도는 할 수 있습니다. $f(x) = x^3$을 $x = 2$에서 해 봅시다. 정확한
# 답은 $3 \cdot 2^2 = 12$입니다. 표에는 위의 식(한쪽 차분)과 함께, 양쪽으로 움직이는 **중심 차분**도
# 있습니다.
#
# $$f'(x) \approx \frac{f(x + h) - f(x - h)}{2h}$$

# %% tags=["demo:shrinking_step"]

# %% [markdown] lang="en"
# Two surprises. First, the central quotient is far better at the same $h$: its error shrinks with
# $h^2$, because the errors of the two sides cancel to first order. Second, smaller is not always
# better: below some $h$ the errors grow again. Two nearly equal numbers are subtracted, the digits
# that they share are lost, and what is left is divided by something tiny. Around $h = 10^{-5}$
# the central quotient is at its best.
#
# ## Two derivatives to know by heart
#
# * If $f$ is **constant**, nothing that you do to the input changes the output: $f'(x) = 0$.
# * If $f(x) = e^x$, then $f'(x) = e^x$: at every place the function grows exactly as fast as it is
#   large. It is its own slope, and that is why $e$ keeps turning up in this field.

# %% [markdown] lang="ko"
# 놀라운 점이 두 가지 있습니다. 첫째, 같은 $h$에서 중심 차분이 훨씬 정확합니다. 양쪽의 오차가 서로
# 지워져서 오차가 $h^2$에 비례해 줄어듭니다. 둘째, 작을수록 좋은 것은 아닙니다. $h$가 어느 정도보다
# 작아지면 오차가 다시 커집니다. 거의 같은 두 수를 빼면 겹치는 자릿수가 사라지고, 남은 것을 아주 작은
# 수로 나누게 되기 때문입니다. 중심 차분은 $h = 10^{-5}$ 부근에서 가장 정확합니다.
#
# ## 외워 둘 만한 도함수 두 가지
#
# * $f$가 **상수**이면 입력을 어떻게 해도 출력이 변하지 않습니다. $f'(x) = 0$입니다.
# * $f(x) = e^x$이면 $f'(x) = e^x$입니다. 어디에서나 자기 크기만큼의 빠르기로 자랍니다. 자기 자신이
#   곧 자기 기울기이고, 그래서 이 분야에서 $e$가 자꾸 나타납니다.

# %% tags=["demo:own_slope"]

# %% [markdown] lang="en"
# A derivative can be differentiated again. The second derivative says how the slope changes, and
# so tells valleys from hilltops where the slope is zero: in a valley the slope goes from minus to
# plus, so the second derivative is positive; on a hilltop it is negative. (If it is zero too, one
# has to look closer.)
#
# ## Several dials: partial derivatives
#
# Suppose that your body weight depended on two dials, late-night snacks per week $s$ and hours of
# exercise $e$. We make up a function, so that there is something to compute with:
#
# $$\text{weight}(s, e) = 60 + 0.9\,s - 0.5\,e - 0.05\,s\,e$$
#
# To learn what the snacks do, turn that dial and **hold the other one still**: treat $e$ as a
# constant. The result is the **partial derivative** $\frac{\partial\,\text{weight}}{\partial s} =
# 0.9 - 0.05\,e$. Likewise $\frac{\partial\,\text{weight}}{\partial e} = -0.5 - 0.05\,s$. Note that
# the first depends on $e$: a snack counts less for somebody who exercises a lot.

# %% [markdown] lang="ko"
# 도함수는 한 번 더 미분할 수 있습니다. 이계도함수는 기울기가 어떻게 변하는지를 말해 주므로, 기울기가
# 0인 곳에서 골짜기와 산꼭대기를 가려 줍니다. 골짜기에서는 기울기가 음수에서 양수로 바뀌니
# 이계도함수가 양수이고, 산꼭대기에서는 음수입니다. (이것마저 0이면 더 자세히 보아야 합니다.)
#
# ## 다이얼이 여럿일 때: 편미분
#
# 체중이 다이얼 두 개, 곧 일주일에 먹는 야식의 횟수 $s$와 운동 시간 $e$에 달려 있다고 해 봅시다.
# 계산할 거리가 있어야 하니 함수를 하나 지어냅니다.
#
# $$\text{체중}(s, e) = 60 + 0.9\,s - 0.5\,e - 0.05\,s\,e$$
#
# 야식의 영향을 알려면 그 다이얼만 돌리고 **다른 다이얼은 고정**합니다. $e$를 상수로 보는 것입니다.
# 그렇게 얻은 것이 **편미분** $\frac{\partial\,\text{체중}}{\partial s} = 0.9 - 0.05\,e$입니다.
# 마찬가지로 $\frac{\partial\,\text{체중}}{\partial e} = -0.5 - 0.05\,s$입니다. 첫째 식에 $e$가 들어
# 있는 것을 보세요. 운동을 많이 하는 사람에게는 야식 한 번의 영향이 더 작습니다.

# %% tags=["demo:body_weight"]

# %% [markdown] lang="en"
# Put all partial derivatives in one list, and you have the **gradient**. At each place of the map
# it is an arrow that points where the function rises most steeply; the arrows cross the contour
# lines at right angles.
#
# One question of roles remains. In $y = wx + b$, school calls $x$ the independent variable and $y$
# the dependent one, and that is the view for *predicting*. While *training*, the data $x$ and $y$
# are fixed numbers and the weights are what moves: the derivatives that train a model are taken
# with respect to $w$ and $b$. A model has many of them, hence partial derivatives.
#
# ## Your turn
#
# Use the central quotient in all of these. `f` takes what `x` or `p` is and returns a number.

# %% [markdown] lang="ko"
# 편미분을 모두 모아 나열한 것이 **그래디언트**(기울기 벡터)입니다. 지도의 각 지점에서 함수가 가장
# 가파르게 올라가는 쪽을 가리키는 화살표이고, 등고선과 직각으로 만납니다.
#
# 역할을 한 가지 분명히 해 둡시다. $y = wx + b$에서 학교 수학은 $x$를 독립변수, $y$를 종속변수라고
# 부릅니다. *예측*할 때의 관점입니다. *훈련*할 때는 데이터 $x$와 $y$가 정해진 숫자이고 움직이는 것은
# 가중치입니다. 모델을 훈련하는 미분은 $w$와 $b$에 대한 미분입니다. 이런 것이 여럿이니 편미분을
# 씁니다.
#
# ## 직접 해 보기
#
# 모든 문제에서 중심 차분을 쓰세요. `f`는 `x` 또는 `p`와 같은 것을 받아 숫자 하나를 돌려줍니다.

# %% tags=["ex:num_diff"] lang="en"
def num_diff(f, x, h=1e-5):
    """Return the derivative of f at x by the central quotient with the nudge h."""
    raise NotImplementedError


# %% tags=["ex:num_diff"] lang="ko"
def num_diff(f, x, h=1e-5):
    """x에서 f의 미분값을 중심 차분으로 구해 돌려줍니다. h는 움직이는 크기입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# The course notes introduce the partial derivative for functions "of one or more variables". It
# only becomes a matter of its own with **two or more**: with a single variable nothing is held
# still, and the partial derivative is the ordinary one. Your function must agree with that.

# %% [markdown] lang="ko"
# 강의 노트는 편미분을 "입력 변수가 하나 이상인" 함수에서 하는 것이라고 소개합니다. 편미분이 따로 뜻을
# 갖는 것은 변수가 **둘 이상**일 때입니다. 변수가 하나뿐이면 고정할 것이 없으니 보통의 미분과
# 같습니다. 여러분의 함수도 그렇게 되어야 합니다.

# %% tags=["ex:partial"] lang="en"
import numpy as np


def partial(f, p, i, h=1e-5):
    """Return the partial derivative of f at the point p in its variable number i.

    p: numpy array of shape (n,), not to be changed; f takes such an array. i counts from 0.
    """
    raise NotImplementedError


# %% tags=["ex:partial"] lang="ko"
import numpy as np


def partial(f, p, i, h=1e-5):
    """점 p에서 f를 i번째 변수로 편미분한 값을 돌려줍니다.

    p: 모양 (n,)인 numpy 배열로, 바꾸면 안 됩니다. f는 이런 배열을 받습니다. i는 0부터 셉니다.
    """
    raise NotImplementedError


# %% tags=["ex:num_grad"] lang="en"
import numpy as np


def num_grad(f, p, h=1e-5):
    """Return the gradient of f at p: an array of the shape of p with all partial derivatives.

    p: numpy array of any shape, for instance a matrix of weights; not to be changed.
    """
    raise NotImplementedError


# %% tags=["ex:num_grad"] lang="ko"
import numpy as np


def num_grad(f, p, h=1e-5):
    """p에서 f의 그래디언트, 곧 모든 편미분을 p와 같은 모양의 배열로 돌려줍니다.

    p: 모양이 어떻든 되는 numpy 배열(예: 가중치 행렬). 바꾸면 안 됩니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## What the course notes say, and what is off
#
# They conclude from $f' = 0$ for a constant that "a derivative of zero means that the output does
# not change however much $W$ is changed". That turns the statement round, and the reverse is
# false. A constant has slope zero *everywhere*. A slope of zero *at one place* only says that the
# ground is level there: the bottom of every valley is such a place, and it is what training looks
# for. Write a function that tells the two apart.

# %% [markdown] lang="ko"
# ## 강의 노트 바로잡기
#
# 노트는 상수의 미분이 0이라는 데서 "미분값이 0이라는 것은 $W$를 아무리 변경해도 출력값이 변하지
# 않는다는 것"이라는 결론을 냅니다. 말의 앞뒤를 뒤집은 것이고, 뒤집은 말은 참이 아닙니다. 상수는
# *어디에서나* 기울기가 0입니다. *한 점에서* 기울기가 0이라는 것은 그곳의 땅이 평평하다는 뜻일
# 뿐입니다. 모든 골짜기의 바닥이 그런 곳이고, 훈련이 찾는 것이 바로 그런 곳입니다. 둘을 가려내는
# 함수를 만들어 보세요.


# %% tags=["ex:flat"] lang="en"
def flat(f, w, reach=0.5, h=1e-5):
    """Return (level, unchanging), two truth values.

    level: the derivative of f at w is zero (its size is below 1e-6).
    unchanging: f equals f(w) within 1e-9 at 101 evenly spaced places from w - reach to w + reach.
    """
    raise NotImplementedError


# %% tags=["ex:flat"] lang="ko"
def flat(f, w, reach=0.5, h=1e-5):
    """두 진릿값 (level, unchanging)을 돌려줍니다.

    level: w에서 f의 미분값이 0인가(크기가 1e-6보다 작은가).
    unchanging: w - reach부터 w + reach까지 고른 간격의 101곳에서 f가 f(w)와 1e-9 안에서 같은가.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## To think about
#
# To get a gradient by nudging, each of $n$ weights needs two evaluations of the loss. A network
# with ten million weights takes a second for one evaluation. How long does a single gradient take,
# and what would you wish for instead?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 이런 식으로 그래디언트를 구하려면 가중치 $n$개마다 손실을 두 번씩 계산해야 합니다. 가중치가 천만
# 개인 신경망에서 손실을 한 번 계산하는 데 1초가 걸린다면, 그래디언트 하나를 얻는 데 얼마나
# 걸릴까요? 그 대신 어떤 방법이 있으면 좋을까요?
