# %% [markdown] lang="en"
# # Several causes, one outcome
#
# Five students sat three quizzes and then a final exam. Can the three quiz scores together tell
# the final score? One quiz alone will not do: it was easy, or the student had a bad day. The idea
# of this lesson is small. Give *each* quiz a weight of its own, and add up:
#
# $$H(x_1, \dots, x_n) = w_1 x_1 + w_2 x_2 + \dots + w_n x_n + b$$
#
# $y$, the thing to be predicted, is called the **dependent variable** or target; the $x_j$ are the
# **independent variables** or features; the $w_j$ are the **regression coefficients**. The rest is
# as with one variable: what is left over between guess and truth is the **residual**, the cost is
# the mean of the squared residuals, and *learning* is the search for the $W$ and $b$ with the
# smallest cost.

# %% [markdown] lang="ko"
# # 원인은 여럿, 결과는 하나
#
# 다섯 학생이 쪽지 시험을 세 번 보고 기말시험을 보았습니다. 쪽지 시험 점수 셋을 함께 보면 기말 점수를
# 알 수 있을까요? 쪽지 시험 하나만으로는 부족합니다. 그날 시험이 쉬웠을 수도 있고, 그 학생이 마침
# 아팠을 수도 있습니다. 이 수업의 생각은 간단합니다. 시험*마다* 가중치를 따로 주고 모두 더합니다.
#
# $$H(x_1, \dots, x_n) = w_1 x_1 + w_2 x_2 + \dots + w_n x_n + b$$
#
# 알아내려는 $y$를 **종속변수** 또는 목표값이라 하고, $x_j$를 **독립변수** 또는 특성(피처), $w_j$를
# **회귀 계수**라고 합니다. 나머지는 변수가 하나일 때와 같습니다. 추측과 정답의 차이가 **잔차**이고,
# 잔차의 제곱을 평균한 것이 비용이며, 비용이 가장 작은 $W$와 $b$를 찾는 것이 *학습*입니다.

# %% [markdown] lang="en"
# ## All students in one product
#
# Write each student as a row. The rows make a matrix $X$, the **design matrix**; the weights make
# a column. Row times column is exactly "weight times score, added up", and a matrix product does it
# for every row:
#
# $$\underbrace{X}_{[5,\,3]} \cdot \underbrace{W}_{[3,\,1]} = \underbrace{H(X)}_{[5,\,1]}$$
#
# The inner numbers must agree (3 and 3) and vanish; the outer ones remain (5 and 1). One weight for
# every feature, no matter how many students there are.

# %% [markdown] lang="ko"
# ## 모든 학생을 곱셈 한 번으로
#
# 학생 한 명을 한 행으로 적습니다. 행들을 쌓으면 **설계 행렬** $X$가 되고, 가중치는 한 열이 됩니다.
# 행과 열을 곱하는 것이 바로 "가중치와 점수를 곱해 더하는" 일이고, 행렬 곱은 그것을 모든 행에 대해
# 한꺼번에 해 줍니다.
#
# $$\underbrace{X}_{[5,\,3]} \cdot \underbrace{W}_{[3,\,1]} = \underbrace{H(X)}_{[5,\,1]}$$
#
# 안쪽의 두 수(3과 3)는 같아야 하고 사라집니다. 바깥쪽의 두 수(5와 1)가 남습니다. 가중치는 학생이
# 몇 명이든 특성마다 하나씩입니다.

# %% tags=["demo:shapes"]

# %% [markdown] lang="en"
# ## Five students
#
# The best weights for the five students, once without a bias and once with one. Look at how
# different the weights are, although both costs are small: the three quizzes rise and fall
# together, so weight can be moved from one to another at hardly any cost. Do not read much into a
# single coefficient of such data.

# %% [markdown] lang="ko"
# ## 다섯 학생
#
# 다섯 학생에게 가장 좋은 가중치를 편향 없이 한 번, 편향을 두고 한 번 구해 봅시다. 비용은 둘 다 작은데
# 가중치는 꽤 다릅니다. 세 점수가 함께 오르내리기 때문에, 가중치를 한 시험에서 다른 시험으로 옮겨도
# 비용이 거의 늘지 않는 것입니다. 이런 데이터에서는 계수 하나하나에 큰 뜻을 두지 마세요.

# %% tags=["demo:five_students"]

# %% [markdown] lang="en"
# The scores are near 80 and not normalised, so the bowl is steep: the last line gives the rate
# above which gradient descent on these raw numbers runs away. It is tiny.
#
# ## Training it with PyTorch
#
# A CSV file has a label in column A and four features in B to E; its first row reads
# 1, 1, 2, 1 with the label 1. We make such a table with 30 rows whose label really is
# $x_1 - x_2 + x_3 - x_4$, hide the rule, and let PyTorch find it again from the numbers.

# %% [markdown] lang="ko"
# 점수가 80 안팎이고 정규화하지 않았으므로 그릇이 가파릅니다. 마지막 줄은 이 숫자 그대로 경사
# 하강법을 쓸 때 발산하기 시작하는 학습률입니다. 아주 작습니다.
#
# ## PyTorch로 훈련하기
#
# A열이 레이블, B열부터 E열까지가 네 특성인 CSV 파일이 있고, 첫 행은 특성이 1, 1, 2, 1이고 레이블이
# 1입니다. 레이블이 실제로 $x_1 - x_2 + x_3 - x_4$인 30행짜리 표를 만들어 규칙을 숨기고, PyTorch가
# 숫자만 보고 그 규칙을 다시 찾게 해 봅시다.

# %% tags=["demo:four_features"]

# %% [markdown] lang="en"
# ## Your turn
#
# The notes write the model once as $y = (w_1 x_1 + w_1 x_1 + \dots + w_n x_n)$: the first term twice,
# the second one missing, and no $b$. Write it without the slips.

# %% [markdown] lang="ko"
# ## 직접 해 보기
#
# 노트에는 모델이 $y = (w_1 x_1 + w_1 x_1 + \dots + w_n x_n)$이라고 적힌 곳이 있습니다. 첫 항이 두 번
# 나오고 둘째 항이 없으며 $b$도 없습니다. 바르게 적어 보세요.

# %% tags=["ex:predict"] lang="en"
import numpy as np


def predict(x, w, b):
    """Return the predictions for all rows as an array of shape (m, 1).

    x: array (m, n). w: array (n, 1). b: a number.
    """
    raise NotImplementedError


# %% tags=["ex:predict"] lang="ko"
import numpy as np


def predict(x, w, b):
    """모든 행의 예측을 모양 (m, 1)인 배열로 돌려줍니다.

    x: 모양 (m, n)인 배열. w: 모양 (n, 1)인 배열. b: 숫자 하나.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# The cost is announced in the notes as cost(W, **b**), but the model on the line above it has no
# $b$; and the sum counts with a capital $I$ while the terms wear a small $i$. Here is what is meant:
# $\text{cost}(W, b) = \frac{1}{m}\sum_{i=1}^m \bigl(x^{(i)} W + b - y^{(i)}\bigr)^2$.

# %% [markdown] lang="ko"
# 노트는 비용을 cost(W, **b**)라고 적지만 바로 윗줄의 모델에는 $b$가 없습니다. 합의 첨자는 큰 $I$인데
# 항에는 작은 $i$가 붙어 있습니다. 뜻하는 바는 다음과 같습니다.
# $\text{cost}(W, b) = \frac{1}{m}\sum_{i=1}^m \bigl(x^{(i)} W + b - y^{(i)}\bigr)^2$

# %% tags=["ex:cost"] lang="en"
import numpy as np


def cost(x, y, w, b):
    """Return the mean squared error of x @ w + b: one number.

    x: array (m, n). y: array (m, 1). w: array (n, 1). b: a number.
    """
    raise NotImplementedError


# %% tags=["ex:cost"] lang="ko"
import numpy as np


def cost(x, y, w, b):
    """x @ w + b의 평균제곱오차를 숫자 하나로 돌려줍니다.

    x: 모양 (m, n)인 배열. y: 모양 (m, 1)인 배열. w: 모양 (n, 1)인 배열. b: 숫자 하나.
    """
    raise NotImplementedError


# %% tags=["ex:fit"] lang="en"
import numpy as np


def fit(x, y):
    """Return (w, b) with the smallest mean squared error; w of shape (n, 1).

    x: array (m, n). y: array (m, 1). Any way of computing will do: a column of ones beside x and
    np.linalg.lstsq, the normal equations, or gradient descent with enough steps.
    """
    raise NotImplementedError


# %% tags=["ex:fit"] lang="ko"
import numpy as np


def fit(x, y):
    """평균제곱오차가 가장 작은 (w, b)를 돌려줍니다. w의 모양은 (n, 1)입니다.

    x: 모양 (m, n)인 배열. y: 모양 (m, 1)인 배열. 방법은 자유입니다. x 옆에 1로 된 열을 붙이고
    np.linalg.lstsq를 쓰거나, 정규방정식을 풀거나, 경사 하강법으로 충분히 걸어도 됩니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## What the course notes say, and what is off
#
# **One row.** They show the row $[1, 1, 2, 1] \to 1$ and state that the weights are
# $[1, -1, 1, -1]$ and the bias 0. The check $1 - 1 + 2 - 1 = 1$ comes out right (in one place the
# minus signs got lost, and $[1, 1, 1, 1]$ would give 5). But one row cannot *determine* five
# unknown numbers: $[1, 0, 0, 0]$ with bias 0 fits it as well, and so do infinitely many others. At
# least five independent rows are needed. Write the test: do the rows determine all weights and the
# bias?

# %% [markdown] lang="ko"
# ## 강의 노트 바로잡기
#
# **한 행.** 노트는 $[1, 1, 2, 1] \to 1$이라는 행을 보여 주고 가중치가 $[1, -1, 1, -1]$, 편향이
# 0이라고 합니다. $1 - 1 + 2 - 1 = 1$이니 맞기는 합니다(음의 부호가 사라진 곳도 있는데,
# $[1, 1, 1, 1]$이라면 5가 됩니다). 그러나 한 행으로 모르는 수 다섯 개를 *정할* 수는 없습니다.
# $[1, 0, 0, 0]$에 편향 0도 이 행에 맞고, 그런 것은 끝없이 많습니다. 서로 독립인 행이 적어도 다섯은
# 있어야 합니다. 행들이 모든 가중치와 편향을 하나로 정하는지 판정하는 함수를 만들어 보세요.

# %% tags=["ex:determined"] lang="en"
import numpy as np


def determined(x):
    """Return True when rows like x leave only one choice of weights and bias, else False.

    x: array (m, n) of whole numbers as floats. Some rows may repeat or combine others.
    """
    raise NotImplementedError


# %% tags=["ex:determined"] lang="ko"
import numpy as np


def determined(x):
    """x의 행들이 가중치와 편향을 하나로 정하면 True, 아니면 False를 돌려줍니다.

    x: 모양 (m, n)인 배열(정숫값). 되풀이되는 행이나 다른 행들로 만들어지는 행이 있을 수 있습니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# **Smaller things.** One text says that $w$ "is the *number* of input data": $w$ is a list of
# weights, and there is one for each *feature*. Logistic regression stands in a list of kinds of
# linear regression, next to ridge and lasso; despite its name it answers another kind of question.
# One page computes $H(X) = XW$, another uses $W^T X$: both are right, if the examples are rows in
# the first and columns in the second. And the file that holds the table is not an "scv" file.

# %% [markdown] lang="ko"
# **작은 것들.** 어떤 글은 $w$가 "입력데이터의 *개수*"라고 합니다. $w$는 가중치의 목록이고, *특성*마다
# 하나씩 있습니다. 로지스틱 회귀가 릿지, 라쏘와 나란히 선형 회귀의 한 종류로 적혀 있지만, 이름과 달리
# 다른 종류의 질문에 답합니다. 한 곳은 $H(X) = XW$라고 쓰고 다른 곳은 $W^T X$라고 씁니다. 앞에서는
# 예제가 행이고 뒤에서는 열이라면 둘 다 맞습니다. 그리고 표가 담긴 파일은 "scv" 파일이 아닙니다.

# %% tags=["ex:reading"] lang="en"
# 12 examples with 7 features each. Replace each None.
answers = {
    "weights": None,  # how many weights, the bias not counted?
    "shape_xw": None,  # the shape of X W when the examples are rows, as a tuple
    "shape_wtx": None,  # the shape of W^T X when the examples are columns, as a tuple
    "logistic": None,  # what logistic regression predicts: "number" or "class"
    "file": None,  # the ending of a file of comma-separated values
}
if None in answers.values():
    raise NotImplementedError

# %% tags=["ex:reading"] lang="ko"
# 특성이 7개인 예제가 12개 있습니다. None을 모두 바꾸세요.
answers = {
    "weights": None,  # 가중치는 몇 개인가요? 편향은 세지 않습니다
    "shape_xw": None,  # 예제가 행일 때 X W의 모양을 튜플로
    "shape_wtx": None,  # 예제가 열일 때 W^T X의 모양을 튜플로
    "logistic": None,  # 로지스틱 회귀가 예측하는 것: "number"(수) 또는 "class"(클래스)
    "file": None,  # 쉼표로 값을 구분한 파일의 확장자
}
if None in answers.values():
    raise NotImplementedError

# %% [markdown] lang="en"
# ## To think about
#
# Add a fourth quiz whose score is always the sum of the first two. The predictions can be as good
# as before. What happens to the *weights*, and what would `determined` say?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 점수가 언제나 앞의 두 시험의 합과 같은 네 번째 시험을 더해 봅시다. 예측은 전과 똑같이 좋을 수
# 있습니다. *가중치*는 어떻게 될까요? `determined`는 무엇이라고 할까요?
