# %% [markdown] lang="en"
# # Two classes on a plane: choose your network
#
# An assignment of the course: train a small network on points in a plane, then replace the data by another
# shape. Will the same network still do? You will build networks of any depth, train them properly, and
# find out how little is enough for each shape. On the way you will meet a notebook that works *because of
# a bug*.
# %% [markdown] lang="ko"
# # 평면 위의 두 부류: 알맞은 신경망 고르기
#
# 강의의 과제는 이렇습니다. 평면 위의 점들로 작은 신경망을 학습시킨 다음, 데이터를 다른 모양으로 바꿔 봅니다. 같은
# 신경망이 여전히 통할까요? 이 수업에서는 원하는 깊이의 신경망을 만들고, 제대로 학습시키고, 모양마다 얼마나 작은
# 신경망이면 충분한지 알아봅니다. 도중에 *버그 덕분에* 작동하는 노트북도 만나게 됩니다.
# %% tags=["demo:five_sets"]
# %% [markdown] lang="en"
# ## What a hidden layer adds
#
# Without a hidden layer the border is a straight line, $w \cdot x + b = 0$. A hidden layer of ReLU units
# draws several lines, each unit its own, and the output weighs what lies beyond them: the border
# may have a kink wherever it crosses one of these lines. A second hidden layer bends the bent. The
# score goes through a sigmoid, the loss is binary cross-entropy with logits.
#
# A network is written by the sizes of its hidden layers: `[]`, `[8]`, `[32, 32]`.
# %% [markdown] lang="ko"
# ## 은닉층이 더해 주는 것
#
# 은닉층이 없으면 경계는 직선 $w \cdot x + b = 0$입니다. ReLU로 된 은닉층에서는 유닛마다 직선을
# 하나씩 긋고, 출력은 그 직선들 너머에 있는 것을 가중하여 더합니다. 그래서 경계는 그 직선을
# 지날 때마다 꺾일 수 있습니다. 은닉층을 하나 더 두면 꺾인 것을 다시 꺾습니다. 점수는 시그모이드를 거치고, 손실은
# 로짓을 받는 이진 교차 엔트로피입니다.
#
# 신경망은 은닉층의 크기로 적습니다. `[]`, `[8]`, `[32, 32]`와 같습니다.
# %% tags=["demo:one_layer_or_two"]
# %% [markdown] lang="en"
# **What to observe.** Without a hidden layer the stripes cannot be learned: no straight line gets more than three
# quarters right. With one hidden layer they are learned almost perfectly in 250 steps of Adam (learning rate 0.05).
#
# ## Exercise: `make_model`
#
# The same seed must give the same starting weights, whatever was drawn before.
# (`torch.manual_seed(n)` fixes the randomness. `torch.random.seed()` does the opposite: it draws a *new*
# random seed, so that no run can be repeated.)
# %% [markdown] lang="ko"
# **눈여겨볼 점.** 은닉층이 없으면 줄무늬를 배울 수 없습니다. 어떤 직선도 4분의 3보다 많이 맞히지 못합니다. 은닉층 하나를 두면
# Adam(학습률 0.05)으로 250번 갱신해 거의 완벽하게 배웁니다.
#
# ## 연습: `make_model`
#
# 시드가 같으면 그전에 난수를 얼마나 뽑았든 처음 가중치가 같아야 합니다. (`torch.manual_seed(n)`은 난수를 고정합니다.
# `torch.random.seed()`는 정반대입니다. *새로운* 시드를 무작위로 뽑으므로 어떤 실행도 다시 재현할 수 없습니다.)
# %% lang="en" tags=["ex:make_model"]
import torch


def make_model(hidden: list[int], seed: int) -> torch.nn.Module:
    """A network from 2 inputs through ReLU layers of the given sizes to 1 score, float32; the
    score itself comes out, no sigmoid."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:make_model"]
import torch


def make_model(hidden: list[int], seed: int) -> torch.nn.Module:
    """입력 2개에서 주어진 크기의 ReLU 층을 거쳐 점수 1개를 내는 신경망입니다(float32). 시그모이드를
    거치지 않은 점수를 냅니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Errata: a success that is a bug
#
# The course notes link to a notebook (the printed address has a small L where a capital I belongs). It
# never calls `zero_grad()`: PyTorch *adds* each new gradient to the old ones, so every step follows the sum of
# all gradients so far. It seeds with `torch.random.seed()`. And one of its models is labelled "2 layers"
# though it has one. The next cell runs it three ways.
# %% [markdown] lang="ko"
# ## 바로잡기: 버그가 만든 성공
#
# 강의 노트는 어떤 노트북을 링크했습니다(인쇄된 주소에는 대문자 I 자리에 소문자 L이 있습니다). 이
# 노트북은 `zero_grad()`를 한 번도 부르지 않습니다. PyTorch는 새 기울기를 이전 것에 *더하므로* 매
# 걸음이 지금까지의 모든 기울기의 합을 따라갑니다. 난수는 `torch.random.seed()`로 시작합니다. 그리고
# 한 층짜리 모델에 "2 layers"라는 이름을 붙였습니다. 다음 셀에서 세 가지 방법으로 실행해 봅시다.
# %% tags=["demo:kept_gradients"]
# %% [markdown] lang="en"
# **What to observe.** As written, the learning rate 0.005 seems to work, but only because the pile
# of gradients makes the steps ever longer. Put `zero_grad()` in, and plain gradient descent is far
# from done after the same number of steps: the rate was too small all along. With `zero_grad()` and
# Adam at 0.05 it works for the right reason.
#
# ## Exercise: `train`
#
# Write the loop: scores, loss, clear the gradients, backward, step. The check looks at the result *and*
# whether gradients pile up.
# %% [markdown] lang="ko"
# **눈여겨볼 점.** 적힌 대로 실행하면 학습률 0.005가 잘 맞는 것처럼 보입니다. 그러나 쌓인 기울기가 걸음을 점점 길게 만든
# 덕분일 뿐입니다. `zero_grad()`를 넣으면 보통의 경사 하강법은 같은 횟수를 갱신하고도 한참 모자랍니다. 학습률이 처음부터
# 너무 작았던 것입니다. `zero_grad()`와 학습률 0.05인 Adam을 쓰면 올바른 까닭으로 작동합니다.
#
# ## 연습: `train`
#
# 점수, 손실, 기울기 비우기, 역전파, 갱신의 순서로 반복문을 작성하세요. 결과뿐 아니라 기울기가
# 쌓이는지*도* 검사합니다.
# %% lang="en" tags=["ex:train"]
import torch


def train(
    model: torch.nn.Module,
    x: torch.Tensor,
    y: torch.Tensor,
    optimizer: torch.optim.Optimizer,
    steps: int,
) -> list[float]:
    """Trains on points x [n, 2] and classes y [n] (0. or 1.) with all points in each step; returns
    the loss (mean binary cross-entropy) before each step."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:train"]
import torch


def train(
    model: torch.nn.Module,
    x: torch.Tensor,
    y: torch.Tensor,
    optimizer: torch.optim.Optimizer,
    steps: int,
) -> list[float]:
    """점 x [n, 2]와 부류 y [n](0. 또는 1.)로 매 걸음 모든 점을 써서 학습합니다. 각 걸음을 내딛기 전의
    손실(평균 이진 교차 엔트로피)을 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Exercise: `pick`
#
# Choose hidden sizes for each of the six shapes. The check trains your choices (300 steps of Adam on 450
# standardised points) and asks for at least 0.95 on 250 others. Do not waste: no hidden layer where a line will do,
# and at most 80 hidden units altogether in a network. Try before you hand in!
# %% [markdown] lang="ko"
# ## 연습: `pick`
#
# 여섯 가지 모양마다 은닉층의 크기를 고르세요. 검사에서는 여러분이 고른 신경망을 학습시키고(표준화한 점 450개로 Adam
# 300걸음) 다른 점 250개에서 0.95 이상인지 봅니다. 낭비하지 마세요. 직선이면 되는 곳에는 은닉층을 두지 말고, 한 신경망의
# 은닉 유닛은 모두 합해 80개까지입니다. 제출하기 전에 직접 시험해 보세요!
# %% lang="en" tags=["ex:pick"]
# A list of hidden sizes for each of "halves", "stripes", "xor", "circles", "moons", "spirals".
pick = ...
# %% lang="ko" tags=["ex:pick"]
# "halves", "stripes", "xor", "circles", "moons", "spirals"마다 은닉층 크기의 목록을 적으세요.
pick = ...
# %% [markdown] lang="en"
# ## One question to take with you
#
# For the circles, could *one* flat cut do if you were allowed a third input computed from the two?
# Which one? What, then, does a hidden layer do for you?
# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 고리 모양에서, 두 입력으로 계산한 세 번째 입력을 하나 더 쓸 수 있다면 *평면* 하나로 나눌 수 있을까요? 어떤 입력이어야
# 할까요? 그렇다면 은닉층은 여러분 대신 무슨 일을 하는 걸까요?
