# %% [markdown] lang="en"
# # PyTorch: the same machine, built for work
#
# In the last lesson you built an autograd for single numbers. It would take a night to train on one
# photo. What must be added to make it useful? Three things: numbers by the million in one object,
# gradients through every operation on them, and a way to keep the weights of a model together.
# PyTorch has a word for each: **Tensor**, **Autograd**, **Module**.
#
# A framework saves you three labours: you build models quickly from ready parts, gradients are
# computed for you, and everything can run on a GPU, which does large matrix operations in parallel.

# %% [markdown] lang="ko"
# # PyTorch: 같은 기계를 실전용으로
#
# 앞 수업에서 숫자 하나하나를 다루는 자동 미분을 만들었습니다. 그것으로 사진 한 장을 훈련하려면 밤을
# 새워야 합니다. 쓸모 있게 만들려면 무엇이 더 필요할까요? 세 가지입니다. 수백만 개의 수를 담는 물건
# 하나, 그 위의 모든 연산을 지나는 그래디언트, 그리고 모델의 가중치를 한데 모아 두는 방법입니다.
# PyTorch는 이것들을 각각 **Tensor**, **Autograd**, **Module**이라고 부릅니다.
#
# 프레임워크는 세 가지 수고를 덜어 줍니다. 이미 있는 부품으로 모델을 빨리 만들고, 기울기를 자동으로
# 구하고, 모든 연산을 GPU에서 할 수 있습니다. GPU는 커다란 행렬 연산을 병렬로 합니다.

# %% [markdown] lang="en"
# ## Tensor and Autograd
#
# A tensor is much like a numpy array, and may live on a GPU. What is new is `requires_grad=True`:
# from then on every operation is noted down in a graph, and `backward()` walks it back.

# %% [markdown] lang="ko"
# ## Tensor와 Autograd
#
# 텐서는 numpy 배열과 매우 비슷하고 GPU에 놓을 수도 있습니다. 새로운 것은 `requires_grad=True`입니다.
# 이때부터 모든 연산이 그래프에 기록되고, `backward()`가 그 그래프를 거꾸로 걷습니다.

# %%
import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
loss = (w * torch.tensor([3.0, 4.0])).sum() ** 2
loss.backward()
(loss.item(), w.grad)  # (3 + 8)^2 = 121, and 2 * 11 * (3, 4)

# %% tags=["demo:tensor_and_autograd"]

# %% [markdown] lang="en"
# Inside `with torch.no_grad():` nothing is noted down. That is what you want when you only use a
# model, or when you change weights by hand: an update is not part of the model's computation.
#
# ## Gradients pile up
#
# `backward()` *adds* to `.grad`; it does not replace what is there. For a value used in several
# places that is just right. But from one training step to the next it must be cleared, with
# `optimizer.zero_grad()`. Whoever forgets it walks by the sum of all the slopes so far:

# %% [markdown] lang="ko"
# `with torch.no_grad():` 안에서는 아무것도 기록하지 않습니다. 모델을 쓰기만 할 때나 가중치를 손으로
# 고칠 때 필요합니다. 가중치를 고치는 일은 모델의 일부가 아니기 때문입니다.
#
# ## 그래디언트는 쌓입니다
#
# `backward()`는 `.grad`에 *더합니다*. 있던 것을 바꾸지 않습니다. 여러 곳에서 쓰인 값에는 꼭 맞는
# 일이지만, 훈련의 한 걸음이 끝나면 `optimizer.zero_grad()`로 지워야 합니다. 잊으면 지금까지의 기울기를
# 모두 더한 것을 따라 걷게 됩니다.

# %% tags=["demo:piling_up"]

# %% [markdown] lang="en"
# ## Module
#
# A `torch.nn.Module` holds parameters and says in `forward` what to do with them. Whatever is
# assigned to it as a `torch.nn.Parameter` is **registered**: `model.parameters()` finds it, the
# optimiser updates it, `model.to(device)` moves it, and `model.state_dict()` saves it. A plain
# tensor on `self` is none of these. To save a model, save its `state_dict`; to bring it back, build
# the same model and `load_state_dict`.
#
# The training loop, on the GPU when one is there:

# %% [markdown] lang="ko"
# ## Module
#
# `torch.nn.Module`은 매개변수를 담고, 그것으로 무엇을 할지를 `forward`에 적습니다.
# `torch.nn.Parameter`로 넣어 둔 것은 **등록**됩니다. `model.parameters()`가 찾아내고, 옵티마이저가
# 갱신하고, `model.to(device)`가 옮기고, `model.state_dict()`가 저장합니다. `self`에 그냥 담은
# 텐서는 그중 어느 것도 되지 않습니다. 모델을 저장하려면 `state_dict`를 저장하고, 되살리려면 같은
# 모델을 만들어 `load_state_dict`를 부르세요.
#
# 훈련 루프는 다음과 같고, GPU가 있으면 GPU에서 돕니다.

# %% tags=["demo:train_plane"]

# %% [markdown] lang="en"
# ## Your turn
#
# First: the gradient of a *single* call, even when it is asked for twice.

# %% [markdown] lang="ko"
# ## 직접 해 보기
#
# 먼저, 두 번 물어도 *한 번* 부른 만큼의 그래디언트를 돌려주는 함수입니다.

# %% tags=["ex:gradients"] lang="en"
import torch


def gradients(model, x, y):
    """Return the gradients of the mean squared error of model(x) against y, one per parameter.

    A list in the order of model.parameters(). Calling this twice gives the same both times.
    """
    raise NotImplementedError


# %% tags=["ex:gradients"] lang="ko"
import torch


def gradients(model, x, y):
    """model(x)와 y의 평균제곱오차의 그래디언트를 매개변수마다 하나씩 돌려줍니다.

    model.parameters()의 순서를 따르는 목록입니다. 두 번 불러도 같은 결과가 나와야 합니다.
    """
    raise NotImplementedError


# %% tags=["ex:my_linear"] lang="en"
import torch


class MyLinear(torch.nn.Module):
    """A layer x @ weight.T + bias, without torch.nn.Linear.

    weight: a parameter of shape (outputs, inputs); bias: a parameter of shape (outputs,).
    """

    def __init__(self, inputs, outputs):
        super().__init__()
        raise NotImplementedError

    def forward(self, x):
        raise NotImplementedError


# %% tags=["ex:my_linear"] lang="ko"
import torch


class MyLinear(torch.nn.Module):
    """torch.nn.Linear를 쓰지 않고 만든 x @ weight.T + bias 층.

    weight: 모양 (outputs, inputs)인 매개변수. bias: 모양 (outputs,)인 매개변수.
    """

    def __init__(self, inputs, outputs):
        super().__init__()
        raise NotImplementedError

    def forward(self, x):
        raise NotImplementedError


# %% tags=["ex:train"] lang="en"
import torch


def train(model, x, y, rate, steps):
    """Take plain gradient steps (torch.optim.SGD) on the mean squared error; return the losses.

    A list of numbers, one a step, each measured before the step is taken. Changes the model.
    """
    raise NotImplementedError


# %% tags=["ex:train"] lang="ko"
import torch


def train(model, x, y, rate, steps):
    """평균제곱오차를 경사 하강법(torch.optim.SGD)으로 줄이고 손실들을 돌려줍니다.

    걸음마다 걷기 전에 잰 손실을 담은 숫자 목록입니다. 모델을 바꿉니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# Saving and loading, in memory: the twin must give the same answers, and go its own way afterwards.

# %% [markdown] lang="ko"
# 메모리 안에서 해 보는 저장과 불러오기입니다. 쌍둥이는 같은 답을 내야 하고, 그 뒤로는 따로 움직여야
# 합니다.

# %% tags=["ex:copy_weights"] lang="en"
import torch


def copy_weights(source, target):
    """Give target (a model of the same make) the values of all parameters of source."""
    raise NotImplementedError


# %% tags=["ex:copy_weights"] lang="ko"
import torch


def copy_weights(source, target):
    """구조가 같은 모델 target에 source의 모든 매개변수 값을 줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## What the course notes say, and what is off
#
# About Autograd they say that in the forward pass "there is no need to store intermediate
# operations". *You* need not, because Autograd does it. It must: the derivative of $e^x$ at a place
# is $e^x$ there, so the result of the forward pass is kept until the walk back. (That is why
# training takes more memory than using a model.) Which operations keep something? Find out by
# spoiling their result in place before the walk back: if it was kept, PyTorch notices and raises a
# `RuntimeError`.

# %% [markdown] lang="ko"
# ## 강의 노트 바로잡기
#
# Autograd에 대해 노트는 포워드로 계산할 때 "중간 연산을 저장할 필요 없고"라고 합니다. *여러분이* 저장할
# 필요가 없는 것은 Autograd가 저장하기 때문입니다. 저장하지 않을 수 없습니다. 어떤 점에서 $e^x$를 미분한
# 값은 그 점의 $e^x$이므로, 순전파의 결과를 뒤로 걸을 때까지 지니고 있어야 합니다. (훈련이 그냥 쓸
# 때보다 메모리를 더 쓰는 까닭입니다.) 어떤 연산이 무언가를 간직할까요? 뒤로 걷기 전에 결과를 제자리에서
# 망가뜨려 보면 알 수 있습니다. 간직한 것이라면 PyTorch가 알아채고 `RuntimeError`를 일으킵니다.

# %% tags=["ex:keeps"] lang="en"
import torch


def keeps(f, x):
    """Return True when the walk back through f needs the result of f, else False.

    f: a function of a tensor, for example torch.exp. x: a tensor of floats.
    Work on a copy of x that requires gradients; change f's result in place (for example with
    .add_(1)), then walk back from its sum.
    """
    raise NotImplementedError


# %% tags=["ex:keeps"] lang="ko"
import torch


def keeps(f, x):
    """f를 거꾸로 지날 때 f의 결과가 필요하면 True, 아니면 False를 돌려줍니다.

    f: 텐서의 함수(예: torch.exp). x: 실수 텐서.
    그래디언트를 구하도록 한 x의 복사본을 쓰세요. f의 결과를 제자리에서 바꾼 다음(예: .add_(1))
    그 합에서 뒤로 걷습니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## To think about
#
# `keeps(torch.relu, x)` is True and `keeps(torch.sin, x)` is False. Yet the walk back through a sine
# needs a cosine. What does it keep instead of its result?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# `keeps(torch.relu, x)`는 True이고 `keeps(torch.sin, x)`는 False입니다. 그런데 사인을 거꾸로 지날 때는
# 코사인이 필요합니다. 결과 대신 무엇을 간직할까요?
