# %% [markdown] lang="en"
# # Eigenvalues and singular values
#
# The number 3717 looks featureless. Taken apart it tells you a lot: is it even, is it divisible by
# 7, does it share a factor with 118? Matrices are the same. As a block of numbers a matrix says
# nothing; taken into factors it shows what it does, how to run it a hundred times at once, and
# which part of it you can throw away. This lesson teaches the two decompositions that machine
# learning uses every day.

# %% [markdown] lang="ko"
# # 고윳값 분해와 특잇값 분해
#
# 3717이라는 수는 별 특징이 없어 보입니다. 하지만 분해하면 많은 것이 드러납니다. 짝수인지, 7로
# 나누어지는지, 118과 공통인 약수가 있는지 바로 알 수 있습니다. 행렬도 같습니다. 숫자를 늘어놓은
# 채로는 아무 말도 하지 않지만, 인수로 나누어 보면 그 행렬이 무슨 일을 하는지, 백 번을 한꺼번에
# 돌리려면 어떻게 하는지, 어느 부분을 버려도 되는지가 보입니다. 이 수업에서는 머신러닝이 날마다 쓰는
# 두 가지 분해를 배웁니다.

# %% tags=["demo:prime_factors"]

# %% [markdown] lang="en"
# ## Directions that a matrix leaves alone
#
# Push a vector through a matrix and it usually comes out longer or shorter *and* turned. But a few
# special directions only change their length: those are the **eigenvectors**, and the factor by
# which they change is the **eigenvalue**:
#
# $$A\mathbf{v}=\lambda\mathbf{v}$$
#
# Look for the red arrows, which stay on their own line, among the grey ones.

# %% [markdown] lang="ko"
# ## 행렬이 건드리지 않는 방향
#
# 벡터를 행렬에 넣으면 대개 길이가 변하면서 *방향도* 돌아갑니다. 그런데 몇몇 특별한 방향은 길이만
# 변합니다. 이런 벡터를 **고유벡터**, 길이가 변하는 배율을 **고윳값**이라고 합니다.
#
# $$A\mathbf{v}=\lambda\mathbf{v}$$
#
# 회색 화살표들 사이에서, 제 직선 위에 머무는 빨간 화살표를 찾아보세요.

# %% tags=["demo:own_directions"]

# %% [markdown] lang="en"
# Each arrow leads from a point of the unit circle to where the matrix sends it. For
# $\begin{pmatrix}2&1\\1&2\end{pmatrix}$ the eigenvalues are 1 (the diagonal direction that does not
# move at all) and 3. How does one find such directions without drawing? Multiply any vector by $A$
# again and again. In each round its part along the strongest direction grows the most, until
# nothing else is visible. This **power iteration** is how search engines first ranked web pages.

# %% [markdown] lang="ko"
# 화살표는 단위원의 점에서 출발해 행렬이 그 점을 보내는 곳까지 이어집니다.
# $\begin{pmatrix}2&1\\1&2\end{pmatrix}$의 고윳값은 1(전혀 움직이지 않는 대각선 방향)과 3입니다.
# 그림을 그리지 않고 이런 방향을 찾으려면 어떻게 할까요? 아무 벡터에나 $A$를 거듭 곱하면 됩니다.
# 곱할 때마다 가장 센 방향의 성분이 가장 크게 불어나, 마침내 다른 것은 보이지 않게 됩니다. 이
# **거듭제곱법**은 검색 엔진이 처음에 웹 페이지의 순위를 매기던 방법이기도 합니다.

# %% tags=["ex:power_iteration"] lang="en"
import numpy as np


def power_iteration(a: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the eigenvalue of largest absolute value of a symmetric matrix, and its unit vector.

    The value carries its sign. The other eigenvalues are at most 0.7 times as large.
    """
    raise NotImplementedError


# %% tags=["ex:power_iteration"] lang="ko"
import numpy as np


def power_iteration(a: np.ndarray) -> tuple[float, np.ndarray]:
    """대칭행렬의 고윳값 가운데 절댓값이 가장 큰 것과 그 단위 고유벡터를 돌려줍니다.

    고윳값은 부호까지 맞아야 합니다. 다른 고윳값의 크기는 이 값의 0.7배를 넘지 않습니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Eigendecomposition: $A=Q\Lambda Q^{-1}$
#
# Put the eigenvectors into the columns of a matrix $Q$ and the eigenvalues on the diagonal of
# $\Lambda$. Then "change to the special axes, stretch, change back" is the whole matrix:
# $A=Q\Lambda Q^{-1}$. Doing it ten times is now cheap, because $Q^{-1}Q$ cancels in between:
# $A^{10}=Q\Lambda^{10}Q^{-1}$, and a diagonal matrix is raised to a power number by number.

# %% [markdown] lang="ko"
# ## 고유 분해: $A=Q\Lambda Q^{-1}$
#
# 고유벡터를 행렬 $Q$의 열에, 고윳값을 $\Lambda$의 대각선에 놓습니다. 그러면 행렬 전체는 "특별한
# 축으로 옮기고, 늘이고, 되돌아온다"가 됩니다. 곧 $A=Q\Lambda Q^{-1}$입니다. 이제 열 번 곱하기도
# 쉽습니다. 사이사이의 $Q^{-1}Q$가 지워져 $A^{10}=Q\Lambda^{10}Q^{-1}$이 되고, 대각행렬의
# 거듭제곱은 수 하나하나의 거듭제곱이기 때문입니다.

# %% tags=["demo:powers"]

# %% [markdown] lang="en"
# The second line of the output is a warning that we will come back to: for the shear
# $\begin{pmatrix}1&1\\0&1\end{pmatrix}$ the columns of $Q$ are parallel, so $Q$ has no inverse and
# there is no eigendecomposition.
#
# ## Singular values: every matrix turns, stretches, turns
#
# Data matrices are seldom square: 150 flowers, 4 features. Eigenvectors make no sense there, since
# what comes out lives in another space than what went in. The **singular value decomposition** asks
# for less: not one set of axes but two, one for the input and one for the output.
#
# $$A=U\Sigma V^\top$$
#
# $V^\top$ turns, $\Sigma$ stretches along the axes by the **singular values**
# $\sigma_1\ge\sigma_2\ge\dots\ge0$, $U$ turns again (turning may include a mirror
# image). Their squares are the eigenvalues of the symmetric matrix $A^\top A$.

# %% [markdown] lang="ko"
# 출력의 둘째 줄은 나중에 다시 볼 경고입니다. 층밀림 $\begin{pmatrix}1&1\\0&1\end{pmatrix}$에서는
# $Q$의 두 열이 나란해서 $Q$의 역행렬이 없고, 따라서 고유 분해도 없습니다.
#
# ## 특잇값: 어떤 행렬이든 돌리고, 늘이고, 돌립니다
#
# 데이터 행렬은 정사각인 경우가 드뭅니다. 꽃이 150송이이고 특성이 4개라면 들어가는 공간과 나오는
# 공간이 다르므로 고유벡터를 말할 수 없습니다. **특잇값 분해**는 요구를 조금 낮춥니다. 축을 한 벌이
# 아니라 입력용과 출력용 두 벌로 씁니다.
#
# $$A=U\Sigma V^\top$$
#
# $V^\top$가 돌리고, $\Sigma$가 축을 따라 **특잇값** $\sigma_1\ge\sigma_2\ge\dots\ge0$만큼 늘이고,
# $U$가 다시 돌립니다(거울에 비추는 것도 돌리기에 넣습니다). 특잇값의 제곱은 대칭행렬 $A^\top A$의
# 고윳값입니다.

# %% tags=["demo:turn_stretch_turn"]

# %% [markdown] lang="en"
# ## Keeping the important part
#
# Read the same formula as a sum of layers, $A=\sum_i\sigma_i\,\mathbf{u}_i\mathbf{v}_i^\top$,
# sorted by importance. Stop after $k$ layers and you have the best approximation of rank $k$ that
# exists: no other matrix of that rank comes closer in the Frobenius norm. A picture is a matrix of
# grey values, so this compresses pictures.

# %% [markdown] lang="ko"
# ## 중요한 부분만 남기기
#
# 같은 식을 중요한 순서로 늘어놓은 층의 합 $A=\sum_i\sigma_i\,\mathbf{u}_i\mathbf{v}_i^\top$로 읽을
# 수도 있습니다. $k$개의 층에서 멈추면 계수가 $k$인 행렬로 할 수 있는 가장 좋은 근사가 됩니다.
# 프로베니우스 놈으로 재면 계수가 같은 어떤 행렬도 이보다 가까울 수 없습니다. 그림은 밝기 값의
# 행렬이므로 이렇게 그림을 압축할 수 있습니다.

# %% tags=["demo:compress"]

# %% [markdown] lang="en"
# The grain in the sky is the last thing to come: noise is spread over all layers, structure is
# gathered in the first few. Now do it yourself; then look at the iris flowers from their best side,
# where a single direction holds more than nine tenths of all differences (this use of the
# decomposition is called **principal component analysis**).

# %% [markdown] lang="ko"
# 하늘의 자글자글한 무늬가 가장 늦게 나타납니다. 잡음은 모든 층에 흩어져 있고, 구조는 앞의 몇 층에
# 모여 있기 때문입니다. 이제 직접 해 보세요. 그다음 붓꽃 데이터를 가장 잘 보이는 쪽에서 보겠습니다.
# 한 방향에 전체 차이의 10분의 9 넘게 담겨 있습니다(특잇값 분해를 이렇게 쓰는 것을 **주성분
# 분석**이라고 합니다).

# %% tags=["ex:low_rank"] lang="en"
import numpy as np


def low_rank(a: np.ndarray, k: int) -> np.ndarray:
    """Return the best approximation of a by a matrix of rank k (a may have any shape)."""
    raise NotImplementedError


# %% tags=["ex:low_rank"] lang="ko"
import numpy as np


def low_rank(a: np.ndarray, k: int) -> np.ndarray:
    """계수가 k인 행렬로 a를 가장 가깝게 근사해 돌려줍니다(a의 모양은 아무래도 됩니다)."""
    raise NotImplementedError


# %% tags=["demo:flower_axes"]

# %% [markdown] lang="en"
# ## Errata: what the course notes say
#
# **"The matrix changes only the size of an eigenvector, not its direction."** Look at the second
# picture of arrows again: the mirror $\begin{pmatrix}0&1\\1&0\end{pmatrix}$ has the eigenvalue −1.
# The vector $(1,-1)$ comes out as $(-1,1)$, pointing *backwards*. What an eigenvector keeps is its
# line; a negative eigenvalue turns it round on that line, and the eigenvalue 0 leaves nothing of
# it. Write a function that tells the fates apart.

# %% [markdown] lang="ko"
# ## 강의 노트 바로잡기
#
# **"행렬은 고유벡터의 크기만 바꾸고 방향은 바꾸지 않는다."** 화살표 그림의 오른쪽을 다시 보세요.
# 거울 행렬 $\begin{pmatrix}0&1\\1&0\end{pmatrix}$에는 고윳값 −1이 있습니다. 벡터 $(1,-1)$은
# $(-1,1)$이 되어 *거꾸로* 나옵니다. 고유벡터가 지키는 것은 자신이 놓인 직선입니다. 고윳값이
# 음수이면 그 직선 위에서 뒤집히고, 0이면 아무것도 남지 않습니다. 벡터의 운명을 가려내는 함수를
# 작성해 보세요.

# %% tags=["ex:fate"] lang="en"
import numpy as np


def fate(a: np.ndarray, v: np.ndarray) -> str:
    """Return what the matrix does to the direction of the non-zero vector v.

    "kept" (same direction), "flipped" (opposite), "vanished" (to zero) or "turned".
    """
    raise NotImplementedError


# %% tags=["ex:fate"] lang="ko"
import numpy as np


def fate(a: np.ndarray, v: np.ndarray) -> str:
    """행렬이 영벡터가 아닌 v의 방향에 하는 일을 돌려줍니다.

    "kept"(그대로), "flipped"(반대로), "vanished"(영벡터로), "turned"(돌아감) 가운데 하나입니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# **"Eigendecomposition applies to square matrices that have eigenvalues and eigenvectors."** Every
# square matrix has some (complex ones at least). What counts is whether there are *enough*: $n$
# **independent** eigenvectors, or else $Q$ has no inverse. The shear above has only one direction
# of its own. Such a matrix is called defective.

# %% [markdown] lang="ko"
# **"고유 분해는 고윳값과 고유벡터가 있는 정사각행렬에 적용할 수 있다."** 고윳값과 고유벡터는
# (적어도 복소수로는) 어느 정사각행렬에나 있습니다. 중요한 것은 *충분한가*입니다. **독립인**
# 고유벡터가 $n$개 있어야 $Q$의 역행렬이 있습니다. 앞에서 본 층밀림 행렬에는 고유한 방향이
# 하나뿐입니다. 이렇게 고유벡터가 모자라는 행렬을 **결함 행렬**(defective matrix)이라고 합니다.

# %% tags=["ex:diagonalisable"] lang="en"
import numpy as np


def diagonalisable(a: np.ndarray) -> bool:
    """Return whether a square matrix with real eigenvalues has an eigendecomposition."""
    raise NotImplementedError


# %% tags=["ex:diagonalisable"] lang="ko"
import numpy as np


def diagonalisable(a: np.ndarray) -> bool:
    """고윳값이 모두 실수인 정사각행렬에 고유 분해가 있는지를 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# **"The singular value decomposition is for matrices that are not square."** It is for *any*
# matrix: tall, wide, square, defective. For $\begin{pmatrix}3&0\\4&5\end{pmatrix}$, which is
# square, the eigenvalues are 3 and 5 and the singular values $\sqrt{5}$ and $\sqrt{45}$: two
# different descriptions, both useful. Compute singular values without the ready-made function.

# %% [markdown] lang="ko"
# **"특잇값 분해는 정사각행렬이 아닌 행렬을 분해할 때 쓴다."** *어떤* 행렬에나 쓸 수 있습니다.
# 길쭉해도, 넓적해도, 정사각이어도, 고유벡터가 모자라도 됩니다. 정사각행렬
# $\begin{pmatrix}3&0\\4&5\end{pmatrix}$의 고윳값은 3과 5이고 특잇값은 $\sqrt{5}$와
# $\sqrt{45}$입니다. 서로 다른 두 설명이며 둘 다 쓸모가 있습니다. 준비된 함수 없이 특잇값을 구해
# 보세요.

# %% tags=["ex:singular_values"] lang="en"
import numpy as np


def singular_values(a: np.ndarray) -> np.ndarray:
    """Return the singular values of a (any shape), largest first, min(rows, columns) of them."""
    raise NotImplementedError


# %% tags=["ex:singular_values"] lang="ko"
import numpy as np


def singular_values(a: np.ndarray) -> np.ndarray:
    """a(모양은 아무래도 됨)의 특잇값을 큰 것부터 min(행 수, 열 수)개 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## To think about
#
# A picture of pure noise and a picture of a chessboard have the same size. Which of them can be
# stored in fewer numbers by keeping a few singular values, and what does that say about the
# difference between information and pixels?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 잡음뿐인 그림과 체스판 그림의 크기가 같습니다. 특잇값 몇 개만 남겨 더 적은 숫자로 저장할 수 있는
# 쪽은 어디일까요? 이 사실은 정보와 픽셀의 차이에 대해 무엇을 말해 줄까요?
