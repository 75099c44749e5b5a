# %% [markdown] lang="en"
# # Backpropagation, and an autograd of your own
#
# A network with a million weights has made a mistake. Which weight is to blame, and how much? Asking
# each weight in turn ("what if you were a little larger?") takes a million runs of the network.
# Backpropagation asks all of them at once, in the time of a few runs. At the end of this lesson you
# will have written the machine that does it, in some forty lines.
#
# ## One example by hand
#
# One weight $w = 1$, one input $x = 1$, one target $y = 2$, and the squared error as the loss:
#
# $$\hat y = x \cdot w, \qquad s = \hat y - y, \qquad \text{loss} = s^2$$
#
# **Forward**: $\hat y = 1$, $s = -1$, loss $= 1$. **Backward**, from the right end with 1: the square
# has the local derivative $2s = -2$; the subtraction passes on $1 \cdot (-2)$; the multiplication
# multiplies by its other input, $x = 1$. So $\frac{\partial\,\text{loss}}{\partial w} = -2$: raise
# $w$ a little, and the loss falls twice as much.

# %% [markdown] lang="ko"
# # 오차역전파, 그리고 직접 만드는 자동 미분
#
# 가중치가 백만 개인 신경망이 틀린 답을 냈습니다. 어느 가중치가 얼마나 잘못했을까요? 가중치마다 차례로
# "네가 조금 컸다면?" 하고 물으면 신경망을 백만 번 돌려야 합니다. 오차역전파는 몇 번 돌리는 시간에
# 모든 가중치에게 한꺼번에 묻습니다. 이 수업이 끝나면 그런 기계를 마흔 줄 남짓으로 직접 만들게
# 됩니다.
#
# ## 손으로 하는 예제
#
# 가중치 $w = 1$, 입력 $x = 1$, 정답 $y = 2$가 하나씩 있고, 손실은 제곱오차입니다.
#
# $$\hat y = x \cdot w, \qquad s = \hat y - y, \qquad \text{loss} = s^2$$
#
# **순전파**: $\hat y = 1$, $s = -1$, loss $= 1$. **역전파**는 오른쪽 끝에서 1로 시작합니다. 제곱의 국소적
# 미분은 $2s = -2$이고, 뺄셈은 $1 \cdot (-2)$를 그대로 보내며, 곱셈은 상대방 입력 $x = 1$을 곱합니다.
# 그래서 $\frac{\partial\,\text{loss}}{\partial w} = -2$입니다. $w$를 조금 키우면 손실이 그 두 배만큼
# 줄어든다는 뜻입니다.

# %% tags=["demo:one_example"]

# %% [markdown] lang="en"
# ## The general recipe
#
# 1. Forward: compute every value, and remember from which values it was made.
# 2. Put the nodes in an order in which every node comes after what it was made of, a **topological
#    order**.
# 3. Start with 1 at the result and go through the nodes in the *reverse* of that order. Each hands
#    on to its inputs what it has received, times the local derivative.
# 4. A value that was used several times receives several contributions. They are **added up**
#    (accumulated), because effects along several paths add.
#
# The order matters: a node may only hand on when everything it will receive has arrived.
#
# ## Right, and fast
#
# A network with 19 inputs, 40 hidden units and 10 outputs has $19 \cdot 40 + 40 + 40 \cdot 10 + 10
# = 1210$ parameters. Compare its gradient by backpropagation with the gradient by nudging every
# parameter up and down:

# %% [markdown] lang="ko"
# ## 일반적인 절차
#
# 1. 순전파: 모든 값을 계산하고, 각 값이 어떤 값들로 만들어졌는지 기억합니다.
# 2. 모든 노드가 자기를 만든 노드들보다 뒤에 오도록 차례를 정합니다. 이것을 **위상 정렬**이라고
#    합니다.
# 3. 결과에서 1로 시작해 그 차례를 *거꾸로* 따라갑니다. 노드마다 받은 것에 국소적 미분을 곱해 자기
#    입력들에게 넘겨줍니다.
# 4. 여러 번 쓰인 값은 몫을 여러 번 받습니다. 여러 길의 영향은 더하는 것이므로 이것들을 **모두
#    더합니다**(누적).
#
# 차례가 중요합니다. 노드는 자기가 받을 것이 다 도착한 뒤에야 넘겨줄 수 있습니다.
#
# ## 정확하고 빠르게
#
# 입력이 19개, 은닉 유닛이 40개, 출력이 10개인 신경망의 매개변수는
# $19 \cdot 40 + 40 + 40 \cdot 10 + 10 = 1210$개입니다. 오차역전파로 구한 그래디언트를, 매개변수를
# 하나하나 위아래로 움직여 구한 그래디언트와 비교해 봅시다.

# %% tags=["demo:against_nudging"]

# %% [markdown] lang="en"
# They agree to about ten digits, and one took thousands of forward passes, the other a single walk
# back. Nudging remains useful as a test of a backward pass. (The exact times depend on your machine.)
#
# ## The walk back at work
#
# With gradients at hand, training a network is the same descent as for a line. Two hidden layers of
# 16 units learn a wave from 64 points:

# %% [markdown] lang="ko"
# 둘은 열 자리쯤 일치합니다. 하나는 순전파를 수천 번 했고, 다른 하나는 뒤로 한 번 걸었을 뿐입니다. 하나씩
# 움직여 보는 방법은 역전파가 맞는지 확인할 때 여전히 쓸모 있습니다. (걸린 시간은 기계마다 다릅니다.)
#
# ## 뒤로 걷기로 훈련하기
#
# 그래디언트만 있으면 신경망의 훈련도 직선일 때와 똑같은 하강입니다. 유닛이 16개인 은닉층 두 개가 점
# 64개에서 물결 모양을 배웁니다.

# %% tags=["demo:train_network"]

# %% [markdown] lang="en"
# ## Your turn
#
# The notes begin such an example ($x = 1$, $y = 2$, $w = 1$), but the picture with the numbers is
# lost. Fill it in for any numbers.

# %% [markdown] lang="ko"
# ## 직접 해 보기
#
# 강의 노트에도 이런 예제($x = 1$, $y = 2$, $w = 1$)가 시작되지만 숫자가 든 그림이 사라졌습니다. 어떤
# 수에도 통하도록 채워 보세요.

# %% tags=["ex:by_hand"] lang="en"
def by_hand(x, y, w):
    """Return (y_hat, s, loss, dloss_dw) of loss = (x w - y)^2, with s = x w - y."""
    raise NotImplementedError


# %% tags=["ex:by_hand"] lang="ko"
def by_hand(x, y, w):
    """s = x w - y, loss = s^2일 때 (y_hat, s, loss, dloss_dw)를 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## What the course notes say, and what is off
#
# They say that the gradient used to be found "by differentiation, which is simple but takes long",
# and that backpropagation is the efficient way. But backpropagation differentiates too, in every
# node. What is slow is **numerical** differentiation: the nudging. Count the passes through the
# network that each needs for one gradient. (Count the backward pass as one pass.)

# %% [markdown] lang="ko"
# ## 강의 노트 바로잡기
#
# 노트는 예전에는 기울기를 "미분을 이용해 구했다. 이는 간단하지만 시간이 오래 걸리는 단점이 있다"고
# 하고, 오차역전파가 효율적인 방법이라고 합니다. 그런데 오차역전파도 노드마다 미분을 합니다. 느린
# 것은 **수치** 미분, 곧 하나씩 움직여 보는 방법입니다. 그래디언트 하나를 구하는 데 신경망을 몇 번
# 지나가야 하는지 각각 세어 보세요. (역전파도 한 번으로 셉니다.)


# %% tags=["ex:passes"] lang="en"
def passes(parameters):
    """Return (numerical, backprop): passes through the network for one whole gradient.

    numerical: central quotients, each parameter nudged up and down.
    backprop: one forward and one backward pass, each counted as one.
    parameters: how many the network has.
    """
    raise NotImplementedError


# %% tags=["ex:passes"] lang="ko"
def passes(parameters):
    """(numerical, backprop), 곧 그래디언트 하나를 구할 때 신경망을 지나는 횟수를 돌려줍니다.

    numerical: 중심 차분. 매개변수마다 위로 한 번, 아래로 한 번 움직입니다.
    backprop: 순전파와 역전파를 한 번씩 하고 각각 한 번으로 셉니다.
    parameters: 신경망의 매개변수 개수.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## The machine
#
# Now the autograd itself. A `Value` holds a number (`data`), the derivative of the final result by
# it (`grad`, 0 at first), and the values that it was made from. Its operations return new `Value`s
# that know how to hand a gradient on; `backward` does steps 2 to 4 of the recipe.

# %% [markdown] lang="ko"
# ## 기계 만들기
#
# 이제 자동 미분 자체를 만듭니다. `Value`는 수(`data`), 마지막 결과를 그 수로 미분한 값(`grad`, 처음에는
# 0), 그리고 자기를 만든 값들을 지닙니다. 연산은 그래디언트를 넘겨줄 줄 아는 새 `Value`를 돌려주고,
# `backward`는 위 절차의 2~4단계를 합니다.

# %% tags=["ex:value"] lang="en"
import math


class Value:
    """A number that remembers how it was made.

    data: the number. grad: the derivative by it, filled in by backward(), 0.0 before.
    """

    def __init__(self, data):
        raise NotImplementedError

    def __add__(self, other):
        """Return a Value for the sum; other is a Value."""
        raise NotImplementedError

    def __mul__(self, other):
        """Return a Value for the product; other is a Value."""
        raise NotImplementedError

    def tanh(self):
        """Return a Value for the hyperbolic tangent (its derivative is 1 - tanh squared)."""
        raise NotImplementedError

    def backward(self):
        """Add to the grad of every Value that this one was made from; its own grad becomes 1."""
        raise NotImplementedError


# %% tags=["ex:value"] lang="ko"
import math


class Value:
    """어떻게 만들어졌는지 기억하는 수.

    data: 수. grad: 이 수로 미분한 값으로, backward()가 채우며 처음에는 0.0입니다.
    """

    def __init__(self, data):
        raise NotImplementedError

    def __add__(self, other):
        """합을 나타내는 Value를 돌려줍니다. other는 Value입니다."""
        raise NotImplementedError

    def __mul__(self, other):
        """곱을 나타내는 Value를 돌려줍니다. other는 Value입니다."""
        raise NotImplementedError

    def tanh(self):
        """쌍곡탄젠트를 나타내는 Value를 돌려줍니다(도함수는 1에서 tanh의 제곱을 뺀 것)."""
        raise NotImplementedError

    def backward(self):
        """이 값을 만든 모든 Value의 grad에 몫을 더합니다. 자기 grad는 1이 됩니다."""
        raise NotImplementedError


# %% [markdown] lang="en"
# ## To think about
#
# Backpropagation gives the derivatives of *one* result by a million inputs in a single walk back. If
# you had one input and a million results, would you still walk backwards?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 오차역전파는 결과 *하나*를 백만 개의 입력으로 미분한 값을 뒤로 한 번 걸어서 구합니다. 입력이 하나이고
# 결과가 백만 개라면 그래도 뒤로 걷겠습니까?
