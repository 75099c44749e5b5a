# %% [markdown] lang="en"
# # Equations, determinants, definiteness
#
# Two coffees and a cake cost 11, one coffee and a cake cost 7: what does each cost? You solve that
# in your head. A model with a million weights poses the same kind of question, and before one
# starts to compute, three questions are worth asking: *Is there an answer at all? Is there only
# one? And if not, what then?* This lesson reads the answers off the matrix, and then uses the same
# matrix to measure areas and to recognise bowls.

# %% [markdown] lang="ko"
# # 연립방정식, 행렬식, 정부호
#
# 커피 두 잔과 케이크 하나가 만천 원, 커피 한 잔과 케이크 하나가 칠천 원이면 각각 얼마일까요?
# 암산으로도 풀 수 있습니다. 가중치가 백만 개인 모델도 같은 종류의 물음을 던집니다. 계산을 시작하기
# 전에 먼저 세 가지를 물어볼 만합니다. *답이 있기는 한가? 하나뿐인가? 아니라면 어떻게 할까?* 이
# 수업에서는 그 답을 행렬에서 읽어 내고, 같은 행렬로 넓이를 재고 그릇 모양을 알아보는 법까지
# 배웁니다.

# %% [markdown] lang="en"
# ## A matrix is a machine, and order matters
#
# A matrix takes a vector in and gives a vector out. Multiplying two matrices means running one
# machine after the other; the one on the right goes first. Put on socks, then shoes: the result is
# not that of the other order. So in general $AB\ne BA$. Two laws of ordinary numbers do survive:
# $A(B+C)=AB+AC$ and $(AB)C=A(BC)$.

# %% [markdown] lang="ko"
# ## 행렬은 기계이고, 순서가 중요합니다
#
# 행렬은 벡터를 받아 벡터를 내놓는 기계입니다. 두 행렬을 곱한다는 것은 기계 두 대를 차례로 돌린다는
# 뜻이며, 오른쪽 기계가 먼저 돕니다. 양말을 신고 신발을 신는 것과 그 반대가 같을 리 없습니다.
# 그래서 일반적으로 $AB\ne BA$입니다. 하지만 보통의 수에서 성립하던 두 법칙은 그대로 남습니다.
# 분배법칙 $A(B+C)=AB+AC$와 결합법칙 $(AB)C=A(BC)$입니다.

# %% tags=["demo:order_matters"]

# %% [markdown] lang="en"
# The house is squeezed into a different shape in each order. The difference $AB-BA$ has a name, the
# **commutator**; it is zero only when the order does not matter. (The two tiny numbers are zero or
# rounding error.)

# %% [markdown] lang="ko"
# 순서에 따라 집이 서로 다른 모양으로 찌그러집니다. 두 곱의 차 $AB-BA$를 **교환자**라고 하며,
# 순서가 상관없을 때에만 0입니다. (나머지 두 작은 수는 0이거나 반올림 오차입니다.)

# %% tags=["ex:commutator"] lang="en"
import numpy as np


def commutator(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return AB - BA for two square matrices of the same size."""
    raise NotImplementedError


# %% tags=["ex:commutator"] lang="ko"
import numpy as np


def commutator(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """크기가 같은 두 정사각행렬의 AB - BA를 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Mixing vectors: the space they span
#
# A vector is a point in space, or the arrow that ends there. From a few arrows you can mix others:
# so much of the first plus so much of the second, $c_1\mathbf{v}_1+c_2\mathbf{v}_2$. That is a
# **linear combination**, and everything that can be reached by mixing is the **vector space that
# they span**. Two arrows in the plane reach the whole plane, unless they lie on one line: then one
# of them adds nothing new (they are **dependent**). The number of directions that are really
# reached is the **rank**.

# %% [markdown] lang="ko"
# ## 벡터 섞기: 벡터들이 만드는 공간
#
# 벡터는 공간의 한 점이며, 그 점에서 끝나는 화살표로 보아도 됩니다. 화살표 몇 개를 섞으면 다른
# 화살표를 만들 수 있습니다. 첫째를 얼마만큼, 둘째를 얼마만큼 더한
# $c_1\mathbf{v}_1+c_2\mathbf{v}_2$가 **선형결합**이고, 섞어서 닿을 수 있는 곳 전체가 그 벡터들이
# **만드는 벡터공간**입니다. 평면의 두 화살표로는 평면 전체에 닿을 수 있습니다. 다만 둘이 한 직선
# 위에 있으면 하나는 새로 보태는 것이 없습니다(**종속**). 실제로 닿는 방향의 수가
# **계수**(rank)입니다.

# %% tags=["demo:spans"]

# %% [markdown] lang="en"
# ## None, one, many
#
# Read $A\mathbf{x}=\mathbf{b}$ as a mixing order: *how much of each column of $A$ makes
# $\mathbf{b}$?* If $\mathbf{b}$ is out of reach, there is **no** solution. If it is in reach and no
# column is superfluous, there is exactly **one**. If a column is superfluous, you can use more of
# it and less of others: **many** solutions. For two equations the picture is two lines: parallel,
# crossing, or the same line twice.

# %% [markdown] lang="ko"
# ## 없음, 하나, 여럿
#
# $A\mathbf{x}=\mathbf{b}$를 섞는 주문으로 읽어 보세요. *$A$의 각 열을 얼마씩 섞으면 $\mathbf{b}$가
# 될까요?* $\mathbf{b}$에 닿을 수 없으면 해가 **없습니다**(불능). 닿을 수 있고 남아도는 열이 없으면
# 해는 꼭 **하나**입니다. 남아도는 열이 있으면 그 열을 더 쓰고 다른 열을 덜 써도 되므로 해가
# **무수히 많습니다**(부정). 방정식이 둘이면 두 직선이 나란하거나, 만나거나, 같은 직선이 두 번
# 그려진 것으로 보입니다.

# %% tags=["demo:three_systems"]

# %% [markdown] lang="en"
# For a square matrix with one solution there is an **inverse**: $\mathbf{x}=A^{-1}\mathbf{b}$. Data
# rarely is so kind: with more samples than weights the equations contradict each other a little,
# and learning looks for the *least wrong* answer instead. Write a function that tells the three
# cases apart for any shape.

# %% [markdown] lang="ko"
# 정사각행렬이고 해가 하나이면 **역행렬**이 있어서 $\mathbf{x}=A^{-1}\mathbf{b}$로 구할 수 있습니다.
# 실제 데이터는 이렇게 친절하지 않습니다. 가중치보다 샘플이 많으면 방정식들이 조금씩 어긋나므로,
# 학습은 그 대신 *가장 덜 틀린* 답을 찾습니다. 모양이 어떻든 세 경우를 가려내는 함수를 작성해
# 보세요.

# %% tags=["ex:classify_system"] lang="en"
import numpy as np


def classify_system(a: np.ndarray, b: np.ndarray) -> str:
    """Return "none", "one" or "many": how many solutions A x = b has (A may be any shape)."""
    raise NotImplementedError


# %% tags=["ex:classify_system"] lang="ko"
import numpy as np


def classify_system(a: np.ndarray, b: np.ndarray) -> str:
    """A x = b의 해의 수를 "none", "one", "many"로 돌려줍니다(A의 모양은 아무래도 됩니다)."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## The determinant: by how much do areas grow?
#
# Send the unit square through the machine. Its image is a parallelogram, and the **determinant** is
# its area, with a sign: for $A=\begin{pmatrix}a&b\\c&d\end{pmatrix}$, $\det A=ad-bc$.
#
# - $\det=0$: squashed flat along a dimension, the area is lost. Nobody can undo that: **no
#   inverse**.
# - $\det=1$: another shape, the same area, same orientation.
# - $\det=-1$: same area, but seen in a mirror.
# - $\det=5$: five times the area, same orientation.
#
# Whenever $\det\ne0$ there is an inverse. In three dimensions read "volume" for "area".

# %% [markdown] lang="ko"
# ## 행렬식: 넓이는 몇 배가 될까요?
#
# 단위 정사각형을 기계에 넣어 봅시다. 나오는 것은 평행사변형이고, 그 넓이에 부호를 붙인 것이
# **행렬식**입니다. $A=\begin{pmatrix}a&b\\c&d\end{pmatrix}$이면 $\det A=ad-bc$입니다.
#
# - $\det=0$: 한 차원을 따라 납작해져 넓이를 잃습니다. 되돌릴 수 없으므로 **역행렬이 없습니다**.
# - $\det=1$: 모양은 달라도 넓이가 그대로이고 방향도 보존됩니다.
# - $\det=-1$: 넓이는 그대로이지만 거울에 비친 모습이 됩니다.
# - $\det=5$: 넓이가 다섯 배가 되고 방향은 보존됩니다.
#
# $\det\ne0$이면 언제나 역행렬이 있습니다. 3차원에서는 "넓이"를 "부피"로 읽으면 됩니다.

# %% tags=["demo:stretched_squares"]

# %% [markdown] lang="en"
# Follow the red dot (the image of "one step right") and the green one ("one step up"). Where green
# is reached from red by a left turn, the sign is plus. In the third picture the two have changed
# places.

# %% [markdown] lang="ko"
# 빨간 점("오른쪽으로 한 걸음"이 옮겨진 곳)과 초록 점("위로 한 걸음"이 옮겨진 곳)을 따라가 보세요.
# 빨강에서 초록으로 왼쪽으로 돌아서 가면 부호가 양수입니다. 셋째 그림에서는 둘의 자리가
# 바뀌었습니다.

# %% tags=["ex:signed_area"] lang="en"
import numpy as np


def signed_area(a: np.ndarray, b: np.ndarray) -> float:
    """Return the area of the parallelogram of two 2-D vectors, positive from a left to b."""
    raise NotImplementedError


# %% tags=["ex:signed_area"] lang="ko"
import numpy as np


def signed_area(a: np.ndarray, b: np.ndarray) -> float:
    """두 2차원 벡터가 만드는 평행사변형의 넓이. a에서 왼쪽으로 돌아 b이면 양수입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Is it a bowl? Definite matrices
#
# The number $\mathbf{x}^\top A\mathbf{x}$, with a symmetric $A$, is a height above the plane. If it
# is positive for *every* $\mathbf{x}\ne\mathbf{0}$, the surface is a bowl with its lowest point in
# the middle, and $A$ is called **positive definite**. The directions of the bowl's main axes are
# called **eigenvectors**, and how steeply it rises along them the **eigenvalues** (the next lesson
# is about both): all eigenvalues positive means positive definite. The inverse of such a matrix has
# the eigenvalues $1/\lambda$, so it is positive definite too.
#
# Why care? Close to a minimum a smooth loss function nearly always looks like such a bowl.

# %% [markdown] lang="ko"
# ## 그릇일까요? 정부호 행렬
#
# $A$가 대칭행렬일 때 $\mathbf{x}^\top A\mathbf{x}$는 평면 위의 높이로 볼 수 있습니다.
# $\mathbf{0}$이 아닌 *모든* $\mathbf{x}$에서 이 값이 양수이면 가운데가 가장 낮은 그릇 모양이고,
# 이때 $A$를 **양의 정부호**라고 합니다. 그릇의 주축이 고유벡터이고, 그 축을 따라 얼마나 가파르게
# 올라가는지가 고윳값입니다(둘 다 다음 수업에서 다룹니다). 고윳값이 모두 양수이면 양의 정부호입니다. 역행렬의 고윳값은
# $1/\lambda$이므로 양의 정부호 행렬의 역행렬도 양의 정부호입니다.
#
# 왜 알아야 할까요? 매끄러운 손실 함수는 최저점 가까이에서 거의 언제나 이런 그릇처럼 보이기
# 때문입니다.

# %% tags=["demo:bowls"]

# %% [markdown] lang="en"
# ## Errata: what the course notes say
#
# **"Matrices are divided into positive and negative definite, and semidefinite ones where zero is
# included."** That leaves out the last picture. The matrix $\begin{pmatrix}1&2\\2&1\end{pmatrix}$
# has the eigenvalues −1 and 3: uphill in one direction, downhill in another, a saddle. Such a
# matrix is **indefinite**, and it is not an exotic case: among random symmetric matrices almost all
# are indefinite as soon as they are large. Work out a function that knows all five cases. Beware of
# two false friends: positive entries, and a positive determinant.

# %% [markdown] lang="ko"
# ## 강의 노트 바로잡기
#
# **"행렬은 양의 정부호와 음의 정부호로 나뉘고, 0을 포함하면 준정부호라고 한다."** 여기에는 마지막
# 그림이 빠져 있습니다. 행렬 $\begin{pmatrix}1&2\\2&1\end{pmatrix}$의 고윳값은 −1과 3입니다. 한
# 방향으로는 오르막, 다른 방향으로는 내리막인 안장 모양입니다. 이런 행렬을 **부정부호**라고 하는데,
# 드문 경우가 아닙니다. 대칭행렬을 아무렇게나 만들면 크기가 조금만 커져도 거의 모두 부정부호입니다.
# 다섯 경우를 모두 아는 함수를 만들어 보세요. 원소가 양수라는 것과 행렬식이 양수라는 것, 이 두
# 가지에 속지 마세요.

# %% tags=["ex:definiteness"] lang="en"
import numpy as np


def definiteness(a: np.ndarray) -> str:
    """Return the kind of a symmetric, non-zero matrix.

    One of "positive", "positive semi", "negative", "negative semi", "indefinite".
    """
    raise NotImplementedError


# %% tags=["ex:definiteness"] lang="ko"
import numpy as np


def definiteness(a: np.ndarray) -> str:
    """영행렬이 아닌 대칭행렬의 종류를 돌려줍니다.

    "positive", "positive semi", "negative", "negative semi", "indefinite" 가운데 하나입니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## To think about
#
# A loss function has a point where its slope is zero in every direction, and its second-derivative
# matrix has the eigenvalues 9, 2 and −0.001. Would a ball that is put down there with a shaky hand
# stay? And what does that say about training that seems to have stopped?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 어떤 손실 함수의 한 점에서 모든 방향의 기울기가 0이고, 헤시안(이계도함수를 모은 행렬)의 고윳값이
# 9, 2, −0.001입니다. 떨리는 손으로 공을 그 자리에 놓으면 공이 머물러 있을까요? 학습이 멈춘 듯 보일
# 때 이 사실은 무엇을 말해 줄까요?
