# %% [markdown] lang="en"
# # Vectors, norms and cosine similarity
#
# A botanist shows you two irises and asks: *how alike are they?* A computer cannot look at petals.
# It gets four numbers a flower, and everything it will ever say about "alike", "near" or "big" has
# to be computed from such numbers. This lesson is about the three measurements that all of machine
# learning rests on: **length**, **distance** and **angle**.

# %% [markdown] lang="ko"
# # 벡터, 놈, 코사인 유사도
#
# 식물학자가 붓꽃 두 송이를 보여 주며 묻습니다. *이 둘은 얼마나 닮았나요?* 컴퓨터는 꽃잎을 보지
# 못합니다. 꽃 한 송이마다 숫자 네 개를 받을 뿐이고, "닮았다", "가깝다", "크다"라는 말은 모두 그
# 숫자에서 계산해야 합니다. 이 수업에서는 머신러닝 전체의 바탕이 되는 세 가지 양, 곧 **길이**,
# **거리**, **각도**를 잽니다.

# %% [markdown] lang="en"
# ## A sample is a vector, a data set is a matrix
#
# Write the four measurements of one flower in a fixed order: sepal length, sepal width, petal
# length, petal width. Such an ordered list is a **vector**; here it is the flower's **feature
# vector**, a point in a space with four axes. A data set has many flowers, so each vector gets an
# index. Some books write it above, $\mathbf{x}^{(i)}$, some below, $\mathbf{x}_i$: the two mean the
# same, only be careful not to read $x^{2}$ as a square where it is an index.
#
# Stack all vectors as rows and you have a **matrix**: the element $a_{ij}$ stands in row $i$ and
# column $j$. A matrix that holds a training set, one sample a row, is called the **design matrix**.
# By custom matrices get capital letters ($X$), vectors small bold ones ($\mathbf{x}$).

# %% [markdown] lang="ko"
# ## 샘플은 벡터, 데이터 세트는 행렬
#
# 꽃 한 송이에서 잰 네 값을 정해진 순서, 곧 꽃받침 길이, 꽃받침 너비, 꽃잎 길이, 꽃잎 너비 순으로
# 적습니다. 이렇게 순서가 있는 숫자 목록이 **벡터**이고, 여기서는 그 꽃의 **특성 벡터**입니다. 축이
# 네 개인 공간의 한 점이라고 보아도 좋습니다. 꽃이 여러 송이이므로 벡터마다 번호를 붙입니다. 번호를
# $\mathbf{x}^{(i)}$처럼 위에 쓰는 책도 있고 $\mathbf{x}_i$처럼 아래에 쓰는 책도 있지만 뜻은
# 같습니다. 다만 번호로 쓴 $x^{2}$를 제곱으로 읽지 않도록 조심하세요.
#
# 벡터를 모두 행으로 쌓으면 **행렬**이 됩니다. 원소 $a_{ij}$는 $i$번째 행, $j$번째 열에 있습니다.
# 훈련 세트를 한 행에 한 샘플씩 담은 행렬을 **설계 행렬**이라고 합니다. 관례에 따라 행렬은
# 대문자($X$)로, 벡터는 굵은 소문자($\mathbf{x}$)로 씁니다.

# %% tags=["demo:iris_vectors"]

# %% [markdown] lang="en"
# The first pair is of one species, the other two pairs are not. Watch the three columns: the
# **inner product** $\mathbf{a}\cdot\mathbf{b}=\sum_i a_i b_i$ is *smallest* for the only pair that
# belongs together! Keep that riddle in mind; the cosine and the distance both put that pair first.

# %% [markdown] lang="ko"
# 첫째 짝만 같은 종이고 나머지 두 짝은 종이 다릅니다. 세 열을 견주어 보세요. **내적**
# $\mathbf{a}\cdot\mathbf{b}=\sum_i a_i b_i$은 같은 종인 짝에서 오히려 *가장 작습니다*! 이
# 수수께끼를 기억해 두세요. 코사인과 거리는 둘 다 그 짝을 가장 닮았다고 제대로 말해 줍니다.

# %% [markdown] lang="en"
# ## Handling matrices
#
# The **transpose** $A^\top$ turns rows into columns: $(A^\top)_{ij}=a_{ji}$. It is what makes
# compact notation possible: the inner product of two column vectors is $\mathbf{a}^\top\mathbf{b}$,
# and the four equations of four flowers shrink to one line, $X\mathbf{w}=\mathbf{y}$.
#
# To multiply, run along a row of the left matrix and down a column of the right one:
# $(AB)_{ij}=\sum_k a_{ik}b_{kj}$. The inner sizes must agree. Some matrices are so handy that they
# have names: **square** (as many rows as columns), **diagonal** (zero off the diagonal; scales each
# axis by itself), **identity** $I$ (diagonal of ones; changes nothing), **symmetric** ($A^\top=A$),
# **triangular** (zeros on one side of the diagonal).

# %% [markdown] lang="ko"
# ## 행렬 다루기
#
# **전치행렬** $A^\top$은 행과 열을 바꾼 행렬입니다. 곧 $(A^\top)_{ij}=a_{ji}$입니다. 전치 덕분에
# 식을 짧게 쓸 수 있습니다. 두 열벡터의 내적은 $\mathbf{a}^\top\mathbf{b}$가 되고, 꽃 네 송이의
# 방정식 네 개는 $X\mathbf{w}=\mathbf{y}$ 한 줄로 줄어듭니다.
#
# 곱셈은 왼쪽 행렬의 행을 따라, 오른쪽 행렬의 열을 따라 계산합니다.
# $(AB)_{ij}=\sum_k a_{ik}b_{kj}$이며 안쪽 크기가 서로 같아야 합니다. 자주 쓰여서 이름이 붙은
# 행렬도 있습니다. **정사각행렬**은 행과 열의 수가 같고, **대각행렬**은 대각선 밖이 모두 0이어서
# 축마다 따로 배율을 곱하며, **단위행렬** $I$는 대각선이 모두 1이어서 아무것도 바꾸지 않습니다.
# **대칭행렬**은 $A^\top=A$이고, **삼각행렬**은 대각선의 한쪽이 모두 0입니다.

# %% tags=["demo:matrices"]

# %% [markdown] lang="en"
# ## Tensors
#
# Why stop at rows and columns? A colour photo needs three indices (row, column, colour), a batch of
# photos four. An array of numbers with any number of indices is a **tensor**; the number of indices
# is its **order**. A single number (scalar) has order 0, a vector 1, a matrix 2.

# %% [markdown] lang="ko"
# ## 텐서
#
# 행과 열에서 멈출 까닭이 있을까요? 컬러 사진에는 첨자가 세 개(행, 열, 색) 필요하고, 사진 묶음에는
# 네 개가 필요합니다. 첨자가 몇 개이든 숫자를 배열한 것을 **텐서**라고 하며, 첨자의 수를
# **차수**라고 합니다. 숫자 하나(스칼라)는 0차, 벡터는 1차, 행렬은 2차 텐서입니다.

# %% [markdown] lang="en"
# ## How long is a vector? Norms
#
# From your door to the station, is it 3 km east and 4 km south? A bird flies 5 km, a taxi drives 7
# km, and if your only worry is the longer of the two streets, the answer is 4 km. All three are
# honest lengths. Such a length is called a **norm**, and one formula holds the whole family:
#
# $$\lVert\mathbf{x}\rVert_p=\Bigl(\sum_i |x_i|^p\Bigr)^{1/p}$$
#
# The taxi is $p=1$, the bird $p=2$. The larger $p$, the more the largest component dominates; in
# the limit only it is left, the **maximum norm** $\lVert\mathbf{x}\rVert_\infty=\max_i|x_i|$. A
# function may call itself a norm if it is zero only for the zero vector, doubles when the vector
# doubles, and never makes a detour shorter than the straight way
# ($\lVert\mathbf{x}+\mathbf{y}\rVert\le\lVert\mathbf{x}\rVert+ \lVert\mathbf{y}\rVert$). The
# **distance** of two points is the norm of their difference.

# %% [markdown] lang="ko"
# ## 벡터의 길이: 놈
#
# 집에서 역까지 동쪽으로 3 km, 남쪽으로 4 km라고 합시다. 새는 5 km를 날고 택시는 7 km를 달립니다. 두
# 길 가운데 더 긴 쪽만 신경 쓴다면 답은 4 km입니다. 셋 다 정당한 길이입니다. 이런 길이를
# **놈**(norm)이라고 하며, 식 하나로 이 모두를 나타낼 수 있습니다.
#
# $$\lVert\mathbf{x}\rVert_p=\Bigl(\sum_i |x_i|^p\Bigr)^{1/p}$$
#
# 택시는 $p=1$, 새는 $p=2$입니다. $p$가 커질수록 가장 큰 성분의 몫이 커지고, 극한에서는 그 성분만
# 남습니다. 이것이 **최대 놈** $\lVert\mathbf{x}\rVert_\infty=\max_i|x_i|$입니다. 놈이라고 부르려면
# 영벡터에서만 0이 되고, 벡터가 두 배가 되면 값도 두 배가 되며, 돌아가는 길이 곧은 길보다 짧아지는
# 일이 없어야
# 합니다($\lVert\mathbf{x}+\mathbf{y}\rVert\le\lVert\mathbf{x}\rVert+\lVert\mathbf{y}\rVert$). 두
# 점 사이의 **거리**는 두 벡터의 차의 놈입니다.

# %% tags=["demo:unit_balls"]

# %% [markdown] lang="en"
# The picture shows what each norm calls a circle: all the points at distance 1 from the middle. The
# corners of the $p=1$ "circle" will come back when we regularise models: they are the reason why
# Lasso sets weights to exactly zero.
#
# Now compute the family yourself.

# %% [markdown] lang="ko"
# 그림은 각 놈에서의 "원", 곧 중심에서 거리가 1인 점 전체를 보여 줍니다. $p=1$인 "원"의 뾰족한
# 모서리는 모델을 규제할 때 다시 나옵니다. 라쏘가 가중치를 정확히 0으로 만드는 까닭이 바로 이
# 모서리입니다.
#
# 이제 직접 계산해 보세요.

# %% tags=["ex:norm_p"] lang="en"
import numpy as np


def norm_p(x: np.ndarray, p: float) -> float:
    """Return the p-norm of the vector x; p is at least 1 and may be float("inf")."""
    raise NotImplementedError


# %% tags=["ex:norm_p"] lang="ko"
import numpy as np


def norm_p(x: np.ndarray, p: float) -> float:
    """벡터 x의 p차 놈을 돌려줍니다. p는 1 이상이며 float("inf")일 수도 있습니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## How big is a matrix?
#
# Lay all elements of a matrix in one row and take the ordinary length. That is the **Frobenius
# norm**, $\lVert A\rVert_F=\sqrt{\sum_{ij}a_{ij}^2}$. It is how one measures the error of a
# compressed picture, or how far the weights of a network moved in one step of training.

# %% [markdown] lang="ko"
# ## 행렬의 크기
#
# 행렬의 원소를 모두 한 줄로 늘어놓고 보통의 길이를 구하면 **프로베니우스 놈**
# $\lVert A\rVert_F=\sqrt{\sum_{ij}a_{ij}^2}$이 됩니다. 압축한 그림의 오차를 재거나, 학습 한 걸음에
# 신경망의 가중치가 얼마나 움직였는지를 잴 때 씁니다.

# %% tags=["ex:fro"] lang="en"
import numpy as np


def fro(a: np.ndarray) -> float:
    """Return the Frobenius norm of the matrix a."""
    raise NotImplementedError


# %% tags=["ex:fro"] lang="ko"
import numpy as np


def fro(a: np.ndarray) -> float:
    """행렬 a의 프로베니우스 놈을 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Same direction? Cosine similarity
#
# Look at vectors as arrows. Two flowers of the same form, one bigger, point the same way: only the
# lengths differ. To compare *form*, ignore length and keep the angle. The inner product contains
# the angle,
# $\mathbf{a}\cdot\mathbf{b}=\lVert\mathbf{a}\rVert_2\,\lVert\mathbf{b}\rVert_2\cos\theta$, so
# divide the lengths out:
#
# $$\cos\theta=\frac{\mathbf{a}\cdot\mathbf{b}}{\lVert\mathbf{a}\rVert_2\,\lVert\mathbf{b}\rVert_2}$$
#
# It is 1 for the same direction, 0 at a right angle, −1 for opposite directions.

# %% [markdown] lang="ko"
# ## 같은 방향일까요? 코사인 유사도
#
# 벡터를 화살표로 보겠습니다. 모양이 같고 크기만 다른 두 꽃은 같은 방향을 가리키고 길이만 다릅니다.
# *모양*을 견주려면 길이는 무시하고 각도만 남겨야 합니다. 내적에는
# $\mathbf{a}\cdot\mathbf{b}=\lVert\mathbf{a}\rVert_2\,\lVert\mathbf{b}\rVert_2\cos\theta$처럼
# 각도가 들어 있으므로 길이로 나누면 됩니다.
#
# $$\cos\theta=\frac{\mathbf{a}\cdot\mathbf{b}}{\lVert\mathbf{a}\rVert_2\,\lVert\mathbf{b}\rVert_2}$$
#
# 같은 방향이면 1, 직각이면 0, 반대 방향이면 −1입니다.

# %% tags=["ex:cosine"] lang="en"
import numpy as np


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    """Return the cosine of the angle between the non-zero vectors a and b."""
    raise NotImplementedError


# %% tags=["ex:cosine"] lang="ko"
import numpy as np


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    """영벡터가 아닌 두 벡터 a, b가 이루는 각의 코사인을 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Errata: what the course notes say
#
# **"The inner product measures how similar two vectors are."** Only half of it. The inner product
# grows with the angle's cosine *and* with both lengths. That was the riddle above: the larger
# flowers won, not the more similar ones. The next cell shows a vector $\mathbf{b}$ that makes a
# large angle with $\mathbf{a}$ (75 degrees) and still overtakes the well aligned $\mathbf{c}$,
# simply by growing.

# %% [markdown] lang="ko"
# ## 강의 노트 바로잡기
#
# **"내적은 두 벡터의 유사성을 측정한다."** 반만 맞는 말입니다. 내적은 각의 코사인뿐 아니라 두
# 벡터의 길이에도 비례해 커집니다. 앞의 수수께끼가 바로 이것입니다. 더 닮은 꽃이 아니라 더 큰 꽃이
# 이겼습니다. 다음 셀에서는 $\mathbf{a}$와 75도나 벌어진 벡터 $\mathbf{b}$가 그저 길어지기만 해서,
# 방향이 잘 맞는 $\mathbf{c}$를 앞지릅니다.

# %% tags=["demo:angle_and_length"]

# %% [markdown] lang="en"
# Work out how loud one has to shout. Given three vectors with positive inner products, find the
# factor that makes $\mathbf{b}$ count twice as much as $\mathbf{c}$ — while its angle to
# $\mathbf{a}$ does not change at all.

# %% [markdown] lang="ko"
# 얼마나 크게 외쳐야 하는지 계산해 보세요. 내적이 양수인 세 벡터가 있을 때, $\mathbf{b}$가
# $\mathbf{c}$보다 두 배로 크게 평가되게 하는 배율을 구합니다. 그동안 $\mathbf{a}$와 이루는 각은
# 조금도 변하지 않습니다.

# %% tags=["ex:louder"] lang="en"
import numpy as np


def louder(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> float:
    """Return k > 0 so that the inner product of a and k*b is twice that of a and c."""
    raise NotImplementedError


# %% tags=["ex:louder"] lang="ko"
import numpy as np


def louder(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> float:
    """a와 k*b의 내적이 a와 c의 내적의 두 배가 되는 k > 0을 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# **"A tensor is an array of three or more dimensions"**, and in the same breath: order 0 is a
# scalar, 1 a vector, 2 a matrix. The second sentence is right and refutes the first: scalars,
# vectors and matrices *are* tensors. Write the function that gives the order of any of them,
# without numpy.

# %% [markdown] lang="ko"
# **"텐서는 3차원 이상의 배열이다"** 바로 다음에 0차는 스칼라, 1차는 벡터, 2차는 행렬이라는 말이
# 이어집니다. 뒤의 말이 맞고, 앞의 말과는 어긋납니다. 스칼라와 벡터와 행렬도 *텐서입니다*. 무엇이
# 들어오든 차수를 돌려주는 함수를 numpy 없이 작성해 보세요.


# %% tags=["ex:tensor_order"] lang="en"
def tensor_order(nested: object) -> int:
    """Return the order of a tensor given as a number or as (nested, non-empty) lists."""
    raise NotImplementedError


# %% tags=["ex:tensor_order"] lang="ko"
def tensor_order(nested: object) -> int:
    """숫자 또는 (겹쳐진, 비어 있지 않은) 리스트로 주어진 텐서의 차수를 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## To think about
#
# Two news articles use the same words in the same proportions, but one is ten times as long. Which
# measure calls them alike, which calls them far apart, and which one would you use to find copied
# articles?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 두 신문 기사가 같은 낱말을 같은 비율로 쓰는데, 한쪽이 열 배 깁니다. 어떤 척도는 둘을 닮았다고
# 하고 어떤 척도는 멀다고 할까요? 베낀 기사를 찾으려면 어느 쪽을 쓰겠습니까?
