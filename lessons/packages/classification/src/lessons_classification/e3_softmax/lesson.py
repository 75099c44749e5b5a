# %% [markdown] lang="en"
# # Softmax: one probability for each of many classes
#
# A flower may be one of three species. A model looks at it and gives three scores: 2.0, 1.0 and 0.1.
# The first species leads, but by how much? "Twice as likely as the second, because 2.0 is twice 1.0"
# cannot be right: add 10 to all scores, and the lead is the same though the ratio is gone.
#
# You will turn scores into probabilities in the one way that survives this test, price them, and find
# out what happens to people who do it twice.
# %% [markdown] lang="ko"
# # 소프트맥스: 여러 클래스에 확률 나누어 주기
#
# 꽃 한 송이가 세 품종 가운데 하나입니다. 모델이 꽃을 보고 점수 2.0, 1.0, 0.1을 내놓았습니다. 첫째 품종이 앞서는데,
# 얼마나 앞설까요? "2.0이 1.0의 두 배이니 두 배 더 그럴듯하다"는 답은 옳지 않습니다. 모든 점수에 10을 더해 보세요.
# 앞선 정도는 그대로인데 비율은 사라집니다.
#
# 이 수업에서는 이 시험을 견디는 방법으로 점수를 확률로 바꾸고, 그 확률에 값을 매기고, 같은 일을 두 번 하면 무슨 일이
# 생기는지 알아봅니다.
# %% [markdown] lang="en"
# ## From scores to shares
#
# Probabilities must be positive and sum to 1. Two moves do it: make every score positive with $e^{s}$,
# then divide by the total. That is the **softmax**:
#
# $$f(s)_i = \frac{e^{s_i}}{\sum_j e^{s_j}}$$
#
# * **Only differences count.** Add $c$ to every score: $e^{c}$ appears above and below and cancels.
#   This *shift invariance* is also the cure for overflow: subtract the largest score first.
# * **A lead of 1 is a factor of $e$.** $f_1/f_2 = e^{s_1 - s_2}$, whatever the other classes do.
# * **Two classes give the sigmoid.** $f(s)_1 = 1/(1 + e^{-(s_1 - s_2)}) = \sigma(s_1 - s_2)$.
# %% [markdown] lang="ko"
# ## 점수에서 몫으로
#
# 확률은 양수이고 합이 1이어야 합니다. 두 번 손질하면 됩니다. 먼저 $e^{s}$로 모든 점수를 양수로
# 만들고, 그다음 전체 합으로 나눕니다. 이것이 **소프트맥스**입니다.
#
# $$f(s)_i = \frac{e^{s_i}}{\sum_j e^{s_j}}$$
#
# * **차이만 중요합니다.** 모든 점수에 $c$를 더하면 분자와 분모에 $e^{c}$가 똑같이 생겨 약분됩니다.
#   이 *이동 불변성*은 오버플로를 막는 방법이기도 합니다. 가장 큰 점수를 먼저 빼면 됩니다.
# * **점수가 1 앞서면 $e$배입니다.** 다른 클래스가 어떻든 $f_1/f_2 = e^{s_1 - s_2}$입니다.
# * **클래스가 둘이면 시그모이드가 됩니다.**
#   $f(s)_1 = 1/(1 + e^{-(s_1 - s_2)}) = \sigma(s_1 - s_2)$입니다.
# %% tags=["demo:shares"]
# %% [markdown] lang="en"
# **What to observe.** Shifted scores give the same bars. Doubled scores do not: the leader takes more.
# The smallest class never gets exactly 0: softmax leaves a little to everybody.
# %% [markdown] lang="ko"
# **눈여겨볼 점.** 점수를 똑같이 옮기면 막대가 그대로입니다. 점수를 두 배로 키우면 달라집니다. 앞선 쪽이 더 많이
# 가져갑니다. 그래도 꼴찌의 몫이 정확히 0이 되지는 않습니다. 소프트맥스는 모두에게 조금씩 남겨 줍니다.
# %% [markdown] lang="en"
# ## Exercise: `softmax`
#
# One row of scores per sample; each row becomes a row of probabilities, even for scores around
# 10,000.
# %% [markdown] lang="ko"
# ## 연습: `softmax`
#
# 표본마다 점수가 한 행씩 있습니다. 행마다 확률로 바꾸세요. 점수가 10,000 근처여도 계산이 되어야 합니다.
# %% lang="en" tags=["ex:softmax"]
import numpy as np


def softmax(s: np.ndarray) -> np.ndarray:
    """Probabilities, shape [n, C], of scores s [n, C]: each row sums to 1."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:softmax"]
import numpy as np


def softmax(s: np.ndarray) -> np.ndarray:
    """점수 s [n, C]를 확률 [n, C]로 바꿉니다. 행마다 합이 1입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## The price: categorical cross-entropy
#
# As with two classes, one pays for the surprise: minus the logarithm of the probability that was given to
# the class $k$ that really came. Write the truth as a **one-hot** row $t$ (1 at the true class, 0
# elsewhere), and the price of a sample is
#
# $$CE = -\sum_{i=1}^{C} t_i \log f(s)_i$$
#
# All terms but one vanish, so it is enough to know the *number* $k$ of the true class:
# $CE = -\log f(s)_k$. Libraries call the first form *categorical*, the second *sparse* cross-entropy. The
# values are the same; the second stores one whole number instead of a row of zeros.
#
# The next cell sends five inputs through a model: each gives a row of probabilities, to be
# compared with the extreme distribution that the label is.
# %% [markdown] lang="ko"
# ## 값 매기기: 범주형 교차 엔트로피
#
# 클래스가 둘일 때처럼 놀란 만큼 값을 치릅니다. 실제로 나온 클래스 $k$에 준 확률의 로그에 음의
# 부호를 붙입니다. 정답을 **원-핫** 행 $t$(정답 클래스는 1, 나머지는 0)로 적으면 표본 하나의 값은
# 다음과 같습니다.
#
# $$CE = -\sum_{i=1}^{C} t_i \log f(s)_i$$
#
# 항 하나만 남고 모두 사라지므로 정답 클래스의 *번호* $k$만 알아도 충분합니다.
# $CE = -\log f(s)_k$입니다. 라이브러리에서는 앞의 꼴을 *범주형*(categorical), 뒤의 꼴을
# *희소*(sparse) 교차 엔트로피라고 부릅니다. 값은 같고, 뒤의 것은 0으로 가득한 행 대신 정수 하나만
# 저장합니다.
#
# 다음 셀은 입력 다섯 개를 모델에 통과시킵니다. 입력마다 확률 분포가 한 행씩 나오고, 이것을 한쪽에 모든 확률이 몰린
# 분포인 레이블과 비교합니다.
# %% tags=["demo:five_inputs"]
# %% [markdown] lang="en"
# **What to observe.** Both forms give the same mean. Input 4 is classified rightly, yet it pays more than
# input 1: cross-entropy looks at the confidence, not only at who leads. Input 5 is confidently wrong and
# pays more than all others together.
# %% [markdown] lang="ko"
# **눈여겨볼 점.** 두 꼴의 평균은 같습니다. 4번 입력은 맞게 분류되었는데도 1번 입력보다 값을 더 치릅니다. 교차
# 엔트로피는 누가 앞섰는지만이 아니라 얼마나 확신했는지를 봅니다. 5번 입력은 확신하고 틀려서 나머지를 모두 합한 것보다
# 많이 치릅니다.
# %% [markdown] lang="en"
# ## Exercise: `cce`
#
# The mean price, from scores. Labels may come as class numbers `[n]` or as one-hot rows `[n, C]`.
# Computing $\log f(s)_k = s_k - \log\sum_j e^{s_j}$ directly is safer than taking the logarithm of a
# probability that has become 0.
# %% [markdown] lang="ko"
# ## 연습: `cce`
#
# 점수에서 시작해 치르는 값의 평균을 구하세요. 레이블은 클래스 번호 `[n]`일 수도 있고 원-핫 행
# `[n, C]`일 수도 있습니다. 0이 되어 버린 확률에 로그를 취하는 것보다
# $\log f(s)_k = s_k - \log\sum_j e^{s_j}$를 바로 계산하는 편이 안전합니다.
# %% lang="en" tags=["ex:cce"]
import numpy as np


def cce(s: np.ndarray, t: np.ndarray) -> float:
    """Mean cross-entropy of scores s [n, C] and labels t: numbers [n] or one-hot rows [n, C]."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:cce"]
import numpy as np


def cce(s: np.ndarray, t: np.ndarray) -> float:
    """점수 s [n, C]와 레이블 t의 평균 교차 엔트로피입니다. t는 번호 [n] 또는 원-핫 행 [n, C]입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## The slope is again the error
#
# Differentiate $-s_k + \log\sum_j e^{s_j}$ for $s_i$: the second part gives exactly $f(s)_i$, the first
# gives $-1$ for the true class and nothing else. So
#
# $$\frac{\partial CE}{\partial s_i} = f(s)_i - t_i = p_i - t_i$$
#
# The true class is pulled up by what it lacks, every other is pushed down by what it wrongly has, and the
# pulls of one sample sum to zero.
# %% [markdown] lang="ko"
# ## 기울기는 이번에도 오차
#
# $-s_k + \log\sum_j e^{s_j}$를 $s_i$로 미분해 봅시다. 뒷부분에서는 정확히 $f(s)_i$가 나오고,
# 앞부분에서는 정답 클래스일 때만 $-1$이 나옵니다. 그래서 다음이 성립합니다.
#
# $$\frac{\partial CE}{\partial s_i} = f(s)_i - t_i = p_i - t_i$$
#
# 정답 클래스는 모자란 만큼 끌어올려지고 나머지는 잘못 가진 만큼 밀려나며, 한 표본 안에서 이 힘들을 더하면 0입니다.
# %% lang="en" tags=["ex:cce_grad"]
import numpy as np


def cce_grad(s: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Slopes of the mean cross-entropy for the scores s [n, C]; t holds class numbers [n]."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:cce_grad"]
import numpy as np


def cce_grad(s: np.ndarray, t: np.ndarray) -> np.ndarray:
    """평균 교차 엔트로피를 점수 s [n, C]로 미분한 기울기입니다. t는 클래스 번호 [n]입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Squashed twice
#
# PyTorch's `CrossEntropyLoss` expects **scores** and applies softmax itself. Feed it probabilities,
# and softmax is applied twice. Nothing crashes, the loss even falls. For the scores 2.0, 1.0, 0.1
# and true class 0 the price is 0.4170; squashed twice it is 0.8021. Train both ways and compare.
# %% [markdown] lang="ko"
# ## 두 번 누르면
#
# PyTorch의 `CrossEntropyLoss`는 **점수**를 받아 소프트맥스를 스스로 적용합니다. 여기에 확률을
# 넣으면 소프트맥스가 두 번 적용됩니다. 오류도 나지 않고 손실도 줄어듭니다. 점수 2.0, 1.0, 0.1과
# 정답 클래스 0에서 치를 값은 0.4170인데, 두 번 누르면 0.8021이 됩니다. 두 방법으로 학습시켜 비교해
# 봅시다.
# %% tags=["demo:squashed_twice"]
# %% [markdown] lang="en"
# **What to observe.** The doubly squashed loss gets stuck well above zero. It must: after the first softmax
# the scores lie between 0 and 1, so the best possible probability after the second is
# $e/(e + C - 1)$. For three classes that is 0.576, a price of 0.551, for a *perfect* model. If your loss
# stops falling at such a strange number, look for a second softmax.
# %% [markdown] lang="ko"
# **눈여겨볼 점.** 두 번 누른 손실은 0보다 한참 위에서 멈춥니다. 그럴 수밖에 없습니다. 첫 번째
# 소프트맥스를 지나면 점수가 0과 1 사이에 놓이므로, 두 번째를 지난 뒤 얻을 수 있는 가장 큰 확률은
# $e/(e + C - 1)$입니다. 클래스가 셋이면 0.576이고, *완벽한* 모델이라도 0.551을 치릅니다. 손실이
# 이런 어중간한 수에서 더 내려가지 않는다면 소프트맥스가 한 번 더 들어가지 않았는지 살펴보세요.
# %% [markdown] lang="en"
# ## Errata: the logarithm of what?
#
# The course notes print the cross-entropy as $-\sum_i t_i \log(s_i)$, and for two classes as
# $-t_1 \log(s_1) - (1 - t_1)\log(1 - s_1)$, where $s$ are the *scores* of the network; a sentence further
# down they say that an activation $f$ is applied first, but the formulas lack it. Scores can be
# any number. For a score of 0 or below the logarithm does not exist; for a score above 1 the
# "price" is negative, a reward. It must read $\log f(s)_i$.
#
# ## Exercise: `unpriced`
#
# Take the printed formula at its word, $-\log s_k$, and count how many rows of a table of scores have no
# price at all, and how many have a negative one.
# %% [markdown] lang="ko"
# ## 바로잡기: 무엇의 로그일까요?
#
# 강의 노트는 교차 엔트로피를 $-\sum_i t_i \log(s_i)$로, 클래스가 둘일 때는
# $-t_1 \log(s_1) - (1 - t_1)\log(1 - s_1)$로 적었습니다. 그런데 $s$는 신경망의 *점수*입니다. 아래쪽
# 문장에서는 활성 함수 $f$를 먼저 적용한다고 설명하지만 식에는 $f$가 없습니다. 점수는 어떤 수든 될
# 수 있습니다. 점수가 0 이하이면 로그가 존재하지 않고, 1보다 크면 "값"이 음수, 곧 상이 됩니다.
# $\log f(s)_i$라고 적어야 맞습니다.
#
# ## 연습: `unpriced`
#
# 적힌 식 $-\log s_k$를 글자 그대로 따라 해 봅시다. 점수 표에서 값을 아예 매길 수 없는 행이 몇
# 개이고 값이 음수가 되는 행이 몇 개인지 세어 보세요.
# %% lang="en" tags=["ex:unpriced"]
import numpy as np


def unpriced(s: np.ndarray, t: np.ndarray) -> tuple[int, int]:
    """How many rows of s [n, C] have no -log(s_k), and how many a negative one; t [n] holds k."""
    raise NotImplementedError


# %% lang="ko" tags=["ex:unpriced"]
import numpy as np


def unpriced(s: np.ndarray, t: np.ndarray) -> tuple[int, int]:
    """s [n, C]에서 -log(s_k)가 존재하지 않는 행과 음수인 행의 수입니다. t [n]가 k입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## One question to take with you
#
# A model that knows nothing gives all $C$ classes the same score. What does it pay, on average? Work it
# out for 10 classes: a training run that starts far above this number has a mistake in it.
# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 아무것도 모르는 모델은 $C$개 클래스 모두에 같은 점수를 줍니다. 평균으로 얼마를 치를까요? 클래스가
# 10개일 때를 계산해 보세요. 학습을 시작할 때의 손실이 이 수보다 훨씬 크다면 어딘가에 실수가
# 있습니다.
