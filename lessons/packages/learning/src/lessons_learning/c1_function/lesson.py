# %% [markdown] lang="en"
# # A model is a function
#
# You see a photo and say "cat". How would you write that down as a program? Nobody has ever
# managed with rules ("if there is a pointed ear in the upper left ..."). What works is to write a
# program with *knobs*, show it pictures whose answer is known, and let the knobs be turned until
# the answers come out right.
#
# Such a program is a **function**. A function takes an input and gives an output, the same output
# for the same input. Somewhere out there is the function that turns every photo into the right
# word; we cannot write it down, but we can come close to it. The thing that comes close is called
# a **model**.

# %% [markdown] lang="ko"
# # 모델은 함수다
#
# 사진을 보면 "고양이"라는 말이 바로 나옵니다. 이것을 프로그램으로 어떻게 적을 수 있을까요?
# "왼쪽 위에 뾰족한 귀가 있으면……" 같은 규칙으로 성공한 사람은 아무도 없습니다. 통하는 방법은
# 따로 있습니다. *손잡이*가 달린 프로그램을 만들고, 답을 아는 사진들을 보여 주면서, 답이 맞게
# 나올 때까지 손잡이를 돌리는 것입니다.
#
# 그런 프로그램이 바로 **함수**입니다. 함수는 입력을 받아 출력을 내놓고, 같은 입력에는 언제나
# 같은 출력을 줍니다. 모든 사진을 올바른 낱말로 바꾸는 함수가 어딘가에 있을 것입니다. 그 함수를
# 적을 수는 없어도 가까이 다가갈 수는 있습니다. 그렇게 다가가는 것을 **모델**이라고 부릅니다.

# %% [markdown] lang="en"
# ## One shape, many functions
#
# A model has two kinds of input. The data come first; the knobs, called **parameters** or
# **weights**, come after a semicolon:
#
# $$y = f(x;\ w_1, w_2, \dots, w_m)$$
#
# The shape of $f$ is chosen by a person and stays. Each setting of the weights gives another
# function of that shape. Take the shape $f(x; w_1, w_2, w_3) = w_1 + w_2 x + w_3 x^2$ and four
# settings of its three weights:

# %% [markdown] lang="ko"
# ## 하나의 꼴, 수많은 함수
#
# 모델은 두 가지를 입력으로 받습니다. 데이터를 먼저 쓰고, 손잡이에 해당하는 **매개변수**, 곧
# **가중치**를 쌍반점 뒤에 씁니다.
#
# $$y = f(x;\ w_1, w_2, \dots, w_m)$$
#
# $f$의 꼴은 사람이 고르고 바꾸지 않습니다. 가중치를 다르게 맞출 때마다 같은 꼴의 다른 함수가
# 나옵니다. $f(x; w_1, w_2, w_3) = w_1 + w_2 x + w_3 x^2$라는 꼴을 잡고 세 가중치를 네 가지로
# 맞춰 봅시다.

# %% tags=["demo:family"]

# %% [markdown] lang="en"
# Four curves, one family. **The function that explains the data best** is the member of the family
# whose outputs differ least from the known answers. How far they differ in total is written as an
# **error**, for instance
#
# $$E(w_1, \dots, w_m) = \sum_{(x, y)} \bigl(y - f(x; w_1, \dots, w_m)\bigr)^2 ,$$
#
# and note what it is a function *of*: the data are given, so $E$ depends on the weights alone.
#
# ## Two directions: inference and training
#
# Write the model as $O = f(Wx)$: weights $W$, input $x$, output $O$.
#
# * **Inference**: $W$ and $x$ are known, $O$ is wanted. Just compute.
# * **Training**: $x$ and $O$ are known (these are the examples), $W$ is wanted. Work backwards.
#
# With a single weight and $f(Wx) = Wx$ both take one line:

# %% [markdown] lang="ko"
# 곡선은 네 개이지만 한 집안의 함수들입니다. **데이터를 가장 잘 설명하는 함수**란 이 집안에서 출력이
# 이미 아는 답과 가장 적게 다른 함수입니다. 모두 합해 얼마나 다른지를 **오차**로 적습니다. 예를 들면
# 다음과 같습니다.
#
# $$E(w_1, \dots, w_m) = \sum_{(x, y)} \bigl(y - f(x; w_1, \dots, w_m)\bigr)^2$$
#
# 이것이 *무엇의* 함수인지 눈여겨보세요. 데이터는 이미 주어졌으니 $E$는 가중치에만 달려 있습니다.
#
# ## 두 방향: 추론과 훈련
#
# 모델을 $O = f(Wx)$라고 적어 봅시다. $W$는 가중치, $x$는 입력, $O$는 출력입니다.
#
# * **추론**: $W$와 $x$를 알고 $O$를 구합니다. 계산만 하면 됩니다.
# * **훈련**: $x$와 $O$를 알고(이것이 예제입니다) $W$를 구합니다. 거꾸로 풀어야 합니다.
#
# 가중치가 하나이고 $f(Wx) = Wx$라면 둘 다 한 줄이면 됩니다.

# %%
W, x = 2.5, 4.0
O = W * x  # inference: W and x are known
found = O / x  # training: x and O are known, here a division is enough
(O, found)

# %% [markdown] lang="en"
# With a million weights and noisy examples a division is no longer enough. Then training means:
# begin with random weights, measure how wrong the outputs are (the **loss**), change the weights
# so that the loss goes down, and repeat until it hardly falls any more. Only the parameters
# change; the shape of the function and the data stay.
#
# ## Before and after: four pictures
#
# Here are four pictures of 6 by 6 dots, two cats (label 0) and two dogs (label 1). A cat's ears
# stand up, a dog's ears hang. The model multiplies each of the 36 dots by a weight, adds
# everything up with a bias $b$, and says "dog" when the sum is above zero. We draw random weights
# until the model happens to be right on exactly one picture in four, then train it with PyTorch.

# %% [markdown] lang="ko"
# 가중치가 백만 개이고 예제에 잡음까지 섞이면 나눗셈으로는 안 됩니다. 그때 훈련이란 이런
# 뜻입니다. 무작위 가중치에서 출발해, 출력이 얼마나 틀렸는지(**손실**)를 재고, 손실이 줄어들도록
# 가중치를 고치고, 더는 거의 줄지 않을 때까지 되풀이합니다. 바뀌는 것은 매개변수뿐입니다. 함수의
# 꼴과 데이터는 그대로입니다.
#
# ## 학습 전과 학습 후: 사진 네 장
#
# 가로와 세로에 점이 여섯 개씩 있는 그림이 네 장 있습니다. 둘은 고양이(레이블 0), 둘은 개(레이블
# 1)입니다. 고양이의 귀는 서 있고 개의 귀는 늘어져 있습니다. 모델은 점 36개에 가중치를 하나씩 곱해
# 모두 더하고 편향 $b$까지 더한 뒤, 합이 0보다 크면 "개"라고 말합니다. 네 장 가운데 꼭 한 장만
# 맞히는 가중치가 나올 때까지 무작위로 뽑은 다음, PyTorch로 훈련해 봅시다.

# %% tags=["demo:cats_and_dogs"]

# %% [markdown] lang="en"
# High loss and one picture right before, low loss and all four right after. The loss is what the
# training really lowers; the **accuracy** (the share of right answers) only follows. Look at the
# two curves: the loss falls smoothly, the accuracy jumps in quarters, because it can only change
# when an answer flips. That is why one trains on the loss and reports the accuracy.
#
# ## All right is not enough: training and test data
#
# Being right on the pictures one has trained on proves little. Here is the extreme case, a
# "model" that simply remembers. The labels are tossed coins, so there is nothing to learn:

# %% [markdown] lang="ko"
# 학습 전에는 손실이 크고 한 장만 맞았지만, 학습 후에는 손실이 작고 네 장이 모두 맞습니다.
# 훈련이 실제로 줄이는 것은 손실이고, **정확도**(맞힌 비율)는 따라올 뿐입니다. 두 곡선을 보세요.
# 손실은 매끄럽게 줄지만 정확도는 4분의 1씩 뜁니다. 답 하나가 뒤집힐 때만 바뀔 수 있기
# 때문입니다. 그래서 훈련은 손실로 하고 보고는 정확도로 합니다.
#
# ## 다 맞혀도 모자랍니다: 훈련 데이터와 테스트 데이터
#
# 훈련에 쓴 사진을 맞히는 것은 별다른 증거가 되지 못합니다. 극단적인 예로, 그냥 외우기만 하는
# "모델"이 있습니다. 레이블은 동전을 던져 정했으니 배울 것이 아예 없습니다.

# %% tags=["demo:memorise"]

# %% [markdown] lang="en"
# 100 % on what it has seen, a coin's 50 % on what it has not. So examples are split before
# anything else: the **training data** to turn the knobs with, the **test data** to find out what
# the knobs are worth. No example may be in both.
#
# ## Your turn
#
# First, inference. Each row of `x` is one example.

# %% [markdown] lang="ko"
# 본 것은 100 % 맞히고, 보지 못한 것은 동전처럼 절반쯤 맞힙니다. 그래서 무엇보다 먼저 예제를
# 나눕니다. **훈련 데이터**로는 손잡이를 돌리고, **테스트 데이터**로는 그 손잡이가 쓸 만한지
# 알아봅니다. 어떤 예제도 양쪽에 다 들어가서는 안 됩니다.
#
# ## 직접 해 보기
#
# 먼저 추론입니다. `x`의 한 행이 예제 하나입니다.

# %% tags=["ex:predict"] lang="en"
import numpy as np


def predict(x, w, b):
    """Return 1 where the weighted sum of a row plus b is above zero, else 0.

    x: array of shape (n, d). w: array of shape (d,). b: a number.
    Returns an array of n whole numbers.
    """
    raise NotImplementedError


# %% tags=["ex:predict"] lang="ko"
import numpy as np


def predict(x, w, b):
    """행의 가중합에 b를 더한 값이 0보다 크면 1, 아니면 0을 돌려줍니다.

    x: 모양 (n, d)인 배열. w: 모양 (d,)인 배열. b: 숫자 하나.
    정수 n개짜리 배열을 돌려줍니다.
    """
    raise NotImplementedError


# %% tags=["ex:split"] lang="en"
import numpy as np


def split(n, test_share, rng):
    """Split the numbers 0 .. n-1 at random into two arrays (train, test).

    The test part has round(n * test_share) numbers; each number is in exactly one part.
    rng: a numpy Generator, the only source of randomness to use.
    """
    raise NotImplementedError


# %% tags=["ex:split"] lang="ko"
import numpy as np


def split(n, test_share, rng):
    """0부터 n-1까지의 번호를 무작위로 두 배열 (train, test)로 나눕니다.

    test에는 round(n * test_share)개를 넣고, 각 번호는 꼭 한쪽에만 들어갑니다.
    rng: numpy Generator. 무작위는 여기서만 얻습니다.
    """
    raise NotImplementedError


# %% tags=["ex:accuracy"] lang="en"
import numpy as np


def accuracy(labels, guesses):
    """Return the share of guesses that equal the label, between 0.0 and 1.0.

    Raises ValueError when there are no labels, or when the two lengths differ.
    """
    raise NotImplementedError


# %% tags=["ex:accuracy"] lang="ko"
import numpy as np


def accuracy(labels, guesses):
    """레이블과 같은 추측의 비율을 0.0과 1.0 사이의 수로 돌려줍니다.

    레이블이 없거나 두 길이가 다르면 ValueError를 일으킵니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## What the course notes say, and what is off
#
# **25 % before training.** The notes show a cat/dog classifier with an accuracy of 25 % before and
# 100 % after. The 100 % is fine. But 25 % is a strange start with two classes: somebody who tosses
# a coin is right half of the time on average. On four pictures it can happen, as you have seen, yet
# a model that is *reliably* right on a quarter knows a lot: it only has the names mixed up. Work
# out what happens when all its answers are exchanged.

# %% [markdown] lang="ko"
# ## 강의 노트 바로잡기
#
# **학습 전 정확도 25 %.** 강의 노트에는 학습 전 정확도가 25 %, 학습 후가 100 %인 고양이/개
# 분류기가 나옵니다. 100 %는 그럴 수 있습니다. 그런데 클래스가 둘일 때 25 %는 이상한 출발점입니다.
# 동전만 던져도 평균 절반은 맞기 때문입니다. 위에서 보았듯 그림이 네 장뿐이면 우연히 그럴 수
# 있습니다. 하지만 *꾸준히* 4분의 1만 맞히는 모델이라면 아는 것이 꽤 많은 셈입니다. 이름을 서로
# 바꿔 알고 있을 뿐입니다. 그 모델의 답을 모두 맞바꾸면 어떻게 되는지 알아보세요.


# %% tags=["ex:swap"] lang="en"
def swap(labels, guesses):
    """Return the better of two accuracies: as guessed, and with every answer exchanged.

    labels, guesses: sequences of 0 and 1 of the same length.
    """
    raise NotImplementedError


# %% tags=["ex:swap"] lang="ko"
def swap(labels, guesses):
    """두 정확도 가운데 큰 것을 돌려줍니다. 추측 그대로일 때와 모든 답을 맞바꾸었을 때입니다.

    labels, guesses: 길이가 같은 0과 1의 나열.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# **"All machine learning looks like this."** The notes draw one architecture (data times weights
# plus bias, compare with the truth, correct the weights by the slope of the loss) and say that
# every method has it. Many have, but not all: a decision tree asks a chain of questions, and the
# *nearest neighbour* method has no weights, no loss and no training at all. It answers with the
# label of the most similar example. Write it, and you hold a counterexample.

# %% [markdown] lang="ko"
# **"모든 머신러닝은 이렇게 생겼다."** 강의 노트는 데이터에 가중치를 곱하고 편향을 더해 정답과
# 비교한 뒤 손실의 기울기로 가중치를 고치는 구조 하나를 그리고, 모든 방법이 그런 구조라고
# 합니다. 그런 방법이 많지만 전부는 아닙니다. 결정 트리는 질문을 차례로 던지고, *최근접 이웃*
# 방법에는 가중치도 손실도 훈련도 없습니다. 가장 비슷한 예제의 레이블을 그대로 답할 뿐입니다.
# 직접 만들어 보세요. 그러면 반례를 하나 손에 쥐게 됩니다.

# %% tags=["ex:nearest"] lang="en"
import numpy as np


def nearest(examples, labels, x):
    """Return the label of the example that is nearest to x (straight-line distance).

    examples: array of shape (n, d). labels: array of n numbers. x: array of shape (d,).
    """
    raise NotImplementedError


# %% tags=["ex:nearest"] lang="ko"
import numpy as np


def nearest(examples, labels, x):
    """x와 가장 가까운(직선거리) 예제의 레이블을 돌려줍니다.

    examples: 모양 (n, d)인 배열. labels: 숫자 n개의 배열. x: 모양 (d,)인 배열.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# **Three smaller things.** One page states $5.0 = f(10.0;\ 1.7, -1.2, 1.6)$ without saying what $f$
# is, so nobody can check it. If $f$ were the parabola from above, read in ascending order
# ($w_1 + w_2 x + w_3 x^2$) or in descending order ($w_1 x^2 + w_2 x + w_3$), what would come out?
# Another page writes the label of a cat as the *letter* O, where a number is meant. A third calls
# the model's output an *expected value*: that word is taken, it is the mean of a random quantity.
# What a model gives is a *prediction*.

# %% [markdown] lang="ko"
# **작은 것 세 가지.** 한 곳에는 $5.0 = f(10.0;\ 1.7, -1.2, 1.6)$이라고 적혀 있는데 $f$가 무엇인지
# 나와 있지 않아 아무도 확인할 수 없습니다. $f$가 위의 포물선이라고 하고 오름차순
# ($w_1 + w_2 x + w_3 x^2$)이나 내림차순($w_1 x^2 + w_2 x + w_3$)으로 읽으면 얼마가 될까요? 다른
# 곳에는 고양이의 레이블이 *글자* O로 적혀 있지만 숫자를 뜻한 것입니다. 또 다른 곳에서는 모델의
# 출력을 *기댓값*이라고 부릅니다. 이 말에는 이미 임자가 있습니다. 확률변수의 평균이 기댓값입니다.
# 모델이 내놓는 것은 *예측값*입니다.

# %% tags=["ex:reading"] lang="en"
# Replace each None.
answers = {
    "ascending": None,  # f(10; 1.7, -1.2, 1.6) as w1 + w2 x + w3 x^2
    "descending": None,  # f(10; 1.7, -1.2, 1.6) as w1 x^2 + w2 x + w3
    "cat_label": None,  # the label of a cat, as a value that one can compute with
    "output": None,  # "prediction" or "expectation": what is the model's output Y?
}
if None in answers.values():
    raise NotImplementedError

# %% tags=["ex:reading"] lang="ko"
# None을 모두 바꾸세요.
answers = {
    "ascending": None,  # f(10; 1.7, -1.2, 1.6)을 w1 + w2 x + w3 x^2로 읽은 값
    "descending": None,  # f(10; 1.7, -1.2, 1.6)을 w1 x^2 + w2 x + w3으로 읽은 값
    "cat_label": None,  # 고양이의 레이블. 계산에 쓸 수 있는 값으로 적으세요
    "output": None,  # 모델의 출력 Y는 "prediction"(예측값)인가요, "expectation"(기댓값)인가요?
}
if None in answers.values():
    raise NotImplementedError

# %% [markdown] lang="en"
# ## To think about
#
# A model with as many knobs as you like can be right on *any* training data, even on tossed coins.
# Why then does anybody want large models? What must be true of the data for training to be of use
# on pictures that the model has never seen?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 손잡이가 얼마든지 있는 모델은 *어떤* 훈련 데이터도, 심지어 동전 던지기의 결과도 모두 맞힐 수
# 있습니다. 그렇다면 사람들은 왜 큰 모델을 쓰려 할까요? 훈련이 처음 보는 사진에도 쓸모가
# 있으려면 데이터가 어떠해야 할까요?
