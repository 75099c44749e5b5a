# %% [markdown] lang="en"
# # Momentum, Adagrad, RMSprop, Adam
#
# A ball in a long, narrow ravine: across it is steep, along it almost flat. Plain gradient descent
# bounces from wall to wall and hardly moves forward; make the steps smaller, and it does not
# bounce but crawls. Loss functions of real networks are full of such ravines. This lesson builds
# the cures, one idea at a time.

# %% [markdown] lang="ko"
# # 옵티마이저: 모멘텀부터 Adam까지
#
# 길고 좁은 골짜기에 공이 있습니다. 가로로는 가파르고 세로로는 거의 평평합니다. 보통의 경사
# 하강법은 벽에서 벽으로 튕기기만 하고 앞으로는 거의 나아가지 못합니다. 걸음을 줄이면 튕기지는
# 않지만 기어갑니다. 실제 신경망의 손실 함수에는 이런 골짜기가 가득합니다. 이 수업에서는 처방을
# 하나씩 만들어 봅니다.

# %% tags=["demo:ravine"]

# %% [markdown] lang="en"
# All the methods are fed the same gradient $g$ and differ in what they *remember*. In the
# exercises each is a function `step(w, g, state, …)` that returns the new weights and the new
# state. The state is a dictionary, empty before the first step; remembered quantities start at
# zero.
#
# ## Idea one: keep your speed (momentum)
#
# $$v\leftarrow\mu v+g,\qquad w\leftarrow w-\eta v$$
#
# Across the ravine the gradients keep changing sign and cancel; along it they add up. With a
# constant gradient the speed grows to $1/(1-\mu)$ times the plain step. (This is PyTorch's form;
# some books put the learning rate $\eta$ inside the speed.)

# %% [markdown] lang="ko"
# 모든 방법이 같은 기울기 $g$를 받고, 무엇을 *기억하는지*만 다릅니다. 연습 문제에서 각 방법은 새
# 가중치와 새 상태를 돌려주는 함수 `step(w, g, state, …)`입니다. 상태는 딕셔너리이고 첫걸음 전에는
# 비어 있으며, 기억하는 양은 0에서 시작합니다.
#
# ## 첫째 생각: 속도를 유지합니다(모멘텀)
#
# $$v\leftarrow\mu v+g,\qquad w\leftarrow w-\eta v$$
#
# 골짜기를 가로지르는 기울기는 부호가 자꾸 바뀌어 서로 지워지고, 골짜기를 따라가는 기울기는
# 쌓입니다. 기울기가 일정하면 속도는 보통 걸음의 $1/(1-\mu)$배까지 커집니다. (PyTorch의 방식입니다.
# 학습률 $\eta$를 속도 안에 넣는 책도 있습니다.)

# %% tags=["ex:momentum"] lang="en"
import numpy as np


def momentum(
    w: np.ndarray, g: np.ndarray, state: dict[str, np.ndarray], lr: float, mu: float
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return the weights and the state after one step with momentum."""
    raise NotImplementedError


# %% tags=["ex:momentum"] lang="ko"
import numpy as np


def momentum(
    w: np.ndarray, g: np.ndarray, state: dict[str, np.ndarray], lr: float, mu: float
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """모멘텀으로 한 걸음 간 뒤의 가중치와 상태를 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# **Nesterov's accelerated gradient (NAG)** looks where the speed is about to carry it, and so
# brakes earlier. In PyTorch's form: $v\leftarrow\mu v+g$, then $w\leftarrow w-\eta\,(g+\mu v)$.

# %% [markdown] lang="ko"
# **네스테로프 가속 경사**(NAG)는 속도가 데려갈 곳을 미리 보아 더 일찍 속도를 줄입니다. PyTorch의
# 방식으로는 $v\leftarrow\mu v+g$ 다음에 $w\leftarrow w-\eta\,(g+\mu v)$입니다.

# %% tags=["ex:nesterov"] lang="en"
import numpy as np


def nesterov(
    w: np.ndarray, g: np.ndarray, state: dict[str, np.ndarray], lr: float, mu: float
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return the weights and the state after one step of Nesterov's method."""
    raise NotImplementedError


# %% tags=["ex:nesterov"] lang="ko"
import numpy as np


def nesterov(
    w: np.ndarray, g: np.ndarray, state: dict[str, np.ndarray], lr: float, mu: float
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """네스테로프 방법으로 한 걸음 간 뒤의 가중치와 상태를 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Idea two: every weight its own step (Adagrad, RMSprop, Adadelta)
#
# Steep directions should get short steps, flat ones long steps. **Adagrad** keeps for each weight
# the sum of its squared gradients and divides by the root:
#
# $$s\leftarrow s+g^2,\qquad w\leftarrow w-\eta\,\frac{g}{\sqrt s+\varepsilon}$$
#
# (The tiny $\varepsilon$ only prevents division by zero.) The sum never shrinks, so the steps do,
# for ever. **RMSprop** lets the account forget: $s\leftarrow\alpha s+(1-\alpha)g^2$, the rest as
# before. Feed them a gradient that is always 1 and watch what each remembers:

# %% [markdown] lang="ko"
# ## 둘째 생각: 가중치마다 제 걸음(애드그래드, RMSprop, 애드델타)
#
# 가파른 방향은 걸음이 짧아야 하고 평평한 방향은 길어야 합니다. **애드그래드**(Adagrad)는
# 가중치마다 기울기 제곱의 합을 적어 두고 그 제곱근으로 나눕니다.
#
# $$s\leftarrow s+g^2,\qquad w\leftarrow w-\eta\,\frac{g}{\sqrt s+\varepsilon}$$
#
# (아주 작은 $\varepsilon$은 0으로 나누는 것을 막을 뿐입니다.) 합이 줄어드는 일이 없으니 걸음은
# 끝없이 작아집니다. **RMSprop**은 장부가 옛일을 잊게 합니다.
# $s\leftarrow\alpha s+(1-\alpha)g^2$이고 나머지는 같습니다. 늘 1인 기울기를 주고 저마다 무엇을
# 기억하는지 보겠습니다.

# %% tags=["demo:memory"]

# %% tags=["ex:adagrad"] lang="en"
import numpy as np


def adagrad(
    w: np.ndarray, g: np.ndarray, state: dict[str, np.ndarray], lr: float, eps: float
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return the weights and the state after one step of Adagrad."""
    raise NotImplementedError


# %% tags=["ex:adagrad"] lang="ko"
import numpy as np


def adagrad(
    w: np.ndarray, g: np.ndarray, state: dict[str, np.ndarray], lr: float, eps: float
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """애드그래드로 한 걸음 간 뒤의 가중치와 상태를 돌려줍니다."""
    raise NotImplementedError


# %% tags=["ex:rmsprop"] lang="en"
import numpy as np


def rmsprop(
    w: np.ndarray,
    g: np.ndarray,
    state: dict[str, np.ndarray],
    lr: float,
    alpha: float,
    eps: float,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return the weights and the state after one step of RMSprop."""
    raise NotImplementedError


# %% tags=["ex:rmsprop"] lang="ko"
import numpy as np


def rmsprop(
    w: np.ndarray,
    g: np.ndarray,
    state: dict[str, np.ndarray],
    lr: float,
    alpha: float,
    eps: float,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """RMSprop으로 한 걸음 간 뒤의 가중치와 상태를 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# **Adadelta** asks: in what unit is a step? A gradient is loss per weight, so $g/\sqrt s$ has no
# unit at all, and the learning rate has to supply one. Adadelta supplies it from its own past
# steps, kept in a second account $u$:
#
# $$s\leftarrow\rho s+(1-\rho)g^2,\quad d=g\,\frac{\sqrt{u+\varepsilon}}{\sqrt{s+\varepsilon}},
# \quad u\leftarrow\rho u+(1-\rho)d^2,\quad w\leftarrow w-\eta d$$
#
# It can run with $\eta=1$, but starts with tiny steps, since $u$ starts at zero.

# %% [markdown] lang="ko"
# **애드델타**(Adadelta)는 이렇게 묻습니다. 걸음의 단위는 무엇인가? 기울기는 가중치당 손실이므로
# $g/\sqrt s$에는 단위가 없고, 학습률이 단위를 대 주어야 합니다. 애드델타는 둘째 장부 $u$에 적어 둔
# 지난 걸음에서 단위를 가져옵니다.
#
# $$s\leftarrow\rho s+(1-\rho)g^2,\quad d=g\,\frac{\sqrt{u+\varepsilon}}{\sqrt{s+\varepsilon}},
# \quad u\leftarrow\rho u+(1-\rho)d^2,\quad w\leftarrow w-\eta d$$
#
# $\eta=1$로도 돌지만, $u$가 0에서 시작하므로 첫걸음은 아주 작습니다.

# %% tags=["ex:adadelta"] lang="en"
import numpy as np


def adadelta(
    w: np.ndarray,
    g: np.ndarray,
    state: dict[str, np.ndarray],
    lr: float,
    rho: float,
    eps: float,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return the weights and the state after one step of Adadelta."""
    raise NotImplementedError


# %% tags=["ex:adadelta"] lang="ko"
import numpy as np


def adadelta(
    w: np.ndarray,
    g: np.ndarray,
    state: dict[str, np.ndarray],
    lr: float,
    rho: float,
    eps: float,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """애드델타로 한 걸음 간 뒤의 가중치와 상태를 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Both ideas: Adam
#
# The course notes stop at RMSprop; the method most people use today adds momentum to it. **Adam**
# keeps a forgetting speed $m\leftarrow\beta_1m+(1-\beta_1)g$ and a forgetting account
# $s\leftarrow\beta_2s+(1-\beta_2)g^2$. Both start at zero and would be too small at first, so in
# step number $t=1,2,\dots$ they are divided by $1-\beta^t$:
#
# $$w\leftarrow w-\eta\,\frac{m/(1-\beta_1^t)}{\sqrt{s/(1-\beta_2^t)}+\varepsilon}$$

# %% [markdown] lang="ko"
# ## 두 생각을 함께: Adam
#
# 강의 노트는 RMSprop에서 멈추지만, 오늘날 가장 많이 쓰는 방법은 여기에 모멘텀을 더한 것입니다.
# **Adam**은 옛일을 잊는 속도 $m\leftarrow\beta_1m+(1-\beta_1)g$와 장부
# $s\leftarrow\beta_2s+(1-\beta_2)g^2$을 둡니다. 둘 다 0에서 시작해 처음에는 너무 작으므로,
# $t=1,2,\dots$번째 걸음에서 $1-\beta^t$로 나눕니다.
#
# $$w\leftarrow w-\eta\,\frac{m/(1-\beta_1^t)}{\sqrt{s/(1-\beta_2^t)}+\varepsilon}$$

# %% tags=["ex:adam"] lang="en"
from typing import Any

import numpy as np


def adam(
    w: np.ndarray,
    g: np.ndarray,
    state: dict[str, Any],
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
) -> tuple[np.ndarray, dict[str, Any]]:
    """Return the weights and the state after one step of Adam."""
    raise NotImplementedError


# %% tags=["ex:adam"] lang="ko"
from typing import Any

import numpy as np


def adam(
    w: np.ndarray,
    g: np.ndarray,
    state: dict[str, Any],
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
) -> tuple[np.ndarray, dict[str, Any]]:
    """Adam으로 한 걸음 간 뒤의 가중치와 상태를 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## On a network
#
# The same small network, the same start, four optimisers, trained with PyTorch:

# %% [markdown] lang="ko"
# ## 신경망에서
#
# 같은 작은 신경망을, 같은 출발점에서, 네 가지 옵티마이저로 PyTorch에서 학습합니다.

# %% tags=["demo:moons"]

# %% [markdown] lang="en"
# No method wins everywhere, and each has its own good learning rate; a comparison at one learning
# rate for all would say little. What the pictures do show: remembering pays.
#
# ## Errata
#
# The course notes only list the names here, and the names are right. The trap of this subject is
# hidden in the *forms*: textbooks and libraries place $\eta$, $\varepsilon$ and the update of the
# speed differently. That is why your functions are compared with PyTorch, step by step.
#
# ## To think about
#
# Adagrad divides by a sum that only grows, so its steps become ever smaller. When is that exactly
# what one wants, and when does training die of it? What did RMSprop change, and what did it give
# up for that?

# %% [markdown] lang="ko"
# 어디서나 이기는 방법은 없고, 방법마다 알맞은 학습률이 다릅니다. 모두에게 같은 학습률을 주고
# 비교해서는 알 수 있는 것이 적습니다. 그래도 그림이 보여 주는 것은 하나 있습니다. 기억하면
# 이롭다는 것입니다.
#
# ## 강의 노트 바로잡기
#
# 강의 노트는 여기서 이름만 늘어놓았고, 이름은 맞습니다. 이 주제의 함정은 *식의 모양*에 숨어
# 있습니다. $\eta$와 $\varepsilon$의 자리, 속도를 갱신하는 때가 책과 라이브러리마다 다릅니다.
# 그래서 여러분의 함수를 PyTorch와 한 걸음씩 견주어 봅니다.
#
# ## 생각해 볼 질문
#
# 애드그래드는 커지기만 하는 합으로 나누므로 걸음이 점점 작아집니다. 그것이 바로 바라던 일인 때는
# 언제이고, 그 때문에 학습이 멎는 때는 언제일까요? RMSprop은 무엇을 바꾸었고, 그 대신 무엇을
# 내놓았을까요?
