# %% [markdown] lang="en"
# # Keras: say what, not how
#
# You have written the training loop by hand: shuffle, predict, measure, clear, backward, step. After the third time one
# asks: is it not always the same? **Keras** is the answer of many: you describe the network and the loss, and
# one call, `fit`, does the rest. It takes a dozen words, and it hides a dozen decisions. In this
# lesson you use it, look inside, and carry a network out of it.
#
# Keras once belonged to TensorFlow (`tensorflow.keras`). Keras 3 stands by itself and lets TensorFlow, JAX or
# **PyTorch** do the computing. Which one is read from the variable `KERAS_BACKEND` at the moment of
# the *first* `import keras`; set later it has no effect. In this workspace it is `torch`.
# %% [markdown] lang="ko"
# # 케라스: 어떻게 말고 무엇을
#
# 학습 반복문을 손으로 써 보았습니다. 섞고, 예측하고, 재고, 비우고, 역전파하고, 갱신합니다. 세 번쯤 쓰고 나면 늘 똑같지 않으냐는
# 생각이 듭니다. **케라스**(Keras)는 많은 사람이 찾은 답입니다. 신경망과 손실을 말해 주면 나머지는 `fit` 한 번이 다 합니다. 몇 마디면
# 되지만, 그만큼 많은 결정이 그 안에 숨습니다. 이 수업에서는 케라스를 쓰고, 속을 들여다보고, 신경망을 밖으로 꺼내 옵니다.
#
# 케라스는 한때 텐서플로에 속했습니다(`tensorflow.keras`). 케라스 3은 홀로 서서 계산을 텐서플로,
# JAX, **PyTorch** 가운데 하나에 맡깁니다. 어디에 맡길지는 *처음* `import keras` 하는 순간 환경 변수
# `KERAS_BACKEND`에서 읽습니다. 나중에 바꾸어도 소용이 없습니다. 이 작업 공간에서는 `torch`입니다.
# %% [markdown] lang="en"
# ## Describe
#
# A `Sequential` model is a list of layers. `Dense(64, activation="relu")` is a plain layer of 64 units,
# $\mathrm{ReLU}(xW + b)$. How many inputs it has need not be said twice: each layer learns it from the one before.
# %% [markdown] lang="ko"
# ## 말하기
#
# `Sequential` 모델은 층의 목록입니다. `Dense(64, activation="relu")`는 유닛 64개짜리 보통의 층 $\mathrm{ReLU}(xW + b)$입니다.
# 입력이 몇 개인지 두 번 말할 필요는 없습니다. 층마다 앞의 층에서 알아냅니다.
# %% tags=["demo:layers"]
# %% [markdown] lang="en"
# You can check the numbers by hand: $64 \cdot 64 + 64 = 4{,}160$ and $64 \cdot 10 + 10 = 650$.
#
# ## Compile and fit
#
# `compile` joins a model with a loss, an optimiser and metrics. Mind one detail. The last layer gives *scores*, so
# the loss must be told `from_logits=True`; its default takes the outputs for shares. Nothing warns you
# if the two do not fit together: the network learns anyway, only badly. The word *sparse*
# means that an answer is a number such as 7, not a vector with a 1 at position 7.
#
# `fit` then goes through the data epoch by epoch. It calls **callbacks** at every beginning and end: objects that
# watch, save, stop. The `Reporter` below is one: it draws the curve that you see, and keeps the
# state, so that you may stop this cell and run it again.
# %% [markdown] lang="ko"
# 수는 손으로 확인할 수 있습니다. $64 \cdot 64 + 64 = 4{,}160$이고 $64 \cdot 10 + 10 = 650$입니다.
#
# ## 컴파일하고 학습시키기
#
# `compile`은 모델에 손실, 옵티마이저, 지표를 묶어 줍니다. 한 가지를 조심하세요. 마지막 층은 *점수*를 내므로 손실에
# `from_logits=True`라고 알려야 합니다. 기본값은 출력을 확률로 여깁니다. 둘이 맞지 않아도 아무 경고가 없습니다. 신경망은 그래도
# 배우지만 제대로 배우지 못합니다. *sparse*라는 말은 답이 7번 자리만 1인 벡터가 아니라 7 같은 수라는 뜻입니다.
#
# `fit`은 에포크마다 데이터를 한 바퀴 돕니다. 그리고 시작하고 끝날 때마다 **콜백**을 부릅니다. 콜백은 지켜보고, 저장하고, 멈추는
# 객체입니다. 아래의 `Reporter`도 콜백입니다. 지금 보이는 곡선을 그리고 상태를 간직하므로, 이 셀을 멈추었다가 다시 실행해도
# 됩니다.
# %% tags=["demo:fit"]
# %% [markdown] lang="en"
# ## Exercise: `digits_model`
#
# Now you: the network 64-64-10 with ReLU, compiled, scores at the end, and `"accuracy"` among the metrics. The
# check lets it train for 25 epochs with your optimiser and wants 93 % of unseen digits.
# %% [markdown] lang="ko"
# ## 연습: `digits_model`
#
# 이제 여러분 차례입니다. ReLU를 쓰는 64-64-10 신경망을 컴파일까지 하세요. 끝은 점수이고, 지표에는 `"accuracy"`가 있어야 합니다.
# 검사에서는 여러분의 옵티마이저로 25에포크 학습시키고, 처음 보는 숫자의 93 %를 맞히는지 봅니다.
# %% lang="en" tags=["ex:digits_model"]
import keras


def digits_model() -> keras.Model:
    """A compiled network 64-64-10 that gives scores for rows of 64 pixels, answers being 0 to 9."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:digits_model"]
import keras


def digits_model() -> keras.Model:
    """픽셀 64개짜리 행마다 점수를 내는, 컴파일된 64-64-10 신경망입니다. 답은 0~9입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## When to stop
#
# More epochs always lower the loss on the training pictures. On pictures that were held back it falls, and then, when the
# network begins to learn the training pictures by heart, it stops falling or rises again. `EarlyStopping` watches one
# figure, waits `patience` epochs for something better, and ends the training. Below only 120
# pictures are given, so that it comes to that quickly.
# %% [markdown] lang="ko"
# ## 언제 멈출까요?
#
# 에포크를 늘리면 훈련 그림의 손실은 늘 내려갑니다. 떼어 둔 그림의 손실은 내려가다가, 신경망이 훈련 그림을 외우기 시작하면
# 그대로이거나 다시 올라갑니다. `EarlyStopping`은 수 하나를 지켜보며 더 나은 값이 나올 때까지 `patience`에포크를 기다린 다음 학습을
# 끝냅니다. 아래에서는 그때가 빨리 오도록 그림을 120장만 줍니다.
# %% tags=["demo:early_stopping"]
# %% [markdown] lang="en"
# **What to observe.** The two curves part. Stopping is half of it: the weights in hand are those of the last epoch,
# `patience` epochs *after* the best. `restore_best_weights=True` goes back. (And the pictures held back
# helped to decide, so the final figure comes from a third set, the test set.)
# %% [markdown] lang="ko"
# **눈여겨볼 점.** 두 곡선이 갈라집니다. 멈추는 것으로 다가 아닙니다. 멈추었을 때의 가중치는 가장 좋았던 때보다 `patience`에포크
# *뒤*의 것입니다. `restore_best_weights=True`라고 하면 되돌아갑니다. (떼어 둔 그림도 결정에 참여했으므로, 마지막 수치는 세 번째
# 묶음인 테스트 세트에서 얻습니다.)
# %% lang="en" tags=["ex:patient"]
import keras


def patient(patience: int) -> list[keras.callbacks.Callback]:
    """Callbacks for `fit`: stop when the loss on held-back data has not improved for `patience`
    epochs, and end with the weights of the best epoch."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:patient"]
import keras


def patient(patience: int) -> list[keras.callbacks.Callback]:
    """`fit`에 줄 콜백들입니다. 떼어 둔 데이터의 손실이 `patience`에포크 동안 나아지지 않으면
    멈추고, 가장 좋았던 에포크의 가중치로 끝냅니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## A callback of your own
#
# A callback is a class with methods that `fit` calls by their names: `on_train_begin(logs)`,
# `on_epoch_end(epoch, logs)` and more; `logs` holds `"loss"`, `"val_loss"` and the metrics. Write one that
# keeps the curve. The same object may watch a second training: then it starts over.
# %% [markdown] lang="ko"
# ## 나만의 콜백
#
# 콜백은 `fit`이 이름으로 찾아 부르는 메서드를 가진 클래스입니다. `on_train_begin(logs)`,
# `on_epoch_end(epoch, logs)` 등이 있고, `logs`에는 `"loss"`, `"val_loss"`와 지표가 들어 있습니다.
# 곡선을 간직하는 콜백을 작성해 보세요. 같은 객체로 두 번째 학습을 지켜볼 수도 있는데, 그때는
# 처음부터 다시 시작합니다.
# %% lang="en" tags=["ex:curve"]
import keras


class Curve(keras.callbacks.Callback):
    """Keeps `losses`, the "val_loss" of each epoch of the present training, and `best`, the number
    of the epoch with the smallest (the first has number 0)."""

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        raise NotImplementedError

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        raise NotImplementedError


# %% lang="ko" tags=["ex:curve"]
import keras


class Curve(keras.callbacks.Callback):
    """`losses`에는 지금 하는 학습의 에포크마다의 "val_loss"를, `best`에는 그것이 가장 작은 에포크의
    번호(첫 에포크가 0)를 간직합니다."""

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        raise NotImplementedError

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        raise NotImplementedError


# %% [markdown] lang="en"
# ## There is no magic inside
#
# Behind the dozen words are the same matrices as ever. `get_weights()` hands them out, and two products compute
# what `predict` computes:
#
# $$\text{scores} = \mathrm{ReLU}(x W_1 + b_1)\, W_2 + b_2.$$
# %% [markdown] lang="ko"
# ## 안에 마법은 없습니다
#
# 몇 마디 말 뒤에 있는 것은 늘 보던 행렬입니다. `get_weights()`가 행렬을 내주고, 곱셈 두 번이면 `predict`가 계산하는 것이 나옵니다.
#
# $$\text{scores} = \mathrm{ReLU}(x W_1 + b_1)\, W_2 + b_2.$$
# %% tags=["demo:without_keras"]
# %% [markdown] lang="en"
# Keras writes $xW$ and keeps $W$ as [inputs, outputs]. PyTorch's `Linear` writes $xW^\top$ and keeps [outputs,
# inputs]. Whoever moves weights from one to the other has to know this. If the matrix is square, no
# error tells you.
#
# ## Exercise: `to_torch`
#
# Carry a network out of Keras. Its layers are `Dense`, each with activation `"relu"` or `"linear"` (none).
# %% [markdown] lang="ko"
# 케라스는 $xW$라고 쓰고 $W$를 [입력, 출력]으로 둡니다. PyTorch의 `Linear`는 $xW^\top$라고 쓰고
# [출력, 입력]으로 둡니다. 가중치를 한쪽에서 다른 쪽으로 옮기려면 이것을 알아야 합니다. 행렬이
# 정사각형이면 틀려도 오류가 나지 않습니다.
#
# ## 연습: `to_torch`
#
# 신경망을 케라스 밖으로 꺼내 오세요. 층은 모두 `Dense`이고 활성 함수는 `"relu"`이거나 `"linear"`(없음)입니다.
# %% lang="en" tags=["ex:to_torch"]
import keras
import torch


def to_torch(model: keras.Sequential) -> torch.nn.Sequential:
    """A network of torch.nn.Linear and torch.nn.ReLU that gives the same scores as the model."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:to_torch"]
import keras
import torch


def to_torch(model: keras.Sequential) -> torch.nn.Sequential:
    """torch.nn.Linear와 torch.nn.ReLU로 만들고 모델과 같은 점수를 내는 신경망입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## One question to take with you
#
# Keras hides the training loop. Which of the mistakes that you have met (gradients that pile up, a softmax
# applied twice, a test set that is looked at too early) can you no longer make? And which can you no longer *see*?
# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 케라스는 학습 반복문을 감춥니다. 지금까지 만난 실수(쌓이는 기울기, 두 번 적용한 소프트맥스, 너무 일찍 들여다본 테스트 세트)
# 가운데 이제 저지를 수 없게 된 것은 무엇인가요? 그리고 *보이지* 않게 된 것은 무엇인가요?
