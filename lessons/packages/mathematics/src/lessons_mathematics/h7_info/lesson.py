# %% [markdown] lang="en"
# # Information theory
#
# "The sun rose this morning." You learn nothing. "There was an eclipse this morning." Now you look
# up. The second message carries more **information**, although it
# is hardly longer. Can that be measured? It can, with one logarithm; and the measure that comes
# out is the loss function of nearly every classifier.

# %% [markdown] lang="ko"
# # 정보이론
#
# "오늘 아침에 해가 떴습니다." 새로 알게 된 것이 없습니다. "오늘 아침에 일식이 있었습니다." 이번에는
# 고개를 들게 됩니다. 둘째 말은 더 길지도 않은데 **정보**가 더 많습니다. 이것을 잴 수 있을까요? 로그
# 하나로 잴 수 있습니다. 그리고 그렇게 나온 척도가 거의 모든 분류기의 손실 함수입니다.

# %% [markdown] lang="en"
# ## Surprise: self-information
#
# Two wishes settle the formula. A less probable event should carry more. And two independent
# events together, whose probabilities *multiply*, should carry the *sum*. Only a logarithm turns
# products into sums:
#
# $$I(x)=-\log P(x)$$
#
# With base 2 the unit is the **bit**, with base $e$ the **nat** (1 nat = 1.4427 bits). One bit is
# the answer to one fair yes-or-no question.

# %% [markdown] lang="ko"
# ## 놀라움: 자기 정보
#
# 두 가지 바람이 식을 정합니다. 확률이 작은 사건일수록 정보가 많아야 합니다. 그리고 독립인 두
# 사건이 함께 일어나면 확률은 *곱해지고*, 정보량은 *더해져야* 합니다. 곱을 합으로 바꾸는 것은
# 로그뿐입니다.
#
# $$I(x)=-\log P(x)$$
#
# 밑이 2이면 단위가 **비트**, 밑이 $e$이면 **나츠**입니다(1나츠 = 1.4427비트). 1비트는 반반인
# 예/아니요 물음 하나의 답입니다.

# %% tags=["demo:surprises"]

# %% [markdown] lang="en"
# A coin gives 1 bit, a die 2.585 bits: one out of six tells more than one out of two.
#
# ## The average surprise: entropy
#
# Before the throw you do not know which surprise will come. Its average, each weighted with its
# probability, is the **entropy**:
#
# $$H(P)=-\sum_x P(x)\log P(x)$$
#
# It measures how unpredictable the *source* is. (An impossible outcome adds nothing: $0\log0$
# counts as 0.)

# %% [markdown] lang="ko"
# 동전은 1비트, 주사위는 2.585비트입니다. 여섯 중 하나가 둘 중 하나보다 많은 것을 알려 줍니다.
#
# ## 놀라움의 평균: 엔트로피
#
# 던지기 전에는 어떤 놀라움이 올지 모릅니다. 확률을 무게로 삼아 평균을 낸 것이 **엔트로피**입니다.
#
# $$H(P)=-\sum_x P(x)\log P(x)$$
#
# 결과를 내는 *쪽*이 얼마나 예측하기 어려운지를 잽니다. (일어날 수 없는 결과는 아무것도 보태지
# 않습니다. $0\log0$은 0으로 칩니다.)

# %% tags=["demo:games"]

# %% [markdown] lang="en"
# The die is harder to predict than the yut sticks: it has one outcome more, and above all its
# outcomes are equally likely. Yut with equal chances would reach $\log_25=2.322$ bits; among
# distributions over the same outcomes the uniform one always has the largest entropy. The curve
# shows the same for coins.
#
# ## A wrong code book: cross-entropy and KL divergence
#
# Good codes give frequent outcomes short words: $-\log_2 P(x)$ bits. Suppose that nature draws
# from $P$ but your code book was written for $Q$. The average length of a message is then the
# **cross-entropy**
#
# $$H(P,Q)=-\sum_x P(x)\log Q(x)=
# H(P)+\underbrace{\sum_x P(x)\log\frac{P(x)}{Q(x)}}_{D_{KL}(P\|Q)}$$
#
# The first part is unavoidable. The second, the **KL divergence**, is what the wrong belief costs:
# never negative, and zero only if $P=Q$.

# %% [markdown] lang="ko"
# 주사위가 윷보다 예측하기 어렵습니다. 결과가 하나 더 많고, 무엇보다 모든 결과의 확률이 같기
# 때문입니다. 다섯 결과의 확률이 모두 같은 윷이라면 $\log_25=2.322$비트가 됩니다. 결과의 가짓수가
# 같다면 언제나 균등 분포의 엔트로피가 가장 큽니다. 곡선은 동전에서도 그렇다는 것을 보여 줍니다.
#
# ## 틀린 부호책: 교차 엔트로피와 KL 발산
#
# 좋은 부호는 자주 나오는 결과에 짧은 낱말, 곧 $-\log_2 P(x)$비트를 줍니다. 자연은 $P$에서 뽑는데
# 부호책은 $Q$에 맞추어 썼다고 합시다. 이때 메시지의 평균 길이가 **교차 엔트로피**입니다.
#
# $$H(P,Q)=-\sum_x P(x)\log Q(x)=
# H(P)+\underbrace{\sum_x P(x)\log\frac{P(x)}{Q(x)}}_{D_{KL}(P\|Q)}$$
#
# 앞부분은 피할 수 없습니다. 뒷부분인 **KL 발산**이 틀린 믿음의 대가입니다. 음수가 될 수 없고,
# $P=Q$일 때에만 0입니다.

# %% tags=["demo:cross"]

# %% [markdown] lang="en"
# ## Why classifiers use it
#
# A label is an extreme distribution: all its mass on the right class. The softmax output is $Q$.
# Then $H(P,Q)$ is just $-\ln Q(\text{right class})$. Five inputs, three classes:

# %% [markdown] lang="ko"
# ## 분류기가 이것을 쓰는 까닭
#
# 레이블은 맞는 부류에 모든 확률이 몰린 극단적인 분포입니다. 소프트맥스 출력이 $Q$입니다. 그러면
# $H(P,Q)$는 그저 $-\ln Q(\text{right class})$, 곧 맞는 부류의 확률에 로그를 취해 음의 부호를 붙인
# 값입니다. 입력 다섯 개, 부류 세 개의 예입니다.

# %% tags=["demo:five_inputs"]

# %% [markdown] lang="en"
# Input 3 is undecided ($\ln3$), input 5 is confidently wrong and pays the most.
#
# ## Errata: what the course notes say
#
# **"Mostly bits are used"**, and the die's 2.585 has no unit at all. In textbooks bits; but the
# loss that PyTorch or Keras prints is in *nats*. A loss of 0.69 at the start of a two-class
# training is $\ln2$, that is 1 bit: pure guessing. A number without its unit is half a number.

# %% [markdown] lang="ko"
# 입력 3은 갈피를 못 잡고($\ln3$), 입력 5는 자신 있게 틀려서 가장 큰 값을 치릅니다.
#
# ## 강의 노트 바로잡기
#
# **"주로 비트를 사용한다."** 그런데 주사위의 2.585에는 단위가 적혀 있지 않습니다. 교과서에서는
# 비트를 쓰지만, PyTorch나 Keras가 출력하는 손실은 *나츠*입니다. 두 부류를 학습하기 시작할 때 손실이
# 0.69라면 $\ln2$, 곧 1비트이고, 찍는 것과 같다는 뜻입니다. 단위 없는 수는 반쪽짜리입니다.

# %% tags=["ex:info"] lang="en"
def info(p: float, unit: str) -> float:
    """Return the self-information of an event of probability p; the unit is "bit" or "nat"."""
    raise NotImplementedError


# %% tags=["ex:info"] lang="ko"
def info(p: float, unit: str) -> float:
    """확률이 p인 사건의 자기 정보를 돌려줍니다. 단위 unit은 "bit" 또는 "nat"입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# **"Entropy is used to measure the similarity of two probabilities."** Entropy takes *one*
# distribution. Write it; note that there is no place for a second one.

# %% [markdown] lang="ko"
# **"엔트로피는 두 확률 간의 유사도를 측정할 때 사용한다."** 엔트로피에 들어가는 분포는
# *하나*입니다. 직접 작성해 보면 두 번째 분포가 들어갈 자리가 없다는 것을 알 수 있습니다.

# %% tags=["ex:entropy"] lang="en"
import numpy as np


def entropy(p: np.ndarray) -> float:
    """Return the entropy of p in bits; p may contain zeros."""
    raise NotImplementedError


# %% tags=["ex:entropy"] lang="ko"
import numpy as np


def entropy(p: np.ndarray) -> float:
    """p의 엔트로피를 비트로 돌려줍니다. p에는 0이 있을 수 있습니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# **"Cross-entropy tells how much information two distributions share"**, and **"the outer $P$ is
# the one that changes."** Neither. It is a message length, *smallest* when the two agree, and then
# it is $H(P)$, not zero. And the average is still taken over what really happens: the *inner* $P$,
# under the logarithm, becomes $Q$.

# %% [markdown] lang="ko"
# **"교차 엔트로피는 두 확률이 동일한 정보를 얼마나 공유하는지"** 그리고 **"바깥 $P(x)$가 바뀐
# 것"**, 이 두 설명은 모두 맞지 않습니다. 교차 엔트로피는 메시지의 길이여서 둘이 같을 때 *가장
# 작고*, 그때의 값도 0이 아니라 $H(P)$입니다. 그리고 평균은 여전히 실제로 일어나는 일에 대해 냅니다.
# 로그 *안쪽*의 $P$가 $Q$로 바뀝니다.

# %% tags=["ex:cross_entropy"] lang="en"
import numpy as np


def cross_entropy(p: np.ndarray, q: np.ndarray) -> float:
    """Return the cross-entropy in bits: outcomes come from p, the code was made for q."""
    raise NotImplementedError


# %% tags=["ex:cross_entropy"] lang="ko"
import numpy as np


def cross_entropy(p: np.ndarray, q: np.ndarray) -> float:
    """교차 엔트로피를 비트로 돌려줍니다. 결과는 p에서 나오고 부호는 q에 맞춘 것입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# **"The KL divergence computes the distance between two distributions."** A distance is the same
# there and back. Look:

# %% [markdown] lang="ko"
# **"KL 발산은 두 확률분포 사이의 거리를 계산할 때 쓴다."** 거리라면 갈 때와 올 때가 같아야 합니다.
# 다음을 보세요.

# %% tags=["demo:two_directions"]

# %% [markdown] lang="en"
# The terms also show that the "area" of the picture is not all positive: single terms may be
# negative, only their sum cannot. Each direction has its own meaning (who draws, who wrote the
# code book), so mind which one you compute.

# %% [markdown] lang="ko"
# 항들을 보면 그림의 "면적"이 모두 양수인 것도 아닙니다. 항 하나하나는 음수일 수 있고, 합만 음수가
# 되지 않습니다. 방향마다 뜻(누가 뽑고 누가 부호책을 썼는지)이 다르므로 어느 쪽을 계산하는지 살펴야
# 합니다.

# %% tags=["ex:kl"] lang="en"
import numpy as np


def kl(p: np.ndarray, q: np.ndarray) -> float:
    """Return KL(p‖q) in bits; p may contain zeros, q does not."""
    raise NotImplementedError


# %% tags=["ex:kl"] lang="ko"
import numpy as np


def kl(p: np.ndarray, q: np.ndarray) -> float:
    """KL(p‖q)를 비트로 돌려줍니다. p에는 0이 있을 수 있고 q에는 없습니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# **"P and Q are both data distributions, and both are manipulated until they are similar."** A few
# lines before, the notes rightly said that $P$ is fixed. It is: the data are what they are, only
# the model's $Q$ moves. That is why minimising the cross-entropy and minimising the KL divergence
# are the same task; they differ by the constant $H(P)$.

# %% [markdown] lang="ko"
# **"P와 Q는 둘 다 데이터 분포이며 서로의 분포를 조작해서 유사하게 만든다."** 노트의 조금 앞에는
# $P$가 고정되어 있다고 옳게 적혀 있습니다. 데이터는 그대로이고, 움직이는 것은 모델의 $Q$뿐입니다.
# 그래서 교차 엔트로피를 줄이는 일과 KL 발산을 줄이는 일은 같습니다. 둘의 차이는 상수 $H(P)$입니다.

# %% tags=["demo:chase"]

# %% tags=["ex:nudge"] lang="en"
import numpy as np


def nudge(p: np.ndarray, scores: np.ndarray, rate: float) -> np.ndarray:
    """Return the scores after one step of gradient descent on the cross-entropy in nats.

    Q is the softmax of the scores; p is what the data says.
    """
    raise NotImplementedError


# %% tags=["ex:nudge"] lang="ko"
import numpy as np


def nudge(p: np.ndarray, scores: np.ndarray, rate: float) -> np.ndarray:
    """교차 엔트로피(나츠)에 경사 하강법을 한 걸음 적용한 뒤의 점수를 돌려줍니다.

    Q는 점수의 소프트맥스이고, p는 데이터의 분포입니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## To think about
#
# A friend sends you the result of a die every day, and you agree on a code of 0s and 1s. After a
# year you learn that the die shows six half of the time. What would you change in the code, how
# much shorter could the messages get, and what did not knowing it cost you each day?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 친구가 날마다 주사위 결과를 0과 1의 부호로 보내 줍니다. 일 년 뒤, 그 주사위는 절반이 6이라는 것을
# 알았습니다. 부호를 어떻게 바꾸겠습니까? 메시지는 얼마나 짧아질까요? 그 사실을 모른 대가는 하루에
# 얼마였을까요?
