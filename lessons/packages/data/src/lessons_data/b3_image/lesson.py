# %% [markdown] lang="en"
# # Images and volumes
#
# A camera, a CT scanner and a video camera all deliver numbers, and none of them in the order in
# which a model wants them. Most first attempts with pictures fail not at the model but here: two
# axes swapped, numbers from 0 to 255 where small ones were expected.
#
# **The question of this lesson:** how do pictures from outside become the tensor that a model
# takes, without mixing a single point up?

# %% [markdown] lang="ko"
# # 이미지와 볼륨 데이터
#
# 카메라도 CT 장비도 비디오카메라도 숫자를 내놓지만, 모델이 바라는 순서로 내놓는 것은 하나도
# 없습니다. 이미지를 처음 다룰 때의 실패는 대개 모델이 아니라 여기서 생깁니다. 축 두 개가
# 뒤바뀌거나, 작은 수를 기대하는 곳에 0부터 255까지의 수가 들어갑니다.
#
# **이번 수업의 질문:** 바깥에서 온 이미지를 점 하나 뒤섞지 않고 모델이 받는 텐서로 만들려면 어떻게
# 해야 할까요?

# %% [markdown] lang="en"
# ## From HWC bytes to CHW numbers
#
# Files and cameras store a colour picture point (*pixel*) by point: first all three colours of one
# point, then those of the next. The shape is height × width × channels (**HWC**), the dtype
# `uint8`. PyTorch wants one plane for each colour: **CHW**, as `float32`. Two steps are needed:
#
# 1. **reorder** the axes with `permute(2, 0, 1)`: the point in row $i$, column $j$ keeps its
#    colours, only its indices are written in another order, $t'_{c,i,j} = t_{i,j,c}$;
# 2. **rescale**: divide by 255, *after* the change to `float32`.
#
# `reshape` gives the same shape, and is wrong: it reads the numbers in the order in which they lie
# in memory, and deals them out to other places.

# %% [markdown] lang="ko"
# ## HWC 바이트에서 CHW 수로
#
# 파일과 카메라는 컬러 이미지를 점(화소)마다 저장합니다. 한 점의 세 가지 색을 먼저 적고, 다음 점으로
# 넘어갑니다. 모양은 높이 × 너비 × 채널(**HWC**)이고 dtype은 `uint8`입니다. PyTorch는 색마다 한
# 장씩인 **CHW** 모양의 `float32`를 받습니다. 두 단계가 필요합니다.
#
# 1. `permute(2, 0, 1)`로 축의 **순서를 바꿉니다**. $i$행 $j$열의 점은 색을 그대로 지니고, 번호를
#    적는 순서만 달라집니다: $t'_{c,i,j} = t_{i,j,c}$
# 2. `float32`로 바꾼 *다음* 255로 나누어 **값의 범위를 맞춥니다**.
#
# `reshape`도 모양은 같게 만들지만 틀립니다. 숫자의 띠를 놓인 대로 이어 읽어서 엉뚱한 자리에 나누어
# 주기 때문입니다.

# %% tags=["demo:photo"]

# %% [markdown] lang="en"
# Several pictures of equal size make a **batch**, one more axis in front: N × C × H × W
# (**NCHW**).
#
# ## Exercise 1: pictures to a batch

# %% [markdown] lang="ko"
# 크기가 같은 이미지 여러 장을 모으면 **배치**가 됩니다. 맨 앞에 축이 하나 더 생깁니다: N × C × H ×
# W(**NCHW**).
#
# ## 연습 1: 이미지를 배치로

# %% tags=["ex:to_batch"] lang="en"
import numpy as np
import torch
from torch import Tensor


def to_batch(pictures: list[np.ndarray]) -> Tensor:
    """Turn HWC pictures of uint8 into one NCHW tensor of float32 between 0 and 1."""
    raise NotImplementedError


# %% tags=["ex:to_batch"] lang="ko"
import numpy as np
import torch
from torch import Tensor


def to_batch(pictures: list[np.ndarray]) -> Tensor:
    """uint8인 HWC 이미지들을 0과 1 사이의 float32 NCHW 텐서 하나로 만드세요."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Normalising each channel
#
# **Normalising** data means bringing its values into a range that we choose. For pictures one
# usually takes, for each colour channel $c$, the mean $\mu_c$ and the standard deviation
# $\sigma_c$ over *all* points of *all* pictures of the training data, and replaces
#
# $$x' = \frac{x - \mu_c}{\sigma_c}.$$
#
# Afterwards each channel has mean 0 and standard deviation 1. Nothing is lost:
# $x = x' \sigma_c + \mu_c$ leads back. In the tensor the axes N, H and W are reduced and C stays,
# so mean and deviation have the shape 1 × C × 1 × 1 and are broadcast.

# %% [markdown] lang="ko"
# ## 채널마다 정규화하기
#
# 데이터의 **정규화**는 값을 우리가 정한 범위로 맞추는 일입니다. 이미지에서는 보통 색 채널 $c$마다,
# 훈련 데이터의 *모든* 이미지, *모든* 점에 대한 평균 $\mu_c$와 표준편차 $\sigma_c$를 구해 다음과
# 같이 바꿉니다.
#
# $$x' = \frac{x - \mu_c}{\sigma_c}$$
#
# 그러면 채널마다 평균은 0, 표준편차는 1이 됩니다. 잃는 것은 없습니다. $x = x' \sigma_c + \mu_c$로
# 되돌릴 수 있습니다. 텐서에서는 N, H, W 축을 축약하고 C를 남기므로, 평균과 표준편차의 모양은 1 × C
# × 1 × 1이고 브로드캐스팅됩니다.

# %% tags=["demo:levels"]

# %% tags=["ex:normalize"] lang="en"
import torch
from torch import Tensor


def normalize(batch: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the normalised batch, the means and the standard deviations of its channels.

    batch: N x C x H x W. Means and deviations: 1 x C x 1 x 1; the deviation divides by the
    number of values (correction=0).
    """
    raise NotImplementedError


# %% tags=["ex:normalize"] lang="ko"
import torch
from torch import Tensor


def normalize(batch: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """정규화한 배치와 채널의 평균, 표준편차를 돌려주세요.

    batch: N x C x H x W. 평균과 표준편차의 모양은 1 x C x 1 x 1입니다. 표준편차는
    값의 개수로 나눕니다(correction=0).
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Volumes: one more direction
#
# A CT scanner measures slices of a body, one behind the other. Each number tells how much the
# tissue weakens X-rays, in **Hounsfield units**: air −1000, water 0, bone about +1000. There are
# no colours, so one channel; but there is a depth **D**. A batch of volumes has the shape **N × C
# × D × H × W**.
#
# Slices arrive as separate files, and not always in order: each carries its position, by which you
# sort. Below is a generated body, cut in three directions.

# %% [markdown] lang="ko"
# ## 볼륨: 방향이 하나 더 있는 데이터
#
# CT 장비는 몸을 차례로 이어지는 단면으로 나누어 잽니다. 숫자는 조직이 X선을 얼마나 약하게
# 만드는지를 **하운스필드 단위**로 나타냅니다. 공기는 −1000, 물은 0, 뼈는 +1000쯤입니다. 색이
# 없으므로 채널은 하나이고, 대신 깊이 **D**가 있습니다. 볼륨 배치의 모양은 **N × C × D × H ×
# W**입니다.
#
# 단면은 파일 하나씩 따로 오고, 순서대로 오지 않을 때도 있습니다. 단면마다 위치가 적혀 있으니
# 그것으로 정렬합니다. 아래는 만들어 낸 몸을 세 방향으로 자른 것입니다.

# %% tags=["demo:phantom"]

# %% tags=["ex:volume"] lang="en"
import numpy as np
import torch
from torch import Tensor

Slice = tuple[float, np.ndarray]


def volume(scans: list[list[Slice]]) -> Tensor:
    """Return the scans as one N x 1 x D x H x W tensor of float32.

    A scan is a list of (position, H x W array) in any order; slices are sorted by position,
    the smallest first.
    """
    raise NotImplementedError


# %% tags=["ex:volume"] lang="ko"
import numpy as np
import torch
from torch import Tensor

Slice = tuple[float, np.ndarray]


def volume(scans: list[list[Slice]]) -> Tensor:
    """스캔들을 N x 1 x D x H x W 모양의 float32 텐서 하나로 만드세요.

    스캔은 (위치, H x W 배열)의 리스트이며 순서는 섞여 있습니다. 위치가 작은 단면부터
    정렬하세요.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Films
#
# A film is a row of pictures in time: T × C × H × W, a batch of films N × C × T × H × W, where
# time takes the place of depth. What moves is what differs from one frame to the next.

# %% [markdown] lang="ko"
# ## 영상
#
# 영상은 시간을 따라 늘어놓은 이미지입니다. 한 편은 T × C × H × W, 여러 편의 배치는 깊이 자리에
# 시간이 들어간 N × C × T × H × W입니다. 한 프레임과 다음 프레임의 차이가 곧 움직임입니다.

# %% tags=["demo:film"]

# %% [markdown] lang="en"
# ## Errata: why normalise?
#
# The course notes give two reasons for normalising pictures: learning gets faster, and one falls
# less often into a *local optimum*. The first is true. The second is not, at least where the notes
# draw it: the loss of a linear model is a **bowl**, with one single valley, before and after
# normalising. What changes is the *shape* of the bowl: how steep it is, and whether it is round or
# a long ditch. (How much that matters is a lesson of its own.)

# %% [markdown] lang="ko"
# ## 바로잡기: 왜 정규화할까요?
#
# 강의 노트는 이미지를 정규화하는 이유를 두 가지 듭니다. 학습이 빨라지고, *지역 최적점*에 빠질
# 가능성이 줄어든다는 것입니다. 첫째는 맞습니다. 둘째는 적어도 노트가 그린 경우에는 맞지 않습니다.
# 선형 모델의 손실은 골짜기가 하나뿐인 **그릇** 모양이고, 정규화하기 전에도 뒤에도 그렇습니다.
# 달라지는 것은 그릇의 *생김새*입니다. 얼마나 가파른지, 둥근지 길쭉한지가 달라집니다. (그것이
# 얼마나 중요한지는 따로 배웁니다.)

# %% tags=["demo:bowls"]

# %% [markdown] lang="en"
# Convince yourself: compute the losses of $\hat y = w x$ for many weights, and count the valleys.
# A valley is a weight, not the first and not the last, whose loss is smaller than that of both
# neighbours.

# %% [markdown] lang="ko"
# 직접 확인해 보세요. 여러 가중치에 대해 $\hat y = w x$의 손실을 계산하고 골짜기를 세세요. 골짜기란
# 처음과 마지막이 아닌 가중치 가운데, 손실이 양쪽 이웃보다 작은 곳입니다.

# %% tags=["ex:valleys"] lang="en"
import numpy as np


def losses(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the mean squared error of w * x against y for each weight w."""
    raise NotImplementedError


def valleys(values: np.ndarray) -> int:
    """Count the inner places whose value is smaller than both neighbours'."""
    raise NotImplementedError


# %% tags=["ex:valleys"] lang="ko"
import numpy as np


def losses(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """가중치 w마다 w * x와 y의 평균제곱오차를 돌려주세요."""
    raise NotImplementedError


def valleys(values: np.ndarray) -> int:
    """양쪽 이웃보다 값이 작은 안쪽 자리의 개수를 세세요."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## A question to take along
#
# You normalise the training pictures with their own means, and later each test picture with *its*
# own mean. A night photograph and a noon photograph then look alike to the model. When is that
# what you want, and when does it destroy the very thing you wanted to recognise?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 훈련 이미지는 훈련 데이터의 평균으로 정규화하고, 나중에 테스트 이미지는 *그 이미지 자신의*
# 평균으로 정규화했습니다. 그러면 모델에게는 밤 사진과 낮 사진이 비슷해 보입니다. 이것이 바라던 일일
# 때는 언제이고, 알아보려던 바로 그것을 없애 버릴 때는 언제일까요?
