# %% [markdown] lang="en"
# # A whole project
#
# A hospital gives you a table: 569 tumours, 30 measurements of each, and whether the tumour was
# malignant. *Can you build something that helps?* Everything that you have learnt now comes
# together, and so does a question that no formula answers: how do you know that you are not fooling
# yourself?

# %% [markdown] lang="ko"
# # 처음부터 끝까지, 하나의 프로젝트
#
# 병원에서 표를 하나 받았습니다. 종양 569개, 저마다 측정값 30개, 그리고 악성이었는지가 적혀
# 있습니다. *도움이 되는 것을 만들 수 있을까요?* 지금까지 배운 것이 모두 여기서 만나고, 어떤 공식도
# 답해 주지 않는 물음도 함께 옵니다. 나 자신을 속이고 있지 않다는 것을 어떻게 알 수 있을까요?

# %% [markdown] lang="en"
# ## The five steps
#
# 0. **A question** worth answering. This one no tool takes from you.
# 1. **Data**: collect, look, clean, split, scale. This usually takes most of the time.
# 2. **Model**: which functions may be chosen from?
# 3. **Loss**: what does a mistake cost?
# 4. **Optimise**: find the parameters with the smallest loss on the training set.
# 5. **Evaluate**: on data that was never used in steps 1 to 4. Then often back to step 1.

# %% [markdown] lang="ko"
# ## 다섯 단계
#
# 0. 답할 만한 **물음**. 이것을 대신해 주는 도구는 없습니다.
# 1. **데이터**: 모으고, 들여다보고, 다듬고, 나누고, 척도를 맞춥니다. 대개 시간이 가장 많이 듭니다.
# 2. **모델**: 어떤 함수들 가운데서 고를까요?
# 3. **손실**: 틀리면 얼마를 치르나요?
# 4. **최적화**: 훈련 세트에서 손실이 가장 작은 매개변수를 찾습니다.
# 5. **평가**: 1~4단계에서 한 번도 쓰지 않은 데이터로 합니다. 그리고 자주 1단계로 돌아갑니다.

# %% tags=["demo:look_at_the_data"]

# %% [markdown] lang="en"
# The columns differ in scale by a factor of hundreds of thousands, and the classes are not equally
# frequent: whoever always says "benign" is right in 63 % of the cases. Both have to be known before
# a model is chosen.
#
# ## Step 3: a zoo of losses
#
# Why are there so many losses? Because mistakes cost differently. If outliers are errors of the
# instrument, a squared loss follows them and an absolute loss does not; **Huber** is a compromise.
# For classes one would like to count errors, but a step has no slope, so one takes curves that have
# one: **hinge**, **softplus**.

# %% [markdown] lang="ko"
# 열마다 척도가 수십만 배까지 다르고, 두 부류의 수도 같지 않습니다. 늘 "양성"이라고만 해도 63 %는
# 맞습니다. 모델을 고르기 전에 둘 다 알아야 합니다.
#
# ## 3단계: 손실의 동물원
#
# 손실 함수는 왜 이렇게 많을까요? 실수의 값이 저마다 다르기 때문입니다. 이상치가 측정기의 오류라면,
# 제곱 손실은 그것을 따라가고 절댓값 손실은 따라가지 않습니다. **후버**는 그 사이의 타협입니다.
# 부류를 맞힐 때는 틀린 개수를 세고 싶지만 계단에는 기울기가 없으므로, 기울기가 있는 곡선인
# **힌지**나 **소프트플러스**를 씁니다.

# %% tags=["demo:losses"]

# %% [markdown] lang="en"
# ## Steps 4 and 5: training, and one look at the test set
#
# The rows are split in three: **training** (to fit), **validation** (to decide when to stop and
# which settings to take), **test** (looked at once, at the end). The scaler is fitted on the
# training rows only. Stop the cell when you like; it resumes.

# %% [markdown] lang="ko"
# ## 4단계와 5단계: 학습, 그리고 테스트 세트는 단 한 번
#
# 행을 셋으로 나눕니다. **훈련**(맞추는 데), **검증**(언제 멈추고 어떤 설정을 쓸지 정하는 데),
# **테스트**(마지막에 단 한 번 보는 데). 척도는 훈련 행에서만 맞춥니다. 셀을 언제든 멈추어도 되고,
# 다시 실행하면 이어집니다.

# %% tags=["demo:train_network"]

# %% tags=["demo:twenty_splits"]

# %% [markdown] lang="en"
# One number from one split is partly luck; say the range. And keep the simple model as a
# yardstick: here a logistic regression does as well as the network.
#
# ## How to fool yourself
#
# The rows below are *pure noise*: no model can be better than a coin. Yet if the best columns are
# chosen first, with all the rows in view, and the test rows are split off afterwards, the noise
# looks learnable. The test rows have helped to choose. This is called **leakage**, and it also
# hides in scaling, in filling gaps, in dropping outliers.

# %% [markdown] lang="ko"
# 한 번 나누어 얻은 수 하나에는 운이 섞여 있습니다. 범위를 말하세요. 그리고 단순한 모델을 잣대로
# 두세요. 여기서는 로지스틱 회귀가 신경망만큼 잘합니다.
#
# ## 스스로를 속이는 법
#
# 아래의 행은 *잡음뿐*입니다. 어떤 모델도 동전 던지기보다 나을 수 없습니다. 그런데 모든 행을 보면서
# 가장 좋은 열을 먼저 고르고, 그 뒤에 테스트 행을 떼어 놓으면 잡음도 배울 수 있는 것처럼 보입니다.
# 테스트 행이 고르는 일을 도왔기 때문입니다. 이것을 **누수**(leakage)라고 하며, 척도 맞추기, 빈칸
# 채우기, 이상치 버리기에도 숨어 있습니다.

# %% tags=["demo:leak"]

# %% [markdown] lang="en"
# ## Another data set
#
# A good project separates its steps so well that one can swap the data cell and run everything
# again. Does the same model still fit? A linear one needs a straight border; a small network
# bends. Choose the model for the data, and say why.

# %% [markdown] lang="ko"
# ## 다른 데이터 세트
#
# 좋은 프로젝트는 단계가 잘 나뉘어 있어서, 데이터 셀만 바꾸고 전부 다시 돌릴 수 있습니다. 같은
# 모델이 여전히 맞을까요? 선형 모델에는 곧은 경계가 필요하고, 작은 신경망은 구부러집니다. 데이터에
# 맞는 모델을 고르고, 그 까닭을 적으세요.

# %% tags=["demo:another_data_set"]

# %% [markdown] lang="en"
# ## The report
#
# An accuracy alone hides what matters in a hospital: a missed tumour is worse than a false alarm.
# Class 1 is what is to be found. **Precision** says which share of the alarms is right, **recall**
# which share of the sick is found, and **F1**, their harmonic mean, is high only if both are. A
# short report states the question, the data and the split, the model, these figures with their
# range, and what was *not* tested.

# %% [markdown] lang="ko"
# ## 보고서
#
# 정확도 하나로는 병원에서 중요한 것이 보이지 않습니다. 종양을 놓치는 것이 잘못된 경보보다
# 나쁩니다. 찾아야 하는 것을 1이라고 합시다. **정밀도**는 경보 가운데 맞은 비율, **재현율**은 아픈
# 사람 가운데 찾은 비율이고, 둘의 조화 평균인 **F1**은 둘 다 높아야 높습니다. 짧은 보고서에는 물음,
# 데이터와 나눈 방법, 모델, 이 수치들과 그 범위, 그리고 시험하지 *않은* 것을 적습니다.

# %% tags=["ex:report"] lang="en"
import numpy as np


def report(truth: np.ndarray, guess: np.ndarray) -> dict[str, float]:
    """Return accuracy, precision, recall and f1 for class 1; a share of nothing is 0."""
    raise NotImplementedError


# %% tags=["ex:report"] lang="ko"
import numpy as np


def report(truth: np.ndarray, guess: np.ndarray) -> dict[str, float]:
    """1 부류의 accuracy, precision, recall, f1을 돌려줍니다. 셀 것이 없는 비율은 0입니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Errata: what the course notes say
#
# **"All loss functions have two things in common: a Σ and a minus sign."** The hinge of one
# sample, $\max(0,1-yz)$, has no Σ, the softplus form $\ln(1+e^z)-yz$ hides its minus or, for
# $y=0$, has none. **"Loss functions are positive and an average."** A loss may well be exactly 0
# (the hinge, for every sample with room to spare) and the Gaussian one *negative*: a density can
# exceed 1, and then its negative logarithm is below zero, as the picture showed. A mean or a sum
# is a choice. Only one thing is common to all losses: smaller is better.

# %% [markdown] lang="ko"
# ## 강의 노트 바로잡기
#
# **"모든 손실 함수의 공통점은 Σ와 음의 부호가 있다는 것이다."** 샘플 하나의 힌지
# $\max(0,1-yz)$에는 Σ가 없고, 소프트플러스 꼴 $\ln(1+e^z)-yz$에서는 $y=0$이면 음의 부호도
# 없습니다. **"손실 함수는 양수이며 평균을 나타낸다."** 손실은 정확히 0일 수도 있고(여유 있게 맞힌
# 샘플의 힌지), 가우시안 손실은 *음수*일 수도 있습니다. 밀도는 1을 넘을 수 있고, 그때 음의 로그는
# 그림에서 보았듯이 0보다 작습니다. 평균을 낼지 더할지는 고르기 나름입니다. 모든 손실에 공통인 것은
# 하나뿐입니다. 작을수록 좋다는 것입니다.

# %% tags=["ex:loss_zoo"] lang="en"
import numpy as np


def loss_zoo(kind: str, target: np.ndarray, output: np.ndarray) -> float:
    """Return the mean loss over the samples.

    kind is "mse", "mae", "huber" (squared/2 below an error of 1, linear above),
    "hinge" (targets ±1), "softplus" (targets 0 or 1, output a score),
    or "gaussian" (negative log-density with a standard deviation of 0.1).
    """
    raise NotImplementedError


# %% tags=["ex:loss_zoo"] lang="ko"
import numpy as np


def loss_zoo(kind: str, target: np.ndarray, output: np.ndarray) -> float:
    """샘플에 대한 평균 손실을 돌려줍니다.

    kind는 "mse", "mae", "huber"(오차가 1보다 작으면 제곱의 절반, 크면 일차),
    "hinge"(목표 ±1), "softplus"(목표는 0 또는 1, 출력은 점수),
    "gaussian"(표준편차가 0.1인 밀도의 음의 로그) 가운데 하나입니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# **"A GAN's loss has no Σ, but min and max are themselves a Σ."** They are not. In a generative
# adversarial network two players share one value: the discriminator makes it large, the generator
# small. $\min_G\max_D V$ means *choose, knowing that the other will answer as well as possible*.
# Nothing is added up. (The expectation inside $V$ is an average over data; that is a different
# matter.) Play it on a table: you choose the row and want a small number, your opponent then
# chooses the column and wants a large one.

# %% [markdown] lang="ko"
# **"GAN의 손실 함수에는 Σ가 없지만 min, max 자체가 Σ이다."** 그렇지 않습니다. 생성적 적대
# 신경망에서는 두 선수가 값 하나를 두고 겨룹니다. 판별자는 값을 키우고 생성자는 줄입니다.
# $\min_G\max_D V$는 *상대가 가장 잘 응수할 것을 알고 고르라*는 뜻이며, 더하는 것은 아무것도
# 없습니다. ($V$ 안의 기댓값은 데이터에 대한 평균이고, 이것과는 다른 이야기입니다.) 표 위에서
# 겨루어 봅시다. 여러분은 행을 고르며 작은 수를 바라고, 상대는 그다음 열을 고르며 큰 수를 바랍니다.

# %% tags=["ex:minimax"] lang="en"
import numpy as np


def minimax(table: np.ndarray) -> float:
    """Return the outcome if you choose the best row against the best reply."""
    raise NotImplementedError


# %% tags=["ex:minimax"] lang="ko"
import numpy as np


def minimax(table: np.ndarray) -> float:
    """상대의 가장 좋은 응수까지 내다보고 행을 골랐을 때의 결과를 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# **"Data includes AI, so whoever can handle data will never starve."** A slogan, with a true core:
# data work decides. But handling data is not automatically handling it *well*. The commonest way
# to a wonderful and wrong result is step 1 done with the test rows in view. Write the whole
# pipeline so that no test row can influence the prediction of another.

# %% [markdown] lang="ko"
# **"Data⊃AI이므로 데이터를 다루는 능력을 기르면 굶어 죽을 일은 없다."** 구호이지만, 데이터를 다루는
# 일이 결과를 정한다는 알맹이는 맞습니다. 그러나 다룬다고 저절로 *잘* 다루는 것은 아닙니다.
# 훌륭하지만 틀린 결과에 이르는 가장 흔한 길은, 테스트 행을 보면서 1단계를 하는 것입니다. 어떤
# 테스트 행도 다른 행의 예측에 영향을 줄 수 없도록 전체 과정을 작성해 보세요.

# %% tags=["ex:pipeline"] lang="en"
import numpy as np


def pipeline(x_train: np.ndarray, y_train: np.ndarray, x_test: np.ndarray) -> np.ndarray:
    """Return the class (0 or 1) of every test row; everything is fitted on the training rows.

    At least 93 % should be right. The same input must give the same output.
    """
    raise NotImplementedError


# %% tags=["ex:pipeline"] lang="ko"
import numpy as np


def pipeline(x_train: np.ndarray, y_train: np.ndarray, x_test: np.ndarray) -> np.ndarray:
    """테스트 행마다 부류(0 또는 1)를 돌려줍니다. 모든 것은 훈련 행에서만 맞춥니다.

    93 % 이상 맞아야 합니다. 같은 입력에는 같은 출력이 나와야 합니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## To think about
#
# Your model finds 97 of 100 tumours. A colleague's finds 99, but sends twice as many healthy
# people to a second examination. Which number would you put into the first line of a report, and
# who should decide which model is used?

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 여러분의 모델은 종양 100개 중 97개를 찾습니다. 동료의 모델은 99개를 찾지만 건강한 사람을 두 배나
# 많이 재검사로 보냅니다. 보고서의 첫 줄에 어떤 수를 적겠습니까? 어느 모델을 쓸지는 누가 정해야
# 할까요?
