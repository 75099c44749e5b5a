# %% [markdown] lang="en"
# # Bayes' rule on iris flowers
#
# Your test for a rare illness comes back positive. The test is good: it finds 99 of 100 ill people,
# and only 5 of 100 healthy ones get a false alarm. How worried should you be? Most people, and many
# doctors, say "99 percent". The right answer, if one person in a hundred is ill, is about 17
# percent. The step from the one number to the other is the most useful rule of probability, and a
# classifier in one line.

# %% [markdown] lang="ko"
# # 붓꽃으로 배우는 베이즈 정리
#
# 드문 병의 검사에서 양성이 나왔습니다. 좋은 검사입니다. 아픈 사람 100명 중 99명을 찾아내고, 건강한
# 사람은 100명 중 5명에게만 잘못된 양성이 나옵니다. 얼마나 걱정해야 할까요? 대부분의 사람이, 때로는
# 의사도 "99퍼센트"라고 답합니다. 백 명 중 한 명이 걸리는 병이라면 맞는 답은 약 17퍼센트입니다.
# 앞의 수에서 뒤의 수로 건너가는 것이 확률에서 가장 쓸모 있는 규칙이며, 그 자체로 한 줄짜리
# 분류기입니다.

# %% [markdown] lang="en"
# ## Count people first
#
# Imagine 10,000 people. A hundred are ill, 99 of them test positive. Of the 9,900 healthy people 5
# percent, that is 495, test positive as well. So among 594 positive results only 99 are
# ill: $99/594\approx0.167$. The healthy are so many that their few errors outnumber the few ill.

# %% [markdown] lang="ko"
# ## 먼저 사람을 세어 봅시다
#
# 만 명을 떠올려 보세요. 백 명이 아프고 그중 99명이 양성입니다. 건강한 9,900명의 5퍼센트인 495명도
# 양성입니다. 그러니 양성인 594명 가운데 아픈 사람은 99명뿐입니다. $99/594\approx0.167$입니다.
# 건강한 사람이 워낙 많아서, 그들의 얼마 안 되는 오류가 얼마 안 되는 환자보다 더 많습니다.

# %% tags=["demo:test_result"]

# %% [markdown] lang="en"
# ## The rule and its four names
#
# $$\underbrace{P(c\mid x)}_{\text{posterior}}=
# \frac{\overbrace{P(x\mid c)}^{\text{likelihood}}\;\overbrace{P(c)}^{\text{prior}}}
# {\underbrace{P(x)}_{\text{evidence}}},\qquad P(x)=\sum_k P(x\mid k)\,P(k)$$
#
# - **Prior**: how common is $c$, before looking? (1 in 100.)
# - **Likelihood**: if it *is* $c$, how typical is what I see? (99 in 100.)
# - **Evidence**: how often do I see this at all, whatever the cause?
# - **Posterior**: having seen it, how probable is $c$? This is what a classifier wants.
#
# In the picture, follow the curve to the right: where the illness is common, the same test
# convinces.

# %% [markdown] lang="ko"
# ## 규칙과 네 가지 이름
#
# $$\underbrace{P(c\mid x)}_{\text{posterior}}=
# \frac{\overbrace{P(x\mid c)}^{\text{likelihood}}\;\overbrace{P(c)}^{\text{prior}}}
# {\underbrace{P(x)}_{\text{evidence}}},\qquad P(x)=\sum_k P(x\mid k)\,P(k)$$
#
# - **사전 확률**(prior): 보기 전에, $c$는 얼마나 흔한가? (100명 중 1명)
# - **우도**(likelihood): 만약 $c$*라면*, 지금 보이는 것은 얼마나 있을 법한가? (100명 중 99명)
# - **증거**(evidence): 원인이 무엇이든, 이런 것이 얼마나 자주 보이는가?
# - **사후 확률**(posterior): 이것을 보고 나서, $c$일 확률은 얼마인가? 분류기가 알고 싶은 값입니다.
#
# 그림에서 곡선을 오른쪽으로 따라가 보세요. 병이 흔한 곳에서는 같은 검사라도 믿을 만해집니다.

# %% [markdown] lang="en"
# ## Why this classifies flowers
#
# "If this flower is a versicolor, its measurements look like so": easy, take fifty versicolors and
# describe the cloud. "These are the measurements, so it is a versicolor": hard, nothing to
# count directly. Bayes' rule turns the easy direction into the hard one. With one measurement you
# can watch it happen:

# %% [markdown] lang="ko"
# ## 이것으로 꽃을 분류할 수 있는 까닭
#
# "이 꽃이 versicolor라면 측정값은 이렇다"는 쉽습니다. versicolor 쉰 송이를 모아 그 분포를 적으면
# 됩니다. "측정값이 이러니 이 꽃은 versicolor다"는 어렵습니다. 바로 셀 수 있는 것이 없으니까요.
# 베이즈 정리는 쉬운 쪽을 어려운 쪽으로 뒤집어 줍니다. 측정값이 하나일 때 그 모습을 눈으로 볼 수
# 있습니다.

# %% tags=["demo:one_measurement"]

# %% [markdown] lang="en"
# Above: three humps of prior × likelihood and, dotted, their sum, the evidence. Below: each hump
# divided by the sum. The posteriors always add up to 1; where two humps have the same height,
# the classifier hesitates. With four measurements a hump becomes a four-dimensional bell. Describe
# it by the mean vector and the covariance matrix of each species. If one keeps only the
# diagonal of the covariance, one pretends that the measurements of a species vary independently:
# the **naive** Bayes classifier.

# %% [markdown] lang="ko"
# 위: 사전 확률 × 우도의 봉우리 셋과, 그 합인 증거(점선)입니다. 아래: 각 봉우리를 그 합으로 나눈
# 값입니다. 사후 확률의 합은 언제나 1이고, 두 봉우리의 높이가 같은 곳에서 분류기는 망설입니다.
# 측정값이 넷이면 봉우리는 4차원 종이 되며, 종마다 평균 벡터와 공분산 행렬로 적습니다. 공분산의
# 대각선만 남기면 한 종 안에서 측정값들이 서로 독립이라고 치는 셈이고, 이것이 **나이브** 베이즈
# 분류기입니다.

# %% tags=["demo:full_and_naive"]

# %% [markdown] lang="en"
# The naive model misses three flowers more. That is a small price for a much smaller model: with 4
# measurements the full one has 10 covariance numbers a species, the naive one 4; with 1,000
# measurements it is 500,500 against 1,000. (All accuracies here are on the
# flowers that the model was built from.)

# %% [markdown] lang="ko"
# 나이브 모델은 세 송이를 더 틀립니다. 모델이 훨씬 작아지는 것에 비하면 싼 값입니다. 측정값이
# 4개이면 공분산의 수가 종마다 10개와 4개로 갈리지만, 1,000개이면 500,500개와 1,000개로 갈립니다.
# (여기의 정확도는 모두 모델을 만들 때 쓴 꽃에서 잰 값입니다.)

# %% tags=["ex:class_stats"] lang="en"
import numpy as np


def class_stats(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return priors (k,), means (k, d) and covariances (k, d, d) of the classes 0 … k-1.

    The covariances are divided by the number of rows of the class.
    """
    raise NotImplementedError


# %% tags=["ex:class_stats"] lang="ko"
import numpy as np


def class_stats(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """종 0 … k-1의 사전 확률 (k,), 평균 (k, d), 공분산 (k, d, d)을 돌려줍니다.

    공분산은 그 종의 행의 수로 나눕니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## A practical trap: numbers that vanish
#
# Ask the classifier about a flower with a petal of 60 cm. Every density is so small that the
# computer rounds it to 0, and 0 divided by 0 is no answer. Logarithms save the day. Take $s_c=\ln
# P(x\mid c)+\ln P(c)$ and subtract the largest, $m=\max_c s_c$, before going back:
#
# $$P(c\mid x)=\frac{e^{s_c-m}}{\sum_k e^{s_k-m}}$$
#
# The common factor $e^{-m}$ cancels, and the largest term is now exactly 1. This is the
# **log-sum-exp** trick; softmax layers use the same one.

# %% [markdown] lang="ko"
# ## 실제로 만나는 함정: 사라지는 수
#
# 꽃잎이 60 cm인 꽃을 물어보면 모든 밀도가 너무 작아 컴퓨터가 0으로 반올림합니다. 0 나누기 0은 답이
# 아닙니다. 로그가 구해 줍니다. $s_c=\ln P(x\mid c)+\ln P(c)$를 구하고, 되돌리기 전에 가장 큰 값
# $m=\max_c s_c$를 뺍니다.
#
# $$P(c\mid x)=\frac{e^{s_c-m}}{\sum_k e^{s_k-m}}$$
#
# 공통인수 $e^{-m}$은 지워지고, 가장 큰 항은 정확히 1이 됩니다. 이것을 **log-sum-exp** 기법이라고
# 하며, 소프트맥스 층에서도 똑같이 씁니다.

# %% tags=["demo:vanishing"]

# %% tags=["ex:posterior"] lang="en"
import numpy as np


def posterior(x: np.ndarray, priors: np.ndarray, means: np.ndarray, covs: np.ndarray) -> np.ndarray:
    """Return the class probabilities (n, k) of n rows under Gaussian classes.

    Must hold for rows so far away that every density is rounded to zero.
    """
    raise NotImplementedError


# %% tags=["ex:posterior"] lang="ko"
import numpy as np


def posterior(x: np.ndarray, priors: np.ndarray, means: np.ndarray, covs: np.ndarray) -> np.ndarray:
    """종마다 가우시안을 따를 때 n개 행의 종별 확률 (n, k)을 돌려줍니다.

    모든 밀도가 0으로 반올림될 만큼 먼 행에서도 맞아야 합니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Errata: what the course notes say
#
# **"Posterior = likelihood × prior."** Put in the numbers of the medical test:
# $0.99\times0.01=0.0099$. And for being well: $0.05\times0.99=0.0495$. As probabilities of two
# cases of which one must be true they should add up to 1; they add up to 0.0594, which is the
# evidence. The posterior is only *proportional to* the product ($\propto$). To name the winner the
# product is enough; to say how sure one is, one has to divide. Work it out for any test.

# %% [markdown] lang="ko"
# ## 강의 노트 바로잡기
#
# **"사후 확률 = 우도 × 사전 확률."** 검사의 숫자를 넣어 봅시다. $0.99\times0.01=0.0099$이고,
# 건강한 쪽은 $0.05\times0.99=0.0495$입니다. 둘 중 하나는 반드시 참이니 더해서 1이 되어야 하는데
# 0.0594가 됩니다. 바로 이 값이 증거입니다. 사후 확률은 이 곱에 *비례할* 뿐입니다($\propto$). 어느
# 쪽인지 고르기만 한다면 곱으로 충분하지만, 얼마나 확실한지 말하려면 증거로 나누어야 합니다. 어떤
# 검사에서든 통하도록 계산해 보세요.


# %% tags=["ex:bayes"] lang="en"
def bayes(prior: float, hit_rate: float, false_alarm_rate: float) -> float:
    """Return the probability of being ill after one positive test."""
    raise NotImplementedError


# %% tags=["ex:bayes"] lang="ko"
def bayes(prior: float, hit_rate: float, false_alarm_rate: float) -> float:
    """검사에서 한 번 양성이 나왔을 때 실제로 아플 확률을 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## To think about
#
# A spam filter was built from your mail, where half is spam. Your friend, who gets one spam mail a
# week, installs it. Which part of Bayes' rule is now wrong, which parts still hold, and what will
# your friend notice?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 메일의 절반이 스팸인 여러분의 메일함으로 스팸 필터를 만들었습니다. 스팸이 일주일에 한 통 오는
# 친구가 그 필터를 설치했습니다. 베이즈 정리의 어느 부분이 이제 맞지 않고, 어느 부분은 그대로 쓸 수
# 있을까요? 친구는 무엇을 느끼게 될까요?
