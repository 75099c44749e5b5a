# %% [markdown] lang="en"
# # The lowest point, found by calculus
#
# Three points are marked on squared paper: (0, 0), (1, 1) and (1, 2). No straight line can pass
# through all three, because one of them lies right above another. Yet there is a best line, and you
# can find it without trying any line at all. How?
#
# The trick is school mathematics: at the bottom of a valley the ground is level. So write down
# how wrong a line is, ask where the slope of *that* is zero, and solve.

# %% [markdown] lang="ko"
# # 가장 낮은 점을 미분으로 찾기
#
# 모눈종이에 점 (0, 0), (1, 1), (1, 2)를 찍었습니다. 두 점이 위아래로 놓여 있으니 세 점을 모두
# 지나는 직선은 없습니다. 그래도 가장 좋은 직선은 있고, 직선을 하나도 그어 보지 않고 찾을 수
# 있습니다. 어떻게 할까요?
#
# 비결은 학교 수학에 있습니다. 골짜기 바닥에서는 땅이 평평합니다. 직선이 얼마나 틀렸는지를 식으로
# 적고, *그 식의* 기울기가 0이 되는 곳을 물은 다음, 방정식을 풀면 됩니다.

# %% [markdown] lang="en"
# ## One knob
#
# Begin with an error that depends on a single weight:
#
# $$E(w_1) = w_1^2 + 2 w_1 + 3$$
#
# Its derivative, the slope at $w_1$, is $\frac{dE}{dw_1} = 2 w_1 + 2$. Where is it zero?
#
# $$2 w_1 + 2 = 0 \quad\Rightarrow\quad w_1 = -1, \qquad E(-1) = 1 - 2 + 3 = 2$$
#
# The next cell asks for the same thing by computer: the root of the derivative.

# %% [markdown] lang="ko"
# ## 손잡이가 하나일 때
#
# 먼저 오차가 가중치 하나에만 달려 있다고 합시다.
#
# $$E(w_1) = w_1^2 + 2 w_1 + 3$$
#
# 도함수, 곧 $w_1$에서의 기울기는 $\frac{dE}{dw_1} = 2 w_1 + 2$입니다. 어디에서 0이 될까요?
#
# $$2 w_1 + 2 = 0 \quad\Rightarrow\quad w_1 = -1, \qquad E(-1) = 1 - 2 + 3 = 2$$
#
# 다음 셀은 같은 것을 컴퓨터로 구합니다. 도함수의 근을 찾는 것입니다.

# %% tags=["demo:one_knob"]

# %% [markdown] lang="en"
# A level spot can also be a hilltop. Here it is a valley because the slope goes from negative
# (left) to positive (right): the second derivative, 2, is positive. Add up squares of straight-line
# expressions, as we shall do, and the second derivative is never negative: no hilltop to worry
# about.
#
# ## Two knobs: a line
#
# Now the three points. A line has two weights, $f(x; w_0, w_1) = w_0 + w_1 x$. For each point the
# **residual** is what is left over: guess minus truth, measured straight up or down. The **sum of
# squared errors** adds the squares:
#
# $$E(w_0, w_1) = \sum_{i=1}^{n} (\hat{y}_i - y_i)^2
#   = (w_0 - 0)^2 + (w_0 + w_1 - 1)^2 + (w_0 + w_1 - 2)^2$$
#
# Multiply out and collect, and you get $2w_1^2 + 3w_0^2 - 6w_1 - 6w_0 + 4w_1w_0 + 5$: a bowl over
# a plane. At the bottom it is level in *both* directions. The slope in the direction of $w_0$
# alone, with $w_1$ held still, is the **partial derivative** $\frac{\partial E}{\partial w_0}$
# (curly $\partial$, because there is more than one variable):
#
# $$\frac{\partial E}{\partial w_0} = 6 w_0 + 4 w_1 - 6 = 0, \qquad
#   \frac{\partial E}{\partial w_1} = 4 w_0 + 4 w_1 - 6 = 0$$
#
# Two equations, two unknowns. Subtract the second from the first: $2 w_0 = 0$. So $w_0 = 0$, and
# then $w_1 = 1.5$. The best line is $1.5x$; it passes midway between the two points that lie above
# one another, and the smallest possible error is $0 + 0.25 + 0.25 = 0.5$.

# %% [markdown] lang="ko"
# 평평한 곳은 산꼭대기일 수도 있습니다. 여기서는 기울기가 왼쪽에서 음수, 오른쪽에서 양수로
# 바뀌므로 골짜기입니다. 이계도함수가 2로 양수라는 말과 같습니다. 앞으로 볼 것처럼 일차식의 제곱을
# 더한 함수는 이계도함수가 음수가 되는 일이 없으니 산꼭대기 걱정은 하지 않아도 됩니다.
#
# ## 손잡이가 둘일 때: 직선
#
# 이제 점 세 개로 돌아갑시다. 직선에는 가중치가 두 개 있습니다. $f(x; w_0, w_1) = w_0 + w_1 x$.
# 점마다 추측에서 정답을 뺀, 위아래로 잰 나머지가 **잔차**입니다. **오차 제곱합**(SSE)은 잔차의
# 제곱을 모두 더한 것입니다.
#
# $$E(w_0, w_1) = \sum_{i=1}^{n} (\hat{y}_i - y_i)^2
#   = (w_0 - 0)^2 + (w_0 + w_1 - 1)^2 + (w_0 + w_1 - 2)^2$$
#
# 전개해서 정리하면 $2w_1^2 + 3w_0^2 - 6w_1 - 6w_0 + 4w_1w_0 + 5$가 됩니다. 평면 위에 놓인 그릇
# 모양입니다. 바닥에서는 *두* 방향 모두 평평합니다. $w_1$을 고정하고 $w_0$ 방향으로만 잰 기울기가
# **편미분** $\frac{\partial E}{\partial w_0}$입니다(변수가 둘 이상이므로 둥근 $\partial$를 씁니다).
#
# $$\frac{\partial E}{\partial w_0} = 6 w_0 + 4 w_1 - 6 = 0, \qquad
#   \frac{\partial E}{\partial w_1} = 4 w_0 + 4 w_1 - 6 = 0$$
#
# 방정식이 두 개, 미지수도 두 개입니다. 첫째 식에서 둘째 식을 빼면 $2 w_0 = 0$입니다. 따라서
# $w_0 = 0$이고 $w_1 = 1.5$입니다. 가장 좋은 직선은 $1.5x$입니다. 위아래로 놓인 두 점의 한가운데를
# 지나며, 오차는 $0 + 0.25 + 0.25 = 0.5$보다 작아질 수 없습니다.

# %% tags=["demo:two_knobs"]

# %% [markdown] lang="en"
# ## Any points: the normal equations
#
# Do the same for $n$ points $(x_i, y_i)$ and a line $b_0 + b_1 x$. Differentiating a square brings
# a factor 2, which may be cancelled, and out come the **normal equations**:
#
# $$n\, b_0 + \Bigl(\sum x_i\Bigr) b_1 = \sum y_i, \qquad
#   \Bigl(\sum x_i\Bigr) b_0 + \Bigl(\sum x_i^2\Bigr) b_1 = \sum x_i y_i$$
#
# Check with our three points: $n = 3$, $\sum x = 2$, $\sum y = 3$, $\sum x^2 = 2$, $\sum xy = 3$.
# The cell below does the arithmetic.

# %% [markdown] lang="ko"
# ## 점이 몇 개라도: 정규방정식
#
# 점 $(x_i, y_i)$ $n$개와 직선 $b_0 + b_1 x$에 똑같이 해 봅시다. 제곱을 미분하면 2가 붙는데 양변을
# 나누면 사라지고, 다음과 같은 **정규방정식**이 남습니다.
#
# $$n\, b_0 + \Bigl(\sum x_i\Bigr) b_1 = \sum y_i, \qquad
#   \Bigl(\sum x_i\Bigr) b_0 + \Bigl(\sum x_i^2\Bigr) b_1 = \sum x_i y_i$$
#
# 우리의 세 점으로 확인해 보세요. $n = 3$, $\sum x = 2$, $\sum y = 3$, $\sum x^2 = 2$,
# $\sum xy = 3$입니다. 아래 셀이 계산합니다.

# %%
import numpy as np

left = np.array([[3.0, 2.0], [2.0, 2.0]])  # n, sum of x; sum of x, sum of x squared
right = np.array([3.0, 3.0])  # sum of y, sum of x times y
np.linalg.solve(left, right)  # b0, b1

# %% [markdown] lang="en"
# The next picture fits a line to twenty scattered points and draws the residuals that the method
# has made as small as it could. Notice that they add up to zero: that *is* the first equation.

# %% [markdown] lang="ko"
# 다음 그림은 흩어진 점 스무 개에 직선을 맞추고, 이 방법이 줄일 수 있는 만큼 줄인 잔차를 그립니다.
# 잔차를 모두 더하면 0이 됩니다. 첫째 방정식이 뜻하는 것이 바로 그것입니다.

# %% tags=["demo:residuals"]

# %% [markdown] lang="en"
# ## Your turn
#
# Two equations, two unknowns, by hand (no `numpy.linalg`): multiply the first equation so that one
# unknown cancels, as above. When the two equations say the same thing twice, or contradict each
# other, there is no single answer.

# %% [markdown] lang="ko"
# ## 직접 해 보기
#
# 방정식 두 개, 미지수 두 개를 `numpy.linalg` 없이 직접 풀어 보세요. 위에서처럼 미지수 하나가
# 지워지도록 식에 수를 곱하면 됩니다. 두 방정식이 같은 말을 되풀이하거나 서로 어긋나면 답이 하나로
# 정해지지 않습니다.


# %% tags=["ex:vertex"] lang="en"
def vertex(a, b, c):
    """Return (w, E) at the lowest point of E(w) = a w^2 + b w + c.

    Raises ValueError unless a is above zero: then there is no lowest point.
    """
    raise NotImplementedError


# %% tags=["ex:vertex"] lang="ko"
def vertex(a, b, c):
    """E(w) = a w^2 + b w + c의 가장 낮은 점을 (w, E)로 돌려줍니다.

    a가 0보다 크지 않으면 가장 낮은 점이 없으므로 ValueError를 일으킵니다.
    """
    raise NotImplementedError


# %% tags=["ex:solve_2x2"] lang="en"
def solve_2x2(a, r):
    """Return (p, q) with a[0][0] p + a[0][1] q = r[0] and a[1][0] p + a[1][1] q = r[1].

    Raises ValueError when there is not exactly one solution.
    """
    raise NotImplementedError


# %% tags=["ex:solve_2x2"] lang="ko"
def solve_2x2(a, r):
    """a[0][0] p + a[0][1] q = r[0], a[1][0] p + a[1][1] q = r[1]인 (p, q)를 돌려줍니다.

    해가 꼭 하나가 아니면 ValueError를 일으킵니다.
    """
    raise NotImplementedError


# %% tags=["ex:normal_eq"] lang="en"
import numpy as np


def normal_eq(x, y):
    """Return (w0, w1) of the line w0 + w1 x with the smallest sum of squared errors.

    x, y: numpy arrays of the same length; x holds at least two different values.
    """
    raise NotImplementedError


# %% tags=["ex:normal_eq"] lang="ko"
import numpy as np


def normal_eq(x, y):
    """오차 제곱합이 가장 작은 직선 w0 + w1 x의 (w0, w1)을 돌려줍니다.

    x, y: 길이가 같은 numpy 배열. x에는 서로 다른 값이 둘 이상 있습니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## What the course notes say, and what is off
#
# The polynomial, its partial derivatives and the line $1.5x + 0$ are right in the notes. Three
# remarks:
#
# 1. For $E(w_1) = w_1^2 + 2w_1 + 3$ they speak of a *partial* derivative. With a single variable
#    there is nothing to hold still: it is the ordinary derivative (and the notes do write it with
#    a straight $d$). The exercise `vertex` above is that computation for any parabola.
# 2. Three demands stand on the left of a page, three squared errors on the right, side by side, as
#    if each row belonged together. It does not: one of the two lists is upside down. Match them.
# 3. Elsewhere the loss of linear regression is called "the mean of the distances between the data
#    and the model". It is the mean of the **squared vertical** residuals. The distance from a point
#    to a line is measured at a right angle to the line, and is smaller by the factor
#    $\sqrt{1 + w_1^2}$. Compute the right one.

# %% [markdown] lang="ko"
# ## 강의 노트 바로잡기
#
# 노트에 나오는 다항식과 편미분, 직선 $1.5x + 0$은 모두 맞습니다. 짚어 둘 점은 세 가지입니다.
#
# 1. 노트는 $E(w_1) = w_1^2 + 2w_1 + 3$을 *편미분*한다고 말합니다. 변수가 하나뿐이니 고정해 둘 다른
#    변수가 없습니다. 그냥 미분입니다(노트의 기호도 곧은 $d$입니다). 위의 연습 문제 `vertex`가
#    어떤 포물선에나 통하는 이 계산입니다.
# 2. 한 페이지의 왼편에 요구 세 개, 오른편에 제곱오차 세 개가 나란히 있어서 같은 줄끼리 짝인 것처럼
#    보입니다. 그렇지 않습니다. 두 목록 가운데 하나가 거꾸로 적혀 있습니다. 짝을 찾아 주세요.
# 3. 다른 곳에서는 선형 회귀의 손실을 "각 데이터와 모델 사이의 거리의 평균"이라고 합니다. 실제로는
#    **위아래로 잰 잔차를 제곱한 것**의 평균입니다. 점과 직선 사이의 거리는 직선에 직각으로 재며,
#    잔차의 크기를 $\sqrt{1 + w_1^2}$로 나눈 값입니다. 옳은 쪽을 계산해 보세요.

# %% tags=["ex:pairing"] lang="en"
# The demands, in the order of the page:      the squared errors, in the order of the page:
#   A   2.0 = f(1.0; w0, w1)                    1   [f(0.0; w0, w1) - 0.0]^2
#   B   1.0 = f(1.0; w0, w1)                    2   [f(1.0; w0, w1) - 1.0]^2
#   C   0.0 = f(0.0; w0, w1)                    3   [f(1.0; w0, w1) - 2.0]^2
# Which squared error is zero exactly when the demand is met? Replace each None by 1, 2 or 3.
answers = {"A": None, "B": None, "C": None}
if None in answers.values():
    raise NotImplementedError

# %% tags=["ex:pairing"] lang="ko"
# 요구(노트에 적힌 순서)                        제곱오차(노트에 적힌 순서)
#   A   2.0 = f(1.0; w0, w1)                    1   [f(0.0; w0, w1) - 0.0]^2
#   B   1.0 = f(1.0; w0, w1)                    2   [f(1.0; w0, w1) - 1.0]^2
#   C   0.0 = f(0.0; w0, w1)                    3   [f(1.0; w0, w1) - 2.0]^2
# 요구가 이루어질 때에만 0이 되는 제곱오차는 어느 것인가요? None을 1, 2, 3 가운데 하나로 바꾸세요.
answers = {"A": None, "B": None, "C": None}
if None in answers.values():
    raise NotImplementedError

# %% tags=["ex:vertical"] lang="en"
import numpy as np


def vertical(w0, w1, x, y):
    """Return the loss of the line w0 + w1 x: the mean of the squared vertical residuals."""
    raise NotImplementedError


# %% tags=["ex:vertical"] lang="ko"
import numpy as np


def vertical(w0, w1, x, y):
    """직선 w0 + w1 x의 손실, 곧 위아래로 잰 잔차를 제곱한 것의 평균을 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## To think about
#
# Calculus gave the best line in one stroke. Why then does the rest of this course go downhill step
# by step? Count: how many equations would a network with a million weights need, and are they
# still straight-line equations once the model is bent?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 미분을 쓰니 가장 좋은 직선이 단번에 나왔습니다. 그런데 왜 앞으로는 한 걸음씩 내려가는 방법을
# 배울까요? 가중치가 백만 개인 신경망이라면 방정식이 몇 개 필요할까요? 모델이 직선이 아니라 굽어
# 있어도 그 방정식들은 여전히 일차방정식일까요?
