# %% [markdown] lang="en"
# # Hours and points: putting a price on being wrong
#
# One student studied for 1 hour and scored 2 points. Another studied for 2 hours and scored 4,
# a third for 3 hours and scored 6. You plan to study for 4 hours. What score do you expect?
#
# You probably said 8 without writing anything down. A machine needs more: it has to be told what
# a *guess* looks like, and how to tell a good guess from a bad one. This lesson is about the
# second part. When it is over you will be able to take any straight-line guess and say, with one
# number, how wrong it is.

# %% [markdown] lang="ko"
# # 공부 시간과 점수: 틀린 만큼 값을 매기기
#
# 한 학생은 1시간 공부해서 2점을, 다른 학생은 2시간 공부해서 4점을, 또 다른 학생은 3시간
# 공부해서 6점을 받았습니다. 여러분은 4시간 공부할 생각입니다. 몇 점을 기대하시나요?
#
# 아마 종이에 쓰지 않고도 8점이라고 답했을 것입니다. 기계에게는 설명이 더 필요합니다. *추측*이
# 어떻게 생긴 것인지, 좋은 추측과 나쁜 추측을 무엇으로 가르는지 알려 주어야 합니다. 이 수업은
# 그중 두 번째 이야기입니다. 끝까지 마치면 어떤 직선을 가져와도 그 직선이 얼마나 틀렸는지
# 숫자 하나로 말할 수 있습니다.

# %% [markdown] lang="en"
# ## A guess is a line
#
# Suppose that every hour of study is worth the same number of points, $w$. Then the guess for
# $x$ hours is
#
# $$\hat{y} = w \cdot x$$
#
# ($\hat{y}$ is read "y hat": the hat marks a guess, $y$ without a hat is what really happened.)
# This is the simplest **linear model**. Its only knob is the **weight** $w$: turn it and the line
# tilts. Linear models are popular because their predictions are easy to foresee: add an hour, and
# the guess grows by $w$, always.
#
# The three known students are the **training data**: we use them to choose $w$. Students whom
# we keep aside, and look at only when $w$ is chosen, are the **test data**: they tell how well the
# model does on people it has never met. The fourth student, you, is exactly such a case.

# %% [markdown] lang="ko"
# ## 추측은 직선입니다
#
# 한 시간을 공부할 때마다 점수가 똑같이 $w$점씩 오른다고 해 봅시다. 그러면 $x$시간에 대한
# 추측은 다음과 같습니다.
#
# $$\hat{y} = w \cdot x$$
#
# ($\hat{y}$는 "와이 햇"이라고 읽습니다. 모자가 있으면 추측한 값이고, 모자가 없는 $y$는 실제로
# 일어난 값입니다.) 이것이 가장 단순한 **선형 모델**입니다. 돌릴 수 있는 손잡이는 **가중치** $w$
# 하나뿐이고, 이것을 돌리면 직선이 기울어집니다. 선형 모델이 널리 쓰이는 까닭은 예측이 쉽게
# 내다보이기 때문입니다. 한 시간을 더하면 추측은 언제나 $w$만큼 커집니다.
#
# 이미 아는 세 학생이 **훈련 데이터**입니다. $w$를 고르는 데 씁니다. 따로 남겨 두었다가 $w$를
# 다 고른 뒤에야 들여다보는 학생들이 **테스트 데이터**입니다. 처음 보는 사람에게 모델이 얼마나
# 잘 맞는지를 알려 줍니다. 네 번째 학생인 여러분이 바로 그런 경우입니다.

# %%
hours = [1.0, 2.0, 3.0]
points = [2.0, 4.0, 6.0]
w = 1.0
[(x, y, w * x, w * x - y) for x, y in zip(hours, points)]  # x, y, the guess, the error

# %% [markdown] lang="en"
# With $w=1$ the three guesses are 1, 2 and 3, so the errors $\hat{y}-y$ are $-1$, $-2$ and $-3$.
# Three numbers, and we want one.
#
# ## From three errors to one number
#
# Adding them up is tempting, but errors of opposite sign would cancel: a line that is 5 too high
# here and 5 too low there would look perfect. So each error is first **squared**, which takes the
# minus sign away, and then the squares are averaged. For one student that is the **loss**
#
# $$\text{loss} = (\hat{y} - y)^2 = (x \cdot w - y)^2,$$
#
# and for all $N$ students together the **mean squared error**, MSE:
#
# $$\text{MSE}(w) = \frac{1}{N} \sum_{n=1}^{N} (\hat{y}_n - y_n)^2 .$$
#
# Read $\sum$ as "add up over all students" and $\frac{1}{N}$ as "then divide by how many they
# are". A function that says how bad a guess is, is called a **loss function**; you will also meet
# the names *cost* and *objective*. The smaller, the better; zero means that every guess is exact.
#
# The next cell fills in a table: one column for each of five weights, one row for each student,
# and the mean at the bottom. Before you run it, guess which column wins.

# %% [markdown] lang="ko"
# $w=1$일 때 추측은 1, 2, 3이므로 오차 $\hat{y}-y$는 $-1$, $-2$, $-3$입니다. 숫자가 세 개인데
# 우리에게 필요한 것은 하나입니다.
#
# ## 오차 세 개를 숫자 하나로
#
# 그냥 더하고 싶지만, 그러면 부호가 반대인 오차끼리 지워집니다. 여기서 5만큼 높고 저기서 5만큼
# 낮은 직선이 완벽해 보일 것입니다. 그래서 먼저 각 오차를 **제곱**하여 양수로 만든 다음 평균을
# 냅니다. 학생 한 명에 대한 값이 **손실**입니다.
#
# $$\text{loss} = (\hat{y} - y)^2 = (x \cdot w - y)^2$$
#
# 학생 $N$명을 모두 합치면 **평균제곱오차**(MSE, mean squared error)가 됩니다.
#
# $$\text{MSE}(w) = \frac{1}{N} \sum_{n=1}^{N} (\hat{y}_n - y_n)^2$$
#
# $\sum$은 "모든 학생에 대해 더한다", $\frac{1}{N}$은 "그다음 학생 수로 나눈다"라고 읽으면 됩니다.
# 추측이 얼마나 나쁜지 말해 주는 함수를 **손실 함수**라고 합니다. *비용 함수*, *목적 함수*라는
# 이름으로도 자주 만납니다. 작을수록 좋고, 0이면 모든 추측이 정확하다는 뜻입니다.
#
# 다음 셀은 표를 채웁니다. 다섯 가중치가 각각 한 열, 학생이 각각 한 행이고 맨 아래가 평균입니다.
# 실행하기 전에 어느 열이 이길지 맞혀 보세요.

# %% tags=["demo:mse_table"]

# %% [markdown] lang="en"
# Two things to notice. The column $w=2$ is all zeros: that line passes through every point. And
# the table is symmetric around it: $w=1$ and $w=3$ are equally bad ($14/3 \approx 4.67$), and so
# are $w=0$ and $w=4$ ($56/3 \approx 18.67$). These two are only twice as far away, and yet *four*
# times as bad. That is what squaring does: being twice as wrong costs four times as much.
#
# ## The picture: a bowl
#
# Five columns are five points of a curve. Let $w$ take all values from 0 to 4:

# %% [markdown] lang="ko"
# 두 가지를 눈여겨보세요. $w=2$ 열은 모두 0입니다. 이 직선은 모든 점을 지나갑니다. 그리고 표는
# 이 열을 중심으로 대칭입니다. $w=1$과 $w=3$은 똑같이 나쁘고($14/3 \approx 4.67$), $w=0$과
# $w=4$도 그렇습니다($56/3 \approx 18.67$). 두 배 멀 뿐인데 *네* 배 나쁩니다. 이것이 제곱이 하는
# 일입니다. 두 배 틀리면 네 배로 값을 치릅니다.
#
# ## 그림으로 보기: 그릇 모양
#
# 다섯 열은 한 곡선 위의 점 다섯 개입니다. $w$를 0부터 4까지 빠짐없이 움직여 봅시다.

# %% tags=["demo:loss_curve"]

# %% [markdown] lang="en"
# The curve is a parabola, a bowl with one lowest point. *Learning* will mean nothing else than
# walking to the bottom of this bowl. The red triangles on it are the table's five columns.
#
# ## Why squares, and not simply the size of the error?
#
# One could also drop the sign, $|\hat{y}-y|$, and average that (the **mean absolute error**). It
# is a sensible loss as well. But look at its curve close to the best weight:

# %% [markdown] lang="ko"
# 곡선은 포물선, 곧 가장 낮은 점이 하나뿐인 그릇입니다. 앞으로 *학습*이란 이 그릇의 바닥까지
# 걸어 내려가는 일일 뿐입니다. 곡선 위의 빨간 세모는 표의 다섯 열입니다.
#
# ## 왜 오차의 크기가 아니라 제곱일까요?
#
# 부호를 떼어 $|\hat{y}-y|$를 평균해도 될 것 같습니다(**평균절대오차**). 이것도 쓸 만한 손실입니다.
# 하지만 가장 좋은 가중치 근처에서 곡선이 어떻게 생겼는지 보세요.

# %% tags=["demo:corner"]

# %% [markdown] lang="en"
# The absolute error has a **corner**. Coming from the left its slope is $-2$, leaving to the right
# it is $+2$; *at* the corner there is no single slope, so there is nothing to differentiate. Worse
# for somebody who walks downhill by the slope: one step before the bottom the slope is as steep
# as ever and gives no warning to slow down. The squared error is round. Its slope shrinks to zero
# as the bottom comes near, and that is a signal that the later lessons will use at every step.
#
# (Squares have a price too: one student with a wildly wrong score pulls the whole line, because
# large errors are squared. When data have outliers, the absolute error is worth its corner.)
#
# ## Your turn

# %% [markdown] lang="ko"
# 절대오차에는 **뾰족한 점**이 있습니다. 왼쪽에서 다가올 때 기울기는 $-2$, 오른쪽으로 나갈 때는
# $+2$이고, 뾰족한 점 *위에서는* 기울기가 하나로 정해지지 않으니 미분할 수가 없습니다. 기울기를 보고
# 내려가는 사람에게는 더 곤란한 점이 있습니다. 바닥 바로 앞에서도 기울기가 처음과 똑같이 가팔라서,
# 속도를 줄이라는 신호가 없습니다. 제곱오차는 둥급니다. 바닥에 가까워질수록 기울기가 0으로 줄어들고,
# 뒤에 나오는 수업들은 걸음마다 이 신호를 씁니다.
#
# (제곱에도 대가가 있습니다. 큰 오차일수록 더 크게 제곱되므로, 점수가 엉뚱한 학생 한 명이 직선
# 전체를 끌어당깁니다. 이상치가 섞인 데이터라면 뾰족한 점이 있더라도 절대오차가 나을 수 있습니다.)
#
# ## 직접 해 보기

# %% tags=["ex:mse"] lang="en"
import numpy as np


def mse(w, x, y):
    """Return the mean squared error of the guess w * x.

    w: a number. x, y: numpy arrays of the same length, hours and points.
    """
    raise NotImplementedError


# %% tags=["ex:mse"] lang="ko"
import numpy as np


def mse(w, x, y):
    """추측 w * x의 평균제곱오차를 돌려줍니다.

    w: 숫자 하나. x, y: 길이가 같은 numpy 배열로, 공부 시간과 점수입니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# Now the whole table at once. For points $(x_n, y_n)$ and a list of weights, return an array with
# one row for each point (its loss under each weight, one column a weight) and a last row with the
# means, just as in the table above.

# %% [markdown] lang="ko"
# 이번에는 표 전체를 한꺼번에 만듭니다. 점 $(x_n, y_n)$들과 가중치 목록을 받아, 점마다 한 행(열은
# 가중치, 값은 그 점의 손실)을 두고 마지막 행에는 평균을 둔 배열을 돌려주세요. 위의 표와 같은
# 모양입니다.

# %% tags=["ex:table"] lang="en"
import numpy as np


def table(x, y, ws):
    """Return the losses as an array of shape (len(x) + 1, len(ws)).

    Row n holds (ws * x[n] - y[n]) squared; the last row holds the mean of each column.
    """
    raise NotImplementedError


# %% tags=["ex:table"] lang="ko"
import numpy as np


def table(x, y, ws):
    """손실을 모양 (len(x) + 1, len(ws))인 배열로 돌려줍니다.

    n번째 행은 (ws * x[n] - y[n])의 제곱, 마지막 행은 각 열의 평균입니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## What the course notes leave open
#
# All the figures of the notes' table are right. Two places were left blank, each with a question
# mark. The first is the one that we began with: how many points after 4 hours, under the best
# weight? The second uses other data, the points (1, 1), (2, 2), (3, 3): the notes give the cost
# 0 for $W=1$ and 4.67 for $W=0$, and ask for the cost at $W=2$. (The same data again show why one
# should say which data a cost belongs to: here $W=1$ is perfect, above it was $w=2$.)
#
# Fill in both. Try to find the second without a computation, from the shape of the curve.

# %% [markdown] lang="ko"
# ## 강의 노트가 비워 둔 곳
#
# 강의 노트의 표에 있는 숫자는 모두 맞습니다. 다만 물음표로 남겨 둔 곳이 두 군데 있습니다. 첫째는 이
# 수업을 시작한 질문입니다. 가장 좋은 가중치로 4시간을 공부하면 몇 점일까요? 둘째는 다른 데이터인
# (1, 1), (2, 2), (3, 3)에 대한 것입니다. 노트는 $W=1$의 비용이 0, $W=0$의 비용이 4.67이라고 한 뒤
# $W=2$의 비용을 묻습니다. (비용을 말할 때 어떤 데이터의 비용인지 밝혀야 하는 까닭이 여기서
# 드러납니다. 위에서는 $w=2$가 완벽했지만 이 데이터에서는 $W=1$이 완벽합니다.)
#
# 두 곳을 모두 채워 보세요. 둘째는 계산하지 말고 곡선의 모양만으로 먼저 찾아보세요.

# %% tags=["ex:blanks"] lang="en"
# Replace each None by a number.
answers = {
    "points_after_4_hours": None,  # hours 1, 2, 3 gave points 2, 4, 6
    "cost_at_2": None,  # mean squared error of W = 2 on (1, 1), (2, 2), (3, 3)
}
if None in answers.values():
    raise NotImplementedError

# %% tags=["ex:blanks"] lang="ko"
# None을 각각 숫자로 바꾸세요.
answers = {
    "points_after_4_hours": None,  # 1, 2, 3시간 공부하고 2, 4, 6점을 받았습니다
    "cost_at_2": None,  # (1, 1), (2, 2), (3, 3)에 대한 W = 2의 평균제곱오차
}
if None in answers.values():
    raise NotImplementedError

# %% [markdown] lang="en"
# ## To think about
#
# A fourth student studied for 4 hours but was ill at the exam and scored 0. With her among the
# training data no line through the origin is perfect any more. Will the best $w$ move by a little
# or by a lot? And would it move as far if the loss were the absolute error?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 네 번째 학생은 4시간 공부했지만 시험 날 아파서 0점을 받았습니다. 이 학생이 훈련 데이터에
# 들어오면 원점을 지나는 어떤 직선도 완벽할 수 없습니다. 가장 좋은 $w$는 조금 움직일까요, 많이
# 움직일까요? 손실이 절대오차였다면 똑같이 움직였을까요?
