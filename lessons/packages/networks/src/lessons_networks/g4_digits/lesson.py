# %% [markdown] lang="en"
# # Reading digits
#
# You read a postcode at a glance, whoever wrote it. Try to write down *rules* for it: a 7 has a bar
# on top and ... but what about a 1 with a flag? Nobody has ever written rules that work. So we do
# what is done for cats and dogs: choose a function with many parameters, show it labelled pictures,
# and let it find the parameters by itself.
# %% [markdown] lang="ko"
# # 숫자 읽기
#
# 우편 번호는 누가 썼든 한눈에 읽힙니다. 그런데 그 *규칙*을 적어 보세요. 7은 위에 가로줄이 있고 … 그럼 깃발 달린 1은
# 어떻게 할까요? 제대로 통하는 규칙을 적은 사람은 아직 없습니다. 그래서 고양이와 강아지를 가릴 때처럼 합니다. 매개변수가 많은
# 함수를 고르고, 답이 달린 그림을 보여 주고, 매개변수를 스스로 찾게 하는 것입니다.
# %% tags=["demo:look"]
# %% [markdown] lang="en"
# ## A picture is a point in a space
#
# To the computer a picture is a list of numbers, one for each pixel. Each number is a **feature**, so a
# picture of 8 by 8 is a point in a space of 64 dimensions, and the answer is one of ten names:
#
# $$X = \{\text{pictures}\} \subset \mathbb{R}^{64}, \qquad Y = \{0, 1, \dots, 9\}.$$
#
# A model computes ten **scores**, one for each name; the softmax turns them into shares that sum to
# 1, and the highest score is the answer. Before any training, which accuracy do you expect of ten names?
#
# ## Three networks
#
# - **One layer** (softmax regression): each score is a weighted sum of the 64 pixels.
# - **A hidden layer** (MLP): 64 units with ReLU in between.
# - **Convolutions** (CNN): a small window of 3 by 3 weights slides over the picture and asks the *same*
#   question everywhere, say "is there an upper edge?". The answers form a new picture (a channel);
#   `MaxPool2d(2)` keeps the strongest of each 2 by 2; a second convolution looks at the answers of
#   the first. One layer at the end decides.
# %% [markdown] lang="ko"
# ## 그림은 공간 속의 한 점
#
# 컴퓨터에게 그림은 픽셀마다 하나씩 적힌 수의 목록입니다. 그 수 하나하나가 **특성**이므로 8×8 그림은 64차원 공간의 점 하나이고,
# 답은 이름 열 개 가운데 하나입니다.
#
# $$X = \{\text{pictures}\} \subset \mathbb{R}^{64}, \qquad Y = \{0, 1, \dots, 9\}.$$
#
# 모델은 이름마다 하나씩 **점수** 열 개를 계산합니다. 소프트맥스는 점수를 합이 1인 비율로 바꾸고, 점수가 가장 높은 이름이 답이
# 됩니다. 학습하기 전이라면 이름이 열 개일 때 정확도는 얼마쯤일까요?
#
# ## 세 가지 신경망
#
# - **층 하나**(소프트맥스 회귀): 점수마다 픽셀 64개를 가중하여 더합니다.
# - **은닉층 하나**(다층 퍼셉트론): 사이에 ReLU 유닛 64개를 둡니다.
# - **합성곱**(합성곱 신경망, CNN): 가중치가 3×3개인 작은 창이 그림 위를 미끄러지며 어디서나 *같은* 질문을 합니다. 이를테면
#   "여기가 위쪽 가장자리인가?" 하고 묻습니다. 대답을 모으면 새 그림(채널)이 됩니다. `MaxPool2d(2)`는 2×2마다 가장 센 대답만
#   남기고, 두 번째 합성곱은 첫 번째의 대답들을 봅니다. 마지막 층 하나가 결정합니다.
# %% tags=["demo:three_networks"]
# %% [markdown] lang="en"
# **What to observe.** Untrained, each is right about once in ten times: that is chance. Trained, more layers
# help, and the loss falls from high to low. Now the last column: the same pictures, moved aside by
# a single pixel. For you nothing has changed. A network of plain layers has a weight of its own for each
# pixel, so for it everything has; the convolutions, which ask the same everywhere, suffer less.
# They suffer all the same: high accuracy on unseen pictures *of the same kind* is all that was measured.
#
# ## How many parameters?
#
# From $a$ units to $b$ units lead $a \cdot b$ weights, and each of the $b$ has an offset (bias):
#
# $$\text{parameters} = a\,b + b.$$
#
# The 64-64-10 network has $64 \cdot 64 + 64 + 64 \cdot 10 + 10 = 4{,}810$. What about any other?
# %% [markdown] lang="ko"
# **눈여겨볼 점.** 학습하기 전에는 셋 다 열 번에 한 번쯤 맞힙니다. 우연히 맞히는 정도입니다. 학습하고 나면 층이 많은 쪽이 더
# 잘하고, 손실은 높은 데서 낮은 데로 내려갑니다. 이제 마지막 열을 보세요. 같은 그림을 옆으로 딱 한 픽셀 옮겼습니다. 여러분에게는
# 달라진 것이 없지만, 픽셀마다 가중치가 따로 있는 보통의 층에는 모든 것이 달라집니다. 어디서나 같은 질문을 하는 합성곱은 덜
# 흔들립니다. 그래도 흔들리기는 합니다. 우리가 잰 것은 *같은 종류의* 처음 보는 그림에서의 정확도뿐이기 때문입니다.
#
# ## 매개변수는 몇 개일까요?
#
# 유닛 $a$개에서 $b$개로 가는 가중치는 $a \cdot b$개이고, $b$개마다 편향이 하나씩 있습니다.
#
# $$\text{parameters} = a\,b + b.$$
#
# 64-64-10 신경망에는 $64 \cdot 64 + 64 + 64 \cdot 10 + 10 = 4{,}810$개가 있습니다. 다른 신경망은 어떨까요?


# %% lang="en" tags=["ex:count_params"]
def count_params(sizes: list[int]) -> int:
    """The parameters of a network of plain layers with these numbers of units, input first."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:count_params"]
def count_params(sizes: list[int]) -> int:
    """유닛 수가 차례로 이와 같은(입력부터) 신경망의 매개변수 수입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# A convolution needs surprisingly few. One output channel looks through a window of `side` by `side`
# pixels at *all* input channels, and adds one offset. How large the picture is does not matter.
# %% [markdown] lang="ko"
# 합성곱에는 놀랄 만큼 적게 듭니다. 출력 채널 하나는 `side`×`side` 픽셀의 창으로 *모든* 입력 채널을 보고 편향 하나를 더합니다.
# 그림이 얼마나 큰지는 상관없습니다.


# %% lang="en" tags=["ex:count_conv"]
def count_conv(inputs: int, outputs: int, side: int) -> int:
    """The parameters of a convolution between so many channels with a square window."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:count_conv"]
def count_conv(inputs: int, outputs: int, side: int) -> int:
    """채널 수가 이와 같고 창이 정사각형인 합성곱의 매개변수 수입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Exercise: your own reader
#
# Write a network with at least one convolution and at most 20,000 parameters. The check trains it
# for 200 mini-batches of 64 (Adam, learning rate 0.01) on about 1,300 pictures and wants 95 % of
# the others right.
# %% [markdown] lang="ko"
# ## 연습: 여러분의 신경망
#
# 합성곱이 하나 이상 있고 매개변수가 20,000개를 넘지 않는 신경망을 작성하세요. 검사에서는 그림 약
# 1,300장으로 64개짜리 미니배치를 200번(Adam, 학습률 0.01) 학습시키고, 나머지 그림의 95 %를 맞히는지
# 봅니다.
# %% lang="en" tags=["ex:net"]
import torch


class Net(torch.nn.Module):
    """From pictures [n, 1, 8, 8] to ten scores for each, [n, 10]; no softmax at the end."""

    def __init__(self) -> None:
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError


# %% lang="ko" tags=["ex:net"]
import torch


class Net(torch.nn.Module):
    """그림 [n, 1, 8, 8]에서 그림마다 점수 열 개 [n, 10]를 냅니다. 끝에 소프트맥스를 두지 않습니다."""

    def __init__(self) -> None:
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError


# %% [markdown] lang="en"
# ## Where is it wrong?
#
# One accuracy for all hides a lot. The table below has a row for each true digit and a column for each
# answer (a **confusion matrix**); right answers lie on the diagonal. Beside it are the pictures that
# surprised the simplest network most. Would *you* have known?
# %% [markdown] lang="ko"
# ## 어디에서 틀릴까요?
#
# 정확도 하나에는 많은 것이 가려집니다. 아래 표에서 행은 실제 숫자, 열은 신경망의 답입니다(**혼동 행렬**). 맞힌 것은 대각선에
# 놓입니다. 옆에는 가장 단순한 신경망이 가장 크게 틀린 그림들이 있습니다. *여러분*이라면 알아보았을까요?
# %% tags=["demo:mistakes"]
# %% lang="en" tags=["ex:errors_by_class"]
import numpy as np


def errors_by_class(truth: np.ndarray, guess: np.ndarray, classes: int) -> np.ndarray:
    """For each class the share of its pictures that were called something else, [classes];
    0 for a class without pictures."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:errors_by_class"]
import numpy as np


def errors_by_class(truth: np.ndarray, guess: np.ndarray, classes: int) -> np.ndarray:
    """부류마다 그 부류의 그림 가운데 다른 이름으로 불린 것의 비율입니다, [classes].
    그림이 없는 부류는 0입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## The space in which we search
#
# All the parameters of a network together are *one point* in another space, the **parameter space**, and
# training is a walk in it to where the loss is small. A picture of MNIST, the classic collection of
# digits, has $28 \cdot 28 = 784$ features. How many dimensions has the parameter space?
# %% [markdown] lang="ko"
# ## 우리가 찾아다니는 공간
#
# 신경망의 매개변수를 모두 모으면 또 다른 공간, 곧 **매개변수 공간**의 *점 하나*가 됩니다. 학습은 그 공간에서 손실이 작은 곳을
# 찾아 걷는 일입니다. 숫자 그림 모음의 고전인 MNIST의 그림 하나에는 특성이 $28 \cdot 28 = 784$개 있습니다. 매개변수 공간은 몇
# 차원일까요?
# %% tags=["demo:parameter_space"]
# %% [markdown] lang="en"
# Nobody can draw the loss over hundreds of dimensions, and nobody can try all the points. But one
# can cut: along the way from the start to the trained network the loss falls into a valley, along
# almost every other direction it only rises. The derivative tells at each place which
# way is down, without trying any other place. That is why networks are trained with derivatives.
#
# ## Errata: how many times as many?
#
# The course notes say that the parameter space has *tens of thousands of times* as many dimensions as the
# feature space, and give as an example 784 features and hundreds of thousands to millions of parameters.
# Their own numbers say otherwise. Work it out: write numbers, no text.
# %% [markdown] lang="ko"
# 수백 차원 위에 손실을 그릴 수 있는 사람은 없고, 모든 점을 시험해 볼 수 있는 사람도 없습니다. 그러나 잘라 볼 수는 있습니다.
# 출발점에서 학습된 신경망으로 가는 길을 따라가면 손실은 골짜기로 내려갑니다. 다른 방향은 거의 모두 오르막일 뿐입니다. 미분은
# 다른 곳을 시험해 보지 않고도 지금 있는 곳에서 어느 쪽이 아래인지 알려 줍니다. 그래서 신경망은 미분으로 학습시킵니다.
#
# ## 바로잡기: 몇 배일까요?
#
# 강의 노트에서는 매개변수 공간의 차원이 특성 공간의 *수만 배*라고 하고, 특성 784개와 매개변수 수십만~수백만 개를 예로
# 듭니다. 그런데 그 수들이 스스로 다른 말을 합니다. 직접 계산해서 글이 아닌 수로 적어 보세요.
# %% lang="en" tags=["ex:times"]
# "smallest": how many times 784 are 100,000 parameters (the least that are "hundreds of thousands")?
# "largest": how many times 784 are 9,990,000 parameters ("millions", below ten million)?
# "needed": how many parameters are 10,000 times 784, the least for "tens of thousands of times"?
answers = ...
# %% lang="ko" tags=["ex:times"]
# "smallest": 매개변수 100,000개("수십만"의 최솟값)는 784의 몇 배인가요?
# "largest": 매개변수 9,990,000개(천만이 되지 않는 "수백만")는 784의 몇 배인가요?
# "needed": "수만 배"의 최솟값인 10,000배가 되려면 매개변수가 몇 개 필요한가요?
answers = ...
# %% [markdown] lang="en"
# So even the largest network of that example barely reaches the claim, and the smallest misses it
# by far: it is hundreds of times as many, at most about twelve thousand.
#
# ## One question to take with you
#
# A network that only ever saw digits is shown a cat. What will it answer, and how sure will it be? Which
# of its numbers could have warned you, and which could not?
# %% [markdown] lang="ko"
# 그 예에서 가장 큰 신경망이라야 겨우 그 말에 닿고, 가장 작은 신경망은 한참 모자랍니다. 백여 배에서,
# 많아야 만 이천여 배입니다.
#
# ## 생각해 볼 질문
#
# 숫자만 보고 자란 신경망에 고양이를 보여 주면 무엇이라고 답할까요? 얼마나 확신할까요? 신경망이 내놓는 수 가운데 어떤 것이 미리
# 알려 줄 수 있었고, 어떤 것은 그럴 수 없었을까요?
