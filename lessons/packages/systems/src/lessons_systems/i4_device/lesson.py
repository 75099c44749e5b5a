# %% [markdown] lang="en"
# # CPU and GPU
#
# One brilliant mathematician, or three thousand schoolchildren? For a proof, where each step needs
# the one before, take the mathematician. For three thousand separate multiplications take the
# children. Training a network is almost nothing but separate multiplications. That is the whole
# secret, and this lesson measures how far it carries.

# %% [markdown] lang="ko"
# # CPU와 GPU 비교하기
#
# 뛰어난 수학자 한 사람과 초등학생 삼천 명 가운데 누구에게 맡길까요? 앞 단계가 있어야 다음 단계로
# 가는 증명이라면 수학자입니다. 따로따로인 곱셈 삼천 개라면 학생들입니다. 신경망의 학습은 거의
# 전부가 따로따로인 곱셈입니다. 비밀은 이것이 전부이고, 이 수업에서는 이것이 얼마나 통하는지를
# 잽니다.

# %% [markdown] lang="en"
# ## Few strong cores, many weak ones
#
# A **CPU** has a few cores, each fast and clever; it shines at sequential work, one thing after
# the other. A **GPU** has thousands of simple cores; each is slower, but they work in parallel.
# Even on your CPU you can see the difference between "one by one" and "many at once":

# %% [markdown] lang="ko"
# ## 적고 센 코어, 많고 약한 코어
#
# **CPU**는 코어가 몇 개 없지만 하나하나가 빠르고 똑똑해서, 차례로 이어지는 일에 뛰어납니다.
# **GPU**는 단순한 코어가 수천 개라 하나하나는 느려도 나란히 일합니다. CPU 위에서도 "하나씩"과
# "한꺼번에"의 차이를 볼 수 있습니다.

# %% tags=["demo:many_at_once"]

# %% [markdown] lang="en"
# ## Counting work: FLOP/s
#
# Layers are matrix products, and a product of an $n\times k$ with a $k\times m$ matrix has $nm$
# elements, each made of $k$ multiplications and about $k$ additions: about $2nkm$ floating-point
# operations (**FLOPs**). Operations per second are **FLOP/s**; a **GFLOP/s** is a billion of them.

# %% [markdown] lang="ko"
# ## 일의 양 세기: FLOP/s
#
# 층은 행렬 곱입니다. $n\times k$ 행렬과 $k\times m$ 행렬을 곱하면 원소가 $nm$개이고, 하나에 곱셈
# $k$번과 덧셈 약 $k$번이 들어갑니다. 모두 $2nkm$번쯤의 부동소수점 연산(**FLOP**)입니다. 초당 연산
# 수가 **FLOP/s**이고, 십억 FLOP/s가 1 **GFLOP/s**입니다.

# %% tags=["ex:matmul_flops"] lang="en"
def matmul_flops(n: int, k: int, m: int) -> int:
    """Return the operations of an n×k times k×m product, by the convention 2·k an element."""
    raise NotImplementedError


# %% tags=["ex:matmul_flops"] lang="ko"
def matmul_flops(n: int, k: int, m: int) -> int:
    """n×k 행렬과 k×m 행렬의 곱의 연산 수를, 원소마다 2·k번으로 세어 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Measuring without fooling oneself
#
# - **Warm up**: the first call loads libraries and chooses algorithms. Do not count it.
# - **Synchronise**: a GPU accepts work and returns at once. Read the clock without waiting, and
#   you have measured how fast Python can queue.
# - **Repeat**, at least five times, and take the **median**: one disturbed run must not decide.
#
# The sweep below runs on your CPU, or on your GPU if the workspace has one
# (`lessons run i4-device --device auto`). Small matrices are slow per operation everywhere: the
# overhead of a call is larger than the work.

# %% [markdown] lang="ko"
# ## 속지 않고 재기
#
# - **예열**: 첫 호출은 라이브러리를 불러오고 알고리즘을 고릅니다. 세지 마세요.
# - **동기화**: GPU는 일을 받아 두기만 하고 바로 돌아옵니다. 기다리지 않고 시계를 읽으면 파이썬이
#   줄을 얼마나 빨리 세우는지를 잰 셈입니다.
# - **반복**: 다섯 번 넘게 재고 **중앙값**을 쓰세요. 방해받은 한 번이 결과를 정해서는 안 됩니다.
#
# 아래 측정은 CPU에서, 작업 공간에 GPU가 있으면 GPU에서
# 돕니다(`lessons run i4-device --device auto`). 작은 행렬은 어디서나 연산당 속도가 느립니다.
# 호출하는 데 드는 수고가 일보다 크기 때문입니다.

# %% tags=["demo:sweep"]

# %% tags=["ex:benchmark"] lang="en"
from collections.abc import Callable


def benchmark(work: Callable[[], object], synchronise: Callable[[], object], repeats: int) -> float:
    """Return the median seconds of `repeats` calls of work, each waited for.

    A warm-up call comes first and is not counted. synchronise() returns when all work is done.
    """
    raise NotImplementedError


# %% tags=["ex:benchmark"] lang="ko"
from collections.abc import Callable


def benchmark(work: Callable[[], object], synchronise: Callable[[], object], repeats: int) -> float:
    """work를 `repeats`번 부르고 끝날 때까지 기다린 시간의 중앙값(초)을 돌려줍니다.

    먼저 예열로 한 번 부르며 그것은 세지 않습니다. synchronise()는 일이 다 끝나면 돌아옵니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Speed for money
#
# The chart "GFLOP/s per dollar" is the reason for what is called the deep learning explosion:
# around 2012 cards made for games became cheap enough to do what had needed a computing centre.
# The prices below are list prices at launch, the speeds the makers' peak figures; a real program
# reaches only a part of them.

# %% [markdown] lang="ko"
# ## 돈으로 본 속도
#
# "달러당 GFLOP/s" 그래프는 딥러닝 폭발이라고 불리는 일의 까닭을 보여 줍니다. 2012년 무렵, 게임용
# 카드가 전산 센터가 하던 일을 할 만큼 값싸졌습니다. 아래의 금액은 출시 가격이고 속도는 제조사의
# 최고치이며, 실제 프로그램은 그 일부만 냅니다.

# %% tags=["demo:prices"]


# %% tags=["ex:per_price"] lang="en"
def per_price(flops: float, seconds: float, price: float) -> float:
    """Return GFLOP/s per unit of money for a program of that many operations."""
    raise NotImplementedError


# %% tags=["ex:per_price"] lang="ko"
def per_price(flops: float, seconds: float, price: float) -> float:
    """연산이 flops번인 프로그램의 가격 단위당 GFLOP/s를 돌려줍니다."""
    raise NotImplementedError


# %% [markdown] lang="en"
# ## Who speaks to the hardware?
#
# - **CUDA**: NVIDIA's language and libraries, for NVIDIA's cards only. **cuDNN** is its library of
#   hand-tuned network layers.
# - **OpenCL**: an open standard for devices of any maker, on NVIDIA's cards usually slower than
#   CUDA.
# - **HIP**: AMD's answer. Its code looks like CUDA and can be compiled for AMD's and NVIDIA's
#   cards.
# - **TPU**: Google's own chip, built for the matrix products of networks and nothing else.
#
# You rarely write any of these. A framework such as PyTorch does, and its code reads the same on a
# CPU: `model.to(device)`.

# %% [markdown] lang="ko"
# ## 하드웨어와 말하는 것들
#
# - **CUDA**: NVIDIA의 언어와 라이브러리이며, NVIDIA 카드에서만 쓸 수 있습니다. **cuDNN**은 손으로
#   다듬은 신경망 층을 모은 CUDA 라이브러리입니다.
# - **OpenCL**: 어느 회사의 장치에서나 쓸 수 있는 공개 표준입니다. NVIDIA 카드에서는 대개 CUDA보다
#   느립니다.
# - **HIP**: AMD의 대답입니다. 코드가 CUDA와 비슷하고, AMD와 NVIDIA 카드 양쪽으로 컴파일할 수
#   있습니다.
# - **TPU**: 구글이 만든 칩으로, 신경망의 행렬 곱만을 위해 설계되었습니다.
#
# 이것들로 직접 코드를 쓸 일은 드뭅니다. PyTorch 같은 프레임워크가 대신하고, 그 코드는 CPU에서도
# 똑같이 읽힙니다. `model.to(device)` 한 줄이면 됩니다.

# %% [markdown] lang="en"
# ## Errata: what the course notes say
#
# **"A GPU is 64 to 76 times as fast as a CPU on deep networks. Where not fully optimised, the
# difference is about 3 times."** The first figure agrees with measurements published in 2016 (one
# card against two server processors of that time). The second was misread. Look at the columns:

# %% [markdown] lang="ko"
# ## 강의 노트 바로잡기
#
# **"딥러닝 모델에서 GPU는 CPU보다 64배에서 76배 빠르다. 완전히 최적화하지 않았을 때는 3배 정도
# 차이가 난다."** 앞의 수치는 2016년에 공개된 측정(카드 한 장과 당시의 서버 프로세서 두 개)과
# 맞습니다. 뒤의 수치는 잘못 읽은 것입니다. 열을 견주어 보세요.

# %% tags=["demo:published"]

# %% [markdown] lang="en"
# The factor of about 3 lies between the *same GPU* with and without the tuned library cuDNN.
# Without it the GPU is still more than twenty times as fast as the CPUs. To say what caused a
# gain, change one thing at a time; write the function that does this bookkeeping.

# %% [markdown] lang="ko"
# 약 3배라는 차이는 *같은 GPU*에서 최적화 라이브러리 cuDNN을 쓸 때와 쓰지 않을 때의 차이입니다.
# cuDNN이 없어도 GPU는 CPU보다 스무 배 넘게 빠릅니다. 무엇 때문에 빨라졌는지 말하려면 한 번에 하나만
# 바꾸어야 합니다. 그 계산을 하는 함수를 작성해 보세요.


# %% tags=["ex:speedups"] lang="en"
def speedups(cpu: float, gpu_plain: float, gpu_tuned: float) -> tuple[float, float, float]:
    """Return the gains of the hardware alone, of the library alone, and of both together.

    The arguments are times: CPU, GPU without the tuned library, GPU with it.
    """
    raise NotImplementedError


# %% tags=["ex:speedups"] lang="ko"
def speedups(cpu: float, gpu_plain: float, gpu_tuned: float) -> tuple[float, float, float]:
    """하드웨어만의, 라이브러리만의, 둘을 합친 가속비를 차례로 돌려줍니다.

    인자는 시간입니다. CPU, 최적화 라이브러리가 없는 GPU, 있는 GPU 순입니다.
    """
    raise NotImplementedError


# %% [markdown] lang="en"
# ## To think about
#
# A GPU does a matrix product fifty times faster than your CPU, but your training runs only four
# times faster on it. Name three places where the time may have gone, and how you would find out
# which one it is.

# %% [markdown] lang="ko"
# ## 생각해 볼 질문
#
# 어떤 GPU는 행렬 곱을 CPU보다 쉰 배 빠르게 하는데, 학습은 네 배밖에 빨라지지 않았습니다. 시간이
# 새는 곳 세 군데를 들어 보세요. 그중 어디인지 어떻게 알아낼 수 있을까요?
